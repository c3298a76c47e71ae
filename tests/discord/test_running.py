"""The gateway begins, breaks, goes on and ends, whatever Discord does, and never too often.

Time passes only where a test lets it: see `Passing`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.background import Background
from adapters.discord.client import Client
from adapters.discord.credentials import Shards
from adapters.discord.reach import BAD_TOKEN, Reach
from adapters.discord.running import Gateway
from adapters.discord.shard import FOR_GOOD
from adapters.settings import BadSetting
from tests.discord.loopback import (
    IDENTIFY,
    INVALID,
    RECONNECT,
    RESUME,
    TOKEN,
    Loopback,
    Passing,
    within,
)


class Kept:
    """A gateway that is kept up towards a loopback."""

    def __init__(self, server: Loopback, gateway_url: str, shards: Shards | None) -> None:
        self.time = Passing()
        credentials = server.credentials(gateway_url=gateway_url, shards=shards)
        self.client = Client(credentials, Background(self.time.sleep))
        self.reach = Reach(self.client, TOKEN, self.time.clock, self.time.sleep)
        self.gateway = Gateway(self.reach, credentials, self.time.clock, self.time.sleep)
        self._sessions = asyncio.Semaphore(0)

        async def on_connect() -> None:
            self._sessions.release()

        self.client.event(on_connect)

    async def connected(self, shards: int) -> None:
        """Wait until so many sessions more have begun."""
        for _ in range(shards):
            await self._sessions.acquire()

    async def ended(self) -> str:
        """The sentence with which the process ends."""
        with pytest.raises(BadSetting) as caught:
            await self.reach.ended()
        return str(caught.value)


@asynccontextmanager
async def kept(
    server: Loopback, gateway_url: str = "", shards: Shards | None = None
) -> AsyncIterator[Kept]:
    made = Kept(server, gateway_url, shards)
    async with within():
        try:
            async with made.gateway:
                yield made
        finally:
            await made.client.close()


async def test_it_begins_where_discord_says_and_ends_its_session_at_the_end() -> None:
    async with Loopback() as server:
        async with kept(server) as bot:
            line = await server.lines.get()
            assert (line.path, line.op) == ("gateway", IDENTIFY)
            assert line.first["d"]["token"] == TOKEN
            assert line.first["d"]["shard"] == [0, 1]
            assert line.first["d"]["intents"] == (1 << 0) | (1 << 12)
            await bot.connected(1)
        assert line.socket.close_code == 1000


async def test_it_goes_on_where_it_broke_off_at_the_address_for_that() -> None:
    async with Loopback() as server, kept(server) as bot:
        first = await server.lines.get()
        await first.send(0, {}, "ANYTHING", 41)
        await first.hang_up(4000)
        second = await server.lines.get()
        assert (second.path, second.op) == ("resume", RESUME)
        assert second.first["d"] == {"token": TOKEN, "session_id": "s1", "seq": 41}
        # The first time without any pause.
        assert bot.time.slept[-1] == 0


async def test_only_what_breaks_again_and_again_is_waited_for() -> None:
    async with Loopback() as server, kept(server) as bot:
        for lasted, least, most in ((0, 0, 0), (0, 0.75, 1), (31, 0, 0), (0, 0.75, 1)):
            line = await server.lines.get()
            bot.time.now += lasted
            await line.hang_up(4000)
            # The next line is there only after the pause.
            await server.lines.put(await server.lines.get())
            assert least <= bot.time.slept[-1] <= most


async def test_it_connects_anew_when_it_is_asked_to() -> None:
    async with Loopback() as server, kept(server):
        first = await server.lines.get()
        await first.send(RECONNECT)
        assert (await server.lines.get()).op == RESUME


async def test_with_an_address_of_ones_own_every_connection_goes_there() -> None:
    async with Loopback() as server, kept(server, server.address("elsewhere")):
        first = await server.lines.get()
        await first.hang_up(4000)
        second = await server.lines.get()
        assert [(line.path, line.op) for line in (first, second)] == [
            ("elsewhere", IDENTIFY),
            ("elsewhere", RESUME),
        ]


async def test_a_session_that_is_over_is_followed_by_another_after_a_pause() -> None:
    async with Loopback() as server, kept(server) as bot:
        first = await server.lines.get()
        bot.time.slept.clear()
        await first.send(INVALID, False)
        assert (await server.lines.get()).op == IDENTIFY
        assert 1 <= bot.time.slept[0] <= 5
        # And no two sessions begin within five seconds.
        assert sum(bot.time.slept) == pytest.approx(5)


async def test_the_servers_of_a_session_that_is_over_are_forgotten() -> None:
    async with Loopback() as server, kept(server) as bot:
        first = await server.lines.get()
        guild = {"id": "7", "unavailable": True}
        await first.send(0, guild, "GUILD_CREATE", 2)
        bot.client._connection._add_guild_from_data(guild)  # type: ignore[arg-type]  # no more is needed
        assert bot.client.get_guild(7)
        await first.send(INVALID, False)
        await server.lines.get()
        assert bot.client.get_guild(7) is None


async def test_pauses_grow_while_it_cannot_connect_and_are_never_longer_than_a_minute() -> None:
    async with Loopback() as server:
        server.unwelcome.extend([4000] * 9)
        async with kept(server) as bot:
            assert (await server.lines.get()).op == IDENTIFY
            pauses = [p for p in bot.time.slept if p not in (0, 5)]
    most = [1, 2, 4, 8, 16, 32, 60, 60]
    growing = [p for p in pauses if p >= 0.75]
    assert len(growing) >= len(most)
    for limit in most:
        assert any(0.75 * limit <= p <= limit for p in growing)
    assert max(growing) <= 60


async def test_cloudflare_is_not_asked_for_the_gateway_again_while_it_keeps_us_out() -> None:
    async with Loopback() as server:
        server.statuses.extend([200, 200, 429])
        server.retry_after = "900"
        async with kept(server) as bot:
            await bot.connected(1)
            assert sum(bot.time.slept) == pytest.approx(900)
        assert server.requests.count("GET gateway/bot") == 2


async def test_cloudflare_is_not_asked_for_a_connection_again_while_it_keeps_us_out() -> None:
    async with Loopback() as server:
        server.shut.append(429)
        async with kept(server) as bot:
            await bot.connected(1)
            assert 600 in bot.time.slept


async def test_a_session_whose_machine_is_gone_is_given_up_for_another() -> None:
    async with Loopback() as server, kept(server) as bot:
        first = await server.lines.get()
        server.unwelcome.extend([1011] * 6)
        await first.hang_up(4000)
        assert (await server.lines.get()).op == IDENTIFY
        await bot.connected(1)


async def test_an_event_that_cannot_be_read_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    async with Loopback() as server, kept(server):
        first = await server.lines.get()
        await first.send(0, {"canary": 1}, "GUILD_CREATE", 9)
        second = await server.lines.get()
        assert second.op == RESUME
        assert second.first["d"]["seq"] == 9
    assert "canary" not in caplog.text


async def test_what_comes_over_the_gateway_reaches_its_handler() -> None:
    async with Loopback() as server, kept(server) as bot:
        seen: asyncio.Queue[str] = asyncio.Queue()

        async def on_socket_event_type(kind: str) -> None:
            await seen.put(kind)

        bot.client.event(on_socket_event_type)
        line = await server.lines.get()
        await line.send(0, {}, "ANYTHING")
        while await seen.get() != "ANYTHING":
            pass


@pytest.mark.parametrize("code", [4004, *FOR_GOOD])
async def test_what_only_another_setting_can_mend_ends_it_with_one_sentence(code: int) -> None:
    async with Loopback() as server:
        server.refused.append(code)
        async with kept(server) as bot:
            said = await bot.ended()
            assert said == FOR_GOOD.get(code, BAD_TOKEN)
            assert said.count(". ") == 0
        assert server.lines.qsize() == 1


async def test_a_refused_token_never_comes_near_the_gateway() -> None:
    async with Loopback() as server:
        server.statuses.append(401)
        async with kept(server) as bot:
            assert await bot.ended() == BAD_TOKEN
        assert server.requests == ["GET users/@me"]


async def test_shards_begin_one_after_the_other_five_seconds_apart() -> None:
    async with Loopback() as server:
        server.shards = 3
        async with kept(server) as bot:
            lines = [await server.lines.get() for _ in range(3)]
            assert sorted(line.first["d"]["shard"] for line in lines) == [[0, 3], [1, 3], [2, 3]]
            assert sum(bot.time.slept) == pytest.approx(10)
            await bot.connected(3)
            assert bot.client.shard_ids == [0, 1, 2]


async def test_where_several_may_begin_at_once_they_do() -> None:
    async with Loopback() as server:
        server.shards, server.at_once = 3, 16
        async with kept(server) as bot:
            for _ in range(3):
                await server.lines.get()
            assert sum(bot.time.slept) == 0


async def test_a_process_has_only_the_shards_it_is_given() -> None:
    async with Loopback() as server, kept(server, shards=Shards((2, 3), 16)):
        lines = [await server.lines.get() for _ in range(2)]
        assert sorted(line.first["d"]["shard"] for line in lines) == [[2, 16], [3, 16]]


async def test_one_shard_that_breaks_leaves_the_others_alone() -> None:
    async with Loopback() as server:
        server.shards = 2
        async with kept(server):
            lines = {}
            for _ in range(2):
                line = await server.lines.get()
                lines[line.first["d"]["shard"][0]] = line
            await lines[0].hang_up(4000)
            assert (await server.lines.get()).op == RESUME
            assert not lines[1].socket.closed


@pytest.mark.parametrize("left", [0, 25])
async def test_with_too_few_sessions_left_it_waits_for_more(
    left: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with Loopback() as server:
        server.remaining, server.reset_after = left, 7_200_000
        bot = Kept(server, "", Shards((0,), 16))

        async def a_day_passes(seconds: float) -> None:
            if seconds >= 7000:
                assert server.begun == 0
                server.remaining = 1000
            await Passing.sleep(bot.time, seconds)

        few = server.credentials(shards=Shards((0,), 16))
        gateway = Gateway(bot.reach, few, bot.time.clock, a_day_passes)
        async with within(), gateway:
            await server.lines.get()
        await bot.client.close()
    assert 7200 in bot.time.slept
    assert f"few gateway sessions left; waiting left={left} seconds=7200" in caplog.text


async def test_sessions_that_end_at_once_again_and_again_never_use_up_the_last() -> None:
    async with Loopback() as server:
        bot = Kept(server, "", Shards((0,), 1))
        server.remaining = 13
        enough = asyncio.Event()

        async def sleep(seconds: float) -> None:
            server.remaining = 13 - server.begun
            if seconds > 1000:
                enough.set()
                await asyncio.Event().wait()
            await Passing.sleep(bot.time, seconds)

        server.reset_after = 7_200_000
        one = server.credentials(shards=Shards((0,), 1))
        gateway = Gateway(bot.reach, one, bot.time.clock, sleep)
        async with within(), gateway:
            while not enough.is_set():
                line = asyncio.create_task(server.lines.get())
                waiting = asyncio.create_task(enough.wait())
                await asyncio.wait({line, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if line.done():
                    await line.result().send(INVALID, False)
                else:
                    line.cancel()
        await bot.client.close()
        assert server.begun == 3


async def test_it_ends_although_discord_was_never_there(caplog: pytest.LogCaptureFixture) -> None:
    async with Loopback() as server:
        gone = server.credentials()
    time = Passing()
    client = Client(gone, Background())
    reach = Reach(client, TOKEN, time.clock, time.sleep)
    async with within(), Gateway(reach, gone, time.clock, time.sleep):
        await time.sleeps(5)
    await client.close()
    assert "Discord cannot be reached" in caplog.text
    assert TOKEN not in caplog.text
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]
