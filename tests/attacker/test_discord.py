"""An attacker in Discord: forged ids and forms, and interactions that are brought again."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from bot.context import STASHED
from bot.message import Call
from bot.model import Who
from storage.store import Store
from tests.attacker.forging import everything, innocent, leaks, numbers
from tests.discord.chat import DiscordChat, World, discord_world
from tests.discord.checks import deliver, forged

# A custom_id has up to 100 characters.
ID_LIMIT = 100


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    async with discord_world(store) as made:
        yield made


async def told(chat: DiscordChat, world: World) -> list[str]:
    """Live through a week in which every word is the victim's; the ids that they were offered."""
    for line in (
        'applied Zorblaxrole at Zorblaxcorp fit="zorblaxfit" note="zorblaxnote"',
        "applied Zorblaxcook at Zorblaxinn",
        'applied Zorblaxcook at Zorblaxinn note="zorblaxstash"',
        "interview 1 tomorrow 3pm with Zorblax Lee",
        "interview 1 friday 4pm",
        "show 1",
        "list",
        "today",
        "followup 2",
        "remove 2",
        "forget",
        "undo",
        "settings",
    ):
        await chat.say(line)
        await world.at(world.now + timedelta(seconds=5))
    await deliver(world, days=8)
    return sorted({t.custom_id for m in chat.person.messages for t in m.pressables})


def forgeries(offered: list[str], theirs: list[int]) -> Iterator[str]:
    """What is in nobody's message: the victim's own ids, their numbers, and nonsense."""
    yield from map(innocent, offered)
    for number in (*theirs, -1, "9" * 30, "\u0661", "1 OR 1=1", "1'--"):
        for call in (
            Call(STASHED, {"call": str(number)}),
            Call("job show", {"application": str(number)}),
            Call("job undo", {"change": str(number)}),
            Call("job attendees", {"interview": str(number), "people": "Eve"}),
            Call("job skip", {"nudge": f"{number}/followup:1"}),
            Call("job remove", {"application": str(number), "sure": "yes"}),
        ):
            yield f"1:{call.wire()}"[:ID_LIMIT]


def looked(chat: DiscordChat) -> str:
    """Everything that somebody could find on their screen, unseen parts of it included."""
    person = chat.person
    told = [(m.shown, str(m.json()), m.files) for m in person.messages]
    return repr((told, person.modal and person.modal.body))


async def test_forged_buttons_and_forms_reach_nothing_of_anothers(
    world: World, store: Store
) -> None:
    chat = DiscordChat(world)
    offered = await told(chat, world)
    eve = chat.other("eve")
    await eve.say("applied Editor at Globex")
    own = eve.person.pressable("Undo")
    whose = Who("discord", chat.person.id)
    before, theirs = everything(store, whose), numbers(store, whose)
    assert leaks(before)
    for custom_id in forgeries(offered, theirs):
        await world.at(world.now + timedelta(seconds=2))
        await eve.person.press(on=forged(own, custom_id))
        await world.settle()
        assert not leaks(looked(eve)), custom_id
        eve.person.dismiss()
    assert everything(store, whose) == before
    # Among what was forged was the end of all that is Eve's.
    await eve.say("applied Editor at Globex")
    reasons = eve.person.pressable("Add my reasons", nth=0)
    for number in theirs:
        for call in (
            Call("job edit", {"application": str(number)}),
            Call("job debrief", {"interview": str(number)}),
            Call(STASHED, {"call": str(number)}),
        ):
            await world.at(world.now + timedelta(seconds=2))
            await eve.person.press(on=reasons)
            assert eve.person.modal is not None
            eve.person.modal.body["custom_id"] = f"1:{call.wire()}"
            await eve.person.submit(fit="I want to know")
            await world.settle()
            assert not leaks(looked(eve)), call
            eve.person.dismiss()
    assert everything(store, whose) == before


async def test_an_interaction_that_is_brought_again_does_nothing_again(
    world: World, store: Store
) -> None:
    """Not even when its person has erased themselves since, which is not done again either."""
    chat = DiscordChat(world)
    known = world.discord.world.interactions
    await chat.say("settings")
    begun = len(known)
    for line in (
        "applied Zorblaxrole at Zorblaxcorp",
        "applied Zorblaxcook at Zorblaxinn",
        "interview 1 tomorrow 3pm",
        "heard 1 offer",
        "sent 2",
        "pause",
        "undo",
    ):
        await chat.say(line)
        await world.at(world.now + timedelta(seconds=5))
    sure = await chat.say("forget")
    asked = len(known)
    await chat.press("Erase everything", sure)
    whose = Who("discord", chat.person.id)
    assert everything(store, whose) == "nobody"
    old = [each.body for each in list(known.values())[begun:asked]]
    erased = list(known.values())[-1].body
    assert len(old) > 6
    await chat.say("applied Zorblaxnew at Zorblaxelse")
    before = of(store, whose)
    # Asking whether to forget changes nothing, and may be asked again.
    for body in (*old[:-1], erased):
        await world.at(world.now + timedelta(seconds=2))
        await chat.person.send(body)
        # What comes after it is answered after it.
        await chat.person.slash("list", where=world.server)
        await world.settle()
        assert of(store, whose) == before
    world.discord.forgive("a second response")


def of(store: Store, who: Who) -> dict[str, object]:
    """What somebody keeps, but for when they were last seen."""
    tables = json.loads(everything(store, who))
    kept = ("applications", "interviews", "replies", "followups", "nudges", "changes")
    return {table: tables[table] for table in kept}


async def test_whoever_floods_is_asked_to_wait_and_the_others_are_served(
    world: World, store: Store
) -> None:
    chat, eve = DiscordChat(world), DiscordChat(world, "eve")
    await chat.say("applied SRE at Acme")
    await eve.say("applied Editor at Globex")
    await world.at(world.now + timedelta(minutes=1))
    for _ in range(30):
        await eve.say("list")
    whose = Who("discord", eve.person.id)
    before = everything(store, whose)
    assert "One moment, please" in await eve.say("list")
    assert "One moment, please" in await eve.say("applied Cook at Initech")
    assert everything(store, whose) == before
    assert "Acme" in await chat.say("list")
    await world.at(world.now + timedelta(minutes=1))
    assert "Globex" in await eve.say("list")
