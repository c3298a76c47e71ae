"""Posts that are changed in place, because what they were made of has changed or is gone."""

from dataclasses import replace
from datetime import datetime

from bot.cards.clubs import post_is_over, taken_back
from bot.cards.meetings import meeting_message
from bot.clubs.policy import club_of, number_of, retells
from bot.clubs.records import Club, Meeting
from bot.gathering import MOMENT, mend_posts
from bot.message import Message
from bot.model import Nudge, NudgeKind, NudgeState
from bot.occasions.landed import landed
from bot.occasions.meetings import ENDED, meeting_of, notice, opening
from bot.occasions.post import Post
from bot.ports import Unit

_AGAIN = {
    NudgeKind.OPENING: opening,
    NudgeKind.NOTICE: notice,
    NudgeKind.LANDED: landed,
}


def mending(unit: Unit, nudge: Nudge, now: datetime) -> Post | str | datetime:
    """A post as it is now, in place of what it was."""
    club = unit.clubs.lock(club_of(nudge))
    if club is None:
        return ENDED
    return _retold(unit, club, nudge, now) if retells(nudge) else _meeting(unit, club, nudge)


def mend_if_changed(unit: Unit, nudge: Nudge, posted: Message, now: datetime) -> None:
    """Plan that a post is changed which is no longer what it was when it was sent.

    Whoever changes something later plans that themselves (`bot.gathering.mend_posts`).
    """
    club = unit.clubs.lock(club_of(nudge))
    if club is None or nudge.kind is NudgeKind.MENDING:
        return
    about: Meeting | Nudge | None = nudge
    if nudge.kind is NudgeKind.MEETING:
        about, now_is = meeting_of(unit, club, nudge), _meeting(unit, club, nudge)
    else:
        now_is = _AGAIN[nudge.kind](unit, nudge, now)
    blocks = () if isinstance(now_is, str) else now_is.message.blocks
    # It may have begun with a word about its coming late, or perhaps a second time.
    if about and (not blocks or posted.blocks[-len(blocks) :] != blocks):
        mend_posts(unit, club, [about], now)


def _meeting(unit: Unit, club: Club, nudge: Nudge) -> Post | str:
    found = meeting_of(unit, club, nudge)
    if found is None or not found.post_ref:
        return "the meeting is no longer known"
    reports = unit.clubs.reported(club.seeker_id, found.number)
    there = {*found.order, *(report.seeker_id for report in reports)}
    members = unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    shown = [member for member in members if member.seeker_id in there]
    return Post(meeting_message(club, found, shown, reports), mends=found.post_ref)


def _retold(unit: Unit, club: Club, nudge: Nudge, now: datetime) -> Post | str | datetime:
    """What another nudge has posted, without whatever its owner has taken with them."""
    known = unit.nudges.of(club.seeker_id)
    told = next((one for one in known if one.id == number_of(nudge)), None)
    if told is not None and told.state is NudgeState.PLANNED:
        # The platform has answered, and the answer is just being kept.
        return now + MOMENT
    if told is None or not told.message_ref:
        return "the post is no longer known"
    found = _AGAIN[told.kind](unit, told, now)
    over = told.kind is NudgeKind.NOTICE
    gone = post_is_over(club) if over else taken_back(club)
    post = Post(gone) if isinstance(found, str) else found
    return replace(post, mends=told.message_ref)
