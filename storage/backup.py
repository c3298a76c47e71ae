"""A copy of the records as they were at one instant, made while the program runs.

SQLite: by its own backup, over a connection of ours, under a name of its own until it is whole. A
server has its own programs for it; see `server_commands`. Knows no rule and no screen.
"""

import os
import shlex
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import URL

from bot.ports import Unavailable
from bot.retention import PREFIX
from storage.address import place_of, without_password
from storage.failures import explain

# 4 MB at a time: a step is over in milliseconds, and between two the program can be interrupted.
PAGES = 1024
# How long to wait for a program that is just switching the file to its log.
BUSY_SECONDS = 5
MEMORY = "The records are in memory and end with the program, so there is nothing to {}."

# Who is reached at a channel is a club (`Account.shared`).
_PEOPLE = (
    "SELECT count(*) FROM seekers"
    ' WHERE id NOT IN (SELECT seeker_id FROM accounts WHERE "user" = place)'
)
_NOT_OURS = "{} is no file of this program's records."
_DAMAGED = "{} is damaged ({}), so it was not used."
_NO_ROOM: Final = "{} could not be written; is there room on its disk? Nothing was left behind."
# What says that it is the file we write to which fails, and not the one we read.
_WRITING: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    }
)


class Copied(NamedTuple):
    """What a copy holds: how many people's records, in how many bytes, of which schema version."""

    people: int
    size: int
    version: str


def backup(
    url: str, file: Path, *, force: bool = False, step: Callable[[], object] = int
) -> Copied:
    """Copy the records to `file`, which only its owner may read; `force` replaces one.

    What is there while it runs is either nothing (or the former file) or the whole copy. `step` is
    called after each part. Raises Unavailable with one sentence; for a server it holds the
    commands.
    """
    place = place_of(url)
    if place is None:
        raise Unavailable(MEMORY.format("keep"))
    if isinstance(place, URL):
        raise Unavailable(server_commands(place, file)[0])
    file = file.expanduser()
    if not place.is_file():
        raise Unavailable(f"There are no records at {place} yet.")
    _may_write(file, place, force)
    with beside(file) as partial:
        copy_whole(place, partial, file, step)
        copied = look(partial)
        if not force and file.exists():
            raise Unavailable(_taken(file))
        put_in_place(partial, file)
    return copied


def server_commands(server: URL, file: Path) -> tuple[str, str]:
    """For PostgreSQL: how its own programs make a backup, and how they bring it back."""
    at = f"--dbname={shlex.quote(without_password(server))}"
    name = shlex.quote(str(file))
    keep = f"pg_dump --format=custom --file={name} {at}"
    bring = f"pg_restore --clean --if-exists --no-owner --single-transaction {at} {name}"
    doubt = (
        "UPDATE nudges SET in_doubt = true, claim = '' WHERE state = 'planned' AND due_at < now();"
        f" UPDATE nudges SET state = 'dropped', why = 'restored' WHERE key LIKE '%/{PREFIX}%'"
    )
    return (
        "PostgreSQL makes its own backups, also while this program runs:\n\n"
        f"  {keep}\n\nThe password is asked for, or read from PGPASSWORD or ~/.pgpass.",
        "PostgreSQL brings back its own backups. Stop every process of this program, then:\n\n"
        f'  {bring}\n  psql {at} --command="{doubt}"\n  followthrough migrate\n\n'
        "The second line has whatever may have been sent since the backup say so.",
    )


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """A new empty file in the same folder, private; it is gone at the end unless it was moved."""
    try:
        descriptor, name = tempfile.mkstemp(".partial", f"{file.name}.", file.parent)
        os.close(descriptor)
    except OSError as error:
        reason = (error.strerror or "refused").lower()
        raise Unavailable(f"{file} cannot be written ({reason}).") from error
    partial = Path(name)
    try:
        yield partial
    finally:
        for each in (partial, *companions(partial)):
            with suppress(OSError):
                each.unlink()


def copy_whole(source: Path, target: Path, shown: Path, step: Callable[[], object] = int) -> None:
    """Copy a database to an empty file, as it is at this instant; `shown` is named if that fails.

    The copy stands in one snapshot from its first page to its last: writers go on beside it, and
    never make it start again, as they would if every step looked anew
    (https://www.sqlite.org/c3ref/backup_finish.html).
    """
    try:
        with closing(opened(source)) as here, closing(sqlite3.connect(target)) as there:
            here.execute("BEGIN")
            here.execute("SELECT count(*) FROM sqlite_master").fetchone()
            here.backup(there, pages=PAGES, progress=lambda *_: step())
            here.execute("ROLLBACK")
            # One file, complete in itself, that can be read from a medium nobody writes to.
            there.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        if error_code(error) in _WRITING:
            raise Unavailable(_NO_ROOM.format(shown)) from error
        raise explain(error) or Unavailable(_DAMAGED.format(source, error)) from error


def look(file: Path) -> Copied:
    """What is in a file of records. Raises Unavailable for what is none, or is damaged."""
    try:
        size = file.stat().st_size
        with closing(opened(file)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != ("ok",):
                raise Unavailable(_DAMAGED.format(file, "its pages do not fit together"))
            (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            (people,) = connection.execute(_PEOPLE).fetchone()
    except (sqlite3.OperationalError, TypeError) as error:
        words = str(error)
        if isinstance(error, TypeError) or "no such table" in words:
            raise Unavailable(_NOT_OURS.format(file)) from error
        raise explain(error) or Unavailable(_DAMAGED.format(file, words)) from error
    except sqlite3.Error as error:
        if error_code(error) == sqlite3.SQLITE_NOTADB:
            raise Unavailable(_NOT_OURS.format(file)) from error
        raise Unavailable(_DAMAGED.format(file, "it cannot be read through")) from error
    except OSError as error:
        reason = (error.strerror or "refused").lower()
        raise Unavailable(f"{file} cannot be read ({reason}).") from error
    return Copied(people, size, str(version))


def opened(file: Path) -> sqlite3.Connection:
    """A connection that writes nothing, to a file that is there. Raises sqlite3.Error."""
    # Not `mode=ro`: whoever cannot write cannot take away the log's files at the end either.
    where = f"{file.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(where, timeout=BUSY_SECONDS, uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only=ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def put_in_place(partial: Path, file: Path) -> None:
    """Give a finished file its name, so that no failure of the power can take either from it."""
    try:
        _flush(partial)
        os.replace(partial, file)
        flush_folder(file)
    except OSError as error:
        raise Unavailable(_NO_ROOM.format(file)) from error


def flush_folder(file: Path) -> None:
    """Have the names in a file's folder outlive a failure of the power, where a system can."""
    with suppress(OSError):
        _flush(file.parent)


def companions(file: Path) -> tuple[Path, ...]:
    """Where SQLite keeps a database's log, its index, and the journal of an unfinished write."""
    return tuple(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))


def error_code(error: sqlite3.Error) -> int:
    """SQLite's number for what went wrong, without its details; 0 when it names none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _may_write(file: Path, records: Path, force: bool) -> None:
    if file.is_dir():
        raise Unavailable(f"{file} is a folder; name the file to write.")
    if not file.exists():
        return
    if file.samefile(records):
        raise Unavailable(f"{file} is the file of the records itself; name another.")
    if not force:
        raise Unavailable(_taken(file))


def _taken(file: Path) -> str:
    return f"{file} is there already, and was left as it is; --force replaces it."


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
