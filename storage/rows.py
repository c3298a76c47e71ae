"""Single rows of one table, read and written with their images kept. Knows no kind of record."""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Result, Row

from storage.images import Images
from storage.shapes import Shape

R = TypeVar("R")


class Rows(Generic[R]):
    """The rows of one shape within one transaction."""

    def __init__(self, shape: Shape[R], connection: Connection, images: Images) -> None:
        self._shape, self._connection, self._images = shape, connection, images

    @property
    def name(self) -> str:
        """The table's name."""
        return self._shape.name

    def find(self, *key: Any) -> R | None:
        """The record of that key, or None; read once in a transaction."""
        known = self._images.now(self._shape, *key)
        if known is not None:
            return known
        row = self._connection.execute(self._shape.one, self._shape.at(*key)).one_or_none()
        return None if row is None else self._images.saw(self._shape, self._shape.record(row))

    def put(self, record: R) -> None:
        """Store a record under the key it has."""
        self._connection.execute(self._shape.insert, self._shape.row(record))
        self._images.wrote(self._shape, None, record)

    def save(self, record: R) -> None:
        """Store a changed record; raises LookupError when there is none of its key."""
        before = self._before(record)
        if before != record:
            self._write(record)
            self._images.wrote(self._shape, before, record)

    def amend(self, record: R) -> None:
        """As `save`, but of what the person did not do, and so cannot take back."""
        before = self._before(record)
        if before != record:
            self._write(record)
            self._images.wrote(self._shape, before, record, journal=False)

    def remove(self, record: R) -> None:
        """Remove it; raises LookupError when there is none of its key."""
        before = self._before(record)
        self._connection.execute(self._shape.delete, self._shape.found(record))
        self._images.wrote(self._shape, before, None)

    def _write(self, record: R) -> None:
        self._connection.execute(self._shape.update, self._shape.changed_row(record))

    def _before(self, record: R) -> R:
        name, *key = self._shape.key(record)
        before = self.find(*key)
        if before is None:
            raise LookupError(f"no row {key} in {name}")
        return before

    def _read(self, rows: Result[Any]) -> list[R]:
        # All at once: a result that is iterated fetches row by row.
        return [self._images.saw(self._shape, self._shape.record(row)) for row in rows.all()]

    def _removed(self, rows: Iterable[Row[Any]]) -> None:
        """Remember rows that a statement just removed."""
        for row in rows:
            self._images.wrote(self._shape, self._shape.record(row), None)
