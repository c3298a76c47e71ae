"""What becomes of a nudge by the platform's answer, and keeping it. Knows no platform."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.delivery import Gone, Later, Outcome, Refused, Sent, Unknown
from bot.model import Account, Nudge, NudgeKind, NudgeState
from bot.parcels import Parcel, untried
from bot.plan import replan
from bot.ports import Store, Unavailable, Unit

log = logging.getLogger(__name__)

# After so many tries, and only when that has gone on for so long, a nudge waits for the next
# command.
TRIES, TRYING = 8, timedelta(days=1)
# A lost answer is tried again this often where the platform may show the message twice.
UNKNOWN_TRIES = 3
# The wait after a try that ended without an answer, doubled each time.
BACK_OFF = timedelta(seconds=30)
BACK_OFF_MOST = timedelta(hours=1)


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
        case Gone(why) | Refused(why):
            return [replace(n, state=NudgeState.UNDELIVERED, why=why) for n in parcel.nudges]


def _again(nudge: Nudge, at: datetime, why: str, now: datetime) -> Nudge:
    if nudge.tries >= TRIES and now - nudge.due_at > TRYING:
        return replace(nudge, state=NudgeState.UNDELIVERED, why=f"{nudge.tries} tries: {why}")
    return replace(nudge, ready_at=at, why=why)


def _doubtful(nudge: Nudge, why: str, repeats: bool, now: datetime) -> Nudge:
    if not repeats and nudge.tries >= UNKNOWN_TRIES:
        why = f"it may have arrived: {why}"
        return replace(nudge, state=NudgeState.UNDELIVERED, in_doubt=True, why=why)
    wait = min(BACK_OFF * 2 ** min(nudge.tries, 10), BACK_OFF_MOST)
    return replace(_again(nudge, now + wait, why, now), in_doubt=True)


class Settling:
    """Settles what has been answered, all that is ready at a time, one transaction at a time."""

    def __init__(self, store: Store, token: str, now: datetime) -> None:
        self._store = store
        self._token = token
        self._now = now
        self._ready: list[Nudge] = []
        self._gone: list[tuple[Account, str]] = []
        self._reviewed: list[Parcel] = []
        self._busy = asyncio.Lock()
        self._ended = 0

    def add(
        self,
        nudges: Sequence[Nudge],
        parcel: Parcel | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        self._ready += nudges
        if parcel is None:
            return
        if isinstance(outcome, Gone):
            self._gone.append((parcel.account, outcome.why))
        # The next one follows the one that came to an end; a waiting one is planned already.
        if any(n.kind is NudgeKind.REVIEW and n.state is not NudgeState.PLANNED for n in nudges):
            self._reviewed.append(parcel)
        for nudge in nudges:
            log.info(
                "nudge=%s kind=%s state=%s tries=%s", nudge.id, nudge.kind, nudge.state, nudge.tries
            )

    async def flush(self, *, last: bool = False) -> int:
        """Settle what is ready; returns how many have ended so far.

        While one settlement runs others gather for the next, so that a slow database sees few large
        transactions and a fast one loses next to nothing in a crash.
        """
        if self._busy.locked() and not last:
            return self._ended
        async with self._busy:
            while self._ready or self._gone:
                ready, self._ready = self._ready, []
                gone, self._gone = self._gone, []
                reviewed, self._reviewed = self._reviewed, []
                try:
                    await self._store.transact(partial(self._settle, ready, gone, reviewed))
                except Unavailable:
                    # What the platform answered must not be forgotten: the next flush tries again.
                    self._ready[:0], self._gone[:0], self._reviewed[:0] = ready, gone, reviewed
                    raise
                self._ended += sum(nudge.state is not NudgeState.PLANNED for nudge in ready)
        return self._ended

    def _settle(
        self,
        ready: Sequence[Nudge],
        gone: Sequence[tuple[Account, str]],
        reviewed: Sequence[Parcel],
        unit: Unit,
    ) -> None:
        unit.nudges.settle(ready, self._token)
        for account, why in gone:
            unit.close_account(account.id, why)
        for parcel in reviewed:
            replan(unit, parcel.seeker, parcel.account.platform, (), self._now)
