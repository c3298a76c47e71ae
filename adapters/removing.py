"""Takes sent messages away, one after another, behind the answer. Knows no platform.

They are those of somebody who erased themselves. Where they are is remembered here alone, since the
records are erased: should the program end before, the rest stays, and the log says how many.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import StrEnum

import structlog

from adapters.background import Background
from adapters.pacing import Pacing

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# How often one message is tried.
TRIES = 5


class Fate(StrEnum):
    """What became of one message."""

    GONE = "gone"
    # This one cannot be taken away.
    STAYS = "stays"
    # Nothing can be taken away any more at its place.
    BARRED = "barred"


# Takes the message of that reference away at that place. An instant (aware UTC): nothing was done,
# and nothing more is to be tried at this place before then.
Remove = Callable[[str, str], Awaitable[Fate | datetime]]


class Removing:
    """The messages that are to go, each at its turn."""

    def __init__(
        self, remove: Remove, pacing: Pacing, background: Background, clock: Callable[[], datetime]
    ) -> None:
        self._remove = remove
        self._pacing = pacing
        self._background = background
        self._clock = clock

    def begin(self, refs: Sequence[str], place: str) -> None:
        """Take these messages away in this order; returns at once."""
        self._background.start(self._all(refs, place))

    async def _all(self, refs: Sequence[str], place: str) -> None:
        left = len(refs)
        try:
            for ref in refs:
                fate = await self._one(place, ref)
                if fate is Fate.BARRED:
                    break
                left -= fate is Fate.GONE
        finally:
            if left:
                log.warning("messages not removed", place=place, left=left)

    async def _one(self, place: str, ref: str) -> Fate:
        for _ in range(TRIES):
            await self._turn(place, ref)
            end = await self._remove(ref, place)
            if isinstance(end, Fate):
                return end
            self._pacing.blocked(place, self._clock(), end)
        return Fate.STAYS

    async def _turn(self, place: str, ref: str) -> None:
        while (at := self._pacing.take(place, self._clock(), ref)) is not None:
            await self._background.pause((at - self._clock()).total_seconds())
