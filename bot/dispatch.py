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
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.nudges import digest
from bot.letters.draft import Letters
from bot.message import Message
from bot.model import Nudge
from bot.parcels import Parcel, look_again, split, untried
from bot.ports import Gone, Messenger, Outcome, Refused, Store, Unavailable, Unknown
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

        async def send_all(mine: Parcel) -> None:
            gone = False
            for parcel in self._split(mine, now):
                if gone:
                    outbox.add([untried(nudge, now) for nudge in parcel.nudges])
                    continue
                async with gate:
                    if self._stopped or _since(began) > LEASE * 3 / 4:
                        outbox.add([untried(nudge, now) for nudge in parcel.nudges])
                        continue
                    outcome = await self._send(parcel, now)
                outbox.add(settled(parcel, outcome, self._repeats(parcel), now), parcel, outcome)
                # A store that fails now may have come back at the last flush.
                with suppress(Unavailable):
                    await outbox.flush()
                if isinstance(outcome, Gone):
                    gone = True

        # One person's trouble never holds up the others, nor does a store that fails once.
        ends = await asyncio.gather(*map(send_all, parcels), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return await outbox.flush(last=True)

    def _split(self, parcel: Parcel, now: datetime) -> list[Parcel]:
        try:
            return split(parcel, self.letters, now)
        except Exception as error:
            # Each alone: the one that cannot be written then keeps nobody else back.
            log.error("unpackable seeker=%s error=%s", parcel.seeker.id, type(error).__name__)
            pairs = zip(parcel.nudges, parcel.cases, strict=True)
            return [replace(parcel, nudges=(nudge,), cases=(case,)) for nudge, case in pairs]

    def _repeats(self, parcel: Parcel) -> bool:
        return self.messengers[parcel.account.platform].repeats_safely

    async def _send(self, parcel: Parcel, now: datetime) -> Outcome:
        try:
            message = render(parcel, self.letters, now)
        except Exception as error:
            log.error("unrenderable nudge=%s error=%s", parcel.nudges[0].id, type(error).__name__)
            return Refused(f"it could not be written ({type(error).__name__})")
        messenger = self.messengers[parcel.account.platform]
        try:
            return await messenger.send(parcel.account, message, parcel.key)
        except Exception as error:
            log.error("unexpected nudge=%s error=%s", parcel.nudges[0].id, type(error).__name__)
            return Unknown(f"sending broke off ({type(error).__name__})")


def _since(began: float) -> timedelta:
    return timedelta(seconds=asyncio.get_running_loop().time() - began)


def render(parcel: Parcel, letters: Letters, now: datetime) -> Message:
    """The message that a parcel carries; it says so when an earlier try may have arrived."""
    pairs = list(zip(parcel.nudges, parcel.cases, strict=True))
    doubt = any(nudge.in_doubt for nudge in parcel.nudges)
    return digest(parcel.seeker, pairs, parcel.everything, letters, now, doubt=doubt)
