"""Brings a few people of a server together in a private thread. Knows threads; no message.

A thread says who is in it, and its name is shown to them and to the server's moderators, so that
it tells nothing: https://docs.discord.com/developers/topics/threads#private-threads
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from adapters.discord.outcomes import Ended, ended
from adapters.discord.requests import Requests
from adapters.discord.rooms import brought, opened
from bot.delivery import Gone

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

NAME = "A conversation"
# Threads remembered, so that another try does not open another.
REMEMBERED = 1000


class Introducing:
    """Opens a thread once for each key in a channel, as long as this process remembers it.

    An answer that comes too late is remembered as well. Whatever thread an answer was lost of is
    left empty, and archives itself.
    """

    def __init__(self, requests: Requests, clock: Callable[[], datetime]) -> None:
        self._requests = requests
        self._clock = clock
        self._threads: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def together(
        self, users: Sequence[str], channel: str, key: str, until: float
    ) -> str | Ended:
        """The id of a thread in which these people and nobody else are; or why there is none.

        When one of them cannot be brought there the others are let go again.
        """
        about = (channel, key)
        try:
            thread = self._threads.get(about)
            if thread is None:
                thread = await self._requests.thread(
                    channel, NAME, until, lambda made: self._remember(about, made)
                )
        except Exception as error:
            now = self._clock()
            return opened(ended(error, now), now)
        for user in users:
            try:
                await self._requests.bring(thread, user, until)
            except Exception as error:
                now = self._clock()
                end = brought(ended(error, now), now)
                if isinstance(end.outcome, Gone):
                    self.forget(channel, key)
                    await self._let_go(thread, users, until)
                return end
        return thread

    def forget(self, channel: str, key: str) -> None:
        """Open another thread for this key when it is tried again: the one there was is lost."""
        self._threads.pop((channel, key), None)

    def _remember(self, about: tuple[str, str], thread: str) -> None:
        self._threads[about] = thread
        if len(self._threads) > REMEMBERED:
            self._threads.popitem(last=False)

    async def _let_go(self, thread: str, users: Sequence[str], until: float) -> None:
        """Leave nobody in a thread in which nothing will be said; as far as that goes."""
        for user in users:
            try:
                await self._requests.let_go(thread, user, until)
            except Exception as error:
                log.info("not let go", code=ended(error, self._clock()).code)
