"""What a club reads and its members hear when something is said again, taken back or moved."""

from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery import Later
from bot.message import Call, Message, plain
from bot.ports import Unit
from storage.store import Store
from tests.test_occasions import DANA, LEE, MEETS, MO, NOW, WEEK, Town


@pytest.fixture
async def town(store: Store) -> Town:
    """Dana's club of three on Tuesdays at six."""
    made = Town(store)
    await made.say(DANA, "club start", day="tuesday", hour="18:00", name="The Six")
    for who in (LEE, MO):
        await made.say(who, "club join")
    return made


async def test_another_name_reaches_what_stands_in_the_channel(town: Town) -> None:
    await town.share(LEE, moved="one interview")
    await town.until(MEETS)
    await town.say(LEE, "club me", called="L.")
    await town.say(DANA, "club me", called="D.")
    await town.until(MEETS + timedelta(minutes=1))
    (post,) = town.channel()
    assert "L.: one interview" in post
    assert "Set up by D." in post
    assert not [name for name in ("Lee", "Dana") if name in post]


async def test_who_is_named_no_more_is_thanked_by_name_no_more(town: Town) -> None:
    await town.until(MEETS)
    await town.say(LEE, "club me", named="yes")
    assert not await town.nudges("mending"), "being named shows nothing that was not agreed to"
    await town.say(DANA, "club announce")
    await town.until(MEETS + timedelta(minutes=1))
    await town.say(LEE, "club me", named="no")
    assert await town.nudges("mending")


async def test_a_report_goes_to_the_meeting_that_its_preview_named(town: Town) -> None:
    shown = await town.desk.handle(Call("club report", {"moved": "for tuesday"}), LEE, NOW)
    assert isinstance(shown, Message)
    await town.until(MEETS + timedelta(hours=2))
    share = next(b.call for b in shown.buttons if b.label == "Share it")
    again = await town.desk.handle(share, LEE, town.now)
    assert isinstance(again, Message)
    assert "the next one" in plain(again)
    assert "June 9" in plain(again)
    await town.until(MEETS + WEEK)
    assert not [post for post in town.channel() if "for tuesday" in post]


async def test_a_report_while_the_post_is_late_is_for_the_meeting_that_has_begun(
    town: Town,
) -> None:
    await town.until(MEETS - timedelta(minutes=1))
    town.post.orders = deque([Later(MEETS + timedelta(hours=2), "busy")])
    await town.dispatcher.tick(MEETS)
    town.now = MEETS + timedelta(minutes=5)
    assert "as soon as I can post" in await town.share(LEE, moved="late but there")
    await town.until(MEETS + timedelta(hours=3))
    (post,) = town.channel()
    assert "late but there" in post


async def test_one_notice_of_a_meeting_stands_and_says_what_is_so(town: Town) -> None:
    for minute, to in enumerate(("thu 7pm", "fri 7pm", "thu 7pm"), 1):
        await town.press(DANA, "club move", "Tell the club", to=to)
        await town.until(NOW + timedelta(minutes=minute))
        (post,) = town.channel()
        assert ("June 4" if to.startswith("thu") else "June 5") in post


async def test_that_it_takes_place_after_all_is_told_where_it_was_called_off(town: Town) -> None:
    await town.press(DANA, "club cancel", "Tell the club")
    await town.until(NOW + timedelta(minutes=1))
    assert "There is none" in town.channel()[0]
    await town.press(DANA, "club cancel", "Tell the club", back="1")
    await town.until(NOW + timedelta(minutes=2))
    (post,) = town.channel()
    assert "takes place" in post
    assert "There is none" not in post


async def test_what_was_told_too_early_can_be_told_again(town: Town) -> None:
    await town.press(DANA, "club move", "Tell the club", to="thu 7pm")
    await town.say(DANA, "club move", to="fri 7pm")
    await town.until(NOW + timedelta(minutes=2))
    assert not town.channel()
    await town.press(DANA, "club move", "Tell the club", to="thu 7pm")
    await town.until(NOW + timedelta(minutes=3))
    assert "June 4" in town.channel()[0]


async def test_what_comes_next_is_forgotten_with_the_report_that_said_it(town: Town) -> None:
    await town.share(LEE, moved="a", next="call the bank")
    await town.until(MEETS)
    await town.say(LEE, "job undo")
    await town.until(MEETS + timedelta(days=4))
    assert not [note for note in town.inbox(LEE) if "You said" in note]


async def test_what_comes_next_is_forgotten_once_the_report_says_nothing_of_it(
    town: Town,
) -> None:
    await town.share(LEE, moved="a", next="call the bank")
    await town.share(MO, moved="b", next="rest")
    await town.until(MEETS)
    town.now = MEETS + timedelta(minutes=5)
    await town.share(LEE, moved="a", next="")
    await town.until(MEETS + timedelta(days=4))
    assert not [note for note in town.inbox(LEE) if "You said" in note]
    assert [note for note in town.inbox(MO) if "You said" in note]


async def pressed(town: Town, call: Call) -> str:
    """What Dana reads when she presses a button."""
    said = await town.desk.handle(call, DANA, town.now)
    assert isinstance(said, Message)
    return plain(said)


async def test_what_calls_one_meeting_off_calls_off_no_other(town: Town) -> None:
    await town.say(DANA, "club cancel")
    asked = await town.desk.handle(Call("club cancel"), DANA, town.now)
    assert isinstance(asked, Message)
    assert "the one on Tuesday, June 9" in plain(asked)
    call = next(b.call for b in asked.buttons if b.label == "Call it off")
    for _ in range(3):
        said = await pressed(town, call)
        assert "none on Tuesday, June 9" in said
        assert "Next: Tuesday, June 16" in said
    town.now = MEETS + 2 * WEEK
    assert "is over" in await pressed(town, call)


async def test_a_meeting_that_moves_far_takes_none_of_those_between_along(town: Town) -> None:
    said = await town.say(DANA, "club move", to="2026-06-25 18:00")
    assert "Next: Tuesday, June 9" in said
    await town.until(MEETS + 4 * WEEK)
    days = [post.partition(", ")[2].partition(",")[0] for post in town.channel()]
    assert days == ["June 9", "June 16", "June 23", "June 25", "June 30"]


async def test_it_is_said_which_meeting_is_moved(town: Town) -> None:
    await town.until(MEETS)
    town.now = MEETS + timedelta(minutes=2)
    said = await town.say(DANA, "club move", to="thu 6pm")
    assert "one on Tuesday, June 9, 18:00 is now on Thursday, June 4, 18:00" in said


async def test_another_hour_of_the_same_day_asks_nobody_twice(town: Town) -> None:
    await town.until(MEETS - timedelta(hours=3))
    before = len(town.inbox(LEE))
    assert before == 1
    await town.say(DANA, "club settings", hour="18:30")
    await town.say(DANA, "club move", to="today 20:30")
    await town.until(MEETS + timedelta(hours=3))
    assert len(town.inbox(LEE)) == before
    assert "20:30" in town.channel()[0]


async def test_another_day_asks_anew_on_the_evening_before_it(town: Town) -> None:
    await town.until(MEETS - timedelta(hours=3))
    await town.say(DANA, "club move", to="thu 6pm")
    await town.until(MEETS + timedelta(days=1))
    assert len(town.inbox(LEE)) == 2


async def test_what_is_asked_at_once_does_not_say_that_it_is_late(town: Town) -> None:
    await town.say(DANA, "club move", to="thu 6pm")
    await town.until(MEETS - timedelta(hours=3))
    assert not town.inbox(LEE)
    await town.say(DANA, "club move", to="today 20:30")
    await town.say(DANA, "club settings", minutes="45")
    await town.until(MEETS)
    (asked,) = town.inbox(LEE)
    assert "comes late" not in asked


async def test_who_is_taken_out_hears_it_once_and_keeps_what_was_for_them_alone(
    town: Town,
) -> None:
    await town.say(MO, "club action", words="my own note")
    await town.press(DANA, "club remove", "Take them out", member="mo")
    await town.until(NOW + timedelta(minutes=1))
    (note,) = town.inbox(MO)
    assert "You are not in The Six any more" in note
    assert "my own note" in await town.say(MO, "club actions")
    await town.until(NOW + timedelta(days=4))
    assert [note for note in town.inbox(MO) if "my own note" in note]
    assert not town.inbox(LEE)[1:], "nobody else hears of it"


async def test_who_is_back_before_they_heard_is_not_told(town: Town) -> None:
    await town.press(DANA, "club remove", "Take them out", member="mo")
    await town.say(MO, "club join")
    await town.until(NOW + timedelta(minutes=1))
    assert not town.inbox(MO)


async def test_what_was_for_oneself_alone_outlives_the_club(town: Town) -> None:
    await town.say(DANA, "club action", words="my own note")
    for who in (DANA, LEE, MO):
        await town.say(who, "club leave", sure="yes")
    await town.store.transact(lambda unit: unit.prune(town.now))
    await town.say(DANA, "job settings", zone="Europe/Berlin")
    await town.until(NOW + timedelta(days=4))
    (note,) = town.inbox(DANA)
    assert "my own note" in note
    assert "The Six" not in note
    await town.say(DANA, "club later", number="1")
    await town.until(NOW + timedelta(days=12))
    assert len(town.inbox(DANA)) == 2
    await town.say(DANA, "club done", number="1")
    assert "Nothing is open" in await town.say(DANA, "club actions")
    await town.say(DANA, "job undo")
    assert "my own note" in await town.say(DANA, "club actions")


async def test_meetings_that_were_called_off_are_no_silence(town: Town) -> None:
    for week in range(3):
        await town.say(DANA, "club cancel")
        await town.until(MEETS + week * WEEK + timedelta(hours=1))
    await town.until(MEETS + 4 * WEEK + timedelta(days=1))
    assert len(town.channel()) == 2
    assert not [note for note in town.inbox(DANA) if "rest?" in note]
    await town.until(MEETS + 6 * WEEK)
    assert [note for note in town.inbox(DANA) if "rest?" in note]


async def test_a_club_that_hardly_met_is_not_asked_whether_to_rest(town: Town) -> None:
    await town.say(DANA, "club settings", rest="yes")
    await town.until(MEETS + 4 * WEEK)
    await town.say(DANA, "club settings", rest="no")

    def awake(unit: Unit) -> None:
        club = unit.clubs.here("slack", "T1", "C1")[0]
        unit.clubs.save(replace(club, asked_at=None))

    await town.store.transact(awake)
    await town.until(MEETS + 5 * WEEK)
    assert town.channel()
    assert not [note for note in town.inbox(DANA) if "rest?" in note]
