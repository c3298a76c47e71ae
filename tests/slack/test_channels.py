"""Where somebody said something, and whether they may arrange things for others there."""

from typing import Any

import pytest

from adapters.slack.channels import channel_of
from adapters.slack.meta import Meta, Origin
from bot.message import Call
from bot.model import Who
from storage.store import Store
from tests.slack.chat import SlackChat, World, workspace
from tests.slack.standin import Denied

kinds = pytest.mark.parametrize("kind", ["sqlite"])


@pytest.mark.parametrize(
    ("body", "channel"),
    [
        ({"channel_id": "C1"}, "C1"),
        ({"channel_id": "G1"}, "G1"),
        ({"channel_id": "D1"}, ""),
        ({"channel": {"id": "C1"}}, "C1"),
        ({"container": {"channel_id": "C1"}}, "C1"),
        ({"container": {"channel_id": "D1"}}, ""),
        ({"channel": "C1", "container": None, "view": None}, ""),
        ({"channel_id": ["C1"]}, ""),
        ({"view": {"private_metadata": Meta(channel="C1").encode()}}, "C1"),
        ({"view": {"private_metadata": "nonsense"}}, ""),
        ({"event": {"channel": "C1"}}, ""),
        ({}, ""),
    ],
)
def test_a_channel_is_where_others_can_be(body: dict[str, Any], channel: str) -> None:
    assert channel_of(body) == channel


@pytest.mark.parametrize("origin", [None, Origin("D1", "1.2")])
@pytest.mark.parametrize("channel", ["", "C1"])
def test_a_window_carries_where_it_was_asked_for(origin: Origin | None, channel: str) -> None:
    meta = Meta(Call("job show", {"n": "1"}), origin, channel)
    assert Meta.decode(meta.encode()) == meta
    assert Meta.decode(meta.whence.encode()) == Meta(None, origin, channel)


async def typed(world: World, chat: SlackChat, channel: str) -> Who:
    """Whoever types a slash command in a channel."""
    found = await world.app.front.who(chat.person.payloads.command("/job", "", channel, "1"))
    assert found is not None
    return found


@kinds
async def test_a_member_arranges_things_in_a_channel_and_nowhere_else(store: Store) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        who = await typed(world, chat, "C0CLUB")
        assert (who.channel, who.organizes) == ("C0CLUB", True)
        private = await typed(world, chat, "D0MINE")
        assert (private.channel, private.organizes) == ("", False)


@kinds
@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted"])
async def test_a_guest_arranges_nothing(store: Store, flag: str) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        setattr(chat.person.profile, flag, True)
        who = await typed(world, chat, "C0CLUB")
        assert (who.channel, who.organizes) == ("C0CLUB", False)


@kinds
async def test_whoever_slack_says_nothing_of_arranges_nothing(store: Store) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        world.slack.fault("users.info", Denied("ratelimited"))
        assert not (await typed(world, chat, "C0CLUB")).organizes


@kinds
async def test_a_form_that_was_asked_for_in_a_channel_is_sent_from_there(store: Store) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        person = chat.person
        for channel, seen in (("C0CLUB", "C0CLUB"), ("D0MINE", "")):
            await person.slash("applied", channel=channel)
            await world.slack.until(lambda: person.modal)
            who = await world.app.front.who(person.payloads.submission(person.window))
            assert who is not None
            assert (who.channel, who.organizes) == (seen, bool(seen))
            await person.press("More details")
            await world.app.background.finish(5)
            who = await world.app.front.who(person.payloads.submission(person.window))
            assert who is not None
            assert who.channel == seen
            await person.close()


@kinds
async def test_what_is_pressed_in_a_window_is_pressed_where_it_was_opened(store: Store) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        person = chat.person
        await person.slash("applied", channel="C0CLUB")
        await world.slack.until(lambda: person.modal)
        await person.fill(company="Globex", role="Cook")
        for label in ("Undo", person.window.buttons[0]):
            press = person.payloads.press(person.window, person.window.pressables[0])
            who = await world.app.front.who(press)
            assert who is not None
            assert who.channel == "C0CLUB"
            if label == "Undo":
                await person.press(label)
                await world.app.background.finish(5)


@kinds
async def test_a_button_in_a_channels_answer_was_pressed_there(store: Store) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        answer = chat.person.answer
        payload = chat.person.payloads.press(answer, answer.pressables[0])
        payload["channel"]["id"] = payload["container"]["channel_id"] = "C0CLUB"
        who = await world.app.front.who(payload)
        assert who is not None
        assert (who.channel, who.organizes) == ("C0CLUB", True)
