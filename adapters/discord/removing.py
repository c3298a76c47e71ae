"""How a private message of ours is taken away. Knows how Discord answers that."""

import logging
from collections.abc import Callable
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
