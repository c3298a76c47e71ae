"""The stand-in's sockets, organizations, strangers, installs and signatures."""

import json
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.standin import Slack, browse, install
from tests.slack.standin.arguments import METHODS
from tests.slack.standin.reading import Json
from tests.slack.standin.trial import QUIET, connected, served, small_app

SPEC = Path(__file__).parents[3] / "shared" / "spec" / "slack"
spec = pytest.mark.skipif(not SPEC.exists(), reason="the descriptions of Slack are not here")


async def test_a_refresh_makes_the_client_connect_anew() -> None:
    async with Slack() as slack:
        team = slack.team("T1")
        ana = team.person("U1")
        async with connected(slack, small_app(slack, team.bot_token, [])):
            await ana.slash("one")
            await slack.sockets.refresh()
            await ana.slash("two")
            assert [each.shown for each in ana.ephemerals] == ["You said one", "You said two"]
            assert slack.world.counts["apps.connections.open"] == 2
            assert slack.sockets.connected == 1
            slack.check()


async def test_any_of_several_sockets_may_get_an_envelope() -> None:
    async with Slack() as slack:
        team = slack.team("T1")
        ana = team.person("U1")
        first: list[Json] = []
        second: list[Json] = []
        async with (
            connected(slack, small_app(slack, team.bot_token, first)),
            connected(slack, small_app(slack, team.bot_token, second)),
        ):
            await slack.sockets.at_least(2)
            for number in range(4):
                await ana.slash(str(number))
        assert first
        assert second
        assert sorted(each["text"] for each in first + second) == ["0", "1", "2", "3"]


async def test_without_a_socket_nothing_is_acknowledged() -> None:
    async with Slack(patience=0.05) as slack:
        slack.over_socket()
        ack = await slack.team("T1").person("U1").slash("x")
        assert ack.status == 0
        assert slack.forgive("no acknowledgment")


async def test_a_whole_organization_has_one_token_and_no_team_in_interactions() -> None:
    async with Slack() as slack:
        one = slack.team("T1", enterprise="E1", by_org=True)
        two = slack.team("T2", enterprise="E1", by_org=True)
        assert one.bot_token == two.bot_token
        assert one.install.key == "E1"
        log: list[Json] = []
        app = small_app(slack, one.bot_token, log)
        ana = one.person("W1")
        bob = two.person("W2")
        async with served(slack, app.web_app()):
            await ana.slash("dm")
            await bob.slash("dm")
            await bob.press("Sent")
            await bob.open_home()
        command, press, event = log[0], log[2], log[3]
        assert (command["team_id"], command["enterprise_id"]) == ("T1", "E1")
        assert command["is_enterprise_install"] == "true"
        assert press["team"] is None
        assert press["enterprise"]["id"] == "E1"
        assert press["user"]["team_id"] == "T2"
        assert press["is_enterprise_install"] is True
        assert event["authorizations"][0]["team_id"] is None
        assert event["authorizations"][0]["is_enterprise_install"] is True
        assert slack.received == {"W1": 1, "W2": 1}
        client = AsyncWebClient(one.bot_token, base_url=slack.api_url)
        assert (await client.auth_test())["is_enterprise_install"] is True
        slack.check()


async def test_installs_of_two_workspaces_keep_apart() -> None:
    async with Slack() as slack:
        own = slack.team("T1", enterprise="E1")
        other = slack.team("T2", enterprise="E1")
        assert own.install.key == "E1/T1"
        here = own.person("W1", met=True)
        there = other.person("W1", met=True)
        client = AsyncWebClient(own.bot_token, base_url=slack.api_url)
        await client.chat_postMessage(channel="W1", text="Hi", **QUIET)
        assert (here.received, there.received) == (1, 0)
        slack.check()


async def test_a_stranger_comes_from_another_workspace() -> None:
    async with Slack() as slack:
        team = slack.team("T1")
        log: list[Json] = []
        eve = team.person("U9", team="T9", is_stranger=True, is_restricted=True)
        async with served(slack, small_app(slack, team.bot_token, log).web_app()):
            await eve.shortcut()
        assert log[0]["team"]["id"] == "T1"
        assert log[0]["user"]["team_id"] == "T9"
        client = AsyncWebClient(team.bot_token, base_url=slack.api_url)
        who = (await client.users_info(user="U9"))["user"]
        assert (who["is_stranger"], who["is_restricted"], who["team_id"]) == (True, True, "T9")
        assert "locale" not in who


async def test_the_offset_of_a_zone_follows_the_clock() -> None:
    async with Slack() as slack:
        team = slack.team("T1")
        team.person("U1", zone="America/New_York", locale="fr-FR")
        client = AsyncWebClient(team.bot_token, base_url=slack.api_url)
        seen = []
        for at in (1_750_000_000, 1_765_000_000):
            slack.clock.set(at)
            seen.append((await client.users_info(user="U1"))["user"]["tz_offset"])
        assert seen == [-4 * 3600, -5 * 3600]


# slack_sdk makes the Authorization header of this one call with what aiohttp will drop.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
@pytest.mark.parametrize("by_org", [False, True])
async def test_an_install_over_oauth_ends_with_a_working_token(
    tmp_path: Path, by_org: bool
) -> None:
    async with Slack(scopes=["commands", "chat:write", "files:write"]) as slack:
        team = slack.team("T1", enterprise="E1" if by_org else "", installed=False, by_org=by_org)
        store = FileInstallationStore(base_dir=str(tmp_path), client_id=slack.client_id)
        app = AsyncApp(
            signing_secret=slack.signing_secret,
            client=AsyncWebClient(base_url=slack.api_url, retry_handlers=[]),
            oauth_settings=AsyncOAuthSettings(
                client_id=slack.client_id,
                client_secret=slack.client_secret,
                scopes=["commands", "chat:write", "files:write"],
                installation_store=store,
                state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(tmp_path)),
            ),
        )
        async with served(slack, app.web_app(path="/slack/events")):
            base = str(getattr(slack.transport, "url", "")).removesuffix("/slack/events")
            elsewhere = await install(slack, team, "U1", base, by_org=by_org, cookie="other=1")
            assert elsewhere.status == 400
            page = await install(slack, team, "U1", base, by_org=by_org, declined=["files:write"])
            assert page.status == 200
            again = await browse(f"{base}/slack/oauth_redirect?code=code.1&state=none")
            assert again.status == 400
        kept = await store.async_find_bot(
            enterprise_id="E1" if by_org else None, team_id="T1", is_enterprise_install=by_org
        )
        assert kept is not None
        assert kept.bot_token == team.bot_token
        assert team.install.scopes == {"commands", "chat:write"}
        assert team.person("U1").inbox.met
        slack.check()


async def test_a_reinstall_after_an_uninstall_has_a_new_token() -> None:
    async with Slack() as slack:
        team = slack.team("T1")
        old = team.bot_token
        client = AsyncWebClient(old, base_url=slack.api_url)
        await client.auth_revoke()
        code = slack.code(team, "U1")
        body = {"client_id": slack.client_id, "client_secret": slack.client_secret, "code": code}
        reply = await client.api_call("oauth.v2.access", data=body)
        assert reply["access_token"] == team.bot_token != old
        assert (await client.auth_test(token=team.bot_token))["team_id"] == "T1"
        slack.check()


async def test_requests_are_signed_as_the_sdk_expects() -> None:
    async with Slack() as slack:
        team = slack.team("T1")
        log: list[Json] = []
        app = small_app(slack, team.bot_token, log)
        async with served(slack, app.web_app()):
            way = slack.over_http(getattr(slack.transport, "url", ""))
            body = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
            kind = {"Content-Type": "application/json"}
            assert (await way.post(body, kind)).status == 200
            assert (await way.post(body, kind | {"X-Slack-Signature": "v0=0"})).status == 401
            old = kind | {"X-Slack-Request-Timestamp": "1000000000"}
            assert (await way.post(body, old)).status == 401


async def test_retries_carry_their_number_and_reason() -> None:
    async with Slack() as slack:
        team = slack.team("T1")
        app = AsyncApp(
            signing_secret=slack.signing_secret,
            client=AsyncWebClient(team.bot_token, base_url=slack.api_url),
        )
        seen: list[Any] = []

        @app.event("app_uninstalled")
        async def gone(request: Any) -> None:
            names = ("x-slack-retry-num", "x-slack-retry-reason")
            seen.append([request.headers.get(name) for name in names])
            slack.world.changed()

        async with served(slack, app.web_app()):
            await slack.event(team, {"type": "app_uninstalled"}, event_id="Ev1")
            await slack.event(team, {"type": "app_uninstalled"}, event_id="Ev1", retry=2)
            await slack.until(lambda: len(seen) == 2)
        assert seen == [[None, None], [["2"], ["http_timeout"]]]


@spec
def test_every_method_exists_and_requires_what_slack_requires() -> None:
    tiers = json.loads((SPEC / "rate_limit_tiers.json").read_text())
    paths = json.loads((SPEC / "slack_web_openapi_v2_without_examples.json").read_text())["paths"]
    for name, method in METHODS.items():
        assert name in tiers or f"/{name}" in paths, name
        for described in paths.get(f"/{name}", {}).values():
            for argument in described["parameters"]:
                # The description is of 2020: a trigger is now one of two ways to open a window,
                # and a code is not sent along when a token is refreshed.
                later = argument["name"] in {"trigger_id", "code", "token"}
                assert argument["name"] in method.known
                assert later or not argument.get("required") or argument["name"] in method.required


@spec
def test_payloads_have_no_field_that_slack_does_not_send() -> None:
    slack = Slack()
    ana = slack.team("T1").person("U1")
    samples = {path.stem: json.loads(path.read_text()) for path in (SPEC / "samples").glob("*")}
    view = slack.world.show(ana.inbox, {"type": "modal", "blocks": [], "title": {"text": "A"}})
    dm = slack.world.post(ana.inbox, {"text": "Hi"})
    action = {"type": "button", "action_id": "a"}
    sent = {
        "SlashCommandPayload": ana.payloads.command("/job", "", "C1", "1"),
        "ViewSubmissionPayload": ana.payloads.submission(view),
        "ViewClosedPayload": ana.payloads.closed(view, cleared=False),
        "BlockActionPayload": ana.payloads.action(dm, "b", action),
    }
    # Newer than the samples.
    newer = {"response_urls", "is_cleared"}
    for name, payload in sent.items():
        sample = samples[name]
        assert set(payload) - set(sample) <= newer, name
        for part in ("view", "container", "user", "team", "channel", "message"):
            if part in payload and part in sample:
                assert set(payload[part]) - set(sample[part]) <= {"blocks"}, (name, part)
