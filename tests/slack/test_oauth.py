"""Installing the app in workspaces, against a small Slack of our own over real HTTP."""

import asyncio
import logging
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.oauth.installation_store import FileInstallationStore, Installation
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.slack import oauth
from adapters.slack.manifest import REDIRECT_PATH, SCOPES
from adapters.slack.oauth import INSTALL_PATH, Installer
from adapters.slack.workspace import Workspace
from adapters.web.pages import page
from adapters.web.server import Server
from adapters.web.site import starlette_app

EVERY = ",".join(scope.name for scope in SCOPES)
TEAM: dict[str, Any] = {
    "ok": True,
    "app_id": "A1",
    "access_token": "xoxb-canary",
    "token_type": "bot",
    "scope": EVERY,
    "bot_user_id": "U0",
    "authed_user": {"id": "U1"},
    "team": {"id": "T1", "name": "Club <One>"},
    "enterprise": None,
    "is_enterprise_install": False,
}
ORG = TEAM | {
    "team": None,
    "enterprise": {"id": "E1", "name": "Big & Co"},
    "is_enterprise_install": True,
}


@dataclass
class Scene:
    """One browser, one server that is ours and Slack's, and what reached each."""

    browser: aiohttp.ClientSession
    installer: Installer
    store: FileInstallationStore
    answer: dict[str, Any]
    asked: list[dict[str, str]] = field(default_factory=list)
    welcomed: list[Workspace] = field(default_factory=list)
    broken: bool = False
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **query: str) -> tuple[int, str]:
        """What the browser shows; it keeps the cookies that it was given."""
        jar = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        async with self.browser.get(path, params=query, headers=jar) as response:
            for given in response.headers.getall("Set-Cookie", []):
                for name, morsel in SimpleCookie(given).items():
                    self.cookies[name] = morsel.value
                    assert morsel["secure"]
                    assert morsel["httponly"]
                    assert morsel["samesite"] == "lax"
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert response.headers["Cache-Control"] == "no-store"
            return response.status, unescape(await response.text())

    async def begin(self, **query: str) -> dict[str, str]:
        """Open the install page and give what its button asks Slack for."""
        status, shown = await self.get(INSTALL_PATH, **query)
        assert status == 200
        link = re.search(r'class="deed" href="([^"]+)">Add to Slack', shown)
        assert link
        url = urlsplit(link[1])
        assert f"{url.scheme}://{url.netloc}{url.path}" == "https://stand.in/authorize"
        return {name: values[0] for name, values in parse_qs(url.query).items()}

    async def install(self) -> tuple[int, str]:
        """The whole way: the page, Slack's yes, and back."""
        asked = await self.begin()
        return await self.get(REDIRECT_PATH, code="c0de", state=asked["state"])

    def found(self, **where: Any) -> Installation | None:
        """What is stored for an organization and a team."""
        place: dict[str, Any] = {"enterprise_id": None, "team_id": None} | where
        return self.store.find_installation(**place)


@asynccontextmanager
async def scene(folder: Path, answer: dict[str, Any] = TEAM) -> AsyncIterator[Scene]:
    """Everything in place, before anybody has installed anything."""

    async def access(request: Request) -> Response:
        fields = parse_qs((await request.body()).decode())
        scheme, _, pair = request.headers["authorization"].partition(" ")
        it.asked.append(
            {name: values[0] for name, values in fields.items()}
            | {"who": f"{scheme} {b64decode(pair).decode()}"}
        )
        return JSONResponse(it.answer)

    async def test(request: Request) -> Response:
        return JSONResponse(
            {"ok": True, "bot_id": "B1", "url": "https://x.slack.com/", "user_id": "U0"}
        )

    async def installed(workspace: Workspace) -> None:
        it.welcomed.append(workspace)
        if it.broken:
            raise RuntimeError("canary")

    async def ours(request: Request) -> Response:
        return await handler.handle(request)

    site = starlette_app(
        [
            Route(INSTALL_PATH, ours),
            Route(REDIRECT_PATH, ours),
            # Slack's half.
            Route("/api/oauth.v2.access", access, methods=["POST"]),
            Route("/api/auth.test", test, methods=["POST"]),
        ]
    )
    store = FileInstallationStore(base_dir=str(folder / "installations"), client_id="1.2")
    async with (
        Server(site, 0, "127.0.0.1") as server,
        aiohttp.ClientSession() as calls,
        aiohttp.ClientSession(
            f"http://127.0.0.1:{server.port}", cookie_jar=aiohttp.DummyCookieJar()
        ) as browser,
    ):
        client = AsyncWebClient(
            base_url=f"http://127.0.0.1:{server.port}/api/", session=calls, retry_handlers=[]
        )
        installer = Installer(
            client=client,
            client_id="1.2",
            client_secret="canary secret",
            installation_store=store,
            state_store=FileOAuthStateStore(
                expiration_seconds=600, base_dir=str(folder / "states"), client_id="1.2"
            ),
            public_url="https://jobs.example.com/",
            page=page,
            installed=installed,
            command="/hunt",
            authorization_url="https://stand.in/authorize",
        )
        handler = AsyncSlackRequestHandler(
            AsyncApp(client=client, signing_secret="s", oauth_flow=installer)
        )
        it = Scene(browser, installer, store, dict(answer))
        yield it


async def test_the_install_page_says_what_is_asked_for_and_who_sees_what(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        _, shown = await it.get(INSTALL_PATH)
    for scope in SCOPES:
        assert f"<dt>{scope.name}</dt><dd>{scope.why}" in shown
        assert (f"{scope.why} Optional" in shown) == scope.optional
    assert "may be an employer" in shown
    assert "Nothing is posted to any channel" in shown


async def test_the_button_asks_for_every_scope_with_a_state_bound_to_the_browser(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as it:
        asked = await it.begin()
        assert asked == {
            "client_id": "1.2",
            "scope": EVERY,
            "redirect_uri": "https://jobs.example.com/slack/oauth_redirect",
            "state": it.cookies["slack-app-oauth-state"],
        }
        assert (await it.begin())["state"] != asked["state"]


async def test_a_link_may_name_a_workspace_and_nothing_else(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        assert (await it.begin(team="T0123"))["team"] == "T0123"
        for team in ("T1&scope=admin", "x", "T1 ", ""):
            asked = await it.begin(team=team)
            assert "team" not in asked
            assert asked["scope"] == EVERY


async def test_an_install_is_stored_welcomed_and_followed_by_what_to_do_first(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as it:
        status, shown = await it.install()
        assert status == 200
        assert it.asked == [
            {
                "who": "Basic 1.2:canary secret",
                "code": "c0de",
                "redirect_uri": "https://jobs.example.com/slack/oauth_redirect",
            }
        ]
        found = it.found(team_id="T1")
        assert found
        assert (found.bot_token, found.bot_id, found.user_id) == ("xoxb-canary", "B1", "U1")
        assert it.welcomed == [Workspace("T1")]
        assert it.cookies["slack-app-oauth-state"] == "deleted"
    assert "Followthrough is now in Club <One>" in shown
    assert "slack://app?team=T1&id=A1&tab=home" in shown
    assert "https://app.slack.com/client/T1" in shown
    assert "Type /hunt" in shown
    assert "Home tab" in shown
    assert "Nothing is posted to any channel" in shown
    assert "Left out" not in shown
    assert "canary" not in shown


async def test_a_scope_that_was_declined_is_named_with_what_it_was_for(tmp_path: Path) -> None:
    async with scene(tmp_path, TEAM | {"scope": "commands,chat:write,users:read"}) as it:
        _, shown = await it.install()
    assert "Left out by your choice" in shown
    assert "<dt>files:write</dt>" in shown
    assert "<dt>commands</dt>" not in shown


async def test_an_organization_is_led_to_choose_its_workspaces(tmp_path: Path) -> None:
    async with scene(tmp_path, ORG) as it:
        status, shown = await it.install()
        found = it.found(enterprise_id="E1", is_enterprise_install=True)
    assert status == 200
    assert found
    assert found.is_enterprise_install
    assert found.enterprise_url == "https://x.slack.com/"
    assert "Followthrough may be used in Big & Co" in shown
    assert "https://app.slack.com/manage/E1/integrations/profile/A1/workspaces/add" in shown
    assert "slack://" not in shown


async def test_a_welcome_that_fails_is_said_and_the_token_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene(tmp_path) as it:
        it.broken = True
        status, shown = await it.install()
        assert it.found(team_id="T1")
    assert status == 503
    assert "Please try again" in shown
    assert "is now in" not in shown
    assert "installation failed step=welcome error=RuntimeError" in caplog.text
    assert "canary" not in caplog.text


async def test_who_says_no_is_told_that_nothing_was_kept(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        asked = await it.begin()
        status, shown = await it.get(REDIRECT_PATH, error="access_denied", state=asked["state"])
        assert not it.asked
        assert it.found(team_id="T1") is None
    assert status == 200
    assert "nothing was kept" in shown
    assert 'href="https://jobs.example.com/slack/install">Begin again' in shown


async def test_another_browser_and_a_used_state_begin_again(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        asked = await it.begin()
        kept = dict(it.cookies)
        it.cookies.clear()
        status, shown = await it.get(REDIRECT_PATH, code="c0de", state=asked["state"])
        assert status == 400
        assert "end in the browser where it began" in shown
        assert not it.asked

        it.cookies = dict(kept)
        assert (await it.get(REDIRECT_PATH, code="c0de", state=asked["state"]))[0] == 200
        it.cookies = dict(kept)
        status, shown = await it.get(REDIRECT_PATH, code="c0de", state=asked["state"])
        assert status == 400
        assert "has been used already" in shown
        assert len(it.asked) == 1


async def test_a_callback_without_anything_is_answered(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        assert (await it.get(REDIRECT_PATH))[0] == 400
        asked = await it.begin()
        status, shown = await it.get(REDIRECT_PATH, state=asked["state"])
        assert (status, "did not arrive whole" in shown) == (400, True)


async def test_a_reason_that_is_new_to_us_is_named_and_nonsense_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with scene(tmp_path) as it:
        _, shown = await it.get(REDIRECT_PATH, error="bad_redirect_uri")
        assert "it calls this bad_redirect_uri" in shown
        status, shown = await it.get(REDIRECT_PATH, error="<b>canary</b>\nforged")
    assert status == 400
    assert "it calls this unknown" in shown
    assert "canary" not in shown + caplog.text
    assert "forged" not in caplog.text


async def test_a_no_from_slack_or_no_answer_keeps_nothing_and_logs_no_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with scene(tmp_path, {"ok": False, "error": "invalid_code"}) as it:
        status, shown = await it.install()
        assert (status, "did not confirm" in shown) == (400, True)
        it.answer = {"ok": True}
        assert (await it.install())[0] == 400
        it.installer.client.base_url = "http://127.0.0.1:9/"
        assert (await it.install())[0] == 400
        assert it.found(team_id="T1") is None
        assert not it.welcomed
    assert "code=invalid_code" in caplog.text
    assert "c0de" not in caplog.text
    assert "canary" not in caplog.text


async def test_a_store_that_fails_is_our_fault_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene(tmp_path) as it:
        asked = await it.begin()
        # A file where the store wants a folder.
        (tmp_path / "installations").write_text("in the way")
        status, shown = await it.get(REDIRECT_PATH, code="c0de", state=asked["state"])
        assert (status, "on our side" in shown) == (503, True)
        assert not it.welcomed
    assert "installation failed" in caplog.text
    assert "canary" not in caplog.text


async def test_a_store_of_states_that_fails_is_answered_too(tmp_path: Path) -> None:
    (tmp_path / "states").write_text("in the way")
    async with scene(tmp_path) as it:
        status, shown = await it.get(INSTALL_PATH)
    assert (status, "on our side" in shown) == (503, True)


async def test_what_is_remembered_of_tokens_is_bounded_and_forgotten_on_departure(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as it:
        authorize: Any = it.installer.settings.authorize
        assert authorize.cache_enabled
        known = authorize.authorize_result_cache
        for number in range(oauth.REMEMBERED + 10):
            known[f"xoxb-{number}"] = AuthorizeResult(enterprise_id=None, team_id=f"T{number}")
        assert len(known) == oauth.REMEMBERED
        assert "xoxb-9" not in known
        known["xoxb-org"] = AuthorizeResult(enterprise_id="E1", team_id="E1")
        it.installer.forget(Workspace("T500"))
        assert "xoxb-500" not in known
        it.installer.forget(Workspace(enterprise="E1", whole_org=True))
        assert "xoxb-org" not in known
        assert len(known) == oauth.REMEMBERED - 2


async def test_a_second_install_forgets_what_was_known_of_the_first(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        authorize: Any = it.installer.settings.authorize
        known = authorize.authorize_result_cache
        known["xoxb-old"] = AuthorizeResult(enterprise_id=None, team_id="T1")
        await it.install()
        assert not known


async def test_installs_at_once_do_not_mix(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        pages = await asyncio.gather(*(it.get(INSTALL_PATH) for _ in range(5)))
        states = {state for _, shown in pages for state in re.findall(r"state=([^&\"]+)", shown)}
    assert len(states) == 5
