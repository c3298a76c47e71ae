"""How the database and the plan are, for whoever runs the bot. Knows no person and no platform.

A heartbeat is about a process; nothing here is about anybody, and no record is changed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Integer, bindparam, delete, func, select, text
from sqlalchemy.exc import DBAPIError

from storage.failures import no_such_table
from storage.models import HEAD, PLANNED, heartbeats, nudges
from storage.upserts import renewing

# Dispatchers look every 15 seconds at the latest: what was ready for longer was missed by a look.
LOOK = timedelta(seconds=15)
# Overdue nudges are counted up to here, so that asking costs the same however many there are.
MOST = 1000
# Heartbeats of processes that ended are kept for so long.
KEPT = timedelta(days=1)
# A server gives up by itself what nobody waits for any more.
_PATIENCE = text("SET LOCAL statement_timeout = '5s'")

_VERSION = text("SELECT version_num FROM alembic_version")
# The state as text and the limit as a literal, for the partial index; see storage.nudges.
_LONGEST = (
    select(nudges.c.ready_at)
    .where(
        PLANNED,
        nudges.c.platform == bindparam("platform"),
        nudges.c.ready_at < bindparam("before"),
    )
    .order_by(nudges.c.ready_at, nudges.c.seeker_id, nudges.c.id)
    .limit(bindparam("most", MOST, type_=Integer, literal_execute=True))
    .subquery()
)
_OVERDUE = select(func.count(), func.min(_LONGEST.c.ready_at))
_BEATEN = select(func.max(heartbeats.c.beat_at))
_FORGET = delete(heartbeats).where(heartbeats.c.beat_at < bindparam("before"))


class Schema(StrEnum):
    """How the database's version stands to this program's."""

    OURS = "ours"
    BEHIND = "behind"
    # A newer program has brought it up to date; ours goes on until it is replaced.
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class Overdue:
    """Nudges that were ready and that no dispatcher took; `count` stops at `MOST`.

    `oldest` is how long the one that was ready first has waited for somebody to take it.
    """

    count: int = 0
    oldest: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Health:
    """How things are at one moment. `beaten` is how long ago any dispatcher last did its round."""

    schema: Schema
    overdue: Mapping[str, Overdue] = field(default_factory=dict)
    beaten: timedelta | None = None


def look(connection: Connection, now: datetime, platforms: Collection[str]) -> Health:
    """How things are at `now`; of these platforms each has its entry in `overdue`.

    Overdue is what was ready for more than `LOOK`. What waits for its turn, for a platform that is
    away, or is held by a dispatcher that lives is ready later, and not overdue. Nothing but the
    schema is told of a database that is behind.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_PATIENCE)
    schema = _schema(connection)
    if schema is Schema.BEHIND:
        return Health(schema)
    found: dict[str, Overdue] = {}
    for platform in platforms:
        asked = {"before": now - LOOK, "platform": platform}
        count, oldest = connection.execute(_OVERDUE, asked).one()
        found[platform] = Overdue(count, max(timedelta(), now - oldest)) if count else Overdue()
    beaten: datetime | None = connection.execute(_BEATEN).scalar_one()
    return Health(schema, found, None if beaten is None else max(timedelta(), now - beaten))


def beat(
    connection: Connection, process: str, part: str, version: str, began_at: datetime, now: datetime
) -> None:
    """Note that a dispatcher's process does its round at `now`; forget those that ended long ago.

    `process` is a name of its own, new at every start.
    """
    row = {
        "process": process,
        "part": part,
        "version": version,
        "began_at": began_at,
        "beat_at": now,
    }
    connection.execute(renewing(heartbeats, connection.dialect.name, "beat_at"), row)
    connection.execute(_FORGET, {"before": now - KEPT})


def _schema(connection: Connection) -> Schema:
    try:
        version = connection.execute(_VERSION).scalar_one_or_none()
    except DBAPIError as error:
        if no_such_table(error):
            return Schema.BEHIND
        raise
    if version is None or version < HEAD:
        return Schema.BEHIND
    return Schema.OURS if version == HEAD else Schema.NEWER
