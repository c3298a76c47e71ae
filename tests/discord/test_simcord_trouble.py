"""What goes wrong at simcord's Discord: refusals, faults, restarts, people and servers that go."""

import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat
from tests.discord.simworld import SimWorld, sim_world
from tests.stories.chat import Seen

ANSWERS, MESSAGES = "/interactions/*/callback", "/channels/*/messages"


def sent(world: SimWorld) -> int:
    """How many requests were made to write in private."""
    found = [each for each in world.env.http_requests if each.method == "POST"]
    return sum(each.path.startswith("/channels/") for each in found)


async def nudged(chat: DiscordChat) -> Seen:
    """The follow-up for an application, when it has come."""
    await chat.say("applied SRE at Acme")
    came = await chat.wait(days=7, hours=3)
    return came[-1]


async def test_what_was_changed_and_cannot_be_shown_is_told_in_private(store: Store) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        world.env.inject_error("POST", ANSWERS, status=404, code=10062)
        told = await chat.say("applied Editor at Globex")
        assert "Logged: Editor at Globex" in told
        assert chat.person.dms[-1].shown == told.text


async def test_a_failure_of_discords_is_tried_again_and_arrives_once(store: Store) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        before = sent(world)
        world.env.inject_error("POST", MESSAGES, status=503, times=2)
        came = await chat.wait(days=8)
        assert sum(seen.text.count("Subject:") for seen in came) == 1
        assert sent(world) == before + len(came) + 2


@pytest.mark.parametrize("code", [50007, 50278])
async def test_a_person_who_cannot_be_written_to_is_asked_once(store: Store, code: int) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        before = sent(world)
        world.env.inject_error("POST", MESSAGES, status=403, code=code, times=None)
        assert await chat.wait(days=60) == []
        assert sent(world) == before + 1


async def test_an_answer_that_discord_will_not_have_breaks_nothing(store: Store) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        world.env.inject_error("*", "*", status=500, times=None)
        await chat.person.slash("list")
        world.env.backend.faults.clear()
        assert "SRE at Acme" in await chat.say("list")


async def test_a_form_survives_a_restart(store: Store) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("list")
        form = await chat.say("applied https://jobs.lever.co/acme-corp/123")
        assert form.fields["company"] == "Acme Corp"
        await world.restart()
        assert "Logged: SRE at Acme Corp" in await chat.fill(role="SRE")


async def test_the_buttons_of_a_nudge_survive_a_restart(store: Store) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        letter = await nudged(chat)
        await world.restart()
        settled = await chat.press("I sent it", letter)
        assert "Sent: SRE at Acme" in settled
        assert "I sent it" not in chat.person.dms[-1].buttons


async def test_a_click_on_what_is_settled_already_is_answered_after_a_restart_too(
    store: Store,
) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        letter = await nudged(chat)
        await chat.press("I sent it", letter)
        await world.restart()
        assert "Sent already" in await chat.press("I sent it", letter)


async def test_a_member_who_left_keeps_what_is_in_the_dm(store: Store) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        letter = await nudged(chat)
        assert world.server is not None
        world.server.remove_member(chat.person.user)
        assert "Sent: SRE at Acme" in await chat.press("I sent it", letter)


async def test_a_server_that_removes_the_bot_takes_its_peoples_nudges_along(store: Store) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        before = sent(world)
        assert world.server is not None
        world.env.backend.remove_guild(world.server.id)
        await world.settle()
        assert await chat.wait(days=60) == []
        assert sent(world) == before


async def test_a_server_that_went_while_nobody_was_connected_is_missed_at_the_start(
    store: Store,
) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        before = sent(world)
        assert world.server is not None
        del world.env.backend.guilds[world.server.id]
        await world.restart()
        assert await chat.wait(days=60) == []
        assert sent(world) == before


async def test_what_was_sent_goes_one_after_another_after_forgetting(store: Store) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        for number in range(8):
            await chat.say(f"applied SRE at Acme{number}")
            await chat.wait(days=1)
        await chat.wait(days=30)
        there = len(chat.person.dms)
        assert there > 6
        asked = await chat.say("forget")
        await chat.press("Erase everything", asked)
        left = len(chat.person.dms)
        assert 0 < left < there
        await world.env.advance_time(60)
        assert len(chat.person.dms) < left
