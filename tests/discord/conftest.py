"""What many tests of Discord begin with: a world with somebody in it, or a wire to send over."""

from collections.abc import AsyncIterator

import discord
import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat, World, discord_world
from tests.discord.mailing import Desk
from tests.discord.wire import Wire, listening, signed_in


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    async with discord_world(store) as made:
        yield made


@pytest.fixture
async def chat(world: World) -> DiscordChat:
    found = DiscordChat(world)
    await found.say("applied SRE at Acme")
    return found


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with listening() as made:
        yield made


@pytest.fixture
async def client(wire: Wire) -> AsyncIterator[discord.Client]:
    async with signed_in() as made:
        yield made


@pytest.fixture
def desk(wire: Wire, client: discord.Client) -> Desk:
    return Desk(wire, client)


@pytest.fixture
def hasty(wire: Wire, client: discord.Client) -> Desk:
    return Desk(wire, client, 0.1)
