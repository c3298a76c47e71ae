"""The rounds of a process that sends what is due: at what time, how often, and a sign of life.

Knows the dispatcher and the store; no platform.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial

import structlog

from adapters import __version__
from adapters.checks import Pulse
from adapters.metronome import Metronome
from bot.dispatch import Dispatcher
from bot.erasing import Retention
from bot.ports import Unavailable
from storage.health import beat
from storage.store import Store

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# What time it is for everybody who sends from this store (aware UTC). Raises Unavailable.
Clock = Callable[[Store], Awaitable[datetime]]


async def common(store: Store) -> datetime:
    """The database's time, or this machine's where the database has none of its own."""
    return await store.clock() or datetime.now(UTC)


class Working:
    """A dispatcher's rounds. `part` is the kind of process, as in `adapters.hosting`.

    What nobody uses any more is looked at after what is due, if `retention` is given.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        store: Store,
        part: str,
        pulse: Pulse,
        clock: Clock = common,
        retention: Retention | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._store = store
        self._part = part
        self._pulse = pulse
        self._clock = clock
        self._retention = retention
        # New at every start: a name that says nothing of the machine.
        self._process = secrets.token_hex(8)
        self._began: datetime | None = None

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Rounds for as long as it is entered: when something is due, and when it was planned."""
        async with self._store.waking.listening() as bell, Metronome(self.round) as metronome:
            woken = asyncio.create_task(metronome.hurried_by(bell))
            try:
                yield
            finally:
                woken.cancel()
                with suppress(asyncio.CancelledError):
                    await woken

    async def round(self) -> float | None:
        """Send what is due; the seconds until there is more, None when nobody knows."""
        loop = asyncio.get_running_loop()
        try:
            now, began = await self._clock(self._store), loop.time()
            self._began = self._began or now
            alive = partial(
                beat,
                process=self._process,
                part=self._part,
                version=__version__,
                began_at=self._began,
                now=now,
            )
            await self._dispatcher.tick(now)
            self._pulse.beat()
            await self._store.on_connection(alive)
            if self._retention is not None:
                await self._retention.round(now)
            due = await self._dispatcher.next_due()
        except Unavailable:
            # The loop goes round all the same; that the database is away is said elsewhere.
            self._pulse.beat()
            log.warning("round unavailable")
            return None
        if due is None:
            return None
        return max(0.0, (due - now).total_seconds() - (loop.time() - began))
