"""The gateway: HELLO, IDENTIFY, READY, events, heartbeats, RESUME. Knows sockets; no REST.

https://docs.discord.com/developers/events/gateway
"""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord.standin.guilds import described, shard_of
from tests.discord.standin.judge import Rules
from tests.discord.standin.records import Guild
from tests.discord.standin.scene import Json
from tests.discord.standin.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
MEMBERS, INVALID, HELLO, ACK = 8, 9, 10, 11
GUILDS, DIRECT_MESSAGES = 1 << 0, 1 << 12
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
KNOWN_INTENTS = (1 << 26) - 1


@dataclass(eq=False)
class Socket:
    """One connection, with its stream of compression. `closing`: by Discord, not by the app."""

    request: web.Request
    response: web.WebSocketResponse
    stream: Any = None
    closing: bool = False

    async def send(self, payload: Json) -> None:
        """Send, if it is still open: what a closed one misses is kept by its session."""
        text = json.dumps(payload)
        try:
            if self.stream is None:
                await self.response.send_str(text)
            else:
                data = self.stream.compress(text.encode()) + self.stream.flush(zlib.Z_SYNC_FLUSH)
                await self.response.send_bytes(data)
        except (ConnectionError, RuntimeError):
            # It closed meanwhile.
            return

    async def close(self, code: int | None = None) -> None:
        """Close with a code, or cut the connection."""
        self.closing = True
        if code is not None:
            await self.response.close(code=code)
        elif self.request.transport is not None:
            self.request.transport.abort()


@dataclass(eq=False)
class Session:
    """What a shard has heard, and may hear again. `ready`: READY or RESUMED was sent."""

    id: str
    shard: int
    shards: int
    intents: int
    socket: Socket | None
    log: list[Json] = field(default_factory=list)
    ready: bool = False

    async def tell(self, name: str, data: Json) -> None:
        """Send an event, or keep it for the next RESUME."""
        event = {"op": DISPATCH, "s": len(self.log) + 1, "t": name, "d": data}
        self.log.append(event)
        if self.socket is not None:
            await self.socket.send(event)


class Gateway:
    """All connections of the app. `starts_left` is what /gateway/bot tells of IDENTIFYs."""

    def __init__(self, world: World, rules: Rules, token: str) -> None:
        self.world = world
        self.rules = rules
        self.token = token
        self.heartbeat = 41.25
        self.shards = 1
        self.starts_left = 1000
        self.identifies = 0
        self.resumes = 0
        self.heartbeats = 0
        self.compressed = 0
        self.refuse: int | None = None
        self.sessions: dict[str, Session] = {}
        self._sockets: set[Socket] = set()
        self._numbers = count(1)

    @property
    def url(self) -> str:
        """Where the app connects to."""
        return self.world.root.replace("http://", "ws://") + "/gateway/"

    @property
    def ready(self) -> list[Session]:
        """The shards that are listening now."""
        return [s for s in self.sessions.values() if s.socket is not None and s.ready]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, until it closes."""
        if self.refuse is not None:
            return web.Response(status=self.refuse)
        response = web.WebSocketResponse(compress=False, max_msg_size=1 << 16)
        await response.prepare(request)
        kind = request.query.get("compress", "")
        socket = Socket(request, response, zlib.compressobj() if kind == "zlib-stream" else None)
        if kind not in ("", "zlib-stream"):
            self.rules.note("gateway", f"the stand-in knows no compression {kind!r}")
        self.compressed += kind == "zlib-stream"
        self._sockets.add(socket)
        await socket.send({"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat * 1000)}})
        session: Session | None = None
        try:
            async for message in response:
                if message.type is not WSMsgType.TEXT:
                    continue
                session = await self._heard(socket, session, json.loads(message.data))
        finally:
            self._sockets.discard(socket)
            if session is not None and session.socket is socket:
                session.socket = None
                session.ready = False
                if not socket.closing and response.close_code in (1000, 1001):
                    # Closed for good: the session ends.
                    self.sessions.pop(session.id, None)
            self.world.changed()
        return response

    async def _heard(self, socket: Socket, session: Session | None, said: Json) -> Session | None:
        op, data = said["op"], said.get("d")
        if op == HEARTBEAT:
            self.heartbeats += 1
            await socket.send({"op": ACK})
        elif session is not None and op in (IDENTIFY, RESUME):
            await socket.close(4005)
        elif op == IDENTIFY:
            return await self._identified(socket, data or {})
        elif op == RESUME:
            return await self._resumed(socket, data or {})
        elif session is None:
            await socket.close(4003)
        elif op not in (PRESENCE, VOICE, MEMBERS):
            await socket.close(4001)
        return session

    async def _identified(self, socket: Socket, data: Json) -> Session | None:
        self.identifies += 1
        self.starts_left -= 1
        if self.starts_left < 0:
            self.rules.note("gateway", "more IDENTIFYs than the session start limit allows")
        shard, shards = data.get("shard") or (0, 1)
        intents = int(data.get("intents", 0))
        code = None
        if data.get("token") != self.token:
            self.rules.note("gateway", "IDENTIFY with a wrong token")
            code = 4004
        elif not 0 <= shard < shards:
            code = 4010
        elif intents & ~KNOWN_INTENTS:
            code = 4013
        elif intents & PRIVILEGED:
            self.rules.note("gateway", "IDENTIFY with privileged intents")
            code = 4014
        if code is not None:
            await socket.close(code)
            return None
        name = f"{next(self._numbers):032x}"
        session = self.sessions[name] = Session(name, shard, shards, intents, socket)
        joined = [g for g in self.world.guilds.values() if g.joined]
        here = [g for g in joined if shard_of(g.id, shards) == shard]
        await session.tell("READY", self._ready(session, here))
        for guild in here:
            if guild.available and intents & GUILDS:
                await session.tell(
                    "GUILD_CREATE", {**described(self.world, guild), "unavailable": False}
                )
        session.ready = True
        self.world.changed()
        return session

    def _ready(self, session: Session, here: list[Guild]) -> Json:
        return {
            "v": 10,
            "user": {**self.world.bot, "verified": True, "mfa_enabled": False, "flags": 0},
            "guilds": [{"id": guild.id, "unavailable": True} for guild in here],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": [session.shard, session.shards],
            "application": {"id": self.world.application_id, "flags": 1 << 23},
            "private_channels": [],
            "relationships": [],
            "user_settings": {},
        }

    async def _resumed(self, socket: Socket, data: Json) -> Session | None:
        session = self.sessions.get(str(data.get("session_id")))
        if data.get("token") != self.token:
            self.rules.note("gateway", "RESUME with a wrong token")
            await socket.close(4004)
            return None
        if session is None:
            await socket.send({"op": INVALID, "d": False})
            return None
        seq = int(data.get("seq") or 0)
        if seq > len(session.log):
            await socket.close(4007)
            return None
        self.resumes += 1
        if session.socket is not None:
            await session.socket.close(4000)
        while seq < len(session.log):
            # What happens meanwhile joins the end of the log, and so keeps its place.
            await socket.send(session.log[seq])
            seq += 1
        session.socket = socket
        await session.tell("RESUMED", {})
        session.ready = True
        self.world.changed()
        return session

    async def tell(self, name: str, data: Json, guild: str = "", intents: int = 0) -> None:
        """Send an event to the shard it belongs to: by its server, else shard 0."""
        for session in list(self.sessions.values()):
            wanted = shard_of(guild, session.shards) if guild else 0
            if session.shard == wanted and session.intents & intents == intents:
                await session.tell(name, data)

    async def flush(self) -> None:
        """Send what happened to messages in DMs."""
        while self.world.news:
            name, data = self.world.news.pop(0)
            await self.tell(name, data, intents=DIRECT_MESSAGES)

    async def reconnect(self) -> None:
        """Ask every shard to connect anew (op 7), as Discord does now and then."""
        for session in self.ready:
            if session.socket is not None:
                await session.socket.send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        """End the sessions (op 9); with `resumable`, only ask to RESUME them."""
        for session in self.ready:
            socket = session.socket
            if not resumable:
                self.sessions.pop(session.id)
            if socket is not None:
                await socket.send({"op": INVALID, "d": resumable})

    async def drop(self, code: int | None = None) -> None:
        """Close all connections with a code, or cut them without a word."""
        for session in self.sessions.values():
            session.ready = False
        for socket in list(self._sockets):
            await socket.close(code)

    async def close(self) -> None:
        """Cut everything: the stand-in goes."""
        await asyncio.gather(*(socket.close() for socket in list(self._sockets)))
