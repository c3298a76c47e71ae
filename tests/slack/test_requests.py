"""What reaches Bolt over HTTP, and what is turned away before it."""

import asyncio
import hmac
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
from hypothesis import example, given
from hypothesis import strategies as st
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.slack.requests import Signed
from adapters.web.guard import LIMIT, Guard, anyone
from adapters.web.site import starlette_app
from tests.serving import raw, serving

SECRET = "a secret for signing"
FORM = "application/x-www-form-urlencoded"
COMMAND = urlencode({"command": "/job", "text": "héllo", "team_id": "T1", "user_id": "U1"}).encode()


def bolt() -> ASGIApp:
    """A Bolt app of one command, as it is served."""

    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1")

    app = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)

    @app.command("/job")
    async def job(ack: Callable[..., Awaitable[object]], command: dict[str, str]) -> None:
        await ack(f"You said {command['text']}.")

    handler = AsyncSlackRequestHandler(app)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handler.handle(Request(scope, receive))
        await response(scope, receive, send)

    return serve


@asynccontextmanager
async def slack(seconds: float = 10.0, limit: int = LIMIT) -> AsyncIterator[int]:
    """A guarded Bolt app behind the routes that we serve."""
    guarded = Guard(bolt(), Signed(SECRET), seconds=seconds, limit=limit)
    app = starlette_app([Route("/slack/events", guarded, methods=["POST"])])
    async with serving(app) as port:
        yield port


# These tests share a server, and with it its loop.
ONE_LOOP = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port() -> AsyncIterator[int]:
    """Where a guarded Bolt app is served."""
    async with slack() as served:
        yield served


def signed(body: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers with which Slack would send this body."""
    stamp = str(int(time.time() if at is None else at))
    code = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, sha256).hexdigest()
    return {
        "Content-Type": FORM,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={code}",
    }


async def post(port: int, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as client,
        client.post(
            f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers
        ) as response,
    ):
        return response.status, await response.text()


HEAD = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"


@ONE_LOOP
async def test_a_request_that_slack_signed_reaches_bolt_whole(port: int) -> None:
    assert await post(port, COMMAND, signed(COMMAND)) == (200, "You said héllo.")


@ONE_LOOP
async def test_a_signed_body_in_chunks_reaches_bolt_in_one_piece(port: int) -> None:
    headers = "".join(f"{name}: {value}\r\n" for name, value in signed(COMMAND).items())
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (COMMAND[:9], COMMAND[9:]))
    answer = await raw(
        port,
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers.encode(),
        b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n",
    )
    assert answer.startswith("HTTP/1.1 200")
    assert "You said" in answer


@ONE_LOOP
async def test_a_wrong_signature_is_401(port: int) -> None:
    assert (await post(port, COMMAND, signed(COMMAND, secret="another")))[0] == 401
    assert (await post(port, COMMAND + b"x", signed(COMMAND)))[0] == 401
    odd = signed(COMMAND) | {"X-Slack-Signature": "v0=é"}
    assert (await post(port, COMMAND, odd))[0] == 401


async def test_bolt_itself_says_401_to_a_wrong_or_old_signature() -> None:
    async with serving(Guard(bolt(), anyone)) as port:
        assert (await post(port, COMMAND, signed(COMMAND, secret="another")))[0] == 401
        assert (await post(port, COMMAND, signed(COMMAND, time.time() - 360)))[0] == 401
        assert (await post(port, COMMAND, signed(COMMAND)))[0] == 200


@ONE_LOOP
async def test_a_signature_is_good_for_five_minutes(port: int) -> None:
    assert (await post(port, COMMAND, signed(COMMAND, time.time() - 290)))[0] == 200
    assert (await post(port, COMMAND, signed(COMMAND, time.time() - 360)))[0] == 401
    assert (await post(port, COMMAND, signed(COMMAND, time.time() + 360)))[0] == 401


@ONE_LOOP
async def test_a_time_that_is_no_number_is_401(port: int) -> None:
    stamps = [
        "abc",
        "",
        "1e400",
        "\uff19\uff19",
        "-1",
        "9" * 400,
        "1_7",
        "0x10",
        "nan",
        "1.5",
        "+1",
    ]
    for stamp in stamps:
        headers = signed(COMMAND) | {"X-Slack-Request-Timestamp": stamp}
        assert (await post(port, COMMAND, headers))[0] == 401, stamp


@ONE_LOOP
async def test_a_missing_signature_or_time_is_401(port: int) -> None:
    for gone in ("X-Slack-Signature", "X-Slack-Request-Timestamp"):
        headers = signed(COMMAND)
        del headers[gone]
        assert (await post(port, COMMAND, headers))[0] == 401
    assert (await post(port, COMMAND, {"Content-Type": FORM}))[0] == 401
    assert (await post(port, b"", {}))[0] == 401


def test_two_signatures_are_refused_whichever_is_right() -> None:
    right = [
        (name.lower().encode(), value.encode()) for name, value in signed(COMMAND, 1000).items()
    ]
    trust = Signed(SECRET, clock=lambda: 1000.0)
    assert trust(right, COMMAND)
    assert not trust([*right, (b"x-slack-signature", b"v0=0")], COMMAND)
    assert not trust([(b"x-slack-request-timestamp", b"1"), *right], COMMAND)


@pytest.mark.parametrize(
    "stamp", ["1000", "+1000", " 1000", "1_000", "\uff11\uff10\uff10\uff10", "699", "1301"]
)
def test_even_a_right_signature_needs_a_plain_and_recent_time(stamp: str) -> None:
    code = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":x", sha256).hexdigest()
    headers = [
        (b"x-slack-request-timestamp", stamp.encode()),
        (b"x-slack-signature", b"v0=" + code.encode()),
    ]
    assert Signed(SECRET, clock=lambda: 1000.0)(headers, b"x") == (stamp == "1000")


def test_no_secret_is_no_way_to_begin() -> None:
    with pytest.raises(ValueError, match="signing secret"):
        Signed(" ")


@example([(b"x-slack-request-timestamp", b"\xb2"), (b"x-slack-signature", b"\xff")], b"")
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [b"x-slack-request-timestamp", b"x-slack-signature", b"content-type", b"x"]
            ),
            st.binary(max_size=30),
        ),
        max_size=4,
    ),
    st.binary(max_size=60),
)
def test_nobody_guesses_a_signature_and_no_header_makes_the_check_fail(
    headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    assert not Signed(SECRET)(headers, body) or b"ssl_check" in body


@ONE_LOOP
async def test_slacks_check_of_our_certificate_is_answered_unsigned(port: int) -> None:
    assert await post(port, b"ssl_check=1&token=x", {"Content-Type": FORM}) == (200, "")


@ONE_LOOP
async def test_nothing_unsigned_is_parsed(port: int) -> None:
    bodies = [
        b"ssl_check=0&token=x",
        b"ssl_check=1&authorizations=x",
        b"ssl_check=1&payload=nonsense",
        b"ssl_check=1&payload=",
        b"ssl_check=1&token=payload",
        b"ssl_check=1&event=",
        b'{"ssl_check": "1"}',
        b"{",
        b"payload=nonsense",
        b"[" * 5000,
    ]
    for body in bodies:
        for kind in (FORM, "application/json"):
            assert (await post(port, body, {"Content-Type": kind}))[0] == 401, body


@ONE_LOOP
async def test_a_body_announced_as_over_a_megabyte_is_413_before_it_is_sent(port: int) -> None:
    for length in (LIMIT + 1, 10**18):
        answer = await raw(port, HEAD + b"Content-Length: %d\r\n\r\n" % length)
        assert answer.startswith("HTTP/1.1 413")
        assert "connection: close" in answer


@ONE_LOOP
async def test_a_body_of_a_megabyte_and_a_byte_is_413(port: int) -> None:
    # Signed, so that only its size is against it.
    body = b"x" * (LIMIT + 1)
    assert (await post(port, body[:-1], signed(body[:-1])))[0] == 404
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    assert (await raw(port, HEAD + length)).startswith("HTTP/1.1 413")


async def test_a_body_without_a_length_is_413_once_it_is_over_the_limit() -> None:
    async with slack(limit=1000) as port:
        chunk = b"1f4\r\n" + b"x" * 500 + b"\r\n"
        answer = await raw(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", chunk, chunk, chunk)
    assert answer.startswith("HTTP/1.1 413")
    assert "connection: close" in answer


async def test_a_body_that_does_not_arrive_is_408() -> None:
    async with slack(seconds=0.05) as port:
        answer = await raw(port, HEAD + b"Content-Length: 10\r\n\r\n", b"half")
    assert answer.startswith("HTTP/1.1 408")


async def test_a_sender_who_hangs_up_leaves_nothing_behind() -> None:
    reached: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(b"")

    ended = asyncio.Event()
    guard = Guard(app, anyone)

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        await guard(scope, receive, send)
        ended.set()

    # An app that ends without an answer is for uvicorn to complain of, but nobody is there.
    async with serving(watched) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"Content-Length: 10\r\n\r\nhalf")
        await writer.drain()
        writer.close()
        await asyncio.wait_for(ended.wait(), 5)
    assert not reached


@ONE_LOOP
async def test_a_body_that_is_not_utf_8_is_400(port: int) -> None:
    body = b"text=\xff\xfe"
    assert (await post(port, body, signed(body)))[0] == 400


async def test_refusals_are_told_once_and_never_quote(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with slack() as port:
        for _ in range(3):
            await post(port, b"text=canary", signed(b"text=other"))
    told = [record.levelname for record in caplog.records if "refused" in record.message]
    assert told == ["WARNING", "INFO", "INFO"]
    assert "canary" not in caplog.text


async def test_what_is_no_request_passes_the_guard() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: object) -> Any:
        raise AssertionError("neither is called")

    await Guard(app, lambda headers, body: False)({"type": "lifespan"}, nothing, nothing)
    assert seen == ["lifespan"]
