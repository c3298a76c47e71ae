"""`/job applied …` with everything stored, through Discord's gateway, beside bare discord.py apps.

The bare ones answer "ok", one of them after it has inserted a row through the ORM of SQLAlchemy;
ours answers with what it always does. An answer counts as there when the callback arrives. What an
app still has to do then, such as reading what Discord says about it, slows its next answers and is
in its processor time.
"""

import json
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import count

from sqlalchemy import func, select

from bench.databases import Place, connected
from bench.discord_apps import OK, ORM, OURS
from bench.discord_memory import memory
from bench.discord_people import HISTORY, PLACES, place_of, seed
from bench.discord_servers import applied, server
from bench.discord_standin import TOKEN, Discord, discord
from bench.laps import Lap, Times, in_turns, many, percentile, rate, ratio
from bench.processes import apart, process, told, unless_ended
from bench.report import BASELINE, Report, against, milliseconds
from storage.models import applications

PEOPLE_AT_ONCE = (1, 16)
TARGET = 2  # times the app that inserts one row
LABELS = {OK: "“ok” alone", ORM: "one row, ORM", OURS: "stored"}


class App:
    """An app in a process of its own, the Discord that it is connected to, and its people."""

    def __init__(self, running: Process, standin: Discord, people: int) -> None:
        self._process = running
        self._standin = standin
        self._people = people
        self._numbers = count()
        self._used = 0.0
        self._calls = 0

    @property
    def asked(self) -> int:
        """How many interactions it has been sent."""
        return self._calls

    async def finish(self) -> float:
        """Wait until nothing is under way; returns what it used of the processor, in seconds."""
        used: float = await told(self._process, "finish")
        return used

    def interaction(self) -> tuple[str, str]:
        """The next interaction as JSON, and its token; everybody's turn comes in `people`."""
        number = next(self._numbers)
        person = 1 + number % self._people
        whole = applied(number, person, place_of(person))
        return json.dumps(whole, separators=(",", ":")), whole["token"]

    def lap(self, callers: int, calls: int, used: list[float]) -> Lap:
        """Laps of so many interactions by so many people at once; writing them is no part of it.

        What each takes of the processor, in seconds, is added to `used`.
        """

        async def run(turn: int) -> Times:
            interactions = [self.interaction() for _ in range(calls)]

            async def once() -> None:
                answer = await self._standin.ask(*interactions.pop())
                assert answer["type"] == 4, answer

            before = await self.finish()
            times = await many(callers, calls, once)(turn)
            after = await self.finish()
            self._calls += calls
            if turn:
                used.append((after - before) / calls)
            return times

        return run


@asynccontextmanager
async def app(name: str, people: int, url: str = "") -> AsyncIterator[App]:
    """The app of that name, connected to a Discord of its own."""
    servers = [partial(server, number) for number in range(PLACES)]
    async with discord(servers) as standin, process("bench.discord_apps", name) as running:
        where = {"api_url": standin.api_url, "gateway_url": standin.gateway_url}
        order = {**where, "token": TOKEN, "url": url}
        assert running.stdin
        running.stdin.write(json.dumps(order).encode() + b"\n")
        await unless_ended(running, standin.listening())
        yield App(running, standin, people)


async def measure(report: Report, place: Place, sizes: tuple[int, int, int]) -> None:
    """The rows of one database."""
    people, calls, rounds = sizes
    url, orm_url = place.fresh("discord"), place.fresh("discord_orm")
    await seed(url, people)
    async with AsyncExitStack() as stack:
        apps = {
            name: await stack.enter_async_context(app(name, people, where))
            for name, where in ((OK, ""), (ORM, orm_url), (OURS, url))
        }
        for callers in PEOPLE_AT_ONCE:
            used: dict[str, list[float]] = {name: [] for name in apps}
            laps = {name: each.lap(callers, calls, used[name]) for name, each in apps.items()}
            add(report, f"{place.name}, {callers} at once", await in_turns(rounds, laps), used)
        asked = apps[OURS].asked
    stored = people * HISTORY + asked + HISTORY + 1
    with connected(url) as connection:
        found = connection.execute(select(func.count()).select_from(applications)).scalar_one()
    assert found == stored, f"{found} applications instead of {stored}"


def add(
    report: Report,
    title: str,
    times: dict[str, list[Times]],
    used: dict[str, list[float]],
) -> None:
    """The rows of one number of people."""
    for name, label in LABELS.items():
        laps = times[name]
        half, most = (milliseconds(percentile(laps, percent)) for percent in (50, 99))
        processor = milliseconds(sorted(used[name])[len(used[name]) // 2])
        beside = ratio(laps, times[ORM])
        target = against(beside.median, TARGET) if name == OURS else ""
        times_orm = BASELINE if name == ORM else str(beside)
        report.add(title, label, f"{rate(laps):,.0f}", half, most, processor, times_orm, target)
        title = ""


async def run(places: list[Place], *, quick: bool) -> list[Report]:
    """Both tables of this bench."""
    # More people than interactions in a lap: everybody asks at most once in each.
    sizes = (40, 32, 1) if quick else (1_000, 200, 7)
    stored = Report(
        "discord: `/job applied …` through the gateway, different people at once",
        ("database", "answer", "a second", "p50", "p99", "processor", "times one row", "target"),
        (
            f"Everybody has {HISTORY} applications already. From the event to the callback, over "
            "connections of this machine. Processor: the app's, for one; median of the rounds. "
            "Times one row: of the time for one; median of the rounds, least and most in "
            "brackets.",
        ),
    )
    with apart():
        for place in places:
            await measure(stored, place, sizes)
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            remembered = await memory(folder, quick=quick)
    return [stored, remembered]
