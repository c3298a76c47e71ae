"""A database's URL -> connections set up as we need them. Knows no table.

Accepted are `sqlite:///path/to/file` (`?timeout=seconds` to wait for another program), `sqlite://`
(in memory, for tests and a first look) and `postgres://` or `postgresql://`, whose query
(`sslmode=require`) is handed to the driver.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    QueuePool,
    RootTransaction,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError

from bot.ports import Unavailable

# How long a writer waits for another process before it says that the file is in use.
BUSY_SECONDS = 5
# How long to wait for a server that does not answer, instead of the system's two minutes.
CONNECT_SECONDS = 10
# Seconds that PostgreSQL waits: for us to go on with a transaction, for a lock that another holds,
# and for a statement of ours to end.
_PATIENCE = {
    "idle_in_transaction_session_timeout": 30,
    "lock_timeout": 10,
    "statement_timeout": 60,
}
# How often a switch that others are making is tried again.
_SWITCHES = 20
# The first SQLite with RETURNING.
_OLDEST = (3, 35)

_PRAGMAS = (
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    # What somebody had erased is not to be found in the file's free pages either.
    "PRAGMA secure_delete=ON",
)


def connect(address: str, connections: int) -> Engine:
    """An engine for the URL with at most that many connections (SQLite: one).

    Makes the folder and the file of a SQLite URL, readable by their owner alone. Raises Unavailable
    for what cannot be one; a server is not asked before the first connection is used.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # Not chained: the cause may quote the URL with its password.
        raise Unavailable("That is no address of a database, such as sqlite:///jobs.db.") from None
    match url.get_backend_name():
        case "sqlite":
            return _sqlite(url)
        case "postgresql" | "postgres":
            return _postgresql(url, connections)
        case other:
            raise Unavailable(f"Records are kept in sqlite:// or postgresql://, not in {other}://.")


def _sqlite(url: URL) -> Engine:
    if sqlite3.sqlite_version_info < _OLDEST:
        raise Unavailable(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 is needed.")
    if unknown := set(url.query) - {"timeout"}:
        raise Unavailable(f"The address of a file has no option {min(unknown)}.")
    if url.database and url.database != ":memory:":
        path = Path(url.database).expanduser()
        _make_private(path)
        url = url.set(database=str(path))
    # One connection, kept open: a database in memory lives in it, and on disk there is one writer.
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
        connect_args=_unless_named({"timeout": BUSY_SECONDS, "check_same_thread": False}, url),
    )
    event.listen(engine, "connect", _set_up)
    return engine


def _make_private(path: Path) -> None:
    try:
        if path.is_dir():
            raise Unavailable(f"{path} is a folder; the records need a file.")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        # Looked at and not opened: closing a file drops all locks that this process has on it, and
        # with them those of a store in it (https://www.sqlite.org/howtocorrupt.html, 2.2).
        as_us = os.access in os.supports_effective_ids
        if not os.access(path, os.R_OK | os.W_OK, effective_ids=as_us):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        reason = (error.strerror or "refused").lower()
        raise Unavailable(f"{path} cannot be written ({reason}).") from error


def _set_up(connection: sqlite3.Connection, record: Any) -> None:
    # Without it the driver would begin transactions by its own rules.
    connection.isolation_level = None
    _use_log(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _use_log(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. Of programs that first start at once, one does it for all.

    The switch does not wait for others as a transaction does, so those who find it under way wait
    for a transaction and look again.
    """
    for _ in range(_SWITCHES):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")


def begin(connection: Connection) -> RootTransaction:
    """Begin a transaction; SQLite takes the write lock at once, before anything was done.

    Not a listener for SQLAlchemy's "begin" event: one listener costs every statement an eighth.
    """
    transaction = connection.begin()
    if connection.dialect.name == "sqlite":
        _driver(connection).execute("BEGIN IMMEDIATE")
    return transaction


def scrub(connection: Connection) -> None:
    """After an erasure, between transactions: SQLite's log forgets what the file has forgotten."""
    if connection.dialect.name == "sqlite":
        # Should it fail, the next checkpoint does it; the erasure itself is kept already.
        with suppress(sqlite3.Error):
            _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def unlinked(connection: Connection) -> Iterator[None]:
    """Around a transaction that rebuilds tables: SQLite is not to follow links between them.

    Rebuilding drops the old table, which with foreign keys on would erase everything that cascades
    from it (https://www.sqlite.org/lang_altertable.html, section 7).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    _driver(connection).execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        _driver(connection).execute("PRAGMA foreign_keys=ON")


def _postgresql(url: URL, connections: int) -> Engine:
    ours = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "followthrough",
        # A server that is gone without a word is noticed in half a minute, also while we wait.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args=_unless_named(ours, url),
    )
    event.listen(engine, "connect", _bound)
    return engine


def _bound(connection: Any, record: Any) -> None:
    """Let a process that froze in a transaction, or a statement that never ends, stop nobody else.

    Where the server or the address sets a limit of its own, that holds.
    """
    with connection.cursor() as cursor:
        for name, seconds in _PATIENCE.items():
            cursor.execute(
                "SELECT set_config(%s, %s, false) WHERE current_setting(%s) = '0'",
                (name, f"{seconds}s", name),
            )
    connection.commit()


def _unless_named(ours: dict[str, Any], url: URL) -> dict[str, Any]:
    return {name: value for name, value in ours.items() if name not in url.query}


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
