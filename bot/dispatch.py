"""What is due goes out: claim, look again, send, settle. Knows no platform and no storage.

Nothing is sent that its owner no longer wants, nothing is settled that the platform did not
answer, and no transaction is open while a message is under way. A crash at any point leaves a
lease that runs out: the nudge is tried again, and says that it may have been seen already where
the platform cannot tell. Any number of dispatchers share one store.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.delivery import Lane, Messenger
from bot.erasing import prune
from bot.letters.draft import Letters
from bot.model import Account, Nudge
from bot.parcels import SPACED, Parcel, look_again
from bot.ports import Store, Unavailable, Unit
from bot.sending import Sending
from bot.settle import Settling
from bot.turns import in_turn
from bot.watch import Unwatched, Watch

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Claimed together: so few that a command which waits for the transaction waits some milliseconds,
# and so many that a transaction costs little each.
BATCH = 32
# How long a claim is held after it was last renewed; a crash delays its nudges by no more than
# this. It has to be four times as long as a messenger may take for one message (25 seconds).
LEASE = timedelta(minutes=2)
# What can no longer be taken back is emptied this often.
PRUNE_EVERY = timedelta(days=1)
# The same after it could not be done.
PRUNE_AGAIN = timedelta(hours=1)
# A tick takes nothing more after this long, so that whoever calls it sees that it goes on.
LONG_ENOUGH = timedelta(seconds=30)
# Seconds after which it looks again while something is under way, or is just being claimed.
MEANWHILE, MOMENT = 1.0, 0.02


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
        # May be set to say whether somebody in this process waits for an answer.
        self.busy: Callable[[], bool] = lambda: False
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
        clock = self._clock_from(now)
        # Each platform by itself: one that hangs holds up no other.
        sendings = {
            platform: Sending(
                self.store,
                messenger,
                self.letters,
                self._settling,
                self.lease,
                clock,
                lambda: self._stopped,
                self.busy,
            )
            for platform, messenger in self.messengers.items()
        }
        # Platforms on which nothing more is due.
        idle: set[str] = set()
        ends = await asyncio.gather(
            *(self._send_due(platform, clock, sendings, idle) for platform in sendings),
            return_exceptions=True,
        )
        await self._settling.flush(last=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        if not self._stopped:
            await self._prune(now)
        return self._settling.ended - before

    async def _send_due(
        self,
        platform: str,
        clock: Callable[[], datetime],
        sendings: Mapping[str, Sending],
        idle: set[str],
    ) -> None:
        """Claim and send what is due on a platform until nothing is, or it was long enough.

        While something is under way on any platform it is looked again: what falls due meanwhile is
        not to wait for a platform that takes its time.
        """
        began, limit = clock(), BATCH
        trouble: Unavailable | None = None
        try:
            async with sendings[platform] as sending:
                while not self._stopped and clock() - began < LONG_ENOUGH:
                    token = secrets.token_hex(8)
                    take = partial(self._take, platform, clock(), token, limit)
                    try:
                        taken = await self.store.transact(take)
                    except Unavailable as error:
                        trouble = error
                        break
                    except Exception as error:
                        # A record that this version cannot read keeps nobody else's nudges back.
                        log.error("not taken", error=type(error).__name__, count=limit)
                        if limit == 1:
                            await self.store.transact(partial(self._put_aside, platform, clock()))
                        limit = 1
                        continue
                    if taken is None:
                        idle.add(platform)
                        under_way = [task for one in sendings.values() for task in one.under_way]
                        if under_way:
                            await asyncio.wait(under_way, timeout=MEANWHILE)
                        elif idle >= sendings.keys():
                            break
                        else:
                            # Another platform's loop is claiming just now.
                            await asyncio.sleep(MOMENT)
                        continue
                    idle.discard(platform)
                    ended, parcels, waiting = taken
                    self._settling.add(ended, clock())
                    for nudge in waiting:
                        wait = (nudge.ready_at - clock()).total_seconds()
                        self._watch.waited(platform, max(0.0, wait))
                    count = sum(len(parcel.nudges) for parcel in parcels)
                    if count:
                        self._watch.claimed(platform, count)
                    await sending.begin(parcels)
        finally:
            idle.add(platform)
        if trouble:
            raise trouble

    async def _prune(self, now: datetime) -> None:
        if self._pruned is not None and abs(now - self._pruned) < PRUNE_EVERY:
            return
        self._pruned = now
        try:
            await self.store.transact(lambda unit: prune(unit, now))
        except Exception as error:
            # What is old can wait; what is due cannot.
            self._pruned = now - PRUNE_EVERY + PRUNE_AGAIN
            log.error("not pruned", error=type(error).__name__)

    def _take(
        self, platform: str, now: datetime, token: str, limit: int, unit: Unit
    ) -> tuple[list[Nudge], list[Parcel], list[Nudge]] | None:
        """Claim what is due and has its turn: what ends instead, what is to be sent, and who waits.

        None when nothing is due.
        """
        due = unit.nudges.due(now, platform, limit)
        if not due:
            return None
        accounts = unit.accounts({nudge.seeker_id for nudge in due})
        ready, waiting = in_turn(unit, due, accounts, self._lane, now)
        unit.nudges.wait(waiting)
        held = unit.nudges.claim(ready, token, now + self.lease)
        ended, parcels = look_again(unit, held, accounts, now) if held else ([], [])
        return ended, parcels, waiting

    def _put_aside(self, platform: str, now: datetime, unit: Unit) -> None:
        """Let whoever is due first wait: something of theirs cannot be read."""
        due = unit.nudges.due(now, platform, 1)
        unit.nudges.wait([replace(n, turn_at=None, ready_at=now + SPACED) for n in due])

    def _lane(self, account: Account) -> Lane | None:
        return self.messengers[account.platform].lane(account)


def running_from(now: datetime) -> Callable[[], datetime]:
    """A clock that shows `now` and goes on from there, however the machine's is set meanwhile.

    It goes on too while a machine is suspended, when leases run out as well, where the system has
    such a clock (Linux: CLOCK_BOOTTIME).
    """
    began = _elapsed()
    return lambda: now + timedelta(seconds=_elapsed() - began)


def _elapsed() -> float:
    suspended = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if suspended is None else time.clock_gettime(suspended)
