"""Workspaces and people that removed the bot: closed, kept for a grace, erased.

Knows no platform, but that Slack's installations may be begun and never finished.
Every statement here takes a departure's row before a person's, so that of a reinstallation and an
erasure at once one waits for the other.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, or_, select, update

from bot.model import Who
from bot.ports import GRACE
from storage.images import Images
from storage.models import accounts, departures, seekers, slack_oauth_states
from storage.upserts import renewing

# What a workspace's people had sent when it removed the bot is answered within that time. Whoever
# uses the bot later than that has it again, whether or not the platform told us.
ON_ITS_WAY = timedelta(hours=1)

# Whose departure's row it is: theirs, or their whole workspace's.
_THEIRS = (
    departures.c.platform == bindparam("of_platform"),
    departures.c.workspace == bindparam("of_workspace"),
)
_DEPARTED = select(departures).where(
    *_THEIRS, departures.c.user.in_(("", bindparam("of_user")))
)  # fmt: skip
_TAKE_BACK = (
    delete(departures)
    .where(*_THEIRS, departures.c.user == bindparam("of_user"))
    .returning(departures.c.why)
)
_OVERDUE = (
    delete(departures)
    .where(departures.c.left_at <= bindparam("before"))
    .returning(departures.c.platform, departures.c.workspace, departures.c.user)
)

_THERE = (
    accounts.c.platform == bindparam("of_platform"),
    accounts.c.workspace == bindparam("of_workspace"),
    or_(bindparam("of_user") == "", accounts.c.user == bindparam("of_user")),
)
_CLOSE = update(accounts).where(*_THERE, accounts.c.on).values(on=False, why=bindparam("because"))
_STILL_DEPARTED = exists().where(
    departures.c.platform == accounts.c.platform,
    departures.c.workspace == accounts.c.workspace,
    departures.c.user.in_(("", accounts.c.user)),
)
_OPEN = (
    update(accounts)
    .where(*_THERE, ~accounts.c.on, accounts.c.why == bindparam("because"), ~_STILL_DEPARTED)
    .values(on=True, why="")
)
# Of people who are reached elsewhere too, only the account there goes.
_ERASE_SEEKERS = delete(seekers).where(
    seekers.c.id.in_(select(accounts.c.seeker_id).where(*_THERE)),
    ~exists().where(accounts.c.seeker_id == seekers.c.id, ~and_(*_THERE)),
)
_ERASE_ACCOUNTS = delete(accounts).where(*_THERE)
_ERASE_STATES = delete(slack_oauth_states).where(slack_oauth_states.c.expire_at < bindparam("now"))


class Workspaces:
    """The part of `ports.Unit` about where the bot is installed."""

    def __init__(self, connection: Connection, images: Images) -> None:
        self._connection, self._images = connection, images

    def depart(self, platform: str, workspace: str, user: str, now: datetime, why: str) -> None:
        row = {"platform": platform, "workspace": workspace, "user": user}
        insert = renewing(departures, self._connection.dialect.name, "left_at")
        # The words it was first noted with: by them `arrive` knows what this departure closed.
        noted = insert.returning(departures.c.why)
        because = self._connection.execute(noted, row | {"left_at": now, "why": why}).scalar_one()
        self._connection.execute(_CLOSE, _of(platform, workspace, user) | {"because": because})

    def arrive(self, platform: str, workspace: str, user: str = "") -> None:
        _take_back(self._connection, platform, workspace, user)

    def prune(self, now: datetime) -> None:
        """Erase who departed longer ago than the grace, and installations never finished."""
        overdue = self._connection.execute(_OVERDUE, {"before": now - GRACE}).all()
        for platform, workspace, user in overdue:
            at = _of(platform, workspace, user)
            # Every other table follows by ON DELETE CASCADE.
            self._connection.execute(_ERASE_SEEKERS, at)
            self._connection.execute(_ERASE_ACCOUNTS, at)
        if overdue:
            self._images.forget()
        self._connection.execute(_ERASE_STATES, {"now": now.astimezone(UTC).replace(tzinfo=None)})


def still_departed(connection: Connection, who: Who, now: datetime) -> str | None:
    """What the workspace of somebody who uses the bot was closed with; None: it is there for them.

    Takes back the departures that their using it disproves.
    """
    rows = connection.execute(_DEPARTED, _of(who.platform, who.workspace, who.user)).all()
    departed = None
    for row in rows:
        if row.user == "" and now - row.left_at < ON_ITS_WAY:
            departed = row.why
        else:
            _take_back(connection, row.platform, row.workspace, row.user)
    return departed


def _take_back(connection: Connection, platform: str, workspace: str, user: str) -> None:
    at = _of(platform, workspace, user)
    why = connection.execute(_TAKE_BACK, at).scalar_one_or_none()
    if why is not None:
        connection.execute(_OPEN, at | {"because": why})


def _of(platform: str, workspace: str, user: str) -> dict[str, Any]:
    return {"of_platform": platform, "of_workspace": workspace, "of_user": user}
