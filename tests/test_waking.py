"""What is due at once goes out at once: whoever plans it wakes whoever sends it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from adapters.checks import Pulse
from adapters.metronome import Metronome
from adapters.working import Working
from bot.commands import registry
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.message import Call
from bot.model import Nudge, NudgeKind, Seeker, Who
from bot.ports import Unavailable, Unit
from storage.models import heartbeats
from storage.store import Store
from tests.conftest import Server
from tests.post import Post

LETTERS = Letters()
WHO = Who("terminal", "you", zone="America/New_York")
PATIENCE = 5


def planning(now: datetime, due: datetime, key: str = "a"):
    """The work of a command at `now` that plans something for `due`."""

    def work(unit: Unit) -> Seeker:
        seeker, _ = unit.enter(WHO, now)
        kind = NudgeKind.FOLLOW_UP
        unit.nudges.add([Nudge(0, f"{seeker.id}/{key}", seeker.id, "terminal", kind, due, due)])
        return seeker

    return work


async def rung(bell: asyncio.Event) -> bool:
    """Whether it rings; whatever rings it does so before anything that is done after it."""
    try:
        await asyncio.wait_for(bell.wait(), 0.3)
    except TimeoutError:
        return False
    bell.clear()
    return True


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 6, 1, 14, tzinfo=UTC)


async def test_what_is_due_now_rings_the_bell_and_what_is_due_later_does_not(
    store: Store, now: datetime
) -> None:
    async with store.waking.listening() as bell:
        await rung(bell)  # PostgreSQL's first, for what was told before it listened
        await store.transact(planning(now, now + timedelta(seconds=16), "later"))
        assert not await rung(bell)
        await store.transact(planning(now, now + timedelta(seconds=15), "soon"))
        assert await rung(bell)


async def test_what_was_rolled_back_rings_no_bell(store: Store, now: datetime) -> None:
    def failing(unit: Unit) -> None:
        planning(now, now)(unit)
        raise ZeroDivisionError

    async with store.waking.listening() as bell:
        await rung(bell)
        with pytest.raises(ZeroDivisionError):
            await store.transact(failing)
        assert not await rung(bell)


async def test_another_process_on_postgresql_is_woken(postgres_url: str, now: datetime) -> None:
    async with (
        Store.open(postgres_url) as web,
        Store.open(postgres_url) as worker,
        worker.waking.listening() as bell,
    ):
        await asyncio.wait_for(bell.wait(), PATIENCE)  # it listens from here on
        bell.clear()
        await web.transact(planning(now, now))
        await asyncio.wait_for(bell.wait(), PATIENCE)


async def test_a_listener_that_was_cut_off_listens_again_and_looks_once(
    postgres: Server, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.waking.AGAIN", 0.05)
    async with Store.open(postgres_url) as store, store.waking.listening() as bell:
        await asyncio.wait_for(bell.wait(), PATIENCE)
        bell.clear()
        postgres.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'followthrough listens'"
        )
        await asyncio.wait_for(bell.wait(), PATIENCE)


async def test_the_clock_of_a_server_is_asked_and_a_file_has_none(store: Store, kind: str) -> None:
    told = await store.clock()
    if kind == "sqlite":
        assert told is None
    else:
        assert told is not None
        assert abs(told - datetime.now(UTC)) < timedelta(minutes=1)  # noqa: TID251 the server's and ours are the same machine's
        assert told.utcoffset() == timedelta()


class World:
    """A process that sends, in a world where it is always the same time."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.post = Post()
        self.desk = Desk(store, registry, LETTERS)
        self.dispatcher = Dispatcher(store, [self.post], LETTERS)
        self.working = Working(self.dispatcher, store, "worker", Pulse(), self.clock)

    async def clock(self, store: Store) -> datetime:
        return self.now


async def test_a_command_that_plans_something_for_now_is_followed_by_it_without_a_look(
    store: Store, now: datetime
) -> None:
    """On both databases within a second, where the next look would be 15 seconds away."""
    world = World(store, now)
    applied = {"company": "Acme", "role": "SRE"}
    await world.desk.handle(Call("job applied", applied), WHO, now - timedelta(days=7))
    tomorrow = now + timedelta(days=1)

    def put_off(unit: Unit, until: datetime | None) -> None:
        seeker, _ = unit.enter(WHO, now)
        for nudge in unit.nudges.of(seeker.id):
            later = until or nudge.due_at
            unit.nudges.save(replace(nudge, snoozed_until=until, ready_at=later))

    await store.transact(lambda unit: put_off(unit, tomorrow))
    async with world.working.going_on():
        arrived = asyncio.Event()
        world.post.on_send = arrived.set
        # Twice, since the round at the beginning may be under way and see the first.
        for until in (None, tomorrow, None):
            await store.transact(lambda unit, until=until: put_off(unit, until))
        await asyncio.wait_for(arrived.wait(), PATIENCE)


async def test_a_round_says_when_the_next_is_worth_its_while_and_leaves_a_sign_of_life(
    store: Store, now: datetime
) -> None:
    world = World(store, now)
    assert await world.working.round() is None
    await store.transact(planning(now, now + timedelta(seconds=9)))
    wait = await world.working.round()
    assert wait is not None
    assert 8 < wait <= 9
    rows = await store.on_connection(lambda c: c.execute(heartbeats.select()).all())
    assert [(row.part, row.beat_at) for row in rows] == [("worker", now)]


async def test_a_round_that_cannot_reach_its_records_waits_for_the_next(
    store: Store, now: datetime
) -> None:
    world = World(store, now)

    async def away(store: Store) -> datetime:
        raise Unavailable("away")

    working = Working(world.dispatcher, store, "worker", Pulse(), away)
    assert await working.round() is None


async def test_being_hurried_while_a_beat_is_under_way_makes_one_more() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    beats: list[int] = []
    enough = asyncio.Event()

    async def beat() -> None:
        beats.append(1)
        begun.set()
        if len(beats) == 2:
            enough.set()
        await go_on.wait()

    async with Metronome(beat, seconds=3600) as metronome:
        await begun.wait()
        metronome.hurry()
        metronome.hurry()
        go_on.set()
        await asyncio.wait_for(enough.wait(), PATIENCE)
    assert len(beats) == 2


async def test_a_beat_that_names_a_moment_is_followed_by_one_then() -> None:
    enough = asyncio.Event()
    waits = iter([0.0, 0.05, None])
    beats: list[float] = []

    async def beat() -> float | None:
        beats.append(asyncio.get_running_loop().time())
        if len(beats) == 3:
            enough.set()
        return next(waits)

    async with Metronome(beat, seconds=3600):
        await asyncio.wait_for(enough.wait(), PATIENCE)


def test_only_what_a_command_plans_is_told_not_what_dispatchers_settle(
    store: Store, now: datetime, kind: str
) -> None:
    """Else every message sent would wake every worker."""
    store.run(planning(now, now))
    told: list[str] = []
    event.listen(store._engine, "before_cursor_execute", lambda *a: told.append(a[2]))
    store.run(
        lambda unit: unit.nudges.settle(
            unit.nudges.claim(unit.nudges.due(now, "terminal", 9), "one", now)
        )
    )
    assert told
    assert not any("NOTIFY" in statement for statement in told)
