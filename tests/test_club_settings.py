"""What an organizer sets, and what a member chooses that their club sees of them."""

from dataclasses import replace

import pytest

from bot.cards.clubs import opening_message
from bot.fit import fits
from bot.message import Form, plain
from bot.model import NudgeKind
from bot.ports import Unit
from storage.store import Store
from tests.club_room import DANA, KIM, LEE, Room


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


async def test_everybody_may_read_the_settings_and_who_organizes_may_change_them(
    room: Room,
) -> None:
    await room.gather(LEE)
    said = await room.say(LEE, "club settings")
    assert "Meets: on Tuesdays at 18:00" in said
    assert "Dana can change it" in said
    assert room.labels == []
    for answers in ({"hour": "19:00"}, {"change": "yes"}, {"kept": "yes"}, {"rest": "yes"}):
        assert "Dana can change this" in await room.say(LEE, "club settings", **answers)
    assert (await room.club()).at.hour == 18


async def test_the_form_holds_what_is_set_and_sent_unchanged_changes_nothing(room: Room) -> None:
    await room.gather()
    before = await room.club()
    await room.say(DANA, "club settings")
    await room.press(DANA, "Change")
    assert isinstance(room.last, Form)
    said = await room.say(DANA, "club settings", **room.last.call.answers)
    assert "stays as it was" in said
    assert await room.club() == before


async def test_another_hour_moves_what_is_ahead_and_keeps_what_was_shared_for_it(
    room: Room,
) -> None:
    await room.gather(LEE, day="thursday")
    meeting = await room.next()
    await room.say(LEE, "club report", moved="two talks", sure="yes")
    said = await room.say(DANA, "club settings", day="friday", hour="9:00")
    assert "Next: Friday, June 5, 09:00" in said
    assert (await room.next()).number == meeting.number
    club = await room.club()
    (post,) = await room.planned(club, NudgeKind.MEETING)
    assert f"{post.due_at:%a %H:%M}" == "Fri 13:00"
    assert await room.planned(LEE, NudgeKind.REPORT) == []
    assert len(await room.planned(DANA, NudgeKind.REPORT)) == 1


async def test_a_meeting_called_off_stays_off_when_the_hour_changes(room: Room) -> None:
    await room.gather(day="thursday")
    await room.say(DANA, "club cancel")
    said = await room.say(DANA, "club settings", hour="19:00")
    assert "Next: Thursday, June 11, 19:00" in said


async def test_one_tap_too_many_calls_no_second_meeting_off(room: Room) -> None:
    await room.gather(LEE, day="thursday")
    assert "Next: Thursday, June 11" in await room.say(DANA, "club cancel")
    assert "One is off already" in await room.say(DANA, "club cancel")
    assert "Next: Thursday, June 18" in await room.press(DANA, "Call it off")


async def test_a_meeting_takes_place_after_all(room: Room) -> None:
    await room.gather(LEE, day="thursday")
    await room.say(DANA, "club cancel")
    assert "Next: Thursday, June 4" in await room.press(DANA, "It takes place after all")
    asked = await room.planned(LEE, NudgeKind.REPORT)
    assert f"{min(nudge.due_at for nudge in asked):%F}" == "2026-06-03"


async def test_who_joins_a_club_that_everybody_had_left_wakes_it(room: Room) -> None:
    await room.gather()
    await room.meet()
    await room.say(DANA, "club leave", sure="yes")
    assert (await room.club()).resting
    assert "Next: Tuesday, June 9" in await room.say(LEE, "club join")
    assert "Lee, who organizes it" in await room.say(LEE, "club members")


async def test_where_there_are_no_channels_the_same_club_is_started_once(room: Room) -> None:
    nowhere = replace(DANA, channel="")
    for said in ("is there", "There is a club here already"):
        assert said in await room.say(nowhere, "club start", day="tuesday", hour="18:00")
    assert "is there" in await room.say(nowhere, "club start", day="friday", hour="18:00")


async def test_a_club_that_rests_plans_nothing_until_it_is_woken(room: Room) -> None:
    await room.gather(LEE, day="thursday")
    assert "rests" in await room.say(DANA, "club settings", rest="yes")
    club = await room.club()
    assert await room.planned(club, NudgeKind.MEETING) == []
    assert await room.planned(LEE, NudgeKind.REPORT) == []
    await room.pass_days(30)
    assert "awake again" in await room.press(DANA, "Wake it")
    assert (await room.club()).asked_at == room.now
    assert len(await room.planned(LEE, NudgeKind.REPORT)) == 1


async def test_go_on_is_a_sign_of_life(room: Room) -> None:
    await room.gather()
    assert "goes on" in await room.say(DANA, "club settings", kept="yes")
    assert (await room.club()).asked_at == room.now


async def test_holidays_are_left_out_where_somebody_knows_them(room: Room) -> None:
    await room.gather()
    assert (await room.club()).country == "US"
    for said, country in (("no", ""), ("yes", "US"), ("de", "DE"), ("none", ""), ("NO", "NO")):
        await room.say(DANA, "club settings", holidays=said)
        assert (await room.club()).country == country
    assert "Two letters" in await room.say(DANA, "club settings", holidays="moon")


async def test_holidays_follow_the_zone_unless_they_were_chosen(room: Room) -> None:
    await room.gather()
    await room.say(DANA, "club settings", zone="Europe/Berlin")
    assert (await room.club()).country == "DE"
    await room.say(DANA, "club settings", holidays="no")
    await room.say(DANA, "club settings", zone="Europe/Paris")
    assert (await room.club()).country == ""


async def test_a_club_moves_to_where_it_is_said_if_nobody_meets_there(room: Room) -> None:
    await room.gather()
    for who in (replace(DANA, channel=""), replace(DANA, channel="C2", organizes=False)):
        assert "lives in a channel" in await room.say(who, "club settings", here="yes")
    assert (await room.club()).channel == "C1"
    await room.say(replace(DANA, channel="C2"), "club settings", here="yes")
    assert (await room.club()).channel == "C2"
    await room.say(KIM, "club join")
    assert "no club here" in await room.say(KIM, "club join")
    assert "Welcome" in await room.say(replace(KIM, channel="C2"), "club join")


@pytest.mark.parametrize("channel", ["C1", "C2"])
async def test_a_club_whose_channel_was_lost_meets_where_it_is_called(
    room: Room, channel: str
) -> None:
    await room.gather()
    club = await room.club()

    def lose(unit: Unit) -> None:
        (account,) = unit.accounts([club.seeker_id])[club.seeker_id]
        unit.close_account(account.id, "the channel is gone")
        unit.clubs.save(replace(club, resting=True))

    def reached(unit: Unit) -> list[tuple[str, bool]]:
        return [(a.user, a.on) for a in unit.accounts([club.seeker_id])[club.seeker_id]]

    await room.do(lose)
    await room.say(DANA, "club settings", size="6")
    assert await room.do(reached) == [("C1", False)]
    there = replace(DANA, channel=channel)
    assert "awake again" in await room.say(there, "club settings", here="yes")
    assert await room.do(reached) == [(channel, True)]
    assert len(await room.planned(await room.club(), NudgeKind.MEETING)) == 1


async def test_two_clubs_never_share_a_channel(room: Room) -> None:
    await room.gather()
    other = replace(KIM, channel="C2", organizes=True)
    await room.say(other, "club start", day="friday", hour="9:00")
    there = replace(DANA, channel="C2")
    assert "There is a club here already" in await room.say(there, "club settings", here="yes")


async def test_the_channel_is_told_once_and_in_the_words_that_were_shown(room: Room) -> None:
    said = await room.gather(LEE)
    club = await room.club()
    for line in plain(opening_message(club)).splitlines():
        assert line in said
    await room.say(LEE, "club announce")
    assert await room.planned(club, NudgeKind.OPENING) == []
    await room.say(DANA, "club announce", club=str(club.seeker_id))
    (post,) = await room.planned(club, NudgeKind.OPENING)
    assert post.due_at == room.now
    assert post.key == f"{club.seeker_id}/club:opening:{club.seeker_id}.1"
    assert "Once is enough" in await room.say(DANA, "club announce")
    await room.say(DANA, "club settings", hour="19:00")
    assert len(await room.planned(club, NudgeKind.OPENING)) == 1


async def test_a_club_without_a_channel_has_none_to_tell(room: Room) -> None:
    nowhere = replace(DANA, channel="")
    said = await room.say(nowhere, "club start", day="tuesday", hour="18:00")
    assert "Settings" in said
    assert "Tell the channel" not in said
    assert "no channel to tell" in await room.say(nowhere, "club announce")


async def test_the_opening_fits_and_names_nobody_who_did_not_set_it_up(room: Room) -> None:
    await room.gather(LEE)
    message = opening_message(await room.club())
    assert fits(message)
    assert not message.private
    assert message.buttons == ()
    said = plain(message)
    assert "Set up by Dana" in said
    assert "Lee" not in said
    assert "/club join" in said


async def test_a_member_sees_what_each_consent_means_and_gives_none_by_joining(room: Room) -> None:
    await room.gather(LEE)
    said = await room.say(LEE, "club me")
    assert "The others call you: Lee" in said
    assert "Asked for a word: no. Members may hear that somebody here has a tie" in said
    assert "Known by name: no. It may come out that it is you, as in a club of two" in said
    assert "Partners: no." in said


async def test_consent_is_given_and_taken_back_by_a_tap(room: Room) -> None:
    await room.gather(LEE)
    for yes, no in (
        ("Ask me for a word", "Do not ask me for a word"),
        ("You may name me", "Do not name me"),
    ):
        await room.say(LEE, "club me")
        await room.press(LEE, yes)
        assert yes not in room.labels
        await room.press(LEE, no)
        assert yes in room.labels


async def test_another_name_is_what_the_others_read_from_then_on(room: Room) -> None:
    await room.gather()
    await room.say(DANA, "club me", called="D.")
    assert "D., who organizes it" in await room.say(DANA, "club members")
    assert (await room.club()).posted_by == "D."
    await room.say(DANA, "club me", called="  ")
    assert (await room.club()).posted_by == "D."


async def test_outside_any_club_there_is_nothing_to_set(room: Room) -> None:
    for word in ("settings", "me", "announce", "partner", "exclude", "landed"):
        assert "You are in no club" in await room.say(KIM, f"club {word}")


async def test_another_of_the_same_name_takes_the_name_of_the_founder_nowhere(room: Room) -> None:
    await room.gather(LEE)
    club = await room.club()
    assert club.founder == await room.id(DANA)

    def called_dana(unit: Unit) -> None:
        found = unit.look(LEE)
        assert found is not None
        ((_, mine),) = unit.clubs.of(found[0].id)
        unit.clubs.put_member(replace(mine, name="Dana"))

    await room.do(called_dana)
    await room.say(LEE, "club leave", sure="yes")
    assert (await room.club()).posted_by == "Dana"
    await room.say(KIM, "club join")
    await room.say(DANA, "club leave", sure="yes")
    assert (await room.club()).posted_by == ""


async def test_two_in_a_club_have_two_names(room: Room) -> None:
    await room.gather()
    taken = "There is a Dana here already"
    assert taken in await room.say(LEE, "club join", called="dana")
    assert "Welcome" in await room.say(LEE, "club join")
    assert taken in await room.say(LEE, "club me", called="Dana")
    assert "D. L." in await room.say(LEE, "club me", called="D. L.")
    assert "You in" in await room.say(LEE, "club me", called="D. L.")


async def test_who_leaves_reads_that_the_posts_are_changed_now(room: Room) -> None:
    await room.gather(LEE)
    assert "out of the posts now" in await room.say(LEE, "club leave", sure="yes")


async def test_a_zone_that_is_learned_later_moves_when_one_is_asked(room: Room) -> None:
    await room.gather(day="thursday")
    nowhere = replace(LEE, zone="")
    await room.say(nowhere, "club join")
    (asked,) = await room.planned(LEE, NudgeKind.REPORT)
    assert f"{asked.due_at:%d %H}" == "03 18"
    await room.say(replace(LEE, zone="Asia/Tokyo"), "club members")
    (asked,) = await room.planned(LEE, NudgeKind.REPORT)
    assert f"{asked.due_at:%d %H}" == "04 09"


async def test_of_many_clubs_each_is_offered(room: Room) -> None:
    for number, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday"), 1):
        for hour in ("9:00", "18:00"):
            there = replace(DANA, channel=f"C{number}{hour[0]}")
            await room.say(there, "club start", day=day, hour=hour, name=f"{day} {hour}")
    said = await room.say(replace(DANA, channel=""), "club members")
    assert "Which club?" in said
    assert len(room.labels) == 10
    assert "friday 18:00" in await room.press(replace(DANA, channel=""), "friday 18:00")
