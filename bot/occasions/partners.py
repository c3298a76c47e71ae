"""Who is whose partner this week, and what each hears of the other. Knows no platform.

Nobody hears more of a partner than the goal that the partner chose to show, and nothing tells an
exclusion from a week in which too few took part.
"""

from datetime import date, datetime, timedelta

from bot.cards.meetings import SHOWN
from bot.cards.nudges import Part
from bot.clubs.pairing import pairs
from bot.clubs.policy import club_of, number_of, week_of
from bot.clubs.records import Club, Meeting, Member, Partnering
from bot.message import Block, Bold, Button, Buttons, Call, Text, shorten, text
from bot.model import Nudge, Seeker
from bot.ports import Unit

# Longer ago than this, having met counts for nothing: with 40 members it is a whole round.
LOOKS_BACK = timedelta(weeks=58)
NOBODY = "There is no partner for you this week. Next week has a new round."


def pair(unit: Unit, club: Club, meeting: Meeting, now: datetime) -> list[Partnering]:
    """Store who is whose partner in the week of a meeting; returns what is stored for it.

    Whoever calls holds the club and plans it anew afterwards, which plans telling them. A week
    that has its partners keeps them.
    """
    week = week_of(meeting)
    history = unit.clubs.partnerings(club.seeker_id, week - LOOKS_BACK)
    known = [one for one in history if one.week == week]
    if known:
        return known
    members = unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    those = [member.seeker_id for member in members if member.partners]
    met: dict[frozenset[int], set[int]] = {}
    for one in history:
        for other in one.partners:
            met.setdefault(frozenset((one.seeker_id, other)), set()).add(_count(one.week))
    excluded = {frozenset(pair) for pair in unit.clubs.excluded(those)}
    groups = pairs(those, met, excluded, _count(week))
    with_whom = {one: tuple(o for o in group if o != one) for group in groups for one in group}
    made = [Partnering(one, club.seeker_id, week, with_whom.get(one, ())) for one in those]
    for partnering in made:
        unit.clubs.put_partnering(partnering)
    return made


def partners(unit: Unit, seeker: Seeker, nudge: Nudge, now: datetime) -> Part | str:
    """Who somebody's partner is this week, with the goal that they chose to show."""
    places = [one for one in unit.clubs.of(seeker.id) if one[0].seeker_id == club_of(nudge)]
    if not places:
        return "they have left the club"
    club, mine = places[0]
    week = date.fromordinal(number_of(nudge))
    found = unit.clubs.partnerings(club.seeker_id, week)
    own = next((one for one in found if (one.seeker_id, one.week) == (seeker.id, week)), None)
    if own is None or not mine.partners:
        return "they take no part in partners any more"
    members = unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    theirs = [m for m in members if m.seeker_id in own.partners and m.partners]
    blocks: list[Block] = [_said(theirs), *(_goal(member) for member in theirs if member.goal)]
    if theirs:
        blocks.append(text("Write to each other when it suits you both; ask how it goes."))
    call = Call("club partner", {"club": str(club.seeker_id)})
    row = (
        Button("Set your goal", call.plus(change="yes")),
        Button("Stop partners", call.plus(off="yes")),
    )
    return f"Partners in {club.name}", [*blocks, Buttons(row)]


def goal_words(member: Member) -> str:
    """What a partner sees of somebody's goal."""
    return shorten(member.goal, SHOWN)


def _said(theirs: list[Member]) -> Text:
    names = [Bold(member.name) for member in theirs]
    if not names:
        return text(NOBODY)
    if len(names) == 1:
        return text("Your partner this week: ", names[0])
    return text("Your partners this week, as you are three: ", names[0], " and ", names[1])


def _goal(member: Member) -> Text:
    return text(f"{member.name}’s goal: {goal_words(member)}")


def _count(week: date) -> int:
    """The number of a week, by its Monday."""
    return week.toordinal() // 7
