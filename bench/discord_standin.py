"""Discord as cheap as can be: a gateway that tells, a REST that takes answers. Judges nothing.

The tests' stand-in uses as much of a processor for an interaction as the bare app that answers it,
so it would be measured itself. This one knows `/job applied …` and what leads there.
"""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from bench.discord_servers import APPLICATION, BOT, ME, Json, server_id

TOKEN = "ODAwMDAw.bench.token-of-the-bot"
_DISPATCH, _HEARTBEAT, _IDENTIFY, _HELLO, _ACK = 0, 1, 2, 10, 11
_MESSAGE, _DEFERRED = 4, 5
_PREFIX = "/api/v10"
_STARTS = {"total": 1000, "remaining": 1000, "reset_after": 14_400_000, "max_concurrency": 1}


class Discord:
    """One app's Discord, up while it is entered. `servers` are the GUILD_CREATEs it tells."""

    def __init__(self, servers: Sequence[Callable[[], Json]]) -> None:
        self.api_url = self.gateway_url = ""
        self._servers = servers
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._socket: web.WebSocketResponse | None = None
        self._stream: Any = None
        self._seq = 0
        self._beat = asyncio.Event()
        self._told = asyncio.Event()

    async def listening(self) -> None:
        """Return once the app has read every server."""
        await self._told.wait()
        assert self._socket is not None
        self._beat.clear()
        # Answered in its turn: what came before has been read then.
        await self._send({"op": _HEARTBEAT, "d": None})
        await self._beat.wait()

    async def ask(self, interaction: str, token: str) -> Json:
        """What the app shows in answer to an interaction, written as JSON."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting[token] = answer
        self._seq += 1
        head = f'{{"t":"INTERACTION_CREATE","s":{self._seq},"op":{_DISPATCH},"d":'
        await self._send_text(f"{head}{interaction}}}")
        found: Json = await answer
        return found

    def answer(self, method: str, path: str, body: bytes) -> bytes:
        """Of one request."""
        path, _, _ = path.removeprefix(_PREFIX).partition("?")
        match path.split("/")[1:]:
            case ["interactions", name, token, "callback"]:
                said = json.loads(body)
                shown = _shown(said.get("data") or {})
                if said["type"] != _DEFERRED:
                    self._waiting.pop(token).set_result(said)
                about = {"id": name, "type": 2, "response_message_id": shown["id"]}
                resource = {"type": said["type"], "message": shown}
                return _http({"interaction": about, "resource": resource})
            case ["webhooks", _, token, "messages", "@original"]:
                said = json.loads(body)
                self._waiting.pop(token).set_result({"type": _MESSAGE, "data": said})
                return _http(_shown(said))
            case ["users", "@me"]:
                return _http({**ME, "verified": True, "mfa_enabled": False, "flags": 0})
            case ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return _http(_APPLICATION)
            case ["gateway", "bot"]:
                return _http({"url": self.gateway_url, "shards": 1, "session_start_limit": _STARTS})
            case _:
                raise AssertionError(f"{method} {path}")

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        """The app's connection."""
        self._socket = socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        # Whatever else it could read, it reads plain text too.
        zipped = request.query.get("compress") == "zlib-stream"
        self._stream = zlib.compressobj() if zipped else None
        await self._send({"op": _HELLO, "d": {"heartbeat_interval": 41_250}})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            if said["op"] == _HEARTBEAT:
                self._beat.set()
                await self._send({"op": _ACK})
            elif said["op"] == _IDENTIFY:
                await self._tell("READY", self._ready())
                for each in self._servers:
                    await self._tell("GUILD_CREATE", each())
                self._told.set()
        return socket

    def _ready(self) -> Json:
        here = range(len(self._servers))
        return {
            "v": 10,
            "user": {**ME, "verified": True, "mfa_enabled": False, "flags": 0},
            "guilds": [{"id": str(server_id(n)), "unavailable": True} for n in here],
            "session_id": "0" * 32,
            "session_type": "normal",
            "resume_gateway_url": self.gateway_url,
            "shard": [0, 1],
            "application": APPLICATION,
            "private_channels": [],
        }

    async def _tell(self, name: str, data: Json) -> None:
        self._seq += 1
        await self._send({"t": name, "s": self._seq, "op": _DISPATCH, "d": data})

    async def _send(self, payload: Json) -> None:
        await self._send_text(json.dumps(payload, separators=(",", ":")))

    async def _send_text(self, text: str) -> None:
        assert self._socket is not None
        if self._stream is None:
            await self._socket.send_str(text)
            return
        data = self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)
        await self._socket.send_bytes(data)


class _Rest(asyncio.Protocol):
    """One connection of the app's, on which it asks for one thing at a time."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord
        self._got = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        length = next((line for line in lines if line.lower().startswith("content-length:")), ":0")
        if len(body) < int(length.partition(":")[2]):
            return
        self._got = b""
        method, path, _ = first.split(" ")
        self._transport.write(self._discord.answer(method, path, body))


def _http(body: Json) -> bytes:
    text = json.dumps(body).encode()
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nVia: 1.1 google\r\n"
        b"X-RateLimit-Limit: 5\r\nX-RateLimit-Remaining: 4\r\nX-RateLimit-Reset-After: 1.0\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(text), text)
    )


def _shown(data: Json) -> Json:
    """The message that this makes, as Discord describes it: every component has an id."""
    components = data.get("components") or []
    for number, each in enumerate(_walk(components), 1):
        each["id"] = number
    return {
        "id": "1300000000000000000",
        "type": 20,
        "channel_id": "820000000000000001",
        "author": ME,
        "application_id": str(BOT),
        "webhook_id": str(BOT),
        "content": data.get("content") or "",
        "timestamp": "2026-06-09T14:00:00.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": components,
        "pinned": False,
        "flags": data.get("flags") or 0,
    }


def _walk(components: Sequence[Json]) -> Iterator[Json]:
    for each in components:
        yield each
        yield from _walk(each.get("components") or ())
        if "accessory" in each:
            yield from _walk([each["accessory"]])


_APPLICATION: Json = {
    **APPLICATION,
    "name": "Followthrough",
    "description": "",
    "icon": None,
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "0" * 64,
    "owner": ME,
    "team": None,
    "bot": ME,
}


@asynccontextmanager
async def discord(servers: Sequence[Callable[[], Json]]) -> AsyncIterator[Discord]:
    """A Discord on this machine, for one app."""
    made = Discord(servers)
    app = web.Application()
    app.router.add_get("/", made.gateway)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    rest = await asyncio.get_running_loop().create_server(lambda: _Rest(made), "127.0.0.1", 0)
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.gateway_url = f"ws://127.0.0.1:{runner.addresses[0][1]}/"
        made.api_url = f"http://127.0.0.1:{rest.sockets[0].getsockname()[1]}{_PREFIX}"
        yield made
    finally:
        rest.close()
        await runner.cleanup()
