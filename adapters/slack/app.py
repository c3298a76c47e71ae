"""Slack put together: Bolt, what listens, what sends. Knows no storage but its ports.

Acknowledgements: with `process_before_response` Bolt answers when the listener returns; without it,
it looks every 10 ms whether the listener has acknowledged, which costs 10 ms each time (measured;
see docs/benchmarks.md). Our listeners return as soon as they have acknowledged.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.background import Background
from adapters.checks import CONNECTED, CONNECTIONS, Level, State
from adapters.front import Answered, uncounted
from adapters.slack import utc_now
from adapters.slack.clients import Clients
from adapters.slack.credentials import Credentials
from adapters.slack.front import NOTICE, SlackFront
from adapters.slack.lifecycle import Lifecycle
from adapters.slack.listening import Listening
from adapters.slack.manifest import EVENTS_PATH, REDIRECT_PATH, scopes_for
from adapters.slack.messenger import SlackMessenger
from adapters.slack.oauth import INSTALL_PATH, Installer
from adapters.slack.pacing import messages
from adapters.slack.people import People
from adapters.slack.remembering import Remembering
from adapters.slack.socket import WAIT, Socket
from adapters.slack.token import greet, works
from adapters.slack.workspace import Workspace
from bot.command import Registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Message
from bot.ports import Store

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# The database may also be out of reach: Bolt cannot tell the two apart.
UNINSTALLED = "I cannot work here just now. If this stays, somebody has to install me again."
# The fact about workspaces that refuse us, and what an operator reads of them.
REFUSING, REFUSED = "refusing", "a workspace refuses the bot's token"
# What Bolt says at other levels may quote a request.
_QUIET = logging.getLogger("slack_bolt.quiet")
_QUIET.setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Installs:
    """For any number of workspaces: where installations are kept, and how pages look."""

    store: AsyncInstallationStore
    states: AsyncOAuthStateStore
    page: Callable[[Message, int], Response]


class Slack:
    """Slack, ready to listen and to send. To be made inside a running event loop."""

    def __init__(
        self,
        credentials: Credentials,
        store: Store,
        registry: Registry,
        letters: Letters,
        installs: Installs | None = None,
        clock: Callable[[], datetime] = utc_now,
        background: Background | None = None,
        answered: Answered = uncounted,
    ) -> None:
        self._credentials = credentials
        self._socket: Socket | None = None
        self._clock = clock
        self.background = background or Background()
        rotation = (credentials.client_id, credentials.client_secret)
        self.clients = Clients(
            credentials.api_url,
            token=credentials.bot_token,
            store=installs.store if installs else None,
            rotation=rotation if installs else None,
        )
        self._pacing = messages()
        self._people = People(self.clients)
        # What arrived waits for an answer now, and the Home tab shows it.
        self.messenger = SlackMessenger(
            self.clients,
            self._pacing,
            clock,
            lambda account: self.front.changed(account),  # noqa: PLW0108  # made further down
        )
        desk = Desk(store, registry, letters, NOTICE, f"{credentials.command} ")
        self.front = SlackFront(
            desk, self.clients, self._people, self.messenger, self.background, clock, answered
        )
        self._lifecycle = Lifecycle(
            store, clock, self._forget, self._works, installs.store if installs else None
        )
        self._remembering = Remembering(installs.store) if installs else None
        self._installer = (
            self._install(installs, self._remembering) if installs and self._remembering else None
        )
        self.bolt = self._bolt()
        Listening(self.front, self._lifecycle, credentials.command).attach(self.bolt)

    def _client(self, token: str = "") -> AsyncWebClient:
        return AsyncWebClient(
            token=token or None,
            base_url=self._credentials.api_url,
            session=self.clients.session,
            logger=_QUIET,
        )

    def _install(self, installs: Installs, store: AsyncInstallationStore) -> Installer:
        return Installer(
            client=self._client(),
            client_id=self._credentials.client_id,
            client_secret=self._credentials.client_secret,
            installation_store=store,
            state_store=installs.states,
            public_url=self._credentials.public_url,
            page=installs.page,
            installed=self._lifecycle.arrived,
            command=self._credentials.command,
            asked=scopes_for(self.front.desk.registry),
        )

    def _forget(self, workspace: Workspace) -> None:
        """Drop what this process remembers of a workspace, its token above all."""
        self.clients.forget(workspace.key)
        self._people.forget(workspace.key)
        self._pacing.forget(workspace.key)
        self.messenger.forget(workspace.key)
        if self._remembering and self._installer:
            self._remembering.forget(workspace)
            self._installer.forget(workspace)

    async def _works(self, token: str) -> bool:
        return await works(self._asking(token or self._credentials.bot_token))

    def _asking(self, token: str) -> AsyncWebClient:
        """A client that tries nothing again by itself."""
        client = self._client(token)
        client.retry_handlers = []
        return client

    async def greeted(self, wait: float = WAIT) -> None:
        """Learn which workspace the token in the environment is for: it has the bot now.

        Nobody else tells of its install. Goes on until that is done, and raises BadSetting when
        Slack refuses the token; `wait` is how many seconds pass before the second try.
        """
        if not self._credentials.many:
            token = self._credentials.bot_token
            await greet(self._asking(token), self._lifecycle.arrived, wait)

    def _bolt(self) -> AsyncApp:
        known: dict[str, Any] = (
            # Without a client of ours Bolt would ask Slack itself, whatever address we were given.
            {"oauth_flow": self._installer, "client": self._client()}
            if self._installer
            else {"client": self._client(self._credentials.bot_token)}
        )
        app = AsyncApp(
            logger=_QUIET,
            process_before_response=True,
            # The guard in front of it has checked the signature; a socket needs none.
            request_verification_enabled=False,
            signing_secret=self._credentials.signing_secret or "unused",
            user_facing_authorize_error_message=UNINSTALLED,
            **known,
        )

        @app.error
        async def failed(error: Exception) -> None:
            log.error("listener failed", error=type(error).__name__)

        return app

    def routes(
        self,
        signed: Callable[[ASGIApp], ASGIApp],
        public: Callable[[ASGIApp], ASGIApp],
    ) -> Sequence[BaseRoute]:
        """What is served over HTTP.

        `signed` turns away what Slack has not signed, `public` what no browser would send.
        """
        handler = AsyncSlackRequestHandler(self.bolt)

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            response = await handler.handle(Request(scope, receive))
            await response(scope, receive, send)

        found = [Route(EVENTS_PATH, signed(serve), methods=["POST"])]
        if self._installer:
            paths = (INSTALL_PATH, REDIRECT_PATH)
            found += [Route(path, public(serve), methods=["GET"]) for path in paths]
        return found

    def socket(self, wait: float = WAIT) -> Socket:
        """The socket to Slack, for Socket Mode; to be entered. `wait`: see there."""
        # It tries again itself, and says so.
        client = self._asking("")
        self._socket = Socket(self.bolt, self._credentials.app_token, client, self.background, wait)
        return self._socket

    def state(self) -> State:
        """Whether the socket is connected, if there is one, and every workspace lets us send.

        Degraded from the first message that a workspace refused the whole bot, until it takes one.
        """
        facts: dict[str, float] = {}
        if self._socket is not None:
            facts |= {CONNECTIONS: 1.0, CONNECTED: float(self._socket.connected)}
        if self.messenger.refusing:
            facts[REFUSING] = float(self.messenger.refusing)
        if self._socket is not None and not self._socket.connected:
            return State(Level.UNAVAILABLE, "no socket is open", facts)
        if self.messenger.refusing:
            return State(Level.DEGRADED, REFUSED, facts)
        return State(facts=facts)

    async def close(self, seconds: float = 5) -> None:
        """Finish what is under way, for at most so many seconds, and let go of the network."""
        await self.background.finish(seconds)
        await self._people.aclose()
        await self.clients.aclose()
