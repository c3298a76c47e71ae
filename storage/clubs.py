"""Clubs, who is in them and when they meet. Knows no rule of a club and no platform.

A club is locked by its own row here, which nothing links to: the links of what is stored meanwhile
go to its row among the seekers, and would else wait for the lock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Integer,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    type_coerce,
    update,
)

from bot.clubs.records import Club, Meeting, Member
from bot.model import Account, NudgeState, Seeker
from storage.images import Images
from storage.leads import Leads
from storage.models import accounts, actions, clubs, meetings, members, nudges, reports, seekers
from storage.numbered import next_number
from storage.rows import Rows
from storage.shapes import ACCOUNTS, CLUBS, MEETINGS, MEMBERS, SEEKERS
from storage.shared import Shared
from storage.upserts import putting
from storage.workspaces import HOLD_OVERDUE, OVERDUE_ACCOUNTS

# Meetings of a club that are kept: more than a year of them, as many as are ever looked at.
KEPT_MEETINGS = 60

_GET = select(clubs).where(clubs.c.seeker_id == bindparam("of_club"))
_LOCK = _GET.with_for_update()
_IN_PLACE = (
    select(clubs)
    .where(clubs.c.platform == bindparam("platform"), clubs.c.workspace == bindparam("workspace"))
    .order_by(clubs.c.seeker_id)
)
_HERE = _IN_PLACE.where(clubs.c.channel == bindparam("channel"))
_OF = (
    select(clubs, members)
    .join(members, members.c.club == clubs.c.seeker_id)
    .where(members.c.seeker_id == bindparam("whose"))
    .order_by(clubs.c.seeker_id)
)
_IN_CLUBS = (
    select(members.c.seeker_id)
    .where(members.c.seeker_id.in_(bindparam("ids", expanding=True)))
    .distinct()
)
_NEW_SEEKER = SEEKERS.insert.returning(seekers.c.id)
_TAKEN = select(accounts.c.seeker_id).where(
    accounts.c.platform == bindparam("platform"),
    accounts.c.workspace == bindparam("workspace"),
    accounts.c.user == bindparam("user"),
)
# A channel that was lost may be reached again once the club has moved, or somebody woke it there.
_MOVE = (
    update(accounts)
    .where(
        accounts.c.seeker_id == bindparam("of_club"),
        or_(
            accounts.c.user != bindparam("channel"),
            and_(not_(accounts.c.on), bindparam("awake", type_=Boolean)),
        ),
    )
    .values(user=bindparam("channel"), place=bindparam("channel"), on=True, why="")
)
_REMOVE = delete(seekers).where(
    seekers.c.id == bindparam("of_club"), exists().where(clubs.c.seeker_id == seekers.c.id)
)
_MEMBERS = (
    select(members)
    .where(members.c.club.in_(bindparam("clubs", expanding=True)))
    .order_by(members.c.club, members.c.joined_at, members.c.seeker_id)
)
_UNSIGN = (
    update(clubs)
    .where(
        clubs.c.seeker_id == bindparam("of_club"),
        clubs.c.founder == bindparam("whose"),
    )
    .values(posted_by="", founder=0)
)
_OF_CLUB = meetings.c.seeker_id == bindparam("of_club")
_NEWEST = (
    select(meetings)
    .where(_OF_CLUB)
    .order_by(meetings.c.starts_at.desc(), meetings.c.number.desc())
    .limit(bindparam("most", type_=Integer))
)
_NAMING = select(meetings).where(
    _OF_CLUB,
    or_(
        meetings.c.timekeeper == bindparam("whose"),
        type_coerce(meetings.c.order, Text).like(bindparam("like")),
    ),
)
_UNPOSTED = delete(meetings).where(
    _OF_CLUB, meetings.c.starts_at > bindparam("after"), meetings.c.posted_at.is_(None)
)
# The words and the limit as they stand, for the partial index; see `storage.nudges`.
_DEPARTING = (
    select(members)
    .where(members.c.account_id.in_(OVERDUE_ACCOUNTS))
    .order_by(members.c.club, members.c.seeker_id)
)
# Locked, so that nobody joins one while it goes; who just joins one keeps it.
_HOLD_EMPTY = (
    select(clubs.c.seeker_id)
    .where(~exists().where(members.c.club == clubs.c.seeker_id))
    .with_for_update(skip_locked=True)
)
# Who was ever seen is somebody, and never goes like this. What it has posted is mended first.
_REMOVE_EMPTY = _REMOVE.where(
    ~exists().where(members.c.club == seekers.c.id),
    ~exists().where(nudges.c.seeker_id == seekers.c.id, nudges.c.state == NudgeState.PLANNED),
    seekers.c.seen_at.is_(None),
)
_LONG = (
    select(meetings.c.seeker_id)
    .group_by(meetings.c.seeker_id)
    .having(func.count() > KEPT_MEETINGS)
)  # fmt: skip
_OLD = (
    select(meetings.c.number)
    .where(_OF_CLUB)
    .order_by(meetings.c.number.desc())
    .offset(KEPT_MEETINGS)
    .limit(1)
)
_BEYOND = [
    delete(meetings).where(_OF_CLUB, meetings.c.number <= bindparam("beyond")),
    *(
        delete(table).where(
            table.c.club == bindparam("of_club"), table.c.meeting.between(1, bindparam("beyond"))
        )
        for table in (reports, actions)
    ),
]


class Taken(LookupError):
    """The channel has a club already: one channel, one club."""


class Clubs(Shared, Leads):
    """Clubs in one transaction; fulfils `bot.clubs.keeping.Clubs`."""

    def __init__(self, connection: Connection, images: Images) -> None:
        Shared.__init__(self, connection, images)
        Leads.__init__(self, connection, images)
        self._seekers = Rows(SEEKERS, connection, images)

    def get(self, club: int) -> Club | None:
        return self._club(_GET, club)

    def lock(self, club: int) -> Club | None:
        return self._club(_LOCK, club)

    def _club(self, statement: Any, club: int) -> Club | None:
        row = self._connection.execute(statement, {"of_club": club}).one_or_none()
        return None if row is None else CLUBS.record(row)

    def here(self, platform: str, workspace: str, channel: str) -> list[Club]:
        at = {"platform": platform, "workspace": workspace}
        if channel:
            rows = self._connection.execute(_HERE, {**at, "channel": channel})
        else:
            rows = self._connection.execute(_IN_PLACE, at)
        return [CLUBS.record(row) for row in rows]

    def of(self, seeker_id: int) -> list[tuple[Club, Member]]:
        ours = len(clubs.c)
        rows = self._connection.execute(_OF, {"whose": seeker_id})
        return [(Club(*row[:ours]), Member(*row[ours:])) for row in rows]

    def in_clubs(self, seeker_ids: Collection[int]) -> set[int]:
        found = self._connection.execute(_IN_CLUBS, {"ids": list(seeker_ids)})
        return set(found.scalars())

    def add(self, club: Club, now: datetime) -> Club:
        """Raises ValueError when it has an id already, Taken when its channel has a club."""
        if club.seeker_id:
            raise ValueError(f"a new club gets its id here, not {club.seeker_id}")
        self._free(club, club.channel)
        # The quiet hours begin when they end: there are none. Nobody is ever seen as a club.
        own = Seeker(
            0,
            club.name,
            zone=club.zone,
            zone_confirmed=True,
            quiet_from=time(0),
            quiet_until=time(0),
            began_at=now,
        )
        number = self._connection.execute(_NEW_SEEKER, SEEKERS.row(own, "id")).scalar_one()
        added = replace(club, seeker_id=number)
        at = _at(added)
        account = Account(0, number, club.platform, club.workspace, at, place=at)
        self._connection.execute(ACCOUNTS.insert, ACCOUNTS.row(account, "id"))
        self._connection.execute(CLUBS.insert, CLUBS.row(added))
        return added

    def save(self, club: Club) -> None:
        """Raises LookupError when there is no such club, Taken when its channel has another."""
        if not self._connection.execute(CLUBS.update, CLUBS.changed_row(club)).rowcount:
            raise LookupError(f"no club {club.seeker_id}")
        own = self._seekers.find(club.seeker_id)
        if own is not None and (own.name, own.zone) != (club.name, club.zone):
            self._seekers.amend(replace(own, name=club.name, zone=club.zone))
        self._free(club, _at(club))
        where = {"of_club": club.seeker_id, "channel": _at(club), "awake": not club.resting}
        self._connection.execute(_MOVE, where)

    def _free(self, club: Club, user: str) -> None:
        at = {"platform": club.platform, "workspace": club.workspace, "user": user}
        holder = self._connection.execute(_TAKEN, at).scalar_one_or_none() if user else None
        if holder not in {None, club.seeker_id}:
            raise Taken(f"channel {user} has a club")

    def remove(self, club: int) -> None:
        if self._connection.execute(_REMOVE, {"of_club": club}).rowcount:
            self._images.forget()

    def members(self, clubs: Collection[int]) -> Mapping[int, Sequence[Member]]:
        found: dict[int, list[Member]] = {club: [] for club in clubs}
        for row in self._connection.execute(_MEMBERS, {"clubs": list(found)}):
            found[row.club].append(MEMBERS.record(row))
        return found

    def put_member(self, member: Member) -> None:
        put = putting(members, self._connection.dialect.name)
        self._connection.execute(put, MEMBERS.row(member))

    def drop_member(self, club: int, seeker_id: int) -> None:
        self._connection.execute(_UNSIGN, {"of_club": club, "whose": seeker_id})
        self._drop_shared(club, seeker_id)
        self._drop_questions(club, seeker_id)
        naming = {"of_club": club, "whose": seeker_id, "like": f"%{seeker_id}%"}
        for row in self._connection.execute(_NAMING, naming).all():
            met = MEETINGS.record(row)
            order = tuple(one for one in met.order if one != seeker_id)
            keeps = 0 if met.timekeeper == seeker_id else met.timekeeper
            self.put_meeting(replace(met, order=order, timekeeper=keeps))
        self._connection.execute(MEMBERS.delete, MEMBERS.at(seeker_id, club))
        self._images.forgot = True

    def leave_all(self, seeker_id: int) -> None:
        """As `drop_member`, of every club of this person's."""
        for club, _ in self.of(seeker_id):
            self.lock(club.seeker_id)
            self.drop_member(club.seeker_id, seeker_id)

    def meetings(self, club: int, most: int = 60) -> list[Meeting]:
        rows = self._connection.execute(_NEWEST, {"of_club": club, "most": most}).all()
        return [MEETINGS.record(row) for row in reversed(rows)]

    def put_meeting(self, meeting: Meeting) -> Meeting:
        if not meeting.number:
            number = next_number(self._connection, meeting.seeker_id, MEETINGS.name)
            meeting = replace(meeting, number=number)
        put = putting(meetings, self._connection.dialect.name)
        self._connection.execute(put, MEETINGS.row(meeting))
        return meeting

    def drop_meetings(self, club: int, after: datetime) -> None:
        self._connection.execute(_UNPOSTED, {"of_club": club, "after": after})

    def departing(self, before: datetime) -> list[Member]:
        if not self._connection.execute(HOLD_OVERDUE, {"before": before}).scalar_one():
            return []
        rows = self._connection.execute(_DEPARTING, {"before": before})
        return [MEMBERS.record(row) for row in rows]

    def prune(self, now: datetime) -> None:
        """Erase clubs without members, and what has had its use."""
        for club in self._connection.execute(_HOLD_EMPTY).scalars().all():
            if self._connection.execute(_REMOVE_EMPTY, {"of_club": club}).rowcount:
                self._images.forget()
        self._prune_shared(now)
        self._prune_questions(now)
        for club in self._connection.execute(_LONG).scalars().all():
            beyond = self._connection.execute(_OLD, {"of_club": club}).scalar_one()
            for statement in _BEYOND:
                self._connection.execute(statement, {"of_club": club, "beyond": beyond})


def _at(club: Club) -> str:
    """Where it is reached: its channel, or a place of its own where there are no channels."""
    return club.channel or f"club:{club.seeker_id}"
