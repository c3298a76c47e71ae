"""The checklist for clicks: double, late, old, forged, of another version, and brought twice."""

import copy
from dataclasses import replace

import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat, World
from tests.discord.checks import (
    CALLBACK,
    companies,
    forged,
    letter,
    rows,
    stored,
)
from tests.discord.standin import Denied

# "Unknown interaction": its three seconds are over.
LATE = Denied(10062, 404)


@pytest.fixture
def kind() -> str:
    return "sqlite"


async def sent(store: Store) -> int:
    """How many follow-ups somebody said they sent."""
    return len([row for row in (await rows(store))["followups"] if row["sent_at"]])


async def of(store: Store, seeker: int) -> dict[str, list[dict[str, object]]]:
    """Every row of one person's."""
    found = await rows(store)
    return {name: [r for r in some if r.get("seeker_id") == seeker] for name, some in found.items()}


OLD = ["", "0:job sent", "2:job sent", "nudge:12:done", "1:", "1.0:job list", "1:job nothing", "🙂"]


@pytest.mark.parametrize("custom_id", OLD)
async def test_an_id_of_another_version_gets_a_friendly_answer(
    chat: DiscordChat, world: World, store: Store, custom_id: str
) -> None:
    note = await letter(chat)
    before = await companies(store)
    for old in (chat.person.pressable("I sent it", note, nth=0), chat.person.pressable("Undo")):
        act = await chat.person.press(on=forged(old, custom_id))
        await world.settle()
        assert not act.failed
        said = "".join(m.shown for m in chat.person.ephemerals)
        assert "older version" in said or "I do not know" in said, said
    assert "I sent it" in note.buttons
    assert await companies(store) == before
    assert await sent(store) == 0


async def test_a_form_of_another_version_gets_a_friendly_answer(
    chat: DiscordChat, world: World
) -> None:
    await chat.person.slash("applied", where=world.server)
    assert chat.person.modal is not None
    chat.person.modal.body["custom_id"] = "9:job applied"
    await chat.person.submit(company="Globex", role="Editor")
    await world.settle()
    assert "older version" in chat.person.ephemeral.shown


async def test_a_click_on_an_old_state_of_a_message_says_how_things_are(
    chat: DiscordChat, world: World, store: Store
) -> None:
    note = await letter(chat)
    was = copy.copy(note)
    await chat.person.press("I sent it", note, nth=0)
    await world.settle()
    await chat.person.press("I sent it", was, nth=0)
    await world.settle()
    assert await sent(store) == 1
    assert "Sent already" in note.shown + "".join(m.shown for m in chat.person.ephemerals)
    assert "I sent it" not in note.buttons


async def test_what_a_late_answer_changed_is_told_in_private(
    chat: DiscordChat, world: World, store: Store
) -> None:
    person = chat.person
    person.patience = 0.2
    before = len(person.dms)
    world.discord.fault(CALLBACK, LATE)
    await person.slash("applied", where=world.server, company="Globex", role="Editor")
    await world.settle()
    assert "Logged: Editor at Globex" in person.dm.shown
    assert len(person.dms) == before + 1
    assert "Globex" not in person.ephemeral.shown
    world.discord.fault(CALLBACK, LATE)
    await person.slash("list", where=world.server)
    await world.settle()
    assert len(person.dms) == before + 1, "nothing was changed, so nothing is told"
    assert await companies(store) == ["Acme", "Globex"]
    world.discord.forgive("no answer within")


async def test_what_a_late_click_changed_is_told_in_private(
    chat: DiscordChat, world: World, store: Store
) -> None:
    note = await letter(chat)
    person = chat.person
    person.patience = 0.2
    before = len(person.dms)
    world.discord.fault(CALLBACK, LATE)
    await person.press("I sent it", note, nth=0)
    await world.settle()
    assert await sent(store) == 1
    assert "Sent: SRE at Acme" in person.dm.shown
    assert len(person.dms) == before + 1
    person.patience = 3
    await person.press("I sent it", note, nth=0)
    await world.settle()
    assert "I sent it" not in note.buttons
    assert await sent(store) == 1
    world.discord.forgive("no answer within")


async def test_nobody_can_press_a_button_of_somebody_elses(
    chat: DiscordChat, world: World, store: Store
) -> None:
    """Records are numbered for each person anew, so a number names nobody else's."""
    note = await letter(chat)
    eve = chat.other("eve")
    await eve.say("settings")
    own = eve.person.pressable("Change")
    before = await of(store, 1)
    for theirs in note.pressables:
        act = await eve.person.press(on=forged(own, theirs.custom_id))
        await world.settle()
        assert not act.failed
        eve.person.dismiss()
    assert await of(store, 1) == before
    assert "I sent it" in note.buttons
    assert "Acme" not in "".join(m.shown for m in eve.person.messages)


async def test_a_copy_of_a_message_in_a_server_is_nobodys(chat: DiscordChat, world: World) -> None:
    thing = chat.person.pressable("Undo")
    body = thing.snapshot | {"flags": 1 << 15}
    await chat.person.press(on=replace(thing, snapshot=body))
    await world.settle()
    assert "somebody else" in chat.person.ephemeral.shown
    assert "Acme" in await chat.say("list")


async def test_a_stash_of_somebody_elses_is_none(
    chat: DiscordChat, world: World, store: Store
) -> None:
    """What was too long for a button is kept under a number, which anybody could name."""
    person = chat.person
    await person.slash(
        "applied", where=world.server, company="Canarycorp", role="Editor", on="blursday",
        fit="canary reasons " * 20,
    )  # fmt: skip
    await world.settle()
    assert person.modal is not None
    kept = person.modal.custom_id
    assert kept.startswith("1:job go")
    eve = chat.other("eve")
    await eve.say("applied Cook at Initech")
    await eve.person.press(on=forged(eve.person.pressable("Undo"), kept))
    await world.settle()
    assert "run out" in eve.person.ephemeral.shown
    assert "anary" not in "".join(m.shown for m in eve.person.messages)
    assert "Canarycorp" in await stored(store)
