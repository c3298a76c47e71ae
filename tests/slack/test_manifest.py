"""The app's manifest: what Slack takes, for a server and for Socket Mode, and what it refuses."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from adapters.slack.manifest import CLUB_SCOPES, SCOPES, BadManifest, manifest
from bot.commands import registry

SCHEMA = Path(__file__).parents[3] / "shared/spec/slack/manifest.schema.2.0.0.json"
URL = "https://jobs.example.com"

both_ways = pytest.mark.parametrize(
    "made",
    [manifest(registry, url=URL), manifest(registry, socket=True)],
    ids=["server", "socket"],
)


def addresses(value: Any) -> list[str]:
    """Every web address anywhere in a manifest."""
    return re.findall(r'https?://[^"\s]+', json.dumps(value))


@both_ways
def test_the_manifest_is_valid_against_slacks_own_schema(made: dict[str, Any]) -> None:
    if not SCHEMA.is_file():
        pytest.skip("Slack's manifest schema is not beside this repository")
    schema = json.loads(SCHEMA.read_text())
    judge = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in judge.iter_errors(made)] == []
    assert list(judge.iter_errors({**made, "unknown": 1}))


@both_ways
def test_the_manifest_is_within_slacks_limits(made: dict[str, Any]) -> None:
    shown = made["display_information"]
    assert 1 <= len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert re.fullmatch("#[0-9a-f]{6}", shown["background_color"])
    features = made["features"]
    assert len(features["bot_user"]["display_name"]) <= 80
    for slash in features["slash_commands"]:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", slash["command"])
        assert 1 <= len(slash["usage_hint"]) <= 1000
        assert len(slash["description"]) <= 150
        assert slash["should_escape"] is True
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    assert made["settings"]["token_rotation_enabled"] is False


@both_ways
def test_the_home_tab_is_on_and_nobody_can_type_into_silence(made: dict[str, Any]) -> None:
    home = made["features"]["app_home"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]
    assert home["messages_tab_read_only_enabled"]


@both_ways
def test_the_shortcuts_are_those_that_are_listened_for(made: dict[str, Any]) -> None:
    found = {s["callback_id"]: s["type"] for s in made["features"]["shortcuts"]}
    assert found == {"log_application": "global", "save_job": "message"}


def test_the_usage_hint_names_every_command_that_people_are_told_about() -> None:
    made = manifest(registry, socket=True)["features"]["slash_commands"]
    words = [word for slash in made for word in re.findall("[a-z]+", slash["usage_hint"])]
    assert sorted(words) == sorted(command.word for command in registry.shown)
    assert made[0]["command"] == "/job"


def test_every_address_of_a_server_is_under_its_own() -> None:
    made = manifest(registry, url=URL)
    found = addresses(made)
    assert set(found) == {f"{URL}/slack/events", f"{URL}/slack/oauth_redirect"}
    assert len(found) == 4 + len(made["features"]["slash_commands"])
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["org_deploy_enabled"] is True


def test_socket_mode_needs_no_address_and_has_none() -> None:
    made = manifest(registry, socket=True, url=URL)
    assert addresses(made) == []
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["org_deploy_enabled"] is False
    events = made["settings"]["event_subscriptions"]["bot_events"]
    assert events == ["app_home_opened", "app_uninstalled", "tokens_revoked"]


def test_the_scopes_are_the_least_and_each_has_its_reason() -> None:
    asked = manifest(registry, url=URL)["oauth_config"]["scopes"]
    least = ["commands", "chat:write", "users:read", "files:write"]
    assert asked["bot"] == [*least, "mpim:write"]
    assert asked["bot_optional"] == ["files:write", "mpim:write"]
    for scope in (*SCOPES, *CLUB_SCOPES):
        assert re.fullmatch(r"[A-Z][^.]+\.", scope.why), scope.name


def test_a_slash_at_the_end_of_an_address_is_let_go() -> None:
    assert manifest(registry, url=f"{URL}/") == manifest(registry, url=URL)


def test_a_port_belongs_to_an_address() -> None:
    assert f"{URL}:8443/slack/events" in addresses(manifest(registry, url=f"{URL}:8443"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://jobs.example.com",
        "jobs.example.com",
        "https://",
        "https://jobs.example.com/app",
        "https://jobs.example.com//",
        "https://jobs.example.com?a=b",
        "https://jobs.example.com#a",
        "https://me:secret@jobs.example.com",
        "https://jobs.example.com:notaport",
        "https://jobs.example.com:99999",
        "https://[jobs.example.com",
        "https://jobs .example.com",
        "https://" + "x" * 3000,
    ],
)
def test_an_address_that_slack_cannot_reach_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(BadManifest, match=r"(?s)^.+\.$"):
        manifest(registry, url=url)


@pytest.mark.parametrize("command", ["job", "/", "/Job", "/job hunt", "/jöb", "/" + "j" * 32, ""])
def test_a_slash_word_that_slack_refuses_is_refused_with_a_sentence(command: str) -> None:
    with pytest.raises(BadManifest, match=r"slash command.*such as /job\."):
        manifest(registry, command=command, socket=True)


def test_the_longest_slash_word_is_taken() -> None:
    word = "/" + "j" * 31
    made = manifest(registry, command=word, socket=True)
    assert made["features"]["slash_commands"][0]["command"] == word


@pytest.mark.parametrize("name", ["", "  ", " Notes", "x" * 36, "a\nb", "a\0b"])
def test_a_name_that_slack_refuses_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(BadManifest, match="1 to 35 characters"):
        manifest(registry, name=name, socket=True)


def test_a_name_and_a_slash_word_that_disclose_nothing_are_taken_everywhere() -> None:
    made = manifest(registry, command="/notes", name="Margin Notes", socket=True)
    assert made["display_information"]["name"] == "Margin Notes"
    assert made["features"]["bot_user"]["display_name"] == "Margin Notes"
    assert "followthrough" not in json.dumps(made).casefold()
    assert "/job" not in json.dumps(made)
