"""Beats at an interval for as long as something runs. Knows APScheduler; not what a beat does.

It remembers nothing: what is due is kept in the store, and a beat looks there. Settings and traps
of the scheduler: https://apscheduler.readthedocs.io/en/3.x/userguide.html
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

# A nudge may be this late; each beat is one small query.
SECONDS = 15.0


class Metronome:
    """`async with Metronome(beat):` awaits `beat()` at once and then every `seconds`.

    Beats never overlap. On leaving, a beat under way is finished first and none begins after it.
    """

    def __init__(self, beat: Callable[[], Awaitable[object]], seconds: float = SECONDS) -> None:
        self._beat = beat
        self._under_way = asyncio.Lock()
        self._ended = False
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_job(
            self._once,
            IntervalTrigger(seconds=seconds, timezone=UTC),
            next_run_time=datetime.now(UTC),
            # A beat that was missed, by sleep or a busy machine, is made up for by one, however
            # late.
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    async def _once(self) -> None:
        async with self._under_way:
            if self._ended:
                return
            try:
                await self._beat()
            except Exception as error:
                # The scheduler would log the traceback, which may quote what somebody typed.
                log.error("failed beat error=%s", type(error).__name__)

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
        async with self._under_way:
            pass
        self._scheduler.shutdown(wait=False)
        # It is carried out by the event loop's next turn.
        await asyncio.sleep(0)
