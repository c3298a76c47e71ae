"""How private messages of ours are taken away, whether or not we kept a note of them.

Discord lets a bot read its own conversations and delete what it wrote there:
https://docs.discord.com/developers/resources/message#get-channel-messages
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import discord
import structlog

from adapters.background import Background
from adapters.discord import utc_now
from adapters.discord.outcomes import NotReached, Then, ended, unsent
from adapters.discord.pacing import Rates
from adapters.discord.requests import Reach, Requests
from adapters.pacing import Pacing
from adapters.removing import Fate, Removing
from bot.delivery import Later

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Slow enough to be nobody's trouble: the letters of a whole job hunt are gone in minutes. Those
# older than two weeks have a lower limit of their own, kept by discord.py.
EVERY, BURST = timedelta(seconds=1), 5
# The wait when Discord names none.
SOON = timedelta(seconds=30)
# How often opening a conversation is tried.
TRIES = 5
# Messages of one conversation that are looked at, in pages of a hundred.
PAGES = 50
# What was written within this time is what the person has before their eyes.
JUST_NOW = timedelta(minutes=1)


class Sweeping:
    """Takes away whatever we wrote to people who erased themselves. Instants are aware UTC."""

    def __init__(
        self,
        reach: Reach,
        rates: Rates,
        background: Background,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._requests = Requests(reach)
        self._rates = rates
        self._background = background
        self._clock = clock
        self._removing = remover(reach, background, clock)

    def begin(self, refs: Sequence[str], user: str, place: str = "") -> None:
        """Look for all that we wrote to this person and take it away; returns at once.

        `refs` are those messages that are known: they go, whenever they were written. `place` is
        our conversation with them, if that is known.
        """
        self._background.start(self._sweep(refs, user, place))

    async def _sweep(self, refs: Sequence[str], user: str, place: str) -> None:
        began = self._clock()
        self._removing.begin(refs, "")
        try:
            channel = place or await self._opened(user)
            await self._remove(channel, began - JUST_NOW, refs)
            # What they had before their eyes has been read by then.
            await self._background.pause(JUST_NOW.total_seconds())
            await self._remove(channel, began)
        except Exception as error:
            log.warning("sweep failed", error=type(error).__name__)

    async def _opened(self, user: str) -> str:
        """Our conversation with a person; it is opened when it is its turn among all others."""
        tries = TRIES
        while True:
            key = f"sweep:{user}"
            while (at := self._rates.opening(self._clock(), key)) is not None:
                await self._background.pause((at - self._clock()).total_seconds())
            try:
                return await self._requests.open(user, self._requests.until())
            except Exception as error:
                now = self._clock()
                end, tries = unsent(ended(error, now), now), tries - 1
                if end.then is not Then.SLOW or not isinstance(end.outcome, Later) or not tries:
                    raise
                self._rates.opened_too_fast(now, end.outcome.at)

    async def _remove(self, channel: str, before: datetime, under_way: Sequence[str] = ()) -> None:
        found = await self._written(channel, before)
        self._removing.begin([ref for ref in found if ref not in under_way], "")

    async def _written(self, channel: str, until: datetime) -> Sequence[str]:
        """What we wrote in a conversation up to some time, the newest first."""
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
                log.warning("message not removed", code=end.code)
            if end.then is Then.STOP:
                return Fate.BARRED
            if end.then is Then.HOLD and isinstance(end.outcome, Later):
                return end.outcome.at
            # Nothing is done twice by deleting twice.
            return now + SOON if end.then is Then.PAUSE else Fate.STAYS
        return Fate.GONE

    return Removing(remove, Pacing(EVERY, BURST), background, clock)
