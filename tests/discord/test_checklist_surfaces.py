"""The checklist for where things are shown and typed: servers, DMs, menus, forms, lists, times."""

import re
from contextlib import nullcontext
from datetime import timedelta

import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat, World, discord_world
from tests.discord.checks import SEND, bodies, companies, deliver, letter, rows
from tests.discord.standin.scene import EPHEMERAL, walk
from tests.slack.test_checklist_faults import stuck


@pytest.fixture
def kind() -> str:
    return "sqlite"


async def test_every_answer_in_a_server_is_for_one_person_alone_and_names_nobody(
    chat: DiscordChat, world: World
) -> None:
    for line in ("help", "list", "show 1", "review", "settings", "today", "export", "nonsense"):
        await chat.say(line)
    note = await letter(chat)
    await chat.press("Edit", await chat.see(note))
    await chat.person.menu("Save this job", message_content="none", where=world.server)
    await world.settle()
    assert all(m.ephemeral for m in chat.person.messages if m.server)
    found = bodies(world)
    assert len(found) > 10
    for body in found:
        assert body.get("allowed_mentions") == {"parse": []}, body


async def test_every_private_message_carries_a_nonce_of_its_own_that_discord_holds_to(
    chat: DiscordChat, world: World
) -> None:
    await world.write(chat.person, "list")
    await letter(chat)
    sent = [call.body for call in world.discord.calls if call.route == "POST /channels/{}/messages"]
    assert len(sent) >= 3
    assert all(body["enforce_nonce"] and 0 < len(body["nonce"]) <= 25 for body in sent)
    assert len({body["nonce"] for body in sent}) == len(sent)


HOSTILE = ("@everyone", "<@800000000012582912>", "<t:1:F>", "</job:1>", "[Acme](https://x.example)")


@pytest.mark.parametrize("company", HOSTILE)
async def test_what_looks_like_a_mention_is_shown_as_it_was_typed(
    chat: DiscordChat, world: World, company: str
) -> None:
    await chat.person.slash("applied", where=world.server, company=company, role=company)
    await world.settle()
    assert f"Logged: {company} at {company}" in chat.person.ephemeral.shown
    await world.write(chat.person, "show 2")
    assert company in chat.person.dm.shown
    for body in bodies(world):
        for each in walk(body["components"]):
            words = str(each.get("content", "")).replace(f"\\{company}", "")
            assert company not in words, words
    # In a button's label nothing is markup.
    assert company in (await rows_of(world, chat))


async def rows_of(world: World, chat: DiscordChat) -> list[str]:
    """The employers that the board's list offers to complete."""
    found = await chat.person.autocomplete("show", where=world.server, application="")
    return [str(each["name"]).partition(" at ")[2].partition(" (")[0] for each in found]


async def test_whoever_has_the_app_themselves_uses_it_in_a_dm_and_in_any_server(
    store: Store,
) -> None:
    async with discord_world(store, "dm") as world:
        chat = DiscordChat(world)
        foreign = world.discord.server("Foreign", joined=False)
        chat.person.join(foreign)
        assert "Logged: SRE at Acme" in await chat.say("applied SRE at Acme")
        await chat.person.slash("applied", where=foreign, company="Globex", role="Editor")
        await world.settle()
        there = chat.person.ephemeral
        assert "Logged: Editor at Globex" in there.shown
        assert there.server == foreign.id
        await chat.person.press("Undo", there)
        await world.settle()
        assert "Taken back" in there.shown
        await chat.person.slash("applied", where=foreign)
        await chat.person.submit(company="Initech", role="Cook")
        await world.settle()
        assert await companies(store) == ["Acme", "Initech"]
        note = await letter(chat)
        assert note.buttons.count("I sent it") == 2
        await chat.person.press("I sent it", note, nth=0)
        await world.settle()
        assert note.buttons.count("I sent it") == 1
        (entrance,) = (await rows(store))["entrances"]
        assert entrance["entrance"] == f"u{chat.person.id}"


async def test_no_answer_to_whoever_installed_the_app_alone_needs_more_than_five_follow_ups(
    store: Store, store_url: str
) -> None:
    async with discord_world(store, "dm") as world:
        chat = DiscordChat(world)
        for number in range(8):
            await chat.say(f"applied Role{number} at Company{number}")
        note = await letter(chat)
        for label in note.buttons:
            if label not in note.buttons:
                continue
            with stuck(store_url) if label == "Tomorrow" else nullcontext():
                await chat.person.press(label, note, nth=0)
            await world.settle()
            chat.person.dismiss()
        found = world.discord.world.interactions.values()
        assert max(each.followups for each in found) <= 1
        assert not [call for call in world.discord.calls if call.status >= 400]


async def test_sixty_applications_are_listed_within_the_limits_and_can_all_be_reached(
    chat: DiscordChat, world: World
) -> None:
    for number in range(60):
        await chat.person.slash(
            "applied",
            where=world.server,
            company=f"Company {number}",
            role="Reliability engineer",
        )
        await world.at(world.now + timedelta(seconds=1))
    await chat.say("list")
    seen: set[str] = set()
    for _ in range(8):
        shown = chat.person.ephemeral
        assert len(list(walk(shown.components))) <= 40
        seen |= set(re.findall(r"Company \d+", shown.shown))
        if "More" not in shown.buttons:
            break
        await chat.person.press("More", shown)
        await world.settle()
    assert seen == {f"Company {number}" for number in range(60)}
    for typed in ("company 7", "Company 59"):
        found = await chat.person.autocomplete("show", where=world.server, application=typed)
        assert typed.casefold() in str(found[0]["name"]).casefold()
        value = found[0]["value"]
        await chat.person.slash("show", where=world.server, application=value)
        assert typed.casefold() in chat.person.ephemeral.shown.casefold()


async def test_twenty_five_of_all_zones_and_of_ones_own_applications_come_quickly(
    chat: DiscordChat, world: World
) -> None:
    for number in range(30):
        await chat.person.slash("applied", where=world.server, company=f"C{number}", role="SRE")
        # Nobody logs more than one a second for long.
        await world.at(world.now + timedelta(seconds=1))
    before = len(chat.person.acts)
    zones = await chat.person.autocomplete("job settings", where=world.server, zone="a")
    mine = await chat.person.autocomplete("show", where=world.server, application="")
    kathmandu = await chat.person.autocomplete("job settings", where=world.server, zone="kathm")
    assert (len(zones), len(mine)) == (25, 25)
    assert "Asia/Kathmandu" in [each["value"] for each in kathmandu]
    assert all(act.seconds < 1 for act in chat.person.acts[before:])


async def test_suggestions_come_in_time_though_the_database_hangs(
    chat: DiscordChat, world: World, store_url: str
) -> None:
    with stuck(store_url):
        await chat.person.slash("list", where=world.server)
        await chat.person.autocomplete("show", where=world.server, application="a")
        assert chat.person.acts[-1].seconds < 2
    await world.settle()


@pytest.mark.parametrize("link", ["https://jobs.lever.co/acme-corp/1?x=1", ""])
async def test_save_this_job_opens_the_form_with_the_link_that_was_found(
    chat: DiscordChat, world: World, store: Store, link: str
) -> None:
    said = f"**We hire!** [here](<{link}>) by canaryauthor" if link else "We hire, canaryauthor!"
    await chat.person.menu("Save this job", message_content=said, where=world.server)
    form = chat.person.modal
    assert form is not None
    assert form.title == "Save this job"
    assert ("There is no link in that message" in form.shown) == (not link)
    assert ("From jobs.lever.co." in form.shown) == bool(link)
    assert "once you have applied" in form.shown
    assert "on" in form.fields
    assert not any("link" in field.description for field in form.fields.values())
    await chat.person.submit(company="Globex", role="Editor")
    await world.settle()
    assert "Logged: Editor at Globex" in chat.person.ephemeral.shown
    found = await rows(store)
    assert found["applications"][-1]["link"] == link
    assert "canaryauthor" not in repr(found)


async def test_a_picked_timestamp_is_an_exact_instant_and_a_day(
    chat: DiscordChat, world: World, store: Store
) -> None:
    person, where = chat.person, world.server
    # Thursday, June 4, 2026, 19:00 UTC: three in the afternoon in New York.
    await person.slash("interview", where=where, application="1", at="<t:1780599600:F>")
    await world.settle()
    assert "Thursday, June 4, 15:00" in person.ephemeral.shown
    await person.slash("applied", where=where, company="Globex", role="Editor", on="<t:1780016400>")
    await world.settle()
    found = await rows(store)
    assert found["interviews"][0]["starts_at"].isoformat() == "2026-06-04T19:00:00+00:00"
    assert found["applications"][-1]["applied_on"].isoformat() == "2026-05-28"
    await person.slash("interview", where=where, application="2")
    await person.submit(at="<t:1780686000:F>")
    await world.settle()
    assert "Friday, June 5, 15:00" in person.ephemeral.shown


async def test_dates_are_sent_as_timestamps_that_each_reader_sees_in_their_zone(
    chat: DiscordChat, world: World
) -> None:
    await chat.say("interview acme thu 3pm")
    said = "".join(str(each.get("content", "")) for each in walk(bodies(world)[-1]["components"]))
    assert "<t:1780599600:" in said
    chat.person.zone = "Asia/Tokyo"
    assert "Friday, June 5, 04:00" in chat.person.ephemeral.shown


async def test_a_line_written_in_the_dm_works_as_a_command(
    chat: DiscordChat, world: World, store: Store
) -> None:
    person = chat.person
    await world.write(person, "applied Editor at Globex")
    assert "Logged: Editor at Globex" in person.dm.shown
    await person.press("Undo", person.dm)
    await world.settle()
    assert "Taken back" in person.dm.shown
    await world.write(person, "applied Editor at Globex on=blursday")
    await person.press("Correct it", person.dm)
    await person.submit(on="yesterday")
    await world.settle()
    assert await companies(store) == ["Acme", "Globex"]
    await world.write(person, "/job list")
    assert "Globex" in person.dm.shown


async def test_neither_its_own_messages_nor_servers_messages_are_read(
    chat: DiscordChat, world: World
) -> None:
    own = chat.person.dm.json()
    theirs = {**own, "author": world.discord.world.user(chat.person.id), "content": "help"}
    others_bot = {**theirs, "author": {**theirs["author"], "bot": True}}
    assert world.server is not None
    in_server = {**theirs, "guild_id": world.server.id, "channel_id": world.server.channel}
    calls = len(world.discord.calls)
    for message in ({**own, "content": "help"}, others_bot, in_server, {**theirs, "content": " "}):
        await world.discord.gateway.tell("MESSAGE_CREATE", message, message.get("guild_id", ""))
    # What comes after them is answered, so they were passed over.
    before = len(chat.person.dms)
    await world.write(chat.person, "list")
    assert len(chat.person.dms) == before + 1
    assert len(world.discord.calls) == calls + 1
    assert {m.flags & EPHEMERAL for m in chat.person.dms} == {0}
    assert SEND.startswith(world.discord.calls[-1].method)
    await deliver(world, hours=1)
