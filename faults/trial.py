"""One database, its people and its workers, driven until nothing is due. Knows no scenario.

While anything is due, or held by a worker that is alive, time passes as it does. When there is
nothing but waiting, all clocks leap to the end of the wait: the first nudge's, or that of a lease
whose holder is dead.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from faults.account import Account, draw_up
from faults.clock import Clock
from faults.crowd import Crowd
from faults.databases import Place, SQLite
from faults.fleet import Fleet, Worker
from faults.glance import Glance
from faults.journal import Journal, Line
from faults.platforms import Human, Platforms
from faults.worker import Spec

# A Monday morning. Friday's review would be a second message about the same applications.
BEGIN = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
END = datetime(2026, 6, 12, 15, 0, tzinfo=UTC)
# Real seconds between two looks at the table; after which a claim that no worker told of is
# nobody's; and after which a trial that does not move is called stuck.
LOOK, UNTOLD, STUCK = 0.012, 0.5, 60.0


class Stuck(Exception):
    """Something is due and does not move."""


class Trial:
    """Made by `trial`. `kills` of workers and `falls` of machines are counted for the report."""

    def __init__(
        self, place: Place, url: str, folder: Path, fleet: Fleet, clock: Clock, rng: random.Random
    ) -> None:
        self.place, self.url, self.clock, self.rng = place, url, clock, rng
        self.platforms = Platforms(clock)
        self.crowd = Crowd(url, self.platforms, clock, rng)
        self.glance = Glance(url)
        if isinstance(place, SQLite):
            # Opening a file once more would take the locks from those who have it open in this
            # process (https://www.sqlite.org/howtocorrupt.html, 2.2), so the records come first.
            self.crowd.open()
        self.journal = Journal(folder / "journal", self._told)
        self.kills = 0
        self.falls = 0
        # What befalls the messages of people who are new while workers are killed.
        self.plagued: Callable[[list[Human]], None] = lambda humans: None
        # By how many seconds the clocks of hosts are wrong, one after the other.
        self.skews: Sequence[float] = (0.0,)
        # How the dispatcher is broken on purpose, if it is.
        self.sabotage = ""
        self._folder, self._fleet = folder, fleet
        self._workers: dict[int, Worker] = {}
        self._numbers = count(1)
        self._holders: dict[str, int] = {}
        self._untold: dict[str, float] = {}
        self._moved = time.monotonic()

    async def close(self) -> None:
        """End every worker and let go of the database."""
        await self._end()
        self.journal.close()
        self.glance.close()
        await self.crowd.close()

    async def _end(self) -> None:
        for worker in self._workers.values():
            worker.kill()
        for worker in self._workers.values():
            await worker.ended.wait()

    def _told(self, line: Line) -> None:
        self._moved = time.monotonic()
        if line.what == "claimed":
            self._holders[line.more] = line.worker

    async def worker(
        self, point: str = "", nth: int = 1, *, room: int = 0, fleet: Fleet | None = None
    ) -> Worker:
        """One worker more; of another release, if that release's fleet is given."""
        number = next(self._numbers)
        spec = Spec(
            number,
            self.url,
            str(self._folder),
            self.platforms.environment,
            point,
            nth,
            self.skews[number % len(self.skews)],
            room,
            self.sabotage,
        )
        worker = self._workers[number] = await (fleet or self._fleet).begin(spec)
        return worker

    async def at_work(self, worker: Worker) -> None:
        """Return when it has opened the database, or has ended."""
        number = worker.spec.number
        await self.journal.until(
            lambda told: not worker.alive or told.count("has opened the database", number) > 0,
        )

    async def step(self) -> bool:
        """Let a moment pass; whether everything that was planned is at its end."""
        await asyncio.sleep(LOOK)
        now = self.clock()
        try:
            found = await self.glance.waiting()
        except (SQLAlchemyError, OSError):
            return False
        if not found:
            return True
        if time.monotonic() - self._moved > STUCK:
            raise Stuck(f"{found} at {now}; {[str(line) for line in self.journal.lines[-9:]]}")
        self.journal.read()
        # What is due by the slowest of the hosts' clocks.
        behind = timedelta(seconds=-min(*self.skews, 0.0))
        if not any(self._busy(claim, ready, now - behind) for claim, ready in found):
            self._leap(min(ready for _, ready in found) + behind)
        return False

    def _leap(self, at: datetime) -> None:
        if at > END:
            raise Stuck(f"the next is due at {at}, after the week of the trial")
        self._moved = time.monotonic()
        self.clock.set(at + timedelta(milliseconds=1))

    def _busy(self, claim: str, ready: datetime, now: datetime) -> bool:
        """Whether a worker is at these, or should be in a moment."""
        if ready <= now:
            return True
        if not claim:
            return False
        holder = self._holders.get(claim)
        if holder is None:
            since = self._untold.setdefault(claim, time.monotonic())
            return time.monotonic() - since < UNTOLD
        return holder not in self._workers or self._workers[holder].alive

    async def until(self, doing: "asyncio.Future[Any]", feed: int = 0) -> None:
        """Let time pass until that is done; with `feed` there is always something due."""
        while not doing.done():
            if feed and await self._hungry(feed):
                each = self.rng.choice((1, 1, 1, 3))
                self.plagued(await self.crowd.people(feed * 2, each=each))
            await self.step()
        await doing

    async def _hungry(self, feed: int) -> bool:
        try:
            return await self.glance.left() < feed
        except (SQLAlchemyError, OSError):
            return False

    async def drain(self) -> None:
        """Let time pass until nothing is due; if no worker is left, there is a new one."""
        while not await self.step():
            if not any(worker.alive for worker in self._workers.values()):
                await self.worker()

    async def account(self) -> Account:
        """Kill every worker, and account for every nudge."""
        await self._end()
        self.journal.read()
        arrivals = [*self.platforms.arrivals(), *self.crowd.shown]
        rows = await self.glance.rows()
        return draw_up(self.crowd.firms, rows, arrivals, self.journal.lines)


@asynccontextmanager
async def trial(place: Place, fleet: Fleet, seed: int, url: str = "") -> AsyncIterator[Trial]:
    """A trial on a database of its own (or that one), with nobody in it and no worker yet."""
    with TemporaryDirectory(prefix="trial") as name:
        folder = Path(name)
        clock = Clock(folder / "clock")
        clock.set(BEGIN)
        url = url or await place.fresh()
        made = Trial(place, url, folder, fleet, clock, random.Random(seed))
        async with made.platforms:
            try:
                yield made
            finally:
                await made.close()
