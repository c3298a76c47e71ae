"""The way to Discord's REST, opened when first needed. Knows the token; no gateway, no command."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog
from discord import HTTPException, LoginFailure
from discord.http import Route

from adapters.discord.client import Client
from adapters.discord.outcomes import NotReached, asked_to_wait
from adapters.settings import BadSetting

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Seconds before Discord is asked again after it could not be reached, and the most between two
# unless it asks for more.
WAIT, LONGEST = 1.0, 60.0
# Seconds that one try may take.
TRY = 30.0
BAD_TOKEN = "Discord does not accept DISCORD_TOKEN; copy it anew from the Bot page."


class BadToken(NotReached, BadSetting):
    """Discord refuses the token, now and for ever: to whoever sends it is not reached, and the
    process ends by it.
    """

    def __init__(self) -> None:
        super().__init__(BAD_TOKEN)


class Reach:
    """`await reach()` is the client, signed in; at the first call that is done, for all who wait.

    `clock` gives seconds that only grow, and `sleep` lets some of them pass.
    """

    def __init__(
        self,
        client: Client,
        token: str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._token = token
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._why: BadSetting | None = None
        self._wait = WAIT
        self._not_before = clock()

    async def __call__(self) -> Client:
        """The client, signed in.

        Raises NotReached while Discord cannot be reached, without asking it again before a pause is
        over; and BadToken, which is one too, once Discord has refused the token.
        """
        if not self._client.signed_in:
            async with self._turn:
                await self._try()
        if isinstance(self._why, BadToken):
            raise self._why
        return self._client

    async def _try(self) -> None:
        if self._client.signed_in or isinstance(self._why, BadToken):
            return
        if self._clock() < self._not_before:
            raise NotReached("Discord could not be reached a moment ago")
        try:
            async with asyncio.timeout(TRY):
                await self._client.login(self._token)
        except LoginFailure as error:
            self.give_up(BadToken())
            raise BadToken from error
        except Exception as error:
            # Whatever it is: a network, a proxy's page, an answer that makes no sense.
            if isinstance(error, HTTPException) and error.status == 401:
                self.give_up(BadToken())
                raise BadToken from error
            wait, self._wait = self._wait, min(self._wait * 2, LONGEST)
            wait = max(wait, asked_to_wait(error))
            self._not_before = self._clock() + wait
            log.warning(
                "Discord cannot be reached; trying again",
                error=type(error).__name__,
                again_in=round(wait),
            )
            raise NotReached(type(error).__name__) from error

    async def at_last(self) -> Client:
        """The client, signed in, however long that takes. Raises BadToken."""
        while True:
            try:
                return await self()
            except BadToken:
                raise
            except NotReached:
                await self._sleep(max(0.0, self._not_before - self._clock()))

    def give_up(self, why: BadSetting) -> None:
        """Have the process end with this sentence: nothing but another setting can mend it."""
        self._why = self._why or why
        self._client.alarm.set()

    async def ended(self) -> NoReturn:
        """Sign in, and wait for what only another setting can mend; raises that BadSetting."""
        await self.at_last()
        while True:
            await self._client.alarm.wait()
            self._client.alarm.clear()
            if self._why is None and await self._refused():
                self._why = BadToken()
            if self._why is not None:
                raise self._why

    async def _refused(self) -> bool:
        """Whether the token is to blame for an answer that said so."""
        try:
            await self._client.http.request(Route("GET", "/users/@me"))
        except HTTPException as error:
            return error.status == 401
        except Exception as error:
            log.warning("token cannot be checked", error=type(error).__name__)
        return False
