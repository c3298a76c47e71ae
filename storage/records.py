"""Applications, interviews, replies and follow-ups, person by person. Knows no rule about them."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    delete,
    func,
    select,
)

from bot.model import Application, FollowUp, Interview, Reply
from storage.images import Images
from storage.numbered import Mine, Numbered
from storage.shapes import APPLICATIONS, FOLLOWUPS, INTERVIEWS, REPLIES, Shape

Record = TypeVar("Record", bound=Application | Interview | Reply | FollowUp)


class Questions(Mine[Record]):
    """The statements about many records of one kind that are about applications."""

    def __init__(self, shape: Shape[Record]) -> None:
        super().__init__(shape)
        columns = shape.table.c
        theirs = columns.seeker_id == bindparam("seeker")
        about = columns[shape.about] == bindparam("about")
        self._mine = (columns.seeker_id, columns[shape.about])
        self._among: dict[str, Select[Any]] = {}
        self.about = self.all.where(about)
        self.remove_about = delete(shape.table).where(theirs, about).returning(*columns)

    def among(self, dialect: str) -> Select[Any]:
        """Those about any of many (seeker, application) pairs, which come as one JSON text.

        A join, because SQLite finds no index for `(a, b) IN (VALUES ...)` and PostgreSQL needs
        longer to plan 200 pairs written out than to read them.
        """
        if dialect not in self._among:
            pairs, seeker, number = _pairs(dialect)
            mine, about = self._mine
            table = self.shape.table
            self._among[dialect] = (
                select(table)
                .join_from(pairs, table, and_(mine == seeker, about == number))
                .order_by(mine, table.c.number)
            )
        return self._among[dialect]


def _pairs(dialect: str) -> tuple[FromClause, Any, Any]:
    """The JSON text as rows, and the two columns of these."""
    given = bindparam("pairs", type_=Text)
    if dialect == "sqlite":
        each = func.json_each(given).table_valued("value", name="pairs")
        value = each.c.value
        return each, func.json_extract(value, "$.s"), func.json_extract(value, "$.n")
    columns = column("s", BigInteger), column("n", Integer)
    rows = func.json_to_recordset(cast(given, JSON)).table_valued(*columns, name="pairs")
    pairs = rows.render_derived(with_types=True)
    return pairs, pairs.c.s, pairs.c.n


class Shelf(Numbered[Record]):
    """One kind of record about applications; fulfils `ports.Records`."""

    def __init__(
        self, questions: Questions[Record], connection: Connection, images: Images
    ) -> None:
        super().__init__(questions, connection, images)
        self._questions: Questions[Record] = questions

    def about(self, seeker_id: int, application: int) -> list[Record]:
        if (seeker_id, application) in self._images.bare:
            return []
        asked = {"seeker": seeker_id, "about": application}
        return self._read(self._connection.execute(self._questions.about, asked))

    def among(self, pairs: Sequence[tuple[int, int]]) -> list[Record]:
        """Those about any of these (seeker id, application), oldest first for each person."""
        if len(pairs) == 1:
            return self.about(*pairs[0])
        statement = self._questions.among(self._connection.dialect.name)
        given = json.dumps([{"s": seeker, "n": number} for seeker, number in pairs])
        return self._read(self._connection.execute(statement, {"pairs": given}))

    def remove_about(self, seeker_id: int, application: int) -> None:
        """Remove all that belong to one application."""
        asked = {"seeker": seeker_id, "about": application}
        self._removed(self._connection.execute(self._questions.remove_about, asked))


class Applications(Shelf[Application]):
    """Applications, which take along what belongs to them when they are removed."""

    def __init__(
        self,
        connection: Connection,
        images: Images,
        remove_about: tuple[Callable[[int, int], None], ...],
    ) -> None:
        super().__init__(OF_APPLICATIONS, connection, images)
        self._remove_about = remove_about

    def among(self, pairs: Sequence[tuple[int, int]]) -> list[Application]:
        """As of every kind, but what was read already is not read again."""
        met = {pair: self._images.now(APPLICATIONS, *pair) for pair in pairs}
        missing = [pair for pair, found in met.items() if found is None]
        return [a for a in met.values() if a] + (super().among(missing) if missing else [])

    def twins(self, seeker_id: int, company: str, role: str, link: str) -> list[Application]:
        wanted = company.casefold(), role.casefold()
        rows = self._connection.execute(_NAMES, {"seeker": seeker_id}).all()
        numbers = [
            number
            for number, *names, advert in rows
            if (names[0].casefold(), names[1].casefold()) == wanted or (link and advert == link)
        ]
        return [found for number in numbers if (found := self.find(seeker_id, number))]

    def add(self, record: Application) -> Application:
        added = super().add(record)
        self._images.bare.add((added.seeker_id, added.number))
        return added

    def about(self, seeker_id: int, application: int) -> list[Application]:
        found = self.find(seeker_id, application)
        return [found] if found else []

    def remove(self, record: Application) -> None:
        super().remove(record)
        for remove in self._remove_about:
            remove(record.seeker_id, record.number)


OF_APPLICATIONS = Questions(APPLICATIONS)
_APPLICATION = APPLICATIONS.table.c
# Compared here and not there: neither database folds letters as Python does.
_NAMES = OF_APPLICATIONS.all.with_only_columns(
    _APPLICATION.number, _APPLICATION.company, _APPLICATION.role, _APPLICATION.link
)
OF_INTERVIEWS = Questions(INTERVIEWS)
OF_REPLIES = Questions(REPLIES)
OF_FOLLOWUPS = Questions(FOLLOWUPS)
