"""Programs that are measured in a process of their own, and how they are spoken to: in lines."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any


def alone(*, served: bool) -> None:
    """Leave one processor to the app that is measured, where there are two and they can be had."""
    if not hasattr(os, "sched_setaffinity"):
        return
    *others, last = sorted(os.sched_getaffinity(0))
    if others:
        os.sched_setaffinity(0, {last} if served else set(others))


@contextmanager
def apart() -> Iterator[None]:
    """Be on the other processors for a while."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    try:
        alone(served=False)
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


async def lines() -> AsyncIterator[bytes]:
    """The lines of standard input, which do not stop the event loop."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line


async def told(process: Process, line: str) -> Any:
    """What a process answers to a line."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(line.encode() + b"\n")
    return json.loads(await process.stdout.readline())


@asynccontextmanager
async def process(module: str, *arguments: str) -> AsyncIterator[Process]:
    """A process that ends when its input does."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=PIPE, stdout=PIPE
    )
    try:
        yield running
    finally:
        assert running.stdin
        running.stdin.close()
        await running.wait()


async def unless_ended(process: Process, work: Coroutine[Any, Any, None]) -> None:
    """Do something that needs the process. Raises AssertionError if it ends before."""
    done, ended = asyncio.ensure_future(work), asyncio.ensure_future(process.wait())
    await asyncio.wait({done, ended}, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not done.done():
        done.cancel()
        said = await process.stderr.read() if process.stderr else b""
        raise AssertionError(f"it ended with {process.returncode}: {said.decode()}")
    await done
