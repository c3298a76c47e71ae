"""Wakes whoever sends what is due, when something due at once was planned. Knows no nudge.

PostgreSQL tells all processes, as part of the commit (https://www.postgresql.org/docs/current/
sql-notify.html); a database in a file is one process's, which tells itself. A call may get lost, as
with a connection that broke or a pool between that knows no LISTEN: dispatchers look by themselves
too, only later.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy import Connection, Engine, text

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

CHANNEL = "followthrough_due"
_NOTIFY = text(f"NOTIFY {CHANNEL}")
# Seconds between tries to listen, while the database is away.
AGAIN = 5.0
# A connection that was silently lost, as by a firewall, is noticed within two minutes.
_ALIVE = {"keepalives": 1, "keepalives_idle": 60, "keepalives_interval": 15, "keepalives_count": 4}


class Waking:
    """The bell of one store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._told = engine.dialect.name == "postgresql"
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def announce(self, connection: Connection) -> None:
        """Tell the other processes once the transaction has committed.

        Only of what is due at once: PostgreSQL lets transactions that tell something commit one
        after the other.
        """
        if self._told:
            connection.execute(_NOTIFY)

    def ring(self) -> None:
        """After the commit, on whatever thread: wake who listens in this process."""
        if self._told:
            return
        for loop, event in tuple(self._waiting):
            with suppress(RuntimeError):  # a loop that has just been closed
                loop.call_soon_threadsafe(event.set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever something due at once was stored, by any process."""
        event = asyncio.Event()
        mine = (asyncio.get_running_loop(), event)
        self._waiting.add(mine)
        task = asyncio.create_task(self._listen(event)) if self._told else None
        try:
            yield event
        finally:
            self._waiting.discard(mine)
            if task:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _listen(self, event: asyncio.Event) -> None:
        from psycopg import AsyncConnection

        _, address = self._engine.dialect.create_connect_args(self._engine.url)
        address = {**_ALIVE, "application_name": "followthrough listens", **address}
        while True:
            try:
                async with await AsyncConnection.connect(**address, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    # What was told before we listened is looked for once.
                    event.set()
                    async for _ in connection.notifies():
                        event.set()
            except Exception as error:
                log.warning("not listening", error=type(error).__name__)
            await asyncio.sleep(AGAIN)
