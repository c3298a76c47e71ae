"""Turns in the lanes that all dispatchers share. Knows no platform and no nudge."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.delivery import Lane
from storage.models import lanes
from storage.upserts import adding

# A lane that nobody waits in says nothing after a while.
FORGOTTEN = timedelta(days=1)

# Locked in one order, so that no two dispatchers wait for each other.
_HOLD = (
    select(lanes)
    .where(lanes.c.lane.in_(bindparam("names", expanding=True)))
    .order_by(lanes.c.lane)
    .with_for_update()
)
_TAKE = update(lanes).where(lanes.c.lane == bindparam("of_lane")).values(next_at=bindparam("after"))
_PRUNE = delete(lanes).where(lanes.c.next_at < bindparam("before"))


def take(
    connection: Connection, wanted: Mapping[Lane, int], now: datetime
) -> dict[str, list[datetime]]:
    """So many turns in each lane, after all that were taken before; fulfils `ports.Nudges.turns`.

    The first ones of a lane that has rested are before `now`: as many as its burst.
    """
    if not wanted:
        return {}
    names = sorted(lane.name for lane in wanted)
    free = _held(connection, names)
    new = [{"lane": name, "next_at": now - FORGOTTEN} for name in names if name not in free]
    if new:
        connection.execute(adding(lanes, connection.dialect.name, "lane"), new)
        free = _held(connection, names)
    taken: dict[str, list[datetime]] = {}
    for lane, count in wanted.items():
        first = max(free[lane.name], now - lane.every * (lane.burst - 1))
        taken[lane.name] = [first + lane.every * place for place in range(count)]
    after = [
        {"of_lane": lane.name, "after": taken[lane.name][-1] + lane.every}
        for lane, count in wanted.items()
        if count
    ]
    if after:
        connection.execute(_TAKE, after)
    return taken


def _held(connection: Connection, names: list[str]) -> dict[str, datetime]:
    return {row.lane: row.next_at for row in connection.execute(_HOLD, {"names": names})}


def prune(connection: Connection, now: datetime) -> None:
    """Forget lanes that were last taken a turn in a day ago."""
    connection.execute(_PRUNE, {"before": now - FORGOTTEN})
