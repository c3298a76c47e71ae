"""Telling a club of work that was found: seen first, once, and the rest of the search is quiet."""

from dataclasses import replace

import pytest

from bot.clubs.records import Answered, Asked, Asking
from bot.message import Form, Message, plain
from bot.model import Nudge, NudgeKind, NudgeState, Stage, Who
from bot.occasions.landed import landed
from bot.occasions.post import Post
from storage.store import Store
from tests.club_room import DANA, KIM, LEE, Room

SEARCH = (NudgeKind.FOLLOW_UP, NudgeKind.QUIET, NudgeKind.HEARD, NudgeKind.REVIEW)


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


async def found_work(room: Room, *others: Who) -> str:
    """Lee accepts an offer of Acme while something at Globex is open; what they were told."""
    await room.gather(LEE, *others)
    for company in ("Acme", "Globex"):
        await room.say(LEE, "job applied", role="SRE", company=company)
    return await room.say(LEE, "job heard", application="acme", what="accepted")


async def post(room: Room) -> Nudge:
    (nudge,) = await room.planned(await room.club(), NudgeKind.LANDED)
    return nudge


async def posted(room: Room) -> Message | str:
    """What the channel reads, or why it reads nothing."""
    nudge = await post(room)
    found = await room.do(lambda unit: landed(unit, nudge, room.now))
    return found.message if isinstance(found, Post) else found


async def test_who_is_in_a_club_can_tell_it_and_nobody_else_is_offered_that(room: Room) -> None:
    await found_work(room)
    assert "Tell your club" in room.labels
    await room.say(KIM, "job applied", role="SRE", company="Acme")
    await room.say(KIM, "job heard", application="acme", what="accepted")
    assert "Tell your club" not in room.labels


async def test_the_channel_reads_what_was_shown_and_no_employer(room: Room) -> None:
    await found_work(room)
    seen = await room.press(LEE, "Tell your club")
    assert "Acme" not in seen
    assert await room.planned(await room.club(), NudgeKind.LANDED) == []
    seen = await room.say(LEE, "club landed", words="Thank you all!")
    said = await room.press(LEE, "Share it")
    assert "Congratulations" in said
    message = await posted(room)
    assert isinstance(message, Message)
    assert not message.private
    assert message.buttons == ()
    for line in plain(message).splitlines():
        assert line in seen
    assert "Lee has found a job" in plain(message)
    assert "Thank you all!" in plain(message)
    assert "Acme" not in plain(message)
    assert (await post(room)).due_at == room.now


async def test_the_employer_is_shown_on_request(room: Room) -> None:
    await found_work(room)
    await room.press(LEE, "Tell your club")
    assert "Lee has found a job at Acme" in await room.press(LEE, "With the employer")
    await room.press(LEE, "Share it")
    message = await posted(room)
    assert isinstance(message, Message)
    assert "at Acme" in message.title


async def test_the_words_can_be_changed_before(room: Room) -> None:
    await found_work(room)
    await room.say(LEE, "club landed", words="Hurray")
    await room.press(LEE, "Change the words")
    assert isinstance(room.last, Form)
    assert room.last.call.answers["words"] == "Hurray"
    assert "sure" not in room.last.call.answers


async def test_nothing_of_the_search_comes_any_more_until_it_is_taken_back(room: Room) -> None:
    await found_work(room)
    assert await room.planned(LEE, *SEARCH)
    await room.press(LEE, "Tell your club")
    assert "closes your other open application" in plain(room.last)  # type: ignore[arg-type]  # a Message
    await room.press(LEE, "Share it")
    assert await room.planned(LEE, *SEARCH) == []
    mine = await room.id(LEE)
    stages = [a.stage for a in await room.do(lambda unit: unit.applications.all(mine))]
    assert stages == [Stage.ACCEPTED, Stage.WITHDRAWN]
    await room.press(LEE, "Undo")
    stages = [a.stage for a in await room.do(lambda unit: unit.applications.all(mine))]
    assert stages == [Stage.ACCEPTED, Stage.APPLIED]
    assert await room.planned(LEE, NudgeKind.FOLLOW_UP)
    assert await posted(room) == "it was taken back, or they have left the club"


async def test_it_is_told_once(room: Room) -> None:
    await found_work(room)
    await room.say(LEE, "club landed", sure="yes")
    assert "told them already" in await room.say(LEE, "club landed", sure="yes")
    assert len(await room.planned(await room.club(), NudgeKind.LANDED)) == 1


async def test_two_who_land_are_two_posts(room: Room) -> None:
    await found_work(room)
    await room.say(LEE, "club landed", sure="yes")
    await room.say(DANA, "job applied", role="SRE", company="Acme")
    await room.say(DANA, "job heard", application="acme", what="accepted")
    await room.say(DANA, "club landed", sure="yes")
    nudges = await room.planned(await room.club(), NudgeKind.LANDED)
    found = [await room.do(lambda unit, n=n: landed(unit, n, room.now)) for n in nudges]  # type: ignore[misc]  # one each
    titles = {one.message.title for one in found if isinstance(one, Post)}
    assert titles == {"Lee has found a job", "Dana has found a job"}


async def test_a_club_that_is_planned_anew_keeps_the_post(room: Room) -> None:
    await found_work(room)
    await room.say(LEE, "club landed", sure="yes")
    await room.say(DANA, "club settings", hour="19:00")
    await room.say(KIM, "club join")
    assert (await post(room)).state is NudgeState.PLANNED


async def test_who_leaves_before_it_is_posted_is_not_spoken_of(room: Room) -> None:
    await found_work(room)
    await room.say(LEE, "club landed", words="canary", sure="yes")
    await room.say(LEE, "club leave", sure="yes")
    assert await posted(room) == "it was taken back, or they have left the club"
    mine = await room.id(LEE)
    assert await room.do(lambda unit: unit.clubs.landings.all(mine)) == []


async def test_an_offer_is_accepted_first(room: Room) -> None:
    await room.gather(LEE)
    assert "Which one is it?" in await room.say(LEE, "club landed")
    await room.say(LEE, "job applied", role="SRE", company="Acme")
    assert "Have you accepted" in await room.say(LEE, "club landed", application="acme")
    await room.press(LEE, "I accepted")
    assert "What Tuesday club will see" in await room.press(LEE, "Tell your club")


async def helped(room: Room, who: Who, answer: Answered, *, key: str = "acme") -> None:
    """Somebody was asked by Lee for a word at an employer."""
    club, lee, helper = await room.club(), await room.id(LEE), await room.id(who)

    def ask(unit: object) -> None:
        clubs = unit.clubs  # type: ignore[attr-defined]  # a Unit
        asking = clubs.askings.add(Asking(lee, 0, 0, key, key, "A word?", room.now))
        clubs.asked.add(
            Asked(helper, 0, lee, asking.number, club.seeker_id, room.now, answer, room.now)
        )

    await room.do(ask)


@pytest.mark.parametrize(
    ("answer", "named", "key", "thanked"),
    [
        (Answered.YES, True, "acme", True),
        (Answered.YES, False, "acme", False),
        (Answered.NO, True, "acme", False),
        (Answered.YES, True, "initech", False),
    ],
)
async def test_helpers_are_thanked_by_name_only_if_they_agreed(
    room: Room, answer: Answered, named: bool, key: str, thanked: bool
) -> None:
    await found_work(room, KIM)
    await helped(room, KIM, answer, key=key)
    if named:
        await room.say(KIM, "club me", named="yes")
    seen = await room.say(LEE, "club landed")
    assert ("Thank you for a word: Kim." in seen) is thanked
    await room.press(LEE, "Share it")
    message = await posted(room)
    assert isinstance(message, Message)
    assert ("Kim" in plain(message)) is thanked


@pytest.mark.parametrize("what", ["yes", "name"])
async def test_what_changed_since_it_was_seen_is_shown_again_first(room: Room, what: str) -> None:
    await found_work(room, KIM)
    await room.say(KIM, "club me", named="yes")
    seen = await room.say(LEE, "club landed", words="Hurray")
    shown = room.last
    if what == "yes":
        await helped(room, KIM, Answered.YES)
    else:
        await room.say(LEE, "club me", called="Leonie")
    room.last = shown
    again = await room.press(LEE, "Share it")
    assert "has changed since you saw it" in again
    assert ("Kim" if what == "yes" else "Leonie") in again
    assert ("Kim" if what == "yes" else "Leonie") not in seen
    assert await room.planned(await room.club(), NudgeKind.LANDED) == []
    assert "Congratulations" in await room.press(LEE, "Share it")
    message = await posted(room)
    assert isinstance(message, Message)
    for line in plain(message).splitlines():
        assert line in again


async def test_who_said_yes_only_afterwards_is_not_in_what_was_seen(room: Room) -> None:
    await found_work(room, KIM)
    await room.say(KIM, "club me", named="yes")
    await room.say(LEE, "club landed", sure="yes")
    await room.pass_days(1)
    await helped(room, KIM, Answered.YES)
    message = await posted(room)
    assert isinstance(message, Message)
    assert "Kim" not in plain(message)


async def test_whoever_landed_is_asked_to_stay_as_a_lead(room: Room) -> None:
    await found_work(room)
    await room.say(LEE, "club landed", sure="yes")
    assert "Noted: Acme" in await room.press(LEE, "Stay as a lead")
    mine = await room.id(LEE)
    (tie,) = await room.do(lambda unit: unit.clubs.ties.all(mine))
    assert (tie.key, tie.how.value) == ("acme", "works")


async def test_of_two_clubs_each_is_told_by_itself(room: Room) -> None:
    await found_work(room)
    other = replace(KIM, channel="C2", organizes=True)
    await room.say(other, "club start", day="friday", hour="9:00")
    await room.say(replace(LEE, channel="C2"), "club join")
    private = replace(LEE, channel="")
    assert "Which club?" in await room.say(private, "club landed", words="Hurray")
    assert "What Friday club will see" in await room.press(private, "Friday club")
