"""Records that are counted within one person's of a kind. Knows no kind and no rule about them."""

from dataclasses import replace
from typing import Generic, TypeVar

from sqlalchemy import Connection, bindparam, select, text

from bot.clubs.records import Action, Asked, Asking, Landing, Report, Tie
from bot.model import Application, FollowUp, Interview, Reply
from storage.images import Images
from storage.rows import Rows
from storage.shapes import Shape

N = TypeVar(
    "N",
    bound=Application
    | Interview
    | Reply
    | FollowUp
    | Report
    | Action
    | Landing
    | Tie
    | Asking
    | Asked,
)

# One statement that both databases read: the next number of this kind for this person.
_NEXT = text(
    "INSERT INTO counters (seeker_id, kind, last) VALUES (:seeker_id, :kind, 1) "
    "ON CONFLICT (seeker_id, kind) DO UPDATE SET last = counters.last + 1 RETURNING last"
)


def next_number(connection: Connection, seeker_id: int, kind: str) -> int:
    """A number that was never given to anything of this kind of this person's."""
    counter = {"seeker_id": seeker_id, "kind": kind}
    number: int = connection.execute(_NEXT, counter).scalar_one()
    return number


class Mine(Generic[N]):
    """The statement about all of one person's records of a kind, made once per kind."""

    def __init__(self, shape: Shape[N]) -> None:
        columns = shape.table.c
        self.shape: Shape[N] = shape
        self.all = (
            select(shape.table)
            .where(columns.seeker_id == bindparam("seeker"))
            .order_by(columns.number)
        )


class Numbered(Rows[N]):
    """One kind of record, found by its person and its number."""

    def __init__(self, mine: Mine[N], connection: Connection, images: Images) -> None:
        super().__init__(mine.shape, connection, images)
        self._all = mine.all

    def get(self, seeker_id: int, number: int) -> N | None:
        return self.find(seeker_id, number)

    def all(self, seeker_id: int) -> list[N]:
        return self._read(self._connection.execute(self._all, {"seeker": seeker_id}))

    def add(self, record: N) -> N:
        """Store a new record, whose number is 0; raises ValueError when it has one already."""
        if record.number:
            raise ValueError(f"a new record gets its number here, not {record.number}")
        number = next_number(self._connection, record.seeker_id, self._shape.name)
        numbered = replace(record, number=number)
        super().put(numbered)
        return numbered
