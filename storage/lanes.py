"""Turns in the lanes that all dispatchers share. Knows no platform and no nudge.

A turn that nobody took in time, because a process died or had more to do than it could, puts back
all turns behind it by as much: they keep their order and their pace. So a turn is written down as
it would be if none had ever been late, and is really taken `late` seconds after that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.delivery import Given, Lane, Wanted
from storage.models import lanes
from storage.upserts import adding

# No queue is that long: whoever has taken such a turn had a clock that was ahead.
LONGEST = timedelta(days=1)

# Locked in one order, so that no two dispatchers wait for each other.
_HOLD = (
    select(lanes)
    .where(lanes.c.lane.in_(bindparam("names", expanding=True)))
    .order_by(lanes.c.lane)
    .with_for_update()
)
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

    def keep(self, lane: Lane, taken: tuple[datetime, ...], now: datetime) -> None:
        """Put all turns back if the first of those that were taken before was missed."""
        if taken:
            missed = now - (min(taken) + self.late)
            if missed > lane.every * lane.burst:
                self.late += missed

    def take(self, lane: Lane, count: int, now: datetime) -> list[datetime]:
        """So many turns behind all others, as they are written down."""
        free = self.next_at + self.late
        if free > now + LONGEST:
            free = now
        first = max(free, now - lane.every * (lane.burst - 1)) - self.late
        self.next_at = first + lane.every * count
        return [first + lane.every * place for place in range(count)]


def take(connection: Connection, wanted: Mapping[Lane, Wanted], now: datetime) -> dict[str, Given]:
    """The turns that are wanted; fulfils `ports.Nudges.turns`."""
    if not wanted:
        return {}
    names = sorted(lane.name for lane in wanted)
    found = _held(connection, names)
    new = [
        {"lane": name, "next_at": now - LONGEST, "late": 0.0} for name in names if name not in found
    ]
    if new:
        connection.execute(adding(lanes, connection.dialect.name, "lane"), new)
        found = _held(connection, names)
    given: dict[str, Given] = {}
    rows = []
    for lane, asked in wanted.items():
        queue = found[lane.name]
        before = (queue.next_at, queue.late)
        queue.keep(lane, asked.taken, now)
        turns = queue.take(lane, asked.count, now) if asked.count else []
        given[lane.name] = Given(tuple(turns), queue.late)
        if before != (queue.next_at, queue.late):
            late = queue.late.total_seconds()
            rows.append({"of_lane": lane.name, "next": queue.next_at, "by": late})
    if rows:
        connection.execute(_KEEP, rows)
    return given


def _held(connection: Connection, names: list[str]) -> dict[str, _Queue]:
    return {
        row.lane: _Queue(row.next_at, timedelta(seconds=row.late))
        for row in connection.execute(_HOLD, {"names": names})
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
