"""What is served over HTTP: the server and how it ends, what it says by itself, and the pages."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.settings import BadSetting
from adapters.web.pages import page
from adapters.web.server import Server, listener
from adapters.web.site import starlette_app
from bot.message import (
    Bold,
    Button,
    Buttons,
    Call,
    Facts,
    File,
    Item,
    Items,
    Link,
    Message,
    Picture,
    Quote,
    text,
)
from tests.serving import raw, serving


async def fail(request: Request) -> Response:
    raise RuntimeError("canary in an error")


async def test_every_wrong_address_gets_a_short_page(caplog: pytest.LogCaptureFixture) -> None:
    app = starlette_app([Route("/fails", fail), Route("/here", fail, methods=["POST"])])
    async with serving(app) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        for path, status in (("/nowhere", 404), ("/here", 405), ("/fails", 500), ("/fails/", 404)):
            async with client.get(path) as response:
                shown = await response.text()
                assert response.status == status
                assert response.content_type == "text/html"
                assert "default-src 'none'" in response.headers["Content-Security-Policy"]
                assert not re.search("Traceback|RuntimeError|canary", shown)
                assert "server" not in response.headers
                assert response.headers.get("Allow") == ("POST" if status == 405 else None)
        async with client.get("/healthz") as response:
            assert (response.status, await response.text()) == (200, "ok")
    assert "canary" not in caplog.text
    assert "Traceback" not in caplog.text
    assert "error=RuntimeError at=" in caplog.text
    assert str(Path(__file__).name) in caplog.text


def test_an_answer_does_not_wait_for_the_other_side_to_acknowledge_its_head() -> None:
    """On a kept connection that wait would be some 40 ms of every answer."""
    with listener("127.0.0.1", 0) as listening, socket.socket() as caller:
        caller.connect(listening.getsockname())
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_taken_port_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadSetting, match=rf"^Port {port} is taken .* set PORT .*\.$"):
            async with Server(starlette_app([]), port, "127.0.0.1"):
                pass
    with pytest.raises(BadSetting, match=r"^PORT is a number"):
        async with Server(starlette_app([]), 70000, "127.0.0.1"):
            pass
    with pytest.raises(BadSetting, match=r"^Nothing can listen on port 0 of 192\.0\.2\.1: .*\.$"):
        async with Server(starlette_app([]), 0, "192.0.2.1"):
            pass


async def test_leaving_the_server_finishes_what_is_under_way_and_takes_no_more() -> None:
    begun, leave = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> Response:
        begun.set()
        await leave.wait()
        return PlainTextResponse("done")

    stop = asyncio.Event()
    server = Server(starlette_app([Route("/slow", slow)]), 0, "127.0.0.1")
    async with asyncio.TaskGroup() as tasks:
        async with server:
            answer = tasks.create_task(
                raw(server.port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"),
            )
            await begun.wait()
            asyncio.get_running_loop().call_later(0.2, leave.set)
        assert (await answer).endswith("done")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)
    stop.set()
    await Server(starlette_app([]), 0, "127.0.0.1").serve(stop)


SERVED = """
import asyncio
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from adapters.web.server import Server
from adapters.web.site import starlette_app
from adapters.web.stopping import stopping

async def main():
    stop = stopping()
    begun = asyncio.Event()
    async def slow(request):
        print("begun", flush=True)
        await stop.wait()
        await begun.wait()
        return PlainTextResponse("answered")
    server = Server(starlette_app([Route("/slow", slow)]), 0, "127.0.0.1")
    async with server:
        print(server.port, flush=True)
        await stop.wait()
        print("stopping", flush=True)
        asyncio.get_running_loop().call_later(0.3, begun.set)
    print("closed", flush=True)

asyncio.run(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_lets_the_request_under_way_end_and_the_program_with_it(
    number: signal.Signals,
) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVED], stdout=subprocess.PIPE) as program:
        assert program.stdout
        port = int(program.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), 5) as caller:
            caller.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            assert program.stdout.readline() == b"begun\n"
            program.send_signal(number)
            assert program.stdout.readline() == b"stopping\n"
            # Hosts repeat theirs, and people press Ctrl+C again.
            program.send_signal(number)
            answer = b""
            while piece := caller.recv(1000):
                answer += piece
        assert answer.endswith(b"answered")
        assert program.stdout.read() == b"closed\n"
    assert program.returncode == 0


EVERYTHING = Message(
    "Title <1>",
    (
        text("A & ", Bold("b <b>"), ' "quoted"'),
        text(Bold("Heading")),
        text(Link("Go", "https://example.com/?a=1&b=2")),
        text("See ", Link("there", "slack://app?team=T1&id=A1"), "."),
        Facts((("Name", ("value",)),)),
        Items((Item(("One",)), Item(("Two",), Button("Go on", Call("x")))), "and more", True),
        Quote("Dear\nreader"),
        Picture(b"", "A chart"),
        File("export.csv", b""),
        Buttons((Button("Press", Call("y")),)),
    ),
)


def test_a_page_holds_the_whole_message_and_runs_nothing() -> None:
    shown = bytes(page(EVERYTHING, 202).body).decode()
    for part in (
        "<h1>Title &lt;1&gt;</h1>",
        "A &amp; <strong>b &lt;b&gt;</strong> &quot;quoted&quot;",
        "<h2>Heading</h2>",
        '<a class="deed" href="https://example.com/?a=1&amp;b=2">Go</a>',
        '<a href="slack://app?team=T1&amp;id=A1">there</a>',
        "<dt>Name</dt><dd>value</dd>",
        "<li>One</li><li>Two</li></ul><p>and more</p>",
        "<pre>Dear\nreader</pre>",
        "A chart",
        "export.csv",
        '<html lang="en">',
    ):
        assert part in shown
    assert not re.search("<script|<img|<form|<button| src=| on[a-z]+=", shown)
    assert "Press" not in shown


def test_a_page_is_shown_by_no_other_site_kept_by_nobody_and_told_to_none() -> None:
    response = page(EVERYTHING)
    policy = response.headers["content-security-policy"]
    shown = bytes(response.body).decode()
    style = re.search("<style>(.*)</style>", shown, re.DOTALL)
    assert style
    code = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{code}'")
    assert "frame-ancestors 'none'" in policy
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"


def test_a_link_that_could_do_something_is_only_its_text() -> None:
    for url in ("javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "/here"):
        shown = bytes(page(Message("T", (text(Link("words", url)),))).body).decode()
        assert "words" in shown
        assert "<a" not in shown


class Reader(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


CHARACTERS = st.sampled_from("<>&\"'/=;!- ab") | st.characters(exclude_categories=["Cs", "Cc"])


@given(st.text(CHARACTERS, max_size=60))
@example('<b title="x">&lt;</b><!--')
def test_nothing_that_somebody_types_becomes_markup(words: str) -> None:
    def read(said: str) -> Reader:
        reader = Reader()
        reader.feed(bytes(page(Message(said, (text(said, Bold(said)), Quote(said)))).body).decode())
        reader.close()
        return reader

    found = read(words)
    assert found.tags == read("x").tags
    assert found.words.count(words) >= 5


def test_a_worker_that_waits_for_a_signal_loads_no_server() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, json; import adapters.web.stopping; "
            "print(json.dumps([m for m in sys.modules if m in ('uvicorn', 'starlette')]))",
        ],
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == []
