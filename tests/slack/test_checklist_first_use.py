"""The checklist for the first words, and for messages that name nobody until they are opened."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.slack.front import NOTICE
from storage.store import Store
from tests.slack.chat import SlackChat, World, workspace
from tests.slack.checks import deliver, rows, settle
from tests.slack.standin import Denied

NAMES = re.compile(r"acme|sre|globex|editor|\bjob\b|interview|follow|appl|career|employ", re.I)


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    async with workspace(store, "http") as made:
        yield made


@pytest.fixture
def chat(world: World) -> SlackChat:
    return SlackChat(world, brisk=False)


async def letter_of(chat: SlackChat, answer: str = "Yes, or not sure") -> SlackChat:
    """Somebody who answered, logged one application, and whose follow-up has arrived."""
    await chat.say("applied SRE at Acme")
    await chat.press(answer)
    await follow_up(chat)
    return chat


async def follow_up(chat: SlackChat) -> None:
    """Let the week's review go out on Friday, and the follow-up alone on Monday."""
    await deliver(chat.world, days=4, hours=8)
    await deliver(chat.world, days=3)


@pytest.mark.parametrize("way", ["slash", "form", "global", "message", "home"])
async def test_who_can_see_what_is_said_before_the_first_record_wherever_one_begins(
    chat: SlackChat, store: Store, way: str
) -> None:
    person = chat.person
    if way == "slash":
        await person.slash("applied SRE at Acme")
    elif way == "form":
        await person.slash("applied")
    elif way == "global":
        await person.shortcut()
    elif way == "message":
        await person.message_shortcut("see <https://jobs.lever.co/acme-corp/1>")
    else:
        await person.open_home()
        await settle(chat.world)
        await person.press("Log an application", person.home)
    await settle(chat.world)
    notice = person.modal or person.answer
    assert NOTICE.words in notice.shown
    assert NOTICE.question in notice.shown
    assert notice.buttons == ["Yes, or not sure", "No"]
    assert not (await rows(store))["applications"]
    await person.press("No", notice)
    await settle(chat.world)
    if way != "slash":
        assert {"company", "role"} <= set(person.window.fields)
        await person.fill(company="Acme", role="SRE")
        await settle(chat.world)
    (logged,) = (await rows(store))["applications"]
    assert logged["company"] == "Acme"
    assert logged["link"] == ("https://jobs.lever.co/acme-corp/1" if way == "message" else "")


async def test_messages_name_nobody_for_whoever_works_there_or_is_not_sure(
    chat: SlackChat,
) -> None:
    await letter_of(chat)
    assert len(chat.person.dms) >= 2
    for message in chat.person.dms:
        said = f"{message.text}\n{message.shown}\n{message.buttons}"
        assert not NAMES.search(said), said
        assert not NAMES.search(str([b.get("accessibility_label") for b in message.blocks]))


async def test_a_message_that_names_nobody_opens_as_the_letter_and_is_settled_from_there(
    chat: SlackChat,
) -> None:
    await letter_of(chat)
    note = chat.person.dm
    await chat.person.press("Open", note)
    await settle(chat.world)
    window = chat.person.window
    assert "Acme" in window.shown
    assert "I sent it" in window.buttons
    await chat.person.press("I sent it", window)
    await settle(chat.world)
    assert note.edits == 1
    assert "Open" not in note.buttons
    assert not NAMES.search(f"{note.text}\n{note.shown}\n{note.buttons}")
    assert "Undo" in chat.person.window.buttons
    await chat.person.press("Undo", chat.person.window)
    await settle(chat.world)
    assert "Open" in note.buttons


async def test_the_whole_letter_comes_to_whoever_said_no(chat: SlackChat) -> None:
    await letter_of(chat, "No")
    letter = chat.person.dm
    assert "Acme" in letter.shown
    assert "Acme" in letter.text
    assert "I sent it" in letter.buttons


async def test_the_first_private_message_arrives_once(chat: SlackChat) -> None:
    await chat.say("applied SRE at Acme")
    payload = chat.person.payloads.press(chat.person.answer, chat.person.answer.pressables[0])
    await chat.person.send(payload)
    await chat.person.send(payload)
    await settle(chat.world)
    assert [m.shown.splitlines()[0] for m in chat.person.dms] == [
        "This is where I will write to you"
    ]


@pytest.mark.parametrize("code", ["messages_tab_disabled", "user_disabled"])
async def test_whoever_cannot_be_written_to_is_told_how_to_mend_it(
    chat: SlackChat, code: str
) -> None:
    chat.world.slack.fault("chat.postMessage", Denied(code))
    await chat.say("applied SRE at Acme")
    answered = await chat.press("No")
    assert "Logged: SRE at Acme" in answered
    assert NOTICE.closed in answered
    assert not chat.person.dms


async def test_settling_takes_the_buttons_and_undo_brings_the_letter_back(
    chat: SlackChat,
) -> None:
    await letter_of(chat, "No")
    letter = chat.person.dm
    before = letter.shown
    await chat.person.press("I sent it", letter)
    await settle(chat.world)
    assert "I sent it" not in letter.buttons
    assert letter.buttons == ["Undo"] or "Undo" in letter.buttons
    assert "Acme" in letter.text
    await chat.person.press("Undo", letter)
    await settle(chat.world)
    assert "I sent it" in letter.buttons
    assert before.splitlines()[-3] in letter.shown


async def three(chat: SlackChat, answer: str) -> SlackChat:
    """Somebody whose three follow-ups have come at the same time."""
    await chat.say("applied SRE at Acme")
    await chat.press(answer)
    await chat.say("applied Editor at Globex")
    await chat.say("applied Cook at Initech")
    await follow_up(chat)
    return chat


async def test_of_a_digest_only_what_was_settled_goes(chat: SlackChat) -> None:
    await three(chat, "No")
    digest = next(m for m in chat.person.dms if m.buttons.count("I sent it") > 1)
    held = digest.buttons.count("I sent it")
    await chat.person.press("I sent it", digest, nth=0)
    await settle(chat.world)
    assert digest.buttons.count("I sent it") == held - 1
    assert "Undo" in digest.buttons
    assert "Globex" in digest.shown


async def test_of_a_digest_that_names_nobody_the_others_stay_too(chat: SlackChat) -> None:
    await three(chat, "Yes, or not sure")
    digest = chat.person.dm
    assert len(digest.buttons) == 3
    await chat.person.press(digest.buttons[1], digest)
    await settle(chat.world)
    assert "Globex" in chat.person.window.shown
    await chat.person.press("I sent it", chat.person.window)
    await settle(chat.world)
    opening = [label for label in digest.buttons if label.startswith("Open")]
    assert len(opening) == 2
    assert not NAMES.search(f"{digest.text}\n{digest.shown}\n{digest.buttons}")
    await chat.person.press(opening[1], digest)
    await settle(chat.world)
    assert "Initech" in chat.person.window.shown


async def test_a_form_opened_from_a_letter_settles_it_too(chat: SlackChat, store: Store) -> None:
    await letter_of(chat, "No")
    letter = chat.person.dm
    await chat.person.press("Edit", letter)
    await settle(chat.world)
    assert "Hello" in str(chat.person.window.values["letter"])
    await chat.person.fill(letter="I am the one for this, and here is why. " * 4)
    await settle(chat.world)
    assert "I am the one for this" in letter.shown
    assert "I sent it" in letter.buttons
    await chat.person.press("I sent it", chat.person.window)
    await settle(chat.world)
    assert "I sent it" not in letter.buttons
    assert len([row for row in (await rows(store))["followups"] if row["sent_at"]]) == 1


@pytest.mark.parametrize("code", ["message_not_found", "ratelimited"])
async def test_a_letter_that_cannot_be_changed_costs_nothing_else(
    chat: SlackChat, store: Store, code: str
) -> None:
    await letter_of(chat)
    note = chat.person.dm
    await chat.person.press("Open", note)
    await settle(chat.world)
    chat.world.slack.fault("chat.update", Denied(code), times=None)
    await chat.person.press("I sent it", chat.person.window)
    await settle(chat.world)
    assert "Sent" in chat.person.window.shown or "sent" in chat.person.window.shown
    assert [row for row in (await rows(store))["followups"] if row["sent_at"]]


async def test_a_button_pressed_before_the_message_is_noted_down_still_counts(
    chat: SlackChat, store: Store
) -> None:
    await chat.say("applied SRE at Acme")
    await chat.press("No")
    world = chat.world
    await deliver(world, days=4, hours=8)
    world.now += timedelta(days=3)
    sending = asyncio.create_task(world.dispatcher.tick(world.now))
    # Slack shows it before the dispatcher has heard of it.
    await world.slack.until(lambda: "I sent it" in chat.person.dm.buttons)
    letter = chat.person.dm
    await chat.person.press("I sent it", letter)
    await sending
    await settle(world)
    assert len([row for row in (await rows(store))["followups"] if row["sent_at"]]) == 1
    again = chat.person.payloads.press(letter, letter.pressables[0])
    await chat.person.send(again)
    await settle(world)
    assert len([row for row in (await rows(store))["followups"] if row["sent_at"]]) == 1
