"""A database driver's error -> one sentence for people. Knows no statement and no record.

No sentence holds a password, a server's address or anybody's data: it may be shown in a chat.
Imports no driver, so that SQLite never loads PostgreSQL's.
"""

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError

from bot.ports import Unavailable, Uncertain

# Once more from the start: serialization failure, deadlock, and a unique key that another
# transaction took first (PostgreSQL's manual, 13.5: such a failure is to be retried as well).
_AGAIN: Final = frozenset({"40001", "40P01", "23505"})

_BUSY = "The records are in use by another program, so nothing was changed; try again in a moment."
_FULL = "The disk is full, so nothing was changed."
_READ_ONLY = "The records can only be read here, not written, so nothing was changed."
_AWAY = "The database cannot be reached, so nothing was changed; try again in a moment."

# https://www.sqlite.org/rescode.html, the low byte of an extended code.
_SQLITE: Final = {
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_IOERR: "The records could not be read or written, so nothing was changed.",
    sqlite3.SQLITE_CORRUPT: "The file with the records is damaged, so nothing was changed.",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: "The file with the records cannot be opened.",
    sqlite3.SQLITE_NOTADB: "The file is no database of records, so it was left as it is.",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html, a code or its class.
_POSTGRESQL: Final = {
    "25006": _READ_ONLY,
    "42501": "The database does not allow its user to do this, so nothing was changed.",
    "53100": _FULL,
    "53300": "The database has no free connection, so nothing was changed; try again in a moment.",
    "08": _AWAY,
    "40": _BUSY,
    "53": _AWAY,
    "55P03": _BUSY,
    "57": _AWAY,
    "58": "The database could not read or write its files, so nothing was changed.",
}
_OPTION = "The database's address has an option that its driver does not know."
# A connection that was never made carries no code, only libpq's words.
_CONNECTING: Final = {
    "password": "The database refused the name or the password it was given.",
    "pg_hba.conf": "The database does not let this computer in under the name it was given.",
    "role ": "The database refused the name or the password it was given.",
    "database ": "The database server has no database of that name.",
    "SSL": "The database could not agree on an encrypted connection.",
    "too many": _POSTGRESQL["53300"],
    "could not translate": "The database's host name is not known.",
    "connection option": _OPTION,
    "invalid sslmode": _OPTION,
}


class Again(Exception):
    """What this transaction went by is no longer so; its work is to be run again from the start."""


def again(error: Exception) -> bool:
    """Whether the work may succeed when it is run again; it has changed nothing so far.

    A connection that broke before the commit is such a case: the server took everything back.
    """
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _code(error.orig) in _AGAIN
    return isinstance(error, Again)


def explain(error: Exception) -> Unavailable | None:
    """The sentence for an error of the database, or None when it is a mistake of ours."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    sentence = None
    if isinstance(origin, Again):
        sentence = _BUSY
    elif isinstance(origin, sqlite3.Error):
        sentence = _SQLITE.get(getattr(origin, "sqlite_errorcode", 0) & 0xFF)
    elif found := _code(origin):
        sentence = _POSTGRESQL.get(found) or _POSTGRESQL.get(found[:2])
    elif isinstance(error, OperationalError) or "connection option" in str(origin):
        words = str(origin)
        sentence = next((s for part, s in _CONNECTING.items() if part in words), _AWAY)
    return Unavailable(sentence) if sentence else None


def no_such_table(error: DBAPIError) -> bool:
    """Whether a statement failed because its table is not there."""
    return _code(error.orig) == "42P01" or "no such table" in str(error.orig)


def lost() -> Uncertain:
    """The sentence for a connection that broke in a commit: nobody can say whether it was kept."""
    return Uncertain(
        "The connection to the database broke while this was being kept, so look whether it is "
        "there before you try again."
    )


def _code(error: BaseException | None) -> str:
    """PostgreSQL's five-letter code of an error, or an empty text."""
    return getattr(error, "sqlstate", None) or ""
