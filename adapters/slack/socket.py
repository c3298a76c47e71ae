"""The socket that Socket Mode opens to Slack. Knows how it begins, breaks and ends; no request.

https://docs.slack.dev/apis/events-api/using-socket-mode/. slack_sdk connects again by itself, for
ever and whatever the reason, so it is left to it once Slack has been seen to answer.
"""

import asyncio
import logging
from types import TracebackType
from typing import Any, Self

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.background import Background
from adapters.settings import BadSetting
from adapters.slack.outcomes import code_of

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Seconds before the second try, and the most between two.
WAIT, LONGEST = 1.0, 60.0
# Seconds that whatever was asked may take to be acknowledged before the socket is closed. Slack
# itself waits three.
IN_HAND = 5.0
# Nothing but another token, or another setting of the app, can mend these.
_REFUSED = frozenset(
    {
        "account_inactive",
        "app_not_found",
        "forbidden_team",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "token_revoked",
    }
)


class _Told(logging.Filter):
    """Lets slack_sdk say that something is wrong, in our words: its own quote addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args, record.exc_info = "the socket is broken; trying again", (), None
        return record.levelno >= logging.ERROR


_sdk = logging.getLogger(f"{__name__}.sdk")
_sdk.addFilter(_Told())


class _Handler(AsyncSocketModeHandler):
    """slack_bolt's, which also knows what it has in hand."""

    def __init__(self, *known: Any, **how: Any) -> None:
        super().__init__(*known, **how)
        self._stopping = False
        self._in_hand: set[asyncio.Task[Any] | None] = set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as in slack_bolt
        if self._stopping:
            # Not acknowledged, so that Slack brings it to another socket, if it is an event.
            return
        task = asyncio.current_task()
        self._in_hand.add(task)
        try:
            await super().handle(client, req)
        finally:
            self._in_hand.discard(task)

    async def stop(self, seconds: float) -> None:
        """Take nothing more, acknowledge what was taken within `seconds`, and close."""
        self._stopping = True
        under_way = [task for task in self._in_hand if task]
        if under_way:
            await asyncio.wait(under_way, timeout=seconds)
        await self.close_async()  # type: ignore[no-untyped-call]  # slack_bolt forgot its types


class Socket:
    """`async with Socket(...)` keeps a socket open; entering does not wait until it is.

    Entering raises BadSetting for a token that Slack refuses. While Slack cannot be reached it is
    tried again and again, with a line in the log.
    """

    def __init__(
        self,
        app: AsyncApp,
        token: str,
        client: AsyncWebClient,
        background: Background,
        wait: float = WAIT,
    ) -> None:
        """`wait` is how many seconds pass before the second try; twice as many before the next."""
        self._app = app
        self._token = token
        self._client = client
        self._background = background
        self._wait = wait
        self._handler: _Handler | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a connection at this moment; Slack ends each after some hours."""
        if self._handler is None:
            return False
        client = self._handler.client
        assert isinstance(client, SocketModeClient)
        session = client.current_session
        return not client.closed and not client.stale and session is not None and not session.closed

    async def __aenter__(self) -> Self:
        reached = await self._reached()
        self._connecting = self._background.start(self._connect(reached))
        return self

    async def _connect(self, reached: bool) -> None:
        wait = self._wait
        while not reached:
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST)
            reached = await self._reached()
        # Made no earlier, since it opens a session of its own at once.
        self._handler = _Handler(self._app, self._token, web_client=self._client, logger=_sdk)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt forgot its types
        log.info("socket connected")

    async def _reached(self) -> bool:
        """Whether Slack would give a socket now. Raises BadSetting when it never will."""
        try:
            await self._client.apps_connections_open(app_token=self._token)
        except SlackApiError as error:
            code = code_of(error.response)
            if code in _REFUSED:
                raise BadSetting(f"Slack refuses SLACK_APP_TOKEN ({code}).") from error
            log.warning("Slack gives no socket yet; trying again", code=code or "none")
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("Slack cannot be reached yet; trying again", error=type(error).__name__)
        else:
            return True
        return False

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connecting.cancel()
        if self._handler is not None:
            await self._handler.stop(IN_HAND)
