"""What `followthrough discord …` does. Knows the REST of Discord; no gateway and no storage."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from adapters.background import Background
from adapters.discord.client import Client
from adapters.discord.credentials import Credentials
from adapters.discord.options import commands
from adapters.discord.outcomes import NotReached
from adapters.discord.reach import BadToken, Reach
from adapters.discord.registration import invite as links
from adapters.discord.registration import permissions_for
from adapters.discord.registration import sync as register
from adapters.settings import BadSetting
from bot.command import Registry


def carry_out(order: str, environment: Mapping[str, str], registry: Registry) -> str:
    """Do `sync` or `invite`, and return what to print. Raises BadSetting.

    Registering is part of every release, so where Discord is not set up it is no mistake.
    """
    credentials = Credentials.read(environment)
    if credentials is not None:
        work = sync(credentials, registry) if order == "sync" else invite(credentials, registry)
        return asyncio.run(work)
    if order == "sync":
        return "Discord is not set up, so it gets no commands."
    raise BadSetting("DISCORD_TOKEN must be set first; docs/discord.md says where it is.")


async def sync(credentials: Credentials, registry: Registry) -> str:
    """Have Discord know the commands; returns what was done. Raises BadSetting."""
    async with _signed_in(credentials) as (client, application_id):
        done = await register(client.http, application_id, commands(registry))
    return (
        "Discord has the commands now." if done.changed else "Discord already has these commands."
    )


async def invite(credentials: Credentials, registry: Registry) -> str:
    """The links that install the bot, a line each after a line on what it is for.

    Raises BadSetting.
    """
    async with _signed_in(credentials) as (_, application_id):
        server, own = links(application_id, permissions_for(registry))
    return (
        f"To add it to a server, whose members can then use it:\n{server}\n"
        f"To add it to your own apps, and use it wherever you are:\n{own}"
    )


@asynccontextmanager
async def _signed_in(credentials: Credentials) -> AsyncIterator[tuple[Client, int]]:
    """A client, and the id of the application whose token it has. Raises BadSetting."""
    client = Client(credentials, Background())
    try:
        await Reach(client, credentials.token)()
        application_id = client.application_id
        if application_id is None:
            raise BadSetting("What answered is not Discord. Is DISCORD_API_URL right?")
        yield client, application_id
    except BadToken:
        raise
    except NotReached as error:
        raise BadSetting("Discord cannot be reached; try again in some minutes.") from error
    finally:
        await client.close()
