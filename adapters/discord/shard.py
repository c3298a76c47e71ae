"""One connection to Discord's gateway, kept up. Knows how it breaks; no event and no command.

The library's own loop gives up when a gateway hangs up before it has greeted, on any error while an
event is read, and after a thousand tries to begin; it waits up to 17 minutes, holds all shards up
while one of them waits, and begins a new session where the old one could go on. So the loop is
ours, and what is spoken over the connection is the library's.
"""

import asyncio
import logging
import math
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NoReturn

import structlog
from discord import ConnectionClosed
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from yarl import URL

from adapters.discord.client import Client
from adapters.discord.outcomes import asked_to_wait
from adapters.discord.reach import BadToken
from adapters.discord.starts import Starts
from adapters.settings import BadSetting

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Seconds: the longest pause of our own choice, and how long a connection has to last to be no
# trouble at all.
LONGEST, LASTING = 60.0, 30.0
# Seconds that opening a connection may take, and closing it.
OPENING, CLOSING = 60.0, 2.0
# Tries to go on with a session before it is given up: the machine that has it may be gone.
HOPE = 5
# https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway: how the gateway hangs
# up for good. The others are over sooner or later.
BAD_TOKEN = 4004
FOR_GOOD = {
    4010: "Discord does not know the shards that DISCORD_SHARDS names; mend it, or leave it out.",
    4011: "Discord wants more shards: raise DISCORD_SHARDS, or leave it out, and start again.",
    4012: "Discord's gateway no longer speaks as this version does; update Followthrough.",
    4013: "Discord does not know the intents that this version asks for; update Followthrough.",
    4014: "Discord does not let this app have the intents that it asks for; see its Bot page.",
}


class Shard:
    """A shard of `client`. `begin` tells where a session begins; it is asked before each.

    With `url` every connection goes there, also one that goes on with a session, wherever Discord
    would have it go.
    """

    def __init__(
        self,
        client: Client,
        number: int,
        starts: Starts,
        url: str,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._number = number
        self._starts = starts
        self._url = url
        self._clock = clock
        self._sleep = sleep
        self._socket: DiscordWebSocket | None = None
        self._session: str | None = None
        self._sequence: int | None = None
        self._resume_url = ""
        # Connections in a row that did not last.
        self._failures = 0

    @property
    def latency(self) -> float:
        """Seconds until Discord answered our last heartbeat; infinite while it has answered none.

        So it is finite for as long as the shard is connected and has a session, and no longer.
        """
        if self._socket is None or self._socket.session_id is None:
            return math.inf
        return self._socket.latency

    async def keep(self) -> NoReturn:
        """Stay connected until cancelled. Raises BadSetting when Discord hangs up for good."""
        while True:
            opened = self._clock()
            least = 0.0
            try:
                await self._open()
                opened = self._clock()
                while True:
                    await self._listen()
            except ReconnectWebSocket as told:
                why = "it was asked to" if told.resume else "its session is over"
                if not told.resume:
                    # As Discord asks, before the next session begins.
                    least = random.uniform(1, 5)
            except ConnectionClosed as closed:
                if closed.code == BAD_TOKEN:
                    raise BadToken from closed
                if closed.code in FOR_GOOD:
                    raise BadSetting(FOR_GOOD[closed.code]) from closed
                why = f"closed with {closed.code}"
            except Exception as error:
                # Also one in reading an event: what comes after it may be read.
                why = type(error).__name__
                least = asked_to_wait(error)
            await self.hang_up(4000)
            if self._clock() - opened >= LASTING:
                self._failures = 0
            if self._failures >= HOPE:
                self._session = None
            await self._sleep(self._pause(why, least))

    async def _open(self) -> None:
        if self._session is None:
            await self._starts.turn(self._number)
        url = self._url or (self._resume_url if self._session else "")
        if not url:
            url = (await self._starts.limit()).url
        async with asyncio.timeout(OPENING):
            self._socket = await DiscordWebSocket.from_client(
                self._client,
                initial=True,
                gateway=URL(url),
                shard_id=self._number,
                session=self._session,
                sequence=self._sequence,
                resume=self._session is not None,
            )

    async def _listen(self) -> None:
        assert self._socket is not None
        try:
            await self._socket.poll_event()
        finally:
            self._session = self._socket.session_id
            self._sequence = self._socket.sequence
            self._resume_url = str(self._socket.gateway)

    def _pause(self, why: str, least: float) -> float:
        """Seconds before the next try: none, then 1, 2, 4 and so on, a little less by chance.

        `least` are those that were asked for.
        """
        failures, self._failures = self._failures, self._failures + 1
        wait = min(2.0 ** (failures - 1), LONGEST) * random.uniform(0.75, 1) if failures else 0.0
        wait = max(wait, least)
        level = logging.WARNING if failures else logging.INFO
        log.log(level, "shard lost", shard=self._number, why=why, again_in=round(wait, 1))
        return wait

    async def hang_up(self, code: int = 1000) -> None:
        """Close the connection; 1000 ends the session with it."""
        socket, self._socket = self._socket, None
        if socket is not None:
            with suppress(Exception):
                async with asyncio.timeout(CLOSING):
                    await socket.close(code)
