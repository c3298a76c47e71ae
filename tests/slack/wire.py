"""A few of Slack's methods on this machine, answering as a test says: also late, wrongly or never.

It judges nothing; it is for what goes wrong between Slack and us.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from adapters.slack.clients import Clients
from bot.model import Account

Json = dict[str, Any]
ACCOUNT = Account(7, 3, "slack", "T1", "U1")
SENT: Json = {"ok": True, "channel": "D1", "ts": "1700000000.000100"}


@dataclass(frozen=True)
class Reply:
    """An answer, or what happens instead once the whole request has been read."""

    body: Json | str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    # "hold": not before the test is over. "drop": the connection ends without an answer.
    instead: Literal["", "hold", "drop"] = ""


HOLD, DROP = Reply(instead="hold"), Reply(instead="drop")


def error(code: str, status: int = 200, **headers: str) -> Reply:
    """Slack's way of saying no."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply({"ok": False, "error": code}, status, named)


@dataclass(frozen=True)
class Arrival:
    """A request that was read to its end."""

    method: str
    body: Json
    token: str
    connection: int


@dataclass
class Wire:
    """What arrived, and what is answered next to each method; then `usual`."""

    url: str = ""
    arrived: list[Arrival] = field(default_factory=list)
    replies: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    usual: dict[str, Reply] = field(
        default_factory=lambda: {"chat.postMessage": Reply(SENT), "chat.update": Reply(SENT)}
    )
    came: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, method: str, *replies: Reply) -> None:
        """Answer the next calls of a method so, in this order."""
        self.replies[method] += replies

    def posts(self, method: str = "chat.postMessage") -> list[Arrival]:
        """The calls of a method that arrived."""
        return [arrival for arrival in self.arrived if arrival.method == method]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            body = await request.json()
        else:
            body = {**request.query, **await request.post()}
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.arrived.append(Arrival(method, body, token, id(request.transport)))
        self.came.set()
        waiting = self.replies[method]
        reply = waiting.popleft() if waiting else self.usual.get(method, Reply({"ok": True}))
        if reply.instead == "hold":
            await self.over.wait()
        if reply.instead == "drop":
            assert request.transport is not None
            request.transport.close()
        raw = json.dumps(reply.body) if isinstance(reply.body, dict) else reply.body
        data = raw if isinstance(raw, bytes) else raw.encode()
        return web.Response(
            body=data, status=reply.status, headers=reply.headers, content_type=reply.kind
        )


@asynccontextmanager
async def listening() -> AsyncIterator[Wire]:
    """A wire on a free port, until the block ends."""
    wire = Wire()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", wire.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        wire.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        yield wire
    finally:
        wire.over.set()
        await runner.cleanup()


@asynccontextmanager
async def clients(url: str, token: str = "xoxb-test", **options: Any) -> AsyncIterator[Clients]:
    """Clients that are closed when the block ends."""
    made = Clients(url, token=token, **options)
    try:
        yield made
    finally:
        await made.aclose()
