"""`followthrough worker`, as it is, in any number; with Slack and Discord that this machine plays.

Measures one crowd becoming due at one instant. Reads the database's own counters for what that cost
it: `active_time` of https://www.postgresql.org/docs/current/monitoring-stats.html.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import func, select, text

from bench.databases import connected
from bench.processes import process, told
from bench.scale_ideal import Lags
from bench.scale_people import CLIENT, Crowd, make_due, now
from bot.model import NudgeKind, NudgeState
from storage.models import nudges

PLATFORMS = "bench.scale_platforms"
DISCORD_TOKEN = "ODAwMDAw.bench.token-of-the-bot"
# How quickly rows are dated, at least.
ROWS_A_SECOND = 3000
# Nothing came for so many seconds: it is over, complete or not.
OVER = 60.0
# The database's counters are that late, at most (PGSTAT_MIN_INTERVAL).
COUNTED = 1.5


@dataclass(frozen=True)
class Run:
    """What became of one crowd."""

    lags: Lags
    lost: int
    twice: int
    unsettled: int
    refused: Mapping[str, int]
    # Milliseconds for each delivery: the database's statements, and the workers' processors.
    database: float
    processor: float
    commits: float


@asynccontextmanager
async def platforms(delay: int) -> AsyncIterator[tuple[Process, dict[str, int]]]:
    """Slack and Discord, whose answers take so many milliseconds; and their ports."""
    async with process(PLATFORMS, str(delay)) as running:
        assert running.stdout
        yield running, json.loads(await running.stdout.readline())


def environment(url: str, key: str, ports: Mapping[str, int]) -> dict[str, str]:
    """What a worker for any number of workspaces is told."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DATABASE_URL": url,
        "SLACK_CLIENT_ID": CLIENT,
        "SLACK_CLIENT_SECRET": "secret",
        "SLACK_SIGNING_SECRET": "secret",
        "PUBLIC_URL": "http://127.0.0.1:1",
        "TOKEN_KEYS": key,
        "SLACK_API_URL": f"http://127.0.0.1:{ports['slack']}/api/",
        "DISCORD_TOKEN": DISCORD_TOKEN,
        "DISCORD_API_URL": f"http://127.0.0.1:{ports['discord']}/api/v10",
    }


class Workers:
    """So many workers, while it is entered."""

    def __init__(self, count: int, environment: Mapping[str, str]) -> None:
        self._count = count
        self._environment = environment
        self._running: list[Process] = []
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed on leaving

    async def __aenter__(self) -> "Workers":
        for _ in range(self._count):
            self._running.append(
                await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "adapters", "worker",
                    env=self._environment, stdout=self._said, stderr=self._said,
                )
            )  # fmt: skip
        return self

    async def __aexit__(self, *raised: object) -> None:
        for one in self._running:
            if one.returncode is None:
                one.terminate()
        for one in self._running:
            await one.wait()
        self._said.close()

    def used(self) -> float:
        """Seconds of the processors that they have used; 0 where the system does not say."""
        return sum(_used(one.pid) for one in self._running)

    def check(self) -> None:
        """Raises AssertionError, with what they have said, once one has ended."""
        ends = [one.returncode for one in self._running if one.returncode is not None]
        assert not ends, f"a worker ended with {ends}: {self.said()}"

    def said(self) -> str:
        """The end of what they have written."""
        self._said.seek(0)
        return self._said.read().decode()[-2000:]


def _used(process_id: int) -> float:
    stat = Path(f"/proc/{process_id}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def run(url: str, crowd: Crowd, count: int, key: str, *, delay: int, start: float) -> Run:
    """The whole crowd comes due at once, with so many workers.

    They have `start` seconds to start, each after another on few processors; and `delay` is how
    many milliseconds the platforms take to answer.
    """
    async with platforms(delay) as (playing, ports):
        # The rows are dated first, which takes a while.
        wait = start * count + crowd.whole / ROWS_A_SECOND
        at = (now() + timedelta(seconds=wait + 1)).replace(microsecond=0)
        await asyncio.to_thread(make_due, url, at)
        assert now() < at, "there was no time to start"
        async with Workers(count, environment(url, key, ports)) as workers:
            await asyncio.sleep((at - now()).total_seconds())
            before, used = await _costs(url), workers.used()
            await _over(playing, workers, crowd.whole)
            used = workers.used() - used
            unsettled = await _settled(url)
            await asyncio.sleep(COUNTED)
            after = await _costs(url)
        with tempfile.NamedTemporaryFile() as file:
            await told(playing, f"report {file.name}")
            said = json.loads(file.read())
    return _run(said, crowd, at, unsettled, used, (after[0] - before[0], after[1] - before[1]))


def _run(
    said: Any, crowd: Crowd, at: datetime, unsettled: int, used: float, cost: tuple[float, float]
) -> Run:
    came = Counter(person for person, _ in said["arrived"])
    first: dict[int, float] = {}
    for person, when in said["arrived"]:
        first.setdefault(person, when - at.timestamp())
    whole = crowd.whole
    return Run(
        Lags.of(first.values()),
        whole - len(first),
        came.total() - len(came),
        unsettled,
        said["refused"],
        cost[0] / whole,
        used * 1000 / whole,
        cost[1] / whole,
    )


async def _over(playing: Process, workers: Workers, whole: int) -> None:
    """Wait until all has come, or nothing comes any more."""
    seen, since = -1, time.monotonic()
    while seen < whole and time.monotonic() - since < OVER:
        await asyncio.sleep(0.25)
        workers.check()
        count = await told(playing, "count")
        if count > seen:
            seen, since = count, time.monotonic()


async def _settled(url: str) -> int:
    """How many are not marked as sent, some seconds after the last came."""
    statement = select(func.count()).where(
        nudges.c.kind == NudgeKind.FOLLOW_UP, nudges.c.state != NudgeState.SENT
    )
    left = -1
    for _ in range(10):
        with connected(url) as connection:
            left = connection.execute(statement).scalar_one()
        if not left:
            break
        await asyncio.sleep(0.5)
    return left


async def _costs(url: str) -> tuple[float, float]:
    """Milliseconds that this database has executed statements for, and its transactions."""
    asked = "SELECT active_time, xact_commit FROM pg_stat_database WHERE datname=current_database()"
    with connected(url) as connection:
        row = connection.execute(text(asked)).one()
    return float(row[0]), float(row[1])
