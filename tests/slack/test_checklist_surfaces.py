"""The checklist for what a person sees: commands, windows, shortcuts, Home, buttons old and new."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.slack.front import NOTICE
from adapters.slack.meta import Meta
from bot.message import Call
from storage.store import Store
from tests.slack.chat import SlackChat, World, workspace
from tests.slack.checks import button, deliver, rows, settle, stored
from tests.slack.standin import Denied

ODD = (
    "<!channel> & <@U1>",
    "&lt;b&gt; &amp;",
    "מרחבא عربي",
    "👩‍👩‍👧 e\u0301 :tada:",
    "x" * 2990,
)


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    async with workspace(store, "http") as made:
        yield made


@pytest.fixture
def chat(world: World) -> SlackChat:
    return SlackChat(world)


async def begun(chat: SlackChat) -> SlackChat:
    await chat.say("applied SRE at Acme")
    return chat


@pytest.mark.parametrize("words", ["", "help", "xyzzy", "   ", "\u200b", "aplied", "{" * 200])
async def test_help_nothing_and_junk_get_a_useful_answer(chat: SlackChat, words: str) -> None:
    await chat.say(words)
    answer = chat.person.answer
    assert answer.ephemeral
    assert "help" in answer.shown.lower() or "Did you mean" in answer.shown or answer.buttons


@pytest.mark.parametrize("words", ODD, ids=["mention", "escaped", "rtl", "emoji", "long"])
async def test_what_is_typed_is_never_markup_on_any_surface(
    chat: SlackChat, store: Store, words: str
) -> None:
    await begun(chat)
    await chat.person.open_home()
    role = words if len(words) < 100 else "Editor"
    await chat.call_with(company="Globex <!here>", role=role, note=words)
    spoken = await chat.say("show 2")
    assert role in spoken
    assert "Globex <!here>" in spoken
    assert words[:100] in spoken
    assert len((await rows(store))["applications"][1]["note"]) > len(words) - 3
    assert role in chat.person.home.shown if chat.person.home else False
    for message in chat.person.ephemerals:
        assert "<!" not in message.text
    await chat.say(f"edit 2 note={words} again")
    assert words[:100] in await chat.say("show 2")


async def test_a_problem_is_under_its_field_and_what_was_typed_stays(
    chat: SlackChat, store: Store
) -> None:
    await begun(chat)
    await chat.person.slash("applied SRE")
    window = chat.person.window
    await chat.person.press("More details")
    await settle(chat.world)
    await chat.person.fill(company="Globex", role="SRE", link="no address", fit="I fit")
    assert set(window.problems) == {"link"}
    assert window.values["company"] == "Globex"
    assert window.values["fit"] == "I fit"
    assert len((await rows(store))["applications"]) == 1
    await chat.person.fill(link="https://globex.example/1")
    await settle(chat.world)
    logged = (await rows(store))["applications"][1]
    assert (logged["company"], logged["role"], logged["fit"]) == ("Globex", "SRE", "I fit")
    assert logged["link"] == "https://globex.example/1"


async def test_more_details_keeps_what_was_typed(chat: SlackChat) -> None:
    await begun(chat)
    await chat.person.slash("applied")
    window = chat.person.window
    fewer = set(window.fields)
    await chat.person.enter(company="Globex", role="Editor & more")
    await chat.person.press("More details")
    await settle(chat.world)
    assert set(window.fields) > fewer
    assert window.values["company"] == "Globex"
    assert window.values["role"] == "Editor & more"


async def test_closing_a_form_saves_nothing(chat: SlackChat, store: Store) -> None:
    await begun(chat)
    before = await rows(store)
    await chat.person.slash("applied")
    await chat.person.enter(company="Globex", role="Editor")
    await chat.person.close()
    await settle(chat.world)
    assert await rows(store) == before
    assert chat.person.modal is None


async def test_submitting_twice_logs_once(chat: SlackChat, store: Store) -> None:
    await begun(chat)
    await chat.person.slash("applied")
    person = chat.person
    await person.enter(company="Globex", role="Editor")
    payload = person.payloads.submission(person.window)
    first = await person.submit()
    again = await chat.world.slack.transport.interaction(payload)
    assert first
    assert first.ok
    assert again.ok
    assert len((await rows(store))["applications"]) == 2
    assert "before" in str(again.body)


async def test_applications_and_zones_are_offered_while_typing(chat: SlackChat) -> None:
    await begun(chat)
    await chat.call_with(company="Globex", role="Editor")
    await chat.person.slash("show")
    offered = await chat.person.offered("application", "glo")
    assert ["Globex" in option["text"]["text"] for option in offered] == [True]
    await chat.person.close()
    await chat.say("settings zone=nowhere")
    many = await chat.person.offered("zone", "a")
    assert 0 < len(many) <= 25
    assert "Europe/Paris" in str(await chat.person.offered("zone", "paris"))
    assert chat.person.seconds[-1] < 1


async def test_a_form_to_change_something_shows_how_it_is_now(chat: SlackChat) -> None:
    await begun(chat)
    await chat.say("edit")
    window = chat.person.modal
    assert window is not None
    assert "application" in window.fields
    shown = await chat.say("settings")
    assert "America/New_York" in shown


async def test_a_double_click_does_it_once(chat: SlackChat, store: Store) -> None:
    await begun(chat)
    await deliver(chat.world, days=8)
    letter = chat.person.dm
    payload = chat.person.payloads.press(letter, button(letter, "I sent it"))
    await chat.person.send(payload)
    second = {**payload, "trigger_id": chat.world.slack.world.trigger(chat.person.inbox)}
    await chat.person.send(second)
    await settle(chat.world)
    sent = [row for row in (await rows(store))["followups"] if row["sent_at"]]
    assert len(sent) == 1


@pytest.mark.parametrize("name", ["0:job sent;followup=1", "2:job sent", "9", "more", "x" * 255])
async def test_a_button_of_another_version_gets_a_polite_answer_and_does_nothing(
    chat: SlackChat, store: Store, name: str
) -> None:
    await begun(chat)
    answer = chat.person.answer
    before = await rows(store)
    thing = button(answer, "Undo")
    old = replace(thing, element={**thing.element, "action_id": name})
    await chat.person.send(chat.person.payloads.press(answer, old))
    await settle(chat.world)
    assert (await rows(store))["applications"] == before["applications"]
    assert "help" in chat.person.answer.shown


async def test_a_message_that_was_passed_on_does_nothing_for_whoever_presses_it(
    chat: SlackChat, store: Store
) -> None:
    await begun(chat)
    await deliver(chat.world, days=8)
    letter = chat.person.dm
    other = chat.other("Eve")
    await other.say("applied Editor at Globex")
    payload = other.person.payloads.press(letter, button(letter, "I sent it"))
    payload["container"]["channel_id"] = payload["channel"]["id"] = "C0GENERAL"
    await other.person.send(payload)
    await settle(chat.world)
    assert "somebody else" in other.person.window.shown
    assert not [row for row in (await rows(store))["followups"] if row["sent_at"]]
    assert "Acme" not in other.person.window.shown
    assert letter.edits == 0


async def test_the_button_of_somebody_who_was_forgotten_begins_anew(
    chat: SlackChat, store: Store
) -> None:
    await begun(chat)
    await deliver(chat.world, days=8)
    letter = chat.person.dm
    late = chat.person.payloads.press(letter, button(letter, "I sent it"))
    await chat.say("forget sure=yes")
    found = await rows(store)
    assert not [table for table in ("seekers", "accounts", "nudges") if found[table]]
    await chat.person.send(late)
    await settle(chat.world)
    assert not (await rows(store))["applications"]
    assert "Acme" not in chat.person.window.shown


@pytest.mark.parametrize("what", ["shortcut", "message_action", "view", "form", "more"])
async def test_an_unknown_callback_is_answered_and_logged_without_its_text(
    chat: SlackChat, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    await begun(chat)
    caplog.set_level(logging.INFO)
    person, world = chat.person, chat.world
    if what == "shortcut":
        await person.shortcut("gone_by")
    elif what == "message_action":
        await person.message_shortcut("canary words", "gone_by")
    else:
        await person.slash("applied role=canary")
        window = person.window
        meta = "nonsense" if what == "view" else Meta(Call("job canary")).encode()
        view = {**window.json(), "private_metadata": meta}
        if what == "more":
            body = person.payloads.press(window, button(window, "More details"))
            await person.send({**body, "view": view})
        else:
            whole = {**person.payloads.submission(window), "view": view}
            ack = await world.slack.transport.interaction(whole)
            assert ack.body["response_action"] == "update"
            assert "help" in str(ack.body)
    await settle(world)
    assert "unknown" in caplog.text
    assert "canary" not in caplog.text
    if what in ("shortcut", "message_action", "more"):
        assert "older version" in person.window.shown


async def test_home_is_shown_when_its_tab_is_opened_and_not_for_the_messages_tab(
    chat: SlackChat, store: Store
) -> None:
    await chat.person.open_home("messages")
    await settle(chat.world)
    assert chat.person.home is None
    await chat.person.open_home()
    await settle(chat.world)
    assert chat.person.home is not None
    assert "Nothing is logged yet" in chat.person.home.shown
    assert NOTICE.words in chat.person.home.shown
    assert not (await rows(store))["seekers"]


@pytest.mark.parametrize("guest", ["is_restricted", "is_ultra_restricted"])
async def test_a_guest_is_served(chat: SlackChat, guest: str) -> None:
    setattr(chat.person.profile, guest, True)
    await chat.person.open_home()
    await settle(chat.world)
    assert chat.person.home is not None
    assert "Logged" in await chat.say("applied SRE at Acme")
    assert "Acme" in chat.person.home.shown
    await deliver(chat.world, days=8)
    assert chat.person.received == 2


async def test_home_follows_every_change_once_it_was_opened(chat: SlackChat, store: Store) -> None:
    await begun(chat)
    assert chat.person.home is None
    await chat.person.open_home()
    await settle(chat.world)
    assert [row["place"] for row in (await rows(store))["accounts"]] == ["home"]
    home = chat.person.home
    assert home is not None
    assert "Acme" in home.shown
    await chat.call_with(company="Globex", role="Editor")
    assert "Globex" in home.shown
    await chat.press("Undo")
    assert "Globex" not in home.shown
    before = home.hash
    await deliver(chat.world, days=8)
    assert home.hash != before
    assert "Waiting for you" in home.shown
    await chat.person.press("I sent it", chat.person.dm)
    await settle(chat.world)
    assert "Waiting for you" not in home.shown
    await chat.say("forget sure=yes")
    assert "Acme" not in home.shown
    assert "Nothing is logged yet" in home.shown
    assert not any("hash" in args for name, args in chat.world.slack.world.calls if "view" in name)


async def test_buttons_in_home_open_windows(chat: SlackChat) -> None:
    await begun(chat)
    await chat.person.open_home()
    await settle(chat.world)
    home = chat.person.home
    assert home is not None
    for label in ("Log an application", "Review", "Settings", "Help"):
        await chat.person.press(label, home)
        await settle(chat.world)
        assert chat.person.window.shown
        await chat.person.close()


async def test_the_global_shortcut_opens_the_form(chat: SlackChat, store: Store) -> None:
    await begun(chat)
    await chat.person.shortcut()
    await settle(chat.world)
    await chat.person.fill(company="Globex", role="Editor")
    await settle(chat.world)
    assert [row["company"] for row in (await rows(store))["applications"]] == ["Acme", "Globex"]


@pytest.mark.parametrize(
    ("text", "link", "company"),
    [
        (
            "canaryword <https://jobs.lever.co/acme-corp/123|canarylabel> by <@U0CANARY>",
            "https://jobs.lever.co/acme-corp/123",
            "Acme Corp",
        ),
        (
            "<mailto:canary@x.example|m> <https://a.example/1?x=1&amp;y=2> <https://b.example/2>",
            "https://a.example/1?x=1&y=2",
            "",
        ),
        ("canaryword <#C0CANARY|canary> no link", None, ""),
    ],
    ids=["labelled", "several", "none"],
)
async def test_saving_a_message_keeps_its_link_and_nothing_else(
    chat: SlackChat, store: Store, text: str, link: str | None, company: str
) -> None:
    await begun(chat)
    message = {"user": "U0CANARY", "username": "canaryname", "text": text}
    await chat.person.message_shortcut(message)
    await settle(chat.world)
    window = chat.person.window
    if link is None:
        assert "no link" in window.shown
    else:
        assert window.values.get("link") in (link, None)
        assert (window.values["company"] or "") == company
    await chat.person.fill(company="Saved", role="Editor")
    await settle(chat.world)
    saved = (await rows(store))["applications"][1]
    assert saved["link"] == (link or "")
    assert "canary" not in (await stored(store)).lower()
    assert "canary" not in str([args.get("view") for _, args in chat.world.slack.world.calls])


async def test_a_click_after_the_form_could_not_be_opened_says_how_to_open_it(
    chat: SlackChat,
) -> None:
    await begun(chat)
    chat.world.slack.fault("views.open", Denied("expired_trigger_id"))
    await chat.person.slash("applied role=Editor")
    await settle(chat.world)
    late = chat.person.answer
    assert "too long" in late.shown
    await chat.person.press("Open it", late)
    await settle(chat.world)
    assert chat.person.window.values["role"] == "Editor"
