"""An application logged through the desk, beside the same SQL statements alone.

The baseline executes what one warm call of the desk was seen to execute: the same SQLAlchemy Core
constructs, in the same order, in one transaction, on the same threads, with values of its own in
every call; and it fetches every row. What the desk does beside it is the difference: the answers
parsed, records made of rows and rows of records, the policy, the journal, the reply.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import func, insert, select, update

from bench.databases import Place, connected, tidy
from bench.laps import Times, in_turns, many, percentile, rate, ratio
from bench.replay import Script, recording, script
from bench.report import BASELINE, Report, against, milliseconds
from bench.seeding import FIRST_DAY, PLATFORM, add_applications, add_people, multiply, word
from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call, Message
from bot.model import Who
from storage.engine import begin, connect
from storage.models import applications, changes, counters, nudges
from storage.store import THREADS, Store

NOW = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)
TARGET = 2.0
CALLERS = (1, 16)
HISTORY = 20  # applications that everybody has logged before
LETTERS = Letters()

# Of the recorded call, each found nowhere else.
SEEKER, NUMBER = 1_000_000_007, 1_500_000_001
EMPLOYER = "RecordedEmployer"


def call(company: str) -> Call:
    """What a person would type or fill in."""
    return Call(
        "job applied",
        {
            "company": company,
            "role": "Platform Engineer",
            "on": "yesterday",
            "via": "referral",
            "fit": "I have run systems like yours for six years.",
            "link": f"https://jobs.example.com/{company}",
        },
    )


async def seed(url: str, people: int) -> None:
    """Two halves of people alike: one for the desk, one for the baseline; and the recorded one.

    All of them have the week's review planned, as everybody has after their first call.
    """
    with connected(url) as connection:
        for first, number in ((1, 2 * people), (SEEKER, 1)):
            add_people(connection, first, number)
            add_applications(connection, first, number, FIRST_DAY, HISTORY)
            counter = {"seeker_id": first, "kind": "applications", "last": HISTORY}
            connection.execute(insert(counters), counter)
            mine = counters.c.seeker_id == first
            multiply(connection, counters, mine, number - 1, seeker_id=lambda n: n + 1)
    async with Store.open(url) as store:
        who = Who(PLATFORM, str(SEEKER))
        await Desk(store, registry, LETTERS).handle(call("first"), who, NOW)
    with connected(url) as connection:
        multiply(
            connection,
            nudges,
            (nudges.c.seeker_id == SEEKER) & (nudges.c.application == 0),
            2 * people,
            id=None,
            key=lambda n: func.replace(nudges.c.key, str(SEEKER), word(n)),
            seeker_id=lambda n: n,
        )
        recorded = counters.c.seeker_id == SEEKER
        connection.execute(update(counters).where(recorded).values(last=NUMBER - 1))
    tidy(url)


async def record(url: str) -> Script:
    """What the desk executes for one call, by a store and an engine that are not used again."""
    engine = connect(url, 1)
    async with Store(engine, 1) as store:
        desk = Desk(store, registry, LETTERS)
        with recording(engine) as heard:
            await desk.handle(call(EMPLOYER), Who(PLATFORM, str(SEEKER)), NOW)
    return script(heard, (SEEKER, EMPLOYER), {NUMBER: 0})


def written(url: str, first: int, people: int) -> list[int]:
    """How many rows these people have, table by table."""
    with connected(url) as connection:
        return [
            connection.execute(
                select(func.count()).where(table.c.seeker_id.between(first, first + people - 1))
            ).scalar_one()
            for table in (applications, nudges, changes)
        ]


async def measure(report: Report, place: Place, people: int, calls: int, rounds: int) -> None:
    """The rows of one database."""
    url = place.fresh("desk")
    await seed(url, people)
    statements = await record(url)
    engine = connect(url, THREADS)
    # Everybody's turn comes once in so many calls, so no two calls at once are one person's.
    theirs, mine = count(), count()

    def once(number: int) -> None:
        seeker = people + 1 + number % people
        with engine.connect() as connection, begin(connection):
            statements.run(connection, {SEEKER: seeker, EMPLOYER: f"Employer{number}"})

    async with Store.open(url) as store:
        desk = Desk(store, registry, LETTERS)

        async def bare() -> None:
            # The store's very threads: others may be placed on a faster or slower processor.
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(store._threads, once, next(theirs))

        async def handled() -> None:
            number = next(mine)
            who = Who(PLATFORM, str(1 + number % people))
            answer = await desk.handle(call(f"Employer{number}"), who, NOW)
            assert isinstance(answer, Message), answer
            assert answer.title.startswith("Logged"), answer.title

        for callers in CALLERS:
            laps = await in_turns(
                rounds,
                {"bare": many(callers, calls, bare), "desk": many(callers, calls, handled)},
            )
            found = ratio(laps["desk"], laps["bare"])
            name, bares = f"{place.name}, {callers} at once", len(statements.steps)
            add(report, name, f"{bares} bare statements", laps["bare"], BASELINE)
            target = against(found.median, TARGET)
            add(report, "", "the desk", laps["desk"], str(found), target)
    engine.dispose()
    ours, bare_ones = written(url, 1, people), written(url, people + 1, people)
    assert ours == bare_ones, f"the desk wrote {ours} rows and the baseline {bare_ones}"


def add(
    report: Report, name: str, what: str, laps: Sequence[Times], ratio: str, target: str = ""
) -> None:
    """One row."""
    half, most = (milliseconds(percentile(laps, percent)) for percent in (50, 99))
    report.add(name, what, f"{rate(laps):,.0f}", half, most, ratio, target)


async def run(places: list[Place], *, quick: bool) -> list[Report]:
    """The table of this bench."""
    report = Report(
        "desk: an application logged (`job applied`), different people at once",
        ("database", "through", "a second", "p50", "p99", "times the baseline", "target"),
        (
            f"Everybody has {HISTORY} applications already. The baseline replays the statements of "
            "one recorded call as SQLAlchemy Core constructs, with values of its own each time. "
            "Ratio: median of the rounds, least and most in brackets.",
        ),
    )
    for place in places:
        await measure(report, place, *((40, 48, 1) if quick else (1_000, 300, 9)))
    return [report]
