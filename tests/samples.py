"""Records for the tests of the store: ready-made people and records, and strategies for any."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_type_hints

from hypothesis import strategies as st

from bot.clubs.records import (
    Action,
    Asked,
    Asking,
    Club,
    How,
    Landing,
    Meeting,
    Member,
    Partnering,
    Report,
    Tie,
)
from bot.message import Call
from bot.model import (
    Account,
    Application,
    Channel,
    FollowUp,
    Heard,
    Interview,
    LetterKind,
    Nudge,
    NudgeKind,
    Person,
    Reply,
    Seeker,
    Who,
)
from bot.ports import Unit
from storage.models import clubs
from storage.shapes import CLUBS
from storage.store import Store
from storage.upserts import adding

R = TypeVar("R")

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
DANA = Person("Dana Fox", "dana@acme.example")
SAM = Who("slack", "U1", "T1", place="D1", name="Sam Rivera", zone="America/New_York")
KIM = Who("slack", "U2", "T1", place="D2", name="Kim Osei", zone="Europe/London")
CALL = Call("job applied", {"company": "A&B = C", "fit": "because\nI can"})


def arrive(store: Store, who: Who = SAM, now: datetime = NOW) -> Seeker:
    """Somebody's first command, or their next."""
    return store.run(lambda unit: unit.enter(who, now))[0]


def application(seeker: Seeker, **more: Any) -> Application:
    """A new application."""
    start = {"company": "Acme", "role": "Engineer", "applied_on": NOW.date(), "logged_at": NOW}
    return Application(seeker.id, 0, **(start | more))


def interview(about: Application, **more: Any) -> Interview:
    """A new interview for an application."""
    return Interview(
        about.seeker_id, 0, about.number, **({"starts_at": NOW, "logged_at": NOW} | more)
    )


def reply(about: Application) -> Reply:
    """A new answer to an application."""
    return Reply(about.seeker_id, 0, about.number, Heard.REPLY, NOW.date(), NOW)


def letter(about: Application, **more: Any) -> FollowUp:
    """A new follow-up to an application."""
    whose = (about.seeker_id, 0, about.number)
    return FollowUp(*whose, LetterKind.APPLICATION, Channel.EMAIL, NOW, **more)


def nudge(seeker: Seeker, name: str, due: datetime = NOW, **more: Any) -> Nudge:
    """A nudge to plan."""
    start: dict[str, Any] = {"id": 0, "platform": "slack", "kind": NudgeKind.FOLLOW_UP}
    start |= {"key": f"{seeker.id}/{name}", "due_at": due, "ready_at": due}
    return Nudge(seeker_id=seeker.id, **(start | more))


def club(**more: Any) -> Club:
    """A new club, in a channel of Sam's workspace, on Thursdays at six."""
    start: dict[str, Any] = {"name": "Thursdays", "channel": "C1", "zone": "America/New_York"}
    start |= {"platform": "slack", "workspace": "T1", "began_at": NOW, "posted_by": "Sam"}
    start |= {"seeker_id": 0, "weekday": 3, "at": time(18)}
    return Club(**(start | more))


def member(of: Club | int, account: Account, **more: Any) -> Member:
    """Somebody's place in a club."""
    number = of if isinstance(of, int) else of.seeker_id
    start: dict[str, Any] = {"name": "Sam", "joined_at": NOW}
    return Member(account.seeker_id, number, account.id, **(start | more))


def meeting(of: Club | int, **more: Any) -> Meeting:
    """A new meeting of a club."""
    number = of if isinstance(of, int) else of.seeker_id
    start: dict[str, Any] = {"number": 0, "intended_on": NOW.date(), "starts_at": NOW}
    return Meeting(number, **(start | more))


def report(of: Member, at: Meeting | int = 1, **more: Any) -> Report:
    """A member's new report for a meeting."""
    number = at if isinstance(at, int) else at.number
    start: dict[str, Any] = {"written_at": NOW}
    return Report(of.seeker_id, 0, of.club, number, **(start | more))


def action(of: Member, at: Meeting | int = 1, **more: Any) -> Action:
    """A member's new action item."""
    number = at if isinstance(at, int) else at.number
    start: dict[str, Any] = {"words": "Write to Dana", "due_on": NOW.date()}
    return Action(of.seeker_id, 0, of.club, number, **(start | more))


def tie(seeker_id: int, key: str = "acme", **more: Any) -> Tie:
    """A new tie to an employer."""
    start: dict[str, Any] = {"employer": key.title(), "key": key}
    start |= {"how": How.WORKED, "noted_at": NOW}
    return Tie(seeker_id, 0, **(start | more))


def asking(seeker_id: int, **more: Any) -> Asking:
    """A new question for a word at Acme."""
    start: dict[str, Any] = {"application": 1, "employer": "Acme", "key": "acme"}
    start |= {"words": "A word?", "asked_at": NOW}
    return Asking(seeker_id, 0, **(start | more))


def gathering(unit: Any, seeker: Seeker, account: Account) -> None:
    """One row at least in every table about clubs: the person is a club as well, which none is."""
    # Past the port, which gives a club an id of its own.
    unit.clubs._connection.execute(
        adding(clubs, unit.clubs._connection.dialect.name, "seeker_id"),
        CLUBS.row(club(seeker_id=seeker.id)),
    )
    mine = member(seeker.id, account, organizes=True, helps=True)
    unit.clubs.put_member(mine)
    met = unit.clubs.put_meeting(meeting(seeker.id, order=(seeker.id,)))
    unit.clubs.reports.add(report(mine, met, moved="Two interviews"))
    unit.clubs.actions.add(action(mine, met))
    unit.clubs.landings.add(Landing(seeker.id, 0, seeker.id, 1, NOW, "At last", "Acme"))
    unit.clubs.put_partnering(Partnering(seeker.id, seeker.id, NOW.date(), (seeker.id,)))
    unit.clubs.exclude(seeker.id, seeker.id, yes=True)
    unit.clubs.ties.add(tie(seeker.id))
    unit.clubs.mute(seeker.id, "globex", yes=True)
    question = unit.clubs.askings.add(asking(seeker.id))
    unit.clubs.asked.add(Asked(seeker.id, 0, seeker.id, question.number, seeker.id, NOW))


def everything(unit: Unit, who: Who) -> Application:
    """One row at least in every table about a person."""
    seeker, account = unit.enter(replace(who, entrances=who.entrances or ("entrance",)), NOW)
    acme = unit.applications.add(application(seeker, contact=DANA))
    unit.interviews.add(interview(acme, interviewers=(DANA,)))
    unit.replies.add(reply(acme))
    unit.followups.add(letter(acme, text="Dear Dana"))
    unit.nudges.add([nudge(seeker, "followup:1", application=acme.number)])
    gathering(unit, seeker, account)
    unit.stash(seeker.id, CALL, NOW)
    unit.offer_link(seeker.id, "export", f"of {seeker.id}", NOW + timedelta(days=365))
    unit.note_change(seeker.id, "Logged", NOW)
    return acme


# PostgreSQL's text holds no NUL, and no database half of a surrogate pair: the core sees to both.
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
_hard_names = st.sampled_from(("a <b@c>", "<", ">", "a <", "<b>", " ", '["a","b"]', '["', "a <> "))
people = st.builds(Person, words | _hard_names, words | _hard_names)
# Not zones by name: Python calls instants in their repeated hours unequal to themselves in UTC.
_offsets = st.sampled_from((0, 345, -210)).map(lambda m: timezone(timedelta(minutes=m)))
_first, _last = (datetime(year, 6, 1) for year in (1000, 9999))  # noqa: DTZ001 - bounds have none
instants = st.datetimes(_first, _last, timezones=_offsets)

_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: words,
    bool: st.booleans(),
    int: st.integers(-(2**31), 2**31 - 1),
    datetime: instants,
    date: st.dates(),
    time: st.times(),
    Person: people,
}


def anything(of: type[R], **fixed: Any) -> st.SearchStrategy[R]:
    """Any record of a kind, whatever its fields may hold, apart from those given."""
    hints = get_type_hints(of)
    given = {name: st.just(value) for name, value in fixed.items()}
    return st.builds(of, **({name: _any(hint) for name, hint in hints.items()} | given))


def _any(hint: Any) -> st.SearchStrategy[Any]:
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    first, other = get_args(hint)
    if other is Ellipsis:
        return st.lists(_any(first), max_size=3).map(tuple)
    return st.none() | _any(first)
