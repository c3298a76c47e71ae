"""What Discord tells us over HTTP, signed with real keys and sent to a real server."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.routing import Route

from adapters.discord.events import (
    ADDED,
    AHEAD,
    BEHIND,
    EVENTS_LIMIT,
    EVENTS_PATH,
    REMOVED,
    Ed25519Signed,
    events_app,
)
from adapters.web.guard import Guard
from adapters.web.site import starlette_app
from tests.serving import serving

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw().hex()
USER = {"id": "80351110224678912", "username": "canary", "discriminator": "0", "avatar": None}
PING = {"version": 1, "application_id": "1234560123453231555", "type": 0}


def event(kind: str, **data: Any) -> dict[str, Any]:
    """An event as Discord's documentation shows it."""
    inner = {"type": kind, "timestamp": "2026-10-18T14:42:53.064834", "data": data}
    return {**PING, "type": 1, "event": inner}


REMOVAL = event("APPLICATION_DEAUTHORIZED", user=USER)
ADDITION = event(
    "APPLICATION_AUTHORIZED", integration_type=1, scopes=["applications.commands"], user=USER
)


def signed(body: bytes, at: float | None = None, key: Ed25519PrivateKey = KEY) -> dict[str, str]:
    """The headers with which Discord would send this body."""
    stamp = str(int(time.time() if at is None else at))
    return {
        "X-Signature-Ed25519": key.sign(stamp.encode() + body).hex(),
        "X-Signature-Timestamp": stamp,
        "Content-Type": "application/json",
    }


def raw(body: bytes, at: int) -> list[tuple[bytes, bytes]]:
    """The same headers as a server hands them on."""
    return [(name.lower().encode(), value.encode()) for name, value in signed(body, at).items()]


class Told:
    """Somebody who is told what happened; until it is `back`, the store is out of reach."""

    def __init__(self) -> None:
        self.back = True
        self.heard: list[tuple[str, str]] = []
        # When the newest of it happened.
        self.at: datetime | None = None

    async def __call__(self, kind: str, user: str, at: datetime | None) -> None:
        self.at = at
        await asyncio.to_thread(self._keep, kind, user)

    def _keep(self, kind: str, user: str) -> None:
        if not self.back:
            raise ConnectionError("canary")
        self.heard.append((kind, user))


class Line:
    """Discord's side of the connection, and who hears of it on ours."""

    def __init__(self, port: int, client: aiohttp.ClientSession, told: Told) -> None:
        self._url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
        self._client = client
        self.told = told
        self.type: str | None = None
        self.said = b""

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer."""
        async with self._client.post(self._url, data=body, headers=headers) as response:
            self.type = response.headers.get("Content-Type")
            self.said = await response.read()
            return response.status

    async def send(self, payload: object) -> int:
        """The same, of a payload that is signed as it should be."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return await self.post(body, signed(body))

    async def get(self) -> int:
        """The status of another verb."""
        async with self._client.get(self._url) as response:
            return response.status


# These tests share a server, and with it its loop.
ONE_LOOP = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[Line]:
    """The app as the web process serves it."""
    told = Told()
    guarded = Guard(events_app(told), Ed25519Signed(PUBLIC), limit=EVENTS_LIMIT)
    app = starlette_app([Route(EVENTS_PATH, guarded, methods=["POST"])])
    async with serving(app) as port, aiohttp.ClientSession() as client:
        yield Line(port, client, told)


@pytest.fixture
def discord(served: Line) -> Line:
    """A line on which nothing was said yet."""
    served.told.heard.clear()
    served.told.back = True
    return served


@ONE_LOOP
async def test_a_ping_is_answered_with_204_a_type_and_nothing_else(discord: Line) -> None:
    assert await discord.send(PING) == 204
    assert (discord.type, discord.said) == ("application/json", b"")
    assert discord.told.heard == []


@ONE_LOOP
async def test_whoever_takes_the_app_away_is_heard_before_discord_is(discord: Line) -> None:
    assert await discord.send(REMOVAL) == 204
    assert discord.told.heard == [(REMOVED, USER["id"])]
    assert discord.said == b""


@ONE_LOOP
@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2026-10-18T14:42:53.064834", datetime(2026, 10, 18, 14, 42, 53, 64834, UTC)),
        ("2026-10-18T14:42:53Z", datetime(2026, 10, 18, 14, 42, 53, 0, UTC)),
        ("2026-10-18T16:42:53.000000+02:00", datetime(2026, 10, 18, 14, 42, 53, 0, UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+23:59", None),
        (1792334573, None),
        (None, None),
    ],
)
async def test_when_it_happened_is_heard_in_utc(
    discord: Line, stamp: object, at: datetime | None
) -> None:
    told = {**REMOVAL, "event": {**REMOVAL["event"], "timestamp": stamp}}
    assert await discord.send(told) == 204
    assert discord.told.heard == [(REMOVED, USER["id"])]
    assert discord.told.at == at
    assert at is None or str(discord.told.at).endswith("+00:00")


@ONE_LOOP
async def test_whoever_adds_the_app_to_their_account_is_heard(discord: Line) -> None:
    assert await discord.send(ADDITION) == 204
    assert discord.told.heard == [(ADDED, USER["id"])]


@ONE_LOOP
async def test_whoever_adds_the_app_to_a_server_has_not_added_it_to_their_account(
    discord: Line,
) -> None:
    to_server = event("APPLICATION_AUTHORIZED", integration_type=0, user=USER, guild={"id": "5"})
    only_signed_in = event("APPLICATION_AUTHORIZED", scopes=["identify"], user=USER)
    assert await discord.send(to_server) == 204
    assert await discord.send(only_signed_in) == 204
    assert discord.told.heard == []


@ONE_LOOP
async def test_events_of_other_kinds_are_taken_and_do_nothing(discord: Line) -> None:
    for kind in ("ENTITLEMENT_CREATE", "LOBBY_MESSAGE_CREATE", "SOMETHING_NEW"):
        assert await discord.send(event(kind, user=USER, integration_type=1)) == 204
    assert discord.told.heard == []


@ONE_LOOP
async def test_discord_hears_503_until_the_store_is_back_and_then_its_repeat_is_taken(
    discord: Line,
) -> None:
    discord.told.back = False
    assert await discord.send(REMOVAL) == 503
    assert discord.told.heard == []
    discord.told.back = True
    assert await discord.send(REMOVAL) == 204
    assert discord.told.heard == [(REMOVED, USER["id"])]


@ONE_LOOP
async def test_what_cannot_be_stored_is_logged_without_a_word_of_it(
    discord: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    discord.told.back = False
    await discord.send(REMOVAL)
    assert "event not stored error=ConnectionError" in caplog.text
    assert "canary" not in caplog.text
    assert str(USER["id"]) not in caplog.text


@ONE_LOOP
async def test_an_altered_body_is_401(discord: Line) -> None:
    body = json.dumps(REMOVAL).encode()
    headers = signed(body)
    assert await discord.post(body.replace(b"80351", b"80352"), headers) == 401
    assert await discord.post(body + b" ", headers) == 401
    assert await discord.post(b"", headers) == 401
    assert discord.told.heard == []
    assert await discord.post(body, headers) == 204


@ONE_LOOP
async def test_another_key_is_401(discord: Line) -> None:
    body = json.dumps(PING).encode()
    assert await discord.post(body, signed(body, key=Ed25519PrivateKey.generate())) == 401


@ONE_LOOP
async def test_another_time_than_the_signed_one_is_401(discord: Line) -> None:
    body = json.dumps(PING).encode()
    headers = signed(body, time.time() - BEHIND - 60)
    now = {"X-Signature-Timestamp": str(int(time.time()))}
    assert await discord.post(body, headers | now) == 401


@ONE_LOOP
async def test_a_missing_header_is_401(discord: Line) -> None:
    body = json.dumps(PING).encode()
    for gone in ("X-Signature-Ed25519", "X-Signature-Timestamp"):
        headers = signed(body)
        del headers[gone]
        assert await discord.post(body, headers) == 401
    assert await discord.post(body, {}) == 401


@ONE_LOOP
async def test_an_old_request_played_again_is_401(discord: Line) -> None:
    body = json.dumps(REMOVAL).encode()
    for age in (BEHIND + 60, 86_400, -AHEAD - 60):
        assert await discord.post(body, signed(body, time.time() - age)) == 401
    assert discord.told.heard == []
    # Discord repeats an event for ten minutes.
    assert await discord.post(body, signed(body, time.time() - 600)) == 204


@pytest.mark.parametrize(
    ("age", "good"),
    [(0, True), (BEHIND, True), (BEHIND + 1, False), (-AHEAD, True), (-AHEAD - 1, False)],
)
def test_a_signature_is_good_for_a_quarter_of_an_hour_and_five_minutes_ahead(
    age: int, good: bool
) -> None:
    assert Ed25519Signed(PUBLIC, clock=lambda: 100_000.0)(raw(b"x", 100_000 - age), b"x") == good


def test_two_signatures_are_refused_whichever_is_right() -> None:
    trust = Ed25519Signed(PUBLIC, clock=lambda: 1000.0)
    right = raw(b"x", 1000)
    assert trust(right, b"x")
    assert not trust([*right, (b"x-signature-ed25519", b"00" * 64)], b"x")
    assert not trust([(b"x-signature-timestamp", b"1000"), *right], b"x")


@pytest.mark.parametrize(
    "stamp", ["1000", "+1000", " 1000", "1_000", "1000.0", "\uff11\uff10\uff10\uff10", "1e3", ""]
)
def test_even_a_right_signature_needs_a_plain_time(stamp: str) -> None:
    headers = [
        (b"x-signature-timestamp", stamp.encode()),
        (b"x-signature-ed25519", KEY.sign(stamp.encode() + b"x").hex().encode()),
    ]
    assert Ed25519Signed(PUBLIC, clock=lambda: 1000.0)(headers, b"x") == (stamp == "1000")


@example([(b"x-signature-timestamp", b"1000"), (b"x-signature-ed25519", b"0g" * 64)], b"")
@example([(b"x-signature-timestamp", b"1000"), (b"x-signature-ed25519", b"\xff" * 64)], b"")
@example([(b"x-signature-timestamp", b"1000"), (b"x-signature-ed25519", b"0")], b"")
@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"x-signature-timestamp", b"x-signature-ed25519", b"x"]),
            st.one_of(st.binary(max_size=30), st.just(b"1000"), st.just(b"0g" * 64)),
        ),
        max_size=4,
    ),
    st.binary(max_size=60),
)
def test_nobody_guesses_a_signature_and_no_header_makes_the_check_fail(
    headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    assert not Ed25519Signed(PUBLIC, clock=lambda: 1000.0)(headers, body)


@pytest.mark.parametrize("key", ["", "ab", "zz" * 32, "ab" * 33, "é" * 64])
def test_without_a_key_there_is_no_way_to_begin(key: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        Ed25519Signed(key)


@ONE_LOOP
async def test_signed_nonsense_is_400_when_it_is_no_json_and_otherwise_taken(discord: Line) -> None:
    for body in (b"", b"{", b"nonsense", b"[" * 100_000, b"9" * 10_000):
        assert await discord.send(body) == 400, body[:20]
    nonsense: list[object] = [
        None, [], 7, "text", {}, {"type": 1}, {"type": "1"}, {"type": [1]}, {"type": 2},
        {"type": 1, "event": []}, {"type": 1, "event": {"type": {}}},
        event("APPLICATION_DEAUTHORIZED"),
        event("APPLICATION_DEAUTHORIZED", user=[]),
        event("APPLICATION_DEAUTHORIZED", user={"id": 5}),
        event("APPLICATION_DEAUTHORIZED", user={"id": "\uff11\uff12\uff13"}),
        event("APPLICATION_DEAUTHORIZED", user={"id": "../1"}),
        {**REMOVAL, "event": {"type": "APPLICATION_DEAUTHORIZED", "data": None}},
    ]  # fmt: skip
    for payload in nonsense:
        assert await discord.send(payload) == 204, payload
    assert discord.told.heard == []


@ONE_LOOP
async def test_a_removal_that_names_nobody_is_told_to_whoever_runs_us(
    discord: Line, caplog: pytest.LogCaptureFixture
) -> None:
    await discord.send(event("APPLICATION_DEAUTHORIZED", user={"id": "canary"}))
    assert [r.levelname for r in caplog.records if "names nobody" in r.message] == ["ERROR"]
    assert "canary" not in caplog.text


@ONE_LOOP
async def test_a_body_over_the_limit_is_413_though_it_is_signed(discord: Line) -> None:
    body = json.dumps(PING).encode().ljust(EVENTS_LIMIT)
    assert await discord.post(body, signed(body)) == 204
    body += b" "
    assert await discord.post(body, signed(body)) == 413


@ONE_LOOP
async def test_only_a_post_is_an_event(discord: Line) -> None:
    assert await discord.get() == 405
