"""The stand-in's gateway, tried with a bare discord.py client: connections come and go."""

import asyncio

import discord
import pytest

from tests.discord.standin import Discord
from tests.discord.standin.trial import Interaction, running


async def echo(interaction: Interaction) -> None:
    """Answer anything."""
    await interaction.response.send_message("Yes", ephemeral=True)


async def test_servers_are_told_of_behind_a_compressed_connection() -> None:
    async with Discord() as world:
        world.server("Club")
        world.server("Elsewhere", joined=False)
        async with running(world, echo) as client:
            await client.wait_until_ready()
            assert [guild.name for guild in client.guilds] == ["Club"]
            assert not client.guilds[0].unavailable
            assert client.guilds[0].text_channels[0].name == "general"
        gateway = world.gateway
        assert (world.identifies, gateway.resumes, gateway.compressed) == (1, 0, 1)
        assert gateway.heartbeats == 1
        assert world.starts_left == 999
        assert gateway.sessions == {}, "a connection closed for good ends its session"


async def test_the_bot_comes_and_goes_and_a_server_may_be_out() -> None:
    async with Discord() as world:
        club = world.server("Club")
        late = world.server("Late", joined=False)
        async with running(world, echo) as client:
            await client.wait_until_ready()
            await late.add_bot()
            await club.outage()
            await club.back()
            await club.remove_bot()
            await client.until(lambda: "removed Club" in client.heard)
            assert client.heard == ["joined Late", "unavailable Club", "removed Club"]


@pytest.mark.parametrize("code", [None, 4000])
async def test_what_happens_while_the_connection_is_cut_arrives_with_the_resume(
    code: int | None,
) -> None:
    async with Discord() as world:
        ana = world.person("ana", installed=True)
        async with running(world, echo) as client:
            await world.drop_gateway(code)
            act = await ana.slash("applied")
            await world.connected()
            assert not act.failed
            assert (world.identifies, world.gateway.resumes) == (1, 1)
            await ana.slash("applied")
            assert len(client.heard) == len(set(client.heard)) == 2
        world.check()


async def test_asked_to_reconnect_the_client_resumes() -> None:
    async with Discord() as world:
        ana = world.person("ana", installed=True)
        async with running(world, echo):
            await world.gateway.reconnect()
            await world.until(lambda: world.gateway.resumes == 1)
            assert not (await ana.slash("applied")).failed
            assert world.identifies == 1


async def test_an_invalid_session_is_resumed_or_begun_anew() -> None:
    async with Discord() as world:
        ana = world.person("ana", installed=True)
        async with running(world, echo):
            await world.gateway.invalidate(resumable=True)
            await world.until(lambda: world.gateway.resumes == 1)
            await world.connected()
            await world.gateway.invalidate()
            await world.until(lambda: world.identifies == 2)
            await world.connected()
            assert not (await ana.slash("applied")).failed


async def test_an_unknown_session_cannot_be_resumed() -> None:
    async with Discord() as world, running(world, echo):
        world.gateway.sessions.clear()
        await world.drop_gateway()
        await world.until(lambda: world.identifies == 2)
        await world.connected()
        assert world.gateway.resumes == 0


async def test_events_go_to_the_shard_of_their_server_and_those_of_dms_to_the_first() -> None:
    shards: list[int] = []

    async def answer(interaction: Interaction) -> None:
        if interaction.guild is not None:
            shards.append(interaction.guild.shard_id)
        await echo(interaction)

    async with Discord() as world:
        servers = [world.server(name) for name in ("One", "Two", "Three")]
        ana = world.person("ana", installed=True)
        async with running(world, answer, shards=2) as client:
            await client.wait_until_ready()
            for server in servers:
                ana.join(server)
                await ana.slash("applied", where=server)
            await ana.slash("applied")
            assert shards == [(int(server.id) >> 22) % 2 for server in servers]
            assert len(set(shards)) == 2
            logs = {s.shard: [e["t"] for e in s.log] for s in world.gateway.sessions.values()}
            in_dm = [s.shard for s in world.gateway.sessions.values() if s.log[-1]["d"].get("user")]
            assert in_dm == [0]
            assert sum(log.count("GUILD_CREATE") for log in logs.values()) == 3
        world.check()


async def test_a_wrong_token_is_not_let_in_at_either_door() -> None:
    async with Discord() as world:
        real, world.token = world.token, "wrong"
        with pytest.raises(discord.LoginFailure):
            async with running(world, echo):
                pass
        assert world.forgive("a wrong token") == ["GET /users/@me: a wrong token"]
        world.token, world.gateway.token = real, "another"
        with pytest.raises(discord.ConnectionClosed) as caught:
            async with running(world, echo):
                pass
        assert caught.value.code == 4004
        assert world.forgive("a wrong token") == ["gateway: IDENTIFY with a wrong token"]
        world.check()


async def test_privileged_intents_are_refused() -> None:
    async with Discord() as world:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with running(world, echo, intents=discord.Intents(members=True)):
                pass
        assert world.forgive("privileged")
        world.check()


async def test_the_budget_of_starts_is_told_and_watched() -> None:
    async with Discord() as world:
        world.starts_left = 0
        async with running(world, echo) as client:
            limits = await client.fetch_session_start_limits()
            assert (limits.remaining, limits.max_concurrency) == (0, 1)
        assert world.forgive("session start limit")


async def test_without_a_bot_nothing_answers() -> None:
    async with Discord(patience=0.05) as world:
        ana = world.person("ana", installed=True)
        world.world.commands = [
            {"id": "1", "name": "job", "type": 1, "contexts": None, "integration_types": [1]}
        ]
        act = await ana.slash("job")
        assert (act.response, act.failed) == (None, "The application did not respond")
        assert act.seconds >= 0.05
        with pytest.raises(AssertionError, match=r"no answer within 0\.05 s"):
            world.check()


async def test_it_starts_and_stops_in_no_time() -> None:
    began = asyncio.get_running_loop().time()
    for _ in range(5):
        async with Discord() as world:
            world.server("Club")
    assert asyncio.get_running_loop().time() - began < 0.25
