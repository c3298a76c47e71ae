"""Interactions of which Discord leaves out what it may: they are answered all the same."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.discord import standin
from tests.discord.chat import DiscordChat, World
from tests.discord.checks import letter
from tests.discord.standin.payloads import begun
from tests.discord.standin.records import COMMAND, Interaction
from tests.discord.standin.scene import Json

LIST: Json = {
    "id": "1",
    "type": 1,
    "name": "job",
    "options": [{"type": 1, "name": "list", "options": []}],
}
# https://docs.discord.com/developers/resources/channel#channel-object-channel-types, and one that
# is to come.
IN_SERVERS = (0, 2, 4, 5, 10, 11, 12, 13, 14, 15, 16, 99)
IN_PRIVATE = (1, 3)


@pytest.fixture
def kind() -> str:
    """What a database does makes no difference here."""
    return "sqlite"


@pytest.fixture
async def chat(world: World) -> DiscordChat:
    made = DiscordChat(world)
    await made.say("applied SRE at Acme")
    return made


async def answered(world: World, chat: DiscordChat, known: Interaction) -> str:
    """What the person reads once this interaction is answered."""
    person: standin.Person = chat.person
    sessions = len(world.discord.gateway.ready)
    await person.send(known.body)
    async with asyncio.timeout(3):
        await known.answered.wait()
    await world.settle()
    assert len(world.discord.gateway.ready) == sessions, "the connection broke"
    return person.ephemeral.shown


def asking(world: World, chat: DiscordChat, private: bool = False) -> Interaction:
    """`/job list`, not sent yet."""
    assert world.server is not None
    guild = None if private else world.server.guild
    return begun(world.discord.world, chat.person.user, guild, COMMAND, LIST)


@pytest.mark.parametrize("type_", IN_SERVERS)
async def test_in_a_channel_of_any_kind_of_which_only_that_is_said(
    world: World, chat: DiscordChat, type_: int
) -> None:
    known = asking(world, chat)
    known.body["channel"] = {"id": known.body["channel_id"], "type": type_}
    assert "Acme" in await answered(world, chat, known)


@pytest.mark.parametrize("type_", IN_PRIVATE)
async def test_in_a_conversation_of_which_only_its_kind_is_said(
    world: World, chat: DiscordChat, type_: int
) -> None:
    known = asking(world, chat, private=True)
    known.body["channel"] = {"id": known.body["channel_id"], "type": type_}
    assert "Acme" in await answered(world, chat, known)


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("channel", [None, {}])
async def test_in_a_channel_of_which_nothing_is_said(
    world: World, chat: DiscordChat, channel: Json | None, private: bool
) -> None:
    known = asking(world, chat, private)
    known.body["channel"] = channel
    assert "Acme" in await answered(world, chat, known)


async def test_in_a_server_of_which_nothing_or_something_odd_is_said(
    world: World, chat: DiscordChat
) -> None:
    odd: list[Any] = [None, {}, {"id": "1", "channels": [{}], "roles": [{}], "threads": [{}]}]
    for guild in odd:
        known = asking(world, chat)
        known.body["guild"] = guild
        assert "Acme" in await answered(world, chat, known)


@pytest.mark.parametrize("private", [False, True])
async def test_a_press_on_a_message_that_says_no_more_than_its_id_and_buttons(
    world: World, chat: DiscordChat, private: bool
) -> None:
    person = chat.person
    where = None if private else world.server
    await person.slash("applied", where=where, company="Globex", role="Editor")
    await world.settle()
    thing = person.pressable("Undo", person.ephemeral)
    kept = ("id", "flags", "components")
    bare = replace(thing, snapshot={name: thing.snapshot[name] for name in kept})
    await person.press(on=bare)
    await world.settle()
    assert "Globex" not in await chat.say("list")


async def test_a_nudge_that_says_no_more_than_its_id_and_buttons_is_settled_in_place(
    world: World, chat: DiscordChat
) -> None:
    nudge = await letter(chat)
    thing = chat.person.pressable("I sent it", nudge)
    bare = replace(thing, snapshot={"id": nudge.id, "components": thing.snapshot["components"]})
    await chat.person.press(on=bare)
    await world.settle()
    assert nudge.edits
    assert "I sent it" not in nudge.buttons
