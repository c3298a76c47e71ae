"""The `followthrough` command as people run it: a process of its own, piped or on a terminal."""

import asyncio
import os
import pty
import re
import select
import shlex
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters import __version__
from adapters.discord.reach import BAD_TOKEN
from adapters.parts import apart
from adapters.settings import BadSetting, Settings
from tests.discord.loopback import IDENTIFY, TOKEN, Loopback
from tests.serving import raw

COMMAND = (sys.executable, "-m", "adapters")
STANDING = ("--at", "2026-06-01 09:00", "--zone", "America/New_York")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody without any settings, whose folders are the test's."""
    ours = ("DATABASE_URL", "LETTERS_DIR", "LOG_LEVEL", "COLUMNS", "XDG_DATA_HOME")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith(("SLACK_", "DISCORD_"))
    }
    return {**kept, "HOME": str(tmp_path), "TERM": "xterm", "PYTHONPATH": os.getcwd()}


def run(
    *arguments: str, environment: dict[str, str], typed: str = "", cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=typed,
        env=environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# --- the command line


def test_help_lists_every_command_and_costs_no_heavy_import():
    code = (
        "import sys\nfrom adapters.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit as end: print('code', end.code)\n"
        "print([m for m in ('asyncio', 'sqlalchemy', 'rich', 'prompt_toolkit', 'apscheduler',"
        " 'dateparser', 'jinja2', 'alembic', 'discord', 'bot') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown = ("run", "chat", "demo", "migrate", "gateway", "discord")
    assert all(f"\n    {name} " in out.stdout for name in shown)
    assert out.stdout.endswith("code 0\n[]\n")


def test_the_version_is_that_of_the_distribution():
    declared = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    assert declared["project"]["version"] == __version__


def test_an_address_that_is_none_gets_one_sentence(environment):
    address = {**environment, "DATABASE_URL": "postgresql://u:secret@host:port/x"}
    ended = run("chat", environment=address)
    assert ended.returncode == 1
    assert ended.stderr == (
        "followthrough: That is no address of a database, such as sqlite:///jobs.db.\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_is_full_gets_one_sentence(environment):
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "adapters", "chat", "--scratch"],
            input="list\n",
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "No space left" in ended.stderr


def test_the_version_is_said(environment):
    assert re.fullmatch(
        r"followthrough \d+\.\d+\S*\n", run("--version", environment=environment).stdout
    )


def test_a_command_that_does_not_exist_gets_the_nearest_and_the_usage(environment):
    end = run("chta", environment=environment)
    assert end.returncode == 2
    assert "usage: followthrough" in end.stderr
    assert "there is no command 'chta'. Did you mean chat?" in end.stderr


# --- settings


def test_settings_never_show_a_password():
    settings = Settings.read(
        {"DATABASE_URL": "postgres://me:s3cr:et@db.example/jobs?password=s3cret&a=b"}
    )
    assert "s3cr" not in repr(settings)
    assert "s3cr" not in f"{settings}"
    assert "db.example/jobs" in repr(settings)


def test_without_settings_records_are_in_ones_own_data_folder():
    assert re.fullmatch(
        r"sqlite:///.+/followthrough/followthrough\.sqlite3", Settings.read({}).database_url
    )
    assert Settings.read({"DATABASE_URL": " "}) == Settings.read({})


@pytest.mark.parametrize("name", ["LOG_LEVEL", "LETTERS_DIR"])
def test_a_setting_that_cannot_be_is_named_without_its_value(name, environment):
    with pytest.raises(BadSetting, match=name):
        Settings.read({name: "/nowhere/s3cret"})
    end = run("chat", environment={**environment, name: "/nowhere/s3cret"})
    assert end.returncode == 1
    assert name in end.stderr
    assert "s3cret" not in end.stderr


# --- trouble at the start


def test_a_file_that_holds_something_else_is_left_alone(environment, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Dana, this is no database at all. " * 50)
    before = path.read_bytes()
    for command in ("chat", "migrate"):
        end = run(command, environment={**environment, "DATABASE_URL": f"sqlite:///{path}"})
        assert end.returncode == 1
        assert end.stderr.count("\n") == 1
        assert "Traceback" not in end.stderr
    assert path.read_bytes() == before


def test_a_server_that_is_not_there_is_one_sentence_without_the_password(environment):
    url = "postgresql://me:s3cret@127.0.0.1:1/jobs"
    end = run("chat", environment={**environment, "DATABASE_URL": url})
    assert end.returncode == 1
    assert end.stderr.count("\n") == 1
    assert "s3cret" not in end.stderr


@pytest.mark.parametrize(
    "arguments", [("--zone", "Mars/Olympus"), ("--at", "whenever"), ("--out", "/nowhere/at/all")]
)
def test_an_option_that_cannot_be_is_one_sentence(environment, arguments):
    end = run("chat", "--scratch", *arguments, environment=environment)
    assert end.returncode == 1
    assert end.stderr.startswith("followthrough: ")
    assert end.stderr.count("\n") == 1


def test_migrate_makes_a_private_file_and_says_when_there_is_nothing_to_do(environment, tmp_path):
    assert run("migrate", environment=environment).stdout == "The database is up to date now.\n"
    assert run("migrate", environment=environment).stdout == "The database is up to date.\n"
    (path,) = tmp_path.rglob("followthrough.sqlite3")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


# --- piped


def test_a_piped_story_is_a_plain_transcript(environment):
    story = "# a comment\napplied Analyst at Acme\n:wait 7 days\n:wait 1h\nI sent it\n"
    end = run("chat", "--scratch", *STANDING, typed=story, environment=environment)
    assert (end.returncode, end.stderr) == (0, "")
    assert end.stdout.startswith("> applied Analyst at Acme\n")
    assert "— Mon, June 8, 09:30 —\nFollow up: Analyst at Acme\n" in end.stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f─│╭]", end.stdout)


def test_a_story_played_twice_is_the_same_to_the_letter(environment):
    story = "applied Analyst at Acme\n:wait 30 days\nlist\nreview\n"
    first, second = (
        run("chat", "--scratch", *STANDING, typed=story, environment=environment) for _ in range(2)
    )
    assert first.stdout == second.stdout


def test_records_outlive_the_chat_unless_it_is_scratch(environment):
    run("chat", *STANDING, typed="applied Analyst at Acme\n", environment=environment)
    run("chat", "--scratch", *STANDING, typed="applied Baker at Globex\n", environment=environment)
    out = run("run", *STANDING, typed="list\n", environment=environment).stdout
    assert "Analyst at Acme" in out
    assert "Globex" not in out


def test_bytes_that_are_no_text_and_windows_line_ends_are_read_all_the_same(environment):
    end = subprocess.run(
        [*COMMAND, "chat", "--scratch"],
        input=b"\xef\xbb\xbf:now\r\n\xff\xfe\x00 zzz",
        env={**environment, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert end.returncode == 0
    assert end.stdout.startswith(b"> :now\nIt is ")


def test_exported_files_go_where_they_are_told(environment, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    story = "applied Analyst at Acme\nexport\n"
    end = run("chat", "--scratch", "--out", str(folder), typed=story, environment=environment)
    assert end.returncode == 0
    assert list(folder.iterdir())
    assert f"Saved {folder}" in end.stdout


def test_a_reader_who_has_seen_enough_ends_the_chat_quietly(environment):
    story = ":now\n" * 20_000
    with subprocess.Popen(
        [*COMMAND, "chat", "--scratch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdin.write(story[:4000])
        running.stdin.flush()
        running.stdout.readline()
        running.stdout.close()
        try:
            running.stdin.write(story)
            running.stdin.close()
        except BrokenPipeError:
            pass
        assert running.stderr.read() == ""
        assert running.wait(30) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_piped_chat_that_waits_for_a_line(environment, number):
    with subprocess.Popen(
        [*COMMAND, "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdin.write("applied Analyst at Acme\n")
        running.stdin.flush()
        while not running.stdout.readline().startswith("[1]"):
            pass
        running.send_signal(number)
        assert running.wait(30) == 0
        assert running.stderr.read() == ""


@pytest.mark.parametrize("story", [(), ("club",)], ids=" ".join)
def test_the_demonstration_plays_to_its_end(environment, story):
    end = run("demo", *story, environment=environment)
    assert (end.returncode, end.stderr) == (0, "")
    assert end.stdout.count("— ") > 4
    for trouble in ("I do not know", "There is no ", "Nothing was saved", "Sorry", "Which club"):
        assert trouble not in end.stdout


def test_a_story_that_is_not_there_is_named_with_those_that_are(environment):
    end = run("demo", "clubb", environment=environment)
    assert end.returncode == 1
    assert "There is no story 'clubb'; there are: month, club." in end.stderr


# --- on a terminal


class Terminal:
    """A process on a pseudo terminal, and what it has shown so far."""

    def __init__(self, *arguments: str, environment: dict[str, str]) -> None:
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.ours, keys.encode())

    def wait_for(self, words: str) -> None:
        """Wait until these words have been shown after those waited for before."""
        while words not in self.seen:
            if not select.select([self.ours], [], [], 30)[0]:
                raise TimeoutError(words, self.seen)
            data = os.read(self.ours, 65_536).decode(errors="replace")
            if "\x1b[6n" in data:
                # The library asks where the cursor is.
                self.type("\x1b[1;1R")
            self.seen += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", data)
        self.seen = self.seen.partition(words)[2]

    def hang_up(self) -> None:
        """Close the terminal under it."""
        if self.ours >= 0:
            os.close(self.ours)
            self.ours = -1


@pytest.fixture
def terminal(environment: dict[str, str]) -> Iterator[Terminal]:
    running = Terminal("chat", environment=environment)
    try:
        running.wait_for("Ctrl-D leaves.")
        running.wait_for(">")
        yield running
    finally:
        running.hang_up()
        running.process.kill()
        running.process.wait()


@pytest.mark.parametrize("keys", ["\x03", "\x04", ":quit\r"], ids=["ctrl-c", "ctrl-d", "quit"])
def test_the_keys_that_leave_a_chat_end_it_well(terminal, keys):
    terminal.type(keys)
    assert terminal.process.wait(30) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_a_chat_on_a_terminal_and_the_records_are_whole(terminal, number, tmp_path):
    terminal.type("applied Analyst at Acme\r")
    terminal.wait_for("Logged: ")
    terminal.process.send_signal(number)
    assert terminal.process.wait(30) == 0
    (path,) = tmp_path.rglob("followthrough.sqlite3")
    with sqlite3.connect(path) as records:
        assert records.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert records.execute("SELECT count(*) FROM applications").fetchone() == (1,)
    records.close()


def test_a_terminal_that_is_closed_ends_the_chat_quietly(terminal):
    terminal.hang_up()
    assert terminal.process.wait(30) == 0


def test_moving_the_clock_on_ones_own_records_is_asked_about_first(terminal):
    terminal.type(":wait 7 days\r")
    terminal.wait_for("(y/n)")
    terminal.type("n\r")
    terminal.type(":now\r")
    terminal.wait_for("It is ")


# --- the processes of a host


class Process:
    """A process that goes on, and what it has said so far."""

    def __init__(self, running: asyncio.subprocess.Process) -> None:
        self._running = running
        self.said = ""

    async def wait_for(self, words: str) -> str:
        """Wait until it has said these words; returns what it said after them on their line."""
        assert self._running.stderr
        while words not in self.said:
            line = (await self._running.stderr.readline()).decode()
            assert line, self.said
            self.said += line
        return self.said.partition(words)[2].partition("\n")[0]

    async def ended(self, number: int | None = None) -> int:
        """How it ends, if need be by a signal."""
        assert self._running.stderr
        if number is not None:
            self._running.send_signal(number)
        self.said += (await self._running.stderr.read()).decode()
        return await self._running.wait()

    def kill(self) -> None:
        """Do not leave it behind."""
        if self._running.returncode is None:
            self._running.kill()


@asynccontextmanager
async def process(name: str, environment: dict[str, str]) -> AsyncIterator[Process]:
    """A process of a host, for at most twenty seconds."""
    running = await asyncio.create_subprocess_exec(
        *COMMAND,
        name,
        env=environment | {"PORT": "0"},
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    made = Process(running)
    try:
        async with asyncio.timeout(20):
            yield made
    finally:
        made.kill()
        await running.wait()


def towards(server: Loopback, environment: dict[str, str]) -> dict[str, str]:
    """The environment of a bot whose Discord is this one."""
    return {**environment, "DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": server.api_url}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_gateway_answers_discord_until_a_signal_ends_its_session(environment, number):
    async with Loopback() as server, process("gateway", towards(server, environment)) as gateway:
        line = await server.lines.get()
        assert line.op == IDENTIFY
        async with asyncio.timeout(5):
            assert await gateway.ended(number) == 0
            await server.ended.wait()
        assert line.socket.close_code == 1000
        assert "ready" in gateway.said
        assert TOKEN not in gateway.said


async def test_a_token_that_discord_refuses_ends_a_process_with_one_sentence(environment):
    async with Loopback() as server:
        wrong = towards(server, environment) | {"DISCORD_TOKEN": "MTIz.abc.canary"}
        for name in ("gateway", "worker"):
            async with process(name, wrong) as refused:
                assert await refused.ended() == 1
            assert refused.said.endswith(f"followthrough: {BAD_TOKEN}\n")
            assert "canary" not in refused.said
        assert server.requests == ["GET users/@me"] * 2
        assert server.begun == 0


async def test_a_token_that_the_gateway_refuses_ends_the_process_too(environment):
    async with Loopback() as server:
        server.refused.append(4004)
        async with process("gateway", towards(server, environment)) as refused:
            assert await refused.ended() == 1
        assert refused.said.endswith(f"followthrough: {BAD_TOKEN}\n")
        assert server.lines.qsize() == 1


async def test_a_worker_signs_in_and_never_comes_near_the_gateway(environment):
    async with Loopback() as server, process("worker", towards(server, environment)) as worker:
        await worker.wait_for("ready")
        await server.asked(2)
        assert await worker.ended(signal.SIGTERM) == 0
        assert server.requests == ["GET users/@me", "GET oauth2/applications/@me"]
        assert server.lines.empty()


async def test_one_platform_that_is_down_stops_no_other(environment):
    nobody = "http://127.0.0.1:1/api"
    both = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "secret",
        "SLACK_API_URL": nobody,
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": nobody,
        "DISCORD_PUBLIC_KEY": "0a" * 32,
        "LOG_LEVEL": "INFO",
    }
    async with process("run", environment | both) as running:
        port = int((await running.wait_for(" port=")).split()[0])
        await running.wait_for("Discord cannot be reached")
        await running.wait_for("workspace not known yet")
        close = b"Host: a\r\nConnection: close\r\n"
        assert "200 OK" in await raw(port, b"GET /healthz HTTP/1.1\r\n" + close + b"\r\n")
        # Neither has signed it.
        for path in (b"/slack/events", b"/discord/events"):
            head = b"POST " + path + b" HTTP/1.1\r\n" + close
            assert "401" in await raw(port, head + b"Content-Length: 2\r\n\r\n{}")
        assert await running.ended(signal.SIGTERM) == 0
    assert "Traceback" not in running.said


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        ("web", {}, "No platform has credentials"),
        ("gateway", {}, "No platform has credentials"),
        ("worker", {}, "No platform has credentials"),
        ("gateway", {"SLACK_BOT_TOKEN": "xoxb-1"}, "DISCORD_TOKEN must be set for it."),
        ("web", {"DISCORD_TOKEN": TOKEN}, "as long as DISCORD_PUBLIC_KEY is not set."),
        ("run", {"DISCORD_TOKEN": f"Bot {TOKEN}"}, "without a word in front of it."),
        ("run", {"DISCORD_TOKEN": TOKEN, "DISCORD_SHARDS": "1"}, "DISCORD_SHARDS is such as"),
        ("run", {"DISCORD_TOKEN": TOKEN, "SLACK_BOT_TOKEN": "xoxb-1"}, "Slack needs"),
    ],
)
def test_a_process_that_has_nothing_to_do_says_so_in_one_sentence(
    environment, name, settings, sentence
):
    end = run(name, environment={**environment, **settings})
    assert end.returncode == 1
    assert end.stderr.startswith("followthrough: ")
    assert end.stderr.count("\n") == 1
    assert sentence in end.stderr
    assert TOKEN not in end.stderr


# --- what setting up Discord needs


async def discord(order: str, environment: dict[str, str]) -> tuple[int | None, str, str]:
    """How `followthrough discord …` ends, and what it says."""
    running = await asyncio.create_subprocess_exec(
        *COMMAND,
        "discord",
        order,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await running.communicate()
    return running.returncode, said.decode(), complained.decode()


async def test_commands_are_registered_where_discord_has_others(environment):
    async with Loopback() as server:
        bot = towards(server, environment)
        assert await discord("sync", bot) == (0, "Discord has the commands now.\n", "")
        assert any(command["name"] == "job" for command in server.commands)
        assert await discord("sync", bot) == (0, "Discord already has these commands.\n", "")
        assert sum(request.startswith("PUT") for request in server.requests) == 1


async def test_the_links_that_install_the_bot_have_a_line_each(environment):
    async with Loopback() as server:
        code, said, _ = await discord("invite", towards(server, environment))
    links = [line for line in said.splitlines() if line.startswith("https://")]
    assert code == 0
    assert len(links) == 2
    assert all("client_id=4711" in link for link in links)


@pytest.mark.parametrize("order", ["sync", "invite"])
async def test_an_order_that_discord_refuses_gets_one_sentence(environment, order):
    async with Loopback() as server:
        bot = towards(server, environment)
        server.statuses.append(401)
        assert await discord(order, bot) == (1, "", f"followthrough: {BAD_TOKEN}\n")
        server.statuses.append(503)
        code, _, complained = await discord(order, bot)
    assert code == 1
    assert complained.endswith("Discord cannot be reached; try again in some minutes.\n")


def test_a_release_without_discord_succeeds_and_the_links_need_it(environment):
    lines = (Path(__file__).parent.parent / "Procfile").read_text().splitlines()
    orders = dict(line.split(": ", 1) for line in lines)
    assert orders.keys() == {"release", "web", "gateway", "worker"}
    release = orders["release"].replace("python", shlex.quote(sys.executable))
    end = subprocess.run(
        release, shell=True, env=environment, capture_output=True, text=True, check=False
    )
    assert (end.returncode, end.stderr) == (0, "")
    assert "Discord is not set up" in end.stdout
    assert (
        "DISCORD_TOKEN must be set first"
        in run("discord", "invite", environment=environment).stderr
    )


def test_the_port_for_metrics_is_another_than_that_for_people() -> None:
    with pytest.raises(BadSetting, match="must differ"):
        apart(8000, 8000)
    apart(0, 0)
    apart(8000, 9100)
    apart(8000, None)
