"""Slack and Discord in a process of their own, as cheap as can be, with their limits. Send nothing.

`python -m bench.scale_platforms DELAY` answers everything after so many milliseconds. It says on
which ports it listens and then answers each line: `count` with how many messages it has taken, and
`report FILE` after all that came was written there.

Slack: https://docs.slack.dev/apis/web-api/rate-limits says about one message a second, short bursts
let through, then 429 with Retry-After. What "short" is it does not say: here a workspace takes
`SLACK_BURST`. Discord: https://docs.discord.com/developers/topics/rate-limits says 50 requests a
second for a bot, then a global 429; here in any one second, by the clock.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

from bench.processes import lines

SLACK_BURST, SLACK_A_SECOND = 20, 1.0
DISCORD_A_SECOND = 50
# Where Discord's conversations are counted from: the rest is the person's number.
CONVERSATION = 800_000_000
_SLACK = re.compile(rb"xoxb-T(\d+).*?\"channel\": ?\"U(\d+)\"", re.DOTALL)
_POST = re.compile(rb"POST /api/v10/channels/(\d+)/messages")
_OWN = b"GET /api/v10/users/@me "
_ME = {
    "id": "700000000000000001",
    "username": "followthrough",
    "discriminator": "0",
    "avatar": None,
}
_APPLICATION = {
    "id": _ME["id"], "name": "Followthrough", "icon": None, "description": "", "flags": 0,
    "bot_public": True, "bot_require_code_grant": False, "verify_key": "0" * 64, "owner": _ME,
    "team": None, "bot": _ME, "summary": "",
}  # fmt: skip

Answer = Callable[[bytes, float], bytes]


class Taken:
    """What came, by the clock of the machine, and how often it was too much."""

    def __init__(self) -> None:
        self.arrived: list[tuple[int, float]] = []
        self.refused: Counter[str] = Counter()
        self._spare: dict[int, tuple[float, float]] = {}
        self._second: deque[float] = deque()

    def slack(self, request: bytes, now: float) -> bytes:
        """The answer to one call."""
        found = _SLACK.search(request)
        if not found:
            return _http(200, b'{"ok":true}')
        workspace, person = int(found[1]), int(found[2])
        spare, since = self._spare.get(workspace, (float(SLACK_BURST), now))
        spare = min(float(SLACK_BURST), spare + (now - since) * SLACK_A_SECOND)
        if spare < 1:
            self._spare[workspace] = (spare, now)
            self.refused["slack"] += 1
            said = b'{"ok":false,"error":"ratelimited"}'
            return _http(429, said, b"Retry-After: 1\r\n")
        self._spare[workspace] = (spare - 1, now)
        self.arrived.append((person, now))
        return _http(200, b'{"ok":true,"channel":"D%d","ts":"%f"}' % (person, now))

    def discord(self, request: bytes, now: float) -> bytes:
        """The answer to one request; all but messages are of signing in."""
        found = _POST.match(request)
        if not found:
            mine = _ME if request.startswith(_OWN) else _APPLICATION
            return _http(200, json.dumps(mine).encode(), _VIA)
        second = self._second
        while second and second[0] <= now - 1:
            second.popleft()
        if len(second) >= DISCORD_A_SECOND:
            self.refused["discord"] += 1
            wait = second[0] + 1 - now
            said = (
                b'{"message":"You are being rate limited.","retry_after":%f,"global":true}' % wait
            )
            return _http(429, said, _VIA + b"Retry-After: 1\r\nX-RateLimit-Global: true\r\n")
        second.append(now)
        self.arrived.append((int(found[1]) - CONVERSATION, now))
        return _http(200, b'{"id":"%d"}' % int(now * 1e6), _VIA + _SPARE)

    def write(self, file: Path) -> None:
        """All that came, as JSON."""
        file.write_text(json.dumps({"arrived": self.arrived, "refused": dict(self.refused)}))


_VIA = b"Via: 1.1 google\r\n"
_SPARE = b"X-RateLimit-Limit: 5\r\nX-RateLimit-Remaining: 4\r\nX-RateLimit-Reset-After: 1.0\r\n"


class _Connection(asyncio.Protocol):
    """One connection, on which one thing is asked at a time."""

    def __init__(self, answer: Answer, delay: float) -> None:
        self._answer = answer
        self._delay = delay
        self._got = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", self._got[:end])
        if len(self._got) < end + 4 + (int(length[1]) if length else 0):
            return
        request, self._got = self._got, b""
        answer = self._answer(request, time.time())
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


def _http(status: int, body: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n%b" % (
        status,
        more,
        len(body),
        body,
    )


async def main(delay: float) -> None:
    taken = Taken()
    loop = asyncio.get_running_loop()
    ports = {}
    for name, answer in (("slack", taken.slack), ("discord", taken.discord)):
        server = await loop.create_server(
            lambda answer=answer: _Connection(answer, delay),  # type: ignore[misc]  # binds it
            "127.0.0.1",
            0,
            backlog=1000,
        )
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    async for line in lines():
        match line.strip():
            case b"count":
                print(len(taken.arrived), flush=True)
            case told if told.startswith(b"report "):
                taken.write(Path(told.partition(b" ")[2].decode()))
                print("true", flush=True)
            case _:
                raise AssertionError(line)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000))
