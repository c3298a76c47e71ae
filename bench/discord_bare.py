"""A bare discord.py app with one command, as its documentation has it. Knows nothing of ours.

`python -m bench.discord_bare API GATEWAY TOKEN` is one that answers "ok", until its input ends.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bench.processes import lines

Asked = discord.Interaction[Any]
First = Callable[[Asked, str, str], Awaitable[None]]


async def nothing(*_: object) -> None:
    """What an app does that only answers."""


@asynccontextmanager
async def bare(api_url: str, gateway_url: str, token: str, first: First) -> AsyncIterator[None]:
    """The app, connected or about to be; with our intents, and as few memories."""
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    intents = discord.Intents.none()
    intents.guilds = intents.dm_messages = True
    client = discord.AutoShardedClient(
        intents=intents,
        max_messages=None,
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        allowed_mentions=discord.AllowedMentions.none(),
    )
    tree = app_commands.CommandTree(client)
    job = app_commands.Group(name="job", description="Your job search")

    @job.command()
    async def applied(
        asked: discord.Interaction[Any],
        company: str | None = None,
        role: str | None = None,
        on: str | None = None,
        via: str | None = None,
        link: str | None = None,
    ) -> None:
        """Log a job application."""
        await first(asked, company or "", role or "")
        await asked.response.send_message("ok", ephemeral=True)

    tree.add_command(job)
    running = asyncio.create_task(client.start(token))
    try:
        yield
    finally:
        await client.close()
        await asyncio.wait({running})


async def main(api_url: str, gateway_url: str, token: str) -> None:
    async with bare(api_url, gateway_url, token, nothing):
        async for _ in lines():
            pass


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
