"""What is due goes out: claim, look again, send, settle. Knows no platform and no storage.

Nothing is sent that its owner no longer wants, nothing is settled that the platform did not
answer, and no transaction is open while a message is under way. A crash at any point leaves a
lease that runs out: the nudge is tried again, and says that it may have been seen already where
the platform cannot tell.
"""

import asyncio
import logging
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards.nudges import chunks, digest
from bot.hours import allowed
from bot.letters.draft import Letters
from bot.message import Message
from bot.model import Account, Case, Nudge, NudgeKind, NudgeState, Seeker
from bot.plan import replan
from bot.policy import key_of, wanted, wanted_review, why_not
from bot.ports import Gone, Later, Messenger, Outcome, Refused, Sent, Store, Unit, Unknown

log = logging.getLogger(__name__)

# Claimed together and settled as they are answered; large enough that a transaction costs little
# each.
BATCH = 200
# How long a claim is held. Longer than a batch takes; a crash delays its nudges by no more than
# this.
LEASE = timedelta(minutes=2)
# After so many tries, and only when that has gone on for so long, a nudge waits for the next
# command.
TRIES, TRYING = 8, timedelta(days=1)
# A lost answer is tried again this often where the platform may show the message twice.
UNKNOWN_TRIES = 3
# The wait after a try that ended without an answer, doubled each time.
BACK_OFF = timedelta(seconds=30)
BACK_OFF_MOST = timedelta(hours=1)
# What waits for the end of a night or a pause is looked at this often, in case that changes.
LOOK_AGAIN = timedelta(days=1)
# Messages on their way at the same time, to different people.
AT_ONCE = 16


@dataclass(frozen=True)
class Parcel:
    """One message to one person, and the nudges that it settles."""

    account: Account
    seeker: Seeker
    nudges: tuple[Nudge, ...]
    cases: tuple[Case | None, ...]
    everything: tuple[Case, ...] = ()

    @property
    def key(self) -> str:
        """The same whenever the same nudges are tried together again."""
        return "+".join(nudge.key for nudge in self.nudges)


class Dispatcher:
    """Sends what is due through the messengers it is given."""

    def __init__(self, store: Store, messengers: Sequence[Messenger], letters: Letters) -> None:
        self.store = store
        self.messengers = {messenger.platform: messenger for messenger in messengers}
        self.letters = letters

    async def next_due(self) -> datetime | None:
        """When there is next something to look at (aware UTC), or None."""
        return await self.store.transact(lambda unit: unit.nudges.next_due(self.messengers))

    async def tick(self, now: datetime) -> int:
        """Send everything that is due at `now`; returns how many nudges came to an end.

        Raises Unavailable when the store cannot be used; what was under way is tried again later.
        """
        ended = 0
        began = asyncio.get_running_loop().time()
        # Claims are dated from `now`, so a long tick ends early and the next one starts afresh.
        while _since(began) < LEASE / 4:
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
        settled, parcels = await self.store.transact(lambda u: look_again(u, claimed, token, now))
        outbox = _Settling(self.store, token, now)
        outbox.add(settled)
        by_person: dict[int, list[Parcel]] = {}
        for parcel in parcels:
            by_person.setdefault(parcel.seeker.id, []).append(parcel)
        gate = asyncio.Semaphore(AT_ONCE)

        async def send_all(mine: Sequence[Parcel]) -> None:
            for parcel in mine:
                async with gate:
                    if _since(began) > LEASE * 3 / 4:
                        outbox.add([_untried(nudge, now) for nudge in parcel.nudges])
                        continue
                    outcome = await self._send(parcel, now)
                outbox.add(_outcome(parcel, outcome, self._repeats(parcel), now), parcel, outcome)
                await outbox.flush()

        # One person's trouble never holds up the others.
        await asyncio.gather(*(send_all(mine) for mine in by_person.values()))
        return await outbox.flush(last=True)

    def _repeats(self, parcel: Parcel) -> bool:
        return self.messengers[parcel.account.platform].repeats_safely

    async def _send(self, parcel: Parcel, now: datetime) -> Outcome:
        try:
            message = render(parcel, self.letters, now, warn=not self._repeats(parcel))
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


def _untried(nudge: Nudge, again: datetime) -> Nudge:
    return replace(nudge, ready_at=again, tries=max(0, nudge.tries - 1))


def render(parcel: Parcel, letters: Letters, now: datetime, *, warn: bool) -> Message:
    """The message that a parcel carries; `warn` says when an earlier try may have arrived."""
    pairs = list(zip(parcel.nudges, parcel.cases, strict=True))
    doubt = warn and any(nudge.in_doubt for nudge in parcel.nudges)
    return digest(parcel.seeker, pairs, parcel.everything, letters, now, doubt=doubt)


def look_again(
    unit: Unit, claimed: Collection[Nudge], token: str, now: datetime
) -> tuple[list[Nudge], list[Parcel]]:
    """Ask policy once more, since records may have changed after the nudge was planned.

    Returns the nudges that end or wait without being sent, and the parcels to send.
    """
    still = unit.nudges.reload([nudge.id for nudge in claimed], token)
    people = {nudge.seeker_id for nudge in still}
    seekers = unit.seekers(people)
    accounts = unit.accounts(people)
    cases = unit.cases({(n.seeker_id, n.application) for n in still if n.application})
    settled: list[Nudge] = []
    ready: dict[int, list[tuple[Nudge, Case | None]]] = {}
    everything: dict[int, tuple[Case, ...]] = {}
    for nudge in sorted(still, key=lambda n: (n.due_at, n.id)):
        seeker = seekers[nudge.seeker_id]
        case = cases.get((nudge.seeker_id, nudge.application))
        if nudge.kind is NudgeKind.REVIEW and seeker.id not in everything:
            numbers = [(seeker.id, a.number) for a in unit.applications.all(seeker.id)]
            everything[seeker.id] = tuple(unit.cases(numbers).values())
        judged = judge(nudge, seeker, case, everything.get(seeker.id, ()), now)
        if judged is not None:
            settled.append(judged)
        else:
            ready.setdefault(seeker.id, []).append((nudge, case))
    parcels: list[Parcel] = []
    for seeker_id, pairs in ready.items():
        reachable = [
            a for a in accounts.get(seeker_id, ()) if a.on and a.platform == pairs[0][0].platform
        ]
        if not reachable:
            why = next(
                (a.why for a in accounts.get(seeker_id, ()) if a.why), "no way to reach them"
            )
            settled += [replace(n, state=NudgeState.UNDELIVERED, why=why) for n, _ in pairs]
            continue
        for chunk in chunks(pairs):
            nudges, about = zip(*chunk, strict=True)
            parcels.append(
                Parcel(
                    reachable[0], seekers[seeker_id], nudges, about, everything.get(seeker_id, ())
                )
            )
    return settled, parcels


def judge(
    nudge: Nudge, seeker: Seeker, case: Case | None, everything: Sequence[Case], now: datetime
) -> Nudge | None:
    """What a due nudge becomes instead of being sent, or None when it is to be sent now."""
    if nudge.kind is NudgeKind.REVIEW:
        active = any(c.application.stage.open for c in everything)
        wants = wanted_review(seeker, now, active, [nudge.key.partition("/")[2]])
        why = "nothing to review"
    else:
        wants = wanted(seeker, case) if case else []
        why = why_not(case) if case else "the application was removed"
    want = next((w for w in wants if key_of(seeker, w.name) == nudge.key), None)
    if want is None:
        return replace(nudge, state=NudgeState.DROPPED, why=why)
    if nudge.kind is NudgeKind.BRIEF and case:
        interview = case.interview(nudge.interview)
        if interview and interview.starts_at <= now:
            return replace(nudge, state=NudgeState.DROPPED, why="the interview had begun")
    due = max(want.due_at, nudge.snoozed_until or want.due_at)
    if due > now:
        return replace(nudge, due_at=due, ready_at=due, tries=0)
    free = allowed(now, seeker)
    if free > now:
        return _untried(nudge, min(free, now + LOOK_AGAIN))
    return None


def _outcome(parcel: Parcel, outcome: Outcome, repeats: bool, now: datetime) -> list[Nudge]:
    """What each nudge of a parcel becomes by the platform's answer."""
    match outcome:
        case Sent(ref):
            return [
                replace(n, state=NudgeState.SENT, why="delivered", sent_at=now, message_ref=ref)
                for n in parcel.nudges
            ]
        case Later(at, why):
            return [_again(n, max(at, now + timedelta(seconds=1)), why, now) for n in parcel.nudges]
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


class _Settling:
    """Settles what has been answered, all that is ready at a time, one transaction at a time."""

    def __init__(self, store: Store, token: str, now: datetime) -> None:
        self._store = store
        self._token = token
        self._now = now
        self._ready: list[Nudge] = []
        self._gone: list[Account] = []
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
            self._gone.append(replace(parcel.account, on=False, why=outcome.why))
        if any(nudge.kind is NudgeKind.REVIEW for nudge in nudges):
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
                await self._store.transact(lambda u: self._settle(u, ready, gone, reviewed))  # noqa: B023 - awaited at once
                self._ended += sum(nudge.state is not NudgeState.PLANNED for nudge in ready)
        return self._ended

    def _settle(
        self,
        unit: Unit,
        ready: Sequence[Nudge],
        gone: Sequence[Account],
        reviewed: Sequence[Parcel],
    ) -> None:
        unit.nudges.settle(ready, self._token)
        for account in gone:
            unit.save_account(account)
        for parcel in reviewed:
            replan(unit, parcel.seeker, parcel.account.platform, (), self._now)
