"""Changes that can be taken back, and calls too long for a button. Knows no command.

A change is kept as the fields that it changed, so that taking it back leaves later changes to other
fields alone. Both are kept for 30 days: of changes the last 20, for nobody takes back the 21st, and
fewer when they are long; of calls the last 100.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from bot.message import Call
from bot.model import Change
from storage.images import Images
from storage.models import changes, stash
from storage.rows import Rows
from storage.shapes import (
    ACTIONS,
    APPLICATIONS,
    CHANGES,
    FOLLOWUPS,
    INTERVIEWS,
    LANDINGS,
    NUDGES,
    REPLIES,
    REPORTS,
    SEEKERS,
    TIES,
    Shape,
)

KEPT_FOR = timedelta(days=30)
KEPT_CHANGES = 20
KEPT_CALLS = 100
# Characters of all changes that are kept; the newest is, however long it is.
KEPT_TEXT = 5_000_000
# Of shorter ones so many as are kept are never over it.
LONG_TEXT = 100_000
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
# Older ones are deleted so many at a time.
AT_A_TIME = 10

_SHAPES: dict[str, Shape[Any]] = {
    shape.name: shape
    for shape in (
        SEEKERS,
        APPLICATIONS,
        INTERVIEWS,
        REPLIES,
        FOLLOWUPS,
        NUDGES,
        REPORTS,
        ACTIONS,
        LANDINGS,
        TIES,
    )
}


def _noting(table: Any) -> Any:
    """An insert with the next number. The newest row is never pruned, so numbers only grow.

    They begin at the seconds since `EPOCH`: a button from before somebody was forgotten must not
    name what they did since.
    """
    last = select(func.coalesce(func.max(table.c.number), bindparam("base")) + 1)
    next_number = last.where(table.c.seeker_id == bindparam("whose")).scalar_subquery()
    return insert(table).values(number=next_number).returning(table.c.number)


_NOTE = _noting(changes)
_PRUNE = delete(changes).where(
    changes.c.seeker_id == bindparam("whose"),
    or_(changes.c.number <= bindparam("beyond"), changes.c.at < bindparam("before")),
)
# Emptied rather than deleted, so that a number is never given twice.
_BLANK = (
    update(changes)
    .where(changes.c.at < bindparam("before"), changes.c.rows != "[]")
    .values(rows="[]", what="", undone_at=changes.c.at)
)
_LENGTHS = (
    select(changes.c.number, func.length(changes.c.rows))
    .where(changes.c.seeker_id == bindparam("whose"))
    .order_by(changes.c.number.desc())
)
_LAST = (
    select(changes)
    .where(changes.c.seeker_id == bindparam("whose"), changes.c.undone_at.is_(None))
    .order_by(changes.c.number.desc())
    .limit(1)
)
_UNDONE = (
    update(changes)
    .where(
        changes.c.seeker_id == bindparam("of_seeker_id"),
        changes.c.number == bindparam("of_number"),
        changes.c.undone_at.is_(None),
    )
)  # fmt: skip
_STASH = _noting(stash)
_PRUNE_STASH = delete(stash).where(
    stash.c.seeker_id == bindparam("whose"),
    or_(stash.c.number <= bindparam("beyond"), stash.c.at < bindparam("before")),
)
_BLANK_STASH = (
    update(stash).where(stash.c.at < bindparam("before"), stash.c.call != "").values(call="")
)
_STASHED = select(stash.c.call).where(
    stash.c.seeker_id == bindparam("whose"), stash.c.number == bindparam("which")
)


class Journal:
    """The part of `ports.Unit` that remembers for a while."""

    def __init__(
        self, connection: Connection, images: Images, rows: Mapping[str, Rows[Any]]
    ) -> None:
        self._connection, self._images, self._rows = connection, images, rows

    def note_change(self, seeker_id: int, what: str, now: datetime) -> int:
        written = [_written(*change) for change in self._images.changes(seeker_id)]
        rows = [row for row in written if row]
        if not rows or not self._images.kept:
            return 0
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        mine = {"whose": seeker_id, "seeker_id": seeker_id, "base": _base(now), "at": now}
        row = {**mine, "what": what, "rows": text}
        number: int = self._connection.execute(_NOTE, row).scalar_one()
        if number % AT_A_TIME == 0:
            old = {"whose": seeker_id, "beyond": number - KEPT_CHANGES, "before": now - KEPT_FOR}
            self._connection.execute(_PRUNE, old)
        if len(text) > LONG_TEXT:
            old = {"whose": seeker_id, "beyond": self._beyond(seeker_id), "before": now - KEPT_FOR}
            self._connection.execute(_PRUNE, old)
        return number

    def _beyond(self, seeker_id: int) -> int:
        """The number of the newest change for which there is no room; the newest always has."""
        whole = 0
        for place, (number, length) in enumerate(
            self._connection.execute(_LENGTHS, {"whose": seeker_id}).all()
        ):
            whole += length
            if place and whole > KEPT_TEXT:
                return int(number)
        return 0

    def prune(self, now: datetime) -> None:
        before = {"before": now - KEPT_FOR}
        self._connection.execute(_BLANK, before)
        self._connection.execute(_BLANK_STASH, before)

    def last_change(self, seeker_id: int) -> Change | None:
        row = self._connection.execute(_LAST, {"whose": seeker_id}).one_or_none()
        return None if row is None else CHANGES.record(row)

    def undo(self, change: Change, now: datetime) -> None:
        """Put the rows of a change back. One that was taken back already stays as it is."""
        self._images.kept = False
        at = {"of_seeker_id": change.seeker_id, "of_number": change.number, "undone_at": now}
        if self._connection.execute(_UNDONE, at).rowcount:
            for row in json.loads(change.rows):
                self._put_back(**row)

    def _put_back(
        self,
        table: str,
        key: list[int],
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
    ) -> None:
        shape, rows = _SHAPES[table], self._rows[table]
        current = rows.find(*key)
        if after is None and before is not None:
            rows.put(shape.of(**shape.rich(before)))
        elif current is None:
            return
        elif before is None:
            rows.remove(current)
        elif shape.plain(current, shape.moved) == after:
            rows.save(replace(current, **shape.rich(before)))

    def stash(self, seeker_id: int, call: Call, now: datetime) -> int:
        mine = {"whose": seeker_id, "seeker_id": seeker_id, "base": _base(now), "at": now}
        row = {**mine, "call": call.wire()}
        number: int = self._connection.execute(_STASH, row).scalar_one()
        old = {"whose": seeker_id, "beyond": number - KEPT_CALLS, "before": now - KEPT_FOR}
        self._connection.execute(_PRUNE_STASH, old)
        return number

    def stashed(self, seeker_id: int, number: int) -> Call | None:
        at = {"whose": seeker_id, "which": number}
        text = self._connection.execute(_STASHED, at).scalar_one_or_none()
        return None if text is None else Call.decode(text)


def _base(now: datetime) -> int:
    return (now - EPOCH) // timedelta(seconds=1)


def _written(shape: Shape[Any], before: Any, after: Any) -> dict[str, Any]:
    """One row's change as plain JSON: its key and what differs. Empty when nothing that matters."""
    row: dict[str, Any] = {"table": shape.name, "key": shape.key(before or after)[1:]}
    if before is None:
        return row | {"before": None, "after": {}}
    if after is None:
        return row | {"before": shape.plain(before), "after": None}
    names = [n for n in shape.names if getattr(before, n) != getattr(after, n)]
    names = [n for n in names if n not in shape.fleeting]
    if not names:
        return {}
    return row | {"before": shape.plain(before, names), "after": shape.plain(after, shape.moved)}
