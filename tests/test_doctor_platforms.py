"""What the doctor finds at Slack and Discord; it sends nothing there and registers nothing."""

import shutil
import time
from datetime import timedelta
from email.utils import formatdate
from pathlib import Path

import pytest

from adapters.discord import orders
from adapters.doctor import slack, variables
from adapters.doctor.finding import Finding, Level
from adapters.doctor.report import told
from bot.commands import registry
from storage.address import url_of
from tests.discord.loopback import Loopback
from tests.slack.wire import DROP, Reply, error, listening
from tests.test_doctor import SCOPES, bad, beating, online, only, settings

APP_TOKEN = "xapp-1-A0CANARY-1-5ca"


@pytest.fixture
def path(sqlite_file: Path, tmp_path: Path) -> Path:
    """A migrated SQLite file of its owner's alone, whose program runs."""
    copy = Path(shutil.copy(sqlite_file, tmp_path / "jobs.db"))
    copy.chmod(0o600)
    beating(url_of(copy), timedelta(seconds=4))
    return copy


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
    # Of this moment: the run of all tests may have begun long ago.
    late = formatdate(time.time() - 600, usegmt=True)
    found = only(await at_slack(granting(Date=late)))
    assert found.level is Level.WRONG
    assert "10 minutes ahead of Slack's" in found.what
    # Slack's clock is nobody's to mend.
    assert found.do.endswith("on this machine.")


async def test_an_app_token_is_judged_by_its_looks_alone() -> None:
    assert bad(await at_slack(granting(), SLACK_APP_TOKEN=APP_TOKEN)) == []
    cut = only(await at_slack(granting(), SLACK_APP_TOKEN="xapp-1-A0CAN"))
    assert "cut short" in cut.what


async def test_where_each_workspace_has_a_token_slack_is_only_reached() -> None:
    many = {
        "SLACK_BOT_TOKEN": "",
        "SLACK_CLIENT_ID": "111.222",
        "SLACK_CLIENT_SECRET": "canary",
        "SLACK_SIGNING_SECRET": "canary",
        "PUBLIC_URL": "https://jobs.example.org",
        "TOKEN_KEYS": "canary",
    }
    assert bad(await at_slack(error("not_authed"), **many)) == []
    assert "cannot be reached" in only(await at_slack(DROP, **many)).what


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
