"""How a process knows whether Slack and Discord are connected, against stand-ins that break."""

import asyncio
from collections.abc import Callable

from adapters.checks import Level, State
from storage.store import Store
from tests.discord import standin as discord_standin
from tests.discord.checks import process
from tests.slack.standin import Broken
from tests.slack.standin import Slack as SlackStandIn
from tests.slack.test_socket import app


async def until(state: Callable[[], State], level: Level) -> State:
    """Its state once it is that well; a test that waits too long fails."""
    async with asyncio.timeout(10):
        while state().level is not level:  # noqa: ASYNC110  # nobody tells of a heartbeat's answer
            await asyncio.sleep(0.01)
    return state()


async def test_a_gateway_is_ready_once_discord_answers_it_and_no_longer(store: Store) -> None:
    async with discord_standin.Discord() as discord:
        async with process(discord, store) as world:
            well = await until(world.app.state, Level.READY)
            assert (well.facts["connections"], well.facts["connected"]) == (1, 1)
            latency = well.facts["latency_seconds"]
            assert latency is not None
            assert 0 <= latency < 10
            discord.gateway.refuse = 503
            await discord.gateway.drop()
            lost = await until(world.app.state, Level.UNAVAILABLE)
            assert (lost.facts["connected"], lost.facts["latency_seconds"]) == (0, None)
            discord.gateway.refuse = None
            await until(world.app.state, Level.READY)
        assert world.app.state().level is Level.UNAVAILABLE
        discord.check()


async def test_a_process_without_a_gateway_asks_only_whether_discord_took_the_token(
    store: Store,
) -> None:
    async with (
        discord_standin.Discord() as discord,
        process(discord, store, gateway=False) as world,
    ):
        assert world.app.state() == State(Level.DEGRADED, "not signed in")
        await world.app.reach()
        assert world.app.state() == State()


async def test_a_socket_is_ready_while_it_is_open(store: Store) -> None:
    async with SlackStandIn() as slack:
        made = app(slack, store)
        assert made.state() == State(), "over HTTP there is none"
        slack.fault("apps.connections.open", Broken(503), times=1)
        async with made.socket(wait=0):
            assert made.state().level is Level.UNAVAILABLE
            well = await until(made.state, Level.READY)
            assert (well.facts["connections"], well.facts["connected"]) == (1, 1)
        assert made.state().level is Level.UNAVAILABLE
        await made.close()
