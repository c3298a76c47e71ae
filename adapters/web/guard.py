"""Turns away requests that no honest sender makes, before an app parses them. Knows no platform.

A library behind it may then read the whole body and decode it, which most do without asking.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# The most that a chat platform sends is far below it: Slack's largest view is 250 KB.
LIMIT = 1_000_000
# A platform that waits three seconds for its answer does not take ten to ask.
SECONDS = 10.0

Headers = Sequence[tuple[bytes, bytes]]
# Whether these headers (names in lower case) and this body come from who they seem to.
Trust = Callable[[Headers, bytes], bool]


def anyone(headers: Headers, body: bytes) -> bool:
    """Trust whoever it is: for pages that people open, where only the body is to be feared."""
    return True


_WORDS = {
    400: b"The body is not UTF-8.\n",
    401: b"The request is not signed, or not as it should be.\n",
    408: b"The body took too long.\n",
    413: b"The body is too large.\n",
}
# What is left of the body is not worth reading, so the connection ends.
_CUT_SHORT = {408, 413}


class Guard:
    """An ASGI app that lets a request through to `app` once its body is whole and it is trusted.

    Otherwise it answers 413 for a body over `limit` bytes, whether its length was announced or
    not, 408 for one not there after `seconds`, 400 for one that is not UTF-8, and 401 for one that
    `trust` refuses. The app receives the body in one piece.
    """

    def __init__(
        self, app: ASGIApp, trust: Trust, *, limit: int = LIMIT, seconds: float = SECONDS
    ) -> None:
        self._app = app
        self._trust = trust
        self._limit = limit
        self._seconds = seconds
        self._told: set[int] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI wants it; what is no HTTP request goes straight on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: Headers = scope["headers"]
        if _announced(headers) > self._limit:
            await self._refuse(413, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(receive)
        except TimeoutError:
            await self._refuse(408, send)
            return
        if body is None:  # The sender has hung up: nobody would hear an answer.
            return
        if len(body) > self._limit:
            await self._refuse(413, send)
        elif not _is_text(body):
            await self._refuse(400, send)
        elif not self._trust(headers, body):
            await self._refuse(401, send)
        else:
            await self._app(scope, _Replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """The body, or the first part of it that is over the limit; None if it was cut off."""
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            whole: bytes = message.get("body", b"")
            return whole
        parts = bytearray()
        while message["type"] == "http.request":
            parts += message.get("body", b"")
            if not message.get("more_body") or len(parts) > self._limit:
                return bytes(parts)
            message = await receive()
        return None

    async def _refuse(self, status: int, send: Send) -> None:
        # The first of a kind may be a wrong secret of our own; the rest are the internet.
        level = logging.INFO if status in self._told else logging.WARNING
        log.log(level, "request refused", status=status)
        self._told.add(status)
        words = _WORDS[status]
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(words)).encode()),
        ]
        if status in _CUT_SHORT:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": words})


class _Replay:
    """Gives a body that was read already, and then whatever the connection brings."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return await self._receive()
        return {"type": "http.request", "body": body, "more_body": False}


def _announced(headers: Headers) -> int:
    """The length that the sender announces, 0 when it announces none."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            # Python refuses to read a number of thousands of digits, and needs none of them here.
            return int(value[:20])
    return 0


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
