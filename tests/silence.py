"""Somebody who goes silent, and what has become of their records by a day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.commands import registry
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.erasing import Retention
from bot.letters.draft import Letters
from bot.message import Call, Message
from bot.model import Account, Nudge, NudgeState, Seeker, Who
from bot.ports import Unit
from bot.retention import is_warning
from storage.store import Store
from tests.post import Post, still

LETTERS = Letters()
WHO = Who("slack", "U1", "T1", zone="America/New_York")
OTHER = replace(WHO, user="U2")
BEGIN = datetime(2026, 1, 12, 15, tzinfo=UTC)
DAY = timedelta(days=1)
MONTHS = 12
# Eleven months of silence, and the first working morning of New York after it.
SILENT = BEGIN + timedelta(days=335, hours=3)
WARNED = datetime(2026, 12, 14, 14, 30, tzinfo=UTC)


class World:
    """People of one platform, a dispatcher, and the look at who is silent."""

    def __init__(self, store: Store, months: int = MONTHS) -> None:
        self.store = store
        self.desk = Desk(store, registry, LETTERS)
        self.post = Post("slack")
        self.erased: list[Account] = []
        self.months = months
        self.retention = Retention(store, months, self.erased.append)

    async def do(self, named: str, at: datetime, who: Who = WHO, **answers: str) -> Message:
        answer = await self.desk.handle(Call(f"job {named}", answers), who, at)
        assert isinstance(answer, Message)
        return answer

    async def tick(self, now: datetime) -> list[Message]:
        """A day's work; returns the messages that arrived."""
        before = len(self.post.arrived)
        await Dispatcher(self.store, [self.post], LETTERS, clock_from=still).tick(now)
        await self.look(now)
        return [message for _, message in self.post.arrived[before:]]

    async def look(self, now: datetime) -> None:
        """All slices of one look, as by a process that has just begun."""
        self.retention = Retention(self.store, self.months, self.erased.append)
        await self.retention.round(now)
        while self.retention._place is not None:
            await self.retention.round(now)

    async def days(self, first: datetime, count: int) -> list[Message]:
        """So many days' work, from an instant on."""
        return [m for n in range(count) for m in await self.tick(first + n * DAY)]

    async def run(self, work: Callable[[Unit, Seeker], object], who: Who = WHO) -> object:
        def on(unit: Unit) -> object:
            found = unit.look(who)
            return found and work(unit, found[0])

        return await self.store.transact(on)

    async def warnings(self) -> list[Nudge]:
        found = await self.run(lambda unit, me: unit.nudges.of(me.id))
        return [n for n in found if is_warning(n)] if isinstance(found, list) else []

    async def was_told(self, seen: datetime) -> bool:
        """Whether the warning about the silence since then has come to an end."""
        ends = (NudgeState.SENT, NudgeState.UNDELIVERED)
        return any(
            n.state in ends and n.key.endswith(f"{seen:%Y-%m-%d}") for n in await self.warnings()
        )

    async def is_there(self, who: Who = WHO) -> bool:
        return await self.run(lambda _, __: True, who) is True
