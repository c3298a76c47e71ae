"""That somebody was taken out of a club, told to them alone. Knows no platform."""

from datetime import datetime

from bot.cards.club_nudges import removed_part
from bot.cards.nudges import Part
from bot.clubs.policy import club_of
from bot.clubs.records import Club, Member
from bot.gathering import platform_of
from bot.hours import allowed
from bot.model import Nudge, NudgeKind, Seeker
from bot.plan import write
from bot.policy import Wanted, changes
from bot.ports import Unit


def tell_removed(unit: Unit, club: Club, member: Member, now: datetime) -> None:
    """Plan that somebody hears that they were taken out of a club."""
    seeker = unit.seekers([member.seeker_id]).get(member.seeker_id)
    if seeker is None:
        return
    platform = platform_of(club, member, unit.accounts([seeker.id]).get(seeker.id, ()))
    name = f"club:{NudgeKind.REMOVED.value}:{club.seeker_id}.{int(now.timestamp()) // 60}"
    wanted = [Wanted(name, NudgeKind.REMOVED, allowed(now, seeker))]
    write(unit, changes(wanted, [], seeker, platform, ""))


def removed(unit: Unit, seeker: Seeker, nudge: Nudge, now: datetime) -> Part | str:
    """That they are not in a club any more, unless they are again."""
    club = unit.clubs.get(club_of(nudge))
    if club is None:
        return "the club was ended"
    own = unit.clubs.of(seeker.id)
    again = any(one.seeker_id == club.seeker_id for one, _ in own)
    return "they are in it again" if again else removed_part(club)
