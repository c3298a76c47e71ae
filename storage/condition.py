"""What a database is like, as plain facts for whoever runs it. Changes nothing; knows no person.

A SQLite file is opened only where it is there, and nothing is made.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import (
    URL,
    Connection,
    NullPool,
    create_engine,
    false,
    func,
    inspect,
    select,
    text,
)

from storage import engine
from storage.address import place_of
from storage.backup import companions, opened
from storage.crypto import Ring, Unreadable
from storage.failures import explain
from storage.installations import SECRETS
from storage.migrate import VERSION, serves_us
from storage.models import HEAD, accounts, slack_bots, slack_installations

_SERVER = text(
    "SELECT clock_timestamp(), current_setting('server_version'),"
    " current_setting('server_encoding'), current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
    " - (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend')"
)
_VERSIONS = "alembic_version"
# Rows of secrets that are held at a time, however many there are.
_AT_A_TIME = 1000


class Disk(NamedTuple):
    """A SQLite file's sizes in bytes, its permission bits, and whether we may write it."""

    size: int
    log: int
    free: int
    mode: int
    ours: bool


class Server(NamedTuple):
    """A PostgreSQL server. `free` is how many connections more there can be."""

    clock: datetime
    version: str
    encoding: str
    free: int


class Closed(NamedTuple):
    """Accounts that cannot be reached, by what the platform said."""

    platform: str
    why: str
    number: int


class Sealed(NamedTuple):
    """Stored secrets: how many there are, and how many no key opens."""

    number: int
    unreadable: int


@contextmanager
def looking(address: str) -> Iterator[Connection]:
    """A connection to look at what is there; raises Unavailable.

    Nothing is written over it, and for `sqlite://` there is nothing to look at.
    """
    place = place_of(address)
    assert place is not None, "in memory there is nothing"
    if isinstance(place, URL):
        made = engine.connect(address, 1)
    else:
        file = place
        made = create_engine("sqlite://", creator=lambda: opened(file), poolclass=NullPool)
    try:
        with made.connect() as connection, connection.begin() as transaction:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET TRANSACTION READ ONLY"))
            yield connection
            transaction.rollback()
    except Exception as error:
        unavailable = explain(error)
        if unavailable is None:
            raise
        raise unavailable from error
    finally:
        made.dispose()


def disk(file: Path) -> Disk:
    """The surroundings of a file that is there; raises OSError."""
    found = file.stat()
    log = companions(file)[0]
    return Disk(
        found.st_size,
        log.stat().st_size if log.exists() else 0,
        free(file),
        found.st_mode & 0o777,
        os.access(file, os.W_OK) and os.access(file.parent, os.W_OK),
    )


def free(file: Path) -> int:
    """Bytes that are free where a file is or would be; raises OSError."""
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    return shutil.disk_usage(folder).free


def sqlite_version() -> str:
    """Which SQLite this is."""
    return sqlite3.sqlite_version


def whole(connection: Connection) -> bool:
    """Whether a SQLite file's pages fit together; takes a second for each gigabyte or so."""
    return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() == "ok")


def journal(connection: Connection) -> str:
    """How a SQLite file keeps what is being written: `wal` is ours."""
    return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())


def server(connection: Connection) -> Server:
    """What a PostgreSQL says of itself."""
    return Server(*connection.execute(_SERVER).one())


def has_version(connection: Connection) -> bool | None:
    """Whether a program of ours made tables here; None where there are no tables at all."""
    names = set(inspect(connection).get_table_names())
    return _VERSIONS in names if names else None


def too_new(connection: Connection) -> bool:
    """Whether a newer program has migrated a database that has a version, and serves us no longer.

    The same question as at a start (`storage.migrate.opened`), without its lock.
    """
    version: str | None = connection.execute(VERSION).scalar_one_or_none()
    return version is not None and version > HEAD and not serves_us(connection)


def closed(connection: Connection) -> list[Closed]:
    """Accounts that nothing is sent to, the most frequent reason first."""
    count = func.count().label("count")
    asked = (
        select(accounts.c.platform, accounts.c.why, count)
        .where(accounts.c.on == false())
        .group_by(accounts.c.platform, accounts.c.why)
        .order_by(count.desc(), accounts.c.why)
    )
    return [Closed(*row) for row in connection.execute(asked)]


def open_accounts(connection: Connection) -> dict[str, int]:
    """How many accounts each platform has that are not closed."""
    asked = (
        select(accounts.c.platform, func.count())
        .where(accounts.c.on != false())
        .group_by(accounts.c.platform)
    )
    return {row[0]: row[1] for row in connection.execute(asked)}


def sealed(connection: Connection, ring: Ring) -> Sealed:
    """Whether the keys open what is stored; nothing that they open is kept."""
    count = unreadable = 0
    for table in (slack_installations, slack_bots):
        secrets = [table.c[name] for name in SECRETS if name in table.c]
        for row in connection.execute(select(*secrets)).yield_per(_AT_A_TIME):
            for value in filter(None, row):
                count += 1
                try:
                    ring.open(value)
                except Unreadable:
                    unreadable += 1
    return Sealed(count, unreadable)


def granted(connection: Connection) -> list[frozenset[str]]:
    """What each installed workspace lets the bot do in Slack, by its newest installation."""
    bots = slack_bots.c
    asked = select(bots.client_id, bots.enterprise_id, bots.team_id, bots.bot_scopes).order_by(
        bots.installed_at, bots.id
    )
    newest = {tuple(place): scopes or "" for *place, scopes in connection.execute(asked)}
    return [frozenset(filter(None, scopes.split(","))) for scopes in newest.values()]
