"""How one value is kept in a column and as plain JSON. Knows no table and no rule of the job hunt.

Every type here gives back what it was given, on SQLite and on PostgreSQL alike.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Integer, Text, Time, types

from bot.model import Person

# PostgreSQL counts to 2**31 in an integer, which planned-again nudges could use up; SQLite only
# gives an automatic id to a column declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


def write_instant(value: datetime) -> str:
    """An aware instant as UTC text of one fixed width, so that text order is time order.

    Raises ValueError for a naive one: nobody could say which instant it is.
    """
    if value.tzinfo is None:
        raise ValueError(f"a naive datetime is not an instant: {value.isoformat()}")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(timespec="microseconds")


class Instant(types.TypeDecorator[datetime]):
    """An aware UTC instant; refuses naive values.

    On SQLite it is ISO text: it sorts and indexes as time, and a person who opens the file can read
    it. Integer microseconds would save 24 bytes a value and cost more to turn into a datetime.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        """Text on SQLite, which has no type for time; TIMESTAMP WITH TIME ZONE elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The value for the driver; raises ValueError for a naive one."""
        if value is None:
            return None
        text = write_instant(value)
        return text if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Aware UTC, whatever zone the server's connection is set to."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        moment: datetime = value
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


class Kept(types.TypeDecorator[Any]):
    """A value kept as text. `plain` and `rich` say how it looks as plain JSON."""

    impl = Text
    cache_ok = True

    def plain(self, value: Any) -> Any:
        """The value as plain JSON."""
        raise NotImplementedError

    def rich(self, value: Any) -> Any:
        """The inverse of `plain`."""
        raise NotImplementedError

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The text for the driver."""
        return None if value is None else _text(self.plain(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value of a text read."""
        return None if value is None else self.rich(value)


class Choice(Kept):
    """A member of a StrEnum by its value. No enum in the database: a new one needs no migration."""

    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def plain(self, value: Any) -> str:
        """The member's value; raises ValueError for what is no member."""
        return self.members(value).value

    def rich(self, value: Any) -> StrEnum:
        """The member of that value."""
        return self.members(value)


class Someone(Kept):
    """A person as people write one, `Dana Fox <dana@example.com>`; JSON where that is ambiguous."""

    cache_ok = True

    def plain(self, value: Person) -> str:
        """The person as text that `rich` reads back to the same person."""
        text = str(value)
        return text if _person(text) == value else _text([value.name, value.email])

    def rich(self, value: str) -> Person:
        """The person of a text."""
        return _person(value)


class Listed(Kept):
    """A tuple as a JSON list, of text or numbers as they are, or of people."""

    cache_ok = True

    def __init__(self, of: Someone | None = None) -> None:
        super().__init__()
        self.of = of

    def plain(self, value: tuple[Any, ...]) -> list[Any]:
        """The list of plain values."""
        return [self.of.plain(one) for one in value] if self.of else list(value)

    def rich(self, value: Any) -> tuple[Any, ...]:
        """The tuple of a list."""
        return tuple(map(self.of.rich, value)) if self.of else tuple(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The tuple of a JSON text."""
        return None if value is None else self.rich(json.loads(value))


# Made once: `json.dumps` makes one each time that it is asked for anything unusual.
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _text(plain: Any) -> str:
    if isinstance(plain, str):
        return plain
    return _compact(plain)


def _person(text: str) -> Person:
    if text.startswith('["'):
        try:
            name, email = json.loads(text)
        except ValueError:
            return Person(text)
        return Person(name, email)
    name, found, email = text.rpartition("<")
    if found and len(email) > 1 and email.endswith(">"):
        return Person(name.removesuffix(" "), email[:-1])
    return Person(text)


Plain = Callable[[Any], Any]


def as_plain(kind: types.TypeEngine[Any]) -> Plain | None:
    """How values of a column become plain JSON, or None where they already are."""
    if isinstance(kind, Kept):
        return kind.plain
    if isinstance(kind, Instant):
        return write_instant
    if isinstance(kind, Date | Time):
        return lambda value: value.isoformat()
    return None


def from_plain(kind: types.TypeEngine[Any]) -> Plain | None:
    """The inverse of `as_plain`."""
    if isinstance(kind, Kept):
        return kind.rich
    if isinstance(kind, Instant):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Time):
        return time.fromisoformat
    return None
