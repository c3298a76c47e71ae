"""A club at the desk: starting, joining, leaving, and when it meets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call, Form, Message, plain
from bot.model import Nudge, NudgeKind, NudgeState, Who
from bot.phrase import read_line
from bot.ports import Unit
from storage.store import Store

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)  # a Monday
CHANNEL = Who(
    "slack", "U1", "T1", name="Dana", zone="America/New_York", channel="C1", organizes=True
)
DANA = CHANNEL
LEE = replace(DANA, user="U2", name="Lee", organizes=False)


class Room:
    """A channel with a club's commands."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOW
        self.desk = Desk(store, registry, Letters())
        self.last: Message | Form | None = None

    async def say(self, who: Who, word: str, **answers: str) -> str:
        """Make a call; the answer as text, or the form's problems."""
        self.last = await self.desk.handle(Call(f"club {word}", answers), who, self.now)
        if isinstance(self.last, Form):
            return "\n".join(self.last.problems.values())
        return plain(self.last)

    async def press(self, who: Who, label: str) -> str:
        """Press a button of the last answer."""
        assert isinstance(self.last, Message)
        call = next(button.call for button in self.last.buttons if button.label == label)
        self.last = await self.desk.handle(Call.decode(call.encode()), who, self.now)
        assert isinstance(self.last, Message)
        return plain(self.last)

    async def planned(self, who: Who) -> list[Nudge]:
        """What is planned for somebody about their clubs."""

        def look(unit: Unit) -> list[Nudge]:
            found = unit.look(who)
            assert found is not None
            return unit.nudges.of(found[0].id, [NudgeState.PLANNED])

        kinds = (NudgeKind.REPORT, NudgeKind.MEETING)
        return [n for n in await self.store.transact(look) if n.kind in kinds]


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


async def started(room: Room, **answers: str) -> str:
    return await room.say(DANA, "start", **{"day": "tuesday", "hour": "18:00", **answers})


async def test_a_club_is_started_where_it_meets_and_says_when(room: Room) -> None:
    said = await started(room)
    assert "Tuesday club is there" in said
    assert "Tuesdays at 18:00" in said
    assert "Next: Tuesday, June 2, 18:00" in said
    assert "Organized by: Dana" in said


async def test_who_may_arrange_nothing_there_starts_nothing(room: Room) -> None:
    assert "A club lives in a channel" in await room.say(LEE, "start", day="tue", hour="18:00")
    assert "There is no club here" in await room.say(LEE, "join")


@pytest.mark.parametrize(
    "line",
    ["club start tuesday 18:00", "/club start Tue 6pm", "club start tuesdays at 6 pm size=6"],
)
async def test_it_is_started_as_people_type_it(room: Room, line: str) -> None:
    call = read_line(registry, line, NOW, ZoneInfo("America/New_York"))
    assert "Tuesdays at 18:00" in await room.say(DANA, "start", **call.answers)


async def test_a_channel_has_one_club(room: Room) -> None:
    await started(room)
    assert "There is a club here already" in await started(room, day="friday")


async def test_joining_shows_a_name_and_twice_is_once(room: Room) -> None:
    await started(room)
    assert "as Lee, and nothing else" in await room.say(LEE, "join")
    assert "already" in await room.say(LEE, "join")
    assert "Dana, who organizes it\n- Lee" in await room.say(LEE, "members")


async def test_who_has_no_name_is_asked_for_one(room: Room) -> None:
    await started(room)
    nameless = replace(LEE, name="")
    assert "What shall the others call you?" in await room.say(nameless, "join")
    assert "as Ash, and nothing else" in await room.say(nameless, "join", called="Ash")


async def test_members_are_asked_on_the_evening_before_each_meeting(room: Room) -> None:
    await started(room, day="thursday")
    await room.say(LEE, "join")
    for who in (DANA, LEE):
        (asked,) = await room.planned(who)
        assert asked.kind is NudgeKind.REPORT
        assert asked.due_at == datetime(2026, 6, 3, 22, 0, tzinfo=UTC)


async def test_a_moved_meeting_moves_what_everybody_is_asked(room: Room) -> None:
    await started(room, day="thursday")
    await room.say(LEE, "join")
    assert "Friday, June 5, 19:00" in await room.say(DANA, "move", to="fri 7pm")
    (asked,) = await room.planned(LEE)
    assert asked.due_at == datetime(2026, 6, 4, 22, 0, tzinfo=UTC)


async def test_a_meeting_called_off_leaves_the_next_one(room: Room) -> None:
    await started(room, day="thursday")
    await room.say(LEE, "join")
    said = await room.say(DANA, "cancel")
    assert "There is none on Thursday, June 4, 18:00" in said
    assert "Next: Thursday, June 11, 18:00" in said
    (asked,) = await room.planned(LEE)
    assert asked.due_at == datetime(2026, 6, 10, 22, 0, tzinfo=UTC)


async def test_only_who_organizes_moves_or_cancels(room: Room) -> None:
    await started(room)
    await room.say(LEE, "join")
    assert "Ask whoever organizes" in await room.say(LEE, "move", to="fri 7pm")
    assert "Ask whoever organizes" in await room.say(LEE, "cancel")


async def test_a_meeting_moves_to_a_time_ahead_and_not_far(room: Room) -> None:
    await started(room)
    assert "next four weeks" in await room.say(DANA, "move", to="2026-09-01 18:00")


async def test_leaving_asks_first_and_then_nothing_is_left(room: Room) -> None:
    await started(room, day="thursday")
    await room.say(LEE, "join")
    assert "cannot be brought back" in await room.say(LEE, "leave")
    assert "You have left Thursday club" in await room.press(LEE, "Leave")
    assert await room.planned(LEE) == []
    assert "Lee" not in await room.say(DANA, "members")
    assert "You are in no club" in await room.say(LEE, "leave")


async def test_when_whoever_organizes_leaves_the_longest_there_goes_on(room: Room) -> None:
    await started(room)
    await room.say(LEE, "join")
    await room.say(DANA, "leave", sure="yes")
    assert "Lee, who organizes it" in await room.say(LEE, "members")


async def test_who_erases_everything_has_left_and_somebody_else_organizes(room: Room) -> None:
    await started(room)
    await room.say(LEE, "join")
    await room.desk.handle(Call("job forget", {"sure": "yes"}), DANA, room.now)
    said = await room.say(LEE, "members")
    assert "Dana" not in said
    assert "Lee, who organizes it" in said
    assert "The meeting is off" in await room.say(LEE, "cancel")


async def test_who_moves_to_another_zone_is_asked_on_their_own_evening(room: Room) -> None:
    await started(room, day="thursday")
    await room.say(LEE, "join")
    await room.desk.handle(Call("job settings", {"zone": "Europe/Berlin"}), LEE, room.now)
    (asked,) = await room.planned(LEE)
    assert asked.due_at == datetime(2026, 6, 4, 16, 0, tzinfo=UTC)


async def test_a_club_without_members_is_gone(room: Room) -> None:
    await started(room)
    await room.say(DANA, "leave", sure="yes")
    assert "There is no club here" in await room.say(LEE, "join")
    assert "is there" in await started(room)


async def test_of_two_clubs_it_is_asked_which(room: Room) -> None:
    await started(room)
    other = replace(DANA, channel="C2")
    await room.say(other, "start", day="friday", hour="9:00")
    in_private = replace(DANA, channel="", organizes=False)
    assert "Which club?" in await room.say(in_private, "members")
    assert "Friday club" in await room.press(in_private, "Friday club")


async def test_a_club_of_others_is_nobodys_by_its_number(room: Room) -> None:
    await started(room)
    elsewhere = replace(LEE, user="U3", channel="C9")
    assert "There is no club here" in await room.say(elsewhere, "join", club="1")
    assert "You are in no club" in await room.say(elsewhere, "members", club="1")


async def test_a_place_that_somebody_only_claims_counts_for_nothing(room: Room) -> None:
    await started(room)
    outside = replace(LEE, channel="")
    said = await room.say(outside, "join", **{"@channel": "C1", "@organizes": "yes"})
    assert "Welcome" not in said


async def test_a_kept_call_is_made_where_it_was_said(room: Room) -> None:
    await started(room)
    await room.say(replace(DANA, channel="C2"), "start", day="friday", hour="9:00")
    # In private the button still means the channel in which it was offered.
    assert "Which club?" in await room.say(replace(DANA, channel=""), "members")
    room.now += timedelta(minutes=1)
    assert "Tuesday club" in await room.press(replace(DANA, channel=""), "Tuesday club")


async def test_a_report_is_seen_before_it_is_shared_and_only_then_kept(room: Room) -> None:
    await started(room, day="thursday")
    seen = await room.say(DANA, "report", moved="two talks", ask="somebody at Initech")
    assert "What Thursday club will see" in seen
    assert "Your name: Dana\nSince last time: two talks\nAsks: somebody at Initech" in seen
    assert len(await room.planned(DANA)) == 1
    assert "Shared with Thursday club" in await room.press(DANA, "Share it")
    # Whoever has shared is not asked any more.
    assert await room.planned(DANA) == []


async def test_a_report_can_be_changed_and_stays_one(room: Room) -> None:
    await started(room)
    await room.say(DANA, "report", moved="two talks", sure="yes")
    await room.say(DANA, "report", moved="three talks", sure="yes", followups="4")
    form = await room.desk.handle(Call("club report"), DANA, room.now)
    assert isinstance(form, Form)
    assert form.call.answers["moved"] == "three talks"
    assert form.call.answers["followups"] == "4"
    assert len(await room.store.transact(lambda unit: unit.clubs.reported(*whose(unit)))) == 1


def whose(unit: Unit) -> tuple[int, int]:
    """The only club's id, and its next meeting's number."""
    (club,) = unit.clubs.here("slack", "T1", "C1")
    return club.seeker_id, unit.clubs.meetings(club.seeker_id)[-1].number


async def test_sharing_can_be_taken_back_and_is_asked_about_again(room: Room) -> None:
    await started(room, day="thursday")
    await room.say(DANA, "report", moved="two talks")
    await room.press(DANA, "Share it")
    await room.press(DANA, "Undo")
    assert await room.store.transact(lambda unit: unit.clubs.reported(*whose(unit))) == []
    assert len(await room.planned(DANA)) == 1


async def test_employers_are_named_only_on_request(room: Room) -> None:
    await started(room)
    await room.desk.handle(Call("job applied", {"role": "SRE", "company": "Acme"}), DANA, NOW)
    await room.desk.handle(Call("job sent", {"application": "acme"}), DANA, room.now)
    room.now += timedelta(hours=1)
    form = await room.desk.handle(Call("club report"), DANA, room.now)
    assert isinstance(form, Form)
    assert form.call.answers["moved"] == "1 follow-up sent"
    assert "followups" not in form.call.answers
    named = await room.desk.handle(Call("club report", {"names": "yes"}), DANA, room.now)
    assert isinstance(named, Form)
    assert named.call.answers["moved"] == "1 follow-up sent (to Acme)"


async def test_a_number_that_was_not_given_is_shown_to_nobody(room: Room) -> None:
    await started(room)
    seen = await room.say(DANA, "report", conversations="3")
    assert "Shows: 3 conversations" in seen
    assert "follow-up" not in seen


async def test_nobody_is_in_more_clubs_than_they_could_go_to(room: Room) -> None:
    for number in range(20):
        there = replace(DANA, channel=f"C{number + 10}")
        await room.say(there, "start", day="monday", hour="9:00")
    there = replace(DANA, channel="C99")
    assert "a lot of clubs" in await room.say(there, "start", day="monday", hour="9:00")
    await room.say(replace(there, user="U9"), "start", day="monday", hour="9:00")
    assert "a lot of clubs" in await room.say(there, "join")
