"""What the checklist's tests share: stored rows, more processes of the app, time that passes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from adapters.background import Background
from adapters.discord.app import Discord
from adapters.discord.credentials import Credentials
from adapters.discord.orders import sync
from bot.commands import registry
from bot.dispatch import Dispatcher
from bot.ports import Store as Keeping
from storage.models import metadata
from storage.store import Store
from tests.discord import standin
from tests.discord.chat import SOON, DiscordChat, Setting, World
from tests.discord.standin import Person, Posted, Pressable
from tests.stories.chat import BEGIN, LETTERS

Rows = dict[str, list[dict[str, Any]]]
CALLBACK = "POST /interactions/{id}/{token}/callback"
SEND = "POST /channels/{id}/messages"
OPEN = "POST /users/@me/channels"


async def rows(store: Store) -> Rows:
    """Every row of every table, by table."""

    def read(connection: Any) -> Rows:
        return {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in metadata.sorted_tables
        }

    return await store.on_connection(read)


async def stored(store: Store) -> str:
    """All that is stored, as text to look for words in."""
    return repr(await rows(store))


async def companies(store: Store) -> list[str]:
    """The employers of every application of anybody's, in the order they were logged."""
    return [str(row["company"]) for row in (await rows(store))["applications"]]


async def deliver(world: Setting, **later: float) -> int:
    """Let time pass and everything that is due go out; how many nudges ended."""
    await world.at(world.now + timedelta(**later))
    ended = await world.dispatcher.tick(world.now)
    await world.settle()
    return ended


async def letter(chat: DiscordChat) -> Posted:
    """Let the week's review and then the follow-ups go out; the newest message with a letter."""
    await deliver(chat.world, days=4, hours=8)
    await deliver(chat.world, days=3)
    found: Posted = next(m for m in reversed(chat.person.dms) if "I sent it" in m.buttons)
    return found


@asynccontextmanager
async def alone(**how: Any) -> AsyncIterator[standin.Discord]:
    """Discord without the app; checks every request at the end."""
    async with standin.Discord(**how) as discord:
        discord.clock.set(BEGIN)
        yield discord
        discord.check()


@asynccontextmanager
async def process(
    discord: standin.Discord,
    store: Keeping,
    server: standin.Server | None = None,
    *,
    gateway: bool = True,
    beside: World | None = None,
    settings: dict[str, str] | None = None,
) -> AsyncIterator[World]:
    """One process of the app; several may share Discord and the store.

    Without `gateway` it only sends. `beside` is the one whose time it shares.
    """
    credentials = Credentials.read(
        {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            **(settings or {}),
        }
    )
    assert credentials is not None
    world: World

    async def pass_on(seconds: float) -> None:
        (beside or world).now += timedelta(seconds=seconds)
        discord.clock.move(seconds)

    app = Discord(
        credentials,
        store,
        registry,
        LETTERS,
        clock=lambda: (beside or world).now,
        background=Background(pass_on),
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(app.close)
        now = beside.now if beside else BEGIN
        world = World(discord, app, Dispatcher(store, [app.messenger], LETTERS), server, now)
        if not discord.commands:
            await sync(credentials, registry)
        if gateway:
            listening = len(discord.gateway.ready)
            # After so long without news the library takes all servers for known; 2 seconds else.
            app.client._connection.guild_ready_timeout = 0.01
            # Processes share none of the library's locks.
            async_context.set(AsyncWebhookAdapter())  # type: ignore[no-untyped-call]  # of the library's
            await stack.enter_async_context(app.gateway())
            await discord.connected(listening + 1)
            await app.client.wait_until_ready()
            await world.settle()
        yield world
        await app.background.finish(SOON)


async def ends(world: World, person: Person, acts: int) -> None:
    """Return when the app has answered so many of somebody's doings."""
    known = world.discord.world.interactions
    await world.discord.until(
        lambda: len([i for i in known.values() if i.user.id == person.id and i.response]) >= acts
    )
    await world.settle()


def forged(thing: Pressable, custom_id: str) -> Pressable:
    """The same button with an id of somebody's own making."""
    return replace(thing, custom_id=custom_id)


def bodies(world: World) -> list[dict[str, Any]]:
    """The body of everything that was said to anybody, wherever and however."""
    found = []
    for call in world.discord.calls:
        body = call.body if isinstance(call.body, dict) else {}
        inner = body.get("data") if call.route.endswith("/callback") else body
        if isinstance(inner, dict) and inner.get("components") and "title" not in inner:
            found.append(inner)
    return found
