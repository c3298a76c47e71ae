"""The audit of the locks, by the real pip-audit and a stand-in for the service that it asks."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.audit import IGNORED, KNOWN_BAD, LOCKS, Unanswered, audit, ignored, main, pinned

LOCK = """\
jinja2==3.1.6 \\
    --hash=sha256:065665c041c42a5938ed220bdcd7230f22527fbec085e1853d2402c8a3615d9d
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:065665c041c42a5938ed220bdcd7230f22527fbec085e1853d2402c8a3615d9d
"""


@dataclass
class Osv:
    """Answers as https://google.github.io/osv.dev/post-v1-query/ says; keeps what was asked."""

    url: str = ""
    known: set[tuple[str, str]] = field(default_factory=lambda: {KNOWN_BAD})
    status: int = 200
    page: bytes | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, query: dict[str, Any]) -> bytes:
        """What is known against one version."""
        package, version = query["package"], query["version"]
        self.asked.append((package["name"], version))
        if self.page is not None:
            return self.page
        if (package["name"], version) not in self.known:
            return b"{}"
        ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.9"}]}]
        entry = {
            "id": "GHSA-aaaa-bbbb-cccc",
            "aliases": ["CVE-2026-1"],
            "summary": "Too trusting",
            "affected": [{"package": package, "ranges": ranges}],
        }
        return json.dumps({"vulns": [entry]}).encode()


@pytest.fixture
def osv() -> Iterator[Osv]:
    """A stand-in for OSV."""
    standin = Osv()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = standin.answer(json.loads(body))
            self.send_response(standin.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    standin.url = f"http://127.0.0.1:{server.server_port}/v1/query"
    yield standin
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of two packages, one of them not for this platform."""
    path = tmp_path / "requirements.txt"
    path.write_text(LOCK)
    return path


@pytest.fixture
def apart(tmp_path: Path) -> Path:
    """What is ignored: nothing yet."""
    path = tmp_path / "ignored.txt"
    path.write_text("# id, then why\n")
    return path


Said = pytest.CaptureFixture[str]


def test_every_package_is_asked_about_whatever_platform_it_is_for(
    osv: Osv, lock: Path, apart: Path, capsys: Said
) -> None:
    assert main(osv.url, [lock], apart) == 0
    assert set(osv.asked) == {("colorama", "0.4.6"), ("jinja2", "3.1.6"), KNOWN_BAD}
    assert capsys.readouterr().out == "Audit: no known vulnerability in 2 packages.\n"


def test_a_known_vulnerability_fails_and_says_where_it_is_mended(
    osv: Osv, lock: Path, apart: Path, capsys: Said
) -> None:
    osv.known.add(("colorama", "0.4.6"))
    assert main(osv.url, [lock], apart) == 1
    said = capsys.readouterr().out
    assert "colorama 0.4.6: CVE-2026-1, GHSA-aaaa-bbbb-cccc, mended in 9.9\n" in said
    assert "jinja2" not in said


def test_a_vulnerability_is_ignored_by_any_of_its_names_and_with_a_reason_only(
    osv: Osv, lock: Path, apart: Path, capsys: Said
) -> None:
    osv.known.add(("jinja2", "3.1.6"))
    apart.write_text("GHSA-aaaa-bbbb-cccc Templates are ours alone.\nCVE-2020-9 Long gone.\n")
    assert main(osv.url, [lock], apart) == 0
    assert "CVE-2020-9 is found no longer" in capsys.readouterr().out
    apart.write_text("CVE-2026-1\n")
    with pytest.raises(ValueError, match="without a reason"):
        main(osv.url, [lock], apart)


@pytest.mark.parametrize(
    ("status", "page"),
    [(200, b"{}"), (200, b"<html>Welcome to our network</html>"), (404, b"{}"), (503, b"")],
)
def test_whoever_knows_nothing_is_not_taken_for_nothing_known(
    osv: Osv, lock: Path, apart: Path, capsys: Said, status: int, page: bytes
) -> None:
    osv.status, osv.page = status, page
    assert main(osv.url, [lock], apart) == 0
    said = capsys.readouterr().out
    assert said.startswith("Audit skipped: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("listens", [True, False])
def test_nobody_is_waited_for_for_long(
    lock: Path, apart: Path, capsys: Said, listens: bool
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert main(url, [lock], apart, seconds=1) == 0
        said = capsys.readouterr().out
        with pytest.raises(Unanswered):
            audit(pinned([lock]), url, in_all=0.2)
    assert said.startswith("Audit skipped: ")
    assert said.count("\n") == 1


def test_the_locks_are_read_whole_and_what_is_ignored_has_its_reason() -> None:
    lines = [line for lock in LOCKS for line in lock.read_text(encoding="utf-8").splitlines()]
    named = {line.partition("==")[0] for line in lines if line[0].isalpha()}
    assert {name for name, _ in pinned(LOCKS)} == named
    assert KNOWN_BAD[0] not in named
    assert all(ignored(IGNORED).values())
