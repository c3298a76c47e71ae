"""A conversation read from a pipe or a script and printed as it goes. Knows lines; no commands."""

import asyncio
import codecs
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Iterable, Sequence

from adapters.terminal.pages import Page
from adapters.terminal.screen import Suggest
from bot.message import Message

CHUNK = 65_536
# What never ends its line would fill the memory.
LINE_LIMIT = 1_000_000
# How long a message is left to be read, in letters of a typed line.
READING = 75


class Paper:
    """A Screen for lines that come by themselves.

    An empty line may be an answer, but is no line of the chat. What follows "# " is a comment, told
    as prose when `telling`. `pace` is the seconds between two letters, 0 when nobody watches.
    """

    typed = False

    def __init__(
        self, page: Page, lines: AsyncIterator[str], *, telling: bool = False, pace: float = 0
    ) -> None:
        self._page = page
        self._lines = lines
        self._telling = telling
        self._pace = pace
        self._told: list[str] = []
        self._stopped = asyncio.Event()

    async def line(self, mark: str, suggest: Suggest) -> str | None:
        while (line := await self._next()) is not None:
            if line.strip():
                await self._page.echo(mark, line, apart=True, pace=self._pace)
                return line
        return None

    async def answer(self, default: str, suggest: Suggest, *, long: bool) -> str | None:
        line = await self._next()
        if line is None:
            return None
        await self._page.echo("", line, apart=False, pace=self._pace)
        if not line.strip():
            return default
        return line.replace("\\n", "\n") if long else line

    async def say(self, *lines: str) -> None:
        self._page.say(*lines)

    async def show(
        self, message: Message, heading: str, first: int, notes: Sequence[str] = ()
    ) -> None:
        self._page.show(message, heading, first, notes)
        await self._pause(READING)

    def stop(self) -> None:
        self._stopped.set()

    async def _next(self) -> str | None:
        """The next line that is no comment."""
        while (line := await self._raw()) is not None:
            if line.rstrip() != "#" and not line.startswith("# "):
                await self._tell()
                return line
            if self._telling and line[2:].strip():
                self._told.append(line[2:].strip())
            else:
                await self._tell()
        await self._tell()
        return None

    async def _tell(self) -> None:
        if self._told:
            self._page.tell(" ".join(self._told))
            self._told.clear()
            await self._pause(READING)

    async def _raw(self) -> str | None:
        reading = asyncio.ensure_future(anext(self._lines, None))
        stopping = asyncio.ensure_future(self._stopped.wait())
        await asyncio.wait((reading, stopping), return_when=asyncio.FIRST_COMPLETED)
        if self._stopped.is_set():
            reading.cancel()
            return None
        stopping.cancel()
        return reading.result()

    async def _pause(self, letters: float) -> None:
        if self._pace:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), self._pace * letters)


async def piped(fd: int) -> AsyncIterator[str]:
    """The lines of a file descriptor as they come.

    A thread that waits in `os.read` holds no lock that the interpreter wants at its end, so the
    chat can be stopped while nothing is written to the pipe.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    rest = ""
    while data := await _read(fd):
        *whole, rest = (rest + decoder.decode(data)).split("\n")
        if len(rest) > LINE_LIMIT:
            whole, rest = [*whole, rest], ""
        for line in whole:
            yield line.removesuffix("\r")
    if last := rest + decoder.decode(b"", final=True):
        yield last


async def _read(fd: int) -> bytes:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bytes] = loop.create_future()

    def settle(data: bytes) -> None:
        if not done.done():
            done.set_result(data)

    def read() -> None:
        try:
            data = os.read(fd, CHUNK)
        except OSError:
            data = b""
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, data)

    threading.Thread(target=read, daemon=True, name="reading").start()
    return await done


async def scripted(lines: Iterable[str]) -> AsyncIterator[str]:
    """Lines that are known already."""
    for line in lines:
        yield line.rstrip("\r\n")
