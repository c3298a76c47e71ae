"""Posts that are changed in place, because what they were made of has changed or is gone."""

from dataclasses import replace
from datetime import datetime

from bot.cards.clubs import post_is_over, taken_back
from bot.cards.meetings import meeting_message
from bot.clubs.policy import club_of, number_of, retells
from bot.clubs.records import Club
from bot.model import Nudge, NudgeKind
from bot.occasions.landed import landed
from bot.occasions.meetings import ENDED, meeting_of, notice, opening
from bot.occasions.post import Post
from bot.ports import Unit


def mending(unit: Unit, nudge: Nudge, now: datetime) -> Post | str:
    """A post as it is now, in place of what it was."""
    club = unit.clubs.lock(club_of(nudge))
    if club is None:
        return ENDED
    return _retold(unit, club, nudge, now) if retells(nudge) else _meeting(unit, club, nudge)


def _meeting(unit: Unit, club: Club, nudge: Nudge) -> Post | str:
    found = meeting_of(unit, club, nudge)
    if found is None or not found.post_ref:
        return "the meeting is no longer known"
    reports = unit.clubs.reported(club.seeker_id, found.number)
    there = {*found.order, *(report.seeker_id for report in reports)}
    members = unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    shown = [member for member in members if member.seeker_id in there]
    return Post(meeting_message(club, found, shown, reports), mends=found.post_ref)


def _retold(unit: Unit, club: Club, nudge: Nudge, now: datetime) -> Post | str:
    """What another nudge has posted, without whatever its owner has taken with them."""
    known = unit.nudges.of(club.seeker_id)
    told = next((one for one in known if one.id == number_of(nudge)), None)
    if told is None or not told.message_ref:
        return "the post is no longer known"
    again = {NudgeKind.OPENING: opening, NudgeKind.NOTICE: notice}.get(told.kind, landed)
    found = again(unit, told, now)
    over = told.kind is NudgeKind.NOTICE
    gone = post_is_over(club) if over else taken_back(club)
    post = Post(gone) if isinstance(found, str) else found
    return replace(post, mends=told.message_ref)
