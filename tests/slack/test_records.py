"""What is in the records is what was meant: times in one's own zone, buttons of one's own past."""

from datetime import timedelta

import pytest

from storage.store import Store
from tests.slack.chat import SlackChat, workspace
from tests.slack.checks import button, deliver, rows, settle
from tests.slack.standin import Denied

pytestmark = pytest.mark.parametrize("kind", ["sqlite"])


async def test_a_form_means_the_same_time_as_a_line(store: Store) -> None:
    """Whatever zone Slack's profile names: one's own settings count."""
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        await chat.say("applied Cook at Globex")
        await chat.say("settings zone=Asia/Tokyo")
        await chat.say('interview acme at="tomorrow 3pm"')
        await chat.say('interview at="tomorrow 3pm"')
        await chat.fill(application="#2")
        first, second = [row["starts_at"] for row in (await rows(store))["interviews"]]
        assert first == second


async def test_a_zone_that_slack_would_not_tell_at_first_is_learned_later(store: Store) -> None:
    async with workspace(store, "http") as world:
        fault = world.slack.fault("users.info", Denied("ratelimited"), times=None)
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        assert [row["zone"] for row in (await rows(store))["seekers"]] == ["UTC"]
        fault.lift()
        await chat.say("show acme")
        assert [row["zone"] for row in (await rows(store))["seekers"]] == [chat.zone]
        due = [str(row["due_at"]) for row in (await rows(store))["nudges"]]
        assert any("13:30" in at for at in due), "the morning moved with the zone"
        assert "There is nothing" not in await chat.say("undo")
        assert [row["zone"] for row in (await rows(store))["seekers"]] == [chat.zone]


async def test_an_old_undo_does_nothing_to_what_was_logged_after_forgetting(store: Store) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        payload = chat.person.payloads.press(chat.person.answer, button(chat.person.answer, "Undo"))
        await chat.say("forget sure=yes")
        world.now += timedelta(minutes=1)
        await chat.say("applied Cook at Globex")
        payload["trigger_id"] = world.slack.world.trigger(chat.person.inbox)
        await chat.person.send(payload)
        await settle(world)
        assert [row["company"] for row in (await rows(store))["applications"]] == ["Globex"]


async def test_what_else_a_message_says_stays_when_one_part_is_answered(store: Store) -> None:
    """The brief for tomorrow beside a follow-up that was just sent."""
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme on 2026-05-25")
        await chat.say("applied Cook at Globex")
        await chat.say("interview globex 2026-06-10 3pm with Ana Diaz")
        await chat.say("settings hour=18:00")
        await deliver(world, days=8, hours=10)
        both = next(
            m for m in chat.person.dms if "It moved" in m.buttons and "I sent it" in m.buttons
        )
        await chat.person.press("I sent it", both)
        await settle(world)
        assert "Sent: " in both.shown
        assert "Ana Diaz" in both.shown
        assert "It moved" in both.buttons
        assert "I sent it" not in both.buttons


async def test_a_workspace_that_joins_an_organization_keeps_its_people(store: Store) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        reply = world.slack.world.reply(chat.person.inbox, "C0GENERAL")
        fields = chat.person.payloads.command("/job", "list", "C0GENERAL", reply)
        joined = {**fields, "enterprise_id": "E9", "enterprise_name": "Nine"}
        ack = await world.slack.transport.command(joined)
        await settle(world)
        assert "SRE at Acme" in str(ack.body)
        assert [row["workspace"] for row in (await rows(store))["accounts"]] == ["E9/T1"]
        await deliver(world, days=8)
        assert any("Follow up: SRE at Acme" in message.shown for message in chat.person.dms)


async def test_a_zone_that_this_machine_does_not_know_keeps_nobody_from_anything(
    store: Store,
) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world, zone="Atlantis/Capital")
        assert "Logged: SRE at Acme" in await chat.say("applied SRE at Acme yesterday")
        assert [row["zone"] for row in (await rows(store))["seekers"]] == ["UTC"]
