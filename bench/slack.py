"""`/job applied ...` with everything stored, over signed HTTP, beside bare Bolt apps.

Ours is served as it always is, to people who have never opened the Home tab and to people who have:
for them it is drawn anew after each change, which a stand-in for Slack takes, and what is still
being drawn when the last answer came counts as well. The others answer with the very words that
ours does: one does nothing else, the other inserts a row through the ORM of SQLAlchemy first.
`BENCH_CPU=1` prints what each used of the processor for one request.
"""

import json
import os
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from typing import Any

from sqlalchemy import func, select

from bench.databases import Place, connected
from bench.laps import Lap, Times, in_turns, many, percentile, rate, spread
from bench.processes import apart, process, told
from bench.report import BASELINE, Report, against, milliseconds
from bench.slack_apps import ACKS, ORM, OURS, POLLED, WORKSPACE
from bench.slack_load import Connection, connections
from bench.slack_people import HISTORY, Door, logged, seed
from storage.models import applications

CLIENTS = (1, 16)
SHARE_TARGETS = {"SQLite": 0.25, "PostgreSQL": 0.15}
P50_TARGET, P99_TARGET = 2, 25  # ms: for one client, and for 16 on SQLite
APPS = "bench.slack_apps"
# Ours too, for people who keep the Home tab open.
HOMES = "homes"
LABELS = {ACKS: "acks alone", ORM: "one row, ORM", OURS: "stored", HOMES: "with Home"}


class App:
    """An app in a process of its own, and requests for it."""

    def __init__(self, process: Process, door: Door, people: int, port: int) -> None:
        self._process = process
        self._door = door
        self._people = people
        self.port = port
        self._numbers = count()
        self._met = False
        self.used = 0.0
        self.calls = 0

    async def finish(self) -> float:
        """Wait until nothing is under way; returns what it used of the processor, in seconds."""
        used: float = await told(self._process, "finish")
        return used

    def request(self) -> bytes:
        """The next request, signed now."""
        return logged(next(self._numbers), self._people, self._door, self.port)

    def lap(self, callers: int, calls: int, idle: list[Connection]) -> Lap:
        """Laps of so many requests by so many clients; signing them is no part of it."""

        async def run(turn: int) -> Times:
            # First everybody asks once, after which Slack has said who they are.
            whole = calls if turn or self._met else max(calls, self._people)
            self._met = True
            requests = [self.request() for _ in range(whole)]

            async def once() -> None:
                connection = idle.pop()
                await connection.ask(requests.pop())
                idle.append(connection)

            before = await self.finish()
            began = time.perf_counter()
            times = await many(callers, whole, once)(turn)
            after = await self.finish()
            took = time.perf_counter() - began
            if turn:
                self.used += after - before
                self.calls += whole
            return Times(took, whole, times.each)

        return run


@asynccontextmanager
async def app(
    name: str, door: Door, people: int, url: str = "", answer: Any = None
) -> AsyncIterator[App]:
    """The app of that name, serving."""
    async with process(APPS, name) as running:
        order = {"door": door.json(), "url": url, "answer": answer}
        yield App(running, door, people, await told(running, json.dumps(order)))


async def measure(
    report: Report, place: Place, running: Process, door: Door, sizes: tuple[int, int, int]
) -> Any:
    """The rows of one database; returns the answer that everybody got."""
    people, calls, rounds = sizes
    url, homes_url = place.fresh("slack"), place.fresh("slack_homes")
    orm_url = place.fresh("slack_orm")
    await seed(url, people)
    await seed(homes_url, people, home=True)
    async with AsyncExitStack() as stack:
        apps = {OURS: await stack.enter_async_context(app(OURS, door, people, url))}
        apps[HOMES] = await stack.enter_async_context(app(OURS, door, people, homes_url))
        async with connections(apps[OURS].port, 1) as (first,):
            answer = json.loads(await first.ask(apps[OURS].request()))
        assert str(answer["text"]).startswith("Logged"), answer
        for name in (ORM, ACKS):
            other = app(name, door, people, orm_url, answer)
            apps[name] = await stack.enter_async_context(other)
        for clients in CLIENTS:
            async with AsyncExitStack() as open_:
                laps = {}
                for name in (ACKS, ORM, OURS, HOMES):
                    port = apps[name].port
                    idle = await open_.enter_async_context(connections(port, clients))
                    laps[name] = apps[name].lap(clients, calls, idle)
                times = await in_turns(rounds, laps)
            add(report, place.name, clients, times)
        sent = next(apps[OURS]._numbers)
        drawn = (await told(running, "counts")).get("views.publish", 0)
        for name, each in apps.items():
            if os.environ.get("BENCH_CPU"):
                print(place.name, name, f"{each.used / each.calls * 1e6:.0f} us of processor")
    stored = people * HISTORY + sent + HISTORY + 1
    with connected(url) as connection:
        found = connection.execute(select(func.count()).select_from(applications)).scalar_one()
    assert found == stored, f"{found} applications instead of {stored}"
    assert drawn, "no Home tab was drawn"
    return answer


def add(report: Report, database: str, clients: int, times: dict[str, list[Times]]) -> None:
    """The rows of one number of clients."""
    title = f"{database}, {clients} client{'s' if clients > 1 else ''}"
    for name, label in LABELS.items():
        laps = times[name]
        share = spread([s.rate / b.rate for s, b in zip(laps, times[ACKS], strict=True)])
        half, most = percentile(laps, 50), percentile(laps, 99)
        target = ""
        if name == OURS:
            limit = SHARE_TARGETS[database]
            target = f"≥ {limit:g} {'met' if share.median >= limit else 'MISSED'}"
            if clients == 1:
                target += f"; {against(half * 1000, P50_TARGET, ' ms')}"
            elif database == "SQLite":
                target += f"; {against(most * 1000, P99_TARGET, ' ms')}"
        row(report, title, label, laps, BASELINE if name == ACKS else str(share), target)
        title = ""


def row(report: Report, name: str, label: str, laps: Sequence[Times], *rest: str) -> None:
    """One row: its rate and times, and whatever columns follow."""
    half, most = (milliseconds(percentile(laps, percent)) for percent in (50, 99))
    report.add(name, label, f"{rate(laps):,.0f}", half, most, *rest)


async def polling(report: Report, door: Door, answer: Any, sizes: tuple[int, int, int]) -> None:
    """The rows of Bolt's two ways to acknowledge."""
    people, calls, rounds = sizes
    labels = {ACKS: "when the listener returns", POLLED: "looking every 10 ms (default)"}
    async with AsyncExitStack() as stack:
        apps = {
            name: await stack.enter_async_context(app(name, door, people, answer=answer))
            for name in labels
        }
        for clients in CLIENTS:
            async with AsyncExitStack() as open_:
                laps = {}
                for name in labels:
                    port = apps[name].port
                    idle = await open_.enter_async_context(connections(port, clients))
                    laps[name] = apps[name].lap(clients, calls, idle)
                times = await in_turns(rounds, laps)
            title = f"{clients} client{'s' if clients > 1 else ''}"
            for name, label in labels.items():
                row(report, title, label, times[name])
                title = ""


async def run(places: list[Place], *, quick: bool) -> list[Report]:
    """Both tables of this bench."""
    # More people than calls in a lap: everybody calls at most once in each.
    sizes = (40, 32, 1) if quick else (1_000, 200, 7)
    stored = Report(
        "slack: `/job applied …` over signed HTTP, different people at once",
        ("database", "answer", "a second", "p50", "p99", "share of acks", "target; p50 or p99"),
        (
            f"Everybody has {HISTORY} applications already. All answer with the same words, checks "
            "of the signature included. “Stored”: by people who have never opened the Home tab. "
            "“With Home”: by people who have; until the last tab was drawn and published. "
            "Share: median of the rounds, least and most in brackets.",
        ),
    )
    acks = Report(
        "acks: a bare Bolt app with and without `process_before_response`",
        ("clients", "acknowledged", "a second", "p50", "p99"),
    )
    async with process(APPS, WORKSPACE, str(sizes[0])) as running:
        assert running.stdout
        door = Door(**json.loads(await running.stdout.readline()))
        with apart():
            for place in places:
                answer = await measure(stored, place, running, door, sizes)
            await polling(acks, door, answer, sizes)
    return [stored, acks]
