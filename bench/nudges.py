"""What is due among a million pending: how fast it is sent, and whether the million matters.

Sending is measured against two statements a batch and nothing else, and against APScheduler's own
store (`bench.drains` has all three). Whether it matters how many are pending: the cost of a tick
that finds nothing due, and of one claim, on two databases that differ in nothing else.
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

from sqlalchemy import update

from bench import jobstore
from bench.databases import Place, connected, tidy
from bench.drains import BARE, JOBSTORE, TICK, Answering
from bench.laps import Times, in_turns, lap, rate, ratio, spread
from bench.report import BASELINE, Report, against, milliseconds
from bench.seeding import FIRST_DAY, add_applications, add_due, add_people, add_pending
from bot.dispatch import BATCH, LEASE, Dispatcher
from bot.letters import Letters
from bot.model import NudgeState
from storage.models import nudges
from storage.store import Store

MEMORY_TARGET = 120  # MB
GROWTH_TARGET = 1.2
FEW, MANY = 10_000, 1_000_000

# A conversation with one contender: send what is due at this time, so many.
Order = Callable[[datetime, int], dict[str, Any]]


@contextmanager
def process(name: str, url: str) -> Iterator[Order]:
    """A contender in a process of its own."""
    command = [sys.executable, "-m", "bench.drains", name, url]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin
    assert child.stdout

    def order(now: datetime, due: int) -> dict[str, Any]:
        print(json.dumps({"now": now.isoformat(), "due": due}), file=child.stdin, flush=True)
        answer: dict[str, Any] = json.loads(child.stdout.readline())
        assert answer["sent"] == due, f"{name} sent {answer['sent']} of {due}"
        return answer

    yield order
    child.stdin.close()
    child.wait()


def working_days() -> Iterator[datetime]:
    """Days to apply on, from a Monday, so that each week later is a working day too."""
    days = (FIRST_DAY + timedelta(days=n) for n in count())
    return (day for day in days if day.weekday() < 5)
