"""The checklist for installing, leaving and coming back: one workspace, many, an organization."""

from collections.abc import AsyncIterator

import pytest
from cryptography.fernet import Fernet

from adapters.slack.tokens import NotInstalled
from storage.crypto import Ring
from storage.slack import rotate_keys
from storage.store import Store
from tests.slack.chat import World
from tests.slack.checks import KEY, anywhere, app_for_all, deliver, install, member, rows, settle


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    async with anywhere(store) as made:
        yield made


async def test_from_the_install_page_to_the_first_nudge(world: World, store: Store) -> None:
    last = await install(world, world.team)
    assert last.status == 200
    assert "/job" in last.text
    chat = member(world, world.team)
    assert "Logged" in await chat.say("applied SRE at Acme")
    await deliver(world, days=8)
    assert "Acme" in chat.person.dm.shown
    found = await rows(store)
    assert len(found["slack_bots"]) == 1
    assert world.team.bot_token not in repr(found)


@pytest.mark.parametrize("tokens_first", [True, False], ids=["tokens first", "app first"])
async def test_after_it_was_removed_nothing_is_left_there_and_elsewhere_all_is_as_before(
    world: World, store: Store, tokens_first: bool
) -> None:
    second = world.slack.team("T2", installed=False)
    people = []
    for team in (world.team, second):
        await install(world, team)
        people.append(member(world, team, "U0SAME"))
        await people[-1].say(f"applied SRE at Acme {team.id}")
    await world.slack.uninstall(world.team, tokens_first=tokens_first)
    await world.slack.uninstall(world.team, tokens_first=tokens_first)
    await settle(world)
    found = await rows(store)
    assert {row["team_id"] for row in found["slack_bots"]} == {"T2"}
    assert {row["team_id"] for row in found["slack_installations"]} == {"T2"}
    calls = world.slack.world.counts["chat.postMessage"]
    came = people[0].person.received
    await deliver(world, days=6)
    await deliver(world, hours=20)
    assert people[0].person.received == came
    assert world.slack.world.counts["chat.postMessage"] > calls
    assert {row["company"] for row in (await rows(store))["applications"]} == {
        "Acme T1",
        "Acme T2",
    }
    await deliver(world, days=2)
    found = await rows(store)
    assert {row["workspace"] for row in found["accounts"]} == {"T2"}
    assert {row["company"] for row in found["applications"]} == {"Acme T2"}
    assert not found["departures"]
    assert people[0].person.received == came
    assert "Acme T2" in people[1].person.dm.shown


async def test_within_the_grace_it_comes_back_with_everything(world: World, store: Store) -> None:
    await install(world, world.team)
    chat = member(world, world.team)
    await chat.say("applied SRE at Acme")
    await world.slack.uninstall(world.team)
    await settle(world)
    await deliver(world, days=3)
    await install(world, world.team)
    before = chat.person.received
    await deliver(world, days=5)
    assert chat.person.received > before
    assert "Acme" in "".join(m.shown for m in chat.person.dms)
    await deliver(world, days=8)
    assert (await rows(store))["applications"]


async def test_the_news_of_a_removal_told_again_after_a_new_install_removes_nothing(
    world: World, store: Store
) -> None:
    await install(world, world.team)
    chat = member(world, world.team)
    await chat.say("applied SRE at Acme")
    gone = {"type": "app_uninstalled"}
    await world.slack.event(world.team, gone, event_id="Ev0GONE")
    await install(world, world.team)
    await world.slack.event(world.team, gone, event_id="Ev0GONE", retry=1)
    await settle(world)
    assert len((await rows(store))["slack_bots"]) == 1
    assert not (await rows(store))["departures"]
    assert "Acme" in await chat.say("list")


async def test_a_repeated_event_is_done_once(world: World, store: Store) -> None:
    await install(world, world.team)
    await member(world, world.team).say("applied SRE at Acme")
    gone = {"type": "app_uninstalled"}
    for retry in range(3):
        await world.slack.event(world.team, gone, event_id="Ev0ONCE", retry=retry)
        world.now = world.now.replace(minute=10 * (retry + 1))
    found = await rows(store)
    assert [str(row["key"]) for row in found["seen_events"]] == ["slack:Ev0ONCE"]
    (left,) = found["departures"]
    assert left["left_at"].minute == 0


async def test_people_who_revoke_their_own_tokens_remove_nothing(
    world: World, store: Store
) -> None:
    await install(world, world.team)
    await world.slack.event(
        world.team, {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}
    )
    assert len((await rows(store))["slack_bots"]) == 1


async def test_the_same_person_in_two_workspaces_stays_two(world: World, store: Store) -> None:
    second = world.slack.team("T2", installed=False)
    chats = []
    for team, company in ((world.team, "Acme"), (second, "Globex")):
        await install(world, team)
        chats.append(member(world, team, "U0SAME"))
        await chats[-1].say(f"applied SRE at {company}")
    assert "Globex" not in await chats[0].say("list")
    assert "Acme" not in await chats[1].say("list")
    await chats[0].say("forget sure=yes")
    assert [row["company"] for row in (await rows(store))["applications"]] == ["Globex"]


async def test_an_install_of_a_whole_organization_serves_its_workspaces(
    world: World, store: Store
) -> None:
    inside = world.slack.team("T7", enterprise="E1", by_org=True, installed=False)
    page = await install(world, inside, by_org=True)
    assert page.status == 200
    chat = member(world, inside)
    assert chat.person.payloads.shortcut("x")["team"] is None
    await chat.person.open_home()
    assert "Logged" in await chat.say("applied SRE at Acme")
    await chat.call_with(company="Globex", role="Editor")
    assert "Globex" in chat.person.home.shown if chat.person.home else False
    await deliver(world, days=8)
    letter = next(m for m in chat.person.dms if "I sent it" in m.buttons)
    await chat.person.press("I sent it", letter, nth=0)
    await settle(world)
    assert letter.edits == 1
    (account,) = (await rows(store))["accounts"]
    assert account["workspace"] == "E1"
    await world.slack.uninstall(inside)
    assert not (await rows(store))["slack_bots"]


async def test_a_teams_own_install_inside_an_organization(world: World, store: Store) -> None:
    own = world.slack.team("T8", enterprise="E1", installed=False)
    await install(world, own)
    chat = member(world, own)
    assert "Logged" in await chat.say("applied SRE at Acme")
    await deliver(world, days=8)
    assert "Acme" in chat.person.dm.shown
    (account,) = (await rows(store))["accounts"]
    assert account["workspace"] == "E1/T8"


async def test_without_the_right_to_upload_an_export_is_written_out(world: World) -> None:
    await install(world, world.team, declined=["files:write"])
    chat = member(world, world.team)
    await chat.say("applied SRE at Acme")
    world.slack.forgive("files:write")
    said = await chat.say("export")
    world.slack.forgive("files:write")
    written = "".join(message.shown for message in chat.person.dms)
    assert '"company": "Acme"' in written
    assert "written out" in said or any("written out" in m.shown for m in chat.person.ephemerals)


async def test_keys_are_changed_while_it_runs(world: World, store: Store) -> None:
    await install(world, world.team)
    chat = member(world, world.team)
    await chat.say("applied SRE at Acme")
    newer = Fernet.generate_key().decode()
    async with app_for_all(world.slack, store, (newer, KEY)) as second:
        assert "Acme" in await member(second, second.team).say("list")
        done = rotate_keys(store, Ring((newer, KEY)))
        assert not done.unreadable
        async with app_for_all(world.slack, store, (newer,)) as third:
            assert "Acme" in await member(third, third.team).say("list")
            third.now = world.now
            await deliver(third, days=8)
            assert "Acme" in chat.person.dm.shown


async def test_a_command_after_the_removal_makes_no_record_and_no_call(
    world: World, store: Store
) -> None:
    await install(world, world.team)
    chat = member(world, world.team)
    await chat.say("applied SRE at Acme")
    await world.slack.uninstall(world.team)
    with pytest.raises(NotInstalled):
        await world.app.clients.client("T1")
    await chat.person.slash("applied Editor at Globex")
    await settle(world)
    assert len((await rows(store))["applications"]) == 1
