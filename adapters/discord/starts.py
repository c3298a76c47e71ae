"""When the next session with Discord may begin. Knows the limit of a day and of five seconds.

https://docs.discord.com/developers/events/gateway#session-start-limit: whoever begins more sessions
a day than they may has their token taken away. The library asks for the limit and does not heed it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from adapters.discord.client import Client
from adapters.discord.outcomes import asked_to_wait

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Sessions that are left alone, for other processes that begin some at the same time.
SPARE = 10
# Seconds for which an answer of Discord's is believed: other processes begin sessions too.
FRESH = 60.0
# Seconds between two that begin in the same row.
SPACING = 5.0


@dataclass
class Limit:
    """What Discord says: shards it recommends, where, and how many sessions may still begin.

    `resets` and `asked` are times of our clock, in seconds; `at_once` is how many rows there are.
    """

    shards: int
    url: str
    total: int
    remaining: int
    resets: float
    at_once: int
    asked: float


class Starts:
    """The sessions that may begin. `clock` and `sleep` as in adapters.discord.reach."""

    def __init__(
        self,
        client: Client,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._clock = clock
        self._sleep = sleep
        self._limit: Limit | None = None
        self._not_before = clock()
        self._asking = asyncio.Lock()
        self._rows: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        # When the newest session of each row began.
        self._began: dict[int, float] = {}

    async def limit(self) -> Limit:
        """What Discord said within the last minute. Raises whatever discord.py does.

        Where Discord, or Cloudflare before it, has asked to wait, it is waited for here.
        """
        async with self._asking:
            if self._limit is None or self._clock() - self._limit.asked >= FRESH:
                if (left := self._not_before - self._clock()) > 0:
                    await self._sleep(left)
                try:
                    shards, url, told = await self._client.http.get_bot_gateway()
                except Exception as error:
                    self._not_before = self._clock() + asked_to_wait(error)
                    raise
                now = self._clock()
                self._limit = Limit(
                    shards=int(shards),
                    url=url,
                    total=int(told["total"]),
                    remaining=int(told["remaining"]),
                    resets=now + told["reset_after"] / 1000,
                    at_once=max(1, int(told["max_concurrency"])),
                    asked=now,
                )
            return self._limit

    async def room(self, sessions: int) -> Limit:
        """Wait until so many sessions may begin beside the spare ones, even if that takes a day."""
        while True:
            limit = await self.limit()
            if limit.remaining >= min(sessions + SPARE, limit.total):
                return limit
            seconds = max(1.0, limit.resets - self._clock())
            log.warning(
                "few gateway sessions left; waiting", left=limit.remaining, seconds=round(seconds)
            )
            await self._sleep(seconds)
            self._limit = None

    async def turn(self, shard: int) -> None:
        """Wait until this shard may begin a session, and count it. Raises as `limit` does."""
        row = shard % (await self.limit()).at_once
        async with self._rows[row]:
            if row in self._began:
                await self._sleep(max(0.0, self._began[row] + SPACING - self._clock()))
            (await self.room(1)).remaining -= 1
            self._began[row] = self._clock()
