"""Claims are kept alive while a platform takes its time, and let go of when others have them."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands import registry
from bot.delivery import Outcome, Sent
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.message import Call, Message, plain
from bot.model import Account, Nudge, NudgeKind, NudgeState, Who
from bot.ports import Unavailable, Unit
from storage.store import Store
from tests.post import Post, still

LETTERS = Letters()
WHO = Who("terminal", "you", zone="America/New_York")
BEGIN = datetime(2026, 6, 1, 14, tzinfo=UTC)
DUE = datetime(2026, 6, 8, 13, 30, tzinfo=UTC)
LEASE = timedelta(seconds=0.4)


@dataclass
class Slow:
    """A platform that takes a message and answers when it is told to."""

    platform: str = "terminal"
    repeats_safely: bool = False
    began: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: list[str] = field(default_factory=list)

    def stored(self, account: Account) -> None:
        return

    def lane(self, account: Account) -> None:
        return None

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        self.arrived.append(plain(message))
        self.began.set()
        await self.answers.wait()
        return Sent(key)


async def apply(store: Store, *companies: str) -> None:
    desk = Desk(store, registry, LETTERS)
    for company in companies:
        await desk.handle(Call("job applied", {"company": company, "role": "SRE"}), WHO, BEGIN)
    # The review of the first week is not what these tests are about.
    post = Post()
    await Dispatcher(store, [post], LETTERS).tick(datetime(2026, 6, 5, 20, tzinfo=UTC))


def followups(store: Store) -> list[Nudge]:
    def read(unit: Unit) -> list[Nudge]:
        found = unit.look(WHO)
        return unit.nudges.of(found[0].id) if found else []

    return [nudge for nudge in store.run(read) if nudge.kind is NudgeKind.FOLLOW_UP]


async def until_renewed(store: Store, times: int = 1) -> None:
    """Return when what is held has been renewed so often."""
    seen: set[datetime] = set()
    async with asyncio.timeout(5):
        while len(seen) <= times:
            seen |= {nudge.ready_at for nudge in followups(store) if nudge.claim}
            await asyncio.sleep(0)


async def test_whoever_waits_for_a_slow_platform_keeps_what_they_hold(store: Store) -> None:
    await apply(store, "Acme")
    slow, other = Slow(), Post()
    ticking = asyncio.create_task(Dispatcher(store, [slow], LETTERS, lease=LEASE).tick(DUE))
    await slow.began.wait()
    await until_renewed(store, times=6)  # a quarter of the lease each: longer than it lasts
    (held,) = followups(store)
    assert held.ready_at > DUE + LEASE
    assert await Dispatcher(store, [other], LETTERS, clock_from=still).tick(DUE + LEASE) == 0
    slow.answers.set()
    await ticking
    assert (len(slow.arrived), other.arrived) == (1, [])
    assert [nudge.state for nudge in followups(store)] == [NudgeState.SENT]


async def test_what_its_person_put_off_meanwhile_is_not_sent(store: Store) -> None:
    companies = [f"Acme {n}" for n in range(6)]
    await apply(store, *companies)
    slow = Slow()
    ticking = asyncio.create_task(Dispatcher(store, [slow], LETTERS, lease=LEASE).tick(DUE))
    await slow.began.wait()
    first = slow.arrived[0]
    waiting = [
        n for n, company in zip(followups(store), companies, strict=True) if company not in first
    ]
    assert waiting, "not all of them are in one message"
    tomorrow = DUE + timedelta(days=1)

    def put_off(unit: Unit) -> None:
        for nudge in waiting:
            (now,) = [n for n in unit.nudges.of(nudge.seeker_id) if n.id == nudge.id]
            unit.nudges.save(replace(now, snoozed_until=tomorrow, ready_at=tomorrow))

    store.run(put_off)
    await until_renewed(store, times=2)
    slow.answers.set()
    await ticking
    assert slow.arrived == [first]
    assert {n.state for n in followups(store) if n.id in {w.id for w in waiting}} == {
        NudgeState.PLANNED
    }


async def test_what_the_platform_answered_while_the_records_were_away_is_not_asked_again(
    tmp_path: Path,
) -> None:
    file = tmp_path / "jobs.db"
    async with Store.open(f"sqlite:///{file}?timeout=0.05") as store:
        await apply(store, "Acme")
        post = Post()
        dispatcher = Dispatcher(store, [post], LETTERS)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            post.on_send = lambda: other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable):
                await dispatcher.tick(DUE)
            assert len(post.arrived) == 1
            other.execute("COMMIT")
        post.on_send = None
        # The lease is over, and the answer is still known.
        assert await dispatcher.tick(DUE + timedelta(minutes=10)) == 1
        assert len(post.arrived) == 1
        (nudge,) = followups(store)
        assert (nudge.state, nudge.in_doubt) == (NudgeState.SENT, False)
