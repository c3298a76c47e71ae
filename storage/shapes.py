"""Which dataclass lies in which table, and the statements for one row of it. Knows no transaction.

Statements are made once, at import: with SQLAlchemy that is the larger part of their cost.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Row, Table, bindparam, delete, insert, select, update

from bot.clubs.records import (
    Action,
    Asked,
    Asking,
    Club,
    Landing,
    Meeting,
    Member,
    Partnering,
    Report,
    Tie,
)
from bot.model import (
    Account,
    Application,
    Change,
    FollowUp,
    Interview,
    Nudge,
    Reply,
    Seeker,
)
from storage import models
from storage.columns import as_plain, from_plain

R = TypeVar("R")
Key = tuple[Any, ...]


class Shape(Generic[R]):
    """A dataclass and its table, whose columns stand in the order of the dataclass's fields.

    `key` names the columns that find one row; the first of them says whose it is. `about` names the
    column with the application's number, if there is one. Two sorts of fields are the dispatcher's:
    where one in `moved` has changed since, an undo keeps its hands off; `fleeting` ones it never
    puts back. Of a shape that is not `undone` no change is kept for an undo.
    """

    def __init__(
        self,
        table: Table,
        of: type[R],
        key: tuple[str, ...] = ("seeker_id", "number"),
        about: str = "",
        moved: tuple[str, ...] = (),
        fleeting: tuple[str, ...] = (),
        *,
        undone: bool = True,
    ) -> None:
        self.table, self.of, self.name = table, of, table.name
        self.names = tuple(field.name for field in fields(cast(Any, of)))
        assert self.names == tuple(table.c.keys()), f"{table.name} differs from {of.__name__}"
        self.keys, self.about, self.moved, self.fleeting = key, about, moved, fleeting
        self.undone = undone
        self._make: Callable[..., R] = of
        self._values = attrgetter(*self.names)
        self._plain = {c.name: as_plain(c.type) for c in table.c}
        self._rich = {c.name: from_plain(c.type) for c in table.c}
        # A column's own name is taken in SET, so what finds the row is bound as `of_...`.
        self._found = tuple((f"of_{name}", attrgetter(name)) for name in key)
        found = [table.c[name] == bindparam(f"of_{name}") for name in key]
        self.one = select(table).where(*found)
        self.insert = insert(table)
        self.update = update(table).where(*found)
        self.delete = delete(table).where(*found)

    def row(self, record: R, *without: str) -> dict[str, Any]:
        """The record's columns, for an insert."""
        row = dict(zip(self.names, self._values(record), strict=True))
        for name in without:
            del row[name]
        return row

    def changed_row(self, record: R) -> dict[str, Any]:
        """The record's columns with what finds its row, for an update."""
        row = self.row(record, *self.keys)
        for name, value in self._found:
            row[name] = value(record)
        return row

    def found(self, record: R) -> dict[str, Any]:
        """What finds the record's row, for `one` and `delete`."""
        return {name: value(record) for name, value in self._found}

    def at(self, *key: Any) -> dict[str, Any]:
        """What finds the row of that key."""
        return {name: value for (name, _), value in zip(self._found, key, strict=True)}

    def key(self, record: R) -> Key:
        """What tells this record from all others in the database."""
        return (self.name, *(value(record) for _, value in self._found))

    def record(self, row: Row[Any]) -> R:
        """The record of a row."""
        return self._make(*row)

    def plain(self, record: R, names: Iterable[str] | None = None) -> dict[str, Any]:
        """The record, or some of its fields, as plain JSON."""
        chosen = self.names if names is None else names
        return {name: self._to(name, getattr(record, name)) for name in chosen}

    def rich(self, plain: Mapping[str, Any]) -> dict[str, Any]:
        """The inverse of `plain`. Fields that no longer exist are left out."""
        return {name: self._from(name, plain[name]) for name in self.names if name in plain}

    def _to(self, name: str, value: Any) -> Any:
        turn = self._plain[name]
        return value if value is None or turn is None else turn(value)

    def _from(self, name: str, value: Any) -> Any:
        turn = self._rich[name]
        return value if value is None or turn is None else turn(value)


SEEKERS = Shape(models.seekers, Seeker, key=("id",))
ACCOUNTS = Shape(models.accounts, Account, key=("seeker_id", "id"))
APPLICATIONS = Shape(models.applications, Application, about="number")
INTERVIEWS = Shape(models.interviews, Interview, about="application")
REPLIES = Shape(models.replies, Reply, about="application")
FOLLOWUPS = Shape(models.followups, FollowUp, about="application")
NUDGES = Shape(
    models.nudges,
    Nudge,
    key=("seeker_id", "id"),
    moved=("state", "sent_at"),
    fleeting=("claim", "tries", "in_doubt", "turn_at"),
)
CHANGES = Shape(models.changes, Change)
CLUBS = Shape(models.clubs, Club, key=("seeker_id",), undone=False)
MEMBERS = Shape(models.members, Member, key=("seeker_id", "club"), undone=False)
MEETINGS = Shape(models.meetings, Meeting, undone=False)
REPORTS = Shape(models.reports, Report)
ACTIONS = Shape(models.actions, Action)
LANDINGS = Shape(models.landings, Landing)
PARTNERINGS = Shape(
    models.partnerings, Partnering, key=("seeker_id", "club", "week"), undone=False
)  # fmt: skip
TIES = Shape(models.ties, Tie)
ASKINGS = Shape(models.askings, Asking, undone=False)
ASKED = Shape(models.asked, Asked, undone=False)
