"""Warm leads, answered: what a yes brings, and that whatever is none ends in one way."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.delivery import Gone, Later
from bot.message import Call, Message, Quote, plain
from bot.model import NudgeKind, NudgeState
from storage.store import Store
from tests.lead_room import DANA, DAY, KIM, LEE, NOW, SAM, WEEK, Circle, three


@pytest.fixture
async def circle(sqlite_file: Path, tmp_path: Path) -> AsyncIterator[Circle]:
    async with Store.open(f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'jobs.db')}") as store:
        yield Circle(store)


async def test_yes_brings_both_together_with_words_to_pass_on(store: Store) -> None:
    circle = Circle(store)
    await three(circle)
    assert "Asked for a word at Acme" in await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.reads(LEE, NudgeKind.ASKED)
    assert "I bring the two of you together" in await circle.press(LEE, "Yes, bring us together")
    await circle.passes(timedelta(hours=1))
    ((users, message),) = circle.post.together
    assert users == ("U1", "U2")
    assert "Dana, meet Lee\nDana asked in Thursday club for a word at Acme" in plain(message)
    assert not message.private
    assert Quote("Please?") in message.blocks
    assert "Somebody said yes" in await circle.say(DANA, "club ask", employer="Acme")
    await circle.passes(WEEK)
    assert await circle.reads(DANA, NudgeKind.UNANSWERED) == ""
    assert len(circle.post.together) == 1


async def test_it_waits_for_an_hour_that_is_day_for_both(circle: Circle) -> None:
    tokyo = replace(LEE, zone="Asia/Tokyo")
    await circle.gather(tokyo, KIM, ties=(tokyo,))
    await circle.share(DANA)
    # Ten in the evening in Tokyo is too late to be asked; eight in the morning is not.
    await circle.until(datetime(2026, 6, 1, 22, 59, tzinfo=UTC))
    assert await circle.reads(tokyo, NudgeKind.ASKED) == ""
    await circle.passes(timedelta(hours=2))
    await circle.reads(tokyo, NudgeKind.ASKED)
    await circle.until(datetime(2026, 6, 2, 3, 0, tzinfo=UTC))
    await circle.press(tokyo, "Yes, bring us together")
    await circle.until(datetime(2026, 6, 2, 22, 59, tzinfo=UTC))
    assert circle.post.together == []
    # Seven in the evening in New York, eight in the morning in Tokyo.
    await circle.until(datetime(2026, 6, 2, 23, 0, tzinfo=UTC))
    assert len(circle.post.together) == 1


@pytest.mark.parametrize("button", ["No", "Not now", "Do not ask me about Acme"])
async def test_no_and_not_now_put_the_question_to_the_next(store: Store, button: str) -> None:
    circle = Circle(store)
    await circle.gather(LEE, KIM, ties=(LEE, KIM))
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    first, second = (LEE, KIM) if await circle.reads(LEE, NudgeKind.ASKED) else (KIM, LEE)
    assert await circle.reads(second, NudgeKind.ASKED) == ""
    await circle.reads(first, NudgeKind.ASKED)
    await circle.press(first, button)
    await circle.passes(timedelta(hours=1))
    await circle.reads(second, NudgeKind.ASKED)
    await circle.press(second, "Yes, bring us together")
    await circle.passes(timedelta(hours=1))
    ((users, _),) = circle.post.together
    assert users == tuple(sorted(("U1", second.user)))


@pytest.mark.parametrize("button", ["", "No", "Not now", "Do not ask me about Acme", "leave"])
async def test_whatever_is_no_yes_ends_in_the_same_way(circle: Circle, button: str) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.reads(LEE, NudgeKind.ASKED)
    if button == "leave":
        await circle.say(LEE, "club leave", sure="yes")
    elif button:
        await circle.press(LEE, button)
    said = await circle.say(DANA, "club ask", employer="Acme")
    assert said == (
        "You asked about Acme\nThat was on June 1. If somebody can help, I bring you two together. "
        "That can take until June 8."
    )
    await circle.until(datetime(2026, 6, 8, 13, 29, tzinfo=UTC))
    assert await circle.reads(DANA, NudgeKind.UNANSWERED) == ""
    await circle.until(datetime(2026, 6, 8, 13, 30, tzinfo=UTC))
    assert await circle.reads(DANA, NudgeKind.UNANSWERED) == (
        "Nobody could help with Acme this time\nThe week is over, so I ask nobody else."
    )
    assert await circle.planned(DANA) == []


async def test_who_looks_before_it_is_over_hears_that_it_is_not(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(DAY)
    said = await circle.say(DANA, "job open", nudge="lead:unanswered:1")
    assert "If somebody can help, I bring you two together" in said
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, "Yes, bring us together")
    said = await circle.say(DANA, "job open", nudge="lead:introduction:1")
    assert "Somebody said yes" in said
    await circle.passes(timedelta(hours=1))
    assert "settled" in await circle.say(DANA, "job open", nudge="lead:introduction:1")


async def test_what_comes_of_an_application_ends_its_question(circle: Circle) -> None:
    await three(circle)
    await circle.say(DANA, "job applied", company="Acme", role="SRE")
    await circle.share(DANA)
    await circle.say(DANA, "job heard", application="Acme", what="accepted")
    await circle.passes(WEEK + DAY)
    assert await circle.reads(LEE, NudgeKind.ASKED) == ""
    assert await circle.reads(DANA, NudgeKind.UNANSWERED) == ""


async def test_who_has_applied_is_shown_the_next_best_move(circle: Circle) -> None:
    await three(circle)
    await circle.say(DANA, "job applied", company="Acme", role="SRE", nocontact="yes")
    await circle.share(DANA)
    await circle.passes(WEEK + DAY)
    assert "somebody you know there" in await circle.reads(DANA, NudgeKind.UNANSWERED)
    assert "Ask somebody I know there" in circle.labels


async def test_only_whoever_was_helped_thanks(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    assert "I cannot find that" in await circle.say(DANA, "club thanked", question="1")
    await circle.passes(WEEK + DAY)
    assert "Nobody could help" in await circle.reads(DANA, NudgeKind.UNANSWERED)


async def test_a_yes_that_comes_too_late_is_met_with_thanks(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.passes(WEEK)
    await circle.reads(LEE, NudgeKind.ASKED)
    assert "Thank you all the same" in await circle.press(LEE, "Yes, bring us together")
    await circle.passes(2 * DAY)
    assert circle.post.together == []


async def test_two_yeses_by_one_tap_too_many_are_one(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.reads(LEE, NudgeKind.ASKED)
    asked = circle.last
    await circle.press(LEE, "Yes, bring us together")
    circle.last = asked
    assert "You said yes already" in await circle.press(LEE, "Yes, bring us together")
    await circle.passes(timedelta(hours=1))
    assert len(circle.post.together) == 1
    circle.last = asked
    assert "You said yes already" in await circle.press(LEE, "Yes, bring us together")
    await circle.passes(timedelta(hours=1))
    assert len(circle.post.together) == 1


async def test_nobody_answers_a_question_of_others(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    for who in (DANA, KIM):
        said = await circle.say(who, "club answer", question="1", what="yes")
        assert "I cannot find that among yours" in said
        assert "I cannot find that" in await circle.say(KIM, "club thanked", question="1")
    await circle.passes(timedelta(hours=1))
    assert circle.post.together == []


async def test_a_thank_you_comes_a_week_after_the_yes_and_is_settled_once(
    circle: Circle,
) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, "Yes, bring us together")
    await circle.passes(WEEK)
    said = await circle.reads(DANA, NudgeKind.GRATITUDE)
    assert "Thank Lee\nLee said yes about Acme." in said
    assert "thank you for saying yes when I asked for a word at Acme" in said
    asked = circle.last
    assert "thank you for saying yes" in await circle.press(DANA, "Not yet")
    circle.last = asked
    assert "Well done" in await circle.press(DANA, "I thanked them")
    await circle.passes(WEEK)
    assert sum("gratitude" in keys for keys, _ in circle.post.arrived) == 1


async def test_where_no_conversation_can_be_opened_each_is_told_of_the_other(
    circle: Circle,
) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, "Yes, bring us together")
    circle.post.orders.append(Gone("there is no room"))
    await circle.passes(timedelta(hours=2))
    assert circle.post.together == []
    assert "Lee said yes about Acme" in await circle.reads(DANA, NudgeKind.CONTACT)
    assert "Dana asked for a word at Acme" in await circle.reads(LEE, NudgeKind.CONTACT)
    # Nothing that is planned anew makes it come again.
    await circle.say(DANA, "job settings", zone="Europe/Berlin")
    await circle.passes(2 * DAY)
    assert circle.post.together == []
    assert sum("lead:contact" in keys for keys, _ in circle.post.arrived) == 2


async def test_a_platform_that_is_busy_brings_them_together_later(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, "Yes, bring us together")
    circle.post.orders.append(Later(circle.now + timedelta(minutes=90), "busy"))
    await circle.passes(timedelta(hours=3))
    assert len(circle.post.together) == 1


async def test_who_leaves_between_the_yes_and_its_hour_leaves_no_trace(circle: Circle) -> None:
    await circle.gather(LEE, KIM, SAM, ties=(LEE,))
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.reads(LEE, NudgeKind.ASKED)
    await circle.press(LEE, "Yes, bring us together")
    await circle.say(LEE, "club leave", sure="yes")
    await circle.passes(timedelta(hours=1))
    assert circle.post.together == []
    await circle.until(NOW + WEEK + DAY)
    assert "Nobody could help" in await circle.reads(DANA, NudgeKind.UNANSWERED)


async def test_who_asked_and_left_takes_the_question_along(circle: Circle) -> None:
    await three(circle)
    await circle.say(SAM, "club join")
    await circle.share(DANA)
    await circle.say(DANA, "club leave", sure="yes")
    await circle.passes(WEEK + DAY)
    assert await circle.reads(LEE, NudgeKind.ASKED) == ""
    assert await circle.reads(DANA, NudgeKind.UNANSWERED) == ""
    number = await circle.id(LEE)
    nudges = await circle.do(lambda unit: unit.nudges.of(number, [NudgeState.DROPPED]))
    assert [n.why for n in nudges if n.kind is NudgeKind.ASKED] == [
        "the question is no longer there"
    ]


async def test_who_erased_everything_is_asked_about_no_more(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.say(DANA, "job forget", sure="yes")
    await circle.passes(timedelta(hours=2))
    assert await circle.reads(LEE, NudgeKind.ASKED) == ""


async def test_a_helper_who_was_asked_and_erases_everything_is_silence(circle: Circle) -> None:
    await three(circle)
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    await circle.say(LEE, "job forget", sure="yes")
    await circle.until(NOW + WEEK + DAY)
    assert "Nobody could help" in await circle.reads(DANA, NudgeKind.UNANSWERED)


async def test_a_mute_answers_what_was_asked(circle: Circle) -> None:
    await circle.gather(LEE, KIM, SAM, ties=(LEE, KIM))
    await circle.share(DANA)
    first, second = (LEE, KIM) if await circle.planned(LEE) else (KIM, LEE)
    await circle.say(first, "club mute", employer="acme")
    assert await circle.planned(first) == []
    assert len(await circle.planned(second)) == 1


async def test_what_came_to_the_discreet_opens_and_settles(circle: Circle) -> None:
    await three(circle)
    await circle.say(LEE, "job settings", discreet="yes")
    await circle.share(DANA)
    await circle.passes(timedelta(hours=1))
    assert "Acme" not in await circle.reads(LEE, NudgeKind.ASKED)
    assert "asks for a word at Acme" in await circle.press(LEE, "Open")
    await circle.press(LEE, "No")
    call = Call("job open", {"nudge": "lead:asked:1"})
    answer = await circle.desk.handle(call, LEE, circle.now)
    assert isinstance(answer, Message)
    assert "settled" in plain(answer)
