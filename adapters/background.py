"""Work that goes on after an answer was given. Knows no platform.

The event loop keeps only weak references to tasks, and a program that ends cancels them: whatever
is begun here is kept, and finished before the end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from bot.logs import bridge

# Something here logs before anything else of `bot` is imported.
bridge()
log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


class Background:
    """Tasks under way.

    `sleep` lets time pass, in seconds; a test may let its own pass instead.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._tasks: set[asyncio.Task[Any]] = set()
        # Those of them that wait for their time.
        self._pausing: set[asyncio.Task[Any] | None] = set()
        self._fewer = asyncio.Event()

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Begin some work; should it fail, the kind of error is logged and nothing else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def pause(self, seconds: float) -> None:
        """Let time pass inside of work that was started here.

        The program does not wait at its end for what pauses: it is broken off there.
        """
        task = asyncio.current_task()
        self._pausing.add(task)
        self._fewer.set()
        try:
            await self._sleep(max(0.0, seconds))
        finally:
            self._pausing.discard(task)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        self._fewer.set()
        if not task.cancelled() and (error := task.exception()):
            # A traceback may quote what somebody typed.
            log.error("task failed", task=task.get_name(), error=type(error).__name__)

    async def finish(self, seconds: float) -> None:
        """Wait until all is done, what is begun meanwhile included, or `seconds` are over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._tasks - self._pausing and (left := end - loop.time()) > 0:
            self._fewer.clear()
            try:
                await asyncio.wait_for(self._fewer.wait(), left)
            except TimeoutError:
                break
        for task in tuple(self._tasks):
            task.cancel()
