"""What a club's channel reads when a member found work. Knows no platform."""

from datetime import datetime

from bot.cards.clubs import landed_message
from bot.clubs.employers import key
from bot.clubs.policy import club_of, landing_of
from bot.clubs.records import Answered, Club, Landing, Member
from bot.message import Message
from bot.model import Nudge
from bot.occasions.post import Post
from bot.ports import Unit


def landed(unit: Unit, nudge: Nudge, now: datetime) -> Post | str:
    """The post about a landing, or why there is none."""
    club = unit.clubs.lock(club_of(nudge))
    if club is None:
        return "the club was ended"
    landing = unit.clubs.landings.get(*landing_of(nudge))
    if landing is None or landing.club != club.seeker_id:
        return "it was taken back, or they have left the club"
    members = unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    mine = next((member for member in members if member.seeker_id == landing.seeker_id), None)
    return Post(written(unit, club, mine, landing)) if mine else "they have left the club"


def written(unit: Unit, club: Club, member: Member, landing: Landing) -> Message:
    """The post as it is shown to its owner first, and later to the club.

    Whoever said yes to them about that employer is thanked, if they let themselves be named and
    have not left. Whoever said so since they saw it is not in it.
    """
    application = unit.applications.get(member.seeker_id, landing.application)
    employer = key(application.company) if application else ""
    said_yes = {
        asked.seeker_id
        for asking in unit.clubs.askings.all(member.seeker_id)
        if asking.application == landing.application or (employer and asking.key == employer)
        for asked in unit.clubs.put_to(member.seeker_id, asking.number)
        if asked.answer is Answered.YES
        and asked.answered_at is not None
        and asked.answered_at <= landing.landed_at
    }
    there = unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    thanked = [one.name for one in there if one.seeker_id in said_yes and one.named]
    return landed_message(club, member.name, landing, thanked)
