"""The installations by which people came, and what becomes of people when one is gone.

Knows no platform: an entrance is a name there. It is one thing, so all its rows agree on when it
was shut, if it was. That several transactions at once keep them so, each that changes what stands
here holds one lock; after it they take departures' rows, and then people's, as
`storage.workspaces` does. Somebody's use by entrances that are known and open needs none of this.

Whoever departed and has rows here departed because they were all shut: departing by oneself
forgets them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    Insert,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)

from bot.model import Account, Who
from storage.models import accounts, departures, entrances
from storage.upserts import adding

# The number is any that nobody else uses. SQLite has one writer, which is the same.
_LOCK = select(func.pg_advisory_xact_lock(7105526850))


def holding(*which: ColumnElement[bool]) -> Select[int]:
    """How many departures these are, which are ours until we end.

    To be executed before any person's row is locked. All take them in one order; SQLite leaves out
    the words that lock.
    """
    found = select(departures.c.user).where(*which)
    ordered = found.order_by(departures.c.platform, departures.c.workspace, departures.c.user)
    return select(func.count()).select_from(ordered.with_for_update().subquery())


_ENTRANCE = entrances.c.entrance == bindparam("of_entrance")
_PLATFORM = accounts.c.platform == bindparam("of_platform")
_ROW = (_ENTRANCE, exists().where(accounts.c.id == entrances.c.account_id, _PLATFORM))
_KNOWN = (
    select(entrances.c.entrance, func.count() > func.count(entrances.c.shut_at))
    .join(accounts, accounts.c.id == entrances.c.account_id)
    .where(_PLATFORM)
    .group_by(entrances.c.entrance)
)
_SHUT_AT = select(entrances.c.shut_at).where(*_ROW).limit(1)
_SHUT = (
    update(entrances).where(*_ROW, entrances.c.shut_at.is_(None)).values(shut_at=bindparam("now"))
)
_OPEN = update(entrances).where(*_ROW, entrances.c.shut_at.is_not(None)).values(shut_at=None)

_CAME_BY = and_(_PLATFORM, accounts.c.id.in_(select(entrances.c.account_id).where(_ENTRANCE)))
_ANOTHER = exists().where(
    entrances.c.account_id == accounts.c.id,
    entrances.c.entrance != bindparam("of_entrance"),
    entrances.c.shut_at.is_(None),
)
_SHUT_OUT = and_(_CAME_BY, ~_ANOTHER)
_CLOSE = update(accounts).where(_SHUT_OUT, accounts.c.on).values(on=False, why=bindparam("because"))


def _departed(user: ColumnElement[str] | str) -> Exists:
    """Whether an account's person (`user` is theirs) or workspace (it is empty) departed."""
    return exists().where(
        departures.c.platform == accounts.c.platform,
        departures.c.workspace == accounts.c.workspace,
        departures.c.user == user,
    )


_REACH = (
    update(accounts)
    .where(_CAME_BY, ~accounts.c.on, _departed(accounts.c.user), ~_departed(""))
    .values(on=True, why="")
)
_THEIRS = (
    departures.c.platform == bindparam("of_platform"),
    departures.c.user != "",
    exists().where(
        accounts.c.platform == departures.c.platform,
        accounts.c.workspace == departures.c.workspace,
        accounts.c.user == departures.c.user,
        _CAME_BY,
    ),
)
_HOLD = holding(*_THEIRS)
_TAKE_BACK = delete(departures).where(*_THEIRS)
_FORGET = delete(entrances).where(
    entrances.c.account_id.in_(
        select(accounts.c.id).where(
            _PLATFORM,
            accounts.c.workspace == bindparam("of_workspace"),
            accounts.c.user == bindparam("of_user"),
        )
    )
)


@cache
def _depart(dialect: str) -> Insert:
    """The departure of everybody who is shut out. Whoever had departed already keeps their date."""
    key = ("platform", "workspace", "user")
    now = bindparam("now", type_=departures.c.left_at.type)
    because = bindparam("because", type_=departures.c.why.type)
    shut_out = select(*(accounts.c[name] for name in key), now, because).where(_SHUT_OUT)
    return adding(departures, dialect, *key).from_select([*key, "left_at", "why"], shut_out)


class Entrances:
    """The part of `ports.Unit` about the installations that people come by."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def entrances(self, platform: str) -> Mapping[str, bool]:
        known = self._connection.execute(_KNOWN, {"of_platform": platform})
        return {entrance: bool(is_open) for entrance, is_open in known}

    def shut(self, platform: str, entrance: str, now: datetime, why: str) -> None:
        """Whoever had departed already keeps their date: the news is not about them."""
        take_turn(self._connection)
        at = {**_at(platform, entrance), "now": now, "because": why}
        self._connection.execute(_depart(self._connection.dialect.name), at)
        self._connection.execute(_CLOSE, at)
        self._connection.execute(_SHUT, at)

    def reopen(self, platform: str, entrance: str) -> None:
        take_turn(self._connection)
        _open(self._connection, _at(platform, entrance))


def take_turn(connection: Connection) -> None:
    """Wait until no other transaction changes what stands here; it is ours until we end."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def found_open(connection: Connection, who: Who, now: datetime) -> list[str]:
    """The entrances that somebody came by, opened for everybody where they were thought shut.

    Coming through one at `now` proves that it was there then: those that were shut later stay so,
    and are left out. Takes the lock, so nothing of anybody's may be locked before.
    """
    if not who.entrances:
        return []
    take_turn(connection)
    found = []
    for entrance in dict.fromkeys(who.entrances):
        at = _at(who.platform, entrance)
        shut_at = connection.execute(_SHUT_AT, at).scalar()
        if shut_at is not None and shut_at > now:
            continue
        if shut_at is not None:
            _open(connection, at)
        found.append(entrance)
    return found


def note(connection: Connection, account: Account, came_by: Iterable[str]) -> None:
    """Remember that the account came by these, which are open."""
    whose = {"account_id": account.id, "seeker_id": account.seeker_id, "shut_at": None}
    rows = [{**whose, "entrance": entrance} for entrance in came_by]
    if rows:
        key = ("account_id", "entrance")
        connection.execute(adding(entrances, connection.dialect.name, *key), rows)


def forget(connection: Connection, platform: str, workspace: str, user: str) -> None:
    """Forget by which entrances one person came."""
    at = {"of_platform": platform, "of_workspace": workspace, "of_user": user}
    connection.execute(_FORGET, at)


def _open(connection: Connection, at: Mapping[str, str]) -> None:
    if connection.execute(_HOLD, at).scalar_one():
        connection.execute(_REACH, at)
        connection.execute(_TAKE_BACK, at)
    connection.execute(_OPEN, at)


def _at(platform: str, entrance: str) -> dict[str, str]:
    return {"of_platform": platform, "of_entrance": entrance}
