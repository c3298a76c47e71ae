"""What workers tell the harness, line by line; what was told before a kill is not lost with it.

A named pipe keeps one order for all who write to it, and each line of less than 4,096 bytes whole
(https://man7.org/linux/man-pages/man7/pipe.7.html, PIPE_BUF).
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

# Real seconds after which a journal is looked at where nothing was told.
LOOK = 0.2
# Of a list: so many of its items in one line.
_ITEMS = 40


@dataclass(frozen=True)
class Line:
    """One thing that a worker did, at the instant that its clock showed."""

    worker: int
    at: datetime
    what: str
    about: tuple[Any, ...]
    more: str = ""

    def __str__(self) -> str:
        return f"{self.at:%a %H:%M:%S.%f} worker {self.worker} {self.what} {self.more}".rstrip()


class Pen:
    """The worker's end."""

    def __init__(self, path: Path, worker: int, clock: Callable[[], datetime]) -> None:
        self._file = os.open(path, os.O_WRONLY)
        self._worker = worker
        self._clock = clock

    def tell(self, what: str, about: Iterable[Any] = (), more: str = "") -> None:
        """Write it; nothing that happens to this process afterwards takes it back."""
        items = list(about)
        for first in range(0, max(1, len(items)), _ITEMS):
            some = items[first : first + _ITEMS]
            told = [self._worker, self._clock().isoformat(), what, some, more[:200]]
            os.write(self._file, json.dumps(told).encode() + b"\n")


class Journal:
    """The harness's end: `lines`, oldest first; `told` is called with each."""

    def __init__(self, path: Path, told: Callable[[Line], None]) -> None:
        os.mkfifo(path)
        self.path = path
        self.lines: list[Line] = []
        self._told = told
        self._rest = b""
        self._news = asyncio.Event()
        # To write too, so that it does not end when the last worker does.
        self._file = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        asyncio.get_running_loop().add_reader(self._file, self.read)

    def read(self) -> None:
        """Read what there is."""
        try:
            while found := os.read(self._file, 65536):
                *whole, self._rest = (self._rest + found).split(b"\n")
                for raw in whole:
                    worker, at, what, about, more = json.loads(raw)
                    line = Line(worker, datetime.fromisoformat(at), what, tuple(about), more)
                    self.lines.append(line)
                    self._told(line)
                    self._news.set()
        except BlockingIOError:
            return

    def count(self, what: str, worker: int = 0) -> int:
        """How often something was told, by that worker if one is named."""
        return sum(line.what == what and worker in (0, line.worker) for line in self.lines)

    async def until(self, seen: Callable[["Journal"], bool]) -> None:
        """Return when something has been told."""
        while not seen(self):
            self._news.clear()
            # Somebody may end without a word, so it is looked at from time to time too.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK)

    def close(self) -> None:
        """Read no more."""
        asyncio.get_running_loop().remove_reader(self._file)
        os.close(self._file)
