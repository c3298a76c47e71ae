"""What is due among a million pending: how fast it is sent, and in how much memory.

Measured against two statements a batch with nothing in between, and against APScheduler's own
store; `bench.drains` has all three, each of which runs in a process of its own. `bench.growth`
says whether the million matters.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from typing import Any

from sqlalchemy import Connection

from bench import growth, jobstore
from bench.databases import Place, connected, tidy
from bench.drains import BARE, DISCREET, JOBSTORE, LETTERS
from bench.laps import Times, in_turns, rate, ratio
from bench.report import BASELINE, Report, against
from bench.seeding import FIRST_DAY, add_applications, add_due, add_pending, add_people
from bot.dispatch import BATCH

MEMORY_TARGET = 120  # MB
MB = 1_000_000
PEOPLE = 100_000
LABELS = {
    BARE: f"claim and settle, {BATCH} at a time",
    DISCREET: "Dispatcher.tick, discreet notes",
    LETTERS: "Dispatcher.tick, whole letters",
    JOBSTORE: "APScheduler, an empty job",
}

# What a contender answers when it is told to send what is due at this time, so many.
Answer = dict[str, Any]
Order = Callable[[datetime, int], Answer]


@contextmanager
def process(name: str, url: str) -> Iterator[Order]:
    """A contender in a process of its own."""
    command = [sys.executable, "-m", "bench.drains", name, url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        assert child.stdout
        orders, answers = child.stdin, child.stdout

        def order(now: datetime, due: int) -> Answer:
            print(json.dumps({"now": now.isoformat(), "due": due}), file=orders, flush=True)
            answer: Answer = json.loads(answers.readline())
            assert answer["sent"] == due, f"{name} sent {answer['sent']} of {due}"
            return answer

        yield order
        orders.close()


class Round:
    """Laps of the contenders on one database, each on due nudges of its own."""

    def __init__(self, url: str, jobs_url: str, due: int, rounds: int) -> None:
        self.url, self.jobs_url, self.due, self.due_letters = url, jobs_url, due, due // rounds
        self.first = 10_000_000
        self.answers: dict[str, list[Answer]] = {name: [] for name in LABELS}
        # Applied for on a Monday to Friday, what is due a week later is due on such a day too. The
        # first days are for `bench.growth`.
        self.days = (
            day for day in (FIRST_DAY + timedelta(days=n) for n in count(7)) if day.weekday() < 5
        )

    def lap(self, name: str, order: Order) -> Callable[[int], Any]:
        """One lap of one contender; the first is a short one."""

        async def run(turn: int) -> Times:
            due = self.due if turn else min(self.due, BATCH)
            if name == LETTERS and turn:
                due = self.due_letters
            now = self._add_jobs(due) if name == JOBSTORE else self._add_nudges(name, due)
            answer = order(now, due)
            if turn:
                self.answers[name].append(answer)
            return Times(answer["took"], due)

        return run

    def _add_nudges(self, name: str, due: int) -> datetime:
        applied = next(self.days)
        with connected(self.url) as connection:
            at = add_due_people(connection, self.first, due, applied, discreet=name == DISCREET)
        self.first += due
        tidy(self.url)
        return at

    def _add_jobs(self, due: int) -> datetime:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        jobstore.add_due(self.jobs_url, str(self.first), at, due)
        self.first += due
        tidy(self.jobs_url)
        return at


def add_due_people(
    connection: Connection, first: int, people: int, applied: datetime, *, discreet: bool = False
) -> datetime:
    """People who applied on that day, all of them with a follow-up due at the time returned."""
    add_people(connection, first, people, discreet=discreet)
    add_applications(connection, first, people, applied)
    return add_due(connection, first, people, applied)


async def measure(
    sent: Report, grown: Report, place: Place, due: int, sizes: tuple[int, int], rounds: int
) -> None:
    """The rows of one database in both tables."""
    few, many = sizes
    scale = 2 if rounds > 1 else 1
    urls = {size: place.fresh(f"nudges{size}") for size in sizes}
    claimed = growth.claims(scale) * BATCH
    for size, url in urls.items():
        with connected(url) as connection:
            at = add_due_people(connection, 1, claimed, FIRST_DAY)
            people = max(1, PEOPLE * size // many)
            add_people(connection, claimed + 1, people)
            add_pending(connection, claimed + 1, people, size)
        tidy(url)
    await growth.measure(grown, place.name, urls[few], urls[many], at, scale)
    jobs_url = place.fresh("jobs")
    await jobstore.add_pending(jobs_url, many)
    tidy(jobs_url)
    round_ = Round(urls[many], jobs_url, due, rounds)
    with ExitStack() as stack:
        laps = await in_turns(
            rounds,
            {
                name: round_.lap(
                    name,
                    stack.enter_context(
                        process(name, jobs_url if name == JOBSTORE else urls[many])
                    ),
                )
                for name in LABELS
            },
        )
    title = place.name
    for name, label in LABELS.items():
        answers = round_.answers[name]
        memory = max(answer["memory"] for answer in answers) / MB
        times = BASELINE if name == BARE else str(ratio(laps[name], laps[BARE]))
        stall = median(answer["stall"] for answer in answers)
        target = against(memory, MEMORY_TARGET, " MB") if name in (DISCREET, LETTERS) else ""
        sent.add(
            title,
            label,
            f"{rate(laps[name]):,.0f}",
            times,
            f"{stall * 1000:,.0f} ms",
            f"{memory:.0f} MB",
            target,
        )
        title = ""


async def run(places: list[Place], *, quick: bool) -> list[Report]:
    """Both tables of this bench."""
    due, few, many, rounds = (400, 500, 5_000, 1) if quick else (20_000, 10_000, 1_000_000, 3)
    sent = Report(
        f"nudges: {due:,} due at the same time, to as many people, with {many:,} pending",
        ("database", "sent by", "a second", "times the baseline", "stall", "memory", "target"),
        (
            f"Whole letters are written for {due:,} people in all rounds together, the others send "
            "as much in each. Stall: the longest the event loop was late for anything else. "
            "Memory: the most the process ever had resident (Linux: VmHWM of its own).",
        ),
    )
    grown = growth.report(few, many)
    for place in places:
        await measure(sent, grown, place, due, (few, many), rounds)
    return [sent, grown]
