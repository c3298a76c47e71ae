"""News of servers and of people's own apps: late, repeated, or while the database is gone."""

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from adapters.background import Background
from adapters.discord.servers import WAITS, Servers
from bot.model import Who
from bot.ports import Unavailable, Unit
from storage.store import Store

T = TypeVar("T")
BEGIN = datetime(2026, 6, 1, 13, 0, tzinfo=UTC)
ADA = Who("discord", "1")


def everybodys(server: int) -> bool:
    """Of a process with one shard every server is its own."""
    return True


class World:
    """A store that is out of reach now and then, and a time that passes when it is said to."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = BEGIN
        self.back = BEGIN
        # Raised once, instead of any work.
        self.fault: Exception | None = None
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []
        self.background = Background(self._sleep)
        self.servers = Servers(self, self.background, lambda: self.now)
        self.under_way: list[asyncio.Task[None]] = []

    async def transact(self, work: Callable[[Unit], T]) -> T:
        """As the store's."""
        if self.now < self.back:
            raise Unavailable("gone")
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return await self.store.transact(work)

    async def _sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.now + timedelta(seconds=seconds), woken))
        await woken.wait()

    async def meet(self, who: Who, *servers: int) -> None:
        """Have somebody use the bot now, in these servers."""
        came_by = Who("discord", who.user, entrances=tuple(f"g{server}" for server in servers))
        await self.store.transact(lambda unit: unit.enter(came_by, self.now))

    async def outage(self, **time: float) -> None:
        """Let the database be out of reach for so long from now on."""
        self.back = self.now + timedelta(**time)

    async def hears(self, *news: Callable[[], object]) -> None:
        """Have handlers begin, in this order."""
        for one in news:
            self.background.start(one())  # type: ignore[arg-type]  # each is a coroutine of Servers
        await self.idle()

    async def idle(self) -> None:
        """Return when all that is under way waits for a time to come."""
        while self.background._tasks - self.background._pausing:  # noqa: ASYNC110  # nothing tells of it
            await asyncio.sleep(0)

    async def later(self, **time: float) -> None:
        """Let time pass; whoever waits wakes in turn."""
        until = self.now + timedelta(**time)
        while due := sorted((s for s in self._sleepers if s[0] <= until), key=lambda s: s[0]):
            self._sleepers.remove(due[0])
            self.now = due[0][0]
            due[0][1].set()
            await asyncio.sleep(0)
            await self.idle()
        self.now = until

    async def known(self) -> dict[str, bool]:
        """Every entrance, and whether it is open."""
        return dict(await self.store.transact(lambda unit: unit.entrances("discord")))

    async def reached(self, who: Who) -> bool:
        """Whether somebody can be written to."""
        found = await self.store.transact(lambda unit: unit.look(who))
        assert found
        return found[1].on

    def present(self, *servers: int) -> Callable[[], object]:
        """The news that a shard begins, and these servers have the bot."""
        return lambda: self.servers.present(lambda: set(servers), everybodys)


@pytest.fixture
async def world(store: Store) -> World:
    return World(store)


async def test_a_server_that_left_and_came_back_while_the_database_was_gone_is_open(
    world: World,
) -> None:
    await world.meet(ADA, 7)
    await world.outage(seconds=10)
    await world.hears(lambda: world.servers.removed(7))
    await world.later(seconds=7)
    await world.hears(lambda: world.servers.added(7))
    await world.later(minutes=2)
    assert await world.known() == {"g7": True}
    assert await world.reached(ADA)
    assert not world.background._tasks


async def test_news_that_come_while_others_wait_are_stored_after_them(world: World) -> None:
    await world.meet(ADA, 7)
    await world.outage(seconds=10)
    news = (world.servers.added, world.servers.removed, world.servers.added, world.servers.removed)
    await world.hears(*(lambda one=one: one(7) for one in news))
    await world.later(minutes=2)
    assert await world.known() == {"g7": False}


async def test_it_is_tried_for_as_long_as_the_outage_lasts(world: World) -> None:
    await world.meet(ADA, 7)
    await world.outage(days=2)
    await world.hears(lambda: world.servers.removed(7))
    await world.later(days=2, seconds=WAITS[-1])
    assert await world.known() == {"g7": False}


async def test_news_that_no_database_takes_hold_up_no_others(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.meet(ADA, 7, 8)
    world.fault = ValueError("canary")
    await world.hears(lambda: world.servers.removed(7), lambda: world.servers.removed(8))
    await world.hears(lambda: world.servers.added(7))
    assert await world.known() == {"g7": True, "g8": False}
    assert "ValueError" in caplog.text
    assert "canary" not in caplog.text


async def test_news_that_wait_for_the_database_do_not_hold_up_the_end(world: World) -> None:
    await world.meet(ADA, 7)
    await world.outage(days=1)
    await world.hears(lambda: world.servers.removed(7), lambda: world.servers.added(7))
    async with asyncio.timeout(2):
        await world.background.finish(60)


async def test_which_servers_there_are_is_asked_when_it_can_be_stored(world: World) -> None:
    await world.meet(ADA, 7, 8)
    there: Collection[int] | None = {7}
    await world.outage(seconds=10)
    await world.hears(lambda: world.servers.present(lambda: there, everybodys))
    there = {8}
    await world.later(minutes=2)
    assert await world.known() == {"g7": False, "g8": True}


async def test_while_a_session_begins_anew_no_server_is_taken_for_gone(world: World) -> None:
    await world.meet(ADA, 7)
    await world.hears(lambda: world.servers.present(lambda: None, everybodys))
    assert await world.known() == {"g7": True}


async def test_the_token_of_another_bot_closes_nothing_and_is_warned_of(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.meet(ADA, 7, 8)
    await world.hears(world.present())
    assert await world.known() == {"g7": True, "g8": True}
    assert [r.levelname for r in caplog.records] == ["WARNING"]
    assert "known=2" in caplog.text


async def test_the_only_server_there_was_may_be_gone(world: World) -> None:
    await world.meet(ADA, 7)
    await world.hears(world.present())
    assert await world.known() == {"g7": False}


async def test_a_removal_that_is_told_again_does_not_undo_the_addition_after_it(
    world: World,
) -> None:
    await world.meet(ADA)
    first, second = BEGIN + timedelta(minutes=1), BEGIN + timedelta(minutes=2)
    world.now = BEGIN + timedelta(minutes=5)
    await world.servers.deauthorized("1", first)
    assert not await world.reached(ADA)
    await world.servers.authorized("1", second)
    assert await world.reached(ADA)
    await world.servers.deauthorized("1", first)
    assert await world.reached(ADA)
    await world.servers.deauthorized("1", second + timedelta(minutes=1))
    assert not await world.reached(ADA)


async def test_the_order_of_events_is_discords_where_its_clock_is_ahead(world: World) -> None:
    await world.meet(ADA)
    first, second = BEGIN + timedelta(minutes=1), BEGIN + timedelta(minutes=2)
    await world.servers.deauthorized("1", first)
    await world.servers.authorized("1", second)
    await world.servers.deauthorized("1", first)
    assert await world.reached(ADA)


async def test_an_addition_that_is_told_late_does_not_undo_the_removal_after_it(
    world: World,
) -> None:
    await world.meet(ADA)
    first, second = BEGIN + timedelta(minutes=1), BEGIN + timedelta(minutes=2)
    world.now = BEGIN + timedelta(minutes=5)
    await world.servers.deauthorized("1", second)
    await world.servers.authorized("1", first)
    assert not await world.reached(ADA)


async def test_a_removal_from_before_their_last_command_changes_nothing(world: World) -> None:
    world.now = BEGIN + timedelta(minutes=5)
    await world.meet(ADA)
    await world.servers.deauthorized("1", BEGIN)
    assert await world.reached(ADA)


@pytest.mark.parametrize("ahead", [-5, 0, 5, 3600])
async def test_a_removal_right_after_a_command_counts_whoevers_clock_is_ahead(
    world: World, ahead: int
) -> None:
    await world.meet(ADA)
    await world.servers.deauthorized("1", BEGIN + timedelta(seconds=ahead))
    assert not await world.reached(ADA)
    # And using it takes that back at once, though Discord's clock be ahead.
    world.now += timedelta(seconds=1)
    await world.meet(ADA)
    assert await world.reached(ADA)


async def test_without_a_time_it_happened_just_now(world: World) -> None:
    await world.meet(ADA)
    world.now += timedelta(seconds=30)
    await world.servers.deauthorized("1")
    assert not await world.reached(ADA)
    world.now += timedelta(seconds=30)
    await world.servers.authorized("1")
    assert await world.reached(ADA)


async def test_whoever_never_used_the_bot_leaves_no_record_by_adding_it(world: World) -> None:
    await world.servers.authorized("1", BEGIN)
    assert await world.store.transact(lambda unit: unit.look(ADA)) is None
