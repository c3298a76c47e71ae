"""How private messages of ours are taken away, whether or not we kept a note of them.

Discord lets a bot read its own conversations and delete what it wrote there:
https://docs.discord.com/developers/resources/message#get-channel-messages
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import discord

from adapters.background import Background
from adapters.discord import utc_now
from adapters.discord.outcomes import NotReached, Then, ended
from adapters.discord.requests import Reach, Requests
from adapters.pacing import Pacing
from adapters.removing import Fate, Removing
from bot.ports import Later

log = logging.getLogger(__name__)

# Slow enough to be nobody's trouble: the letters of a whole job hunt are gone in minutes. Those
# older than two weeks have a lower limit of their own, kept by discord.py.
EVERY, BURST = timedelta(seconds=1), 5
# The wait when Discord names none.
SOON = timedelta(seconds=30)


# Messages of one conversation that are looked at, in pages of a hundred.
PAGES = 50
# What was written within this time is what the person has before their eyes.
JUST_NOW = timedelta(minutes=1)


class Sweeping:
    """Takes away whatever we wrote to people who erased themselves. Instants are aware UTC."""

    def __init__(
        self, reach: Reach, background: Background, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._requests = Requests(reach)
        self._background = background
        self._clock = clock
        self._removing = remover(reach, background, clock)

    def begin(self, refs: Sequence[str], user: str) -> None:
        """Look for all that we wrote to this person and take it away; returns at once.

        `refs` are those messages that are known: they go, whenever they were written.
        """
        self._background.start(self._sweep(refs, user))

    async def _sweep(self, refs: Sequence[str], user: str) -> None:
        began = self._clock()
        await self._remove(refs, user, began - JUST_NOW)
        # What they had before their eyes has been read by then.
        await self._background.pause(JUST_NOW.total_seconds())
        await self._remove((), user, began)

    async def _remove(self, refs: Sequence[str], user: str, before: datetime) -> None:
        try:
            found = await self._written(user, before)
        except Exception as error:
            log.warning("sweep error=%s", type(error).__name__)
            found = ()
        self._removing.begin(tuple(dict.fromkeys((*refs, *found))), "")

    async def _written(self, user: str, until: datetime) -> Sequence[str]:
        """What we wrote to a person up to some time, the newest first."""
        channel = await self._requests.open(user, self._requests.until())
        before = discord.utils.time_snowflake(until, high=True)
        refs: list[str] = []
        for _ in range(PAGES):
            page = await self._requests.written(channel, before)
            refs += [f"{channel}:{message}" for message, ours in page if ours]
            if not page:
                break
            before = page[-1][0]
        return refs


def remover(
    reach: Reach, background: Background, clock: Callable[[], datetime] = utc_now
) -> Removing:
    """Takes messages away, "channel:message"; all of Discord is one place, "" by name."""
    requests = Requests(reach)

    async def remove(ref: str, place: str) -> Fate | datetime:
        channel, _, message = ref.partition(":")
        try:
            await requests.delete(channel, message)
        except Exception as error:
            now = clock()
            end = ended(error, now)
            if isinstance(error, discord.NotFound):
                return Fate.GONE
            if not isinstance(error, NotReached):
                log.warning("remove code=%s", end.code)
            if end.then is Then.STOP:
                return Fate.BARRED
            if end.then is Then.HOLD and isinstance(end.outcome, Later):
                return end.outcome.at
            # Nothing is done twice by deleting twice.
            return now + SOON if end.then is Then.PAUSE else Fate.STAYS
        return Fate.GONE

    return Removing(remove, Pacing(EVERY, BURST), background, clock)
