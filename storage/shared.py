"""What members share with a club: reports, actions, landings, partners. Knows no rule of them.

It is a member's own, and a club sees it while they have a place there.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    select,
    type_coerce,
)
from sqlalchemy.sql.dml import ReturningDelete

from bot.clubs.records import Action, Landing, Partnering, Report
from storage.images import Images
from storage.models import actions, exclusions, landings, members, partnerings, reports
from storage.numbered import Mine, Numbered
from storage.shapes import ACTIONS, LANDINGS, PARTNERINGS, REPORTS, Shape
from storage.upserts import adding, putting

Part = TypeVar("Part", bound=Report | Action | Landing)

# Who was whose partner is of use for as long as nobody is to have the same one again.
KEPT_FOR = timedelta(weeks=60)

OF_REPORTS = Mine(REPORTS)
OF_ACTIONS = Mine(ACTIONS)
OF_LANDINGS = Mine(LANDINGS)

_HAS_PLACE = select(members.c.club).where(
    members.c.seeker_id == bindparam("whose"), members.c.club == bindparam("in_club")
)


def _of_meeting(table: Any, *order: Any) -> Select[Any]:
    """What those who have a place in a club wrote for one of its meetings."""
    there = and_(members.c.seeker_id == table.c.seeker_id, members.c.club == table.c.club)
    return (
        select(table)
        .join(members, there)
        .where(table.c.club == bindparam("in_club"), table.c.meeting == bindparam("for_meeting"))
        .order_by(*order)
    )


_REPORTED = _of_meeting(reports, reports.c.written_at, reports.c.seeker_id, reports.c.number)
_ACTED = _of_meeting(actions, actions.c.seeker_id, actions.c.number)
_PLACED = and_(members.c.seeker_id == actions.c.seeker_id, members.c.club == actions.c.club)
_OUTSTANDING = (
    select(actions)
    .join(members, _PLACED)
    .where(actions.c.club == bindparam("in_club"), actions.c.done_at.is_(None))
    .order_by(actions.c.seeker_id, actions.c.number)
)
_SINCE = (
    select(partnerings)
    .where(partnerings.c.club == bindparam("in_club"), partnerings.c.week >= bindparam("since"))
    .order_by(partnerings.c.week, partnerings.c.seeker_id)
)
_EXCLUDED = select(exclusions).where(
    exclusions.c.seeker_id.in_(bindparam("ids", expanding=True))
)  # fmt: skip
_INCLUDE = delete(exclusions).where(
    exclusions.c.seeker_id == bindparam("whose"), exclusions.c.other == bindparam("whom")
)
_ERASE: dict[Shape[Any], ReturningDelete[Any]] = {
    shape: delete(shape.table)
    .where(shape.table.c.seeker_id == bindparam("whose"), shape.table.c.club == bindparam("of"))
    .returning(*shape.table.c)
    for shape in (REPORTS, ACTIONS, LANDINGS, PARTNERINGS)
}
_PARTNERS_OF = select(partnerings).where(
    partnerings.c.club == bindparam("in_club"),
    type_coerce(partnerings.c.partners, Text).like(bindparam("like")),
)
# Of whoever has no place there any more: they lost the account by which they had it.
_WITHOUT_PLACE = [
    delete(table).where(
        # What names its own person in place of a club is theirs alone.
        table.c.club != table.c.seeker_id,
        ~exists().where(members.c.seeker_id == table.c.seeker_id, members.c.club == table.c.club),
    )
    for table in (reports, actions, landings, partnerings)
]
_OLD_PARTNERINGS = delete(partnerings).where(partnerings.c.week < bindparam("before"))


class Told(Numbered[Part]):
    """One kind of record that a member has in a club."""

    def put(self, record: Part) -> None:
        """Put a removed one back, unless its person has left the club since."""
        at = {"whose": record.seeker_id, "in_club": record.club}
        own = record.club == record.seeker_id
        if own or self._connection.execute(_HAS_PLACE, at).one_or_none():
            super().put(record)


class Shared:
    """The part of `bot.clubs.keeping.Clubs` about what members share."""

    def __init__(self, connection: Connection, images: Images) -> None:
        self._connection, self._images = connection, images
        self.reports: Told[Report] = Told(OF_REPORTS, connection, images)
        self.actions: Told[Action] = Told(OF_ACTIONS, connection, images)
        self.landings: Told[Landing] = Told(OF_LANDINGS, connection, images)

    def reported(self, club: int, meeting: int) -> list[Report]:
        rows = self._connection.execute(_REPORTED, {"in_club": club, "for_meeting": meeting})
        return [REPORTS.record(row) for row in rows]

    def acted(self, club: int, meeting: int) -> list[Action]:
        rows = self._connection.execute(_ACTED, {"in_club": club, "for_meeting": meeting})
        return [ACTIONS.record(row) for row in rows]

    def outstanding(self, club: int) -> list[Action]:
        rows = self._connection.execute(_OUTSTANDING, {"in_club": club})
        return [ACTIONS.record(row) for row in rows]

    def partnerings(self, club: int, since: date) -> list[Partnering]:
        rows = self._connection.execute(_SINCE, {"in_club": club, "since": since})
        return [PARTNERINGS.record(row) for row in rows]

    def put_partnering(self, partnering: Partnering) -> None:
        put = putting(partnerings, self._connection.dialect.name)
        self._connection.execute(put, PARTNERINGS.row(partnering))

    def excluded(self, seeker_ids: Collection[int]) -> set[tuple[int, int]]:
        rows = self._connection.execute(_EXCLUDED, {"ids": list(seeker_ids)})
        return {(row.seeker_id, row.other) for row in rows}

    def exclude(self, seeker_id: int, other: int, *, yes: bool) -> None:
        if yes:
            add = adding(exclusions, self._connection.dialect.name, "seeker_id", "other")
            self._connection.execute(add, {"seeker_id": seeker_id, "other": other})
        else:
            self._connection.execute(_INCLUDE, {"whose": seeker_id, "whom": other})

    def _drop_shared(self, club: int, seeker_id: int) -> None:
        """Erase what somebody shared in a club, and that they were others' partner there."""
        for shape, statement in _ERASE.items():
            for row in self._connection.execute(statement, {"of": club, "whose": seeker_id}):
                # Leaving is not taken back; what was noted in this transaction is gone as well.
                self._images.wrote(shape, shape.record(row), None, journal=False)
        like = {"in_club": club, "like": f"%{seeker_id}%"}
        for row in self._connection.execute(_PARTNERS_OF, like).all():
            had = PARTNERINGS.record(row)
            if seeker_id in had.partners:
                still = tuple(one for one in had.partners if one != seeker_id)
                changed = PARTNERINGS.changed_row(had) | {"partners": still}
                self._connection.execute(PARTNERINGS.update, changed)

    def _prune_shared(self, now: datetime) -> None:
        for statement in _WITHOUT_PLACE:
            self._connection.execute(statement)
        self._connection.execute(_OLD_PARTNERINGS, {"before": (now - KEPT_FOR).date()})
