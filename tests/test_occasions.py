"""A club's week as it goes out: asked, posted once, mended in place, and what comes of it."""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.commands import registry
from bot.delivery import Gone, Refused
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.message import Answer, Call, Form, Message, plain
from bot.model import Account, Nudge, NudgeState, Who
from bot.ports import Unit
from storage.store import Store
from tests.post import Post, still

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)  # a Monday, 10:00 in New York
MEETS = datetime(2026, 6, 2, 22, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
DANA = Who("slack", "U1", "T1", name="Dana", zone="America/New_York", channel="C1", organizes=True)
LEE = replace(DANA, user="U2", name="Lee", organizes=False)
MO = replace(LEE, user="U3", name="Mo")


class Town:
    """A club in a channel, its members' inboxes, and a dispatcher."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOW
        self.desk = Desk(store, registry, Letters())
        self.post = Post("slack", repeats_safely=True)
        self.dispatcher = Dispatcher(store, [self.post], Letters(), clock_from=still)

    async def say(self, who: Who, name: str, /, **answers: str) -> str:
        return _read(await self.desk.handle(Call(name, answers), who, self.now))

    async def share(self, who: Who, **answers: str) -> str:
        """Report, and share it."""
        return await self.press(who, "club report", "Share it", **answers)

    async def press(self, who: Who, name: str, label: str, /, **answers: str) -> str:
        """Make a call, and press a button of the answer."""
        answer = await self.desk.handle(Call(name, answers), who, self.now)
        assert isinstance(answer, Message)
        call = next(b.call for b in answer.buttons if b.label == label)
        return _read(await self.desk.handle(call, who, self.now))

    async def until(self, at: datetime) -> list[str]:
        """Let time pass, and read what arrived at each due moment, oldest first."""
        before = len(self.post.arrived)
        while (due := await self.dispatcher.next_due()) is not None and due <= at:
            self.now = max(due, self.now)
            await self.dispatcher.tick(self.now)
        self.now = at
        return [plain(message) for _, message in self.post.arrived[before:]]

    def channel(self, name: str = "C1") -> list[str]:
        """What stands in a channel."""
        return [plain(m) for user, m in self.post.standing.values() if user == name]

    def inbox(self, who: Who) -> list[str]:
        """What stands in somebody's private messages."""
        return [plain(m) for user, m in self.post.standing.values() if user == who.user]

    async def nudges(self, kind: str) -> list[Nudge]:
        """Every nudge of that kind, of everybody."""

        def look(unit: Unit) -> list[Nudge]:
            return [n for one in range(1, 12) for n in unit.nudges.of(one) if n.kind == kind]

        return await self.store.transact(look)


def _read(answer: Answer) -> str:
    return "\n".join(answer.problems.values()) if isinstance(answer, Form) else plain(answer)


@pytest.fixture
async def town(store: Store) -> Town:
    made = Town(store)
    await made.say(DANA, "club start", day="tuesday", hour="18:00", name="The Six")
    for who in (LEE, MO):
        await made.say(who, "club join")
    return made


async def test_the_evening_before_each_member_is_asked_in_private(town: Town) -> None:
    await town.say(LEE, "job applied", company="Acme", role="SRE")
    arrived = await town.until(MEETS - timedelta(hours=19))
    assert len(arrived) == 3
    assert town.now < MEETS
    assert not town.channel()
    (mine,) = town.inbox(LEE)
    assert "What moved since last time?" in mine
    assert "Acme" not in mine


async def test_who_has_reported_is_not_asked(town: Town) -> None:
    await town.share(LEE, next="call two people")
    await town.until(MEETS - timedelta(hours=1))
    assert not town.inbox(LEE)
    assert town.inbox(MO)


async def test_a_meeting_is_one_message_with_what_was_shared(town: Town) -> None:
    await town.share(LEE, moved="one interview", ask="a CV read", next="call two", followups="3")
    await town.share(MO, moved="moved house", absent="yes")
    await town.until(MEETS)
    (post,) = town.channel()
    assert "a CV read" in post
    assert "3 follow-ups" in post
    assert "moved house" in post
    assert "Not here today" in post
    assert "keeps time" in post
    assert "Set up by Dana" in post
    assert post.index("Dana") < post.index("Lee: ")


async def test_the_next_meeting_is_planned_and_posted_a_week_later(town: Town) -> None:
    await town.until(MEETS + 3 * WEEK)
    posts = town.channel()
    assert len(posts) == 4
    openers = [post.partition("1. ")[2].partition("\n")[0] for post in posts]
    assert len({*openers[:3]}) == 3
    assert openers[3] == openers[0]


async def test_a_late_report_changes_the_post_in_place(town: Town) -> None:
    await town.until(MEETS)
    town.now = MEETS + timedelta(minutes=5)
    answer = await town.share(LEE, ask="a word at the bank", next="sleep")
    assert "in a moment" in answer
    await town.until(MEETS + timedelta(minutes=7))
    (post,) = town.channel()
    assert "a word at the bank" in post


async def test_after_a_meeting_what_was_said_comes_back_once(town: Town) -> None:
    await town.share(LEE, next="call two people")
    await town.until(MEETS + timedelta(days=6))
    back = [note for note in town.inbox(LEE) if note.startswith("You said you would")]
    assert len(back) == 1
    assert "call two people" in back[0]
    assert not [note for note in town.inbox(MO) if "call two people" in note]


async def test_leaving_takes_what_was_shared_out_of_what_was_posted(town: Town) -> None:
    await town.share(LEE, moved="one interview", next="call two people")
    await town.until(MEETS)
    assert "Lee" in town.channel()[0]
    await town.say(LEE, "club leave", sure="yes")
    await town.until(MEETS + timedelta(minutes=1))
    (post,) = town.channel()
    assert "Lee" not in post
    assert "interview" not in post
    assert "Dana" in post


async def test_the_last_one_to_leave_takes_their_name_too(town: Town) -> None:
    await town.until(MEETS)
    for who in (DANA, LEE, MO):
        await town.say(who, "club leave", sure="yes")
    await town.until(MEETS + timedelta(minutes=1))
    (post,) = town.channel()
    assert not [who.name for who in (DANA, LEE, MO) if who.name in post]


async def test_a_club_without_members_is_kept_until_its_posts_are_mended(town: Town) -> None:
    await town.until(MEETS)
    for who in (DANA, LEE, MO):
        await town.say(who, "club leave", sure="yes")
    await town.store.transact(lambda unit: unit.prune(town.now))
    await town.until(MEETS + timedelta(minutes=1))
    assert "Dana" not in town.channel()[0]
    await town.store.transact(lambda unit: unit.prune(town.now))
    gone = await town.store.transact(lambda unit: unit.clubs.here("slack", "T1", "C1"))
    assert not gone


async def test_leaving_takes_the_good_news_back_and_the_name_of_who_set_it_up(town: Town) -> None:
    there = replace(DANA, channel="C2")
    await town.press(there, "club start", "Tell the channel", day="monday", hour="9:00")
    await town.say(LEE, "job applied", company="Acme", role="SRE")
    await town.say(LEE, "job heard", application="#1", what="accepted")
    await town.press(LEE, "club landed", "Share it", words="I start on Monday")
    await town.until(town.now + timedelta(minutes=1))
    assert [post for post in town.channel() if "I start on Monday" in post]
    assert [post for post in town.channel("C2") if "Dana" in post]
    for who in (LEE, there):
        await town.say(who, "club leave", sure="yes")
    await town.until(town.now + timedelta(minutes=1))
    assert not [post for post in town.channel() if "Lee" in post or "Monday" in post]
    assert not [post for post in town.channel("C2") if "Dana" in post]


async def test_forgetting_everything_takes_it_out_as_well(town: Town) -> None:
    await town.share(LEE, moved="one interview")
    await town.until(MEETS)
    await town.say(LEE, "job forget", sure="yes")
    await town.until(MEETS + timedelta(minutes=1))
    assert "Lee" not in town.channel()[0]


async def test_a_meeting_that_was_sent_and_not_settled_is_not_posted_twice(town: Town) -> None:
    await town.until(MEETS - timedelta(minutes=1))
    town.now = MEETS

    def forget(unit: Unit) -> None:
        """As if the process had died before it settled the nudge."""
        for nudge in unit.nudges.of(2):
            if nudge.kind == "meeting" and nudge.state is NudgeState.SENT:
                again = replace(nudge, state=NudgeState.PLANNED, sent_at=None, message_ref="")
                unit.nudges.replan(again)

    await town.dispatcher.tick(MEETS)
    await town.store.transact(forget)
    await town.dispatcher.tick(MEETS + timedelta(minutes=5))
    assert len(town.channel()) == 1
    (first, *_) = await town.nudges("meeting")
    assert first.state is NudgeState.DROPPED
    assert first.why == "it was posted"


async def test_what_is_added_to_a_report_leaves_the_rest_as_it_was(town: Town) -> None:
    await town.share(LEE, moved="one interview", followups="3")
    await town.share(LEE, ask="a CV read")
    await town.until(MEETS)
    (post,) = town.channel()
    assert "one interview" in post
    assert "a CV read" in post
    assert "3 follow-ups" in post


async def test_filling_in_names_forgets_nothing_that_was_typed(town: Town) -> None:
    await town.say(LEE, "job applied", company="Acme", role="SRE")
    await town.say(LEE, "job heard", application="#1", what="reply")
    assert "Acme" not in await town.say(LEE, "club report", next="only this")
    answer = await town.desk.handle(Call("club report", {"next": "only this"}), LEE, town.now)
    assert isinstance(answer, Message)
    call = next(b.call for b in answer.buttons if b.label == "Fill in with names")
    form = await town.desk.handle(call, LEE, town.now)
    assert isinstance(form, Form)
    assert form.call.answers["next"] == "only this"
    assert "Acme" in form.call.answers["moved"]


async def test_undoing_a_report_that_was_posted_takes_it_out_of_the_post(town: Town) -> None:
    await town.share(LEE, moved="one interview", next="call two people")
    await town.until(MEETS)
    assert "one interview" in town.channel()[0]
    await town.say(LEE, "job undo")
    await town.until(MEETS + timedelta(minutes=1))
    (post,) = town.channel()
    assert "one interview" not in post
    assert "Lee" in post


async def test_a_lost_channel_stops_quietly_and_the_organizer_hears_once(town: Town) -> None:
    await town.until(MEETS - timedelta(minutes=1))
    town.post.orders = deque([Gone("the channel was archived")])
    await town.until(MEETS + 4 * WEEK)
    assert not town.channel()
    told = [note for note in town.inbox(DANA) if "cannot post" in note]
    assert len(told) == 1
    assert not [note for who in (LEE, MO) for note in town.inbox(who) if "cannot post" in note]
    asked = [note for note in town.inbox(LEE) if "What moved" in note]
    assert len(asked) == 1, "a club that rests asks nobody"


async def test_a_club_that_is_quiet_for_three_weeks_is_asked_once_whether_to_rest(
    town: Town,
) -> None:
    await town.until(MEETS + 8 * WEEK)
    assert len([note for note in town.inbox(DANA) if "rest?" in note]) == 1
    assert not [note for note in town.inbox(LEE) if "rest?" in note]
    await town.say(DANA, "club settings", rest="yes")
    before = len(town.channel())
    await town.until(MEETS + 12 * WEEK)
    assert len(town.channel()) == before


async def test_a_meeting_that_comes_late_says_so_and_a_day_later_does_not_come(town: Town) -> None:
    await town.until(MEETS - timedelta(minutes=1))
    await town.dispatcher.tick(MEETS + timedelta(hours=2))
    (post,) = town.channel()
    assert "comes late" in post
    await town.until(MEETS + WEEK - timedelta(minutes=1))
    await town.dispatcher.tick(MEETS + WEEK + timedelta(days=1))
    assert len(town.channel()) == 1
    await town.until(MEETS + 2 * WEEK)
    assert len(town.channel()) == 2


async def test_a_refused_post_stops_neither_the_next_one_nor_the_club(town: Town) -> None:
    await town.until(MEETS - timedelta(minutes=1))
    town.post.orders = deque([Refused("too long")])
    await town.until(MEETS + WEEK)
    assert len(town.channel()) == 1


async def test_a_cancelled_meeting_is_not_posted_and_a_moved_one_at_its_new_time(
    town: Town,
) -> None:
    await town.say(DANA, "club move", to="thu 6pm")
    await town.until(MEETS + timedelta(days=1))
    assert not town.channel()
    await town.until(MEETS + timedelta(days=2))
    assert len(town.channel()) == 1
    await town.say(DANA, "club cancel")
    await town.until(MEETS + WEEK)
    assert len(town.channel()) == 1


async def test_the_club_is_told_of_a_meeting_that_is_moved_or_off_once_and_only_on_request(
    town: Town,
) -> None:
    await town.say(DANA, "club move", to="thu 6pm")
    await town.until(NOW + timedelta(minutes=1))
    assert not town.channel()
    for _ in range(2):
        await town.press(DANA, "club move", "Tell the club", to="thu 7pm")
    await town.until(NOW + timedelta(minutes=2))
    (post,) = town.channel()
    assert "moved" in post
    assert "June 4, 19:00" in post
    await town.press(DANA, "club cancel", "Tell the club")
    await town.until(NOW + timedelta(minutes=3))
    assert "none on Thursday, June 4" in town.channel()[-1]


async def test_what_is_no_longer_so_is_not_told(town: Town) -> None:
    await town.press(DANA, "club move", "Tell the club", to="thu 7pm")
    await town.say(DANA, "club move", to="fri 7pm")
    await town.until(NOW + timedelta(minutes=2))
    assert not town.channel()


async def test_an_organizer_takes_somebody_out_and_nobody_else_can(town: Town) -> None:
    assert "Ask whoever" in await town.say(LEE, "club remove", member="mo", sure="yes")
    assert "Whom" in await town.say(DANA, "club remove", member="nobody")
    assert "Take Mo out" in await town.say(DANA, "club remove", member="mo")
    assert "is out" in await town.press(DANA, "club remove", "Take them out", member="mo")
    await town.until(MEETS)
    assert "Mo" not in town.channel()[0]
    assert not [note for note in town.inbox(MO) if "What moved" in note]


async def test_one_is_asked_in_private_even_where_others_share_the_screen(town: Town) -> None:
    await town.say(LEE, "job settings", discreet="yes")
    await town.until(MEETS - timedelta(hours=1))
    (note,) = town.inbox(LEE)
    assert "The Six" not in note
    assert "private item" in note


def test_a_club_is_no_person() -> None:
    assert Account(1, 1, "slack", "T1", "C1", "C1").shared
