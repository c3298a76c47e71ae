"""What is due goes out: claim, look again, send, settle. Knows no platform and no storage.

Nothing is sent that its owner no longer wants, nothing is settled that the platform did not
answer, and no transaction is open while a message is under way. A crash at any point leaves a
lease that runs out: the nudge is tried again, and says that it may have been seen already where
the platform cannot tell. Any number of dispatchers share one store.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.delivery import Lane, Messenger
from bot.letters.draft import Letters
from bot.model import Account, Nudge
from bot.parcels import Parcel, look_again
from bot.ports import Store, Unavailable, Unit
from bot.sending import Sending
from bot.settle import Settling
from bot.turns import in_turn
from bot.watch import Unwatched, Watch

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Claimed together: so few that a command which waits for the transaction waits some milliseconds,
# and so many that a transaction costs little each.
BATCH = 50
# How long a claim is held after it was last renewed; a crash delays its nudges by no more than
# this. It has to be four times as long as a messenger may take for one message (25 seconds).
LEASE = timedelta(minutes=2)
# What can no longer be taken back is emptied this often.
PRUNE_EVERY = timedelta(days=1)
# A tick takes nothing more after this long, so that whoever calls it sees that it goes on.
LONG_ENOUGH = timedelta(seconds=30)


class Dispatcher:
    """Sends what is due through the messengers it is given, and tells `watch` of it.

    `clock_from(now)` makes the clock of a tick that begins `now`, where that is not the loop's.
    """

    def __init__(
        self,
        store: Store,
        messengers: Sequence[Messenger],
        letters: Letters,
        watch: Watch | None = None,
        lease: timedelta = LEASE,
        clock_from: Callable[[datetime], Callable[[], datetime]] | None = None,
    ) -> None:
        self.store = store
        self.messengers = {messenger.platform: messenger for messenger in messengers}
        self.letters = letters
        self.lease = lease
        self._clock_from = clock_from or running_from
        self._watch = watch or Unwatched()
        self._settling = Settling(store, self._watch)
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

        Raises Unavailable when the store cannot be used; what was under way is tried again later,
        and what was answered is stored at the next tick.
        """
        before = self._settling.ended
        await self._settling.flush(last=True)
        await self._prune(now)
        clock = self._clock_from(now)
        stopped = partial(getattr, self, "_stopped")
        trouble: Unavailable | None = None
        async with Sending(
            self.store, self.messengers, self.letters, self._settling, self.lease, clock, stopped
        ) as sending:
            while not self._stopped and clock() - now < LONG_ENOUGH:
                token = secrets.token_hex(8)
                try:
                    taken = await self.store.transact(partial(self._take, clock(), token))
                except Unavailable as error:
                    trouble = error
                    break
                if taken is None:
                    break
                ended, parcels = taken
                self._settling.add(ended, clock())
                self._count(parcels)
                await sending.begin(parcels)
        await self._settling.flush(last=True)
        if trouble:
            raise trouble
        return self._settling.ended - before

    async def _prune(self, now: datetime) -> None:
        if self._pruned is not None and abs(now - self._pruned) < PRUNE_EVERY:
            return
        self._pruned = now
        try:
            await self.store.transact(lambda unit: unit.prune(now))
        except Unavailable:
            self._pruned = None
            raise
        except Exception as error:
            # What is old can wait for tomorrow; what is due cannot.
            log.error("not pruned", error=type(error).__name__)

    def _take(
        self, now: datetime, token: str, unit: Unit
    ) -> tuple[list[Nudge], list[Parcel]] | None:
        """Claim what is due and has its turn: what ends or waits instead, and what is to be sent.

        None when nothing is due.
        """
        due = unit.nudges.due(now, self.messengers, BATCH)
        if not due:
            return None
        accounts = unit.accounts({nudge.seeker_id for nudge in due})
        ready, waiting = in_turn(unit, due, accounts, self._lane, now)
        unit.nudges.wait(waiting)
        held = unit.nudges.claim(ready, token, now + self.lease)
        return look_again(unit, held, accounts, now) if held else ([], [])

    def _lane(self, account: Account) -> Lane | None:
        return self.messengers[account.platform].lane(account)

    def _count(self, parcels: Sequence[Parcel]) -> None:
        counts = Counter(n.platform for parcel in parcels for n in parcel.nudges)
        for platform, count in counts.items():
            self._watch.claimed(platform, count)


def running_from(now: datetime) -> Callable[[], datetime]:
    """A clock that shows `now` and goes on from there, whatever becomes of the machine's."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    return lambda: now + timedelta(seconds=loop.time() - began)
