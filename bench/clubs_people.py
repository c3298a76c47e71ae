"""Clubs of so many members that have met for months, and what happens in one of their weeks.

All of them meet at the same minute. What is to come is planned by the program itself; what was is
written as rows, as the program would have left it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bench.databases import connected, tidy
from bench.seeding import PLATFORM, ZONE, add_applications, add_people
from bot.clubs.records import Action, Club, Meeting, Member, Partnering, Report
from bot.gathering import replan_club
from bot.model import Account, Nudge, NudgeKind, NudgeState, Seeker
from bot.ports import Unit
from storage.columns import Id
from storage.models import counters, meetings, nudges
from storage.shapes import (
    ACCOUNTS,
    ACTIONS,
    CLUBS,
    MEETINGS,
    MEMBERS,
    NUDGES,
    PARTNERINGS,
    REPORTS,
    SEEKERS,
    Shape,
)
from storage.store import Store

# A Tuesday, on which they met last, at 18:00 there.
LAST_DAY = date(2026, 6, 2)
MET = datetime(2026, 6, 2, 22, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
# The evening before, the end of a meeting, and a morning three days after it.
ASKED, OVER, BACK = -timedelta(days=1), timedelta(hours=1), timedelta(days=2, hours=15, minutes=30)
# Applications of each member, logged in the week before they met last.
APPLICATIONS = 5
# Rows written together.
CHUNK = 10_000
NEXT = "Write to two people who work there, and ask each for a quarter of an hour"


@dataclass(frozen=True)
class Town:
    """So many clubs of so many members, who have met for so many weeks.

    Ids count from `first`: the members of the first club, of the second, ..., then the clubs.
    """

    clubs: int
    each: int
    weeks: int
    first: int

    @property
    def people(self) -> int:
        """Everybody, clubs apart."""
        return self.clubs * self.each

    @property
    def end(self) -> int:
        """The first id after those of the clubs."""
        return self.first + self.people + self.clubs

    def __iter__(self) -> Iterator[tuple[int, range]]:
        """Each club's id with its members'."""
        for number in range(self.clubs):
            start = self.first + number * self.each
            yield self.first + self.people + number, range(start, start + self.each)


def starts_at(week: int) -> datetime:
    """When they meet so many weeks after the last meeting that was."""
    return MET + week * WEEK


def _write(connection: Connection, shape: Shape[Any], records: Iterable[Any], *less: str) -> None:
    rows = [shape.row(record, *less) for record in records]
    for start in range(0, len(rows), CHUNK):
        connection.execute(shape.insert, rows[start : start + CHUNK])


def seed(url: str, town: Town) -> None:
    """All of them with what they did until now; nothing is planned yet."""
    with connected(url) as connection:
        add_people(connection, town.first, town.people)
        add_applications(connection, town.first, town.people, MET - WEEK / 2, APPLICATIONS)
        own = Seeker(0, "", zone=ZONE, zone_confirmed=True, quiet_from=time(0), quiet_until=time(0))
        ids = [club for club, _ in town]
        _write(connection, SEEKERS, (replace(own, id=i, name=f"Club {i}") for i in ids))
        at = [Account(i, i, PLATFORM, "", f"C{i}", place=f"C{i}") for i in ids]
        _write(connection, ACCOUNTS, at)
        began = MET - town.weeks * WEEK
        club = Club(0, "", PLATFORM, "", "", 1, time(18), ZONE, began, posted_by="Member 1")
        _write(
            connection,
            CLUBS,
            (replace(club, seeker_id=i, name=f"Club {i}", channel=f"C{i}") for i in ids),
        )
        member = Member(0, 0, 0, "", began, partners=True, helps=True, goal="Two calls a day")
        _write(
            connection,
            MEMBERS,
            (
                replace(member, seeker_id=i, club=club, account_id=i, name=f"Member {i}")
                for club, theirs in town
                for i in theirs
            ),
        )
        for week in range(town.weeks):
            _write_week(connection, town, week)
        counts = dict.fromkeys(("reports", "actions"), town.weeks)
        _count(connection, (i for _, theirs in town for i in theirs), counts)
        _count(connection, ids, {"meetings": town.weeks})
    tidy(url)


def _count(connection: Connection, ids: Iterable[int], counts: Mapping[str, int]) -> None:
    rows = [{"seeker_id": i, "kind": k, "last": last} for i in ids for k, last in counts.items()]
    if rows:
        connection.execute(insert(counters), rows)


def _write_week(connection: Connection, town: Town, week: int) -> None:
    """What came of one meeting that was."""
    at = starts_at(week + 1 - town.weeks)
    number, day = week + 1, at.date()
    monday = day - timedelta(days=1)
    past: list[Nudge] = []
    held: list[Meeting] = []
    shared: list[Report] = []
    said: list[Action] = []
    paired: list[Partnering] = []
    for club, theirs in town:
        order = tuple(theirs[(place + week) % len(theirs)] for place in range(len(theirs)))
        held.append(
            Meeting(club, number, day, at, order=order, timekeeper=order[-1], posted_at=at,
                    post_ref="reference")
        )  # fmt: skip
        past.append(sent(club, NudgeKind.MEETING, f"meeting:{club}.{number}", at))
        for i in theirs:
            past += [
                sent(i, NudgeKind.REPORT, f"report:{club}.{number}", at + ASKED),
                sent(i, NudgeKind.ACTION, f"action:{club}.{number}", at + BACK),
                sent(i, NudgeKind.PARTNERS, f"partners:{club}.{monday.toordinal()}", at + OVER),
            ]
            shared.append(a_report(club, i, number, at))
            said.append(Action(i, number, club, number, NEXT, day, done_at=at + BACK))
            other = _partner(theirs, i, week)
            paired.append(Partnering(i, club, monday, (other,)))
    _write(connection, MEETINGS, held)
    _write(connection, REPORTS, shared)
    _write(connection, ACTIONS, said)
    _write(connection, PARTNERINGS, paired)
    _write(connection, NUDGES, past, "id")


def _partner(theirs: Sequence[int], mine: int, week: int) -> int:
    """Somebody else: the one at as many places from the other end, on a wheel that turns."""
    place, count = mine - theirs[0], len(theirs)
    other = (2 * week + 1 - place) % count
    return theirs[other] if other != place else theirs[(place + 1) % count]


def sent(owner: int, kind: NudgeKind, name: str, at: datetime) -> Nudge:
    """A nudge about a club that was sent when it was due."""
    return Nudge(
        0, f"{owner}/club:{name}", owner, PLATFORM, kind, at, at,
        state=NudgeState.SENT, why="delivered", sent_at=at, message_ref="reference",
    )  # fmt: skip


def a_report(club: int, member: int, number: int, at: datetime) -> Report:
    """What somebody shared for a meeting that begins then."""
    return Report(
        member, number, club, number, at - OVER,
        moved="Applied in five places and heard from two of them",
        ask="Does anybody know how Acme interviews for this role?",
        next=NEXT, conversations=3, followups=5,
    )  # fmt: skip


def report_all(url: str, town: Town, week: int) -> None:
    """Everybody reports for the meeting of that week, after they were asked."""
    number = town.weeks + week
    with connected(url) as connection:
        mine = [a_report(club, i, number, starts_at(week)) for club, theirs in town for i in theirs]
        _write(connection, REPORTS, mine)
        planned = select(func.count()).where(
            meetings.c.number == number, meetings.c.posted_at.is_(None)
        )
        assert connection.execute(planned).scalar_one() == town.clubs, "a meeting is not planned"
    tidy(url)


async def plan(url: str, town: Town) -> None:
    """The first meeting to come, as the program plans it."""

    def one(club: int, unit: Unit) -> None:
        held = unit.clubs.lock(club)
        assert held is not None
        replan_club(unit, held, MET + OVER)

    async with Store.open(url) as store:
        for club, _ in town:
            await store.transact(partial(one, club))
    tidy(url)


def outcome(url: str, town: Town, week: int) -> tuple[int, ...]:
    """After a meeting: meetings posted, those planned next, orders with everybody in them, actions.

    And the nudges of members that are planned: questions, actions, partners.
    """
    number = town.weeks + week
    with connected(url) as connection:
        rows = connection.execute(select(meetings).where(meetings.c.number >= number)).all()
        found = [MEETINGS.record(row) for row in rows]
        now = [one for one in found if one.number == number]
        pending = select(nudges.c.kind, func.count(nudges.c.id, type_=Id)).where(
            nudges.c.state == NudgeState.PLANNED, nudges.c.platform == PLATFORM
        )
        rows_of = connection.execute(pending.group_by(nudges.c.kind))
        counts: dict[NudgeKind, int] = dict(rows_of.tuples().all())
    return (
        sum(one.posted_at is not None for one in now),
        len(found) - len(now),
        sum(len({*one.order}) == town.each and one.timekeeper != 0 for one in now),
        *(counts.get(kind, 0) for kind in (NudgeKind.REPORT, NudgeKind.ACTION, NudgeKind.PARTNERS)),
    )


def whole(town: Town) -> tuple[int, ...]:
    """What `outcome` has to be."""
    return (town.clubs,) * 3 + (town.people,) * 3
