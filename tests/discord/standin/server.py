"""The stand-in itself: the server up, people and places made. Knows every other part."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import cached_property
from typing import Self, TypeVar

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.discord.standin.buckets import Buckets
from tests.discord.standin.clock import Clock
from tests.discord.standin.faults import Fault, Faults, Plan
from tests.discord.standin.gateway import Gateway
from tests.discord.standin.guilds import described
from tests.discord.standin.hands import Person
from tests.discord.standin.judge import Rules
from tests.discord.standin.places import Server
from tests.discord.standin.records import Call, Guild, User
from tests.discord.standin.rest import Rest
from tests.discord.standin.scene import Json
from tests.discord.standin.world import World

Seen = TypeVar("Seen")


class Discord:
    """A Discord of a test's own. Use it with `async with`; see the package's words for the rest."""

    def __init__(self, *, judging: bool = True, patience: float = 3.0) -> None:
        self.token = "MTAxMTAxMTAx.standin.token-of-the-bot"
        self.patience = patience
        self.clock = Clock()
        self.world = World(self.clock)
        self.rules = Rules(on=judging)
        self.gateway = Gateway(self.world, self.rules, self.token)
        self._faults = Faults()
        self.rest = Rest(self.world, self.rules, self._faults, self.gateway, self.token)
        self._up = AsyncExitStack()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=26 * 1024**2)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._attachment)
        app.router.add_route("*", "/api/v10/{path:.+}", self.rest.answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        self._up.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.world.root = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._up.push_async_callback(self.gateway.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._up.aclose()

    async def _attachment(self, request: web.Request) -> web.Response:
        for message in self.world.messages.values():
            if request.match_info["id"] in message.contents:
                return web.Response(body=message.contents[request.match_info["id"]])
        return web.Response(status=404)

    @property
    def api_url(self) -> str:
        """What DISCORD_API_URL should say, and discord.py's Route.BASE."""
        return f"{self.world.root}/api/v10"

    @property
    def gateway_url(self) -> str:
        """What DISCORD_GATEWAY_URL should say."""
        return self.gateway.url

    @property
    def application_id(self) -> str:
        """The id of the app."""
        return self.world.application_id

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(b"discord".ljust(32, b"."))

    @property
    def public_key(self) -> str:
        """The key that webhook events are checked with, as the Developer Portal shows it."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, body: bytes, at: float | None = None) -> dict[str, str]:
        """The headers of a webhook event. `at` is in seconds since 1970; now if left out."""
        stamp = str(int(time.time() if at is None else at))
        signature = self._key.sign(stamp.encode() + body).hex()
        return {
            "X-Signature-Ed25519": signature,
            "X-Signature-Timestamp": stamp,
            "Content-Type": "application/json",
        }

    def webhook_event(self, kind: str, person: Person, server: Server | None = None) -> bytes:
        """The body of APPLICATION_AUTHORIZED or APPLICATION_DEAUTHORIZED about a person.

        With `server`, they authorized the app for it. "" as the kind makes the PING.
        """
        whole: Json = {
            "version": 1,
            "application_id": self.application_id,
            "type": int(bool(kind)),
        }
        if kind:
            data: Json = {"user": self.world.user(person.id)}
            if kind == "APPLICATION_AUTHORIZED":
                data["integration_type"] = 0 if server else 1
                data["scopes"] = ["applications.commands"]
                if server:
                    data["guild"] = described(self.world, server.guild)
            stamp = self.world.stamp(self.clock())
            whole["event"] = {"type": kind, "timestamp": stamp, "data": data}
        return json.dumps(whole).encode()

    def server(self, name: str = "Club", *, joined: bool = True, locale: str = "en-US") -> Server:
        """A server; the bot is in it unless told otherwise. Each lies one shard further."""
        guild = Guild(self.world.server_id(), name, self.world.fixed_id(), joined, locale=locale)
        self.world.add_guild(guild)
        return Server(self.world, self.gateway, guild)

    def person(
        self,
        name: str,
        *,
        server: Server | None = None,
        locale: str = "en-US",
        zone: str = "UTC",
        installed: bool = False,
        dm_open: bool = True,
        met: bool = False,
    ) -> Person:
        """A person, made when first named, and then a member of `server` if one is given.

        `installed`: the app is one of theirs. `met`: they used the bot before.
        """
        user = next((u for u in self.world.users.values() if u.name == name), None)
        if user is None:
            user = User(self.world.fixed_id(), name, self.world.fixed_id(), locale, zone)
            user.installed, user.dm_open, user.met = installed, dm_open, met
            self.world.add_user(user)
        if server is not None:
            server.guild.members.add(user.id)
        return Person(self.world, self.rules, self.gateway, user, self.patience)

    def fault(
        self, route: str, fault: Fault, *, user: str | Person = "", times: int | None = 1
    ) -> Plan:
        """Let the next calls of a route, "POST /channels/{id}/messages", meet a misfortune."""
        name = user.id if isinstance(user, Person) else user
        return self._faults.plan(route, fault, name, times)

    async def connected(self, n: int = 1, within: float = 5.0) -> None:
        """Return when so many shards are listening."""
        await self.until(lambda: len(self.gateway.ready) >= n, within)

    async def drop_gateway(self, code: int | None = None) -> None:
        """Cut every connection; or close it with a code. What happens now waits for RESUME."""
        await self.gateway.drop(code)

    async def until(self, seen: Callable[[], Seen], within: float = 3.0) -> Seen:
        """The first true result of `seen`, looked at after each change; TimeoutError else."""
        async with asyncio.timeout(within):
            while not (found := seen()):
                await self.world.next_change()
            return found

    @property
    def commands(self) -> list[Json]:
        """The registered commands, as Discord keeps them."""
        return self.world.commands

    @property
    def calls(self) -> list[Call]:
        """Every REST request, oldest first."""
        return self.world.calls

    @property
    def received(self) -> Counter[str]:
        """How many messages really arrived in each person's DM, by user id."""
        return self.world.received

    @property
    def buckets(self) -> Buckets:
        """The rate limits, which may be set."""
        return self.rest.buckets

    @property
    def identifies(self) -> int:
        """How many IDENTIFYs there were."""
        return self.gateway.identifies

    @property
    def starts_left(self) -> int:
        """How many more Discord allows; may be set."""
        return self.gateway.starts_left

    @starts_left.setter
    def starts_left(self, left: int) -> None:
        self.gateway.starts_left = left

    @property
    def violations(self) -> list[str]:
        """What the app did that Discord forbids, or that a private bot never does."""
        return self.rules.violations

    def forgive(self, part: str) -> list[str]:
        """Take away the violations that contain `part`, and return them: they were meant."""
        return self.rules.forgive(part)

    def check(self) -> None:
        """Raise AssertionError with all violations, if there are any."""
        if self.violations:
            raise AssertionError("\n".join(["Discord would object:", *self.violations]))
