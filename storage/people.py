"""Who is behind an account; export and erasure. Knows no rule about what people may do."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Column,
    Connection,
    ScalarSelect,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)

from bot.model import Account, Seeker, Who
from storage.columns import as_plain
from storage.entrances import found_open, note
from storage.images import Images
from storage.models import ABOUT_PEOPLE, accounts, applications, entrances, seekers
from storage.rows import Rows
from storage.shapes import ACCOUNTS, SEEKERS
from storage.workspaces import still_departed

_THERE = (
    accounts.c.platform == bindparam("platform"),
    accounts.c.workspace == bindparam("workspace"),
    accounts.c.user == bindparam("user"),
)
_FIND = select(accounts).where(*_THERE)
_LOOK = select(accounts, seekers).join(seekers, seekers.c.id == accounts.c.seeker_id).where(*_THERE)
# Both the note that they were seen and the lock that makes a person's commands take turns.
_SEEN = update(seekers).where(seekers.c.id == bindparam("of_id")).returning(*seekers.c)


def _of_account(column: Column[Any]) -> ScalarSelect[Any]:
    """Of the account, if its person can be reached there."""
    return select(column).where(*_THERE, accounts.c.on).scalar_subquery()


# The same for somebody who can be reached, together with their account; SQLite returns nothing of
# a table that is not changed but by itself.
_SEEN_THERE = (
    update(seekers)
    .where(seekers.c.id == _of_account(accounts.c.seeker_id))
    .returning(*seekers.c, _of_account(accounts.c.id), _of_account(accounts.c.place))
)
# The same for somebody who came by entrances, all of which are known to be theirs and open. Who did
# not is not found, so that nothing of theirs is locked yet.
_SEEN_COMING = _SEEN_THERE.where(
    select(func.count())
    .select_from(entrances)
    .where(
        entrances.c.account_id == _of_account(accounts.c.id),
        entrances.c.entrance.in_(bindparam("came_by", expanding=True)),
        entrances.c.shut_at.is_(None),
    )
    .scalar_subquery()
    == bindparam("so_many")
)
# Nearly everybody comes by one, and a list of any length costs a third of the statement's time.
_SEEN_COMING_BY_ONE = _SEEN_THERE.where(
    exists().where(
        entrances.c.account_id == _of_account(accounts.c.id),
        entrances.c.entrance == bindparam("came_by"),
        entrances.c.shut_at.is_(None),
    )
)
_NEW_SEEKER = SEEKERS.insert.returning(seekers.c.id)
_NEW_ACCOUNT = ACCOUNTS.insert.returning(accounts.c.id)
_SEEKERS = select(seekers).where(seekers.c.id.in_(bindparam("ids", expanding=True)))
# By the primary key, a slice a transaction: an index on `seen_at` would be written at each command,
# for what is looked at once a day.
SLICE, MOST = 2000, 50
_SLICE = select(seekers.c.id).where(seekers.c.id > bindparam("after")).order_by(seekers.c.id)
_SLICE_END = select(func.max(_SLICE.limit(SLICE).subquery().c.id))
_SILENT = (
    select(seekers)
    .where(
        seekers.c.id > bindparam("after"),
        seekers.c.id <= bindparam("last"),
        seekers.c.seen_at <= bindparam("before"),
    )
    .order_by(seekers.c.id)
    .limit(MOST)
    .with_for_update(skip_locked=True)
)
_ACCOUNTS = (
    select(accounts)
    .where(accounts.c.seeker_id.in_(bindparam("ids", expanding=True)))
    .order_by(accounts.c.id)
)
_PLACE = (
    update(accounts)
    .where(accounts.c.id == bindparam("of_id"), accounts.c.place != bindparam("where"))
    .values(place=bindparam("where"))
)
_CLOSE = (
    update(accounts)
    .where(accounts.c.id == bindparam("of_id"))
    .values(on=False, why=bindparam("because"))
)
_NUMBERS = (
    select(applications.c.seeker_id, applications.c.number)
    .where(applications.c.seeker_id.in_(bindparam("ids", expanding=True)))
    .order_by(applications.c.seeker_id, applications.c.number)
)


# Columns that an export leaves out: they say nothing of its owner.
OTHERS = frozenset(("nudges.id", "asked.by", "asked.asking"))


class People:
    """The people part of `ports.Unit`."""

    def __init__(self, connection: Connection, images: Images) -> None:
        self._connection, self._images = connection, images
        self._settings = Rows(SEEKERS, connection, images)

    def enter(self, who: Who, now: datetime) -> tuple[Seeker, Account]:
        row = self._seen(who, now)
        if row is None:
            return self._return(who, now)
        *values, number, place = row
        seeker = self._images.saw(SEEKERS, Seeker(*values))
        account = Account(number, seeker.id, who.platform, who.workspace, who.user, place)
        return seeker, self._opened(account, who)

    def _seen(self, who: Who, now: datetime) -> Sequence[Any] | None:
        at = {**_at(who), "seen_at": now}
        if not who.entrances:
            return self._connection.execute(_SEEN_THERE, at).one_or_none()
        came_by = set(who.entrances)
        if len(came_by) == 1:
            by_one = {**at, "came_by": who.entrances[0]}
            return self._connection.execute(_SEEN_COMING_BY_ONE, by_one).one_or_none()
        coming = {**at, "came_by": list(came_by), "so_many": len(came_by)}
        return self._connection.execute(_SEEN_COMING, coming).one_or_none()

    def _opened(self, account: Account, who: Who) -> Account:
        """The account, which remembers a place that its person has opened."""
        if not who.place or who.place == account.place:
            return account
        self.save_place(account.id, who.place)
        return replace(account, place=who.place)

    def _return(self, who: Who, now: datetime) -> tuple[Seeker, Account]:
        """Meet somebody who is new or came a new way, or who could not be reached until now."""
        came_by = found_open(self._connection, who, now)
        row = self._connection.execute(_FIND, _at(who)).one_or_none()
        if row is None and who.formerly:
            before = replace(who, workspace=who.formerly)
            row = self._connection.execute(_FIND, _at(before)).one_or_none()
        if row is None:
            return self._welcome(who, now, came_by)
        account = Account(*row)
        departed = None if account.on else still_departed(self._connection, who, now)
        seen = {"of_id": account.seeker_id, "seen_at": now}
        found = self._connection.execute(_SEEN, seen).one_or_none()
        if found is None:  # forgotten by another process since the statement before
            return self._welcome(who, now, came_by)
        reached = replace(
            account,
            workspace=who.workspace,
            place=who.place or account.place,
            on=departed is None,
            why=departed or "",
        )
        if reached != account:
            self._save_account(reached)
        if reached.on:
            note(self._connection, reached, came_by)
        return self._images.saw(SEEKERS, Seeker(*found)), reached

    def _welcome(self, who: Who, now: datetime, came_by: Collection[str]) -> tuple[Seeker, Account]:
        """Make both rows. Of two first commands at once a unique constraint sends one back."""
        seeker = Seeker(
            id=0,
            name=who.name,
            zone=who.zone if _known(who.zone) else "UTC",
            discreet=who.discreet,
            seen_at=now,
        )
        row = SEEKERS.row(seeker, "id")
        seeker = replace(seeker, id=self._connection.execute(_NEW_SEEKER, row).scalar_one())
        departed = still_departed(self._connection, who, now)
        account = Account(
            0,
            seeker.id,
            **_at(who),
            place=who.place,
            on=departed is None,
            why=departed or "",
        )
        row = ACCOUNTS.row(account, "id")
        account = replace(account, id=self._connection.execute(_NEW_ACCOUNT, row).scalar_one())
        if account.on:
            note(self._connection, account, came_by)
        return self._images.saw(SEEKERS, seeker), account

    def look(self, who: Who) -> tuple[Seeker, Account] | None:
        row = self._connection.execute(_LOOK, _at(who)).one_or_none()
        if row is None:
            return None
        ours = len(accounts.c)
        return self._images.saw(SEEKERS, Seeker(*row[ours:])), Account(*row[:ours])

    def numbers(self, ids: Collection[int]) -> list[tuple[int, int]]:
        return [(row[0], row[1]) for row in self._connection.execute(_NUMBERS, {"ids": list(ids)})]

    def seekers(self, ids: Collection[int]) -> Mapping[int, Seeker]:
        rows = self._connection.execute(_SEEKERS, {"ids": list(ids)})
        found = [self._images.saw(SEEKERS, Seeker(*row)) for row in rows]
        return {seeker.id: seeker for seeker in found}

    def silent(self, before: datetime, after: int) -> tuple[list[Seeker], int | None]:
        last = self._connection.execute(_SLICE_END, {"after": after}).scalar_one()
        if last is None:
            return [], None
        asked = {"after": after, "last": last, "before": before}
        rows = self._connection.execute(_SILENT, asked).all()
        found = [self._images.saw(SEEKERS, Seeker(*row)) for row in rows]
        return found, found[-1].id if len(found) == MOST else last

    def accounts(self, ids: Collection[int]) -> Mapping[int, Sequence[Account]]:
        theirs: dict[int, list[Account]] = defaultdict(list)
        for row in self._connection.execute(_ACCOUNTS, {"ids": list(ids)}):
            theirs[row.seeker_id].append(Account(*row))
        return theirs

    def save_seeker(self, seeker: Seeker) -> None:
        """Store changed settings; raises LookupError when there is no such person."""
        self._settings.save(seeker)

    def adopt(self, seeker: Seeker) -> None:
        """Raises LookupError when there is no such person."""
        if _known(seeker.zone):
            self._settings.amend(seeker)

    def _save_account(self, account: Account) -> None:
        self._connection.execute(ACCOUNTS.update, ACCOUNTS.changed_row(account))

    def save_place(self, account_id: int, place: str) -> None:
        self._connection.execute(_PLACE, {"of_id": account_id, "where": place})

    def close_account(self, account_id: int, why: str) -> None:
        self._connection.execute(_CLOSE, {"of_id": account_id, "because": why})

    def export(self, seeker_id: int) -> dict[str, list[dict[str, object]]]:
        every: dict[str, list[dict[str, object]]] = {}
        for table in ABOUT_PEOPLE:
            owner = seekers.c.id if table is seekers else table.c.seeker_id
            # What counts the records of all people, or means another of them, tells of others.
            shown = [column for column in table.c if f"{table.name}.{column.name}" not in OTHERS]
            plain = [(column.name, as_plain(column.type)) for column in shown]
            asked = select(*shown).where(owner == seeker_id).order_by(*table.primary_key)
            every[table.name] = [
                {name: _plain(turn, value) for (name, turn), value in zip(plain, row, strict=True)}
                for row in self._connection.execute(asked)
            ]
        return every

    def forget(self, seeker_id: int) -> None:
        # Every other table follows by ON DELETE CASCADE.
        self._connection.execute(delete(seekers).where(seekers.c.id == seeker_id))
        self._images.forget()


def _at(who: Who) -> dict[str, str]:
    return {"platform": who.platform, "workspace": who.workspace, "user": who.user}


def _plain(turn: Any, value: Any) -> object:
    return value if value is None or turn is None else turn(value)


def _known(zone: str) -> bool:
    """Whether it is a zone that this machine's database of time zones has."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):  # malformed, a folder of the database, unknown
        return False
    return True
