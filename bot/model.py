"""The records of a job search, as frozen data. Knows no rules, no storage and no platform.

Every record belongs to one seeker and is found by `(seeker_id, number)`: a number counts within one
person's own records, so an id taken from somebody else's button can only ever find one's own.
Instants are aware UTC; days are calendar days in the seeker's zone.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


class Via(StrEnum):
    """How an application came about; warm and cold ones are compared in the review."""

    COLD = "cold"
    REFERRAL = "referral"
    AGENCY = "agency"
    EVENT = "event"
    APPROACHED = "approached"

    @property
    def warm(self) -> bool:
        """Whether somebody at or near the employer opened the door."""
        return self in (Via.REFERRAL, Via.EVENT, Via.APPROACHED)


class Stage(StrEnum):
    """Where an application stands."""

    APPLIED = "applied"
    REPLIED = "replied"
    INTERVIEW = "interview"
    OFFER = "offer"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    QUIET = "quiet"

    @property
    def open(self) -> bool:
        """Whether anything may still happen."""
        return self in (Stage.APPLIED, Stage.REPLIED, Stage.INTERVIEW, Stage.OFFER)


class Heard(StrEnum):
    """What an employer did, or how an application ended."""

    REPLY = "reply"
    INTERVIEW = "interview"
    OFFER = "offer"
    REJECTION = "rejection"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"

    @property
    def from_them(self) -> bool:
        """Whether it is an answer of the employer's, which counts as contact."""
        return self in (Heard.REPLY, Heard.INTERVIEW, Heard.OFFER, Heard.REJECTION)


class Channel(StrEnum):
    """How a letter travels. Never the telephone: the reader answers on their own schedule."""

    EMAIL = "email"
    LINKEDIN = "linkedin"


class LetterKind(StrEnum):
    """The moments that have a letter of their own."""

    APPLICATION = "application"
    INTERVIEW = "interview"
    MISSED = "missed"
    LEAD = "lead"


class Weekday(StrEnum):
    """A day of the week, as people say it."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As Python counts them; 0 is Monday."""
        return list(Weekday).index(self)


class NudgeKind(StrEnum):
    """The moments at which a message comes by itself: in private, or to a club's channel."""

    FOLLOW_UP = "followup"
    BRIEF = "brief"
    DEBRIEF = "debrief"
    THANKS = "thanks"
    HEARD = "heard"
    QUIET = "quiet"
    REVIEW = "review"
    REPORT = "report"
    ACTION = "action"
    PARTNERS = "partners"
    REST = "rest"
    LOST = "lost"
    REMOVED = "removed"
    ASKED = "asked"
    UNANSWERED = "unanswered"
    GRATITUDE = "gratitude"
    CONTACT = "contact"
    OPENING = "opening"
    NOTICE = "notice"
    MEETING = "meeting"
    MENDING = "mending"
    LANDED = "landed"
    INTRODUCTION = "introduction"

    @property
    def posted(self) -> bool:
        """Whether several people read it: in a club's channel, or where two are introduced."""
        return self.value in _POSTED

    @property
    def of_club(self) -> bool:
        """Whether it comes of a club and its warm leads, not of one's own applications."""
        return self.value not in _OF_A_SEARCH


_POSTED = frozenset(("opening", "notice", "meeting", "mending", "landed", "introduction"))
_OF_A_SEARCH = frozenset(("followup", "brief", "debrief", "thanks", "heard", "quiet", "review"))


class NudgeState(StrEnum):
    """The life of a nudge. Every state but PLANNED is an end state and carries a `why`."""

    PLANNED = "planned"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    SHOWN = "shown"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at an employer, as the seeker named them; the address may be unknown."""

    name: str
    email: str = ""

    def __str__(self) -> str:
        named = self.email and self.name != self.email
        return f"{self.name} <{self.email}>" if named else self.name


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever sent a Call, as the platform vouches for them (never as they say themselves).

    `place` is a surface that they have opened and that is kept up to date for them, if any.
    `formerly` is the name under which the same workspace may have been known before.
    `entrances` are the installations that let them in, on a platform where one account may come
    through several and belongs to none.
    `channel` is where they said it, if others can be there as well; "" in private. `organizes` says
    whether the platform lets them arrange things for others there.
    """

    platform: str
    user: str
    workspace: str = ""
    place: str = ""
    name: str = ""
    zone: str = ""
    discreet: bool = False
    formerly: str = ""
    entrances: tuple[str, ...] = ()
    channel: str = ""
    organizes: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Where a seeker can be reached. `on` is False after the platform said they cannot be.

    `place` is as in `Who`, and remembered. A club is reached at its channel, which is then both its
    `user` and its `place`.
    """

    id: int
    seeker_id: int
    platform: str
    workspace: str
    user: str
    place: str = ""
    on: bool = True
    why: str = ""

    @property
    def shared(self) -> bool:
        """Whether it is a channel that several people read, and not one person's."""
        return self.user == self.place


@dataclass(frozen=True, slots=True)
class Seeker:
    """A person who looks for work, and the few settings they may change."""

    id: int
    name: str = ""
    profile: str = ""
    strengths: str = ""
    premium: bool = False
    zone: str = "UTC"
    zone_confirmed: bool = False
    hour: time = time(9, 30)
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 0)
    discreet: bool = False
    paused_from: datetime | None = None
    paused_until: datetime | None = None
    seen_at: datetime | None = None
    began_at: datetime | None = None

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which this person's days and mornings are counted."""
        return ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True)
class Application:
    """One role at one employer. `company` is empty when an agency has not named the employer."""

    seeker_id: int
    number: int
    company: str
    role: str
    applied_on: date
    logged_at: datetime
    via: Via = Via.COLD
    link: str = ""
    fit: str = ""
    proof: str = ""
    why_here: str = ""
    agency: str = ""
    referrer: str = ""
    contact: Person | None = None
    no_contact: bool = False
    closes_on: date | None = None
    decision_on: date | None = None
    stage: Stage = Stage.APPLIED
    note: str = ""
    skipped: tuple[str, ...] = ()

    @property
    def employer(self) -> str:
        """The employer as it may be shown, also when it is not known."""
        return self.company or (f"a client of {self.agency}" if self.agency else "an employer")

    @property
    def title(self) -> str:
        """What this application is called everywhere."""
        return f"{self.role} at {self.employer}"


@dataclass(frozen=True, slots=True)
class Interview:
    """A conversation with an employer; what the debrief said is kept with it."""

    seeker_id: int
    number: int
    application: int
    starts_at: datetime
    logged_at: datetime
    minutes: int = 60
    interviewers: tuple[Person, ...] = ()
    reasons: str = ""
    themes: tuple[str, ...] = ()
    unsaid: str = ""
    debriefed_at: datetime | None = None
    missed: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """Something an employer did, or an ending, on the day it happened."""

    seeker_id: int
    number: int
    application: int
    what: Heard
    on: date
    logged_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A letter: `text` holds the seeker's own edit, `sent_at` their word that it went out."""

    seeker_id: int
    number: int
    application: int
    kind: LetterKind
    channel: Channel
    written_at: datetime
    interview: int = 0
    to: str = ""
    text: str = ""
    sent_at: datetime | None = None
    against_advice: bool = False


@dataclass(frozen=True, slots=True)
class Nudge:
    """A private message planned, sent, or ended with a reason.

    `key` is deterministic, so planning twice is planning once. `due_at` is the instant, `local` the
    wall-clock intent it was computed from. `ready_at` is when the dispatcher may next look at it:
    the due time, or when a lease or a wait between tries runs out. `in_doubt` says an earlier try
    may have arrived. `turn_at` is set once it has a turn in its platform's lane (`bot.delivery`).
    """

    id: int
    key: str
    seeker_id: int
    platform: str
    kind: NudgeKind
    due_at: datetime
    ready_at: datetime
    local: str = ""
    application: int = 0
    interview: int = 0
    state: NudgeState = NudgeState.PLANNED
    snoozed_until: datetime | None = None
    claim: str = ""
    tries: int = 0
    in_doubt: bool = False
    why: str = ""
    sent_at: datetime | None = None
    message_ref: str = ""
    turn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One Call's effect on a person's records, kept a while so that it can be taken back."""

    seeker_id: int
    number: int
    at: datetime
    what: str
    rows: str
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An application with everything that belongs to it: what rules, letters and cards look at."""

    application: Application
    interviews: tuple[Interview, ...] = ()
    replies: tuple[Reply, ...] = ()
    followups: tuple[FollowUp, ...] = ()

    @property
    def sent(self) -> tuple[FollowUp, ...]:
        """The letters that the seeker said they sent, oldest first."""
        return tuple(f for f in self.followups if f.sent_at)

    @property
    def follow_up(self) -> FollowUp | None:
        """The one follow-up after applying, once sent."""
        return next((f for f in self.sent if f.kind is LetterKind.APPLICATION), None)

    def interview(self, number: int) -> Interview | None:
        """The interview of that number, if it belongs to this application."""
        return next((i for i in self.interviews if i.number == number), None)

    def thanked(self, interview: Interview) -> tuple[FollowUp, ...]:
        """The letters sent after that interview."""
        kinds = (LetterKind.INTERVIEW, LetterKind.MISSED)
        return tuple(f for f in self.sent if f.interview == interview.number and f.kind in kinds)
