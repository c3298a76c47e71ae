"""Servers that have the bot, and people who added it to their own apps. Knows the store's ports.

https://docs.discord.com/developers/events/gateway-events#guild-delete tells of a server at once,
but only to whoever is connected: what was missed is seen at the next beginning.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime

from adapters.background import Background
from adapters.discord import PLATFORM
from bot.ports import Store, Unavailable, Unit

log = logging.getLogger(__name__)

REMOVED = "the bot was removed from the server"
DEAUTHORIZED = "the bot was removed from this person's apps"
# Seconds before what could not be stored is tried again; Discord does not tell it twice.
WAITS = (1, 5, 30, 120, 600)


class Servers:
    """What follows when an installation appears or goes."""

    def __init__(self, store: Store, background: Background, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._background = background
        self._clock = clock

    async def removed(self, server: int) -> None:
        """A server has removed the bot: whoever came through it alone departs."""
        now = self._clock()
        await self._stored(lambda unit: unit.shut(PLATFORM, f"g{server}", now, REMOVED))

    async def added(self, server: int) -> None:
        """A server has the bot, perhaps again."""
        await self._stored(lambda unit: unit.reopen(PLATFORM, f"g{server}"))

    async def present(self, servers: Collection[int], mine: Callable[[int], bool]) -> None:
        """These servers have the bot now; `mine` are those that would be named here if they had.

        Mends whatever was missed while nobody was connected.
        """
        now = self._clock()

        def mend(unit: Unit) -> None:
            for entrance, is_open in unit.entrances(PLATFORM).items():
                if not entrance.startswith("g") or not mine(int(entrance[1:])):
                    continue
                there = int(entrance[1:]) in servers
                if there and not is_open:
                    unit.reopen(PLATFORM, entrance)
                elif is_open and not there:
                    unit.shut(PLATFORM, entrance, now, REMOVED)

        await self._stored(mend)

    async def authorized(self, user: str) -> None:
        """Somebody added the bot to their own apps. Raises Unavailable."""
        await self._store.transact(lambda unit: unit.arrive(PLATFORM, "", user))

    async def deauthorized(self, user: str) -> None:
        """Somebody removed the bot from their own apps: nothing is sent. Raises Unavailable."""
        now = self._clock()
        await self._store.transact(lambda unit: unit.depart(PLATFORM, "", user, now, DEAUTHORIZED))

    async def _stored(self, work: Callable[[Unit], None]) -> None:
        for wait in WAITS:
            try:
                await self._store.transact(work)
            except Unavailable:
                log.warning("unavailable servers again_in=%ss", wait)
                await self._background.pause(wait)
            else:
                return
        log.error("servers outcome=given_up")
