"""Turns in the lanes that all dispatchers share. Knows no platform and no nudge.

A turn that nobody took in time, because a process died or had more to do than it could, puts back
all turns behind it by as much: they keep their order and their pace. So a turn is written down as
it would be if none had ever been late, and is really taken `late` seconds after that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select, update

from bot.delivery import Given, Lane, Wanted
from storage.models import lanes
from storage.upserts import adding

# No queue is that long: whoever has taken such a turn had a clock that was ahead.
LONGEST = timedelta(days=1)

_LOOK = select(lanes).where(lanes.c.lane.in_(bindparam("names", expanding=True)))
# Locked in one order, so that no two dispatchers wait for each other.
_HOLD = _LOOK.order_by(lanes.c.lane).with_for_update()
_KEEP = (
    update(lanes)
    .where(lanes.c.lane == bindparam("of_lane"))
    .values(next_at=bindparam("next"), late=bindparam("by"))
)
_OLD = select(lanes).where(lanes.c.next_at < bindparam("before"))
_FORGET = delete(lanes).where(lanes.c.lane == bindparam("of_lane"))


@dataclass
class _Queue:
    """One lane: the next free turn, as it is written down, and by how much all are late."""

    next_at: datetime
    late: timedelta

    def missed(self, lane: Lane, taken: tuple[datetime, ...], now: datetime) -> timedelta:
        """By how much the first of the turns that were taken before was missed, if it was."""
        late = now - (min(taken, default=now - self.late) + self.late)
        return late if late > lane.every * lane.burst else timedelta()

    def take(self, lane: Lane, count: int, now: datetime) -> list[datetime]:
        """So many turns behind all others, as they are written down."""
        free = self.next_at + self.late
        if free > now + LONGEST:
            free = now
        first = max(free, now - lane.every * (lane.burst - 1)) - self.late
        self.next_at = first + lane.every * count
        return [first + lane.every * place for place in range(count)]


def take(connection: Connection, wanted: Mapping[Lane, Wanted], now: datetime) -> dict[str, Given]:
    """The turns that are wanted; fulfils `ports.Nudges.turns`.

    A lane is locked only if something is to be written of it: a crowd that has its turns is sent by
    many dispatchers at once.
    """
    if not wanted:
        return {}
    found = _read(connection, _LOOK, [lane.name for lane in wanted])
    changed = [
        lane.name
        for lane, asked in wanted.items()
        if asked.count or lane.name not in found or found[lane.name].missed(lane, asked.taken, now)
    ]
    if changed:
        found |= _held(connection, sorted(changed), now)
    given: dict[str, Given] = {}
    rows = []
    for lane, asked in wanted.items():
        queue = found[lane.name]
        queue.late += queue.missed(lane, asked.taken, now)
        turns = queue.take(lane, asked.count, now) if asked.count else []
        given[lane.name] = Given(tuple(turns), queue.late)
        if lane.name in changed:
            late = queue.late.total_seconds()
            rows.append({"of_lane": lane.name, "next": queue.next_at, "by": late})
    if rows:
        connection.execute(_KEEP, rows)
    return given


def _held(connection: Connection, names: list[str], now: datetime) -> dict[str, _Queue]:
    """The lanes, locked until the transaction ends, and made where they are new."""
    found = _read(connection, _HOLD, names)
    new = [
        {"lane": name, "next_at": now - LONGEST, "late": 0.0} for name in names if name not in found
    ]
    if not new:
        return found
    connection.execute(adding(lanes, connection.dialect.name, "lane"), new)
    return _read(connection, _HOLD, names)


def _read(connection: Connection, asking: Select[Any], names: list[str]) -> dict[str, _Queue]:
    return {
        row.lane: _Queue(row.next_at, timedelta(seconds=row.late))
        for row in connection.execute(asking, {"names": names})
    }


def prune(connection: Connection, now: datetime) -> None:
    """Forget lanes in which nobody has waited for two days."""
    before = now - 2 * LONGEST
    old = connection.execute(_OLD, {"before": before}).all()
    rows = [
        {"of_lane": row.lane} for row in old if row.next_at + timedelta(seconds=row.late) < before
    ]
    if rows:
        connection.execute(_FORGET, rows)
