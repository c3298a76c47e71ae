"""A Discord that only signs in and keeps company: a little REST and a bare gateway, as a test says.

It judges nothing and knows no interaction; it is for how connections begin, break and end.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from adapters.discord.credentials import Credentials, Shards

TOKEN = "MTIz.abc.def-123"
USER = {"id": "1", "username": "followthrough", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION = {
    "id": "4711",
    "name": "Followthrough",
    "description": "",
    "icon": None,
    "bot_public": True,
    "bot_require_code_grant": False,
    "owner": USER,
    "verify_key": "0" * 64,
    "flags": 0,
}
HELLO, READY, INVALID, RECONNECT, IDENTIFY, RESUME = 10, 0, 9, 7, 2, 6


@dataclass(eq=False)
class Line:
    """One connection to the gateway. `first` is what the bot began with: IDENTIFY or RESUME."""

    path: str
    socket: web.WebSocketResponse
    first: dict[str, Any] = field(default_factory=dict)

    @property
    def op(self) -> int:
        """How the bot began."""
        return int(self.first["op"])

    async def send(self, op: int, data: Any = None, event: str = "", number: int = 1) -> None:
        """Say something to the bot."""
        told = {"op": op, "d": data, "t": event or None, "s": number if event else None}
        await self.socket.send_str(json.dumps(told))

    async def hang_up(self, code: int) -> None:
        """Close with this code."""
        await self.socket.close(code=code)


class Loopback:
    """`async with Loopback() as discord:`; lines come in the order in which bots began on them."""

    def __init__(self) -> None:
        self.shards = 1
        self.remaining, self.reset_after = 1000, 0
        self.at_once = 1
        # The status of each of the next answers over REST; 200 when none is left.
        self.statuses: deque[int] = deque()
        # What those that are not 200 name in Retry-After; there is no Via, as if from Cloudflare.
        self.retry_after = ""
        self.requests: list[str] = []
        self._asked = asyncio.Condition()
        self.commands: list[Any] = []
        # The close code of each of the next connections: before a greeting, or after a beginning.
        self.unwelcome: deque[int] = deque()
        # The status with which each of the next connections is turned away before there is one.
        self.shut: deque[int] = deque()
        self.refused: deque[int] = deque()
        self.lines: asyncio.Queue[Line] = asyncio.Queue()
        self.begun = 0
        self.ended = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        app.router.add_get("/{path:gateway|elsewhere|resume}", self._gateway)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *ended: object) -> None:
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What DISCORD_API_URL is to be."""
        return f"http://127.0.0.1:{self.port}/api/v10"

    def address(self, path: str) -> str:
        """A gateway of this one's: gateway, elsewhere or resume."""
        return f"ws://127.0.0.1:{self.port}/{path}"

    async def asked(self, requests: int) -> None:
        """Wait until so many requests have come over REST."""
        async with self._asked:
            await self._asked.wait_for(lambda: len(self.requests) >= requests)

    def credentials(
        self, token: str = TOKEN, gateway_url: str = "", shards: Shards | None = None
    ) -> Credentials:
        """Those that lead here."""
        return Credentials(token, self.api_url, gateway_url, shards)

    async def _rest(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        async with self._asked:
            self.requests.append(f"{request.method} {path}")
            self._asked.notify_all()
        status = self.statuses.popleft() if self.statuses else 200
        if request.headers["Authorization"] != f"Bot {TOKEN}":
            status = 401
        if status != 200:
            return self._no(status)
        match path:
            case "users/@me":
                return self._json(USER)
            case "oauth2/applications/@me":
                return self._json(APPLICATION)
            case "gateway/bot":
                limit = {
                    "total": 1000,
                    "remaining": self.remaining,
                    "reset_after": self.reset_after,
                    "max_concurrency": self.at_once,
                }
                told = {"url": self.address("gateway"), "shards": self.shards}
                return self._json({**told, "session_start_limit": limit})
            case "applications/4711/commands":
                if request.method == "PUT":
                    self.commands = await request.json()
                return self._json(self.commands)
        return self._json({}, 404)

    def _json(self, body: Any, status: int = 200) -> web.Response:
        # The library reads nothing that says more of itself than this.
        kind = "application/json"
        return web.Response(body=json.dumps(body).encode(), status=status, content_type=kind)

    def _no(self, status: int) -> web.Response:
        refusal = self._json({"message": "canary", "code": 0}, status)
        if self.retry_after:
            refusal.headers["Retry-After"] = self.retry_after
        return refusal

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        if self.shut:
            return self._no(self.shut.popleft())
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self.unwelcome:
            await socket.close(code=self.unwelcome.popleft())
            return socket
        line = Line(request.path.strip("/"), socket)
        await line.send(HELLO, {"heartbeat_interval": 45_000})
        async for message in socket:
            told = json.loads(message.data)
            if told["op"] in (IDENTIFY, RESUME):
                line.first = told
                await self._begin(line)
        self.ended.set()
        return socket

    async def _begin(self, line: Line) -> None:
        if self.refused:
            await line.hang_up(self.refused.popleft())
        elif line.op == RESUME:
            await line.send(0, {}, "RESUMED", line.first["d"]["seq"] + 1)
        else:
            self.begun += 1
            ready = {
                "v": 10,
                "user": USER,
                "guilds": [],
                "session_id": f"s{self.begun}",
                "resume_gateway_url": self.address("resume"),
                "shard": line.first["d"].get("shard", [0, 1]),
                "application": {"id": "4711", "flags": 0},
            }
            await line.send(0, ready, "READY")
        self.lines.put_nowait(line)


class Passing:
    """A time that passes only when somebody sleeps. `slept` is how long each slept, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._noticed = asyncio.Condition()

    def clock(self) -> float:
        """The seconds that have passed."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let some pass, which others notice."""
        async with self._noticed:
            self.slept.append(seconds)
            self.now += seconds
            self._noticed.notify_all()

    async def sleeps(self, times: int) -> None:
        """Wait until somebody has slept so many times."""
        async with self._noticed:
            await self._noticed.wait_for(lambda: len(self.slept) >= times)


@asynccontextmanager
async def within(seconds: float = 10) -> AsyncIterator[None]:
    """Fail what takes longer, so that nothing waits for ever."""
    async with asyncio.timeout(seconds):
        yield
