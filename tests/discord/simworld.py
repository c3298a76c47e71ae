"""Discord inside this process: our app on simcord's, and its own time. Knows no story.

simcord takes the place of the network: discord.py's requests and events go to a Discord in memory,
with its permissions, limits and faults, and a clock that stands still until it is moved. It runs
what the app has begun, on threads too, to its end, so nothing here waits for time to pass.

It says nothing of installations: `authorizing_integration_owners` is put in here. It knows no
nonces and no closed doors either: `tests.discord.standin` does, for tests on the wire.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import simcord

from adapters.background import Background
from adapters.discord.app import Discord
from adapters.discord.credentials import Credentials, Shards
from adapters.discord.options import commands
from adapters.discord.registration import sync
from bot.commands import registry
from bot.dispatch import Dispatcher
from storage.store import Store
from tests.discord.simjudge import violations
from tests.discord.simperson import SimPerson
from tests.stories.chat import BEGIN, LETTERS

# As long as simcord lets the app work on one thing, in real seconds, before it says what is stuck.
PATIENCE = 20.0
WAITING = "its time has not come"
# Seconds between two looks at whether the app is done, where nothing tells. simcord takes 0.05, at
# every step of a story.
LOOK = 0.001


class _Env(simcord.Env):
    async def _settle_internal(self, **how: Any) -> None:
        await super()._settle_internal(**{**how, "idle": LOOK})


@dataclass
class SimWorld:
    """Discord with the app in it, as `tests.discord.chat` has it on the wire."""

    env: simcord.Env
    store: Store
    make: Callable[[], Discord]
    app: Discord
    server: simcord.GuildHandle | None = None
    channel: simcord.ChannelHandle | None = None
    # The channels in which posts of the bot's are wanted.
    clubs: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.store, [self.app.messenger], LETTERS)

    @property
    def now(self) -> datetime:
        """What time it is there."""
        return self.env.now()

    def person(self, name: str, zone: str) -> SimPerson:
        """Somebody new, in the server if there is one, else with the app among their own."""
        user = self.env.create_user(name)
        member = self.server.add_member(user) if self.server is not None else None
        return SimPerson(self.env, user, member, self.channel, zone)

    async def write(self, person: SimPerson, line: str) -> None:
        """Have somebody write to the app; returns when it has answered."""
        await person.write(line)

    async def settle(self) -> None:
        """Return when the app has nothing left to do, unless it waits for its time."""
        await self.env.settle()

    async def at(self, now: datetime) -> None:
        """Let it be this time; whatever the app waited for until then happens on the way."""
        await self.env.advance_time(max(0.0, (now - self.now).total_seconds()))

    async def restart(self) -> None:
        """Let another process take over: a new app, which remembers nothing, with the records."""
        self.app = self.make()
        await self.env.restart_bot(self.app.client)
        self.dispatcher = Dispatcher(self.store, [self.app.messenger], LETTERS)

    def check(self) -> None:
        """Raise AssertionError with whatever a request should not have been."""
        wrong = violations(self.env, self.clubs)
        assert not wrong, "\n".join(wrong)


@asynccontextmanager
async def sim_world(
    store: Store, where: str = "server", shards: int = 1, *, judging: bool = True
) -> AsyncIterator[SimWorld]:
    """The app in a "server", or in people's own apps ("dm"). Checks every request at the end."""
    own = Shards(tuple(range(shards)), shards)
    credentials = Credentials("simcord.fake.token", shards=own)
    begun: list[simcord.Env] = []

    def now() -> datetime:
        # An app may ask while it is being connected.
        return begun[0].now() if begun else BEGIN

    async def pause(seconds: float) -> None:
        await begun[0].external_wait(asyncio.sleep(seconds), reason=WAITING)

    async with AsyncExitStack() as stack:

        def make() -> Discord:
            made = Discord(credentials, store, registry, LETTERS, now, Background(pause))
            stack.push_async_callback(made.close)
            return made

        app = make()
        env = _Env(app.client, shard_count=shards, settle_timeout=PATIENCE)
        async with _running(env):
            begun.append(env)
            env.backend.subscribers.insert(0, _Owners(where == "dm"))
            await env.advance_time((BEGIN - env.now()).total_seconds())
            world = SimWorld(env, store, make, app)
            await sync(app.client.http, app.client.application_id or 0, commands(registry))
            if where == "server":
                world.server = env.create_guild("Job club")
                world.channel = world.server.create_text_channel("general")
            yield world
            await env.settle()
            if judging:
                world.check()


@asynccontextmanager
async def _running(env: simcord.Env) -> AsyncIterator[None]:
    """As `simcord.run`, which makes the Env itself."""
    await env.start()
    try:
        with env.time_context():
            yield
    finally:
        await env.shutdown()
    env.raise_errors()


@dataclass(frozen=True)
class _Owners:
    """Says of every interaction which installation let the person act there."""

    own: bool

    def __call__(self, event: str, payload: Mapping[str, Any]) -> None:
        if event != "INTERACTION_CREATE":
            return
        who = payload.get("user") or payload["member"]["user"]
        server = {"0": payload.get("guild_id") or "0"}
        payload["authorizing_integration_owners"].update({"1": who["id"]} if self.own else server)
