"""Answers when something is slow, closed, refused or gone: no answer and no word is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from adapters.slack.app import Slack
from adapters.slack.credentials import Credentials
from bot.commands import registry
from storage.store import Store
from tests.slack import standin
from tests.slack.chat import SlackChat, World, workspace
from tests.slack.checks import button, deliver, settle
from tests.slack.standin import Busy, Denied, Held
from tests.slack.test_checklist_faults import gone, stuck
from tests.stories.chat import LETTERS

GREETING = "This is where I will write"


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    async with workspace(store, "http", hurried=True) as made:
        yield made


@pytest.fixture
async def chat(world: World) -> SlackChat:
    found = SlackChat(world)
    await found.say("applied SRE at Acme")
    return found


# Greeting.


async def begin_through_a_form(chat: SlackChat) -> None:
    await chat.person.slash("applied")
    await settle(chat.world)
    await chat.person.press("No")
    await settle(chat.world)


async def test_whoever_begins_through_a_form_is_greeted_and_their_home_is_drawn(
    world: World,
) -> None:
    chat = SlackChat(world, brisk=False)
    person = chat.person
    await person.open_home()
    await settle(world)
    drawn = world.slack.world.counts["views.publish"]
    await begin_through_a_form(chat)
    assert world.slack.world.counts["views.publish"] > drawn
    assert "company" in person.window.fields
    assert [GREETING in message.shown for message in person.dms] == [True]
    await person.fill(company="Acme", role="SRE")
    await settle(world)
    assert person.received == 1


async def test_the_form_says_that_messages_do_not_arrive(world: World) -> None:
    chat = SlackChat(world, brisk=False)
    plan = world.slack.fault("chat.postMessage", Denied("messages_tab_disabled"), times=None)
    await begin_through_a_form(chat)
    assert plan.met == 1
    assert "company" in chat.person.window.fields
    assert "did not let my message through" in chat.person.window.shown


async def test_a_greeting_that_must_wait_is_sent_later(world: World) -> None:
    chat = SlackChat(world, brisk=False)
    world.slack.fault("chat.postMessage", Busy(30))
    await chat.say("applied SRE at Acme")
    began = world.now
    assert "did not let" not in await chat.press("No")
    await settle(world)
    assert [GREETING in message.shown for message in chat.person.dms] == [True]
    assert (world.now - began).total_seconds() >= 30


async def test_a_greeting_is_given_up_after_some_tries(world: World) -> None:
    plan = world.slack.fault("chat.postMessage", Busy(30), times=None)
    chat = SlackChat(world)
    await chat.say("applied SRE at Acme")
    await settle(world)
    assert plan.met == 6


async def test_a_class_that_begins_together_is_greeted_to_the_last(world: World) -> None:
    people = [SlackChat(world, f"U{number}") for number in range(20)]
    for each in people:
        await each.say("applied SRE at Acme")
    await settle(world)
    assert [sum(GREETING in m.shown for m in each.person.dms) for each in people] == [1] * 20


async def test_whoever_begins_again_after_forgetting_is_greeted_again(chat: SlackChat) -> None:
    assert chat.person.received == 1
    await chat.say("forget sure=yes")
    await chat.say("applied SRE at Acme")
    assert chat.person.received == 2
    assert GREETING in chat.person.dm.shown


# A slow answer.


async def test_a_slow_answer_is_said_where_it_was_asked_when_no_window_opens(
    chat: SlackChat, store: Store, store_url: str
) -> None:
    chat.world.slack.fault("views.open", Denied("internal_error"))
    before = len(chat.person.ephemerals)
    with stuck(store_url):
        await chat.person.slash("applied Editor at Globex")
    await settle(chat.world)
    (said,) = chat.person.ephemerals[before:]
    assert "Logged: Editor at Globex" in said.shown
    assert "Undo" in said.buttons


async def test_a_slow_answer_is_said_where_it_was_asked_when_the_window_was_closed(
    chat: SlackChat, store_url: str
) -> None:
    before = len(chat.person.ephemerals)
    with stuck(store_url):
        await chat.person.slash("applied Editor at Globex")
        await chat.person.close()
    await settle(chat.world)
    (said,) = chat.person.ephemerals[before:]
    assert "Logged: Editor at Globex" in said.shown
    # Nobody looks at the window, and there is no second try.
    assert chat.world.slack.world.counts["views.update"] == 1


async def test_a_window_that_could_not_be_changed_is_tried_once_more(
    chat: SlackChat, store_url: str
) -> None:
    await chat.person.slash("applied")
    await settle(chat.world)
    await chat.person.enter(company="Globex", role="Editor")
    chat.world.slack.fault("views.update", Denied("internal_error"))
    with stuck(store_url):
        await chat.person.submit()
    await settle(chat.world)
    assert "Logged: Editor at Globex" in chat.person.window.shown


async def test_a_slow_answer_is_said_aside_when_its_window_cannot_be_changed(
    chat: SlackChat, store_url: str
) -> None:
    plan = chat.world.slack.fault("views.update", Denied("internal_error"), times=None)
    with stuck(store_url):
        await chat.person.slash("applied Editor at Globex")
    await settle(chat.world)
    assert plan.met == 2
    assert "Logged: Editor at Globex" in chat.person.answer.shown


async def test_a_form_is_acknowledged_while_slack_is_slow_to_open_it(chat: SlackChat) -> None:
    held = Held()
    chat.world.slack.fault("views.open", held)
    ack = await chat.person.slash("applied")
    assert ack.ok
    assert ack.seconds < 2
    held.release.set()
    await settle(chat.world)
    assert "company" in chat.person.window.fields


# What was typed.


async def test_what_was_typed_stays_when_the_database_is_gone(
    postgres: Any, postgres_url: str
) -> None:
    async with Store.open(postgres_url) as store, workspace(store, "http") as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        await chat.person.shortcut()
        await settle(world)
        with gone(postgres, postgres_url):
            await chat.person.enter(company="Globex", role="Editor")
            await chat.person.submit()
            await settle(world)
        window = chat.person.window
        said = window.shown + str(window.problems)
        assert "That was not saved" in said
        assert "What you typed is still here" in said
        assert (window.fields["company"].value, window.fields["role"].value) == ("Globex", "Editor")
        await chat.person.submit()
        await settle(world)
        assert "Logged: Editor at Globex" in chat.person.window.shown


async def test_what_was_typed_comes_back_when_saving_failed_after_a_while(
    chat: SlackChat, store: Store, store_url: str
) -> None:
    await chat.person.shortcut()
    await settle(chat.world)
    await chat.person.enter(company="Globex", role="Editor")
    with stuck(store_url):
        await chat.person.submit()
        assert "One moment" in chat.person.window.shown
        # The database's own patience ends before ours.
        await settle(chat.world)
    assert "That was not saved" in chat.person.window.shown
    assert chat.person.window.fields["role"].value == "Editor"
    await chat.person.submit()
    await settle(chat.world)
    assert "Logged: Editor at Globex" in chat.person.window.shown


async def test_a_form_whose_handling_breaks_stays_open(chat: SlackChat) -> None:
    await chat.person.shortcut()
    await settle(chat.world)
    payload = chat.person.payloads.submission(chat.person.window)
    payload["view"]["state"] = None
    ack = await chat.world.slack.transport.interaction(payload)
    assert ack.body["response_action"] == "errors"
    assert "What you typed is still here" in ack.body["errors"]["company"]


async def test_the_home_tab_stays_as_it_is_when_the_database_is_gone(
    postgres: Any, postgres_url: str
) -> None:
    async with Store.open(postgres_url) as store, workspace(store, "http") as world:
        chat, other = SlackChat(world), SlackChat(world, "U0OTHER")
        await chat.say("applied SRE at Acme")
        await chat.person.open_home()
        await settle(world)
        with gone(postgres, postgres_url):
            for each in (chat, other):
                await each.person.open_home()
            await settle(world)
        assert chat.person.home is not None
        assert "Acme" in chat.person.home.shown
        # Who has never seen any is told so.
        assert other.person.home is not None
        assert "cannot look anything up" in other.person.home.shown


# Private messages.


async def with_a_digest(chat: SlackChat) -> standin.Posted:
    for line in ("applied Editor at Globex", "applied Cook at Initech"):
        await chat.say(line)
    await deliver(chat.world, days=4, hours=8)
    await deliver(chat.world, days=3)
    return next(m for m in chat.person.dms if m.buttons.count("I sent it") > 1)


async def test_two_clicks_in_one_message_bring_no_settled_button_back(chat: SlackChat) -> None:
    letter = await with_a_digest(chat)
    was = letter.buttons.count("I sent it")
    clicks = [
        chat.person.payloads.press(letter, button(letter, "I sent it", index)) for index in (0, 1)
    ]
    held = Held()
    chat.world.slack.fault("response_url", held)
    await chat.person.send(clicks[0])
    await held.arrived.wait()
    await chat.person.send(clicks[1])
    handled = chat.world.slack.world.counts["response_url"]
    # Long enough for the second to overtake the first, if it could.
    with pytest.raises(TimeoutError):
        await chat.world.slack.until(
            lambda: chat.world.slack.world.counts["response_url"] > handled, within=0.3
        )
    held.release.set()
    await settle(chat.world)
    assert letter.buttons.count("I sent it") == was - 2


async def test_a_stale_button_settles_its_message_as_well(chat: SlackChat) -> None:
    await deliver(chat.world, days=4, hours=8)
    await deliver(chat.world, days=3)
    letter = next(m for m in chat.person.dms if "I sent it" in m.buttons)
    await chat.say("sent acme")
    await chat.person.press("I sent it", letter)
    await settle(chat.world)
    assert "Sent already" in chat.person.window.shown
    assert "I sent it" not in letter.buttons
    assert "Sent already" in letter.shown


async def test_a_click_that_settles_nothing_leaves_a_message_as_it_is(chat: SlackChat) -> None:
    letter = await with_a_digest(chat)
    edits, buttons = letter.edits, list(letter.buttons)
    await chat.person.press("As a LinkedIn note", letter, nth=0)
    await settle(chat.world)
    assert (letter.edits, letter.buttons) == (edits, buttons)


async def test_another_button_of_a_partly_stale_message_settles_that_part(chat: SlackChat) -> None:
    letter = await with_a_digest(chat)
    was = letter.buttons.count("I sent it")
    await chat.say("sent globex")
    open_one = next(t for t in letter.pressables if t.about == "They replied: SRE at Acme")
    assert open_one
    await chat.person.press("As a LinkedIn note", letter, nth=was - 1)
    await settle(chat.world)
    assert letter.buttons.count("I sent it") == was - 1


async def test_forgetting_takes_every_message_away_however_many(world: World) -> None:
    chat = SlackChat(world)
    for number in range(60):
        await chat.say(f"applied Role{number} at Company{number} on 2026-05-{1 + number % 28:02d}")
        await deliver(world, days=8)
    there = sum("Company" in message.text for message in chat.person.dms)
    assert there > 55
    world.slack.forgive("")
    world.slack.fault("chat.delete", Busy(30))
    began = world.now
    said = await chat.say("forget sure=yes")
    await settle(world)
    assert "which may take a few minutes" in said
    assert not [m for m in chat.person.dms if "Company" in m.text]
    # At Slack's pace, and after the wait that it asked for.
    assert (world.now - began).total_seconds() > 30 + (there - 50) * 1.2


async def test_a_written_out_export_waits_when_slack_asks_for_that(store: Store) -> None:
    scopes = ("chat:write", "commands", "users:read")
    async with workspace(store, "http", scopes=scopes, hurried=True) as world:
        chat = SlackChat(world)
        for number in range(10):
            await chat.say(f"applied Role{number} at Company{number} note={'x' * 1500}")
        world.slack.forgive("files:write")
        before = len(chat.person.dms)
        plan = world.slack.fault("chat.postMessage", Busy(30), times=3)
        said = await chat.say("export")
        assert plan.met == 3
        assert "written out" in said
        assert "Company9" in "".join(message.shown for message in chat.person.dms[before:])
        world.slack.forgive("files:write")


async def test_an_export_gives_up_when_slack_asks_too_often(world: World) -> None:
    chat = SlackChat(world)
    await chat.say("applied SRE at Acme")
    plan = world.slack.fault("chat.postMessage", Busy(30), times=None)
    assert "could not send all of it" in await chat.say("export")
    assert plan.met == 5


# The end.


async def test_a_socket_acknowledges_what_is_in_hand_before_it_closes(
    store: Store, store_url: str
) -> None:
    async with standin.Slack() as slack, AsyncExitStack() as stack:
        team = slack.team("T1")
        credentials = Credentials(
            bot_token=team.bot_token, app_token=slack.app_token, api_url=slack.api_url
        )
        app = Slack(credentials, store, registry, LETTERS)
        stack.push_async_callback(app.close)
        socket = await stack.enter_async_context(AsyncExitStack())
        await socket.enter_async_context(app.socket())
        await slack.over_socket().at_least(1)
        person = team.person("U1", zone="Europe/Paris")
        await person.slash("settings")
        asked_before = slack.world.counts["views.open"]
        with stuck(store_url):
            asked = asyncio.create_task(person.slash("help"))
            await slack.until(lambda: slack.world.counts["views.open"] > asked_before)
            await socket.aclose()
        assert (await asked).ok
        slack.check()
