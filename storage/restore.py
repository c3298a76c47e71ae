"""A backup in the place of the records. Knows files, locks and versions; no rule and no screen.

Whatever can fail is done on a copy beside the records first. They keep their own place until that
copy takes it in one step, and afterwards they are still there, under another name.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from glob import escape
from itertools import count
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL

from bot.ports import Unavailable
from bot.retention import PREFIX
from storage.address import place_of, url_of
from storage.alone import alone
from storage.backup import (
    MEMORY,
    beside,
    companions,
    copy_whole,
    flush_folder,
    look,
    put_in_place,
    server_commands,
)
from storage.columns import write_instant
from storage.migrate import migrate, script

# Between the name of the records and the time at which others took their place.
_BEFORE = ".before-restore-"


class Restored(NamedTuple):
    """What is there now, and what was there before.

    `doubtful` nudges were due by now and not sent when the backup was made: each will say that it
    may have been seen. `erased` people were erased again. `kept` is the file that was replaced.
    """

    people: int
    doubtful: int
    erased: int
    kept: Path | None


class _Before(NamedTuple):
    """Of the records that are replaced: who is in them, and which numbers were ever given."""

    people: frozenset[int]
    ids: dict[str, int]
    counters: list[tuple[int, str, int]]


def restore(url: str, file: Path, now: datetime, *, forget: bool | None = None) -> Restored:
    """Put the backup `file` in the place of the records, brought up to date.

    People may be in the backup who are in the records no longer: they had themselves forgotten, or
    their records were lost. `forget` says whether they are erased again; where there are any and it
    is None, nothing is done. Raises Unavailable with one sentence, and then nothing was changed;
    for a server it holds the commands.
    """
    place = place_of(url)
    if place is None:
        raise Unavailable(MEMORY.format("restore"))
    if isinstance(place, URL):
        raise Unavailable(server_commands(place, file)[1])
    file = file.expanduser()
    _check(file, place)
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "refused").lower()
        raise Unavailable(f"{place} cannot be written ({reason}).") from error
    with beside(place) as partial:
        copy_whole(file, partial, place)
        migrate(url_of(partial))
        with alone(place) as former:
            before = _before(former)
            doubtful, erased = _prepare(partial, now, before, forget)
            people = look(partial).people
            kept = _keep(place, now, clean=former is not None)
            put_in_place(partial, place)
    return Restored(people, doubtful, erased, kept)


def replaced(place: Path) -> list[Path]:
    """The files that restores left beside the records, oldest first, without their companions."""
    beside_it = place.parent.glob(f"{escape(place.name)}{_BEFORE}*")
    along = ("-wal", "-shm", "-journal")
    return sorted(path for path in beside_it if not path.name.endswith(along))


def _check(file: Path, place: Path) -> None:
    """Raise Unavailable unless this is a whole backup of ours that this program can read."""
    if not file.is_file():
        raise Unavailable(f"There is no file {file}.")
    if place.exists() and file.samefile(place):
        raise Unavailable(f"{file} is the file of the records itself; name a backup of it.")
    version = look(file).version
    from alembic.script import ScriptDirectory

    known = {step.revision for step in ScriptDirectory.from_config(script()).walk_revisions()}
    if version not in known:
        raise Unavailable(f"{file} was made by a newer version of this program; update it first.")


def _before(connection: sqlite3.Connection | None) -> _Before | None:
    """What the records know; None where there are none, or they cannot be read."""
    if connection is None:
        return None
    try:
        return _Before(
            frozenset(number for (number,) in connection.execute("SELECT id FROM seekers")),
            dict(connection.execute("SELECT name, seq FROM sqlite_sequence")),
            connection.execute("SELECT seeker_id, kind, last FROM counters").fetchall(),
        )
    except sqlite3.Error:
        return None


def _prepare(
    partial: Path, now: datetime, before: _Before | None, forget: bool | None
) -> tuple[int, int]:
    """Make the copy fit for today: how many nudges are in doubt, how many people were erased."""
    with closing(sqlite3.connect(partial, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("BEGIN IMMEDIATE")
        erased = _number_on(connection, before, forget) if before else 0
        # Nobody holds any of them, whoever beat then is gone, and what works once may have.
        connection.execute("UPDATE nudges SET claim = '' WHERE state = 'planned'")
        for table in ("heartbeats", "links", "slack_oauth_states"):
            connection.execute(f"DELETE FROM {table}")
        # Whoever was warned then may have used the bot since; so they are warned anew.
        connection.execute(
            "UPDATE nudges SET state = 'dropped', why = 'restored' WHERE key LIKE ?",
            (f"%/{PREFIX}%",),
        )
        doubtful = connection.execute(
            "UPDATE nudges SET in_doubt = 1 WHERE state = 'planned' AND due_at <= ?",
            (write_instant(now),),
        ).rowcount
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=DELETE")
    return doubtful, erased


def _number_on(connection: sqlite3.Connection, before: _Before, forget: bool | None) -> int:
    """Count on from where the records were, so that an old button means no new record.

    Returns how many people were erased again.
    """
    # No id is given twice: who has one that was given, and is not there, was erased.
    given = before.ids.get("seekers", 0)
    there = [number for (number,) in connection.execute("SELECT id FROM seekers")]
    gone = [(n,) for n in there if n <= given and n not in before.people]
    if gone and forget is None:
        people = "person in this backup is" if len(gone) == 1 else "people in this backup are"
        raise Unavailable(
            f"{len(gone):,} {people} no longer in the records. If they had themselves forgotten, "
            "add --forget-again; if their records were lost, add --bring-back. Nothing was changed."
        )
    if gone and forget:
        connection.executemany("DELETE FROM seekers WHERE id = ?", gone)
    for table, last in before.ids.items():
        sequence = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?"
        if not connection.execute(sequence, (last, table)).rowcount:
            connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, last))
    connection.executemany(
        "INSERT INTO counters (seeker_id, kind, last)"
        " SELECT :who, :kind, :last WHERE EXISTS (SELECT 1 FROM seekers WHERE id = :who)"
        " ON CONFLICT (seeker_id, kind) DO UPDATE SET last = max(last, excluded.last)",
        [{"who": who, "kind": kind, "last": last} for who, kind, last in before.counters],
    )
    return len(gone) if forget else 0


def _keep(place: Path, now: datetime, *, clean: bool) -> Path | None:
    """A second name for the records as they were; what lies beside them goes along or away.

    `clean`: all that it held is in the records, so it is only in the way.
    """
    stem = f"{place.name}{_BEFORE}{now:%Y%m%dT%H%M%SZ}"
    names = (f"{stem}-{number}" if number > 1 else stem for number in count(1))
    kept = next(path for path in map(place.with_name, names) if not path.exists())
    try:
        for left, name in zip(companions(place), companions(kept), strict=True):
            # Beside the backup it would be taken for its own.
            if clean:
                left.unlink(missing_ok=True)
            elif left.exists():
                os.replace(left, name)
        if not place.exists():
            return None
        try:
            os.link(place, kept)
        except FileExistsError:
            raise
        except OSError:
            # Not every file system knows second names. Opening it would give up our lock.
            os.replace(place, kept)
    except OSError as error:
        raise Unavailable(f"{kept} cannot be written ({error.strerror}).") from error
    flush_folder(place)
    return kept
