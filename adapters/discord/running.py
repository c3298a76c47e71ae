"""The gateway: which shards this process has, and that each is kept up. Knows no event, no command.

With DISCORD_GATEWAY_URL, as for a proxy, every connection goes there. A proxy in that place has to
know a session that goes on by its id, or say that it is over, as Discord does (op 9); the address
to go on at that it passes on is not used.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import NoReturn, Self

import structlog

from adapters.discord.credentials import Credentials, Shards
from adapters.discord.reach import LONGEST, WAIT, Reach
from adapters.discord.shard import Shard
from adapters.discord.starts import Limit, Starts
from adapters.settings import BadSetting

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


class Gateway:
    """`async with Gateway(...)` keeps the shards connected; entering does not wait until they are.

    What only another setting can mend ends up in `reach.ended()`. `clock`, `sleep`: as in `Reach`.
    """

    def __init__(
        self,
        reach: Reach,
        credentials: Credentials,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._reach = reach
        self._credentials = credentials
        self._clock = clock
        self._sleep = sleep
        self._shards: list[Shard] = []

    @property
    def latencies(self) -> Sequence[float]:
        """Each shard's, as there; none before it is known which shards there are."""
        return [shard.latency for shard in self._shards]

    async def run(self) -> NoReturn:
        """Keep the shards connected until cancelled. Raises BadSetting when that cannot be."""
        client = await self._reach.at_last()
        starts = Starts(client, self._clock, self._sleep)
        limit = await self._limit(starts)
        shards = self._credentials.shards or Shards(tuple(range(limit.shards)), limit.shards)
        client.take(shards)
        url = self._credentials.gateway_url
        self._shards = [
            Shard(client, number, starts, url, self._clock, self._sleep) for number in shards.ids
        ]
        try:
            async with asyncio.TaskGroup() as group:
                for shard in self._shards:
                    group.create_task(shard.keep())
        except* BadSetting as several:
            why = several.exceptions[0]
        raise why

    async def _limit(self, starts: Starts) -> Limit:
        """Discord's limit, once it has room for every shard there is, in whatever process."""
        wait = WAIT
        while True:
            try:
                limit = await starts.limit()
                every = self._credentials.shards
                return await starts.room(every.count if every else limit.shards)
            except Exception as error:
                log.warning("no gateway yet; trying again", error=type(error).__name__)
            await self._sleep(wait)
            wait = min(wait * 2, LONGEST)

    async def _kept(self) -> None:
        try:
            await self.run()
        except BadSetting as why:
            self._reach.give_up(why)

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._kept(), name="gateway")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.cancel()
        await asyncio.wait({self._running})
        await asyncio.gather(*(shard.hang_up() for shard in self._shards))
