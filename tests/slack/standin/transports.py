"""The ways from Slack to the app, and the signed HTTP one. Knows aiohttp; nothing of the world.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
import time
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from tests.slack.standin.acks import Ack
from tests.slack.standin.reading import Json

FORM = "application/x-www-form-urlencoded"


class Transport(Protocol):
    """A way to the app. Each method returns the ack; status 0 when none came in time."""

    async def command(self, fields: dict[str, str]) -> Ack:
        """Send a slash command."""

    async def interaction(self, payload: Json) -> Ack:
        """Send a press, a submission, a shortcut or a question for options."""

    async def event(self, body: Json, retry: int = 0, reason: str = "") -> Ack:
        """Send an event; `retry` counts repetitions from 1."""

    async def close(self) -> None:
        """Let go of connections."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's signature of a request."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class Http:
    """Signed requests to the app's request URL, as Slack makes them.

    The time stamp is the real one, whatever the stand-in's clock says: the app checks it so.
    """

    def __init__(self, url: str, secret: str, patience: float, connections: int = 100) -> None:
        self.url = url
        self.patience = patience
        self._secret = secret
        self._connections = connections
        self._client: aiohttp.ClientSession | None = None

    async def command(self, fields: dict[str, str]) -> Ack:
        return await self.post(urlencode(fields).encode(), {"Content-Type": FORM})

    async def interaction(self, payload: Json) -> Ack:
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.post(body, {"Content-Type": FORM})

    async def event(self, body: Json, retry: int = 0, reason: str = "") -> Ack:
        headers = {"Content-Type": "application/json"}
        if retry:
            headers |= {
                "X-Slack-Retry-Num": str(retry),
                "X-Slack-Retry-Reason": reason or "http_timeout",
            }
        return await self.post(json.dumps(body).encode(), headers)

    async def post(self, body: bytes, headers: dict[str, str]) -> Ack:
        """Sign and send a body. Headers that are given replace those of the signature."""
        if self._client is None:
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._client = aiohttp.ClientSession(connector=connector)
        stamp = str(int(time.time()))
        signed = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self._secret, stamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **headers,
        }
        began = time.perf_counter()
        wait = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with self._client.post(
                self.url, data=body, headers=signed, timeout=wait, allow_redirects=False
            ) as response:
                text = await response.text()
                seconds = time.perf_counter() - began
                return Ack(response.status, _body(text, response.content_type), seconds)
        except (TimeoutError, aiohttp.ClientError):
            return Ack(0, None, time.perf_counter() - began)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None


def _body(text: str, kind: str) -> Any:
    if not text:
        return None
    if kind != "application/json":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
