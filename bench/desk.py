"""An application logged through the desk, beside the same SQL statements alone.

The baseline executes what one warm call of the desk was seen to execute: the same SQLAlchemy Core
constructs, in the same order, in one transaction, on as many threads, with values of its own in
every call; and it fetches every row. What the desk does beside it is the difference: the answers
parsed, records made of rows and rows of records, the policy, the journal, the reply.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import func, insert, select, update

from bench.databases import Place, connected, tidy
from bench.laps import Times, in_turns, lap, percentile, rate, ratio
from bench.replay import Script, recording, script
from bench.report import BASELINE, Report, against, milliseconds
from bench.seeding import FIRST_DAY, PLATFORM, add_applications, add_people, multiply, word
from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call, Message
from bot.model import Who
from storage.engine import begin, connect
from storage.journal import KEPT_CHANGES
from storage.models import applications, changes, counters, nudges
from storage.store import THREADS, Store

NOW = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)
TARGET = 2.0
CALLERS = (1, 16)
HISTORY = 20  # applications that everybody has logged before
LETTERS = Letters()

# Of the recorded call, each found nowhere else.
SEEKER, NUMBER, CHANGE = 1_000_000_007, 1_500_000_001, 1_400_000_001
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
        for first, count in ((1, 2 * people), (SEEKER, 1)):
            add_people(connection, first, count)
            add_applications(connection, first, count, FIRST_DAY, HISTORY)
            counter = {"seeker_id": first, "kind": "applications", "last": HISTORY}
            connection.execute(insert(counters), counter)
            mine = counters.c.seeker_id == first
            multiply(connection, counters, mine, count - 1, seeker_id=lambda n: n + 1)
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
        for table, column, last in ((counters, "last", NUMBER), (changes, "number", CHANGE)):
            recorded = table.c.seeker_id == SEEKER
            connection.execute(update(table).where(recorded).values({column: last - 1}))
    tidy(url)


async def record(url: str) -> Script:
    """What the desk executes for one call, by a store and an engine that are not used again."""
    engine = connect(url, 1)
    async with Store(engine, 1) as store:
        desk = Desk(store, registry, LETTERS)
        with recording(engine) as heard:
            await desk.handle(call(EMPLOYER), Who(PLATFORM, str(SEEKER)), NOW)
    beyond = CHANGE - KEPT_CHANGES
    return script(heard, (SEEKER, EMPLOYER), {NUMBER: 0, beyond: KEPT_CHANGES})


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
    threads = ThreadPoolExecutor(1 if engine.dialect.name == "sqlite" else THREADS)
    loop = asyncio.get_running_loop()
    turn = iter(range(1_000_000))

    def once(seeker: int, company: str) -> None:
        with engine.connect() as connection, begin(connection):
            statements.run(connection, {SEEKER: seeker, EMPLOYER: company})

    async with Store.open(url) as store:
        desk = Desk(store, registry, LETTERS)

        async def bare(caller: int, number: int) -> None:
            seeker = people + 1 + number % people
            await loop.run_in_executor(threads, once, seeker, f"Company{next(turn)}")

        async def handled(caller: int, number: int) -> None:
            who = Who(PLATFORM, str(1 + number % people))
            answer = await desk.handle(call(f"Company{next(turn)}"), who, NOW)
            assert isinstance(answer, Message) and answer.title.startswith("Logged"), answer

        for callers in CALLERS:

            async def bare_lap(turn: int, callers: int = callers) -> Times:
                return await lap(callers, calls, bare)

            async def desk_lap(turn: int, callers: int = callers) -> Times:
                return await lap(callers, calls, handled)

            laps = await in_turns(rounds, {"bare": bare_lap, "desk": desk_lap})
            found = ratio(laps["desk"], laps["bare"])
            name = f"{place.name}, {callers} at once"
            for what, times, against_bare, target in (
                (f"{len(statements.steps)} bare statements", laps["bare"], BASELINE, ""),
                ("the desk", laps["desk"], str(found), against(found.median, TARGET)),
            ):
                half, most = (milliseconds(percentile(times, p)) for p in (50, 99))
                speed = f"{rate(times):,.0f}"
                report.add(name, what, speed, half, most, against_bare, target)
                name = ""
    engine.dispose()
    threads.shutdown()
    mine, theirs = written(url, 1, people), written(url, people + 1, people)
    assert mine == theirs, f"the desk wrote {mine} rows and the baseline {theirs}"


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
        await measure(report, place, *((40, 48, 2) if quick else (1_000, 400, 9)))
    return [report]
