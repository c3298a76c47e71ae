"""Which due nudges still go out, and in which messages: the second look. Knows no platform.

Records may have changed since a nudge was planned and claimed, so policy is asked once more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards.nudges import chunks
from bot.hours import allowed
from bot.letters.draft import Letters
from bot.model import Account, Case, Nudge, NudgeKind, NudgeState, Seeker
from bot.policy import key_of, name_of, wanted, wanted_review, why_not
from bot.ports import Unit

# What waits for the end of a night or a pause is looked at this often, in case that changes.
LOOK_AGAIN = timedelta(days=1)
# After this long nobody writes about an interview any more, nor remembers it well.
STALE = timedelta(days=14)


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


def split(parcel: Parcel, letters: Letters, now: datetime) -> list[Parcel]:
    """A person's due nudges as the messages that they go out in."""
    if len(parcel.nudges) == 1:
        return [parcel]
    pairs = list(zip(parcel.nudges, parcel.cases, strict=True))
    found = []
    for chunk in chunks(parcel.seeker, pairs, parcel.everything, letters, now):
        nudges, cases = zip(*chunk, strict=True)
        found.append(replace(parcel, nudges=nudges, cases=cases))
    return found


def look_again(
    unit: Unit, claimed: Collection[Nudge], token: str, now: datetime
) -> tuple[list[Nudge], list[Parcel]]:
    """Ask policy once more, since records may have changed after the nudge was planned.

    Returns the nudges that end or wait without being sent, and for each person what is to be sent.
    """
    still = unit.nudges.reload([nudge.id for nudge in claimed], token)
    people = {nudge.seeker_id for nudge in still}
    seekers = unit.seekers(people)
    accounts = unit.accounts(people)
    cases = unit.cases({(n.seeker_id, n.application) for n in still if n.application})
    settled: list[Nudge] = []
    ready: dict[int, list[tuple[Nudge, Case | None]]] = {}
    reviewed = {nudge.seeker_id for nudge in still if nudge.kind is NudgeKind.REVIEW}
    everything: dict[int, tuple[Case, ...]] = {}
    for (owner, _), theirs in unit.cases(unit.numbers(reviewed) if reviewed else []).items():
        everything[owner] = (*everything.get(owner, ()), theirs)
    for nudge in sorted(still, key=lambda n: (n.due_at, n.id)):
        seeker = seekers[nudge.seeker_id]
        case = cases.get((nudge.seeker_id, nudge.application))
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
        nudges, about = zip(*pairs, strict=True)
        whole = everything.get(seeker_id, ())
        parcels.append(Parcel(reachable[0], seekers[seeker_id], nudges, about, whole))
    return settled, parcels


def judge(
    nudge: Nudge, seeker: Seeker, case: Case | None, everything: Sequence[Case], now: datetime
) -> Nudge | None:
    """What a due nudge becomes instead of being sent, or None when it is to be sent now."""
    if nudge.kind is NudgeKind.REVIEW:
        active = any(c.application.stage.open for c in everything)
        wants = wanted_review(seeker, now, active, [name_of(nudge)])
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
    stale = (NudgeKind.DEBRIEF, NudgeKind.THANKS)
    if nudge.kind in stale and now - want.due_at > STALE:
        return replace(nudge, state=NudgeState.DROPPED, why="the interview is too long ago")
    due = max(want.due_at, nudge.snoozed_until or want.due_at)
    if due > now:
        return replace(nudge, due_at=due, ready_at=due, tries=0)
    free = allowed(now, seeker)
    if free > now:
        return untried(nudge, min(free, now + LOOK_AGAIN))
    return None


def untried(nudge: Nudge, again: datetime) -> Nudge:
    """A claimed nudge that was not tried after all, to be looked at again at that instant."""
    return replace(nudge, ready_at=again, tries=max(0, nudge.tries - 1))
