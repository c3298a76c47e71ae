"""What is due goes out: claim, look again, send, settle. Knows no platform and no storage.

Nothing is sent that its owner no longer wants, nothing is settled that the platform did not
answer, and no transaction is open while a message is under way. A crash at any point leaves a
lease that runs out: the nudge is tried again, and says that it may have been seen already where
the platform cannot tell.
"""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from bot.delivery import Gone, Messenger, Outcome, Refused, Unknown
from bot.letters.draft import Letters
from bot.message import Message
from bot.model import Nudge
from bot.parcels import SPACED, Parcel, Written, look_again, untried, written
from bot.ports import Store, Unavailable
from bot.settle import Settling, settled

log = logging.getLogger(__name__)

# Claimed together and settled as they are answered; large enough that a transaction costs little
# each.
BATCH = 200
# How long a claim is held. Longer than a batch takes; a crash delays its nudges by no more than
# this.
LEASE = timedelta(minutes=2)
# What can no longer be taken back is emptied this often.
PRUNE_EVERY = timedelta(days=1)
# Messages on their way at the same time, to different people.
AT_ONCE = 16


class Dispatcher:
    """Sends what is due through the messengers it is given."""

    def __init__(self, store: Store, messengers: Sequence[Messenger], letters: Letters) -> None:
        self.store = store
        self.messengers = {messenger.platform: messenger for messenger in messengers}
        self.letters = letters
        self._pruned: datetime | None = None
        self._stopped = False

    def stop(self) -> None:
        """End soon: what is on its way is finished, the rest of the batch waits for the next run.

        For a process that was asked to end; a tick may take half a minute otherwise.
        """
        self._stopped = True

    async def next_due(self) -> datetime | None:
        """When there is next something to look at (aware UTC), or None."""
        return await self.store.transact(lambda unit: unit.nudges.next_due(self.messengers))

    async def tick(self, now: datetime) -> int:
        """Send everything that is due at `now`; returns how many nudges came to an end.

        Raises Unavailable when the store cannot be used; what was under way is tried again later.
        """
        if self._pruned is None or now - self._pruned >= PRUNE_EVERY:
            await self.store.transact(lambda unit: unit.prune(now))
            self._pruned = now
        ended = 0
        began = asyncio.get_running_loop().time()
        # Claims are dated from `now`, so a long tick ends early and the next one starts afresh.
        while _since(began) < LEASE / 4 and not self._stopped:
            token = secrets.token_hex(8)
            claimed = await self.store.transact(
                lambda unit, token=token: unit.nudges.claim(  # type: ignore[misc]  # default binds the loop variable
                    now, now + LEASE, token, self.messengers, BATCH
                )
            )
            if not claimed:
                return ended
            ended += await self._deliver(claimed, token, now, began)
        return ended

    async def _deliver(
        self, claimed: Sequence[Nudge], token: str, now: datetime, began: float
    ) -> int:
        ended, parcels = await self.store.transact(lambda u: look_again(u, claimed, token, now))
        outbox = Settling(self.store, token, now)
        outbox.add(ended)
        gate = asyncio.Semaphore(AT_ONCE)
        writing = asyncio.Lock()

        async def write(messages: Written, many: bool) -> tuple[Parcel, Message | None] | None:
            if not many:
                return next(messages, None)
            async with writing:
                # Three letters are enough for one turn of the event loop, which has more to do.
                await asyncio.sleep(0)
                return next(messages, None)

        async def send_all(mine: Parcel) -> None:
            messages = written(mine, self.letters, now)
            left, again = list(mine.nudges), now
            while left:
                async with gate:
                    if self._stopped or _since(began) > LEASE * 3 / 4:
                        break
                    found = await write(messages, many=len(mine.nudges) > 1)
                    if found is None:
                        again = now + SPACED
                        break
                    parcel, message = found
                    outcome = await self._send(parcel, message)
                left = left[len(parcel.nudges) :]
                outbox.add(settled(parcel, outcome, self._repeats(parcel), now), parcel, outcome)
                # A store that fails now may have come back at the last flush.
                with suppress(Unavailable):
                    await outbox.flush()
                if isinstance(outcome, Gone):
                    break
            outbox.add([untried(nudge, again) for nudge in left])

        # One person's trouble never holds up the others, nor does a store that fails once.
        ends = await asyncio.gather(*map(send_all, parcels), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return await outbox.flush(last=True)

    def _repeats(self, parcel: Parcel) -> bool:
        return self.messengers[parcel.account.platform].repeats_safely

    async def _send(self, parcel: Parcel, message: Message | None) -> Outcome:
        if message is None:
            return Refused("it could not be written")
        messenger = self.messengers[parcel.account.platform]
        try:
            return await messenger.send(parcel.account, message, parcel.key)
        except Exception as error:
            log.error("unexpected nudge=%s error=%s", parcel.nudges[0].id, type(error).__name__)
            return Unknown(f"sending broke off ({type(error).__name__})")


def _since(began: float) -> timedelta:
    return timedelta(seconds=asyncio.get_running_loop().time() - began)
