"""The records of a club and of warm leads, as frozen data. Knows no rule, no storage, no platform.

A club has an id of its own among the seekers', so that it is reached at its channel, posts and is
forgotten as a person is. What is one member's is found by their own id alone, like every record of
theirs (`bot.model`). Instants are aware UTC; days are calendar days in the club's zone.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


class How(StrEnum):
    """How somebody is tied to an employer."""

    WORKS = "works"
    WORKED = "worked"
    KNOWS = "knows"

    @property
    def label(self) -> str:
        """The words shown for it."""
        return _LABELS[self.value]

    @property
    def also(self) -> tuple[str, ...]:
        """What else people type for it, in lower case."""
        return _ALSO[self.value]


_LABELS = {
    "works": "I work there",
    "worked": "I worked there",
    "knows": "I know somebody there",
}
_ALSO = {
    "works": ("work", "work there", "employee", "colleague", "current", "insider"),
    "worked": ("worked there", "former", "ex", "formerly", "alumni", "past"),
    "knows": ("know", "know somebody", "know someone", "friend", "contact", "family", "someone"),
}


class Answered(StrEnum):
    """What a helper said. To whoever asked, all but YES look the same."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"
    NOT_NOW = "notnow"


@dataclass(frozen=True, slots=True)
class Club:
    """A club that meets once a week. `seeker_id` is its own id; `channel` "" where it has none.

    `country` is whose public holidays it skips, "" for nobody's. `posted_by` is the name of whoever
    set it up, as they chose to be named, and `founder` their id. `asked_at` is when it
    was asked whether to rest.
    """

    seeker_id: int
    name: str
    platform: str
    workspace: str
    channel: str
    weekday: int
    at: time
    zone: str
    began_at: datetime
    country: str = ""
    minutes: int = 60
    size: int = 8
    posted_by: str = ""
    resting: bool = False
    asked_at: datetime | None = None
    founder: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody's place in a club, and what of theirs they chose to show there.

    `name` is what the club calls them, and `account_id` where its messages go. `helps` lets members
    learn that somebody has a tie, `named` lets that somebody be them by name. `goal` is what their
    partner of a week sees.
    """

    seeker_id: int
    club: int
    account_id: int
    name: str
    joined_at: datetime
    organizes: bool = False
    partners: bool = False
    helps: bool = False
    named: bool = False
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of a club, numbered within it. `intended_on` is the day by the club's rhythm.

    `order` is the go-round and `timekeeper` who keeps time, by member id, once it is posted.
    """

    seeker_id: int
    number: int
    intended_on: date
    starts_at: datetime
    cancelled: bool = False
    order: tuple[int, ...] = ()
    timekeeper: int = 0
    posted_at: datetime | None = None
    post_ref: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A member's answers for a meeting, as the club sees them, and the numbers they chose to show.

    A number is None where it is not shown. `absent` when they will not be there.
    """

    seeker_id: int
    number: int
    club: int
    meeting: int
    written_at: datetime
    moved: str = ""
    ask: str = ""
    next: str = ""
    conversations: int | None = None
    followups: int | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """What a member said they would do next, until they say that it is done.

    What they noted for themselves is of no meeting (0), and names them in place of a club.
    """

    seeker_id: int
    number: int
    club: int
    meeting: int
    words: str
    due_on: date
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """That a member found work, as they told a club: nothing else of it is ever shown there.

    `employer` is "" where they did not want it shown.
    """

    seeker_id: int
    number: int
    club: int
    application: int
    landed_at: datetime
    words: str = ""
    employer: str = ""


@dataclass(frozen=True, slots=True)
class Partnering:
    """That a member had these partners in a week (the Monday), by their ids."""

    seeker_id: int
    club: int
    week: date
    partners: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """A member's own, private note that they are tied to an employer, and until when it holds."""

    seeker_id: int
    number: int
    employer: str
    key: str
    how: How
    noted_at: datetime
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """A question for a word at an employer: the asker's own record.

    `words` is all that any helper is shown. `settled_at` is when it ended for the asker.
    """

    seeker_id: int
    number: int
    application: int
    employer: str
    key: str
    words: str
    asked_at: datetime
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A helper's own record of a question that was put to them; `by` is the asker's id."""

    seeker_id: int
    number: int
    by: int
    asking: int
    club: int
    asked_at: datetime
    answer: Answered = Answered.WAITING
    answered_at: datetime | None = None
