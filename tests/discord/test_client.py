"""Signing in over REST: once, again after a while, or never; and what a log may say of it."""

import asyncio
import logging

import discord
import pytest

from adapters.background import Background
from adapters.discord.client import HEARD, Client
from adapters.discord.outcomes import NotReached
from adapters.discord.reach import BAD_TOKEN, BadToken, Reach
from adapters.settings import BadSetting
from tests.discord.loopback import TOKEN, Loopback, Passing, within

WRONG = "MTIz.abc.canary"


def client_of(server: Loopback, token: str = TOKEN) -> Client:
    return Client(server.credentials(token), Background())


async def test_many_who_ask_at_once_sign_in_once() -> None:
    async with Loopback() as server, within():
        client = client_of(server)
        reach = Reach(client, TOKEN)
        assert await asyncio.gather(*(reach() for _ in range(5))) == [client] * 5
        assert server.requests == ["GET users/@me", "GET oauth2/applications/@me"]
        assert client.application_id == 4711
        await client.close()


@pytest.mark.parametrize("status", [503, 403])
async def test_while_discord_is_down_it_is_asked_again_only_after_a_pause(status: int) -> None:
    time = Passing()
    async with Loopback() as server, within():
        client = client_of(server)
        reach = Reach(client, TOKEN, time.clock, time.sleep)
        server.statuses.append(status)
        for _ in range(3):
            with pytest.raises(NotReached):
                await reach()
        assert len(server.requests) == 1
        time.now += 1
        assert await reach() is client
        await client.close()


async def test_the_pause_grows_and_ends_when_discord_is_there() -> None:
    time = Passing()
    async with Loopback() as server, within():
        client = client_of(server)
        reach = Reach(client, TOKEN, time.clock, time.sleep)
        server.statuses.extend([503] * 8)
        assert await reach.at_last() is client
        assert time.slept == [1, 2, 4, 8, 16, 32, 60, 60]
        await client.close()


@pytest.mark.parametrize(("named", "wait"), [("", 600), ("60", 600), ("1800", 1800), ("x", 600)])
async def test_cloudflare_is_not_asked_again_while_it_keeps_us_out(named: str, wait: int) -> None:
    time = Passing()
    async with Loopback() as server, within():
        client = client_of(server)
        reach = Reach(client, TOKEN, time.clock, time.sleep)
        server.statuses.append(429)
        server.retry_after = named
        assert await reach.at_last() is client
        assert time.slept == [wait]
        assert len(server.requests) == 3
        await client.close()


async def test_nobody_there_is_not_reached_either() -> None:
    async with Loopback() as server:
        gone = server.credentials()
    client = Client(gone, Background())
    with pytest.raises(NotReached):
        await Reach(client, TOKEN)()
    await client.close()


async def test_a_refused_token_is_said_once_and_never_tried_again() -> None:
    async with Loopback() as server, within():
        client = client_of(server, WRONG)
        reach = Reach(client, WRONG)
        for _ in range(3):
            with pytest.raises(BadSetting) as caught:
                await reach()
        assert str(caught.value) == BAD_TOKEN
        with pytest.raises(BadToken):
            await reach.ended()
        assert server.requests == ["GET users/@me"]
        await client.close()


async def test_a_token_that_is_reset_meanwhile_ends_it_and_a_401_by_mistake_does_not() -> None:
    async with Loopback() as server, within():
        client = client_of(server)
        reach = Reach(client, TOKEN)
        ended = asyncio.create_task(reach.ended())
        await reach()
        server.statuses.append(401)
        with pytest.raises(discord.HTTPException):
            await client.application_info()
        await server.asked(4)
        assert not ended.done()
        server.statuses.extend([401, 401])
        with pytest.raises(discord.HTTPException):
            await client.application_info()
        with pytest.raises(BadToken):
            await ended
        await client.close()


async def test_a_client_that_was_never_used_closes_and_closes_twice() -> None:
    async with Loopback() as server:
        client = client_of(server)
        await client.close()
        await Reach(client, TOKEN)()
        await client.close()
        await client.close()


async def test_it_asks_for_no_privileged_intent_and_mentions_nobody() -> None:
    async with Loopback() as server:
        client = client_of(server)
    assert client.intents.value == (1 << 0) | (1 << 12)
    assert client.allowed_mentions is not None
    assert client.allowed_mentions.to_dict() == discord.AllowedMentions.none().to_dict()
    assert client.http.max_ratelimit_timeout == 30


async def test_what_is_left_of_the_librarys_own_readers_is_all_there_and_nothing_else() -> None:
    """They are found by names that the library does not promise to keep."""
    async with Loopback() as server:
        client = client_of(server)
    assert set(client._connection.parsers) == HEARD


async def test_a_handler_that_fails_is_logged_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    background = Background()
    async with Loopback() as server:
        client = Client(server.credentials(), background)

    async def on_message(said: str) -> None:
        raise ValueError(said)

    client.event(on_message)
    client.dispatch("message", "canary")
    await background.finish(5)
    assert "event failed kind=on_message error=ValueError" in caplog.text
    assert "canary" not in caplog.text


async def test_a_handler_under_way_is_waited_for_at_the_end() -> None:
    background, done = Background(), []
    async with Loopback() as server:
        client = Client(server.credentials(), background)

    async def on_message() -> None:
        await asyncio.sleep(0)
        done.append(True)

    client.event(on_message)
    client.dispatch("message")
    await background.finish(5)
    assert done


@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING])
async def test_the_library_says_what_is_wrong_and_quotes_nothing(
    caplog: pytest.LogCaptureFixture, level: int
) -> None:
    caplog.set_level(level)
    async with Loopback() as server, within():
        client = client_of(server)
        await Reach(client, TOKEN)()
        await client.close()
    logging.getLogger("discord.http").warning("%s said %d: %.2f", "canary", 7, 1.5)
    logging.getLogger("discord.state").error("of a %s", "canary", exc_info=ValueError("canary"))
    logging.getLogger("discord.gateway").warning("Shard %s\ncanary %s", 3, 4)
    logging.getLogger("discord.ui.view").error("canary")
    told = [r.getMessage() for r in caplog.records if r.name.startswith("discord")]
    assert told == [
        "… said 7: 1.50",
        "of a … error=ValueError",
        "Shard %s",
    ]
    assert TOKEN not in caplog.text
    assert "canary" not in caplog.text
