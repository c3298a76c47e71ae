"""An app on a port of its own, and a caller who sends exactly what a test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from adapters.web.server import Server


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[int]:
    """The app on a port of its own."""
    async with Server(app, 0, "127.0.0.1") as server:
        yield server.port


async def raw(port: int, *pieces: bytes) -> str:
    """What comes back, until the connection is closed, when exactly these bytes are sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer.decode()
