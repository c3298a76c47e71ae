"""People who wait for letters: they apply, and come back. Each letter is about a firm of its own.

Everything they do is stored as the product stores it; by the firm's name a message is known again.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call, Message, plain
from bot.model import Application, NudgeKind
from bot.plan import replan
from bot.ports import Unavailable, Unit
from faults.account import COMMAND, Arrival
from faults.clock import Clock
from faults.platforms import Human, Platforms, arrival
from storage.store import Store

T = TypeVar("T")


class Crowd:
    """`firms` names the firm of each nudge that was planned, by the nudge's key."""

    def __init__(self, url: str, platforms: Platforms, clock: Clock, rng: random.Random) -> None:
        self.firms: dict[str, str] = {}
        # What people were shown by a command.
        self.shown: list[Arrival] = []
        # The one platform that people are on; "" for both.
        self.only = ""
        self._url, self._platforms, self._clock, self._rng = url, platforms, clock, rng
        self._opened: Store | None = None

    def open(self) -> Store:
        """The records; not before they are needed, since that brings the tables up to date."""
        self._opened = self._opened or Store.open(self._url)
        return self._opened

    async def close(self) -> None:
        """Let go of the database."""
        if self._opened:
            await self._opened.close()

    async def people(self, count: int, each: int = 1, within: float = 60.0) -> list[Human]:
        """So many new people, with `each` letters due soon, as `apply` says."""
        some = [
            self._platforms.human(self.only or self._rng.choice(("slack", "discord")))
            for _ in range(count)
        ]
        await self.apply(some, each, within)
        return some

    async def apply(self, some: Sequence[Human], each: int = 1, within: float = 60.0) -> None:
        """Let people have applied to `each` firms a week ago; the letters are due soon.

        `within` so many seconds, if that is on a working day and not in the night.
        """
        now = self._clock()
        due = now + timedelta(seconds=within)
        first = len(self.firms)

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

        self.firms |= await self._kept(plan)

    async def returns(self, human: Human) -> None:
        """Let somebody use the bot again, and read what could not reach them."""
        desk = Desk(self.open(), registry, Letters())
        while True:
            answer = await desk.handle(Call("job today"), human.who, self._clock())
            words = plain(answer) if isinstance(answer, Message) else ""
            if "reach you" not in words and "reached you" not in words:
                return
            self.shown.append(arrival(COMMAND, self._clock.seconds(), words))

    async def _kept(self, work: Callable[[Unit], T]) -> T:
        while True:
            try:
                return await self.open().transact(work)
            except Unavailable:
                await asyncio.sleep(0.2)
