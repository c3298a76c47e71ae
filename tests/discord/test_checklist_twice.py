"""The checklist for what comes twice: double clicks, and one interaction brought to two processes.

In an overlapping deploy both the old and the new process are connected, and Discord brings each
interaction to both.
"""

import asyncio
import copy
from contextlib import suppress

import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat, World
from tests.discord.checks import CALLBACK, alone, companies, deliver, ends, letter, process, rows
from tests.discord.standin import Held
from tests.slack.test_checklist_faults import stuck


@pytest.fixture
def kind() -> str:
    return "sqlite"


async def sent(store: Store) -> int:
    """How many follow-ups somebody said they sent."""
    return len([row for row in (await rows(store))["followups"] if row["sent_at"]])


async def test_a_double_click_does_it_once(chat: DiscordChat, world: World, store: Store) -> None:
    note = await letter(chat)
    was = copy.copy(note)
    person = chat.person
    first = person.pressable("I sent it", was, nth=0)
    before = len(person.acts)
    await asyncio.gather(person.press(on=first), person.press(on=first))
    await world.settle()
    assert [bool(act.failed) for act in person.acts[before:]] == [False, False]
    assert await sent(store) == 1
    assert "I sent it" not in note.buttons
    assert "Undo" in note.buttons or "Sent already" in note.shown


async def test_two_clicks_in_one_message_bring_no_settled_button_back(
    chat: DiscordChat, world: World, store: Store
) -> None:
    await chat.say("applied Editor at Globex")
    note = await letter(chat)
    was = note.buttons.count("I sent it")
    held = Held()
    world.discord.fault(CALLBACK, held)
    first = asyncio.create_task(chat.person.press("I sent it", note, nth=0))
    await held.arrived.wait()
    second = asyncio.create_task(chat.person.press("I sent it", note, nth=1))
    handled = len(world.discord.calls)
    # Long enough for the second to overtake the first, if it could.
    with pytest.raises(TimeoutError):
        await world.discord.until(lambda: len(world.discord.calls) > handled, within=0.3)
    held.release()
    assert not (await first).failed
    assert not (await second).failed
    await world.settle()
    assert await sent(store) == was
    assert note.buttons.count("I sent it") == 0


async def test_the_same_interaction_brought_again_is_done_once(
    chat: DiscordChat, world: World, store: Store
) -> None:
    act = await chat.person.slash("applied", where=world.server, company="Globex", role="Editor")
    await world.settle()
    before = len(chat.person.messages)
    for _ in range(3):
        await chat.person.send(act.interaction.body)
    await chat.person.slash("help", where=world.server)
    await world.settle()
    assert await companies(store) == ["Acme", "Globex"]
    assert len(chat.person.messages) == before + 1
    assert not [m for m in chat.person.messages if "Sorry" in m.shown]
    world.discord.forgive("a second response")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_of_two_processes_one_does_it(store: Store) -> None:
    async with alone() as discord:
        server = discord.server("Job club")
        async with (
            process(discord, store, server) as world,
            process(discord, store, server, beside=world) as other,
        ):
            chat = DiscordChat(world)
            person = chat.person

            async def both() -> None:
                await world.settle()
                await other.settle()

            await person.slash("applied", where=server, company="Acme", role="SRE")
            await both()
            await person.press("Yes, begin")
            await both()
            await person.slash("applied", where=server, company="Acme", role="SRE")
            await both()
            another = person.pressable("Log another")
            for _ in range(4):
                # Whoever does this a second time would change something again.
                await person.press(on=another)
                await both()
                assert "Logged: SRE at Acme" in another.posted.shown
            held = Held()
            discord.fault(CALLBACK, held)
            pressing = asyncio.create_task(person.press(on=another))
            await held.arrived.wait()
            calls = len(discord.calls)
            # Whoever finds it done leaves the answer to whoever did it.
            with pytest.raises(TimeoutError):
                await discord.until(lambda: len(discord.calls) > calls, within=0.3)
            held.release()
            assert not (await pressing).failed
            await both()
            assert "Logged: SRE at Acme (#6)" in another.posted.shown
            await person.slash("applied", where=server)
            await both()
            await person.submit(company="Globex", role="Editor")
            await both()
            before = len(person.dms)
            await person.write("applied Cook at Initech")
            await discord.until(lambda: len(person.dms) > before)
            await both()
            assert len(person.dms) == before + 1
            logged = await companies(store)
            assert logged == ["Acme"] * 6 + ["Globex", "Initech"]
            assert not [m for m in person.messages if "Sorry" in m.shown]
            assert sum("This is where I will write" in m.shown for m in person.dms) == 1
            await deliver(world, days=4, hours=8)
            await deliver(world, days=3)
            note = next(m for m in person.dms if "I sent it" in m.buttons)
            was = note.buttons.count("I sent it")
            await person.press("I sent it", note, nth=0)
            await both()
            assert note.buttons.count("I sent it") == was - 1
            assert await sent(store) == 1
        # Which of the two answers first is chance; the other is told so.
        discord.forgive("a second response")


async def test_of_two_processes_the_one_that_did_it_answers(store: Store) -> None:
    async with alone() as discord:
        server = discord.server("Job club")
        async with (
            process(discord, store, server) as world,
            process(discord, store, server, beside=world) as other,
        ):
            chat = DiscordChat(world)
            await chat.say("applied SRE at Acme")
            await other.settle()
            for number in range(5):
                await chat.person.slash("applied", where=server, company=f"C{number}", role="SRE")
                await world.settle()
                await other.settle()
                assert f"Logged: SRE at C{number}" in chat.person.ephemeral.shown
        # What is only shown is shown by both, and Discord takes the first.
        discord.forgive("a second response")


async def test_of_two_slow_processes_one_does_it_and_its_answer_is_shown(
    store: Store, store_url: str
) -> None:
    async with alone() as discord:
        server = discord.server("Job club")
        async with (
            process(discord, store, server) as world,
            process(discord, store, server, beside=world) as other,
        ):
            chat = DiscordChat(world)
            await chat.say("applied SRE at Acme")
            await other.settle()
            asked = await chat.say("applied SRE at Acme")
            await other.settle()
            another = chat.person.pressable("Log another")
            assert "Log another" in asked.buttons
            for number in (2, 3):
                with stuck(store_url):
                    await chat.person.press(on=another)
                await world.settle()
                await other.settle()
                assert f"Logged: SRE at Acme (#{number})" in another.posted.shown
            assert await companies(store) == ["Acme"] * 3
            # The one that has it first is the last to say that it takes a while.
            held = Held()
            discord.fault(CALLBACK, held)
            with stuck(store_url):
                act = await chat.person.slash("undo", where=server)
                assert act.waiting
            with suppress(TimeoutError):
                await discord.until(lambda: not act.waiting, within=0.5)
            held.release()
            await world.settle()
            await other.settle()
            assert not act.waiting
            assert "Taken back" in chat.person.ephemeral.shown
            assert await companies(store) == ["Acme"] * 2
            assert not [m for m in chat.person.messages if "Sorry" in m.shown]
        discord.forgive("a second response")


async def test_a_double_click_on_the_first_question_goes_on_once(
    world: World, store: Store
) -> None:
    chat = DiscordChat(world, brisk=False)
    await chat.say("applied SRE at Acme")
    begin = chat.person.pressable("Yes, begin")
    await chat.person.press(on=begin)
    await chat.person.press(on=begin)
    await ends(world, chat.person, 3)
    assert (await companies(store)).count("Acme") == 1
    assert sum("This is where I will write" in m.shown for m in chat.person.dms) == 1
