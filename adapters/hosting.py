"""The processes of a host, put together: web, worker, or everything in one. Sees all parts.

Everything is opened in one order and closed in the other: no new requests, the tick under way, what
was begun in the background, the network, the database; within the 25 seconds that a host gives
(https://devcenter.heroku.com/articles/dyno-shutdown-behavior).
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.metronome import Metronome
from adapters.settings import BadSetting, Settings
from adapters.slack.app import Installs, Slack
from adapters.slack.credentials import Credentials
from adapters.slack.requests import Signed
from adapters.web.guard import Guard, anyone
from adapters.web.pages import page
from adapters.web.server import Server
from adapters.web.site import starlette_app
from adapters.web.stopping import stopping
from bot.commands import registry
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.ports import Unavailable
from storage.crypto import Ring
from storage.slack import SlackInstallations, SlackStates
from storage.store import Store

log = logging.getLogger(__name__)
# Whoever starts it sees that it has started, whatever else is logged.
log.setLevel(logging.INFO)
# Two lines at every beat, which say that there was one.
logging.getLogger("apscheduler").setLevel(logging.WARNING)

# Bytes in the body of a request from a browser, which sends none.
SMALL = 1000


@dataclass(frozen=True)
class Part:
    """What one process does: answer over HTTP, hold a socket, send what is due."""

    web: bool = False
    socket: bool = False
    worker: bool = False


PARTS = {
    "run": Part(web=True, socket=True, worker=True),
    "web": Part(web=True),
    "worker": Part(worker=True),
}


def check(name: str, credentials: Credentials) -> None:
    """Raises BadSetting when these credentials give that process nothing to do."""
    part = PARTS[name]
    if part.worker and not part.web:
        return
    if name == "web" and not credentials.http:
        raise BadSetting("Socket Mode needs no web process: `followthrough run` does everything.")
    if not (credentials.http or credentials.socket):
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
    part: Part, settings: Settings, credentials: Credentials, letters: Letters, port: int
) -> None:
    """Serve until SIGTERM or SIGINT. Raises BadSetting and Unavailable when it cannot begin."""
    stop = stopping()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(settings.database_url))
        slack = Slack(credentials, store, registry, letters, installs(credentials, store))
        stack.push_async_callback(slack.close)
        dispatcher = Dispatcher(store, [slack.messenger], letters)
        if part.worker:
            await stack.enter_async_context(Metronome(lambda: _tick(dispatcher)))
        if part.socket and credentials.socket:
            await stack.enter_async_context(slack.socket())
        if part.web and credentials.http:
            trust = Signed(credentials.signing_secret)
            site = starlette_app(
                slack.routes(
                    lambda app: Guard(app, trust), lambda app: Guard(app, anyone, limit=SMALL)
                )
            )
            await stack.enter_async_context(Server(site, port))
        log.info("ready")
        await _until(stop, slack.greeted())
        log.info("stopping")
        # At once, so that a tick ends while the requests under way do.
        dispatcher.stop()


async def _until(stop: asyncio.Event, beginning: Awaitable[None]) -> None:
    """Wait for the end, whether or not what was begun comes to one; raises what that raises."""
    begun = asyncio.ensure_future(beginning)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((begun, stopped), return_when=asyncio.FIRST_COMPLETED)
        if begun.done():
            begun.result()
        await stopped
    finally:
        begun.cancel()
        stopped.cancel()


def installs(credentials: Credentials, store: Store) -> Installs | None:
    """Where installations are kept, if any workspace may install the app. Raises BadSetting."""
    if not credentials.many:
        return None
    ring = Ring(credentials.keys)
    found = SlackInstallations(store, ring, credentials.client_id)
    return Installs(found, SlackStates(store), page)


async def _tick(dispatcher: Dispatcher) -> None:
    try:
        await dispatcher.tick(datetime.now(UTC))
    except Unavailable:
        log.warning("unavailable tick")
