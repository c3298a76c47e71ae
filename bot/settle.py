"""What becomes of a nudge by the platform's answer, and keeping it. Knows no platform."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter

import structlog

from bot.delivery import Gone, Later, Outcome, Refused, Sent, Unknown
from bot.model import Account, Nudge, NudgeKind, NudgeState
from bot.occasions.meetings import go_on
from bot.parcels import Parcel, untried
from bot.plan import replan
from bot.ports import Store, Unavailable, Unit
from bot.watch import Watch

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# After so many tries, and only when that has gone on for so long, a nudge waits for the next
# command.
TRIES, TRYING = 8, timedelta(days=1)
# A lost answer is tried again this often where the platform may show the message twice.
UNKNOWN_TRIES = 3
# The wait after a try that ended without an answer, doubled each time.
BACK_OFF = timedelta(seconds=30)
BACK_OFF_MOST = timedelta(hours=1)
# Settled in one transaction at most: a command that waits for it waits some milliseconds.
MOST = 50


def settled(parcel: Parcel, outcome: Outcome, repeats: bool, now: datetime) -> list[Nudge]:
    """What each nudge of a parcel becomes by the platform's answer."""
    match outcome:
        case Sent(ref):
            return [
                replace(n, state=NudgeState.SENT, why="delivered", sent_at=now, message_ref=ref)
                for n in parcel.nudges
            ]
        case Later(at, why, tried):
            at = max(at, now + timedelta(seconds=1))
            if not tried:
                return [replace(untried(nudge, at), why=why) for nudge in parcel.nudges]
            return [_again(nudge, at, why, now) for nudge in parcel.nudges]
        case Unknown(why):
            return [_doubtful(n, why, repeats, now) for n in parcel.nudges]
        case Gone(why) | Refused(why) if parcel.nudges[0].kind is NudgeKind.INTRODUCTION:
            # They are told of each other instead (`bot.occasions.leads`).
            return [replace(n, state=NudgeState.DROPPED, why=why) for n in parcel.nudges]
        case Gone(why) | Refused(why):
            return [replace(n, state=NudgeState.UNDELIVERED, why=why) for n in parcel.nudges]


def _again(nudge: Nudge, at: datetime, why: str, now: datetime) -> Nudge:
    if nudge.tries >= TRIES and now - nudge.due_at > TRYING:
        return replace(nudge, state=NudgeState.UNDELIVERED, why=f"{nudge.tries} tries: {why}")
    return replace(nudge, ready_at=at, why=why, turn_at=None)


def _doubtful(nudge: Nudge, why: str, repeats: bool, now: datetime) -> Nudge:
    if not repeats and nudge.in_doubt and nudge.tries >= UNKNOWN_TRIES:
        why = f"it may have arrived: {why}"
        return replace(nudge, state=NudgeState.UNDELIVERED, in_doubt=True, why=why)
    wait = min(BACK_OFF * 2 ** min(nudge.tries, 10), BACK_OFF_MOST)
    return replace(_again(nudge, now + wait, why, now), in_doubt=True)


class Settling:
    """Settles what has been answered, all that is ready at a time, one transaction at a time.

    What could not be stored is kept for the next time, however long the store is away.
    """

    def __init__(self, store: Store, watch: Watch) -> None:
        self._store = store
        self._watch = watch
        self._ready: list[Nudge] = []
        self._gone: list[tuple[Account, str]] = []
        self._reviewed: list[tuple[Parcel, datetime]] = []
        self._first: list[Callable[[Unit], None]] = []
        self._then: list[Callable[[], None]] = []
        self._busy = asyncio.Lock()
        self.ended = 0

    def add(
        self,
        nudges: Sequence[Nudge],
        now: datetime,
        parcel: Parcel | None = None,
        outcome: Outcome | None = None,
        then: Callable[[], None] | None = None,
        first: Callable[[Unit], None] | None = None,
    ) -> None:
        """Take over what claimed nudges have become; `parcel` and `outcome` if they were sent.

        `first` is done in a transaction of its own before that is stored, and `then` is called once
        it is.
        """
        if first is not None:
            self._first.append(first)
        if then is not None:
            self._then.append(then)
        self._ready += nudges
        for nudge in nudges:
            waits = nudge.state is NudgeState.PLANNED
            if nudge.kind is NudgeKind.MEETING and not waits:
                self._first.append(partial(go_on, nudge=nudge, now=now))
            late = (now - nudge.due_at).total_seconds()
            self._watch.ended(
                nudge.platform, nudge.kind, "later" if waits else nudge.state, max(0.0, late)
            )
            if waits:
                self._watch.waited(nudge.platform, (nudge.ready_at - now).total_seconds())
            log.info(
                "nudge answered",
                nudge=nudge.id,
                kind=nudge.kind,
                state=nudge.state,
                tries=nudge.tries,
            )
        if parcel is None:
            return
        # Two who cannot be introduced can still be reached, each by themselves; and where an old
        # post is gone, a club may have moved.
        elsewhere = parcel.nudges[0].kind in (NudgeKind.INTRODUCTION, NudgeKind.MENDING)
        if isinstance(outcome, Gone) and not elsewhere:
            self._gone.append((parcel.account, outcome.why))
        # The next one follows the one that came to an end; a waiting one is planned already.
        if any(n.kind is NudgeKind.REVIEW and n.state is not NudgeState.PLANNED for n in nudges):
            self._reviewed.append((parcel, now))

    async def flush(self, *, last: bool = False) -> None:
        """Settle what is ready; raises Unavailable, and keeps it then.

        While one settlement runs others gather for the next, so that a slow database sees few large
        transactions and a fast one loses next to nothing in a crash.
        """
        if self._busy.locked() and not last:
            return
        async with self._busy:
            await self._conclude()
            while self._ready or self._gone:
                ready, self._ready = self._ready[:MOST], self._ready[MOST:]
                gone, self._gone = self._gone, []
                reviewed, self._reviewed = self._reviewed, []
                try:
                    await self._keep(ready, gone, reviewed)
                except BaseException:
                    # What the platform answered must not be forgotten, whatever went wrong.
                    self._ready[:0], self._gone[:0], self._reviewed[:0] = ready, gone, reviewed
                    raise
                self.ended += sum(nudge.state is not NudgeState.PLANNED for nudge in ready)
                if not self._ready:
                    then, self._then = self._then, []
                    for call in then:
                        call()

    async def _conclude(self) -> None:
        """Do what comes before settling; what cannot be done for now is kept, with all the rest."""
        while self._first:
            try:
                await self._store.transact(self._first[0])
            except Unavailable:
                raise
            except Exception as error:
                # What was sent is sent, whatever comes of that.
                log.error("not concluded", error=type(error).__name__)
            self._first.pop(0)

    async def _keep(
        self,
        ready: Sequence[Nudge],
        gone: Sequence[tuple[Account, str]],
        reviewed: Sequence[tuple[Parcel, datetime]],
    ) -> None:
        try:
            await self._store.transact(partial(self._settle, ready, gone, reviewed))
        except Unavailable:
            raise
        except Exception as error:
            # Planning the next review met a record that no rule was made for: their next command
            # plans it. What was sent is sent, whatever comes of that.
            log.error("not settled at once", error=type(error).__name__, count=len(ready))
            try:
                await self._store.transact(partial(self._settle, ready, gone, ()))
            except Unavailable:
                raise
            except Exception as error:
                log.error("not settled together", error=type(error).__name__, count=len(ready))
                await self._keep_each(ready, gone)

    async def _keep_each(self, ready: Sequence[Nudge], gone: Sequence[tuple[Account, str]]) -> None:
        """Settle one by one, so that what no database takes of one spoils no other."""
        for nudge in ready:
            try:
                await self._store.transact(partial(self._settle, (nudge,), (), ()))
            except Unavailable:
                raise
            except Exception as error:
                log.error("not settled as answered", nudge=nudge.id, error=type(error).__name__)
                bare = replace(nudge, why="", message_ref="")
                await self._store.transact(partial(self._settle, (bare,), (), ()))
        for one in gone:
            await self._store.transact(partial(self._settle, (), (one,), ()))

    def _settle(
        self,
        ready: Sequence[Nudge],
        gone: Sequence[tuple[Account, str]],
        reviewed: Sequence[tuple[Parcel, datetime]],
        unit: Unit,
    ) -> None:
        # In one order, so that no two wait for each other.
        unit.nudges.settle(sorted(ready, key=attrgetter("id")))
        for account, why in gone:
            unit.close_account(account.id, why)
        for parcel, now in reviewed:
            replan(unit, parcel.seeker, parcel.account.platform, (), now)
