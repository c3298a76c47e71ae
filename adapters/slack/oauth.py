"""Installs the app in any number of workspaces. Knows Slack's OAuth; not how pages look.

Bolt's flow with pages of our own, and without what it would log or pass on unchecked.
https://docs.slack.dev/authentication/installing-with-oauth/
"""

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import Response

from adapters.slack.installing import after, before, code, failed
from adapters.slack.manifest import REDIRECT_PATH, SCOPES, Scope
from adapters.slack.outcomes import code_of
from adapters.slack.workspace import Workspace
from bot.message import Message

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

INSTALL_PATH = "/slack/install"
AUTHORIZE = "https://slack.com/oauth/v2/authorize"
# A workspace that is not among them costs one more call to Slack, `auth.test`.
REMEMBERED = 2000

_STATUS = {"access_denied": 200, "storage_error": 503}


class Installer(AsyncOAuthFlow):
    """What `AsyncApp(oauth_flow=…)` takes; serves `GET` of `INSTALL_PATH` and of `REDIRECT_PATH`.

    `client` calls Slack (its base address included) and `page` makes a message into what a browser
    shows. `installed` is awaited once an installation is stored; when it fails, whoever installs is
    asked to do it again: the token is kept, but the old departure may still count. Every scope of
    `asked` goes into Slack's question, the optional ones too: that they are optional is in the
    app's manifest, and Slack asks about them one by one.
    """

    def __init__(
        self,
        *,
        client: AsyncWebClient,
        client_id: str,
        client_secret: str,
        installation_store: AsyncInstallationStore,
        state_store: AsyncOAuthStateStore,
        public_url: str,
        page: Callable[[Message, int], Response],
        installed: Callable[[Workspace], Awaitable[object]],
        name: str = "Followthrough",
        command: str = "/job",
        asked: Sequence[Scope] = SCOPES,
        authorization_url: str = AUTHORIZE,
    ) -> None:
        root = public_url.rstrip("/")
        settings = AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=[one.name for one in asked],
            # Without a list, Bolt would read one from the environment.
            user_scopes=[],
            redirect_uri=root + REDIRECT_PATH,
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            callback_options=AsyncCallbackOptions(self._succeeded, self._failed),
            authorization_url=authorization_url,
            installation_store=installation_store,
            # We ask for no user's token, so one look into the database is enough and not two.
            installation_store_bot_only=True,
            state_store=state_store,
        )
        # Typed as its parent, which has none of what follows.
        authorize: Any = settings.authorize
        assert isinstance(authorize, AsyncInstallationStoreAuthorize)
        authorize.cache_enabled = True
        authorize.authorize_result_cache = self._known = _Known()
        # Its own client would ask Slack itself, whatever address we were given.
        authorize.token_rotator = AsyncTokenRotator(
            client_id=client_id, client_secret=client_secret, client=client
        )
        super().__init__(client=client, settings=settings)
        self._asked = tuple(asked)
        self._install_url = root + INSTALL_PATH
        self._page = page
        self._installed = installed
        self._name = name
        self._command = command

    def forget(self, workspace: Workspace) -> None:
        """Drop what is remembered of a workspace's token, once that is deleted or replaced."""
        self._known.forget(workspace)

    async def handle_installation(self, request: AsyncBoltRequest) -> BoltResponse:
        try:
            state = await self.issue_new_state(request)
        except Exception as error:
            return self._unable("begin", error)
        url = await self.build_authorize_url(state, request)
        cookie = self.settings.state_utils.build_set_cookie_for_new_state(state)
        return self._answer(before(self._name, self._asked, url), 200, cookie)

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        asked = {
            "client_id": self.client_id,
            "scope": ",".join(one.name for one in self._asked),
            "redirect_uri": self.redirect_uri or "",
            "state": state,
        }
        # A link may name the workspace that is meant; Bolt would pass on whatever stands there.
        team = (request.query.get("team") or [""])[0]
        if re.fullmatch(r"[TE][A-Z0-9]{1,30}", team):
            asked["team"] = team
        return f"{self.settings.authorization_url}?{urlencode(asked)}"

    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        try:
            return await super().handle_callback(request)
        except Exception as error:
            return self._unable("end", error)

    async def run_installation(self, code: str) -> Installation | None:
        """The installation that Slack gives for the code; None when it gives none.

        Bolt's own writes the code into the log, and lets a lost connection through.
        """
        try:
            # The client's own method for it warns of what aiohttp is going to drop.
            pair = f"{self.settings.client_id}:{self.settings.client_secret}"
            given = await self.client.api_call(
                "oauth.v2.access",
                data={"code": code, "redirect_uri": self.redirect_uri},
                headers={"Authorization": f"Basic {b64encode(pair.encode()).decode()}"},
            )
            known = await self.client.auth_test(token=given["access_token"])
            team, org = given.get("team") or {}, given.get("enterprise") or {}
            whole = bool(given.get("is_enterprise_install"))
            return Installation(
                app_id=given.get("app_id"),
                enterprise_id=org.get("id"),
                enterprise_name=org.get("name"),
                enterprise_url=known.get("url") if whole else None,
                team_id=team.get("id"),
                team_name=team.get("name"),
                bot_token=given["access_token"],
                bot_id=known.get("bot_id"),
                bot_user_id=given.get("bot_user_id"),
                bot_scopes=given.get("scope") or "",
                bot_refresh_token=given.get("refresh_token"),
                bot_token_expires_in=given.get("expires_in"),
                user_id=given["authed_user"]["id"],
                is_enterprise_install=whole,
                token_type=given.get("token_type"),
            )
        except SlackApiError as error:
            log.warning("no installation", code=code_of(error.response))
        except Exception as error:
            log.warning("no installation", error=type(error).__name__)
        return None

    async def store_installation(
        self, request: AsyncBoltRequest, installation: Installation
    ) -> None:
        try:
            await super().store_installation(request, installation)
        except Exception as error:
            log.error("installation failed", error=type(error).__name__)
            raise BoltError("the installation could not be stored") from None

    async def _succeeded(self, args: AsyncSuccessArgs) -> BoltResponse:
        installation = args.installation
        whole = installation.is_enterprise_install
        workspace = Workspace.installed(installation.team_id, installation.enterprise_id, whole)
        log.info("installed", workspace=workspace.key)
        self.forget(workspace)
        try:
            await self._installed(workspace)
        except Exception as error:
            return self._unable("welcome", error)
        words = after(self._name, self._command, self._asked, installation)
        return self._answer(words, 200, self._cookie_gone())

    async def _failed(self, args: AsyncFailureArgs) -> BoltResponse:
        words = failed(self._name, args.reason, self._install_url)
        log.info("no installation", why=code(args.reason))
        return self._answer(words, _STATUS.get(args.reason, 400), self._cookie_gone())

    def _unable(self, when: str, error: Exception) -> BoltResponse:
        log.error("installation failed", step=when, error=type(error).__name__)
        words = failed(self._name, "storage_error", self._install_url)
        return self._answer(words, _STATUS["storage_error"], self._cookie_gone())

    def _answer(self, words: Message, status: int, cookie: str) -> BoltResponse:
        shown = self._page(words, status)
        headers: dict[str, Any] = {**shown.headers, "set-cookie": [cookie]}
        return BoltResponse(status=status, body=bytes(shown.body).decode(), headers=headers)

    def _cookie_gone(self) -> str:
        return self.settings.state_utils.build_set_cookie_for_deletion()


class _Known(dict[str, AuthorizeResult]):
    """Whom tokens belong to, the newest `REMEMBERED` of them; Bolt's own grows for ever."""

    def __setitem__(self, token: str, result: AuthorizeResult) -> None:
        if token not in self and len(self) >= REMEMBERED:
            del self[next(iter(self))]
        super().__setitem__(token, result)

    def forget(self, workspace: Workspace) -> None:
        """Drop what may be the workspace's: too much costs a call, too little keeps a token."""
        for token, result in list(self.items()):
            org = workspace.enterprise if workspace.whole_org else ""
            if result.team_id == workspace.team or (org and result.enterprise_id == org):
                del self[token]
