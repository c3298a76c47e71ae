"""Work that goes on after an answer was given. Knows no platform.

The event loop keeps only weak references to tasks, and a program that ends cancels them: whatever
is begun here is kept, and finished before the end.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Background:
    """Tasks under way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Begin some work; should it fail, its place in the code is logged and nothing else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # A traceback may quote what somebody typed.
            log.error("failed task=%s error=%s", task.get_name(), type(error).__name__)

    async def finish(self, seconds: float) -> None:
        """Wait until all is done, what is begun meanwhile included, or `seconds` are over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._tasks and (left := end - loop.time()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        for task in tuple(self._tasks):
            task.cancel()
