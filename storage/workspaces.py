"""Workspaces and people that removed the bot: closed, kept for a grace, erased.

People who never began are forgotten here as well.

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
from storage.models import (
    ABOUT_PEOPLE,
    accounts,
    departures,
    seekers,
    slack_oauth_states,
    stash,
)
from storage.upserts import renewing

# What a workspace's people had sent when it removed the bot is answered within that time. Whoever
# uses the bot later than that has it again, whether or not the platform told us.
ON_ITS_WAY = timedelta(hours=1)
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
_OPEN = update(accounts).where(*_THERE, ~accounts.c.on, ~_STILL_DEPARTED).values(on=True, why="")
# Of people who are reached elsewhere too, only the account there goes.
_ERASE_SEEKERS = delete(seekers).where(
    seekers.c.id.in_(select(accounts.c.seeker_id).where(*_THERE)),
    ~exists().where(accounts.c.seeker_id == seekers.c.id, ~and_(*_THERE)),
)
_ERASE_ACCOUNTS = delete(accounts).where(*_THERE)
# What everybody has who was only asked something. Whoever has a row anywhere else has begun: also
# where nothing is asked first, as in a terminal.
_BARE = (seekers, accounts, stash)
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
        row = {"platform": platform, "workspace": workspace, "user": user}
        insert = renewing(departures, self._connection.dialect.name, "left_at")
        # The words it was first noted with: two events tell of one removal.
        noted = insert.returning(departures.c.why)
        because = self._connection.execute(noted, row | {"left_at": now, "why": why}).scalar_one()
        self._connection.execute(_CLOSE, _of(platform, workspace, user) | {"because": because})

    def arrive(self, platform: str, workspace: str, user: str = "") -> None:
        at = _of(platform, workspace, user)
        self._connection.execute(_TAKE_BACK, at)
        self._connection.execute(_OPEN, at)

    def prune(self, now: datetime) -> None:
        """Erase who departed before the grace, whoever never began, and unfinished installs."""
        overdue = self._connection.execute(_OVERDUE, {"before": now - GRACE}).all()
        for platform, workspace, user in overdue:
            at = _of(platform, workspace, user)
            # Every other table follows by ON DELETE CASCADE.
            self._connection.execute(_ERASE_SEEKERS, at)
            self._connection.execute(_ERASE_ACCOUNTS, at)
        unbegun = self._connection.execute(_ERASE_UNBEGUN, {"before": now - UNBEGUN}).rowcount
        if overdue or unbegun:
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
            at = _of(row.platform, row.workspace, row.user)
            if connection.execute(_TAKE_BACK, at).rowcount:
                connection.execute(_OPEN, at)
    return departed


def _of(platform: str, workspace: str, user: str) -> dict[str, Any]:
    return {"of_platform": platform, "of_workspace": workspace, "of_user": user}
