"""Draining what is due among what is pending: ours, Procrastinate and APScheduler, in turns.

Ours claims, looks again, writes the letter or the note, hands it to a messenger that answers at
once, and settles it. Procrastinate fetches, runs an empty task and marks it as done.
APScheduler runs an empty task and deletes it, keeps no outcome and forgets on a crash.
"""

import json
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count

from bench import jobstore
from bench.databases import Place, connected, tidy
from bench.drains import DISCREET, JOBSTORE, LETTERS
from bench.laps import Lap, Times, in_turns, rate, spread
from bench.nudges import Order, add_due_people, process
from bench.processes import process as apart
from bench.processes import told
from bench.report import Report
from bench.seeding import FIRST_DAY, add_applications, add_pending, add_people

QUEUE = "queue"
LABELS = {
    LETTERS: "Followthrough, whole letters",
    DISCREET: "Followthrough, discreet notes",
    QUEUE: "Procrastinate, an empty task",
    JOBSTORE: "APScheduler, an empty job",
}
TARGET_QUEUE, TARGET_JOBSTORE = 20.0, 1.0
# What is pending belongs to so many people.
PEOPLE = 10_000


class Round:
    """Laps on one kind of database, each with people or jobs of its own."""

    def __init__(self, url: str, jobs_url: str, due: int, pending: int) -> None:
        self._url, self._jobs_url = url, jobs_url
        self._due, self._pending = due, pending
        self._first = 10_000_000
        days = (FIRST_DAY + timedelta(days=n) for n in count(7))
        self._days = (day for day in days if day.weekday() < 5)

    def _prepare(self, name: str) -> datetime:
        self._first += self._due
        if name == JOBSTORE:
            at = datetime(2026, 1, 1, tzinfo=UTC)
            jobstore.add_due(self._jobs_url, str(self._first), at, self._due)
            tidy(self._jobs_url)
            return at
        with connected(self._url) as connection:
            at = add_due_people(
                connection, self._first, self._due, next(self._days), discreet=name == DISCREET
            )
        tidy(self._url)
        return at

    def lap(self, name: str, order: Order) -> Lap:
        """Laps of ours, or of APScheduler."""

        async def run(turn: int) -> Times:
            answer = order(self._prepare(name), self._due)
            return Times(answer["took"], self._due)

        return run

    def queue(self, running: Process) -> Lap:
        """Laps of Procrastinate, which writes its jobs itself."""

        async def run(turn: int) -> Times:
            order = {"due": self._due, "pending": self._pending}
            answer = await told(running, json.dumps(order))
            assert answer["sent"] == self._due, answer
            return Times(answer["took"], self._due)

        return run


async def measure(report: Report, place: Place, due: int, pending: int, rounds: int) -> None:
    """The rows of one database."""
    url, jobs_url = place.fresh("scale_drains"), place.fresh("scale_jobs")
    with connected(url) as connection:
        people = min(PEOPLE, pending)
        add_people(connection, 1, people)
        add_applications(connection, 1, people, FIRST_DAY)
        add_pending(connection, 1, people, pending)
    await jobstore.add_pending(jobs_url, pending)
    tidy(jobs_url)
    round_ = Round(url, jobs_url, due, pending)
    async with AsyncExitStack() as apart_stack:
        with ExitStack() as stack:
            laps: dict[str, Callable[[int], Awaitable[Times]]] = {}
            for name in (LETTERS, DISCREET, JOBSTORE):
                its = jobs_url if name == JOBSTORE else url
                laps[name] = round_.lap(name, stack.enter_context(process(name, its)))
            if place.name == "PostgreSQL":
                queue_url = place.fresh("scale_queue")
                child = apart("bench.scale_queue", queue_url)
                laps[QUEUE] = round_.queue(await apart_stack.enter_async_context(child))
            times = await _in_turns(rounds, laps)
    title = place.name
    for name, label in LABELS.items():
        if name in times:
            report.add(title, label, f"{rate(times[name]):,.0f}", *_against(name, times))
            title = ""


async def _in_turns(
    rounds: int, laps: dict[str, Callable[[int], Awaitable[Times]]]
) -> dict[str, list[Times]]:
    """Without a lap before the others: Procrastinate's takes minutes. A first one warms nothing
    that a thousand do not."""
    if rounds == 1:
        return await in_turns(1, laps)
    kept: dict[str, list[Times]] = {name: [] for name in laps}
    for number in range(rounds):
        order = dict(laps if number % 2 else reversed(laps.items()))
        for name, found in (await in_turns(1, order)).items():
            kept[name] += found
    return kept


def _against(name: str, times: dict[str, list[Times]]) -> tuple[str, str]:
    """How many times as fast as each of the others, with the targets of discreet notes."""
    cells = []
    for other, target in ((QUEUE, TARGET_QUEUE), (JOBSTORE, TARGET_JOBSTORE)):
        if other not in times or name in (QUEUE, JOBSTORE):
            cells.append("")
            continue
        pairs = zip(times[name], times[other], strict=True)
        found = spread([ours.rate / theirs.rate for ours, theirs in pairs])
        met = "met" if found.median >= target else "MISSED"
        cells.append(f"{found} ≥ {target:g} {met}")
    return cells[0], cells[1]


async def run(places: list[Place], *, due: int, pending: int, rounds: int) -> Report:
    """The table."""
    report = Report(
        f"draining: {due:,} due at one instant among {pending:,} pending, one worker",
        ("database", "drained by", "a second", "times Procrastinate's", "APScheduler's"),
        (
            "Ratios of the rates, round by round: median, least and most. Procrastinate has the "
            "jobs that are due among those that are not, as they are planned.",
        ),
    )
    for place in places:
        await measure(report, place, due, pending, rounds)
    return report
