"""The plan: claimed by lease, settled by the same hand. Knows no rule of when; sends nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bot.delivery import Given, Lane, Wanted
from bot.model import Nudge, NudgeKind, NudgeState
from storage.columns import Id
from storage.failures import Again
from storage.images import Images
from storage.lanes import take
from storage.models import PLANNED
from storage.models import nudges as table
from storage.rows import Rows
from storage.shapes import NUDGES
from storage.upserts import adding

_IN_TURN = (table.c.ready_at, table.c.seeker_id, table.c.id)
_THEIRS = table.c.seeker_id == bindparam("seeker")
_ABOUT = table.c.application == bindparam("about")
# What a newer version plans is the newer version's to send.
_KNOWN = table.c.kind.in_(list(NudgeKind))
_BY_DUE = (table.c.due_at, table.c.id)

_OF = select(table).where(_THEIRS).order_by(*_BY_DUE)
_OF_STATES = _OF.where(table.c.state.in_(bindparam("states", expanding=True)))
_OF_APPLICATION = _OF.where(_ABOUT)
# The state as text: SQLite plans a statement anew for each value that it compares with a column of
# a partial index.
_STANDING = _OF.where(
    or_(
        and_(
            table.c.application == 0,
            # A club brings some three a week, for ever; `among` finds those that plans ask for.
            text(
                "NOT (kind IN ('report', 'action', 'partners')"
                " AND state IN ('sent', 'shown', 'dropped'))"
            ),
        ),
        text("state = 'undelivered'"),
    )
)
# What `bot.policy.changes` can look at: not all that they were ever sent.
_AMONG = (
    select(table)
    .where(
        table.c.seeker_id.in_(bindparam("seekers", expanding=True)),
        table.c.application == 0,
        or_(
            text("state IN ('planned', 'undelivered')"),
            table.c.key.in_(bindparam("keys", expanding=True)),
        ),
    )
    .order_by(*_BY_DUE)
)
_REMOVE_ABOUT = delete(table).where(_THEIRS, _ABOUT).returning(*table.c)

# `PLANNED` stands as text and the limit as a literal, because a planner that sees parameters there
# can neither use the partial index nor know that few rows are asked for.
_ON_IT = table.c.platform == bindparam("platform")
_DUE = (
    select(table)
    .where(PLANNED, _ON_IT, table.c.ready_at <= bindparam("now"), _KNOWN)
    .order_by(*_IN_TURN)
    .with_for_update(skip_locked=True)
)
_LITERALLY = bindparam("limit", type_=Integer, literal_execute=True)
_TURNED = _DUE.where(table.c.turn_at.is_not(None)).limit(_LITERALLY)
_NEW = _DUE.where(table.c.turn_at.is_(None)).limit(_LITERALLY)
_REST = _DUE.where(
    table.c.seeker_id.in_(bindparam("seekers", expanding=True)),
    table.c.id.not_in(bindparam("ids", expanding=True)),
)


_IDS = {
    # As an array the planner takes it for few; else it reckons with as many as the table has.
    "postgresql": table.c.id == func.any(bindparam("ids", type_=ARRAY(Id))),
    "sqlite": table.c.id.in_(bindparam("ids", expanding=True)),
}
_CLAIM = {
    dialect: update(table)
    .where(these)
    .values(claim=bindparam("token"), ready_at=bindparam("until"), tries=table.c.tries + 1)
    # Settling clears the claim, so one still standing is of a holder who never settled.
    .values(in_doubt=or_(table.c.in_doubt, table.c.claim != ""))
    for dialect, these in _IDS.items()
}
_HELD = table.c.claim == bindparam("token")
_RENEW = {
    dialect: update(table)
    .where(these, PLANNED, _HELD)
    .values(ready_at=bindparam("until"))
    .returning(table.c.id)
    for dialect, these in _IDS.items()
}
# As it was when it was locked: on SQLite nobody comes between, on PostgreSQL nobody can.
_WAIT = (
    update(table)
    .where(table.c.id == bindparam("of_id"))
    .values(turn_at=bindparam("turn"), ready_at=bindparam("until"))
    # Whoever still holds it has let its lease run out, and may have sent it.
    .values(claim="", in_doubt=bindparam("doubt"))
)
_NEXT = (
    select(table.c.ready_at).where(PLANNED, _ON_IT, _KNOWN).order_by(*_IN_TURN).limit(_LITERALLY)
)

_SETTLED = (
    "state", "due_at", "ready_at", "local", "tries", "in_doubt", "why", "sent_at",
    "message_ref", "snoozed_until", "turn_at",
)  # fmt: skip
_settled = attrgetter(*_SETTLED)
# Nearly all of them, and nothing else of such a one changes.
_SENT = ("state", "why", "sent_at", "message_ref")
_sent = attrgetter(*_SENT)
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
        # When the first of what this transaction has planned can be sent.
        self.soonest: datetime | None = None
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

    def among(self, seeker_ids: Collection[int], keys: Collection[str]) -> list[Nudge]:
        asked = {"seekers": list(seeker_ids), "keys": list(keys)}
        return self._read(self._connection.execute(_AMONG, asked))

    def add(self, nudges: Sequence[Nudge]) -> None:
        rows = [NUDGES.row(nudge, "id") for nudge in nudges]
        self._images.standing.clear()
        self._images.bare -= {(nudge.seeker_id, nudge.application) for nudge in nudges}
        if rows:
            self._connection.execute(self._adding, rows)
            self._planned(nudges)

    def _planned(self, nudges: Sequence[Nudge]) -> None:
        for nudge in nudges:
            if nudge.state is NudgeState.PLANNED:
                self.soonest = min(self.soonest or nudge.ready_at, nudge.ready_at)

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
        self._planned([saved])
        return before, saved

    def remove_about(self, seeker_id: int, application: int) -> None:
        """Remove all nudges about one application, whatever their state."""
        asked = {"seeker": seeker_id, "about": application}
        self._removed(self._connection.execute(_REMOVE_ABOUT, asked))

    def due(self, now: datetime, platform: str, limit: int) -> list[Nudge]:
        asked: dict[str, Any] = {"now": now, "platform": platform}
        rows = list(self._connection.execute(_TURNED, {**asked, "limit": limit}))
        if len(rows) < limit:
            rows += self._connection.execute(_NEW, {**asked, "limit": limit - len(rows)})
        if len(rows) == limit:
            asked["seekers"] = list({row.seeker_id for row in rows})
            asked["ids"] = [row.id for row in rows]
            rows += self._connection.execute(_REST, asked)
        return sorted((Nudge(*row) for row in rows), key=attrgetter("due_at", "id"))

    def turns(self, wanted: Mapping[Lane, Wanted], now: datetime) -> Mapping[str, Given]:
        return take(self._connection, wanted, now)

    def wait(self, nudges: Sequence[Nudge]) -> None:
        rows = [
            {
                "of_id": nudge.id,
                "turn": nudge.turn_at,
                "until": nudge.ready_at,
                "doubt": nudge.in_doubt or nudge.claim != "",
            }
            for nudge in nudges
        ]
        if rows:
            self._connection.execute(_WAIT, rows)

    def claim(self, nudges: Sequence[Nudge], token: str, until: datetime) -> list[Nudge]:
        if not nudges:
            return []
        asked = {"ids": [nudge.id for nudge in nudges], "token": token, "until": until}
        self._connection.execute(_CLAIM[self._connection.dialect.name], asked)
        return [
            replace(
                nudge,
                claim=token,
                ready_at=until,
                tries=nudge.tries + 1,
                in_doubt=nudge.in_doubt or nudge.claim != "",
            )
            for nudge in nudges
        ]

    def renew(self, nudges: Collection[Nudge], until: datetime) -> set[int]:
        renewing = _RENEW[self._connection.dialect.name]
        held: dict[str, list[int]] = {}
        for nudge in nudges:
            held.setdefault(nudge.claim, []).append(nudge.id)
        still: set[int] = set()
        # In one order, so that no two dispatchers wait for each other.
        for token, ids in sorted(held.items()):
            asked = {"ids": sorted(ids), "token": token, "until": until}
            still.update(row[0] for row in self._connection.execute(renewing, asked))
        return still

    def settle(self, settled: Sequence[Nudge]) -> int:
        sent: list[dict[str, Any]] = []
        rest: list[dict[str, Any]] = []
        for nudge in settled:
            found = {"of_id": nudge.id, "token": nudge.claim}
            if nudge.state is NudgeState.SENT:
                sent.append(dict(zip(_SENT, _sent(nudge), strict=True), **found))
            else:
                rest.append(dict(zip(_SETTLED, _settled(nudge), strict=True), **found))
        count = 0
        for rows in (sent, rest):
            if rows:
                count += self._connection.execute(_SETTLE, rows).rowcount
        return count

    def next_due(self, platforms: Collection[str]) -> datetime | None:
        found = (
            self._connection.execute(_NEXT, {"platform": name, "limit": 1}).scalar_one_or_none()
            for name in platforms
        )
        return min((one for one in found if one is not None), default=None)
