"""A few of Discord's requests on this machine, answered as a test says: also late, wrongly, never.

It judges nothing; it is for what goes wrong between Discord and us. Of Discord's own ways it has
one: a nonce that was seen before gets the message that is there.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import discord
from aiohttp import web
from discord.http import Route

from bot.model import Account

Json = dict[str, Any]
NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
# Somebody whose conversation is not open yet, and somebody whose is.
STRANGER = Account(7, 3, "discord", "", "4001")
ACCOUNT = Account(8, 4, "discord", "", "4002", "5002")


@dataclass(frozen=True)
class Reply:
    """An answer, or what happens instead once the whole request has been read."""

    body: Json | list[Any] | str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    # As Discord writes it: the library takes nothing else for JSON.
    kind: str = "application/json"
    # "hold": not before the test is over. "drop": the connection ends without an answer.
    # "lose": as that, but the message has been made.
    instead: Literal["", "hold", "drop", "lose"] = ""


HOLD, DROP, LOSE = Reply(instead="hold"), Reply(instead="drop"), Reply(instead="lose")


def error(status: int, code: int, message: str = "no", **headers: str) -> Reply:
    """Discord's way of saying no."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply({"message": message, "code": code}, status, named)


def limited(seconds: float, *, everywhere: bool = False) -> Reply:
    """Discord's way of asking to wait."""
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
    headers = {"Via": "1.1 google", "Retry-After": str(seconds)}
    return Reply(body, 429, headers)


@dataclass(frozen=True)
class Arrival:
    """A request that was read to its end. `files` are by the name of their part."""

    what: str
    body: Json
    files: dict[str, bytes]
    token: str


@dataclass
class Wire:
    """What arrived, what is answered next to each kind of request, and the messages made."""

    url: str = ""
    arrived: list[Arrival] = field(default_factory=list)
    replies: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    made: dict[str, Json] = field(default_factory=dict)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    # Told of each request the moment it arrives.
    listener: Callable[[Arrival], None] | None = None

    def answer(self, what: str, *replies: Reply) -> None:
        """Answer the next requests of a kind so, in this order.

        "open", "post", "edit" or "delete"; "thread", "bring" or "let-go".
        """
        self.replies[what] += replies

    def asked(self, what: str) -> list[Arrival]:
        """The requests of a kind that arrived; posts and deletions by "post 5002" as well."""
        return [a for a in self.arrived if a.what == what or a.what.partition(" ")[0] == what]

    async def me(self, request: web.Request) -> web.Response:
        """Who the bot is, asked when it signs in."""
        bot = {"id": "1", "username": "bot", "discriminator": "0", "avatar": None, "bot": True}
        return web.json_response(bot)

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Open a conversation: of person 4001, number 5001."""
        body = await request.json()
        channel = {"id": str(int(body["recipient_id"]) + 1000), "type": 1, "recipients": []}
        return await self._reply(request, "open", "", Reply(channel), body)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Send a message, once for each nonce."""
        body, files = await _content(request)
        channel = request.match_info["channel"]
        return await self._reply(request, "post", channel, None, body, files)

    async def edit(self, request: web.Request) -> web.StreamResponse:
        """Let a message say something else."""
        body, files = await _content(request)
        channel, message = request.match_info["channel"], request.match_info["message"]
        made = Reply({"id": message, "channel_id": channel, "content": ""})
        return await self._reply(request, "edit", f"{channel}:{message}", made, body, files)

    async def thread(self, request: web.Request) -> web.StreamResponse:
        """Open a thread: the first is number 6001."""
        channel = request.match_info["channel"]
        made = Reply({"id": str(6001 + len(self.asked("thread"))), "type": 12, "name": ""}, 201)
        return await self._reply(request, "thread", channel, made, await request.json())

    async def member(self, request: web.Request) -> web.StreamResponse:
        """Bring somebody to a thread, or let them go."""
        what = "bring" if request.method == "PUT" else "let-go"
        where = f"{request.match_info['channel']}:{request.match_info['user']}"
        return await self._reply(request, what, where, Reply(status=204, kind=""), {})

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Delete a message."""
        where = f"{request.match_info['channel']}:{request.match_info['message']}"
        return await self._reply(request, "delete", where, Reply(status=204, kind=""), {})

    def _message(self, channel: str, body: Json) -> Reply:
        made = {"id": str(9000 + len(self.made)), "channel_id": channel, "content": ""}
        return Reply(self.made.setdefault(body["nonce"], made))

    async def _reply(
        self,
        request: web.Request,
        what: str,
        where: str,
        usual: Reply | None,
        body: Json,
        files: dict[str, bytes] | None = None,
    ) -> web.StreamResponse:
        token = request.headers.get("Authorization", "")
        self.arrived.append(Arrival(f"{what} {where}".strip(), body, files or {}, token))
        self.came.set()
        if self.listener is not None:
            self.listener(self.arrived[-1])
        waiting = self.replies[what]
        reply = waiting.popleft() if waiting else usual or self._message(where, body)
        if reply.instead == "lose" and what == "post":
            self._message(where, body)
        if reply.instead == "hold":
            await self.over.wait()
        if reply.instead in ("drop", "lose"):
            assert request.transport is not None
            request.transport.close()
        raw = json.dumps(reply.body) if isinstance(reply.body, dict | list) else reply.body
        data = raw if isinstance(raw, bytes) else raw.encode()
        kind = {"Content-Type": reply.kind} if reply.kind else {}
        return web.Response(body=data, status=reply.status, headers={**reply.headers, **kind})


async def _content(request: web.Request) -> tuple[Json, dict[str, bytes]]:
    """What a message says, and its files by the name of their part."""
    if request.content_type == "application/json":
        return await request.json(), {}
    parts = await request.post()
    files = {n: part.file.read() for n, part in parts.items() if isinstance(part, web.FileField)}
    return json.loads(str(parts["payload_json"])), files


@asynccontextmanager
async def listening() -> AsyncIterator[Wire]:
    """A wire on a free port, where discord.py sends every request until the block ends."""
    wire = Wire()
    app = web.Application()
    app.router.add_get("/users/@me", wire.me)
    app.router.add_post("/users/@me/channels", wire.open)
    app.router.add_post("/channels/{channel}/messages", wire.post)
    app.router.add_patch("/channels/{channel}/messages/{message}", wire.edit)
    app.router.add_delete("/channels/{channel}/messages/{message}", wire.delete)
    app.router.add_post("/channels/{channel}/threads", wire.thread)
    app.router.add_put("/channels/{channel}/thread-members/{user}", wire.member)
    app.router.add_delete("/channels/{channel}/thread-members/{user}", wire.member)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    before = Route.BASE
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        wire.url = Route.BASE = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield wire
    finally:
        Route.BASE = before
        wire.over.set()
        await runner.cleanup()


@asynccontextmanager
async def signed_in() -> AsyncIterator[discord.Client]:
    """A client with a token, and no gateway, until the block ends."""
    client = discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30.0)
    await client.http.static_login("token-test")
    try:
        yield client
    finally:
        await client.http.close()


@dataclass
class Clock:
    """A time that passes only when it is said to, or slept."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)
