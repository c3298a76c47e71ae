"""The checklist for the processes of a host: how they begin, what they refuse, how they end."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import make_url

from adapters.cli import main
from tests.slack import standin
from tests.slack.chat import SCOPES
from tests.slack.standin import Held

READY = "ready"
SOON = 20.0


def environment(tmp_path: Path, **settings: str) -> dict[str, str]:
    """What a process is given, without anything of this machine's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "TOKEN_", "PORT"))}
    return {
        **kept,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'jobs.db'}",
        "LOG_LEVEL": "INFO",
        "PORT": "0",
        **settings,
    }


class Process:
    """A process of a host under way, and what it has said on standard error."""

    def __init__(self, running: asyncio.subprocess.Process) -> None:
        self.running = running
        self.said: list[str] = []

    async def until(self, words: str) -> str:
        """The line in which it says that."""
        async with asyncio.timeout(SOON):
            assert self.running.stderr is not None
            while line := (await self.running.stderr.readline()).decode():
                self.said.append(line)
                if words in line:
                    return line
        raise AssertionError(f"it ended without {words!r}: {self.said}")

    async def end(self) -> int:
        """Ask it to end, and return its exit code."""
        self.running.send_signal(signal.SIGTERM)
        return await self.exit()

    async def exit(self) -> int:
        """Its exit code; the rest of what it said is kept."""
        async with asyncio.timeout(SOON):
            assert self.running.stderr is not None
            self.said.append((await self.running.stderr.read()).decode())
            return await self.running.wait()


@asynccontextmanager
async def process(*arguments: str, env: Mapping[str, str]) -> AsyncIterator[Process]:
    """`python -m adapters ...`; ended at the end, if it has not ended by itself."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "adapters",
        *arguments,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(running)
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
        # Else the pipes would be closed after the loop.
        await running.communicate()


async def listening(slack: standin.Slack, server: Process) -> None:
    """Wait until the process serves, and tell the stand-in where."""
    line = await server.until(" port=")
    port = line.partition(" port=")[2].split()[0]
    slack.over_http(f"http://127.0.0.1:{port}/slack/events")
    await server.until(READY)


def two_weeks_pass(path: Path) -> None:
    """Date everything back, so that the follow-up is due."""
    ago = time.time() - 14 * 86400
    day = time.strftime("%Y-%m-%d", time.gmtime(ago))
    at = f"{day}T00:00:00.000000+00:00"
    with closing(sqlite3.connect(path)) as records:
        records.execute("UPDATE applications SET applied_on = ?, logged_at = ?", (day, at))
        records.execute("UPDATE nudges SET due_at = ?, ready_at = ?", (at, at))
        records.commit()


def where_it_is_afternoon() -> str:
    """A zone in which it is about 14:30 now, since nothing is sent at night."""
    return f"Etc/GMT{time.gmtime().tm_hour - 14:+d}"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_run_serves_one_workspace_and_ends_with_its_work_done(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    async with standin.Slack(scopes=SCOPES) as slack:
        team = slack.team("T1")
        env = environment(
            tmp_path,
            SLACK_BOT_TOKEN=team.bot_token,
            SLACK_SIGNING_SECRET=slack.signing_secret,
            SLACK_API_URL=slack.api_url,
        )
        if kind == "postgres":
            url = make_url(request.getfixturevalue("postgres_url")).set(drivername="postgres")
            url = url.update_query_dict({"sslmode": "prefer"})
            env["DATABASE_URL"] = url.render_as_string(hide_password=False)
        async with process("run", env=env) as server:
            await listening(slack, server)
            person = team.person("U1", zone="Europe/Paris")
            assert (await person.slash("applied SRE at Acme")).ok
            await person.press("No")
            await slack.until(lambda: person.ephemerals and "Logged" in person.answer.shown)
            held = Held()
            slack.fault("views.open", held)
            under_way = asyncio.create_task(person.slash("applied"))
            await held.arrived.wait()
            server.running.send_signal(signal.SIGTERM)
            await server.until("stopping")
            held.release.set()
            assert (await under_way).ok
            assert person.window.fields
            assert await server.exit() == 0
            said = "".join(server.said)
            assert "Acme" not in said
            assert team.bot_token not in said
        slack.check()


async def test_a_socket_is_opened_anew_when_slack_asks_for_it(tmp_path: Path) -> None:
    async with standin.Slack(scopes=SCOPES) as slack:
        team = slack.team("T1")
        env = environment(
            tmp_path,
            SLACK_BOT_TOKEN=team.bot_token,
            SLACK_APP_TOKEN=slack.app_token,
            SLACK_API_URL=slack.api_url,
        )
        async with process("run", env=env) as server:
            sockets = slack.over_socket()
            slack.patience = SOON
            await sockets.at_least(1)
            slack.patience = 3
            person = team.person("U1")
            assert (await person.slash("help")).ok
            slack.patience = SOON
            await sockets.refresh()
            slack.patience = 3
            assert (await person.slash("help")).ok
            assert await server.end() == 0
        slack.check()


async def test_web_and_worker_are_two_halves(tmp_path: Path) -> None:
    async with standin.Slack(scopes=SCOPES) as slack:
        team = slack.team("T1")
        env = environment(
            tmp_path,
            SLACK_BOT_TOKEN=team.bot_token,
            SLACK_SIGNING_SECRET=slack.signing_secret,
            SLACK_API_URL=slack.api_url,
        )
        async with process("web", env=env) as web:
            await listening(slack, web)
            person = team.person("U1", zone=where_it_is_afternoon())
            await person.slash("applied SRE at Acme")
            await person.press("No")
            await slack.until(lambda: person.ephemerals and "Logged" in person.answer.shown)
            two_weeks_pass(tmp_path / "jobs.db")
            async with process("worker", env=env) as worker:
                await worker.until(READY)
                await slack.until(lambda: any("Acme" in m.shown for m in person.dms), 5)
                assert await worker.end() == 0
            assert await web.end() == 0
        slack.check()


async def test_a_slack_that_is_away_is_tried_again_and_the_process_can_still_be_ended(
    tmp_path: Path,
) -> None:
    env = environment(
        tmp_path,
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
        SLACK_API_URL="http://127.0.0.1:9/",
    )
    async with process("run", env=env) as server:
        assert "trying again" in await server.until("cannot be reached")
        await server.until(READY)
        assert await server.end() == 0


BOT = {"SLACK_BOT_TOKEN": "xoxb-1"}
MANY = {
    "SLACK_CLIENT_ID": "1",
    "SLACK_CLIENT_SECRET": "2",
    "SLACK_SIGNING_SECRET": "s",
    "PUBLIC_URL": "https://jobs.example.org",
}


@pytest.mark.parametrize(
    ("command", "settings", "names"),
    [
        ("run", BOT, "SLACK_APP_TOKEN"),
        ("run", {"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN"),
        ("run", BOT | MANY | {"TOKEN_KEYS": "k"}, "SLACK_BOT_TOKEN"),
        ("run", MANY, "TOKEN_KEYS"),
        ("run", MANY | {"TOKEN_KEYS": "no key"}, "TOKEN_KEYS"),
        ("run", {"SLACK_BOT_TOKEN": "xoxp-1"}, "xoxb-"),
        ("web", BOT | {"SLACK_APP_TOKEN": "xapp-1"}, "Socket Mode"),
        ("web", {}, "credentials"),
        ("worker", {}, "credentials"),
        ("web", BOT | {"SLACK_SIGNING_SECRET": "s", "PORT": "x"}, "PORT"),
        ("rotate-keys", {}, "many workspaces"),
    ],
)
def test_what_is_missing_or_mixed_is_said_in_one_sentence(
    command: str,
    settings: dict[str, str],
    names: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment(tmp_path, **settings).items():
        monkeypatch.setenv(name, value)
    assert main([command]) == 1
    said = capsys.readouterr().err.strip()
    assert names in said
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        settings = BOT | {"SLACK_SIGNING_SECRET": "s", "PORT": str(port), "LOG_LEVEL": "ERROR"}
        for name, value in environment(tmp_path, **settings).items():
            monkeypatch.setenv(name, value)
        assert main(["web"]) == 1
    said = capsys.readouterr().err.strip()
    assert f"Port {port} is taken" in said
    assert len(said.splitlines()) == 1


def test_keys_are_rotated_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = f"{Fernet.generate_key().decode()},{Fernet.generate_key().decode()}"
    for name, value in environment(tmp_path, **MANY, TOKEN_KEYS=keys).items():
        monkeypatch.setenv(name, value)
    assert main(["rotate-keys"]) == 0
    assert "Tokens sealed again with the newest key: 0" in capsys.readouterr().out


def test_without_credentials_run_is_the_chat_of_the_terminal(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "adapters", "run", "--scratch"],
        input="help\n",
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=SOON,
        check=False,
    )
    assert done.returncode == 0
    assert "chat of the terminal" in done.stderr
    assert "What I can do" in done.stdout
