"""What the checklist's tests share: every row that is stored, and an app for any workspace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from cryptography.fernet import Fernet

from adapters.slack.app import Installs, Slack
from adapters.slack.credentials import Credentials
from adapters.slack.requests import Signed
from adapters.web.guard import Guard, anyone
from adapters.web.pages import page
from adapters.web.server import Server
from adapters.web.site import starlette_app
from bot.commands import registry
from bot.dispatch import Dispatcher
from storage.crypto import Ring
from storage.models import metadata
from storage.slack import SlackInstallations, SlackStates
from storage.store import Store
from tests.slack import standin
from tests.slack.chat import SCOPES, SOON, SlackChat, World
from tests.slack.standin import Page, Posted, Team, View
from tests.stories.chat import BEGIN, LETTERS

Rows = dict[str, list[dict[str, Any]]]
KEY = Fernet.generate_key().decode()


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


@asynccontextmanager
async def anywhere(
    store: Store, *, keys: tuple[str, ...] = (KEY,), **how: Any
) -> AsyncIterator[World]:
    """The app over HTTP for any number of workspaces, none of which has it yet.

    `world.team` is the first, T1; `world.base` is where the install page is.
    """
    async with standin.Slack(scopes=SCOPES, **how) as slack:
        async with app_for_all(slack, store, keys) as world:
            yield world
            await world.app.background.finish(SOON)
        slack.check()


@asynccontextmanager
async def app_for_all(
    slack: standin.Slack, store: Store, keys: tuple[str, ...] = (KEY,)
) -> AsyncIterator[World]:
    """The app alone, as one process of it; several may share a stand-in and a store."""
    credentials = Credentials(
        signing_secret=slack.signing_secret,
        client_id=slack.client_id,
        client_secret=slack.client_secret,
        public_url="https://jobs.example.org",
        keys=keys,
        api_url=slack.api_url,
    )
    kept = SlackInstallations(store, Ring(keys), slack.client_id)
    installs = Installs(kept, SlackStates(store), page)
    world: World
    app = Slack(credentials, store, registry, LETTERS, installs, clock=lambda: world.now)
    dispatcher = Dispatcher(store, [app.messenger], LETTERS)
    world = World(slack, slack.team("T1", installed=False), app, dispatcher, BEGIN)
    trust = Signed(slack.signing_secret)
    site = starlette_app(app.routes(lambda app: Guard(app, trust), lambda app: Guard(app, anyone)))
    try:
        async with Server(site, 0, "127.0.0.1") as server:
            slack.over_http(f"http://127.0.0.1:{server.port}/slack/events")
            yield world
    finally:
        await app.close()


def base(world: World) -> str:
    """The address of the app's own pages."""
    url: str = world.slack.transport.url  # type: ignore[attr-defined]  # only Http has one
    return url.removesuffix("/slack/events")


async def install(world: World, team: Team, user: str = "U0ADMIN", **how: Any) -> Page:
    """Install the app in a workspace with a browser."""
    return await standin.install(world.slack, team, user, base(world), **how)


def member(world: World, team: Team, user: str = "U0YOU", **facts: Any) -> SlackChat:
    """A person of a workspace, with their chat."""
    of_team = World(world.slack, team, world.app, world.dispatcher, world.now)
    chat = SlackChat(of_team, user)
    for name, value in facts.items():
        setattr(chat.person.profile, name, value)
    return chat


async def settle(world: World) -> None:
    """Wait for whatever the app does behind its answers."""
    await world.app.background.finish(SOON)


async def deliver(world: World, **later: float) -> int:
    """Let time pass and everything that is due go out; how many nudges ended."""
    from datetime import timedelta

    world.now += timedelta(**later)
    ended = await world.dispatcher.tick(world.now)
    await settle(world)
    return ended


def button(surface: Posted | View, label: str, index: int = 0) -> Any:
    """One of the things to press that show this label."""
    return [thing for thing in surface.pressables if thing.label == label][index]


async def quiet() -> None:
    """Let tasks that are ready run once."""
    await asyncio.sleep(0)
