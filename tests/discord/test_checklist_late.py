"""The checklist for answers that Discord does not take: told in private, and to nobody else."""

import asyncio
from dataclasses import replace

import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat, World
from tests.discord.checks import CALLBACK, SEND, companies, letter
from tests.discord.standin import Broken, Busy, Denied, Held

# "Unknown interaction": its three seconds are over.
LATE = Denied(10062, 404)
NEW_MESSAGE = 4
V2 = 1 << 15


@pytest.fixture
def kind() -> str:
    return "sqlite"


async def test_what_is_told_in_private_names_nobody_to_the_discreet(
    chat: DiscordChat, world: World, store: Store
) -> None:
    await chat.say("settings discreet=yes")
    person = chat.person
    person.patience = 0.2
    before = len(person.dms)
    world.discord.fault(CALLBACK, LATE)
    await person.slash("applied", where=world.server, company="Globex", role="Editor")
    await world.settle()
    (told,) = person.dms[before:]
    assert "Globex" not in told.shown
    assert "Editor" not in told.shown
    assert "/job today" in told.shown
    assert await companies(store) == ["Acme", "Globex"]
    world.discord.forgive("no answer within")


async def test_what_cannot_be_told_now_is_told_when_discord_takes_it(
    chat: DiscordChat, world: World
) -> None:
    person = chat.person
    person.patience = 0.2
    before = len(person.dms)
    world.discord.fault(CALLBACK, LATE)
    busy = world.discord.fault(SEND, Busy(45.0), times=1)
    await person.slash("applied", where=world.server, company="Globex", role="Editor")
    await world.discord.until(lambda: len(person.dms) > before)
    assert busy.met == 1
    assert "Logged: Editor at Globex" in person.dm.shown
    world.discord.forgive("no answer within")


async def test_a_line_whose_answer_breaks_off_is_answered_once(
    chat: DiscordChat, world: World
) -> None:
    person = chat.person
    before = len(person.dms)
    broken = world.discord.fault(SEND, Broken(503), times=1)
    await person.write("applied Editor at Globex")
    await world.discord.until(lambda: len(person.dms) > before)
    await world.settle()
    assert broken.met == 1
    (said,) = person.dms[before:]
    assert "Logged: Editor at Globex" in said.shown


async def test_a_click_that_discord_leaves_hanging_holds_up_no_other_one(
    chat: DiscordChat, world: World
) -> None:
    await chat.say("applied Editor at Globex")
    note = await letter(chat)
    held = Held()
    world.discord.fault(CALLBACK, held, times=1)
    first = asyncio.create_task(chat.person.press("I sent it", note, nth=0))
    await held.arrived.wait()
    second = await chat.person.press("I sent it", note, nth=1)
    assert not second.failed
    held.release()
    await first
    await world.settle()
    world.discord.forgive("no answer within")


async def test_a_press_on_a_copy_in_public_is_answered_to_the_presser_alone(
    chat: DiscordChat,
) -> None:
    undo = chat.person.pressable("Undo")
    public = replace(undo, snapshot=undo.snapshot | {"flags": V2})
    act = await chat.person.press(on=public)
    assert act.response == NEW_MESSAGE
    assert chat.person.ephemeral.shown.startswith("That was for somebody else")
