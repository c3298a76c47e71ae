"""Having a SQLite file to oneself, whoever may want it. Knows locks; no table and no record."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.ports import Unavailable
from storage.backup import error_code

# How long to wait for a program that is just closing the file.
BUSY_SECONDS = 1
# Where SQLite's own locks are: whoever has the file open in our way holds some byte of these
# (https://www.sqlite.org/fileformat.html, "The Lock-Byte Page"; os_unix.c, SHARED_FIRST).
_LOCKS = (0x40000002, 510)
_IN_USE = (
    "The records are in use: stop every process of this program, then restore. Nothing was changed."
)


@contextmanager
def alone(file: Path) -> Iterator[sqlite3.Connection | None]:
    """Nobody else has the file open, and nobody can open it; raises Unavailable.

    Every connection to a file with a log holds a lock for as long as it is open, also while it does
    nothing; leaving the log needs the lock that tolerates no other, and keeps it. What was in the
    log is in the file then. Gives the connection that holds it; None where there is no file, or one
    that cannot be read, and has all the more need of a backup.
    """
    if not file.exists():
        yield None
        return
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as ours:
        yield ours if _taken(ours, file) else None


def _taken(ours: sqlite3.Connection, file: Path) -> bool:
    """Take the file; False when it cannot be read. Raises Unavailable."""
    try:
        ours.execute("PRAGMA locking_mode=EXCLUSIVE")
        if ours.execute("PRAGMA journal_mode=DELETE").fetchone() != ("delete",):
            raise Unavailable(_IN_USE)
        # Leaving the log was written down in a journal, which ours then keeps to itself.
        ours.execute("PRAGMA journal_mode=MEMORY")
        ours.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if error_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or _held(file):
            raise Unavailable(_IN_USE) from error
        return False
    return True


def _held(file: Path) -> bool:
    """Whether another process holds one of SQLite's locks, whatever the file may contain."""
    try:
        import fcntl
    except ImportError:
        # Windows, where a file that somebody has open cannot be replaced at all.
        return False
    first, count = _LOCKS
    with open(file, "r+b") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB, count, first)
        except OSError:
            return True
    return False
