"""What Discord tells us over HTTP: who took the app away, or added it. Knows no storage.

https://docs.discord.com/developers/events/webhook-events. For people who added the app to their
own account it is the only sign that they took it away again: the gateway is silent about them.
"""

import json
import re
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

EVENTS_PATH = "/discord/events"
# An event is a user and a server, some kilobytes; a server has a few hundred emoji and roles.
EVENTS_LIMIT = 500_000
# Discord repeats an event for ten minutes and does not say whether it signs each anew; its clock
# and ours may differ by five more. Older ones are somebody's replay.
BEHIND = 15 * 60
AHEAD = 5 * 60

# What has happened, in the words of `events_app`.
ADDED, REMOVED = "added", "removed"

_STAMP = b"x-signature-timestamp"
_SIGNATURE = b"x-signature-ed25519"
_USER_INSTALL = 1

Happened = Callable[[str, str, datetime | None], Awaitable[None]]


class Ed25519Signed:
    """`Ed25519Signed(public_key)(headers, body)`: whether Discord signed this body just now.

    Header names are in lower case. The key is the app's "Public Key", in hexadecimal. Raises
    ValueError where it is no such key. Discord sends wrong signatures on purpose, now and then, and
    takes the address away from who accepts one.
    """

    def __init__(self, public_key: str, clock: Callable[[], float] = time.time) -> None:
        try:
            self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        except ValueError:
            raise ValueError("a public key is 64 hexadecimal digits") from None
        self._clock = clock

    def __call__(self, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
        """Whether the request is Discord's. Never raises."""
        stamps = [value for name, value in headers if name == _STAMP]
        signatures = [value for name, value in headers if name == _SIGNATURE]
        if len(stamps) != 1 or len(signatures) != 1:
            return False
        stamp, signature = stamps[0], signatures[0]
        # Of bytes, `isdigit` takes 0 to 9 alone; `int` would take other scripts' digits too.
        if not stamp.isdigit() or len(stamp) > 12:
            return False
        if not -AHEAD <= self._clock() - int(stamp) <= BEHIND:
            return False
        if not re.fullmatch(rb"[0-9a-fA-F]{128}", signature):
            return False
        try:
            self._key.verify(bytes.fromhex(signature.decode()), stamp + body)
        except InvalidSignature:
            return False
        return True


def events_app(happened: Happened) -> ASGIApp:
    """The app behind `EVENTS_PATH`: it trusts what it gets, so a guard stands before it.

    `happened(kind, user, at)` is awaited before Discord hears that all is well: ADDED when the
    person of that id added the app to their own account, REMOVED when they took it away, and when
    (aware UTC; None if that is not said). When it raises, Discord hears 503 and tries again, so it
    may be called twice for one event, and in any order.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        response = Response(status_code=await _answer(body, happened))
        # A PING is only taken as answered with a type, although nothing is said.
        response.headers["content-type"] = "application/json"
        await response(scope, receive, send)

    return serve


async def _answer(body: bytes, happened: Happened) -> int:
    """The status that an event gets, once its consequences are stored."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        log.warning("event is no JSON")
        return 400
    found = _read(payload)
    if found is None:
        return 204
    try:
        await happened(*found)
    except Exception as error:
        # Its words may quote the person; its type and place do not.
        spot = traceback.extract_tb(error.__traceback__)[-1]
        name = type(error).__name__
        log.error("event not stored", error=name, at=f"{spot.filename}:{spot.lineno}")
        return 503
    return 204


def _read(payload: Any) -> tuple[str, str, datetime | None] | None:
    """What happened, to whom and when; None if it is nothing to us, or nothing we understand.

    Discord repeats what we refuse and in the end sends nothing more, so of what we cannot read a
    line in the log is all that comes.
    """
    kind = _inside(payload, "event", "type")
    match _inside(payload, "type"), kind:
        case 0, _:  # A PING, to see whether we answer.
            return None
        case 1, "APPLICATION_AUTHORIZED" | "APPLICATION_DEAUTHORIZED":
            pass
        case 1, str():
            return None
        case _:
            log.warning("event of no known shape")
            return None
    person = _inside(payload, "event", "data", "user", "id")
    if not isinstance(person, str) or not re.fullmatch("[0-9]{1,20}", person):
        log.error("event names nobody, though people come and go by it")
        return None
    at = _instant(_inside(payload, "event", "timestamp"))
    if kind == "APPLICATION_DEAUTHORIZED":
        return REMOVED, person, at
    # Whoever adds the app to a server has not added it to their own account.
    own = _inside(payload, "event", "data", "integration_type") == _USER_INSTALL
    return (ADDED, person, at) if own else None


def _instant(stamp: Any) -> datetime | None:
    """The instant of an ISO 8601 timestamp, which Discord writes in UTC without saying so."""
    try:
        at = datetime.fromisoformat(stamp)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        log.warning("event without a time")
        return None


def _inside(value: Any, *names: str) -> Any:
    """What lies under these names, one inside the other; None where one of them is not there."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
