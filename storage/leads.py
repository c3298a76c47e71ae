"""Ties to employers, and the questions about them. Knows no rule of who may be asked what."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, or_, select

from bot.clubs.records import Asked, Asking, Member, Tie
from storage.images import Images
from storage.models import asked, askings, members, mutes, ties
from storage.numbered import Mine, Numbered
from storage.shapes import ASKED, ASKINGS, MEMBERS, TIES
from storage.upserts import adding

# Questions are kept so long after they ended; who never answered had as long.
KEPT_FOR = timedelta(days=365)

OF_TIES = Mine(TIES)
OF_ASKINGS = Mine(ASKINGS)
OF_ASKED = Mine(ASKED)

_HAVE_ONE = select(ties.c.seeker_id).where(
    ties.c.key == bindparam("about"),
    or_(ties.c.until.is_(None), ties.c.until >= bindparam("on")),
)
_HAS_MUTED = exists().where(
    mutes.c.seeker_id == members.c.seeker_id, mutes.c.key == bindparam("about")
)
_TIED = (
    select(members)
    .where(
        members.c.club.in_(bindparam("clubs", expanding=True)),
        members.c.helps,
        members.c.seeker_id.in_(_HAVE_ONE),
        ~_HAS_MUTED,
    )
    .order_by(members.c.club, members.c.joined_at, members.c.seeker_id)
)
_MUTED = select(mutes.c.key).where(mutes.c.seeker_id == bindparam("whose")).order_by(mutes.c.key)
_UNMUTE = delete(mutes).where(
    mutes.c.seeker_id == bindparam("whose"), mutes.c.key == bindparam("about")
)
_PUT_TO = (
    select(asked)
    .where(asked.c.by == bindparam("asker"), asked.c.asking == bindparam("question"))
    .order_by(asked.c.seeker_id, asked.c.number)
)
# What somebody was asked in a club, and what they asked there.
_IN_CLUB = (
    delete(asked)
    .where(
        asked.c.club == bindparam("in_club"),
        or_(asked.c.seeker_id == bindparam("whose"), asked.c.by == bindparam("whose")),
    )
    .returning(*asked.c)
)
# Whoever asked and never said that it is over for them has had as long.
_SETTLED = delete(askings).where(
    or_(
        askings.c.settled_at < bindparam("before"),
        askings.c.settled_at.is_(None) & (askings.c.asked_at < bindparam("before")),
    )
)
_ANSWERED = delete(asked).where(
    or_(
        asked.c.answered_at < bindparam("before"),
        (asked.c.asked_at < bindparam("before"))
        & ~exists().where(
            askings.c.seeker_id == asked.c.by, askings.c.number == asked.c.asking
        ),
    )
)  # fmt: skip


class Leads:
    """The part of `bot.clubs.keeping.Clubs` about warm leads."""

    def __init__(self, connection: Connection, images: Images) -> None:
        self._connection, self._images = connection, images
        self.ties: Numbered[Tie] = Numbered(OF_TIES, connection, images)
        self.askings: Numbered[Asking] = Numbered(OF_ASKINGS, connection, images)
        self.asked: Numbered[Asked] = Numbered(OF_ASKED, connection, images)

    def tied(self, key: str, clubs: Collection[int], on: date) -> list[tuple[int, Member]]:
        question: dict[str, Any] = {"about": key, "clubs": list(clubs), "on": on}
        found = [MEMBERS.record(row) for row in self._connection.execute(_TIED, question)]
        return [(member.club, member) for member in found]

    def muted(self, seeker_id: int) -> list[str]:
        return list(self._connection.execute(_MUTED, {"whose": seeker_id}).scalars())

    def mute(self, seeker_id: int, key: str, *, yes: bool) -> None:
        if yes:
            add = adding(mutes, self._connection.dialect.name, "seeker_id", "key")
            self._connection.execute(add, {"seeker_id": seeker_id, "key": key})
        else:
            self._connection.execute(_UNMUTE, {"whose": seeker_id, "about": key})

    def put_to(self, by: int, asking: int) -> list[Asked]:
        rows = self._connection.execute(_PUT_TO, {"asker": by, "question": asking})
        return [ASKED.record(row) for row in rows]

    def _drop_questions(self, club: int, seeker_id: int) -> None:
        """Erase what somebody was asked in a club, and what they asked there."""
        for row in self._connection.execute(_IN_CLUB, {"in_club": club, "whose": seeker_id}):
            self._images.wrote(ASKED, ASKED.record(row), None)

    def _prune_questions(self, now: datetime) -> None:
        for statement in (_SETTLED, _ANSWERED):
            self._connection.execute(statement, {"before": now - KEPT_FOR})
