"""A small whole bot, and ways to run it, for trying out the stand-in. Knows nothing of ours."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord.standin.scene import Json
from tests.discord.standin.server import Discord

Interaction = discord.Interaction[Any]
Answer = Callable[[Interaction], Awaitable[None]]

COMPANY = {"type": 3, "name": "company", "description": "Where", "autocomplete": True}
VIA_CHOICES = [{"name": "Cold", "value": "cold"}, {"name": "A lead", "value": "lead"}]
VIA = {"type": 3, "name": "via", "description": "How", "choices": VIA_CHOICES}
SCORE = {"type": 4, "name": "score", "description": "Of ten", "min_value": 1, "max_value": 10}
PLACES = {"contexts": [0, 1], "integration_types": [0, 1]}
APPLIED = {"type": 1, "name": "applied", "description": "Log", "options": [COMPANY, VIA, SCORE]}
JOB = {"name": "job", "description": "Your hunt", "type": 1, **PLACES, "options": [APPLIED]}
SAVE = {"name": "Save this job", "type": 3, **PLACES}


class Small(discord.AutoShardedClient):
    """Answers every interaction with one function, and remembers what it heard."""

    def __init__(self, answer: Answer, **how: Any) -> None:
        how.setdefault("intents", discord.Intents(guilds=True, dm_messages=True))
        how.setdefault("allowed_mentions", discord.AllowedMentions.none())
        super().__init__(**how)
        self._connection.guild_ready_timeout = 0.01
        self.answer = answer
        self.heard: list[str] = []
        self._news = asyncio.Event()
        self.failed: list[BaseException] = []

    async def setup_hook(self) -> None:
        await self.http.bulk_upsert_global_commands(int(self.application_id or 0), [JOB, SAVE])

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        # The library sleeps five seconds here; the stand-in asks for no such patience.
        return

    async def on_interaction(self, interaction: Interaction) -> None:
        self._hear(f"interaction {interaction.id}")
        await self.answer(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        found = sys.exception()
        if found is not None:
            self.failed.append(found)
            self._news.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Return when something is true of what was heard; TimeoutError else."""
        async with asyncio.timeout(3):
            while not true():
                self._news.clear()
                await self._news.wait()

    def _hear(self, what: str) -> None:
        self.heard.append(what)
        self._news.set()

    async def on_message(self, message: discord.Message) -> None:
        self._hear(f"message {message.content}")

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._hear(f"joined {guild.name}")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._hear(f"removed {guild.name}")

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self._hear(f"unavailable {guild.name}")


@contextlib.contextmanager
def pointed_at(world: Discord) -> Any:
    """discord.py's addresses, for as long as it lasts."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = world.api_url, yarl.URL(world.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def running(
    world: Discord, answer: Answer, shards: int = 1, **how: Any
) -> AsyncIterator[Small]:
    """The small bot, connected to the stand-in."""
    with pointed_at(world):
        client = Small(answer, shard_count=shards, **how)
        task = asyncio.create_task(client.start(world.token))
        waiting = asyncio.create_task(world.connected(shards))
        try:
            await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                await task
            await waiting
            yield client
        finally:
            waiting.cancel()
            await client.close()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def said(interaction: Interaction) -> Json:
    """The options of a command, by name."""
    data: Any = interaction.data
    options = data.get("options") or []
    while options and "options" in options[0]:
        options = options[0]["options"]
    return {each["name"]: each["value"] for each in options}
