"""The checklist for coming and going: servers, people's own apps, outages, and the grace."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from adapters.discord.events import EVENTS_LIMIT, EVENTS_PATH, Ed25519Signed
from adapters.web.guard import Guard
from adapters.web.server import Server
from adapters.web.site import starlette_app
from storage.store import Store
from tests.discord import standin
from tests.discord.chat import DiscordChat, World
from tests.discord.checks import alone, deliver, process, rows, stored


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    async with alone() as discord, process(discord, store, discord.server("Job club")) as made:
        yield made


async def goes(world: World, server: standin.Server) -> None:
    """Have a server remove the bot, and the app hear of it."""
    await server.remove_bot()
    await heard(world)


async def heard(world: World) -> None:
    """Return when the app has heard all that was told: what came last is answered."""
    await world.write(world.discord.person("last", installed=True), "help")
    await world.settle()


async def comes(world: World, chat: DiscordChat, **time: float) -> int:
    """How many messages arrive in that time."""
    before = int(chat.person.received)
    await chat.wait(**time)
    return int(chat.person.received) - before


def server_of(world: World) -> standin.Server:
    """The server that the world has."""
    assert world.server is not None
    return world.server


async def test_after_a_server_removed_the_bot_nothing_comes_and_after_the_grace_nothing_is_left(
    chat: DiscordChat, world: World, store: Store
) -> None:
    await goes(world, server_of(world))
    calls = len(world.discord.calls)
    assert await comes(world, chat, days=6, hours=20) == 0
    assert len(world.discord.calls) == calls, "not even tried"
    assert (await rows(store))["applications"]
    await deliver(world, days=1, hours=1)
    found = await rows(store)
    assert not found["applications"]
    assert not found["departures"]
    assert chat.person.id not in repr(found)
    assert "Acme" not in await stored(store)


async def test_whoever_has_another_way_to_the_bot_is_not_concerned(
    world: World, store: Store
) -> None:
    first, second = server_of(world), world.discord.server("Second club")
    await second.add_bot()
    both, own, only = (DiscordChat(world, name) for name in ("both", "own", "only"))
    both.person.join(second)
    own.person.installed = True
    for each in (both, own, only):
        await each.say(f"applied SRE at {each.name}")
    await both.person.slash("list", where=second)
    await world.settle()
    await goes(world, first)
    await deliver(world, days=4, hours=8)
    await deliver(world, days=3)
    await deliver(world, hours=1)
    assert [each.person.received > 1 for each in (both, own, only)] == [True, True, False]
    await deliver(world, days=3)
    logged = [row["company"] for row in (await rows(store))["applications"]]
    assert logged == ["both", "own"]


async def test_a_server_that_comes_back_within_the_grace_brings_its_people_back(
    chat: DiscordChat, world: World, store: Store
) -> None:
    await goes(world, server_of(world))
    assert await comes(world, chat, days=5) == 0
    await server_of(world).add_bot()
    await heard(world)
    assert await comes(world, chat, days=4) > 0
    assert "Acme" in "".join(message.shown for message in chat.person.dms)
    await deliver(world, days=8)
    assert (await rows(store))["applications"]
    assert not (await rows(store))["departures"]


async def test_an_outage_stops_nothing(chat: DiscordChat, world: World, store: Store) -> None:
    await server_of(world).outage()
    await heard(world)
    assert not (await rows(store))["departures"]
    assert await comes(world, chat, days=8) > 0
    await server_of(world).back()
    await heard(world)
    assert "Acme" in await chat.say("list")
    assert not (await rows(store))["departures"]


async def test_a_server_that_is_out_while_the_app_starts_is_not_taken_for_gone(
    store: Store,
) -> None:
    async with alone() as discord:
        server = discord.server("Job club")
        async with process(discord, store, server) as world:
            await DiscordChat(world).say("applied SRE at Acme")
        await server.outage()
        async with process(discord, store, server) as world:
            assert not (await rows(store))["departures"]


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_what_happened_to_servers_while_the_app_was_down_is_noticed_when_it_starts(
    store: Store,
) -> None:
    async with alone() as discord:
        gone, back, stays = (discord.server(name) for name in ("Gone", "Back", "Stays"))
        people = {}
        async with process(discord, store) as world:
            for server in (gone, back, stays):
                world.server = server
                chat = DiscordChat(world, server.name)
                await chat.say(f"applied SRE at {server.name}")
                people[server.name] = chat.person
            await goes(world, back)
            assert len((await rows(store))["departures"]) == 1
        await gone.remove_bot()
        await back.add_bot()
        async with process(discord, store) as world:
            departed = {row["user"] for row in (await rows(store))["departures"]}
            assert departed == {people["Gone"].id}
            await deliver(world, days=4, hours=8)
            await deliver(world, days=3)
            await deliver(world, hours=1)
            assert [people[name].received > 1 for name in people] == [False, True, True]


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_shard_takes_only_its_own_servers_for_gone(store: Store) -> None:
    async with alone() as discord:
        discord.gateway.shards = 2
        servers = [discord.server(f"Club {number}") for number in range(2)]
        async with (
            process(discord, store, settings={"DISCORD_SHARDS": "0/2"}) as first,
            process(discord, store, settings={"DISCORD_SHARDS": "1/2"}, beside=first) as second,
        ):
            for server in servers:
                person = discord.person(server.name, server=server)
                await person.slash("applied", where=server, company="Acme", role="SRE")
                await person.press("Yes, begin")
                await first.settle()
                await second.settle()
        async with process(discord, store, settings={"DISCORD_SHARDS": "0/2"}) as first:
            await first.settle()
        found = await rows(store)
        assert len(found["entrances"]) == 2
        assert not found["departures"]


@asynccontextmanager
async def webhook(world: World) -> AsyncIterator[Callable[..., Coroutine[Any, Any, int]]]:
    """The app's own pages as the web process serves them; tells of an event, gives the status."""
    discord = world.discord
    trust = Ed25519Signed(discord.public_key)
    routes = world.app.routes(lambda app: Guard(app, trust, limit=EVENTS_LIMIT))
    async with Server(starlette_app(list(routes)), 0, "127.0.0.1") as server:

        async def tell(kind: str, person: standin.Person, body: bytes = b"", **how: Any) -> int:
            body = body or discord.webhook_event(kind, person)
            headers = discord.sign(body) | how
            url = f"http://127.0.0.1:{server.port}{EVENTS_PATH}"
            async with (
                aiohttp.ClientSession() as client,
                client.post(url, data=body, headers=headers) as response,
            ):
                return response.status

        yield tell


async def test_whoever_takes_the_bot_from_their_own_apps_hears_nothing_more_and_is_erased(
    store: Store,
) -> None:
    async with alone() as discord:
        key = {"DISCORD_PUBLIC_KEY": discord.public_key}
        async with process(discord, store, settings=key) as world, webhook(world) as tell:
            ada, bob, eve = (DiscordChat(world, name) for name in ("ada", "bob", "eve"))
            for each in (ada, bob, eve):
                await each.say(f"applied SRE at {each.name}")
            assert await tell("", ada.person) == 204
            forged = {"X-Signature-Ed25519": "0" * 128}
            assert await tell("APPLICATION_DEAUTHORIZED", eve.person, **forged) == 401
            for each in (ada, bob):
                for _ in range(2):
                    assert await tell("APPLICATION_DEAUTHORIZED", each.person) == 204
            await deliver(world, days=4, hours=8)
            assert await tell("APPLICATION_AUTHORIZED", bob.person) == 204
            await deliver(world, days=3)
            await deliver(world, hours=1)
            received = [each.person.received > 1 for each in (ada, bob, eve)]
            assert received == [False, True, True]
            await deliver(world, days=1)
            found = await rows(store)
            assert [row["company"] for row in found["applications"]] == ["bob", "eve"]
            assert not found["departures"]
            assert ada.person.id not in repr(found)


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_removal_that_discord_tells_again_does_not_undo_the_addition_after_it(
    store: Store,
) -> None:
    async with alone() as discord:
        key = {"DISCORD_PUBLIC_KEY": discord.public_key}
        async with process(discord, store, settings=key) as world, webhook(world) as tell:
            ada = DiscordChat(world, "ada")
            await ada.say("applied SRE at Acme")
            first = discord.webhook_event("APPLICATION_DEAUTHORIZED", ada.person)
            await deliver(world, minutes=1)
            await tell("APPLICATION_DEAUTHORIZED", ada.person, body=first)
            await tell("APPLICATION_AUTHORIZED", ada.person)
            await tell("APPLICATION_DEAUTHORIZED", ada.person, body=first)
            assert not (await rows(store))["departures"]
            assert await comes(world, ada, days=8) > 0


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_bot_that_no_longer_has_any_of_its_servers_shuts_none(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with alone() as discord:
        servers = [discord.server(name) for name in ("One", "Two")]
        async with process(discord, store) as world:
            for server in servers:
                world.server = server
                await DiscordChat(world, server.name).say("applied SRE at Acme")
        for server in servers:
            await server.remove_bot()
        async with process(discord, store):
            assert not (await rows(store))["departures"]
        assert "is this the token of another bot?" in caplog.text


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_whoever_leaves_a_server_is_written_to_until_discord_says_that_it_cannot_be(
    chat: DiscordChat, world: World, store: Store
) -> None:
    """Without a privileged intent nobody tells us; the next message ends with 50278."""
    chat.person.leave(server_of(world))
    before = len(world.discord.calls)
    assert await comes(world, chat, days=60) == 0
    tried = [call for call in world.discord.calls[before:] if call.status == 403]
    assert len(tried) == 1
    assert (await rows(store))["applications"]
