"""What is changed or taken back just while a club's post is on its way, and what a button means."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.delivery import Gone, Outcome, Refused
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.message import Call, Message, plain
from bot.model import Account, NudgeState
from storage.store import Store
from tests.post import Post, still
from tests.test_occasions import DANA, LEE, MEETS, MO, NOW, WEEK, Town

NEWS = replace(DANA, channel="C2")


@dataclass
class Slow(Post):
    """A platform that takes so long with the next post that something happens meanwhile."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        """As `Post`, after what happens meanwhile."""
        if account.shared and self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            await happens()
        return await super().send(account, message, key)


@pytest.fixture
async def town(store: Store) -> Town:
    made = Town(store)
    made.post = Slow("slack", repeats_safely=True)
    made.dispatcher = Dispatcher(store, [made.post], Letters(), clock_from=still)
    await made.say(DANA, "club start", day="tuesday", hour="18:00", name="The Six")
    for who in (LEE, MO):
        await made.say(who, "club join")
    return made


def meanwhile(town: Town, happens: Callable[[], Awaitable[object]]) -> None:
    assert isinstance(town.post, Slow)
    town.post.meanwhile = happens


async def test_whoever_leaves_while_the_post_is_on_its_way_is_taken_out_of_it(town: Town) -> None:
    await town.share(LEE, moved="one interview at Acme")
    await town.until(MEETS - timedelta(minutes=1))
    meanwhile(town, lambda: town.say(LEE, "club leave", sure="yes"))
    await town.until(MEETS + timedelta(minutes=1))
    (post,) = town.channel()
    assert "Lee" not in post
    assert "Acme" not in post
    assert "Mo" in post


async def test_what_is_undone_while_the_post_is_on_its_way_is_taken_out_of_it(town: Town) -> None:
    await town.share(LEE, moved="one interview at Acme")
    await town.until(MEETS - timedelta(minutes=1))
    meanwhile(town, lambda: town.say(LEE, "job undo"))
    await town.until(MEETS + timedelta(minutes=1))
    assert "Acme" not in town.channel()[0]


async def test_the_last_one_who_goes_while_the_post_is_on_its_way_leaves_nothing(
    town: Town,
) -> None:
    for who in (LEE, MO):
        await town.say(who, "club leave", sure="yes")
    await town.share(DANA, moved="an interview at Acme")
    await town.until(MEETS - timedelta(minutes=1))
    meanwhile(town, lambda: town.say(DANA, "job forget", sure="yes"))
    await town.until(MEETS + timedelta(minutes=1))
    (post,) = town.channel()
    assert "Dana" not in post
    assert "Acme" not in post


async def test_good_news_taken_back_on_its_way_does_not_stay(town: Town) -> None:
    await town.say(LEE, "job applied", company="Acme", role="SRE")
    await town.say(LEE, "job heard", application="#1", what="accepted")
    await town.press(LEE, "club landed", "Share it", words="I start on Friday")
    meanwhile(town, lambda: town.say(LEE, "job undo"))
    await town.until(NOW + timedelta(minutes=1))
    assert not [post for post in town.channel() if "Friday" in post]


async def test_a_post_that_nothing_changed_is_not_touched_again(town: Town) -> None:
    await town.share(LEE, moved="one interview at Acme")
    await town.until(MEETS + timedelta(hours=1))
    assert not await town.nudges("mending")


async def test_undoing_something_else_touches_no_post(town: Town) -> None:
    await town.share(LEE, moved="one interview at Acme")
    await town.until(MEETS + timedelta(hours=1))
    await town.say(LEE, "job applied", company="Globex", role="SRE")
    await town.say(LEE, "job undo")
    await town.until(MEETS + timedelta(hours=2))
    assert not await town.nudges("mending")


@pytest.mark.parametrize("answer", [Refused("too long"), Gone("archived")])
async def test_a_club_goes_on_whatever_became_of_a_post(town: Town, answer: Outcome) -> None:
    await town.until(MEETS - timedelta(minutes=1))
    town.post.orders = deque([answer])
    await town.until(MEETS + timedelta(hours=1))
    await town.say(replace(DANA, channel="C7"), "club settings", here="yes")
    await town.until(MEETS + WEEK)
    assert len(town.channel("C7")) == 1


async def test_a_club_meets_again_once_the_app_is_back(town: Town) -> None:
    await town.store.transact(lambda u: u.depart("slack", "T1", "", town.now, "it was removed"))
    await town.until(MEETS + timedelta(minutes=5))
    await town.store.transact(lambda unit: unit.arrive("slack", "T1"))
    await town.until(MEETS + 2 * WEEK)
    assert len(town.channel()) == 2
    assert "resting" not in await town.say(LEE, "club members")


async def test_a_rest_that_is_over_before_the_meeting_loses_no_report(town: Town) -> None:
    await town.share(LEE, moved="one interview")
    await town.say(DANA, "club settings", rest="yes")
    assert "resting" in await town.say(LEE, "club members")
    await town.say(DANA, "club settings", rest="no")
    await town.until(MEETS)
    assert "one interview" in town.channel()[0]


async def test_an_old_post_that_is_gone_stops_no_club(town: Town) -> None:
    await town.share(LEE, moved="one interview")
    await town.until(MEETS)

    async def gone(*_: object) -> Outcome:
        return Gone("the channel is archived")

    await town.say(NEWS, "club settings", here="yes")
    await town.say(LEE, "club leave", sure="yes")
    town.post.edit = gone  # type: ignore[method-assign]  # the far side of the network, as it may be
    await town.until(MEETS + WEEK)
    assert len(town.channel("C2")) == 1
    assert not [note for note in town.inbox(DANA) if "cannot post" in note]
    (mending,) = await town.nudges("mending")
    assert mending.state is NudgeState.UNDELIVERED


async def buttons(town: Town, name: str, **answers: str) -> Sequence[tuple[str, Call]]:
    """The buttons of an answer to Lee, in private."""
    asked = Call(name, answers)
    answer = await town.desk.handle(asked, replace(LEE, channel=""), town.now)
    assert isinstance(answer, Message)
    return [(button.label, button.call) for button in answer.buttons]


async def test_a_button_of_a_club_that_one_has_left_acts_on_no_other(town: Town) -> None:
    await town.say(NEWS, "club start", day="friday", hour="9:00", name="Second")
    await town.say(replace(LEE, channel="C2"), "club join")
    six = str((await town.store.transact(lambda u: u.clubs.here("slack", "T1", "C1")))[0].seeker_id)
    shared = dict(await buttons(town, "club report", moved="secret", club=six))["Share it"]
    leave = dict(await buttons(town, "club leave", club=six))["Leave"]
    for call in (leave, shared, leave):
        answer = await town.desk.handle(call, replace(LEE, channel=""), town.now)
    assert isinstance(answer, Message)
    assert "not in that club any more" in plain(answer)
    await town.until(MEETS + timedelta(days=4))
    (post,) = town.channel("C2")
    assert "Lee" in post
    assert "secret" not in post


async def test_whom_an_organizer_takes_out_twice_is_one_person(town: Town) -> None:
    answer = await town.desk.handle(Call("club remove", {"member": "Lee"}), DANA, town.now)
    assert isinstance(answer, Message)
    await town.desk.handle(answer.buttons[0].call, DANA, town.now)
    await town.say(replace(LEE, user="U9"), "club join")
    again = await town.desk.handle(answer.buttons[0].call, DANA, town.now)
    assert "not in it any more" in plain(again)
    assert "Lee" in await town.say(DANA, "club members")
