"""Beats at an interval for as long as something runs. Knows APScheduler; not what a beat does.

It remembers nothing: what is due is kept in the store, and a beat looks there. Settings and traps
of the scheduler: https://apscheduler.readthedocs.io/en/3.x/userguide.html
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.logs import bridge

# Something here logs before anything else of `bot` is imported.
bridge()
log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Where nothing else says when; each beat is two small queries.
SECONDS = 15.0
# Seconds between two beats at least, of which the second was asked for: what is due may be another
# process's at the moment.
GAP = 0.2


class Metronome:
    """`async with Metronome(beat):` awaits `beat()` at once and then at least every `seconds`.

    A beat returns the seconds until the next is worth its while, or None: the next beat comes then,
    if that is sooner. So it does when `hurry` is called. Beats never overlap. On leaving, a beat
    under way is finished first and none begins after it.
    """

    def __init__(
        self, beat: Callable[[], Awaitable[float | None]], seconds: float = SECONDS
    ) -> None:
        self._beat = beat
        self._seconds = seconds
        self._under_way = asyncio.Lock()
        self._hurried = False
        self._watchdog: asyncio.TimerHandle | None = None
        self._ended = False
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._job = self._scheduler.add_job(
            self._once,
            IntervalTrigger(seconds=seconds, timezone=UTC),
            next_run_time=datetime.now(UTC),
            # A beat that was missed, by sleep or a busy machine, is made up for by one, however
            # late.
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def hurry(self) -> None:
        """Beat at once; if a beat is under way, once more after it."""
        self._hurried = True
        if not self._under_way.locked():
            self._beat_in(0)

    async def hurried_by(self, bell: asyncio.Event) -> None:
        """Hurry whenever the event is set, for ever."""
        while True:
            await bell.wait()
            bell.clear()
            self.hurry()

    def _watch(self) -> None:
        """See to it that a beat comes, should the machine's clock be put back an hour.

        The scheduler goes by that clock; the event loop does not.
        """
        if self._watchdog:
            self._watchdog.cancel()
        loop = asyncio.get_running_loop()
        self._watchdog = loop.call_later(2 * self._seconds, self._beat_in, 0)

    def _beat_in(self, seconds: float) -> None:
        if not self._ended:
            self._job.modify(next_run_time=datetime.now(UTC) + timedelta(seconds=seconds))

    async def _once(self) -> None:
        async with self._under_way:
            if self._ended:
                return
            self._hurried, wait = False, None
            try:
                wait = await self._beat()
            except Exception as error:
                # The scheduler would log the traceback, which may quote what somebody typed.
                log.error("beat failed", error=type(error).__name__)
            if self._hurried:
                wait = 0
            self._watch()
            if wait is not None and wait < self._seconds:
                self._beat_in(max(wait, GAP))

    async def __aenter__(self) -> Self:
        self._scheduler.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The scheduler's own shutdown cancels a coroutine that is under way, so it comes last.
        self._scheduler.pause()
        self._ended = True
        if self._watchdog:
            self._watchdog.cancel()
        async with self._under_way:
            pass
        self._scheduler.shutdown(wait=False)
        # It is carried out by the event loop's next turn.
        await asyncio.sleep(0)
