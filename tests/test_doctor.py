"""The doctor finds what is wrong, says what to do, changes nothing and shows no secret."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from adapters.discord import orders
from adapters.discord.credentials import Credentials
from adapters.doctor import findings, machine, variables
from adapters.doctor.clocks import compared, said
from adapters.doctor.finding import Finding, Level, look, ok, wrong
from adapters.doctor.report import told
from adapters.web.site import starlette_app
from bot.commands import registry
from storage.address import url_of
from storage.crypto import new_key
from storage.health import beat
from storage.store import Store
from tests.discord.loopback import TOKEN, Loopback
from tests.discord.standin import Discord
from tests.serving import serving
from tests.slack.standin import Slack
from tests.slack.wire import Reply, listening

NOW = datetime.fromtimestamp(time.time(), UTC)
SCOPES = "commands,chat:write,users:read,files:write,mpim:write"


@pytest.fixture
def path(sqlite_file: Path, tmp_path: Path) -> Path:
    """A migrated SQLite file of its owner's alone, whose program runs."""
    copy = Path(shutil.copy(sqlite_file, tmp_path / "jobs.db"))
    copy.chmod(0o600)
    beating(url_of(copy), timedelta(seconds=4))
    return copy


def beating(url: str, ago: timedelta) -> None:
    """Leave the heartbeat of a dispatcher that last did its round so long ago."""
    with Store.open(url) as store:
        store.run_on_connection(
            lambda connection: beat(connection, "p1", "worker", "0.1.0", NOW, NOW - ago)
        )


def settings(path: Path, **more: str) -> dict[str, str]:
    """Settings of somebody with Discord."""
    return {"DATABASE_URL": url_of(path), "DISCORD_TOKEN": TOKEN, **more}


def offline(environment: dict[str, str]) -> list[Finding]:
    """What is found here."""
    return list(findings(environment, NOW, offline=True))


async def online(environment: dict[str, str]) -> list[Finding]:
    """What is found here and at the platforms."""
    return list(await asyncio.to_thread(findings, environment, NOW, offline=False))


def free() -> int:
    """A port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: Any = found.getsockname()[1]
        return int(port)


def bad(found: list[Finding]) -> list[tuple[Level, str]]:
    """What is not as it should be."""
    return [(f.level, f.what) for f in found if f.level is not Level.OK]


def only(found: list[Finding]) -> Finding:
    """The one thing that is not as it should be."""
    (one,) = [f for f in found if f.level is not Level.OK]
    assert one.what.endswith((".", "?")), one
    assert one.do.endswith((".", "?")), one
    return one


# --- the whole


async def test_where_nothing_is_wrong_every_line_is_ok(path: Path) -> None:
    async with Slack(scopes=tuple(SCOPES.split(","))) as slack_, Discord() as discord:
        environment = {
            "DATABASE_URL": url_of(path),
            "SLACK_BOT_TOKEN": slack_.team("T1").bot_token,
            "SLACK_APP_TOKEN": slack_.app_token,
            "SLACK_API_URL": slack_.api_url,
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_PUBLIC_KEY": "0" * 64,
            "PORT": str(free()),
        }
        credentials = Credentials.read(environment)
        assert credentials
        await orders.sync(credentials, registry)
        found = await online(environment)
        slack_.check()
        discord.check()
    assert bad(found) == []
    whole = told(found)
    assert whole.endswith("\nNothing is wrong.")
    for words in (
        "SLACK_BOT_TOKEN",
        "clock agrees with Slack",
        "granted every",
        "are whole",
        "PUBLIC_KEY is this",
    ):
        assert words in whole


def test_the_command_ends_with_1_only_when_something_is_wrong(path: Path) -> None:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "DISCORD_"))}
    plain |= {"PYTHONPATH": os.getcwd(), "DATABASE_URL": url_of(path)}

    def ended(**more: str) -> tuple[int, str]:
        end = subprocess.run(
            [sys.executable, "-m", "adapters", "doctor", "--offline"],
            env={**plain, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        assert end.stderr == ""
        return end.returncode, end.stdout

    assert ended()[0] == 0
    code, shown = ended(LOG_LEVEL="LOUD", DISCORD_TOKEN="Bot canary")
    assert code == 1
    assert shown.endswith("2 things are wrong.\n")
    assert "canary" not in shown


def test_each_finding_is_one_line_whatever_it_holds() -> None:
    found = [ok("a\nb"), look("c\x1b[31m", "d"), wrong("e", "f")]
    assert told(found).splitlines() == [
        "ok            a?b",
        "look at this  c?[31m d",
        "wrong         e f",
        "One thing is wrong.",
    ]


def test_the_last_line_counts_what_is_to_be_looked_at() -> None:
    assert told([ok("a")]).endswith("\nNothing is wrong.")
    assert told([ok("a"), look("b", "c")]).endswith("\nNothing is wrong; one thing to look at.")
    assert told([look("b", "c")] * 2).endswith("\nNothing is wrong; 2 things to look at.")


async def test_no_secret_is_shown_whatever_goes_wrong(path: Path, tmp_path: Path) -> None:
    secret = {
        "DATABASE_URL": "postgresql://canary-user:canary-password@127.0.0.1:1/jobs",
        "SLACK_BOT_TOKEN": "xoxb-canary",
        "SLACK_APP_TOKEN": "xapp-canary",
        "SLACK_SIGNING_SECRET": "canary-signing",
        "SLACK_CLIENT_SECRET": "",
        "DISCORD_TOKEN": "canary.canary.canary",
        "TOKEN_KEYS": "canary-key",
    }
    wheres = [{"DISCORD_PUBLIC_KEY": "canary"}, {"SLACK_CLIENT_ID": "canary"}]
    async with listening() as wire:
        quoting = Reply({"ok": False, "error": "xoxb-canary and more"})
        wire.usual["auth.test"] = quoting
        async with Loopback() as server:
            wheres.append({"SLACK_API_URL": wire.url, "DISCORD_API_URL": server.api_url})
            many = dict.fromkeys(("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"), "") | {
                "SLACK_CLIENT_ID": "1",
                "SLACK_CLIENT_SECRET": "canary-client",
                "PUBLIC_URL": "https://jobs.example.org",
                "DATABASE_URL": url_of(path),
            }
            wheres.append(many | wheres[-1])
            for more in wheres:
                found = await online({**secret, **more})
                assert any(f.level is Level.WRONG for f in found)
                shown = told(found)
                assert "canary-user" in shown or "canary" not in shown
                for value in ("canary-p", "canary-s", "canary-c", "canary-k", "xoxb-c", "canary."):
                    assert value not in shown


# --- settings


def test_every_variable_that_is_read_is_known_and_documented() -> None:
    known = variables.names()
    assert {"DATABASE_URL", "PORT", "TOKEN_KEYS", "SLACK_COMMAND", "DISCORD_SHARDS"} <= known
    page = Path("docs/operating.md").read_text(encoding="utf-8")
    assert [name for name in sorted(known) if f"| `{name}` |" not in page] == []


def test_each_setting_that_cannot_be_is_named_and_the_others_count(path: Path) -> None:
    found = offline(
        settings(path, LOG_LEVEL="LOUD", PORT="none", DISCORD_SHARDS="1", LETTERS_DIR="/nowhere")
    )
    whats = [f.what.split()[0] for f in found if f.level is Level.WRONG]
    assert sorted(whats) == ["DISCORD_SHARDS", "LETTERS_DIR", "LOG_LEVEL", "PORT"]
    assert any("are whole" in f.what for f in found)


def test_a_name_that_looks_like_a_slip_is_asked_about_and_others_are_not(path: Path) -> None:
    slips = {"DISCORD_TOKN": "x", "DATABSE_URL": "x", "SLACK_WEBHOOK": "x", "EDITOR": "x"}
    found = [f for f in offline(settings(path) | slips) if f.level is Level.LOOK]
    assert [(f.what.split()[0], f.do) for f in found] == [
        ("DATABSE_URL", "Is DATABASE_URL meant?"),
        ("DISCORD_TOKN", "Is DISCORD_TOKEN meant?"),
        ("SLACK_WEBHOOK", "Is it another program's, or a slip?"),
    ]


def test_without_credentials_or_with_too_few_it_says_so(path: Path) -> None:
    alone = {"DATABASE_URL": url_of(path)}
    assert "No platform has credentials" in only(offline(alone)).what
    half = only(offline(alone | {"SLACK_BOT_TOKEN": "xoxb-1"}))
    assert half.level is Level.WRONG
    assert "SLACK_APP_TOKEN" in half.what


def test_two_ports_that_are_one_are_wrong(path: Path) -> None:
    port = str(free())
    found = only(offline(settings(path, PORT=port, METRICS_PORT=port)))
    assert found.level is Level.WRONG
    assert "PORT and METRICS_PORT must differ" in found.what
    assert bad(offline(settings(path, PORT=port, METRICS_PORT=str(free())))) == []


def test_links_for_exports_need_an_address_and_keys(path: Path) -> None:
    url, key = "https://jobs.example.org", new_key()
    for half, what in (
        ({"PUBLIC_URL": url}, "PUBLIC_URL is set, and TOKEN_KEYS is not."),
        ({"TOKEN_KEYS": key}, "TOKEN_KEYS is set, and PUBLIC_URL is not."),
    ):
        found = only(offline(settings(path, **half)))
        assert (found.level, found.what) == (Level.LOOK, what)
        assert found.do == "No link is offered for exports until both are set."
    both = settings(path, PUBLIC_URL=url, TOKEN_KEYS=key, PORT=str(free()))
    assert bad(offline(both)) == []
    for half, words in (
        ({"PUBLIC_URL": "jobs.example.org"}, "PUBLIC_URL is an address"),
        ({"TOKEN_KEYS": "short"}, "malformed"),
    ):
        idle = bad(offline(settings(path, **half)))
        assert [level for level, _ in idle] == [Level.LOOK] * 2
        assert any(words in what for _, what in idle)
        used = only(offline(both | half))
        assert used.level is Level.WRONG
        assert words in used.what


# --- this machine


def test_old_rules_of_time_zones_are_seen() -> None:
    (now,) = machine.zones(NOW)
    assert now.level is Level.OK
    (later,) = machine.zones(NOW + timedelta(days=3000))
    # A system need not say of when its rules are.
    assert later.level is Level.LOOK or "unknown" in later.what


def test_a_broken_letter_template_is_named(path: Path, tmp_path: Path) -> None:
    from bot.letters.templating import OURS

    name = next(OURS.glob("*.txt")).name
    (tmp_path / name).write_text("{% if %}")
    broken = only(offline(settings(path, LETTERS_DIR=str(tmp_path))))
    assert broken.level is Level.WRONG
    assert name in broken.what


async def test_a_port_is_free_ours_or_somebody_elses() -> None:
    assert machine.port(free(), "PORT").level is Level.OK
    async with serving(starlette_app([])) as number:
        ours = await asyncio.to_thread(machine.port, number, "PORT")
    assert ours.level is Level.OK
    assert "running copy" in ours.what
    async with serving(Starlette()) as number:
        other = await asyncio.to_thread(machine.port, number, "PORT")
    assert other.level is Level.WRONG
    assert other.do == "Set PORT to a free one."


async def test_the_port_of_the_metrics_is_looked_at_too(path: Path) -> None:
    async with serving(Starlette()) as number:
        taken = settings(path, METRICS_PORT=str(number))
        found = only(await asyncio.to_thread(offline, taken))
    assert found.level is Level.WRONG
    assert found.do == "Set METRICS_PORT to a free one."


@pytest.mark.parametrize(
    ("off", "level", "words"),
    [
        (0, Level.OK, "agrees with the server's"),
        (5, Level.OK, "agrees"),
        (6, Level.LOOK, "6 seconds ahead of the server's"),
        (-59, Level.LOOK, "59 seconds behind the server's"),
        (61, Level.WRONG, "1 minute ahead of"),
        (-7200, Level.WRONG, "2 hours behind"),
    ],
)
def test_clocks_may_differ_by_five_seconds(off: int, level: Level, words: str) -> None:
    found = compared("the server's", NOW + timedelta(seconds=off), NOW)
    assert found.level is level
    assert words in found.what


def test_a_span_is_said_in_its_largest_unit() -> None:
    seconds = (0, 1, 59, 60, 3540, 3600, 86_400, 2 * 86_400)
    assert [said(timedelta(seconds=s)) for s in seconds] == [
        *("0 seconds", "1 second", "59 seconds", "1 minute", "59 minutes"),
        *("1 hour", "1 day", "2 days"),
    ]


def test_a_span_is_rounded() -> None:
    seconds = (59.6, 89, 90, 3599.2, 86_399, 36 * 3600)
    assert [said(timedelta(seconds=s)) for s in seconds] == [
        *("1 minute", "1 minute", "2 minutes", "1 hour", "1 day", "2 days"),
    ]
