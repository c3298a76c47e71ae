"""The checklist for what nobody else may see: logs, strangers, what is erased and exported."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from storage.store import Store
from tests.slack.chat import SlackChat, World, workspace
from tests.slack.checks import anywhere, deliver, install, member, rows, settle, stored
from tests.slack.standin import Denied, Dropped
from tests.slack.test_slack_stories import MODES

WORDS = {
    "company": "Canarycorp",
    "role": "Canaryrole",
    "note": "canarynote said",
    "fit": "canaryfit reasons",
    "link": "https://canarylink.example/1",
}


@pytest.fixture
async def world(store: Store, kind: str) -> AsyncIterator[World]:
    async with workspace(store, MODES[kind]) as made:
        yield made


async def test_no_log_holds_anything_that_was_said(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chat = SlackChat(world, brisk=False)
    person = chat.person
    person.profile.real_name = "Canaryname Fox"
    await chat.say("Canaryjunk is what I typed")
    await chat.say("job canaryword and canarymore")
    await chat.say("applied Canaryrole at Canarycorp")
    await chat.press("No")
    await chat.call_with(**WORDS)
    await chat.say("applied Canaryrole at Canarycorp on=canarydate")
    await person.open_home()
    await person.message_shortcut("Canarytext <https://canarylink.example/2>")
    await settle(world)
    await person.close()
    world.slack.fault("chat.postMessage", Dropped(kept=True))
    await deliver(world, days=8)
    await deliver(world, hours=1)
    letter = next(m for m in person.dms if "Edit" in m.buttons)
    await person.press("Edit", letter, nth=0)
    await settle(world)
    await person.fill(letter="Canaryletter is what I wrote, and a good one. " * 3)
    await settle(world)
    world.slack.fault("chat.update", Denied("internal_error"))
    world.slack.fault("views.publish", Denied("internal_error"))
    await person.press("I sent it", person.window)
    await settle(world)
    await chat.say("interview canarycorp tomorrow 3pm with Canaryperson Fox")
    await chat.say("export")
    await chat.say("forget sure=yes")
    said = caplog.text
    lines = [r for r in caplog.records if r.name.startswith(("adapters", "bot"))]
    assert len(lines) > 5
    found = [line for line in said.splitlines() if "canary" in line.casefold()]
    assert not found
    for secret in (world.team.bot_token, world.slack.app_token, world.slack.signing_secret):
        assert secret not in said
    assert "/response/" not in said


async def test_no_log_holds_a_secret_of_an_install(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with anywhere(store) as world:
        await install(world, world.team)
        chat = member(world, world.team)
        await chat.say("applied Canaryrole at Canarycorp")
        await world.slack.uninstall(world.team)
        secrets = [world.team.bot_token, world.slack.client_secret, world.slack.signing_secret]
    for secret in (*secrets, "code.", "state=", "canary"):
        assert secret not in caplog.text


STRANGERS: dict[str, dict[str, object]] = {
    "of another company": {"is_stranger": True},
    "a bot": {"is_bot": True},
    "gone": {"deleted": True},
    "of another team": {"team": "T9"},
}


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("who", STRANGERS)
async def test_a_stranger_is_refused_politely_and_nothing_is_kept(
    world: World, store: Store, who: str
) -> None:
    chat = SlackChat(world, "U0STRANGE")
    for name, value in STRANGERS[who].items():
        setattr(chat.person.profile, name, value)
    member_of_it = SlackChat(world)
    await member_of_it.say("applied SRE at Acme")
    await deliver(world, days=8)
    before = await rows(store)
    said = await chat.say("applied Editor at Globex")
    assert "members of the workspace" in said
    await chat.say("")
    await chat.person.shortcut()
    await settle(world)
    assert "members of the workspace" in chat.person.window.shown
    await chat.person.message_shortcut("<https://globex.example/1>")
    await chat.person.open_home()
    payload = chat.person.payloads.press(
        member_of_it.person.dm, member_of_it.person.dm.pressables[0]
    )
    await chat.person.send(payload)
    await settle(world)
    assert await rows(store) == before
    assert "U0STRANGE" not in await stored(store)
    assert "Globex" not in await stored(store)
    assert chat.person.home is None
    assert "Acme" not in "".join(m.shown for m in [*chat.person.ephemerals, *chat.person.dms])
    world.slack.forgive("belongs to another workspace")


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_an_export_holds_every_table_and_no_formula(world: World, store: Store) -> None:
    chat = SlackChat(world)
    await chat.call_with(company="Acme", role="=HYPERLINK(1)")
    await chat.say("interview acme tomorrow 3pm with Ana")
    await chat.say("heard acme reply")
    await deliver(world, days=8)
    seen = await chat.say("export")
    whole = json.loads(seen.files["followthrough.json"])
    for table, found in (await rows(store)).items():
        mine = [row for row in found if "seeker_id" in row or table == "seekers"]
        if mine and table not in ("changes", "stash", "counters"):
            assert whole.get(table), table
    assert "'=HYPERLINK" in seen.files["applications.csv"].decode()


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_whoever_is_forgotten_leaves_no_row_no_message_and_an_empty_home(
    world: World, store: Store
) -> None:
    chat, other = SlackChat(world), SlackChat(world, "U0EVE")
    await other.say("applied Cook at Initech")
    await chat.say("applied SRE at Acme")
    await chat.person.open_home()
    await deliver(world, days=8)
    await chat.say("forget sure=yes")
    found = await rows(store)
    assert [row["user"] for row in found["accounts"]] == ["U0EVE"]
    ids = {row["id"] for row in found["seekers"]}
    for table, some in found.items():
        assert all(row["seeker_id"] in ids for row in some if "seeker_id" in row), table
    assert "Acme" not in await stored(store)
    assert not [m for m in chat.person.dms if "Acme" in m.shown]
    assert chat.person.home is not None
    assert "Acme" not in chat.person.home.shown
    assert other.person.dms
    came = chat.person.received
    await deliver(world, days=30)
    assert chat.person.received == came


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_everything_is_for_one_person_alone(world: World) -> None:
    chat = SlackChat(world)
    for line in ("", "applied SRE at Acme", "list", "show 1", "review", "settings", "today"):
        await chat.say(line)
    await deliver(world, days=8)
    assert all(message.ephemeral for message in chat.person.ephemerals)
    names = {name for name, _ in world.slack.world.calls} - {"response_url"}
    assert "chat.postEphemeral" not in names
    assert names <= {
        "users.info",
        "views.open",
        "views.publish",
        "views.update",
        "chat.postMessage",
        "chat.update",
        "auth.test",
        "apps.connections.open",
    }
    channels = [a["channel"] for name, a in world.slack.world.calls if name == "chat.postMessage"]
    assert set(channels) <= {chat.user, chat.person.channel}


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_pictures_of_a_date_follow_the_readers_zone(world: World) -> None:
    chat = SlackChat(world, "U0NEPAL", zone="Asia/Kathmandu")
    world.now = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)
    logged = await chat.say("applied SRE at Acme")
    assert "June 2" in logged
    await chat.say("settings")
    assert "Asia/Kathmandu" in chat.person.answer.shown
