"""People and their records, by the million: one row is stored, and SQL makes the others from it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, cast, func, insert, literal, select

from bot.model import Account, Application, Nudge, NudgeKind, Seeker
from storage.models import accounts, applications, nudges, seekers
from storage.shapes import ACCOUNTS, APPLICATIONS, NUDGES, SEEKERS

ZONE = "America/New_York"
PLATFORM = "terminal"
# A Monday. Follow-ups of what was applied for on one working day are due on that day a week later.
FIRST_DAY = datetime(2026, 6, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
NINE_THIRTY = timedelta(hours=13, minutes=30)  # there, in summer

Number = ColumnElement[int]


def multiply(
    connection: Connection,
    table: Table,
    where: ColumnElement[bool],
    count: int,
    **different: Callable[[Number], Any] | None,
) -> None:
    """Copy the row that `where` finds, `count` times.

    `different` has the columns that are not copied but computed from the copy's number, which runs
    from 1; those computed by None are left to the database.
    """
    if not count:
        return
    series = select(literal(1).label("n")).cte("series", recursive=True)
    series = series.union_all(select(series.c.n + 1).where(series.c.n < count))
    every = [column.name for column in table.c]
    names = [name for name in every if different.get(name, name) is not None]
    values = [
        compute(series.c.n) if (compute := different.get(name)) else table.c[name] for name in names
    ]
    rows = select(*values).select_from(table.join(series, literal(True))).where(where)
    connection.execute(insert(table).from_select(names, rows))


def word(number: Number) -> ColumnElement[str]:
    """The number as text."""
    return cast(number, Text)


def each_second(connection: Connection, start: datetime) -> Callable[[Number], Any]:
    """Instants from `start` on, as the database keeps them, one for each second."""
    begin = int(start.timestamp())
    if connection.dialect.name == "sqlite":
        kept = "%Y-%m-%dT%H:%M:%S.000000+00:00"
        return lambda n: func.strftime(kept, n + begin, "unixepoch")
    return lambda n: func.to_timestamp(n + begin)


def add_people(connection: Connection, first: int, count: int, *, discreet: bool = False) -> None:
    """People with an account each; their ids, and their users' names, count from `first`.

    Discreet ones get messages that name nobody, so that no letter is written for them.
    """
    seeker = Seeker(
        first,
        "Sam Rivera",
        zone=ZONE,
        zone_confirmed=True,
        discreet=discreet,
        seen_at=FIRST_DAY,
    )
    connection.execute(SEEKERS.insert, SEEKERS.row(seeker))
    account = Account(first, first, PLATFORM, "", str(first))
    connection.execute(ACCOUNTS.insert, ACCOUNTS.row(account))
    multiply(connection, seekers, seekers.c.id == first, count - 1, id=lambda n: n + first)
    multiply(
        connection,
        accounts,
        accounts.c.id == first,
        count - 1,
        id=lambda n: n + first,
        seeker_id=lambda n: n + first,
        user=lambda n: word(n + first),
    )


def add_applications(
    connection: Connection, first: int, people: int, applied: datetime, each: int = 1
) -> None:
    """So many applications for each of these people, all of one day."""
    connection.execute(
        APPLICATIONS.insert,
        APPLICATIONS.row(
            Application(
                seeker_id=first,
                number=1,
                company="Acme",
                role="Site Reliability Engineer",
                applied_on=applied.date(),
                logged_at=applied + timedelta(hours=14),
                fit="I have run systems like yours for six years.",
                proof="I cut deployment time from an hour to four minutes.",
            )
        ),
    )
    multiply(
        connection,
        applications,
        (applications.c.seeker_id == first) & (applications.c.number == 1),
        people * each - 1,
        seeker_id=lambda n: n % people + first,
        number=lambda n: n // people + 1,
        company=lambda n: literal("Employer ", Text) + word(n),
    )


def add_due(connection: Connection, first: int, people: int, applied: datetime) -> datetime:
    """The follow-up of everybody's first application, as policy plans it; returns when."""
    due = applied + WEEK + NINE_THIRTY
    nudge = Nudge(
        id=0,
        key=f"{first}/followup:1",
        seeker_id=first,
        platform=PLATFORM,
        kind=NudgeKind.FOLLOW_UP,
        due_at=due,
        ready_at=due,
        local=f"{due.date()} 09:30 {ZONE}",
        application=1,
    )
    connection.execute(NUDGES.insert, NUDGES.row(nudge, "id"))
    multiply(
        connection,
        nudges,
        nudges.c.key == nudge.key,
        people - 1,
        id=None,
        key=lambda n: word(n + first) + "/followup:1",
        seeker_id=lambda n: n + first,
    )
    return due


def add_pending(connection: Connection, first: int, people: int, count: int) -> None:
    """So many nudges of these people, due one a second from a year later on."""
    later = FIRST_DAY + timedelta(days=365)
    at = each_second(connection, later)
    nudge = Nudge(
        id=0,
        key=f"{first}/quiet:0",
        seeker_id=first,
        platform=PLATFORM,
        kind=NudgeKind.QUIET,
        due_at=later,
        ready_at=later,
        local=f"{later.date()} 09:30 {ZONE}",
        application=1,
    )
    connection.execute(NUDGES.insert, NUDGES.row(nudge, "id"))
    multiply(
        connection,
        nudges,
        nudges.c.key == nudge.key,
        count - 1,
        id=None,
        key=lambda n: word(n % people + first) + "/quiet:" + word(n),
        seeker_id=lambda n: n % people + first,
        due_at=at,
        ready_at=at,
    )
