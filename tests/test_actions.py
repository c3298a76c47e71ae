"""What a member said they would do: back with them, done, put off, let go; nobody else's."""

from functools import partial

import pytest

from bot.cards.clubs import action_part
from bot.cards.nudges import together
from bot.clubs.records import Action
from bot.message import Message, plain
from bot.model import NudgeKind
from bot.ports import Unit
from storage.store import Store
from tests.club_room import DANA, LEE, Room


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def acted(club: int, meeting: int, unit: Unit) -> list[Action]:
    """What a club may read of its members' action items for a meeting."""
    return unit.clubs.acted(club, meeting)


async def noted(room: Room, words: str = "Write to Ash") -> str:
    await room.gather(LEE)
    return await room.say(LEE, "club action", words=words)


async def test_what_is_noted_comes_back_once_in_three_days(room: Room) -> None:
    assert "For you alone" in await noted(room)
    (back,) = await room.planned(LEE, NudgeKind.ACTION)
    assert f"{back.due_at:%F %H:%M}" == "2026-06-04 13:30"
    assert "- Write to Ash (" in await room.say(LEE, "club actions")


async def test_it_comes_on_the_day_that_was_named_and_on_none_that_is_over(room: Room) -> None:
    await room.gather(LEE)
    await room.say(LEE, "club action", words="Call", on="2026-06-09")
    (back,) = await room.planned(LEE, NudgeKind.ACTION)
    assert f"{back.due_at:%F}" == "2026-06-09"
    assert "That day is over" in await room.say(LEE, "club action", words="x", on="2026-05-01")


async def test_what_is_noted_in_private_is_of_no_meeting_that_others_read(room: Room) -> None:
    await noted(room)
    club = await room.club()
    meetings = await room.do(lambda unit: unit.clubs.meetings(club.seeker_id))
    for meeting in meetings:
        read = partial(acted, club.seeker_id, meeting.number)
        assert await room.do(read) == []
    assert "Nothing is open" in await room.say(DANA, "club actions")


async def test_what_is_done_comes_no_more_and_undoing_brings_it_back(room: Room) -> None:
    await noted(room)
    await room.say(LEE, "club actions")
    assert "Well done" in await room.press(LEE, "Done")
    assert await room.planned(LEE, NudgeKind.ACTION) == []
    assert "Nothing is open" in await room.say(LEE, "club actions")
    await room.say(LEE, "club done", number="1")
    await room.say(LEE, "job undo")
    assert len(await room.planned(LEE, NudgeKind.ACTION)) == 1
    assert "Write to Ash" in await room.say(LEE, "club actions")


async def test_what_is_put_off_comes_back_in_a_week_also_after_it_came(room: Room) -> None:
    await noted(room)
    (first,) = await room.planned(LEE, NudgeKind.ACTION)
    await room.pass_days(3)
    await room.say(LEE, "club later", number="1")
    (again,) = await room.planned(LEE, NudgeKind.ACTION)
    assert (again.due_at - first.due_at).days >= 7
    assert again.key != first.key


async def test_what_is_let_go_is_gone_and_can_be_taken_back(room: Room) -> None:
    await noted(room)
    assert "Let go" in await room.say(LEE, "club done", number="1", gone="yes")
    assert await room.planned(LEE, NudgeKind.ACTION) == []
    await room.press(LEE, "Undo")
    assert len(await room.planned(LEE, NudgeKind.ACTION)) == 1


async def test_a_number_of_somebody_elses_is_nobodys(room: Room) -> None:
    await noted(room)
    for word in ("done", "later"):
        assert "That is settled" in await room.say(DANA, f"club {word}", number="1")
    assert len(await room.planned(LEE, NudgeKind.ACTION)) == 1


async def test_what_was_said_at_a_meeting_stays_noted_as_done(room: Room) -> None:
    await room.gather(LEE)
    club, mine = await room.club(), await room.id(LEE)
    said = Action(mine, 0, club.seeker_id, 1, "Write to Ash", room.now.date())
    await room.do(lambda unit: unit.clubs.actions.add(said))
    await room.say(LEE, "club done", number="1")
    (kept,) = await room.do(lambda unit: unit.clubs.acted(club.seeker_id, 1))
    assert kept.done_at == room.now
    assert "That is settled" in await room.say(LEE, "club later", number="1")


async def test_the_buttons_of_the_card_settle_it(room: Room) -> None:
    await noted(room, "x" * 180)
    mine = await room.id(LEE)
    (action,) = await room.do(lambda unit: unit.clubs.actions.all(mine))
    for label in ("In a week", "Done", "Let it go"):
        room.last = together([action_part(action, await room.club())])
        assert isinstance(room.last, Message)
        assert "x" * 180 in plain(room.last)
        await room.press(LEE, label)
    assert await room.do(lambda unit: unit.clubs.actions.all(mine)) == []


async def test_leaving_takes_away_nothing_that_was_for_oneself_alone(room: Room) -> None:
    await noted(room)
    await room.say(LEE, "club leave", sure="yes")
    assert len(await room.planned(LEE, NudgeKind.ACTION)) == 1
    assert "Write to Ash" in await room.say(LEE, "club actions")


async def test_leaving_takes_along_what_was_said_in_the_club(room: Room) -> None:
    await room.gather(LEE)
    club, mine = await room.club(), await room.id(LEE)
    said = Action(mine, 0, club.seeker_id, 1, "Write to Ash", room.now.date())
    await room.do(lambda unit: unit.clubs.actions.add(said))
    await room.say(LEE, "club leave", sure="yes")
    assert "Nothing is open" in await room.say(LEE, "club actions")


async def test_nothing_is_brought_up_in_the_second_in_which_it_was_noted(room: Room) -> None:
    await room.gather(LEE)
    said = await room.say(LEE, "club action", words="Call", on="today")
    assert "A later day, please" in said
    room.now = room.now.replace(hour=12)
    assert "Noted" in await room.say(LEE, "club action", words="Call", on="today")
