"""The real process, started as a user starts it: it answers, ends in order, and survives a kill."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.discord.credentials import Credentials
from adapters.discord.orders import sync
from bot.commands import registry
from tests.discord import standin
from tests.discord.checks import CALLBACK
from tests.discord.standin import Act, Held, Person
from tests.test_cli import Process, process


@dataclass
class World:
    """A Discord for processes of the app, a person in it, and the database they share."""

    discord: standin.Discord
    server: standin.Server
    person: Person
    environment: dict[str, str]
    database: Path

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Process]:
        """One process, connected, for as long as the block lasts."""
        before = len(self.discord.gateway.ready)
        async with process("run", self.environment) as made:
            await self.discord.connected(before + 1)
            yield made

    def applied(self, company: str) -> "asyncio.Task[Act]":
        """Have the person log an application."""
        typed = self.person.slash("applied", where=self.server, company=company, role="Editor")
        return asyncio.create_task(typed)

    async def begin(self) -> None:
        """Have the person log their first one, at Acme."""
        await self.applied("Acme")
        await self.person.press("Yes, begin")
        await self.reads("Acme")

    async def reads(self, words: str) -> None:
        """Return when the person reads these words in an answer."""
        async with asyncio.timeout(5):
            await self.discord.until(
                lambda: any(words in message.shown for message in self.person.ephemerals)
            )

    def companies(self) -> list[str]:
        """The employers that are stored."""
        with closing(sqlite3.connect(self.database)) as read:
            return [row[0] for row in read.execute("SELECT company FROM applications ORDER BY 1")]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with standin.Discord() as discord:
        database = tmp_path / "jobs.sqlite3"
        ours = ("DATABASE_URL", "LETTERS_DIR", "LOG_LEVEL", "SLACK_", "DISCORD_")
        environment = {n: v for n, v in os.environ.items() if not n.startswith(ours)} | {
            "HOME": str(tmp_path),
            "PYTHONPATH": os.getcwd(),
            "DATABASE_URL": f"sqlite:///{database}",
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
        }
        credentials = Credentials.read(environment)
        assert credentials is not None
        await sync(credentials, registry)
        server = discord.server("Job club")
        person = discord.person("ada", server=server)
        yield World(discord, server, person, environment, database)
        discord.check()


@asynccontextmanager
async def stalled(database: Path) -> AsyncIterator[None]:
    """Let nobody write to the database."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("COMMIT")


async def test_it_answers_a_command_and_ends_in_order(world: World) -> None:
    async with world.running() as running:
        await world.begin()
        assert await running.ended(signal.SIGTERM) == 0
    assert world.companies() == ["Acme"]
    assert "stopping" in running.said
    assert world.discord.token not in running.said
    assert "Traceback" not in running.said


async def test_what_was_asked_when_it_is_told_to_end_is_stored_and_said(world: World) -> None:
    async with world.running() as running:
        await world.begin()
        async with stalled(world.database):
            act = await world.applied("Globex")
            assert act.waiting, "the database is slow"
            ending = asyncio.create_task(running.ended(signal.SIGTERM))
            # Longer than it takes to hang up, so that only the answer is waited for.
            await asyncio.sleep(1)
            assert not ending.done()
        assert await ending == 0
    await world.reads("Globex")
    assert not act.waiting
    assert world.companies() == ["Acme", "Globex"]


async def test_after_a_kill_between_storing_and_answering_trying_again_makes_no_second_one(
    world: World,
) -> None:
    async with world.running() as running:
        await world.begin()
        world.person.patience = 1
        held = Held()
        world.discord.fault(CALLBACK, held, times=1)
        doing = world.applied("Globex")
        await held.arrived.wait()
        running.kill()
        assert (await doing).failed
    held.release()
    world.person.patience = 3
    assert world.companies() == ["Acme", "Globex"], "stored, and nobody was told"
    # What they saw was that the app did not respond, which is what happened.
    world.discord.forgive("no answer within")
    async with world.running() as running:
        await world.applied("Globex")
        await world.reads("Globex")
        assert await running.ended(signal.SIGTERM) == 0
    assert world.companies() == ["Acme", "Globex"]
