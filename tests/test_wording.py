"""What people read beside the records: hints that can be typed as they stand, and plain words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Message, plain
from bot.model import Application, Case, Seeker
from bot.review import advice, review_blocks
from bot.welcome import answered
from storage.store import Store
from tests.stories.chat import DeskChat

TODAY = date(2026, 6, 9)
PERSON = Seeker(1, zone="Europe/Paris")


@pytest.fixture
def chat(store: Store) -> DeskChat:
    return DeskChat(store)


@pytest.fixture
def elsewhere(store: Store) -> DeskChat:
    """A chat where commands are typed with a prefix, into fields."""
    chat = DeskChat(store)
    chat.desk = Desk(store, registry, Letters(), prefix="/job ", lines=False)
    return chat


async def test_a_hint_names_the_command_as_it_is_typed_in_this_place(elsewhere: DeskChat) -> None:
    assert "“/job applied”" in await elsewhere.say("list")
    assert "“/job interview”" in await elsewhere.say("debrief")
    assert "“/job resume”" in await elsewhere.say("pause")
    for number in range(10):
        await elsewhere.say(f"applied SRE at Acme{number}")
    assert "“/job list”" in await elsewhere.say("board")
    await elsewhere.say("resume")
    await elsewhere.unreachable(True)
    await elsewhere.wait(days=9)
    assert "could not reach you" in await elsewhere.say("list")
    assert "“/job today” again" in await elsewhere.say("today")


async def test_a_hint_in_the_terminal_is_a_word_that_can_be_typed(chat: DeskChat) -> None:
    assert "“applied ROLE at COMPANY”" in await chat.say("list")
    assert "“interview COMPANY WHEN”" in await chat.say("debrief")
    assert "“resume”" in await chat.say("pause")


async def test_leaving_out_the_questions_says_how_to_have_them(elsewhere: DeskChat) -> None:
    await elsewhere.say("applied SRE at Acme")
    await elsewhere.say("interview acme thu 3pm")
    came = await elsewhere.wait(days=3, hours=10)
    assert "“/job debrief” has them at any time" in await elsewhere.press("Skip", came[-1])


def test_the_first_words_say_what_the_settings_are_good_for() -> None:
    words = answered(PERSON, "“/job settings”")
    assert "If others see your screen: “/job settings” has a discreet mode." in words


async def test_a_letter_without_reasons_has_a_button_for_them(chat: DeskChat) -> None:
    await chat.say("applied SRE at Acme")
    (came,) = [s for s in await chat.wait(days=7, hours=3) if "Follow up" in s]
    assert len(came.buttons) == 7
    assert "“edit”" not in came
    form = await chat.press("Add my reasons", came)
    assert "fit" in form.fields
    noted = await chat.fill(fit="I ran on-call for forty services", proof="I cut pages by 60 %")
    # The letter is here already: nothing is announced for a day that is over.
    assert "will come to you" not in noted
    again = await chat.say("followup acme")
    assert "Add my reasons" not in again.buttons
    assert "Stronger with" not in again
    assert "Close it" in again.buttons


async def test_a_letter_without_a_result_has_a_button_for_it(chat: DeskChat) -> None:
    await chat.say('applied SRE at Acme fit="I ran on-call for forty services"')
    letter = await chat.say("followup acme")
    assert "Stronger with one concrete result of yours." in letter
    form = await chat.press("Add a result", letter)
    assert list(form.fields) == ["proof"]
    assert "It goes into the follow-up" in await chat.fill(proof="I cut pages by 60 % in a year")
    letter = await chat.say("followup acme")
    assert "forty services" in letter
    assert "60 %" in letter
    logged = await chat.say('applied Cook at Globex fit="I cooked for two hundred"')
    assert "Add a result" in logged.buttons


def cases(count: int, on: date) -> list[Case]:
    logged = datetime(2026, 6, 1, tzinfo=UTC)
    return [Case(Application(1, n, "Acme", "SRE", on, logged)) for n in range(1, count + 1)]


def test_the_review_says_the_same_thing_once() -> None:
    said = plain(Message("", tuple(review_blocks(PERSON, cases(1, TODAY), TODAY))))
    assert "So far: 0 of 1 answered (too early to say)" in said
    assert "Cold:" not in said
    assert "Not followed up:" not in said


def test_follow_ups_that_wait_come_before_any_word_about_the_rest() -> None:
    early = advice(PERSON, cases(13, TODAY - timedelta(days=8)), 0, TODAY)
    assert early == "send the 13 follow-ups that are ready and waiting; “today” has the letters."


def test_no_answer_after_a_week_is_no_verdict_and_after_two_it_is_said_kindly() -> None:
    young = cases(13, TODAY - timedelta(days=5))
    assert "cold" not in advice(PERSON, young, 0, TODAY)
    old = [
        Case(replace(case.application, applied_on=TODAY - timedelta(days=20), no_contact=True))
        for case in young
    ]
    assert advice(PERSON, old, 0, TODAY).startswith("fewer cold applications, more people.")


async def test_taking_back_a_rest_says_what_is_true_now(chat: DeskChat) -> None:
    await chat.say("pause")
    assert "You are not resting any more" in await chat.say("undo")
    await chat.say("pause")
    await chat.say("resume")
    undone = await chat.say("undo")
    assert "You are resting again" in undone
    assert "“Again” takes back" in undone


async def test_taking_back_changed_settings_says_what_is_true_now(chat: DeskChat) -> None:
    await chat.say("settings name=Sam")
    await chat.say("applied SRE at Acme")
    assert "Taken back: Logged" in await chat.say("undo")
    assert "Your settings are as they were" in await chat.say("undo")


async def test_skip_on_an_old_copy_says_that_it_was_sent(chat: DeskChat) -> None:
    await chat.say("applied SRE at Acme")
    came = await chat.wait(days=7, hours=3)
    await chat.press("I sent it", came[-1])
    late = await chat.press("Skip", came[-1])
    assert "Sent already: SRE at Acme" in late
    assert "none goes out" not in late
    # Nothing was changed, so the newest change is still the letter.
    assert "Taken back: Sent" in await chat.say("undo")
    await chat.press("Skip", came[-1])
    assert "No follow-up: SRE at Acme" in await chat.press("Skip", came[-1])


async def test_that_nobody_showed_up_can_be_taken_back(chat: DeskChat) -> None:
    await chat.say("applied SRE at Acme")
    await chat.say("interview acme thu 3pm with Dana Fox")
    came = await chat.wait(days=3, hours=10)
    missed = await chat.press("They did not show up", came[-1])
    assert "They did not show up: SRE at Acme" in missed
    assert "Taken back: They did not show up" in await chat.press("Undo", missed)


async def test_help_names_the_command_once_and_as_it_is_typed(elsewhere: DeskChat) -> None:
    explained = await elsewhere.say("help applied")
    assert explained.text.startswith("/job applied\n")
    assert explained.text.count("job applied") == 1


async def test_what_was_sent_is_told_with_one_colon(chat: DeskChat) -> None:
    await chat.say("applied SRE at Acme")
    await chat.say("sent acme")
    assert "Sent after applying: Monday" in await chat.say("show acme")


async def test_what_is_left_to_send_is_a_sentence(chat: DeskChat) -> None:
    await chat.say("applied SRE at Acme")
    await chat.say("interview acme thu 3pm with Dana Fox, Lee Park")
    await chat.wait(days=3, hours=10)
    letters = await chat.say("followup acme")
    assert "To Dana Fox. One to go. I will ask once" in await chat.press(
        "I sent it to Dana", letters
    )
