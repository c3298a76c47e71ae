"""The checklist for what nobody else may see: logs, other people, what is erased and exported."""

import json
import logging

import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat, World
from tests.discord.checks import CALLBACK, SEND, alone, deliver, letter, process, rows, stored
from tests.discord.standin import Broken, Busy, Denied, Dropped
from tests.discord.standin.scene import EPHEMERAL


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_no_log_holds_anything_that_was_said(
    world: World, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    # As with LOG_LEVEL=DEBUG, and the library's own loggers turned up besides.
    caplog.set_level(logging.DEBUG)
    for name in ("discord", "discord.http", "discord.gateway", "discord.client", "discord.state"):
        caplog.set_level(logging.DEBUG, logger=name)
    discord = world.discord
    chat = DiscordChat(world, "canaryname", brisk=False)
    person = chat.person
    person.patience = 0.3
    await chat.say("applied Canaryrole at Canarycorp")
    await chat.press("Another time zone")
    await chat.fill(zone="Canaryzone")
    await chat.fill(zone="New York")
    await chat.call_with(
        company="Canarycorp",
        role="Canaryrole",
        note="canarynote said",
        fit="canaryfit reasons",
        link="https://canarylink.example/1",
    )
    await chat.say("applied Canaryrole at Canarycorp on=canarydate")
    await person.autocomplete("show", where=world.server, application="canaryauto")
    await person.menu(
        "Save this job",
        message_content="Canarytext https://canarylink.example/2",
        where=world.server,
    )
    person.dismiss()
    await world.write(person, "canaryjunk is what I typed")
    await world.write(person, "job canaryword and canarymore")
    for fault in (Dropped(kept=True), Busy(40, via=False), Broken(503)):
        discord.fault(SEND, fault)
        await deliver(world, days=3, hours=8)
        await deliver(world, hours=1)
    note = next(m for m in reversed(person.dms) if "Edit" in m.buttons)
    await person.press("Edit", note, nth=0)
    await person.submit(letter="Canaryletter is what I wrote, and a good one. " * 3)
    await world.settle()
    for trouble in (Denied(50035, 400), Denied(10062, 404), Broken(503), Dropped(kept=True)):
        discord.fault(CALLBACK, trouble)
        await person.slash("applied", where=world.server, company="Canary Inc", role="Canary")
        await world.settle()
    discord.forgive("no answer within")
    discord.forgive("a second response")
    await discord.drop_gateway(4000)
    discord.fault(SEND, Denied(50035, 400))
    await chat.wait(days=40)
    await chat.say("interview canarycorp tomorrow 3pm with Canaryperson Fox")
    await chat.say("export")
    await chat.say("forget sure=yes")
    lines = [r for r in caplog.records if r.name.startswith(("adapters", "bot"))]
    assert len(lines) > 5
    found = [line for line in caplog.text.splitlines() if "canary" in line.casefold()]
    assert not found
    for secret in (discord.token, person.acts[0].token, "interactions/", "webhooks/"):
        assert secret not in caplog.text


async def test_two_people_in_one_server_see_nothing_of_each_other(
    chat: DiscordChat, world: World
) -> None:
    eve = chat.other("eve")
    await eve.say("applied Cook at Initech")
    await deliver(world, days=8)
    for line in ("list", "show 1", "show acme", "review", "today", "export", "followup acme"):
        seen = await eve.say(line)
        assert "Acme" not in seen.text + str(seen.problems)
        files = b"".join(seen.files.values()).decode(errors="replace")
        assert "Acme" not in files
    found = await eve.person.autocomplete("show", where=world.server, application="")
    assert "Acme" not in str(found)
    assert "Acme" not in "".join(message.shown for message in eve.person.messages)
    assert "Initech" not in "".join(message.shown for message in chat.person.messages)
    # Neither learns that the other uses it.
    for one, other in ((chat, eve), (eve, chat)):
        told = "".join(str(message.json()) for message in one.person.messages)
        assert other.person.id not in told


async def test_whoever_is_forgotten_leaves_no_row_and_no_nudge_in_the_dm(
    chat: DiscordChat, world: World, store: Store
) -> None:
    other = chat.other("eve")
    await other.say("applied Cook at Initech")
    await letter(chat)
    await world.write(chat.person, "list")
    assert "Acme" in "".join(message.shown for message in chat.person.dms)
    said = await chat.press("Erase everything", await chat.say("forget"))
    assert "Nothing about you is left here" in said
    await world.settle()
    found = await rows(store)
    assert [row["user"] for row in found["accounts"]] == [other.person.id]
    ids = {row["id"] for row in found["seekers"]}
    for table, some in found.items():
        assert all(row["seeker_id"] in ids for row in some if "seeker_id" in row), table
    assert chat.person.id not in await stored(store)
    assert "Acme" not in await stored(store)
    assert "Acme" not in "".join(message.shown for message in chat.person.dms)
    assert [m for m in other.person.dms if "Initech" in m.shown]
    came = chat.person.received
    await deliver(world, days=30)
    assert chat.person.received == came


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_nudges_that_are_hard_to_delete_are_deleted_later(
    chat: DiscordChat, world: World
) -> None:
    await letter(chat)
    plan = world.discord.fault("DELETE /channels/{id}/messages/{id}", Busy(40, via=False))
    await chat.say("forget sure=yes")
    await world.settle()
    assert plan.met == 1
    assert not [m for m in chat.person.dms if "Acme" in m.shown]


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_an_export_comes_as_files_that_only_its_owner_sees(
    chat: DiscordChat, world: World, store: Store
) -> None:
    await chat.call_with(company="Globex", role="=HYPERLINK(1)")
    await chat.say("interview acme tomorrow 3pm with Ana")
    await chat.say("heard acme reply")
    await deliver(world, days=8)
    await chat.person.slash("export", where=world.server)
    await world.settle()
    shown = chat.person.ephemeral
    assert shown.flags & EPHEMERAL
    whole = json.loads(shown.files["followthrough.json"])
    for table, found in (await rows(store)).items():
        mine = [row for row in found if "seeker_id" in row or table == "seekers"]
        if mine and table not in ("changes", "stash", "counters"):
            assert whole.get(table), table
    assert "'=HYPERLINK" in shown.files["applications.csv"].decode()


async def test_a_process_that_only_sends_needs_no_gateway(store: Store) -> None:
    async with alone() as discord:
        server = discord.server("Job club")
        async with process(discord, store, server) as world:
            chat = DiscordChat(world)
            await chat.say("applied SRE at Acme")
        identified = discord.identifies
        async with process(discord, store, server, gateway=False) as worker:
            await deliver(worker, days=4, hours=8)
            await deliver(worker, days=3)
            note = chat.person.dm
            assert "I sent it" in note.buttons
            assert not discord.gateway.ready
            assert discord.identifies == identified
        async with process(discord, store, server) as world:
            await world.at(worker.now)
            await chat.person.press("I sent it", note, nth=0)
            await world.settle()
            assert "Sent: SRE at Acme" in note.shown
