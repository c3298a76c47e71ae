"""One connection pool and, for each workspace, a client with its token. Knows no message.

Nothing here repeats a call by itself: slack_sdk's own retry has posted a message twice when the
answer was lost, so `retry_handlers` is empty and aiohttp repeats no POST.
One task has a workspace's token renewed while the others wait for it, and no time-out of theirs
breaks it off between Slack's answer and our keeping it.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import utc_now
from adapters.slack.outcomes import INSTALL, code_of
from adapters.slack.tokens import REMEMBERED, NotInstalled, NotNow, Tokens

# For slack_sdk, which writes whole messages at DEBUG: it asks for the level and then logs.
quiet = logging.getLogger(f"{__name__}.web")
quiet.setLevel(logging.INFO)
quiet.addFilter(lambda record: record.levelno > logging.DEBUG)

SLACK = "https://slack.com/api/"
# A whole call, and the part of it before anything is sent.
SECONDS, CONNECT_SECONDS = 10.0, 5.0
# How many clients are remembered.
CLIENTS = 1000
# A token that Slack refused is not used for messages this long.
SPARED = timedelta(minutes=10)


@dataclass(frozen=True)
class _Known:
    client: AsyncWebClient
    until: datetime


@dataclass(frozen=True)
class _Refused:
    token: str = field(repr=False)
    until: datetime
    why: str


class Clients:
    """Clients by workspace key, from one token or from an installation store.

    `rotation` is the app's client id and secret, without which no token is renewed. Every client
    uses one shared session, made in the running loop when first needed; `aclose` closes it.
    """

    def __init__(
        self,
        base_url: str = SLACK,
        *,
        token: str = "",
        store: AsyncInstallationStore | None = None,
        rotation: tuple[str, str] | None = None,
        seconds: float = SECONDS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.base_url = base_url
        self._token = token
        self._tokens = Tokens(store, rotation, lambda: self._new(None), clock)
        self._seconds = seconds
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._refused: OrderedDict[str, _Refused] = OrderedDict()
        self._tasks: set[asyncio.Task[AsyncWebClient]] = set()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session that all clients share."""
        if self._session is None or self._session.closed:
            # slack_sdk's own time-out does not apply to a session that it is given.
            limits = aiohttp.ClientTimeout(
                total=self._seconds, connect=min(CONNECT_SECONDS, self._seconds / 2)
            )
            self._session = aiohttp.ClientSession(timeout=limits)
        return self._session

    async def client(self, key: str) -> AsyncWebClient:
        """The workspace's client. Raises NotInstalled, or NotNow when nobody can say."""
        if self._token:
            # One token serves every key.
            key = ""
        known = self._remembered(key)
        if known is not None:
            return known
        if self._token:
            return self._remember(key, self._new(self._token), self._clock() + REMEMBERED)
        return await self._unbroken(self._open(key, None))

    async def renewed(self, key: str, token: str) -> AsyncWebClient:
        """The workspace's client after Slack called `token` expired; raises as `client` does."""
        if self._token:
            raise NotInstalled("the bot's token has expired and is not one that can be renewed")
        return await self._unbroken(self._open(key, token))

    async def call(
        self, key: str, do: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]
    ) -> AsyncSlackResponse:
        """`do` with the workspace's client; once more if there is a new token for one that ended.

        Raises as `client` does, and whatever slack_sdk and aiohttp raise. After Slack refused a
        token it is not asked with that one for `SPARED`: that is NotInstalled.
        """
        client = await self._taken(key)
        token = client.token or ""
        try:
            return await do(client)
        except SlackApiError as error:
            code = code_of(error.response)
            if code == "token_expired":
                other = await self.renewed(key, token)
            elif code in INSTALL:
                found = await self._replaced(key, token, INSTALL[code])
                if found is None:
                    raise
                other = found
            else:
                raise
        return await do(other)

    async def _taken(self, key: str) -> AsyncWebClient:
        """The workspace's client, unless Slack has just refused its token."""
        client = await self.client(key)
        refused = self._refused.get(key)
        if refused is None or client.token != refused.token or self._clock() >= refused.until:
            return client
        # Another process may have stored a new token: it is looked for each time.
        self._known.pop(key, None)
        raise NotInstalled(refused.why)

    async def _replaced(self, key: str, token: str, why: str) -> AsyncWebClient | None:
        """The client with the token that has taken the place of a refused one, if one has.

        Another process may have seen the new install. Raises NotNow.
        """
        self._drop(key, token)
        try:
            client = await self.client(key)
        except NotInstalled:
            client = None
        if client is not None and client.token != token:
            return client
        self._drop(key, token)
        if len(self._refused) >= CLIENTS:
            self._refused.popitem(last=False)
        self._refused[key] = _Refused(token, self._clock() + SPARED, why)
        return None

    def _drop(self, key: str, token: str) -> None:
        """Forget that token alone: one that was renewed meanwhile is kept nowhere else."""
        known = self._known.get(key)
        if known is not None and known.client.token == token:
            del self._known[key]
        self._tokens.drop(key, token)

    def forget(self, key: str) -> None:
        """Drop what is remembered of a workspace, after it removed the bot or a token changed."""
        self._known.pop(key, None)
        self._tokens.forget(key)
        self._refused.pop(key, None)

    async def aclose(self) -> None:
        """Finish renewals under way and close the shared session."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._known.clear()
        if self._session is not None:
            await self._session.close()

    def _new(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(
            token=token,
            base_url=self.base_url,
            timeout=max(1, int(self._seconds)),
            session=self.session,
            retry_handlers=[],
            logger=quiet,
        )

    def _remembered(self, key: str) -> AsyncWebClient | None:
        known = self._known.get(key)
        if known is None or known.until <= self._clock():
            return None
        self._known.move_to_end(key)
        return known.client

    def _remember(self, key: str, client: AsyncWebClient, until: datetime) -> AsyncWebClient:
        self._known[key] = _Known(client, until)
        self._known.move_to_end(key)
        if len(self._known) > CLIENTS:
            self._known.popitem(last=False)
        return client

    async def _unbroken(self, work: Coroutine[Any, Any, AsyncWebClient]) -> AsyncWebClient:
        """Await the work, which goes on to its end when the caller is cancelled or gives up."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(task)
        except TimeoutError:
            raise NotNow("the token took too long") from None

    def _finished(self, task: asyncio.Task[AsyncWebClient]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Looked at, so that asyncio does not complain when nobody waits any more.
            task.exception()

    async def _open(self, key: str, expired: str | None) -> AsyncWebClient:
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self._remembered(key)
            if known is not None and known.token != expired:
                return known
            token, until = await self._tokens.usable(key, expired)
            return self._remember(key, self._new(token), until)
