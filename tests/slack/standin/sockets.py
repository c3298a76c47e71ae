"""Socket Mode: envelopes to the app over WebSockets, acks back. Knows aiohttp, not the world.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import time
from itertools import count

from aiohttp import WSMsgType, web

from tests.slack.standin.acks import Ack
from tests.slack.standin.reading import Json
from tests.slack.standin.scene import APP_ID


class Sockets:
    """The sockets that are open, and the envelopes that wait for their ack. A Transport."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.root = ""
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[object]] = {}
        self._numbers = count(1)
        self._changed = asyncio.Condition()

    @property
    def connected(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    def address(self) -> str:
        """A fresh address for one socket."""
        ticket = next(self._numbers)
        return f"{self.root.replace('http', 'ws', 1)}/socket/{ticket}?ticket={ticket}"

    async def at_least(self, number: int) -> None:
        """Return when so many sockets are open; raises TimeoutError after `patience`."""
        async with asyncio.timeout(self.patience), self._changed:
            await self._changed.wait_for(lambda: len(self._open) >= number)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One socket, from hello to its end."""
        socket = web.WebSocketResponse(timeout=0.2)
        await socket.prepare(request)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._open) + 1,
                "connection_info": {"app_id": APP_ID},
                "debug_info": {"host": "applink-standin", "approximate_connection_time": 18060},
            }
        )
        await self._now([*self._open, socket])
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acked(message.data)
        finally:
            await self._now([each for each in self._open if each is not socket])
        return socket

    async def _now(self, sockets: list[web.WebSocketResponse]) -> None:
        async with self._changed:
            self._open = sockets
            self._changed.notify_all()

    def _acked(self, data: str) -> None:
        try:
            answer = json.loads(data)
            waiting = self._waiting.pop(answer["envelope_id"])
        except (ValueError, KeyError, TypeError):
            # An ack of an envelope that is unknown, or came too late: Slack ignores it.
            return
        if not waiting.done():
            waiting.set_result(answer.get("payload"))

    async def refresh(self, *, closing: bool = True) -> None:
        """Ask every client to connect anew, as Slack does every few hours; then hang up."""
        old = list(self._open)
        for socket in old:
            await socket.send_json(
                {
                    "type": "disconnect",
                    "reason": "refresh_requested",
                    "debug_info": {"host": "applink-standin"},
                }
            )
        if closing:
            async with asyncio.timeout(self.patience), self._changed:
                await self._changed.wait_for(lambda: any(each not in old for each in self._open))
            for socket in old:
                await socket.close()

    async def command(self, fields: dict[str, str]) -> Ack:
        return await self._send("slash_commands", dict(fields))

    async def interaction(self, payload: Json) -> Ack:
        return await self._send("interactive", payload)

    async def event(self, body: Json, retry: int = 0, reason: str = "") -> Ack:
        more = {"retry_attempt": retry, "retry_reason": reason or ("timeout" if retry else "")}
        return await self._send("events_api", body, **more)

    async def _send(self, kind: str, payload: Json, **more: object) -> Ack:
        began = time.perf_counter()
        number = next(self._numbers)
        name = f"00000000-0000-4000-8000-{number:012d}"
        waiting = self._waiting[name] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self.patience):
                async with self._changed:
                    await self._changed.wait_for(lambda: bool(self._open))
                socket = self._open[number % len(self._open)]
                await socket.send_json(
                    {
                        "envelope_id": name,
                        "type": kind,
                        "payload": payload,
                        "accepts_response_payload": kind != "events_api",
                        **more,
                    }
                )
                body = await waiting
        except (TimeoutError, ConnectionError):
            self._waiting.pop(name, None)
            return Ack(0, None, time.perf_counter() - began)
        return Ack(200, body, time.perf_counter() - began)

    async def close(self) -> None:
        for socket in list(self._open):
            await socket.close()
