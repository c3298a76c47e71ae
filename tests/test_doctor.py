"""The doctor finds what is wrong, says what to do, changes nothing and shows no secret."""

import asyncio
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from adapters.discord import orders
from adapters.discord.credentials import Credentials
from adapters.doctor import findings, machine, records, slack, variables
from adapters.doctor.clocks import compared, said
from adapters.doctor.finding import Finding, Level, look, ok, wrong
from adapters.doctor.report import told
from adapters.web.site import starlette_app
from bot.commands import registry
from storage.address import url_of
from storage.condition import Server
from storage.crypto import new_key
from storage.health import beat
from storage.store import Store
from tests.discord.loopback import TOKEN, Loopback
from tests.discord.standin import Discord
from tests.samples import KIM, SAM, arrive, nudge
from tests.serving import serving
from tests.slack.standin import Slack
from tests.slack.wire import DROP, Reply, error, listening
from tests.test_installations import CLIENT, at, installation

NOW = datetime.fromtimestamp(time.time(), UTC)
SCOPES = "commands,chat:write,users:read,files:write"
APP_TOKEN = "xapp-1-A0CANARY-1-5ca"


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
            "PORT": str(_free()),
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
    assert machine.port(_free()).level is Level.OK
    async with serving(starlette_app([])) as number:
        ours = await asyncio.to_thread(machine.port, number)
    assert ours.level is Level.OK
    assert "running copy" in ours.what
    async with serving(Starlette()) as number:
        other = await asyncio.to_thread(machine.port, number)
    assert other.level is Level.WRONG


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
    seconds = (0, 1, 59, 60, 3599, 3600, 86_400, 2 * 86_400)
    assert [said(timedelta(seconds=s)) for s in seconds] == [
        *("0 seconds", "1 second", "59 seconds", "1 minute", "59 minutes"),
        *("1 hour", "1 day", "2 days"),
    ]


# --- the records


def test_records_that_are_not_there_are_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "new" / "jobs.db"
    assert bad(offline(settings(path))) == []
    assert not path.parent.exists()


def test_looking_leaves_the_records_as_they_are(path: Path) -> None:
    before = path.read_bytes(), sorted(path.parent.iterdir())
    offline(settings(path))
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before


def test_a_file_that_others_can_read_is_pointed_out(path: Path) -> None:
    path.chmod(0o644)
    found = only(offline(settings(path)))
    assert "(mode 644)" in found.what
    assert found.do == f"Run `chmod 600 {path}`."


def test_a_damaged_file_and_one_of_another_program_are_wrong(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert only(offline(settings(path))).level is Level.WRONG
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as foreign, foreign:
        foreign.execute("PRAGMA journal_mode=WAL")
        foreign.execute("CREATE TABLE recipes (name)")
    other.chmod(0o600)
    assert "another program's" in only(offline(settings(other))).what
    text = tmp_path / "text.db"
    text.write_text("nothing at all " * 500)
    text.chmod(0o600)
    assert "no database of records" in only(offline(settings(text))).what


@pytest.mark.parametrize(
    ("version", "level", "words"),
    [("0003", Level.LOOK, "not up to date"), ("9999", Level.WRONG, "a newer version")],
)
def test_a_database_of_another_version_is_told(
    path: Path, version: str, level: Level, words: str
) -> None:
    with closing(sqlite3.connect(path)) as changed, changed:
        changed.execute("UPDATE alembic_version SET version_num = ?", (version,))
    found = only(offline(settings(path)))
    assert found.level is level
    assert words in found.what


def test_records_in_memory_are_pointed_out() -> None:
    found = only(offline({"DATABASE_URL": "sqlite://", "DISCORD_TOKEN": TOKEN}))
    assert "in memory" in found.what


def test_a_server_is_looked_at_too(postgres_url: str) -> None:
    environment = {"DATABASE_URL": postgres_url, "DISCORD_TOKEN": TOKEN}
    assert "Nothing has sent" in only(offline(environment)).what
    beating(postgres_url, timedelta(seconds=4))
    found = offline(environment)
    assert bad(found) == []
    for words in ("PostgreSQL ", "the database server's", "free connections", "last looked for"):
        assert any(words in f.what for f in found), words


def test_a_servers_trouble_is_told_with_what_to_do() -> None:
    fine = Server(NOW, "18.0", "UTF8", 50)
    for server, level, words in (
        (fine._replace(clock=NOW + timedelta(minutes=2)), Level.WRONG, "2 minutes behind"),
        (fine._replace(encoding="SQL_ASCII"), Level.WRONG, "encoding is SQL_ASCII"),
        (fine._replace(free=3), Level.LOOK, "3 free connections"),
    ):
        found = only(list(records._server(server, NOW)))
        assert found.level is level
        assert words in found.what


def test_what_is_due_and_not_sent_is_wrong_and_names_nobody(path: Path) -> None:
    with Store.open(url_of(path)) as store:
        sam = arrive(store)
        due = NOW - timedelta(minutes=20)
        store.run(lambda unit: unit.nudges.add([nudge(sam, "late", due, platform="discord")]))
    found = only([f for f in offline(settings(path)) if "Slack has no" not in f.what])
    assert (found.level, found.what) == (
        Level.WRONG,
        "Nudges overdue in Discord: 1, the oldest for 20 minutes.",
    )


def test_a_worker_that_went_away_is_noticed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as changed, changed:
        changed.execute("DELETE FROM heartbeats")
    assert only(offline(settings(path))).what.startswith("Nothing has sent")
    beating(url_of(path), timedelta(hours=3))
    assert only(offline(settings(path))).what == "Nothing has sent what is due for 3 hours."


def test_accounts_out_of_reach_are_counted_by_reason_and_never_named(path: Path) -> None:
    with Store.open(url_of(path)) as store:
        for who in (SAM, KIM):
            arrive(store, who)
    with closing(sqlite3.connect(path)) as changed, changed:
        changed.execute('UPDATE accounts SET "on" = 0, why = ?', ("Slack cannot find them",))
    found = only(offline(settings(path)))
    assert found.what == "2 accounts in Slack cannot be reached: Slack cannot find them."
    assert "Sam" not in told([found])


def test_people_of_a_platform_without_credentials_are_missed(path: Path) -> None:
    with Store.open(url_of(path)) as store:
        arrive(store)
    assert "Slack has no credentials here" in only(offline(settings(path))).what


async def test_keys_must_open_every_stored_token_and_scopes_must_do(path: Path) -> None:
    old, new = new_key(), new_key()
    enough = installation(1, bot_scopes=SCOPES.split(","))
    with Store.open(url_of(path)) as store:
        await at(store, old).async_save(enough)
    many = {
        "DATABASE_URL": url_of(path),
        "SLACK_CLIENT_ID": CLIENT,
        "SLACK_CLIENT_SECRET": "s",
        "SLACK_SIGNING_SECRET": "s",
        "PUBLIC_URL": "https://jobs.example.org",
        "PORT": str(_free()),
    }
    assert bad(offline(many | {"TOKEN_KEYS": f"{new},{old}"})) == []
    lost = only(offline(many | {"TOKEN_KEYS": new}))
    assert lost.level is Level.WRONG
    assert "No key in TOKEN_KEYS opens 7 of 7" in lost.what
    assert "malformed" in only(offline(many | {"TOKEN_KEYS": "short"})).what
    with Store.open(url_of(path)) as store:
        await at(store, old).async_save(installation(2))
    short = only(offline(many | {"TOKEN_KEYS": old}))
    assert short.what == "1 of 1 workspaces granted less than the bot needs."


# --- Slack


async def at_slack(*replies: Reply, **more: str) -> list[Finding]:
    """What is found at a Slack that answers so."""
    async with listening() as wire:
        wire.answer("auth.test", *replies)
        found = variables.read(
            {"SLACK_BOT_TOKEN": "xoxb-canary", "SLACK_API_URL": wire.url, **more}
        )
        assert found.slack
        looked = await slack.look(found.slack)
        assert {post.method for post in wire.arrived} == {"auth.test"}
        assert "canary" not in told(looked)
        return looked


def granting(scopes: str = SCOPES, **headers: str) -> Reply:
    """Slack's answer to a token that may do this."""
    return Reply({"ok": True}, headers={"X-OAuth-Scopes": scopes, **headers})


@pytest.mark.parametrize(
    ("reply", "level", "words"),
    [
        (error("invalid_auth"), Level.WRONG, "refuses SLACK_BOT_TOKEN (invalid_auth)"),
        (error("ratelimited", 429), Level.LOOK, "asks us to wait"),
        (Reply("<html>", 200, kind="text/html"), Level.WRONG, "is not Slack"),
        (Reply({"hello": 1}), Level.WRONG, "is not Slack"),
        (Reply("", 503), Level.LOOK, "in trouble (HTTP 503)"),
        (DROP, Level.WRONG, "cannot be reached"),
        (granting("commands,chat:write"), Level.WRONG, "users:read missing"),
        (granting("commands,chat:write,users:read"), Level.LOOK, "optional: files:write"),
        (granting(SCOPES + ",admin"), Level.LOOK, "more than the bot uses: admin"),
        (Reply({"ok": True}), Level.LOOK, "did not say"),
    ],
)
async def test_each_trouble_with_slack_is_told(reply: Reply, level: Level, words: str) -> None:
    found = only(await at_slack(reply))
    assert found.level is level
    assert words in found.what


async def test_our_clock_is_held_against_slacks() -> None:
    late = format_datetime(NOW - timedelta(minutes=10), usegmt=True)
    found = only(await at_slack(granting(Date=late)))
    assert found.level is Level.WRONG
    assert "minutes ahead of Slack's" in found.what


async def test_an_app_token_is_judged_by_its_looks_alone() -> None:
    assert bad(await at_slack(granting(), SLACK_APP_TOKEN=APP_TOKEN)) == []
    cut = only(await at_slack(granting(), SLACK_APP_TOKEN="xapp-1-A0CAN"))
    assert "cut short" in cut.what


# --- Discord


async def at_discord(server: Loopback, path: Path, **more: str) -> list[Finding]:
    """What is found at this Discord."""
    found = await online(settings(path, DISCORD_API_URL=server.api_url, **more))
    assert not [r for r in server.requests if not r.startswith(("GET ", "PUT app"))]
    return found


async def test_discords_commands_are_compared_and_never_registered(path: Path) -> None:
    async with Loopback() as server:
        none = only(await at_discord(server, path))
        assert (none.level, none.what) == (Level.WRONG, "Discord has none of the commands.")
        await orders.sync(server.credentials(), registry)
        assert bad(await at_discord(server, path)) == []
        server.commands = server.commands[:1]
        other = only(await at_discord(server, path))
        assert other.level is Level.LOOK
        assert other.do == "Run `followthrough discord sync`."
        assert sum(r.startswith("PUT") for r in server.requests) == 1


async def test_each_trouble_with_discord_is_told(path: Path) -> None:
    async with Loopback() as server:
        await orders.sync(server.credentials(), registry)
        for statuses, level, words in (
            ([401], Level.WRONG, "does not accept DISCORD_TOKEN"),
            ([429], Level.LOOK, "asks us to wait"),
            ([502], Level.LOOK, "in trouble"),
            ([404], Level.WRONG, "is not Discord"),
        ):
            server.statuses.extend(statuses)
            found = only(await at_discord(server, path))
            assert found.level is level, found
            assert words in found.what, found
        wrong_key = only(await at_discord(server, path, DISCORD_PUBLIC_KEY="ab" * 32, PORT="0"))
        assert wrong_key.level is Level.WRONG
        assert "DISCORD_PUBLIC_KEY" in wrong_key.what
        server.remaining, server.reset_after = 30, 7_200_000
        few = only(await at_discord(server, path))
        assert (few.level, few.what) == (
            Level.LOOK,
            "The gateway may start 30 more times in the next 2 hours.",
        )
        server.remaining = 0
        assert only(await at_discord(server, path)).level is Level.WRONG
        server.remaining, server.shards = 900, 8
        shards = only(await at_discord(server, path, DISCORD_SHARDS="0-1/2"))
        assert "recommends 8 shards" in shards.what


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: Any = found.getsockname()[1]
        return int(port)
