"""The plan: claimed by lease, settled by the same hand. Knows no rule of when; sends nothing."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from bot.model import Nudge, NudgeState
from storage.failures import Again
from storage.images import Images
from storage.models import PLANNED
from storage.models import nudges as table
from storage.rows import Rows
from storage.shapes import NUDGES
from storage.upserts import adding

_IN_TURN = (table.c.ready_at, table.c.seeker_id, table.c.id)
_THEIRS = table.c.seeker_id == bindparam("seeker")
_ABOUT = table.c.application == bindparam("about")
_HERE = table.c.platform.in_(bindparam("platforms", expanding=True))
_BY_DUE = (table.c.due_at, table.c.id)

_OF = select(table).where(_THEIRS).order_by(*_BY_DUE)
_OF_STATES = _OF.where(table.c.state.in_(bindparam("states", expanding=True)))
_OF_APPLICATION = _OF.where(_ABOUT)
# The state as text: SQLite plans a statement anew for each value that it compares with a column of
# a partial index.
_STANDING = _OF.where(or_(table.c.application == 0, text("state = 'undelivered'")))
_REMOVE_ABOUT = delete(table).where(_THEIRS, _ABOUT).returning(*table.c)

# `PLANNED` stands as text and the limit as a literal, because a planner that sees parameters there
# can neither use the partial index nor know that few rows are asked for.
_DUE = (
    select(table.c.id)
    .where(PLANNED, table.c.ready_at <= bindparam("now"), _HERE)
    .order_by(*_IN_TURN)
    .with_for_update(skip_locked=True)
)
_LITERALLY = bindparam("limit", type_=Integer, literal_execute=True)
_FIRST = _DUE.limit(_LITERALLY)
_REST = _DUE.where(table.c.seeker_id.in_(bindparam("seekers", expanding=True)))


@cache
def _claiming(dialect: str, rest: bool) -> ReturningUpdate[Any]:
    """Take what is due: the first so many, or the rest of the same people's."""
    due = (_REST if rest else _FIRST).correlate(None)
    if dialect == "postgresql":
        # As an array they are chosen once, and the planner takes them for few. Else it reckons with
        # as many as are old and sent, and rather reads the table through than looks them up.
        chosen = table.c.id == func.any(func.array(due.scalar_subquery()))
    else:
        chosen = table.c.id.in_(due)
    return (
        update(table)
        .where(chosen)
        .values(
            claim=bindparam("token"),
            ready_at=bindparam("until"),
            tries=table.c.tries + 1,
            # Settling clears the claim, so one still standing is of a holder who never settled.
            in_doubt=or_(table.c.in_doubt, table.c.claim != ""),
        )
        .returning(*table.c)
    )


_HELD = table.c.claim == bindparam("token")
_RELOAD = select(table).where(table.c.id.in_(bindparam("ids", expanding=True)), PLANNED, _HELD)
_NEXT = select(table.c.ready_at).where(PLANNED, _HERE).order_by(*_IN_TURN).limit(_LITERALLY)

_SETTLED = (
    "state", "due_at", "ready_at", "local", "tries", "in_doubt", "why", "sent_at",
    "message_ref", "snoozed_until", "turn_at",
)  # fmt: skip
_settled = attrgetter(*_SETTLED)
_SETTLE = update(table).where(table.c.id == bindparam("of_id"), _HELD).values(claim="")

# Of the row as it was read: whoever claims or settles changes one of these three.
_SAVE = NUDGES.update.where(
    table.c.state == bindparam("was_state"),
    table.c.claim == bindparam("was_claim"),
    table.c.tries == bindparam("was_tries"),
)


def _stands(nudge: Nudge) -> bool:
    return not nudge.application or nudge.state is NudgeState.UNDELIVERED


class Plan(Rows[Nudge]):
    """The nudges; fulfils `ports.Nudges`."""

    def __init__(self, connection: Connection, images: Images) -> None:
        super().__init__(NUDGES, connection, images)
        self._adding = adding(table, connection.dialect.name, "key")

    def of(self, seeker_id: int, states: Collection[NudgeState] = ()) -> list[Nudge]:
        asked: dict[str, Any] = {"seeker": seeker_id}
        if states:
            asked["states"] = list(states)
            return self._read(self._connection.execute(_OF_STATES, asked))
        found = self._read(self._connection.execute(_OF, asked))
        self._images.standing[seeker_id] = [n for n in found if _stands(n)]
        return found

    def about(self, seeker_id: int, application: int) -> list[Nudge]:
        if (seeker_id, application) in self._images.bare:
            return []
        asked = {"seeker": seeker_id, "about": application}
        return self._read(self._connection.execute(_OF_APPLICATION, asked))

    def standing(self, seeker_id: int) -> list[Nudge]:
        found = self._images.standing.get(seeker_id)
        if found is None:
            found = self._read(self._connection.execute(_STANDING, {"seeker": seeker_id}))
            self._images.standing[seeker_id] = found
        return found

    def add(self, nudges: Sequence[Nudge]) -> None:
        rows = [NUDGES.row(nudge, "id") for nudge in nudges]
        self._images.standing.clear()
        self._images.bare -= {(nudge.seeker_id, nudge.application) for nudge in nudges}
        if rows:
            self._connection.execute(self._adding, rows)

    def put(self, record: Nudge) -> None:
        """Put a removed nudge back as it was, its id included, unless its key was planned again."""
        self._connection.execute(self._adding, NUDGES.row(record))
        self._images.wrote(NUDGES, None, record)

    def save(self, record: Nudge) -> None:
        """Store what the person did to a nudge; raises LookupError when they have none of that id.

        `in_doubt` is set where somebody held it: their message may be on its way. Where it was
        claimed or settled since it was read, the work is run again, to judge by what is true now.
        """
        self._images.wrote(NUDGES, *self._store(record))

    def replan(self, nudge: Nudge) -> None:
        """Store what planning changed: as `save`, but not to be taken back by `undo`."""
        self._images.wrote(NUDGES, *self._store(nudge), journal=False)

    def _store(self, nudge: Nudge) -> tuple[Nudge, Nudge]:
        before = self._before(nudge)
        saved = replace(
            nudge, claim="", turn_at=None, in_doubt=nudge.in_doubt or before.claim != ""
        )
        row = NUDGES.changed_row(saved)
        row.update(was_state=before.state, was_claim=before.claim, was_tries=before.tries)
        if not self._connection.execute(_SAVE, row).rowcount:
            raise Again
        return before, saved

    def remove_about(self, seeker_id: int, application: int) -> None:
        """Remove all nudges about one application, whatever their state."""
        asked = {"seeker": seeker_id, "about": application}
        self._removed(self._connection.execute(_REMOVE_ABOUT, asked))

    def claim(
        self, now: datetime, until: datetime, token: str, platforms: Collection[str], limit: int
    ) -> list[Nudge]:
        asked: dict[str, Any] = {
            "now": now,
            "until": until,
            "token": token,
            "platforms": list(platforms),
        }
        dialect = self._connection.dialect.name
        first = _claiming(dialect, rest=False)
        rows = self._connection.execute(first, {**asked, "limit": limit}).all()
        if len(rows) == limit:
            asked["seekers"] = list({row.seeker_id for row in rows})
            rows = [*rows, *self._connection.execute(_claiming(dialect, rest=True), asked)]
        # The order of RETURNING is nobody's promise.
        return sorted((Nudge(*row) for row in rows), key=attrgetter("due_at", "id"))

    def reload(self, ids: Collection[int], token: str) -> list[Nudge]:
        rows = self._connection.execute(_RELOAD, {"ids": list(ids), "token": token})
        return sorted((Nudge(*row) for row in rows), key=attrgetter("due_at", "id"))

    def settle(self, settled: Sequence[Nudge], token: str) -> int:
        rows = [
            dict(zip(_SETTLED, _settled(nudge), strict=True), of_id=nudge.id, token=token)
            for nudge in settled
        ]
        return self._connection.execute(_SETTLE, rows).rowcount if rows else 0

    def next_due(self, platforms: Collection[str]) -> datetime | None:
        asked = {"platforms": list(platforms), "limit": 1}
        found: datetime | None = self._connection.execute(_NEXT, asked).scalar_one_or_none()
        return found
