"""Servers that have the bot, and people who added it to their own apps. Knows the store's ports.

https://docs.discord.com/developers/events/gateway-events#guild-delete tells of a server at once,
but only to whoever is connected: what was missed is seen at the next beginning.
"""

from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import chain, repeat

import structlog

from adapters.background import Background
from adapters.discord import PLATFORM
from bot.model import Who
from bot.ports import Store, Unavailable, Unit

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

UNINVITED = "the bot was removed from the server"
DEAUTHORIZED = "the bot was removed from this person's apps"
# Seconds before what could not be stored is tried again, the last of them for ever: Discord does
# not tell it twice. What the end of the program breaks off is mended at the next beginning.
WAITS = (1, 5, 30, 120, 600)
# By how much our clock and Discord's may differ, and how long a command may take.
ABOUT = timedelta(seconds=10)


class Servers:
    """What follows when an installation appears or goes. Instants are aware UTC."""

    def __init__(self, store: Store, background: Background, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._background = background
        self._clock = clock
        # What is still to be stored, in the order in which it came.
        self._news: deque[Callable[[Unit], None]] = deque()

    async def removed(self, server: int) -> None:
        """A server has removed the bot: whoever came through it alone departs."""
        now = self._clock()
        await self._stored(lambda unit: unit.shut(PLATFORM, f"g{server}", now, UNINVITED))

    async def added(self, server: int) -> None:
        """A server has the bot, perhaps again."""
        await self._stored(lambda unit: unit.reopen(PLATFORM, f"g{server}"))

    async def present(
        self, servers: Callable[[], Collection[int] | None], mine: Callable[[int], bool]
    ) -> None:
        """Mend whatever was missed while nobody was connected.

        `servers` tells which have the bot when it is asked, None when that is not known just then;
        `mine` are those that would be among them if they had it.
        """

        def mend(unit: Unit) -> None:
            there = servers()
            if there is None:
                # What comes with the next beginning mends it.
                return
            found = {
                int(entrance[1:]): is_open
                for entrance, is_open in unit.entrances(PLATFORM).items()
                if entrance.startswith("g") and mine(int(entrance[1:]))
            }
            open_ = [server for server, is_open in found.items() if is_open]
            if not there and len(open_) > 1:
                # No club goes unheard of together with all the others.
                log.warning("no servers; is this the token of another bot?", known=len(open_))
                return
            now = self._clock()
            for server, is_open in found.items():
                if server in there and not is_open:
                    unit.reopen(PLATFORM, f"g{server}")
                elif is_open and server not in there:
                    unit.shut(PLATFORM, f"g{server}", now, UNINVITED)

        await self._stored(mend)

    async def authorized(self, user: str, at: datetime | None = None) -> None:
        """Somebody added the bot to their own apps, at that time. Raises Unavailable.

        It counts as their having used it then, so that an older removal changes nothing.
        """
        who, then = Who(PLATFORM, user), at or self._clock()

        def arrive(unit: Unit) -> None:
            known = unit.look(who)
            # Whoever used it since has done so for all to see, or has removed it again.
            if known and (known[0].seen_at is None or known[0].seen_at <= then):
                unit.enter(who, then)

        await self._store.transact(arrive)

    async def deauthorized(self, user: str, at: datetime | None = None) -> None:
        """Somebody removed the bot from their own apps: nothing is sent. Raises Unavailable.

        Discord may tell it late, and again: whoever used or added the bot since then has it.
        """
        now = self._clock()
        then = at or now

        def depart(unit: Unit) -> None:
            known = unit.look(Who(PLATFORM, user))
            seen = known[0].seen_at if known else None
            if seen is not None and seen - then > ABOUT:
                log.info("removal outdated")
                return
            # Where Discord's clock is ahead of ours, using it at once takes it back all the same.
            unit.depart(PLATFORM, "", user, min(then, now), DEAUTHORIZED)

        await self._store.transact(depart)

    async def _stored(self, work: Callable[[Unit], None]) -> None:
        """Store news after all that came before; whoever is at it already stores these too."""
        self._news.append(work)
        if len(self._news) > 1:
            return
        while self._news:
            try:
                await self._at_last(self._news[0])
            except Exception as error:
                log.error("servers failed", error=type(error).__name__)
            self._news.popleft()

    async def _at_last(self, work: Callable[[Unit], None]) -> None:
        for wait in chain(WAITS, repeat(WAITS[-1])):
            try:
                await self._store.transact(work)
            except Unavailable:
                log.warning("servers not stored yet", servers=len(self._news), again_in=wait)
                await self._background.pause(wait)
            else:
                return
