"""Workspaces and people that removed the bot: closed, kept for a grace, erased.

People who never began are forgotten here as well.

Knows no platform, but that Slack's installations may be begun and never finished.
Every statement here takes a departure's row before a person's, so that of a reinstallation and an
erasure at once one waits for the other.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    select,
    union_all,
    update,
)

from bot.model import Who
from bot.ports import GRACE
from storage.entrances import forget, holding, take_turn
from storage.images import Images
from storage.models import (
    ABOUT_PEOPLE,
    accounts,
    departures,
    entrances,
    seekers,
    slack_oauth_states,
    stash,
)
from storage.upserts import renewing

# What a workspace's people had sent when it removed the bot is answered within that time. Whoever
# uses the bot later than that has it again, whether or not the platform told us.
ON_ITS_WAY = timedelta(hours=1)
# One person's departure is over with whatever they did after it.
NO_TIME = timedelta()
# Whoever was asked something before their first entry, and has not come back within that time.
UNBEGUN = timedelta(days=30)

# Whose departure's row it is: theirs, or their whole workspace's.
_THEIRS = (
    departures.c.platform == bindparam("of_platform"),
    departures.c.workspace == bindparam("of_workspace"),
)
_DEPARTED = select(departures).where(
    *_THEIRS, departures.c.user.in_(("", bindparam("of_user")))
)  # fmt: skip
_TAKE_BACK = delete(departures).where(*_THEIRS, departures.c.user == bindparam("of_user"))

# One person is found by an index; on some platforms everybody's workspace is the same.
_ALL_THERE = (
    accounts.c.platform == bindparam("of_platform"),
    accounts.c.workspace == bindparam("of_workspace"),
)
_ONE_THERE = (*_ALL_THERE, accounts.c.user == bindparam("of_user"))
_LEFT_THERE = and_(
    departures.c.platform == accounts.c.platform, departures.c.workspace == accounts.c.workspace
)
_STILL_DEPARTED = exists().where(_LEFT_THERE, departures.c.user.in_(("", accounts.c.user)))


def _closing(*there: ColumnElement[bool]) -> Update:
    closed = {"on": False, "why": bindparam("because")}
    return update(accounts).where(*there, accounts.c.on).values(closed)


def _opening(*there: ColumnElement[bool]) -> Update:
    return update(accounts).where(*there, ~accounts.c.on, ~_STILL_DEPARTED).values(on=True, why="")


_CLOSE_ALL, _CLOSE_ONE = _closing(*_ALL_THERE), _closing(*_ONE_THERE)
_OPEN_ALL, _OPEN_ONE = _opening(*_ALL_THERE), _opening(*_ONE_THERE)

_OVERDUE = departures.c.left_at <= bindparam("before")
HOLD_OVERDUE = holding(_OVERDUE)
# In two parts, each of which an index answers.
OVERDUE_ACCOUNTS = union_all(
    *(
        select(accounts.c.id).join(departures, and_(_LEFT_THERE, departures.c.user == user))
        .where(_OVERDUE)
        for user in (accounts.c.user, "")
    )
)  # fmt: skip
_other = accounts.alias()
# Of people who are reached elsewhere too, only the account there goes.
_ERASE_SEEKERS = delete(seekers).where(
    seekers.c.id.in_(select(accounts.c.seeker_id).where(accounts.c.id.in_(OVERDUE_ACCOUNTS))),
    ~exists().where(_other.c.seeker_id == seekers.c.id, _other.c.id.not_in(OVERDUE_ACCOUNTS)),
)
_ERASE_ACCOUNTS = delete(accounts).where(accounts.c.id.in_(OVERDUE_ACCOUNTS))
_ERASE_DEPARTURES = delete(departures).where(_OVERDUE)
# What everybody has who was only asked something. Whoever has a row anywhere else has begun: also
# where nothing is asked first, as in a terminal.
_BARE = (seekers, accounts, entrances, stash)
_ERASE_UNBEGUN = delete(seekers).where(
    seekers.c.began_at.is_(None),
    seekers.c.seen_at < bindparam("before"),
    *(~exists().where(t.c.seeker_id == seekers.c.id) for t in ABOUT_PEOPLE if t not in _BARE),
)
_ERASE_STATES = delete(slack_oauth_states).where(slack_oauth_states.c.expire_at < bindparam("now"))


class Workspaces:
    """The part of `ports.Unit` about where the bot is installed."""

    def __init__(self, connection: Connection, images: Images) -> None:
        self._connection, self._images = connection, images

    def depart(self, platform: str, workspace: str, user: str, now: datetime, why: str) -> None:
        if user:
            take_turn(self._connection)
        row = {"platform": platform, "workspace": workspace, "user": user}
        insert = renewing(departures, self._connection.dialect.name, "left_at")
        # The words it was first noted with: two events tell of one removal.
        noted = insert.returning(departures.c.why)
        because = self._connection.execute(noted, row | {"left_at": now, "why": why}).scalar_one()
        close = _CLOSE_ONE if user else _CLOSE_ALL
        self._connection.execute(close, _of(platform, workspace, user) | {"because": because})
        if user:
            forget(self._connection, platform, workspace, user)

    def arrive(self, platform: str, workspace: str, user: str = "") -> None:
        at = _of(platform, workspace, user)
        self._connection.execute(_TAKE_BACK, at)
        self._connection.execute(_OPEN_ONE if user else _OPEN_ALL, at)

    def prune(self, now: datetime) -> None:
        """Erase who departed before the grace, whoever never began, and unfinished installs."""
        overdue = {"before": now - GRACE}
        departed = self._connection.execute(HOLD_OVERDUE, overdue).scalar_one()
        if departed:
            # Every other table follows by ON DELETE CASCADE.
            for erase in (_ERASE_SEEKERS, _ERASE_ACCOUNTS, _ERASE_DEPARTURES):
                self._connection.execute(erase, overdue)
        unbegun = self._connection.execute(_ERASE_UNBEGUN, {"before": now - UNBEGUN}).rowcount
        if departed or unbegun:
            self._images.forget()
        self._connection.execute(_ERASE_STATES, {"now": now.astimezone(UTC).replace(tzinfo=None)})


def still_departed(connection: Connection, who: Who, now: datetime) -> str | None:
    """What the workspace of somebody who uses the bot was closed with; None: it is there for them.

    Takes back the departures that their using it disproves.
    """
    rows = connection.execute(_DEPARTED, _of(who.platform, who.workspace, who.user)).all()
    departed = None
    for row in rows:
        if now - row.left_at < (ON_ITS_WAY if row.user == "" else NO_TIME):
            departed = row.why
        else:
            at = _of(row.platform, row.workspace, row.user)
            if connection.execute(_TAKE_BACK, at).rowcount:
                connection.execute(_OPEN_ONE if row.user else _OPEN_ALL, at)
    return departed


def _of(platform: str, workspace: str, user: str) -> dict[str, Any]:
    return {"of_platform": platform, "of_workspace": workspace, "of_user": user}
