"""Brings a club's nudges, and those of its members about it, in line with its records.

Decides nothing itself. Whoever calls holds the club (`Clubs.lock`), so that of two who change
something at once the second one plans by what the first has done.
"""

from datetime import datetime, timedelta

from bot.clubs.policy import club_of, coming, following, wanted_of_club, wanted_of_member
from bot.clubs.records import Club, Meeting, Member
from bot.model import Seeker
from bot.plan import write
from bot.policy import Wanted, changes
from bot.ports import Unit

# A meeting that could not be posted is not posted when it is long over.
TOO_LATE = timedelta(hours=12)


def replan_club(unit: Unit, club: Club, now: datetime) -> list[Meeting]:
    """Plan a club's week anew; returns the meetings ahead, of which there is always one.

    None is ahead of a club that rests.
    """
    known = unit.clubs.meetings(club.seeker_id)
    if not club.resting and coming(known, now) is None:
        known.append(unit.clubs.put_meeting(following(club, known, now)))
    ahead = [
        meeting
        for meeting in known
        if meeting.starts_at > now - TOO_LATE and not (meeting.cancelled or meeting.posted_at)
    ]
    members = unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    seekers = unit.seekers({club.seeker_id, *(member.seeker_id for member in members)})
    _plan(unit, club, seekers[club.seeker_id], club.platform, wanted_of_club(club, ahead))
    accounts = unit.accounts(set(seekers) - {club.seeker_id})
    for member in members:
        seeker = seekers[member.seeker_id]
        theirs = accounts.get(seeker.id, ())
        platform = next((a.platform for a in theirs if a.id == member.account_id), club.platform)
        wanted = wanted_of_member(
            seeker,
            member,
            club,
            ahead,
            unit.clubs.reports.all(seeker.id),
            unit.clubs.actions.all(seeker.id),
        )
        _plan(unit, club, seeker, platform, wanted)
    return [meeting for meeting in ahead if meeting.starts_at > now]


def forget_member(unit: Unit, member: Member, now: datetime) -> None:
    """Take somebody, and all that they shared, out of a club; without members it ends."""
    club = unit.clubs.get(member.club)
    seeker = unit.seekers([member.seeker_id]).get(member.seeker_id)
    if club is None:
        return
    if seeker is not None:
        _plan(unit, club, seeker, club.platform, [])
    unit.clubs.drop_member(club.seeker_id, member.seeker_id)
    if unit.clubs.members([club.seeker_id]).get(club.seeker_id):
        replan_club(unit, club, now)
    else:
        unit.clubs.remove(club.seeker_id)


def replan_clubs(unit: Unit, seeker_id: int, now: datetime) -> None:
    """Plan anew in each of a person's clubs, as when their zone or their quiet hours are others."""
    for club, _ in unit.clubs.of(seeker_id):
        held = unit.clubs.lock(club.seeker_id)
        if held is not None:
            replan_club(unit, held, now)


def leave_clubs(unit: Unit, seeker_id: int, now: datetime) -> None:
    """Take somebody out of all their clubs."""
    for club, member in unit.clubs.of(seeker_id):
        if unit.clubs.lock(club.seeker_id) is not None:
            forget_member(unit, member, now)


def _plan(unit: Unit, club: Club, seeker: Seeker, platform: str, wanted: list[Wanted]) -> None:
    stored = [n for n in unit.nudges.standing(seeker.id) if club_of(n) == club.seeker_id]
    write(unit, changes(wanted, stored, seeker, platform, "the club's plans have changed"))
