"""The app in simcord's Discord: what people may do there, and who sees what came of it."""

from typing import Any

import discord
from discord.http import Route

from storage.store import Store
from tests.discord.chat import DiscordChat
from tests.discord.simjudge import violations
from tests.discord.simworld import SimWorld, sim_world


async def test_every_member_has_every_command_in_the_server_and_in_the_dm(store: Store) -> None:
    async with sim_world(store) as world:
        person = DiscordChat(world).person
        assert person.member is not None
        here = person.member.available_commands(world.channel)
        assert "job applied" in here
        assert here == person.user.available_commands()


async def test_the_bot_needs_no_permission_in_the_server(store: Store) -> None:
    async with sim_world(store) as world:
        assert world.server is not None
        # The bot has no role of its own, so it may do here what everybody may.
        reading = discord.Permissions(view_channel=True, use_application_commands=True)
        others = discord.Permissions(discord.Permissions.all().value & ~reading.value)
        rules: dict[Any, discord.PermissionOverwrite] = {
            world.server.default_role: discord.PermissionOverwrite.from_pair(reading, others)
        }
        world.channel = world.server.create_text_channel("quiet", overwrites=rules)
        assert "Logged: SRE at Acme" in await DiscordChat(world).say("applied SRE at Acme")


async def test_nobody_else_in_the_server_sees_any_of_it(store: Store) -> None:
    async with sim_world(store) as world:
        chat, other = DiscordChat(world), DiscordChat(world, "dana")
        await chat.say("applied SRE at Acme")
        await chat.say("followup acme")
        assert world.channel is not None
        assert len(world.channel.history(viewer=chat.person.member)) > 1
        assert world.channel.history(viewer=other.person.member) == []
        assert other.person.dms == other.person.ephemerals == []


async def test_a_zone_is_chosen_from_twenty_five_of_six_hundred(store: Store) -> None:
    async with sim_world(store) as world:
        person = DiscordChat(world).person
        some = await person.autocomplete("job settings", "zone", "")
        assert len(some) == 25
        found = await person.autocomplete("job settings", "zone", "lond")
        assert found[0]["value"] == "Europe/London"
        assert all(1 <= len(each["name"]) <= 100 for each in (*some, *found))
        assert await person.autocomplete("job settings", "zone", "nowhere at all") == []


async def test_what_is_suggested_are_ones_own_applications_alone(store: Store) -> None:
    async with sim_world(store) as world:
        chat, other = DiscordChat(world), DiscordChat(world, "dana")
        await chat.say("applied SRE at Acme")
        await other.say("applied Editor at Globex")
        (found,) = await chat.person.autocomplete("job heard", "application", "")
        assert "Acme" in found["name"]


async def test_what_is_delivered_twice_is_done_once(store: Store) -> None:
    async with sim_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        said = []
        world.env.backend.subscribers.insert(1, lambda name, data: said.append((name, dict(data))))
        await chat.say("applied Editor at Globex")
        name, data = next(each for each in said if each[0] == "INTERACTION_CREATE")
        shown = [message.shown for message in chat.person.ephemerals]
        world.env.backend.emit(name, data)
        await world.settle()
        assert [message.shown for message in chat.person.ephemerals] == shown
        assert (await chat.say("export")).files["applications.csv"].count(b"Globex") == 1


async def test_in_a_shard_of_several_everything_is_as_in_one(store: Store) -> None:
    async with sim_world(store, shards=4) as world:
        world.server = world.env.create_guild("Far away", shard_id=2)
        world.channel = world.server.create_text_channel("general")
        chat = DiscordChat(world)
        assert "Logged: SRE at Acme" in await chat.say("applied SRE at Acme")
        guild = world.env.bot.get_guild(world.server.id)
        assert guild is not None
        assert guild.shard_id == 2
        await world.restart()
        assert any("Subject:" in seen for seen in await chat.wait(days=8))


async def test_a_request_that_is_wrong_is_noticed(store: Store) -> None:
    async with sim_world(store, judging=False) as world:
        assert violations(world.env) == []
        await _post(world, {"content": "Ana applied at Acme"})
        found = "\n".join(violations(world.env))
        assert "a public message in a server" in found
        assert "allowed_mentions" in found


async def _post(world: SimWorld, body: dict[str, str]) -> None:
    assert world.channel is not None
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=world.channel.id)
    await world.app.client.http.request(route, json=body)
