"""The processes of a host, put together: web, gateway, worker, or all in one. Sees all parts.

Everything is opened in one order and closed in the other: no new requests, nothing new from a
platform, the tick under way, what was begun in the background, the network, the database; within
the 25 seconds that a host gives (https://devcenter.heroku.com/articles/dyno-shutdown-behavior).
What was begun in the background has the longest, since people wait for it, but no longer than what
the others have left of it.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from starlette.routing import BaseRoute

from adapters.checks import Pulse
from adapters.discord.credentials import Credentials as DiscordCredentials
from adapters.settings import BadSetting, Outside, Settings
from adapters.slack.credentials import Credentials as SlackCredentials
from adapters.web.downloads import Downloads
from adapters.web.guard import Guard, anyone
from adapters.web.pages import page
from adapters.web.server import Server
from adapters.web.site import starlette_app
from adapters.web.stopping import stopping
from adapters.working import Clock, Working, common
from bot.commands import registry
from bot.delivery import Messenger
from bot.dispatch import Dispatcher
from bot.exits import Exits
from bot.letters.draft import Letters
from storage.store import Store

if TYPE_CHECKING:
    # A platform is imported when it is meant: it costs time and memory.
    from adapters.slack.app import Installs

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)
# Whoever starts it sees that it has started, whatever else is logged.
logging.getLogger(__name__).setLevel(logging.INFO)
# Two lines at every beat, which say that there was one.
logging.getLogger("apscheduler").setLevel(logging.WARNING)

# Seconds of those 25 until the background has to be done; the rest is for network and database.
ENDING = 22.0
# Seconds for the background: at most, and whatever else took its time.
MOST, LEAST = 15.0, 3.0
# Bytes in the body of a request from a browser, which sends none.
SMALL = 1000


@dataclass(frozen=True)
class Part:
    """What one process does: answer HTTP, hold Slack's socket or Discord's, send what is due."""

    web: bool = False
    socket: bool = False
    gateway: bool = False
    worker: bool = False


PARTS = {
    "run": Part(web=True, socket=True, gateway=True, worker=True),
    "web": Part(web=True),
    "gateway": Part(gateway=True),
    "worker": Part(worker=True),
}


@dataclass(frozen=True)
class Platform:
    """A platform's share in a process.

    `held` is entered for as long as it runs, if there is something to hold. `ended` raises
    BadSetting once nothing but another setting can help; it may also return, and means nothing.
    `close` is told how many seconds what is under way has.
    """

    messenger: Messenger
    routes: Sequence[BaseRoute]
    held: Callable[[], AbstractAsyncContextManager[object]] | None
    ended: Callable[[], Awaitable[None]]
    close: Callable[[float], Awaitable[None]]


class Ending:
    """How long the end of a process may take; `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = math.inf

    def begins(self) -> None:
        """The host has told us to end."""
        self._until = self._clock() + ENDING

    def left(self) -> float:
        """The seconds that what is under way in the background has."""
        return min(MOST, max(LEAST, self._until - self._clock()))


def check(
    name: str,
    slack: SlackCredentials | None,
    discord: DiscordCredentials | None = None,
    outside: Outside | None = None,
) -> None:
    """Raises BadSetting when what has credentials gives that process nothing to do."""
    if name == "gateway" and discord is None:
        raise BadSetting("The gateway is Discord's: DISCORD_TOKEN must be set for it.")
    served = (slack and slack.http) or (discord and discord.webhook) or outside
    if name == "web" and not served:
        raise BadSetting(
            "Socket Mode needs no web process: `followthrough run` does everything."
            if slack
            else "Discord needs no web process as long as DISCORD_PUBLIC_KEY is not set."
        )
    if name == "run" and slack and not (slack.http or slack.socket):
        raise BadSetting(
            "Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) as well."
        )


def port_of(environment: Mapping[str, str]) -> int:
    """PORT, 8000 when it is not set. Raises BadSetting."""
    raw = environment.get("PORT", "").strip() or "8000"
    if not (raw.isascii() and raw.isdigit() and int(raw[:6]) <= 65535):
        raise BadSetting("PORT is a number from 0 to 65535.")
    return int(raw)


async def host(
    part: Part,
    settings: Settings,
    slack: SlackCredentials | None,
    discord: DiscordCredentials | None,
    letters: Letters,
    port: int,
    *,
    dispatching: Callable[..., Dispatcher] = Dispatcher,
    clock: Clock = common,
    outside: Outside | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. Raises BadSetting and Unavailable when it cannot go on.

    `dispatching` is called as Dispatcher is, and `clock` tells it what is due: for trying out what
    becomes of a nudge when things go wrong.
    """
    stop, ending, pulse = stopping(), Ending(), Pulse()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(settings.database_url))
        exits = exits_of(outside)
        platforms: list[Platform] = []
        stack.push_async_callback(_close, platforms, ending)
        if slack and (part.web or part.worker):
            platforms.append(_slack(part, slack, store, letters, exits))
        if discord and (part.gateway or part.worker or discord.webhook):
            platforms.append(_discord(part, discord, store, letters, exits))
        dispatcher = dispatching(store, [platform.messenger for platform in platforms], letters)
        if part.worker:
            working = Working(dispatcher, store, "run" if part.web else "worker", pulse, clock)
            await stack.enter_async_context(working.going_on())
        for platform in platforms:
            if platform.held:
                await stack.enter_async_context(platform.held())
        routes = [route for platform in platforms for route in platform.routes]
        if exits and part.web:
            routes += Downloads(exits, store, lambda: datetime.now(UTC)).routes()
        if routes:
            await stack.enter_async_context(Server(starlette_app(routes), port))
        log.info("ready")
        await _until(stop, [platform.ended() for platform in platforms])
        log.info("stopping")
        ending.begins()
        # At once, so that a tick ends while the requests under way do.
        dispatcher.stop()


def _slack(
    part: Part,
    credentials: SlackCredentials,
    store: Store,
    letters: Letters,
    exits: Exits | None,
) -> Platform:
    from adapters.slack.app import Slack
    from adapters.slack.requests import Signed

    slack = Slack(credentials, store, registry, letters, installs(credentials, store))
    slack.front.desk.exits = exits
    routes: Sequence[BaseRoute] = ()
    if part.web and credentials.http:
        trust = Signed(credentials.signing_secret)
        routes = slack.routes(
            lambda app: Guard(app, trust), lambda app: Guard(app, anyone, limit=SMALL)
        )
    held = slack.socket if part.socket and credentials.socket else None
    return Platform(slack.messenger, routes, held, slack.greeted, slack.close)


def _discord(
    part: Part,
    credentials: DiscordCredentials,
    store: Store,
    letters: Letters,
    exits: Exits | None,
) -> Platform:
    from adapters.discord.app import Discord
    from adapters.discord.events import EVENTS_LIMIT, Ed25519Signed

    discord = Discord(credentials, store, registry, letters)
    discord.desk.exits = exits
    routes: Sequence[BaseRoute] = ()
    if part.web and credentials.webhook:
        trust = Ed25519Signed(credentials.public_key)
        routes = discord.routes(lambda app: Guard(app, trust, limit=EVENTS_LIMIT))
    held = discord.gateway if part.gateway else None
    return Platform(discord.messenger, routes, held, discord.ended, discord.close)


def exits_of(outside: Outside | None) -> Exits | None:
    """What makes links that leave chat, where the host has an address. Raises BadKey."""
    if outside is None:
        return None
    from storage.crypto import derived

    return Exits(outside.url, derived(outside.keys, "followthrough links 1"))


async def _close(platforms: Sequence[Platform], ending: Ending) -> None:
    """Close them all at the same time, each whatever becomes of the others."""
    left = ending.left()
    closing = (platform.close(left) for platform in platforms)
    for error in await asyncio.gather(*closing, return_exceptions=True):
        if error:
            log.error("closing failed", error=type(error).__name__)


async def _until(stop: asyncio.Event, ends: Iterable[Awaitable[None]]) -> None:
    """Wait for the end; raises what one of these raises before it."""
    stopped = asyncio.ensure_future(stop.wait())
    waiting = {stopped, *(asyncio.ensure_future(end) for end in ends)}
    try:
        while not stopped.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
    finally:
        for one in waiting:
            one.cancel()


def installs(credentials: SlackCredentials, store: Store) -> "Installs | None":
    """Where installations are kept, if any workspace may install the app. Raises BadSetting."""
    if not credentials.many:
        return None
    from adapters.slack.app import Installs
    from storage.crypto import Ring
    from storage.slack import SlackInstallations, SlackStates

    ring = Ring(credentials.keys)
    found = SlackInstallations(store, ring, credentials.client_id)
    return Installs(found, SlackStates(store), page)
