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
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call, Message, plain
from bot.model import Application, Nudge, NudgeKind
from bot.plan import replan
from bot.ports import Unavailable, Unit
from faults.account import COMMAND, Account, Arrival, draw_up
from faults.clock import Clock
from faults.databases import Place
from faults.fleet import Fleet, Worker
from faults.journal import Journal, Line
from faults.platforms import Human, Platforms, arrival
from faults.worker import Spec
from storage.engine import connect
from storage.models import nudges as table
from storage.store import Store

T = TypeVar("T")
# A Monday morning. Friday's review would be a second message about the same applications.
BEGIN = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
END = datetime(2026, 6, 12, 15, 0, tzinfo=UTC)
# Real seconds between two looks at the table; after which a claim that no worker told of is
# nobody's; and after which a trial that does not move is called stuck.
LOOK, UNTOLD, STUCK = 0.012, 0.5, 60.0
_HERE = table.c.kind == NudgeKind.FOLLOW_UP
_PLANNED = (
    select(table.c.claim, func.min(table.c.ready_at))
    .where(_HERE, table.c.state == "planned")
    .group_by(table.c.claim)
)
_COUNT = select(func.count()).where(_HERE, table.c.state == "planned")


class Stuck(Exception):
    """Something is due and does not move."""


class Trial:
    """Made by `trial`. `kills` and `notes` are for the report."""

    def __init__(
        self, place: Place, url: str, folder: Path, fleet: Fleet, clock: Clock, rng: random.Random
    ) -> None:
        self.place, self.url, self.fleet, self.clock, self.rng = place, url, fleet, clock, rng
        self.folder = folder
        self.platforms = Platforms(clock)
        self.kills = 0
        # How often the machine failed: a database, a disk, a clock.
        self.falls = 0
        # What befalls the messages of people who are new while workers are killed.
        self.plagued: Callable[[list[Human]], None] = lambda humans: None
        # By how many seconds the clocks of hosts are wrong, one after the other.
        self.skews: Sequence[float] = (0.0,)
        self.workers: dict[int, Worker] = {}
        self._numbers = count(1)
        self.humans: list[Human] = []
        self._firms: dict[str, str] = {}
        self._shown: list[Arrival] = []
        self._holders: dict[str, int] = {}
        self._untold: dict[str, float] = {}
        self.journal = Journal(folder / "journal", self._told)
        self._opened: Store | None = None
        self._engine = connect(url, 2)
        self._moved = time.monotonic()

    async def close(self) -> None:
        """End every worker and let go of the database."""
        for worker in self.workers.values():
            worker.kill()
        for worker in self.workers.values():
            await worker.ended.wait()
        self.journal.close()
        self._engine.dispose()
        if self._opened:
            await self._opened.close()

    @property
    def _store(self) -> Store:
        # Not before it is needed: opening it brings the tables up to date.
        self._opened = self._opened or Store.open(self.url)
        return self._opened

    def _told(self, line: Line) -> None:
        self._moved = time.monotonic()
        if line.what == "claimed":
            self._holders[line.more] = line.worker

    # --- people and workers

    async def people(
        self, count: int, each: int = 1, platform: str = "", within: float = 60.0
    ) -> list[Human]:
        """So many new people, with `each` letters due soon, as `apply` says."""
        some = [
            self.platforms.human(platform or self.rng.choice(("slack", "discord")))
            for _ in range(count)
        ]
        await self.apply(some, each, within)
        self.humans += some
        return some

    async def apply(self, some: Sequence[Human], each: int = 1, within: float = 60.0) -> None:
        """Let people have applied to `each` firms a week ago; the letters are due soon.

        `within` so many seconds, but on a working day and not in the night.
        """
        now = self.clock()
        due = now + timedelta(seconds=within)
        first = len(self._firms)

        def plan(unit: Unit) -> dict[str, str]:
            found: dict[str, str] = {}
            for human in some:
                seeker, _ = unit.enter(human.who, now)
                hour = due.time().replace(microsecond=0)
                seeker = replace(seeker, zone_confirmed=True, hour=hour, began_at=now)
                unit.save_seeker(seeker)
                for _ in range(each):
                    firm = f"Firm{first + len(found) + 1:06d}"
                    day = (due - timedelta(days=7)).date()
                    made = unit.applications.add(Application(seeker.id, 0, firm, "Cook", day, now))
                    new = replan(unit, seeker, human.platform, [made.number], now)
                    key = next(n.key for n in new if n.kind is NudgeKind.FOLLOW_UP)
                    found[key] = firm
            return found

        self._firms |= await self._kept(plan)

    async def returns(self, human: Human) -> None:
        """Let somebody use the bot again, and read what could not reach them."""
        desk = Desk(self._store, registry, Letters())
        while True:
            answer = await desk.handle(Call("job today"), human.who, self.clock())
            words = plain(answer) if isinstance(answer, Message) else ""
            if "could not reach you" not in words:
                return
            self._shown.append(arrival(COMMAND, self.clock.seconds(), words))

    async def _kept(self, work: Callable[[Unit], T]) -> T:
        while True:
            try:
                return await self._store.transact(work)
            except Unavailable:
                await asyncio.sleep(0.2)

    async def worker(
        self, point: str = "", nth: int = 1, *, room: int = 0, fleet: Fleet | None = None
    ) -> Worker:
        """One worker more; of another release, if that release's fleet is given."""
        number = next(self._numbers)
        spec = Spec(
            number,
            self.url,
            str(self.folder),
            self.platforms.environment,
            point,
            nth,
            self.skews[number % len(self.skews)],
            room,
        )
        worker = await (fleet or self.fleet).begin(spec)
        self.workers[spec.number] = worker
        return worker

    async def sql(self, statements: str) -> None:
        """Run statements in a transaction of their own."""

        def run() -> None:
            with self._engine.begin() as connection:
                connection.execute(text(statements))

        await asyncio.to_thread(run)

    # --- time

    async def left(self) -> int:
        """How many nudges are not at their end."""
        return await asyncio.to_thread(self._count)

    def _count(self) -> int:
        with self._engine.connect() as connection:
            return connection.execute(_COUNT).scalar_one()

    async def step(self) -> bool:
        """Let a moment pass; whether everything that was planned is at its end."""
        await asyncio.sleep(LOOK)
        now = self.clock()
        try:
            found = await asyncio.to_thread(self._look)
        except (SQLAlchemyError, OSError):
            return False
        if not found:
            return True
        if time.monotonic() - self._moved > STUCK:
            raise Stuck(f"{found} at {now}; {self.journal.lines[-20:]}")
        self.journal.read()
        # What is due by the slowest of the hosts' clocks.
        behind = timedelta(seconds=-min(*self.skews, 0.0))
        if any(self._busy(claim, ready, now - behind) for claim, ready in found):
            return False
        self.leap(min(ready for _, ready in found) + behind)
        return False

    def leap(self, at: datetime) -> None:
        """Let all clocks go on from there."""
        if at > END:
            raise Stuck(f"the next is due at {at}, after the week of the trial")
        self._moved = time.monotonic()
        self.clock.set(at + timedelta(milliseconds=1))

    def _look(self) -> list[tuple[str, datetime]]:
        with self._engine.connect() as connection:
            return [(claim, ready) for claim, ready in connection.execute(_PLANNED)]

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
        return holder not in self.workers or self.workers[holder].alive

    async def while_(self, doing: "asyncio.Future[object]", feed: int = 0) -> None:
        """Let time pass until that is done; with `feed` there is always something due."""
        while not doing.done():
            if feed and await self._hungry(feed):
                self.plagued(await self.people(feed * 2, each=self.rng.choice((1, 1, 1, 3))))
            await self.step()
        await doing

    async def _hungry(self, feed: int) -> bool:
        try:
            return await self.left() < feed
        except (SQLAlchemyError, OSError):
            return False

    async def drain(self) -> None:
        """Let time pass until nothing is due; a worker that ended by itself is replaced."""
        while not await self.step():
            if not any(worker.alive for worker in self.workers.values()):
                await self.worker()

    # --- the end

    async def account(self) -> Account:
        """Kill every worker, and account for every nudge."""
        for worker in self.workers.values():
            worker.kill()
        for worker in self.workers.values():
            await worker.ended.wait()
        self.journal.read()
        rows = await asyncio.to_thread(self._rows)
        arrivals = [*self.platforms.arrivals(), *self._shown]
        return draw_up(self._firms, rows, arrivals, self.journal.lines)

    def _rows(self) -> list[Nudge]:
        with self._engine.connect() as connection:
            return [Nudge(*row) for row in connection.execute(select(table).where(_HERE))]


@asynccontextmanager
async def trial(place: Place, fleet: Fleet, seed: int, url: str = "") -> AsyncIterator[Trial]:
    """A trial on a database of its own (or that one), with nobody in it and no worker yet."""
    with TemporaryDirectory(prefix="trial") as name:
        folder = Path(name)
        clock = Clock(folder / "clock")
        clock.set(BEGIN)
        made = Trial(place, url or await place.fresh(), folder, fleet, clock, random.Random(seed))
        try:
            async with made.platforms:
                try:
                    yield made
                finally:
                    await made.close()
        finally:
            made.platforms.release()
