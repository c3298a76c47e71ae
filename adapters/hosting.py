"""The processes of a host, put together: web, gateway, worker, or all in one. Sees all parts.

Everything is opened in one order and closed in the other: no new requests, nothing new from a
platform, the tick under way, what was begun in the background, the network, the database; within
the 25 seconds that a host gives (https://devcenter.heroku.com/articles/dyno-shutdown-behavior).
What was begun in the background has the longest, since people wait for it, but no longer than what
the others have left of it.
"""

import asyncio
import gc
import logging
import math
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog

from adapters import __version__, platforms
from adapters.checks import Pulse
from adapters.discord.credentials import Credentials as DiscordCredentials
from adapters.front import uncounted
from adapters.parts import Part
from adapters.platforms import Platform, Process, exits_of, machine_time
from adapters.settings import Outside, Settings
from adapters.slack.credentials import Credentials as SlackCredentials
from adapters.web import ready
from adapters.web.downloads import Downloads
from adapters.web.ready import Readiness
from adapters.web.server import Server
from adapters.web.site import starlette_app
from adapters.web.stopping import stopping
from adapters.working import Clock, Working, common
from bot.dispatch import Dispatcher
from bot.erasing import Retention
from bot.letters.draft import Letters
from storage.health import Health, look
from storage.store import Store

if TYPE_CHECKING:
    # A platform is imported when it is meant, and so is what counts: it costs time and memory.
    from adapters.metrics import Metrics

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)
# Whoever starts it sees that it has started, whatever else is logged.
logging.getLogger(__name__).setLevel(logging.INFO)
# Two lines at every beat, which say that there was one.
logging.getLogger("apscheduler").setLevel(logging.WARNING)

# Seconds after which Python lets another thread go on; ten times as often as by itself.
SWITCH = 0.0005
# Seconds of those 25 until the background has to be done; the rest is for network and database.
ENDING = 22.0
# Seconds for the background: at most, and whatever else took its time.
MOST, LEAST = 15.0, 3.0


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
    metrics_port: int | None = None,
    now: Callable[[], datetime] = machine_time,
) -> None:
    """Serve until SIGTERM or SIGINT. Raises BadSetting and Unavailable when it cannot go on.

    Without `metrics_port` nothing is counted. `dispatching` is called as Dispatcher is, `clock`
    tells it what is due and `now` the platforms what time it is: for trying out what becomes of a
    nudge when things go wrong.
    """
    letters.prepare()
    stop, ending, pulse = stopping(), Ending(), Pulse()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(settings.database_url))
        metrics = None if metrics_port is None else _metrics(part)
        answered = metrics.answered if metrics else uncounted
        process = Process(part, store, letters, exits_of(outside), answered, now)
        found: list[Platform] = []
        stack.push_async_callback(_close, found, ending)
        if slack and (part.web or part.worker):
            found.append(platforms.slack(slack, process))
        if discord and (part.gateway or part.worker or discord.webhook):
            found.append(platforms.discord(discord, process))
        messengers = [platform.messenger for platform in found]
        dispatcher = dispatching(store, messengers, letters, metrics)
        dispatcher.busy = lambda: any(platform.desk.busy for platform in found)
        if part.worker:
            retention = Retention(store, settings.retention, partial(platforms.changed, found))
            working = Working(dispatcher, store, part.name, pulse, clock, retention)
            await stack.enter_async_context(working.going_on())
        for platform in found:
            if platform.held:
                await stack.enter_async_context(platform.held())
        readiness = _readiness(part, store, found, pulse, clock)
        stack.push_async_callback(readiness.close)
        if metrics is not None and metrics_port is not None:
            from adapters.web import operations

            app = starlette_app(operations.routes(metrics, readiness))
            await stack.enter_async_context(Server(app, metrics_port, setting="METRICS_PORT"))
        routes = [route for platform in found for route in platform.routes]
        if process.exits and part.web:
            routes += Downloads(process.exits, store, now).routes()
        if routes:
            app = starlette_app([*routes, *ready.routes(readiness)])
            await stack.enter_async_context(Server(app, port))
        # A thread that has its rows from the database waits for the loop no longer than this.
        sys.setswitchinterval(SWITCH)
        # What is there now stays; a full collection that walks it holds everything up for 30 ms.
        gc.collect()
        gc.freeze()
        log.info("ready")
        try:
            await _until(stop, [platform.ended() for platform in found])
        finally:
            log.info("stopping")
            ending.begins()
            # At once, so that a tick ends while the requests under way do.
            dispatcher.stop()


def _metrics(part: Part) -> "Metrics":
    from adapters.metrics import Metrics

    return Metrics(part.name, __version__)


def _readiness(
    part: Part, store: Store, found: Sequence[Platform], pulse: Pulse, clock: Clock
) -> Readiness:
    names = [platform.messenger.platform for platform in found]

    async def asked() -> Health:
        now = await clock(store)
        return await store.on_connection(lambda connection: look(connection, now, names))

    checks = {platform.messenger.platform: platform.state for platform in found}
    return Readiness(asked, checks, part.vital, pulse.state if part.worker else None)


async def _close(found: Sequence[Platform], ending: Ending) -> None:
    """Close them all at the same time, each whatever becomes of the others."""
    left = ending.left()
    closing = (platform.close(left) for platform in found)
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
