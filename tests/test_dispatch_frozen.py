"""A process that freezes, sleeps or goes by a wrong clock stops nobody, and repeats nothing."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.delivery import Lane, Outcome, Wanted
from bot.dispatch import LEASE, Dispatcher, running_from
from bot.message import Message
from bot.model import Account, NudgeState
from storage.engine import connect
from storage.store import Store
from tests.post import Post
from tests.test_lanes import BURST, SECOND, Hall
from tests.troubles import (
    DUE,
    LETTERS,
    SOON,
    dispatching,
    due_for,
    followups,
    refused,
    until,
)

SHORT = "&options=-cidle_in_transaction_session_timeout%3D300ms"


@dataclass
class Waiting(Post):
    """A platform that keeps its first answer to itself until it is told to go on."""

    began: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        self.began.set()
        await self.go_on.wait()
        return await super().send(account, message, key)


@contextmanager
def frozen(url: str, statement: str) -> Iterator[Connection]:
    """A process of ours that did this in a transaction and went no further."""
    engine = connect(url + SHORT, 1)
    connection = engine.connect()
    try:
        connection.execute(text(statement))
        yield connection
    finally:
        connection.invalidate()
        connection.close()
        engine.dispose()


async def test_a_process_that_froze_while_it_took_turns_stops_nobody_else(
    postgres_url: str,
) -> None:
    async with Store.open(postgres_url) as store:
        hall = Hall(store)
        await hall.fill(workspaces=1, people=2)
        with frozen(postgres_url, "SELECT * FROM lanes FOR UPDATE") as process:
            async with asyncio.timeout(SOON):
                await hall.tick(DUE)
            assert hall.paced.came["W0"] == [DUE, DUE]
            # When it comes to itself, it has lost what it held.
            with pytest.raises(DBAPIError):
                process.execute(text("SELECT 1"))


async def test_what_another_process_is_taking_is_passed_over_not_waited_for(
    postgres_url: str,
) -> None:
    async with Store.open(postgres_url) as store:
        await due_for(store, 2)
        post = Post()
        with store._engine.connect() as other:
            other.execute(text("SELECT * FROM nudges FOR UPDATE"))
            async with asyncio.timeout(SOON):
                assert await dispatching(store, post).tick(DUE) == 0
        assert await dispatching(store, post).tick(DUE) == 2
    assert len(post.arrived) == 2


async def test_what_a_process_that_froze_was_taking_goes_out_by_another(postgres_url: str) -> None:
    async with Store.open(postgres_url) as store:
        await due_for(store, 2)
        post = Post()
        with frozen(postgres_url, "SELECT * FROM nudges FOR UPDATE"):
            async with asyncio.timeout(SOON):
                ended = 0
                while not ended:
                    ended = await dispatching(store, post).tick(DUE)
    assert len(post.arrived) == 2


async def test_a_machine_that_slept_through_its_lease_begins_nothing_more(store: Store) -> None:
    """Another has sent meanwhile what it was about to send."""
    await due_for(store, 1, letters=6)
    now = DUE
    slept, other = Waiting(), Post()
    sleeper = Dispatcher(store, [slept], LETTERS, clock_from=lambda began: lambda: now)
    ticking = asyncio.create_task(sleeper.tick(DUE))
    await slept.began.wait()
    now = DUE + LEASE
    assert await dispatching(store, other).tick(now) == 6
    slept.go_on.set()
    await ticking
    assert len(slept.arrived) == 1
    (on_its_way, _) = slept.arrived[0]
    for nudge in followups(store):
        assert nudge.state is NudgeState.SENT
        twice = nudge.key in on_its_way.split("+")
        assert slept.times(nudge.key) + other.times(nudge.key) == 1 + twice
        assert other.warned(nudge.key) == 1


def test_the_clock_of_a_tick_goes_on_while_the_machine_sleeps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not hasattr(time, "CLOCK_BOOTTIME"):
        pytest.skip("this system has no clock that goes on in sleep")
    real, slept = time.clock_gettime, 0.0

    def told(clock: int) -> float:
        return real(clock) + (slept if clock == time.CLOCK_BOOTTIME else 0.0)

    monkeypatch.setattr(time, "clock_gettime", told)
    clock = running_from(DUE)
    assert DUE <= clock() < DUE + timedelta(minutes=1)
    slept = LEASE.total_seconds()
    assert DUE + LEASE <= clock() < DUE + LEASE + timedelta(minutes=1)


async def test_claims_are_renewed_again_after_the_database_refused_it_once(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await due_for(store, 1)
    slow = Waiting()
    lease = timedelta(seconds=0.4)
    ticking = asyncio.create_task(Dispatcher(store, [slow], LETTERS, lease=lease).tick(DUE))
    await slow.began.wait()
    # Whoever claims or settles changes the claim; whoever renews does not.
    with refused(store, "new.claim <> '' AND new.claim = old.claim"):
        await until(lambda: "not renewed" in caplog.text)
        held = claimed_until(store)
    await until(lambda: claimed_until(store) > held)
    slow.go_on.set()
    await ticking
    assert [nudge.state for nudge in followups(store)] == [NudgeState.SENT]


def claimed_until(store: Store) -> datetime:
    (nudge,) = followups(store)
    assert nudge.claim
    return nudge.ready_at


async def test_a_lane_recovers_from_whoever_came_from_a_time_far_ahead(store: Store) -> None:
    hall = Hall(store)
    await hall.fill(workspaces=1, people=BURST + 2)
    lane = Lane("terminal:W0", SECOND, BURST)
    ahead = DUE + timedelta(days=3650)
    store.run(lambda unit: unit.nudges.turns({lane: Wanted(count=1)}, ahead))
    await hall.wait(BURST + 2)
    # One each second: nobody knows what had gone before.
    assert hall.paced.came["W0"] == [DUE + second * SECOND for second in range(BURST + 2)]
    assert {nudge.state for nudge in hall.nudges()} == {NudgeState.SENT}


async def test_turns_that_a_long_tick_missed_come_before_those_behind_them(store: Store) -> None:
    hall = Hall(store)
    await hall.fill(workspaces=1, people=12)
    await hall.tick(DUE)
    waiting = [n for n in hall.nudges() if n.state is NudgeState.PLANNED]
    order = [n.id for n in sorted(waiting, key=lambda n: n.turn_at or DUE)]
    for second in range(33, 33 + len(order) + 1):
        await hall.tick(DUE + second * SECOND)
    assert len(hall.paced.came["W0"]) == 12
    sent = {n.id: n.sent_at for n in hall.nudges()}
    # The first goes at once, not at the end of the queue, and the others at the pace behind it.
    assert [sent[one] for one in order] == [DUE + (33 + n) * SECOND for n in range(len(order))]
