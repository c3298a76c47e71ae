"""Inserts that meet a row which is there. Knows which words each dialect has for them, no table."""

from functools import cache
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.sql.dml import ReturningInsert


@cache
def adding(table: Table, dialect: str, *key: str) -> Insert:
    """The insert that leaves a row of the same key as it is, and then returns none."""
    statement: Insert = _insert(table, dialect).on_conflict_do_nothing(index_elements=key)
    return statement


@cache
def added(table: Table, dialect: str, *key: str) -> ReturningInsert[Any]:
    """The same, returning the key of the row if it was added."""
    return adding(table, dialect, *key).returning(*(table.c[name] for name in key))


@cache
def renewing(table: Table, dialect: str, *renewed: str) -> Insert:
    """The insert that, where a row of the same primary key is there, changes these columns only."""
    insert = _insert(table, dialect)
    key = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in renewed}
    statement: Insert = insert.on_conflict_do_update(index_elements=key, set_=changed)
    return statement


def _insert(table: Table, dialect: str) -> Any:
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as on_sqlite

        return on_sqlite(table)
    from sqlalchemy.dialects.postgresql import insert as on_postgresql

    return on_postgresql(table)


def putting(table: Table, dialect: str) -> Insert:
    """The insert that takes the place of a row of the same primary key."""
    key = set(table.primary_key)
    return renewing(table, dialect, *(column.name for column in table.c if column not in key))
