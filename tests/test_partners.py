"""Partners of a week: who takes part, what they see, whom they never meet, and fair for a year."""

from dataclasses import replace
from itertools import combinations

import pytest

from bot.model import NudgeKind, Who
from bot.occasions.partners import NOBODY, pair, partners
from bot.ports import Unit
from storage.store import Store
from tests.club_room import DANA, KIM, LEE, Room

ASH = replace(LEE, user="U4", name="Ash")


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


async def taking_part(room: Room, *who: Who) -> None:
    await room.gather(*(one for one in who if one != DANA))
    for one in who:
        await room.say(one, "club partner", goal=f"{one.name} writes", sure="yes")


async def heard(room: Room, who: Who) -> str:
    """What somebody is told of their partner."""
    (nudge,) = await room.planned(who, NudgeKind.PARTNERS)
    return await room.told(partners, who, nudge)


async def test_a_goal_is_seen_before_it_is_shown_and_only_then_kept(room: Room) -> None:
    await room.gather(LEE)
    seen = await room.say(LEE, "club partner", goal="two letters")
    assert "Your name: Lee\nYour goal: two letters" in seen
    assert "Partners: no." in await room.say(LEE, "club me")
    await room.say(LEE, "club partner", goal="two letters")
    assert "You take part" in await room.press(LEE, "Take part")
    assert "Your goal: two letters" in await room.say(LEE, "club me")
    assert "sees exactly this" in await room.say(LEE, "club partner")


async def test_partners_hear_of_each_other_when_the_meeting_is_over(room: Room) -> None:
    await taking_part(room, DANA, LEE)
    await room.meet()
    (nudge,) = await room.planned(DANA, NudgeKind.PARTNERS)
    club = await room.club()
    assert (nudge.due_at - room.now).total_seconds() == 3600
    assert nudge.key.endswith(f"/club:partners:{club.seeker_id}.{room.now.date().toordinal() - 1}")
    said = await heard(room, DANA)
    assert "Your partner this week: Lee\n" in said
    assert "Lee’s goal: Lee writes" in said
    assert "Dana writes" not in said


async def test_in_quiet_hours_it_waits_for_each_ones_morning(room: Room) -> None:
    await room.gather(LEE, hour="20:30")
    await room.say(LEE, "club partner", sure="yes")
    await room.meet()
    (nudge,) = await room.planned(LEE, NudgeKind.PARTNERS)
    assert f"{nudge.due_at:%a %H:%M}" == "Wed 12:00"


async def test_of_three_nobody_is_left_out(room: Room) -> None:
    await taking_part(room, DANA, LEE, KIM)
    await room.meet()
    said = await heard(room, KIM)
    assert "Your partners this week, as you are three: Dana and Lee\n" in said
    assert "Lee’s goal: Lee writes" in said


async def test_who_takes_no_part_is_nobodys_partner(room: Room) -> None:
    await taking_part(room, DANA, LEE)
    await room.say(KIM, "club join")
    await room.meet()
    assert await room.planned(KIM, NudgeKind.PARTNERS) == []
    assert "Kim" not in await heard(room, DANA)


async def test_planning_anew_keeps_what_partners_will_hear(room: Room) -> None:
    await taking_part(room, DANA, LEE)
    await room.meet()
    await room.say(KIM, "club join")
    await room.say(LEE, "club report", moved="two talks", sure="yes")
    assert len(await room.planned(LEE, NudgeKind.PARTNERS)) == 1


async def test_a_week_has_its_partners_once(room: Room) -> None:
    await taking_part(room, DANA, LEE)
    await room.meet()
    await room.say(KIM, "club join")
    await room.say(KIM, "club partner", sure="yes")
    club = await room.club()
    meetings = await room.do(lambda unit: unit.clubs.meetings(club.seeker_id))
    met = next(one for one in meetings if one.posted_at)
    first, again = [await room.do(lambda unit: pair(unit, club, met, room.now)) for _ in range(2)]
    assert first == again
    assert {one.seeker_id for one in first} == {await room.id(DANA), await room.id(LEE)}


async def test_who_stops_hears_nothing_and_is_not_spoken_of(room: Room) -> None:
    await taking_part(room, DANA, LEE)
    await room.meet()
    await room.say(LEE, "club partner", off="yes")
    assert await room.planned(LEE, NudgeKind.PARTNERS) == []
    said = await heard(room, DANA)
    assert NOBODY in said
    assert "Lee" not in said
    assert "Your goal: none" in await room.say(LEE, "club partner")


async def test_who_leaves_is_spoken_of_no_more_and_their_goal_is_gone(room: Room) -> None:
    await taking_part(room, DANA, LEE)
    await room.meet()
    await room.say(LEE, "club leave", sure="yes")
    assert "Lee" not in await heard(room, DANA)


async def test_somebody_excluded_is_never_met_and_nobody_can_tell(room: Room) -> None:
    await taking_part(room, DANA, LEE, KIM, ASH)
    assert "Nobody learns of this" in await room.say(LEE, "club exclude", who="kim")
    for _ in range(6):
        await room.meet()
        assert "Kim" not in await heard(room, LEE)
        said = await heard(room, KIM)
        assert "Lee" not in said
        assert NOBODY not in said
    for who in (KIM, DANA):
        assert "Not your partners" not in await room.say(who, "club exclude")


async def test_being_excluded_looks_like_being_the_only_one_who_takes_part(room: Room) -> None:
    await taking_part(room, DANA, LEE)
    await room.say(KIM, "club join")
    await room.say(LEE, "club partner", off="yes")
    await room.meet()
    alone = await heard(room, DANA)
    await room.say(LEE, "club partner", sure="yes")
    await room.say(LEE, "club exclude", who="Dana")
    await room.meet()
    assert await heard(room, DANA) == alone
    assert NOBODY in alone


async def test_an_exclusion_is_taken_back_by_a_tap_or_all_at_once(room: Room) -> None:
    await room.gather(LEE, KIM)
    await room.say(DANA, "club exclude", who="Lee")
    await room.press(DANA, "Take it back")
    assert "Whom do you not want" in await room.say(DANA, "club exclude")
    await room.say(DANA, "club exclude", who="Lee")
    await room.say(DANA, "club exclude", who="Kim")
    assert "- Lee\n- Kim" in await room.say(DANA, "club exclude")
    await room.say(DANA, "club exclude", who="off")
    assert "Whom do you not want" in await room.say(DANA, "club exclude")


async def test_of_two_with_one_name_the_second_is_told_apart(room: Room) -> None:
    await room.gather(LEE, KIM)

    def alike(unit: Unit) -> None:
        for one in unit.clubs.members([2])[2]:
            if one.name == "Kim":
                unit.clubs.put_member(replace(one, name="Lee"))

    await room.do(alike)
    offered = await room.desk.complete("club exclude", "who", "le", DANA, room.now)
    assert [raw for _, raw in offered] == ["Lee", "Lee (2)"]
    assert "Whom do you mean?" in await room.say(DANA, "club exclude", who="Le")
    await room.press(DANA, "Lee (2)")
    ids = await room.id(DANA), await room.id(KIM)
    assert await room.do(lambda unit: unit.clubs.excluded([ids[0]])) == {ids}


async def test_outsiders_cannot_be_excluded_or_found(room: Room) -> None:
    await room.gather(LEE)
    elsewhere = replace(KIM, channel="C2", organizes=True)
    await room.say(elsewhere, "club start", day="friday", hour="9:00")
    assert "Whom do you mean?" in await room.say(DANA, "club exclude", who="Kim")
    assert await room.desk.complete("club exclude", "who", "ki", DANA, room.now) == []


async def test_over_a_year_everybody_meets_everybody_and_nobody_sooner_again(room: Room) -> None:
    people = [replace(LEE, user=f"U{n}", name=f"Member {n}") for n in range(10, 15)]
    everybody = [DANA, *people]
    await taking_part(room, *everybody)
    await room.say(DANA, "club settings", holidays="no")
    club = await room.club()
    ids = [await room.id(who) for who in everybody]
    weeks: list[set[frozenset[int]]] = []
    for _ in range(52):
        await room.meet()
        monday = room.now.date()
        found = await room.do(
            lambda unit, day=monday: unit.clubs.partnerings(  # type: ignore[misc]  # the day of this week
                club.seeker_id, day.fromordinal(day.toordinal() - day.weekday())
            )
        )
        assert {one.seeker_id for one in found} == set(ids)
        assert all(len(one.partners) == 1 for one in found)
        weeks.append({frozenset((one.seeker_id, *one.partners)) for one in found})
    whole = {frozenset(two) for two in combinations(ids, 2)}
    for start in range(0, 50, 5):
        turn = weeks[start : start + 5]
        assert set().union(*turn) == whole
        assert sum(map(len, turn)) == len(whole), "nobody met twice in a round"


async def test_no_more_is_promised_than_two_or_three_can_have(room: Room) -> None:
    await room.gather(LEE)
    said = await room.say(LEE, "club partner", goal="Two letters")
    said += await room.press(LEE, "Take part")
    assert "as long as there is somebody else" in said
    for promise in ("never", "each week it is somebody else"):
        assert promise not in said
