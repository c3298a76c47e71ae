"""Which due nudges still go out, and as which messages: the second look. Knows no platform.

Records may have changed since a nudge was planned and claimed, so policy is asked once more.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

import structlog

from bot.cards.nudges import Part, aged, discreet, kept_until, nudge_part, packed, together
from bot.fit import fits
from bot.hours import allowed, local_day
from bot.leads import warm
from bot.letters.draft import Letters
from bot.message import Message, text
from bot.model import Account, Case, Nudge, NudgeKind, NudgeState, Seeker
from bot.occasions.told import told
from bot.policy import Wanted, key_of, name_of, wanted, wanted_review, why_not
from bot.ports import Unit
from bot.retention import BACK, is_warning, still_silent
from bot.turns import AT_A_TIME, Accounts, reachable

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# What looks at all of somebody's applications; those of all who are due are read together.
WHOLE = (NudgeKind.REVIEW, NudgeKind.REPORT)
# How long the rest waits when somebody's first few messages have been sent. Their ten to fifteen
# letters are as many as anybody looks through and sends in an hour.
SPACED = timedelta(hours=1)
# What waits for the end of a night or a pause is looked at this often, in case that changes.
LOOK_AGAIN = timedelta(days=1)
# After this long nobody writes about an interview any more, nor remembers it well.
STALE = timedelta(days=14)


@dataclass(frozen=True)
class Parcel:
    """One message to one person or to a channel, and the nudges that it settles.

    `told` is what a club's nudges say to one person, by their ids. What is posted comes alone, and
    is written by whoever sends it.
    """

    account: Account
    seeker: Seeker
    nudges: tuple[Nudge, ...]
    cases: tuple[Case | None, ...]
    everything: tuple[Case, ...] = ()
    told: Mapping[int, Part] = field(default_factory=dict)
    # The applications with an employer about which somebody in a club takes questions, by number.
    warm: Collection[int] = ()

    @property
    def key(self) -> str:
        """The same whenever the same nudges are tried together again."""
        return "+".join(nudge.key for nudge in self.nudges)


# Parcels with what each carries; None is what could not be written.
Written = Iterator[tuple[Parcel, Message | None]]


def written(parcel: Parcel, letters: Letters, now: datetime) -> Written:
    """A person's due nudges, in order, as the first few messages that they go out in.

    Each is written when it is asked for, and says so when an earlier try may have arrived. With
    None in its place goes the one nudge that cannot be written, which so keeps no other back.
    """
    seeker, everything = parcel.seeker, parcel.everything
    left = len(parcel.nudges)

    def write(nudge: Nudge, case: Case | None) -> Part | None:
        try:
            if nudge.id in parcel.told:
                return aged(parcel.told[nudge.id], nudge, seeker, now)
            tied = nudge.application in parcel.warm
            return nudge_part(seeker, nudge, case, everything, letters, now, warm=tied)
        except Exception as error:
            log.error("nudge not written", nudge=nudge.id, error=type(error).__name__)
            return None

    pairs = list(zip(parcel.nudges, parcel.cases, strict=True))
    found = packed(pairs, None if seeker.discreet else write)
    for place, (chunk, parts) in enumerate(islice(found, AT_A_TIME), 1):
        nudges, cases = zip(*chunk, strict=True)
        left -= len(nudges)
        doubt = any(nudge.in_doubt for nudge in nudges)
        message = None
        try:
            if seeker.discreet:
                message = discreet(nudges, doubt=doubt, until=kept_until(seeker, nudges, now))
            elif parts:
                message = together(parts, doubt=doubt)
            if message and left and place == AT_A_TIME:
                message = _with_left(message, left)
        except Exception as error:
            log.error("nudge not written", nudge=nudges[0].id, error=type(error).__name__)
        whole = len(nudges) == len(parcel.nudges)
        yield parcel if whole else replace(parcel, nudges=nudges, cases=cases), message


def _with_left(message: Message, left: int) -> Message:
    """The last message of a time, which says how many more there are where it has room for that."""
    more = "One more is" if left == 1 else f"{left} more are"
    said = message.and_then(text(f"{more} due, and will follow in a while. No need to hurry."))
    return said if fits(said) else message


def look_again(
    unit: Unit, held: Collection[Nudge], accounts: Accounts, now: datetime
) -> tuple[list[Nudge], list[Parcel]]:
    """Ask policy once more, since records may have changed after the nudge was planned.

    Returns the nudges that end or wait without being sent, and for each person what is to be sent.
    """
    people = {nudge.seeker_id for nudge in held}
    seekers = unit.seekers(people)
    cases = unit.cases({(n.seeker_id, n.application) for n in held if n.application})
    settled: list[Nudge] = []
    ready: dict[tuple[int, str], list[tuple[Nudge, Case | None]]] = {}
    reviewed = {nudge.seeker_id for nudge in held if nudge.kind in WHOLE}
    said: dict[int, Part] = {}
    posts: list[Nudge] = []
    everything: dict[int, tuple[Case, ...]] = {}
    for (owner, _), theirs in unit.cases(unit.numbers(reviewed) if reviewed else []).items():
        everything[owner] = (*everything.get(owner, ()), theirs)
    # What is about an interview is bound to its day, and so comes before a letter that is not.
    for nudge in sorted(held, key=lambda n: (not n.interview, n.due_at, n.id)):
        seeker = seekers.get(nudge.seeker_id)
        if seeker is None:  # forgotten meanwhile, and the nudge with them
            continue
        if nudge.kind.posted:
            posts.append(nudge)
            continue
        case = cases.get((nudge.seeker_id, nudge.application))
        try:
            if nudge.kind.of_club:
                found = told(unit, seeker, nudge, now, everything.get(seeker.id))
                judged = _judge_told(found, nudge, seeker, said, now)
            else:
                judged = judge(nudge, seeker, case, everything.get(seeker.id, ()), now)
        except Exception as error:
            # One record that no rule was made for must not keep everybody's nudges back.
            log.error("nudge not judged", nudge=nudge.id, error=type(error).__name__)
            judged = replace(nudge, state=NudgeState.UNDELIVERED, why="it could not be looked at")
        if judged is not None:
            settled.append(judged)
        else:
            ready.setdefault((seeker.id, nudge.platform), []).append((nudge, case))
    followed: dict[int, list[Case]] = {}
    for pairs in ready.values():
        for nudge, case in pairs:
            if nudge.kind is NudgeKind.FOLLOW_UP and case:
                followed.setdefault(nudge.seeker_id, []).append(case)
    members = unit.clubs.in_clubs(followed) if followed else set()
    parcels: list[Parcel] = []
    for (seeker_id, _), pairs in ready.items():
        account = reachable(accounts, pairs[0][0])
        if account is None:
            closed = (a.why for a in accounts.get(seeker_id, ()) if a.why)
            why = next(closed, "no way to reach them")
            settled += [replace(n, state=NudgeState.UNDELIVERED, why=why) for n, _ in pairs]
            continue
        nudges, about = zip(*pairs, strict=True)
        whole = everything.get(seeker_id, ())
        tied: set[int] = set()
        if seeker_id in members:
            today = local_day(now, seekers[seeker_id])
            tied = warm(unit, seeker_id, followed[seeker_id], today)
        parcels.append(Parcel(account, seekers[seeker_id], nudges, about, whole, said, tied))
    for nudge in posts:
        account = reachable(accounts, nudge)
        if account is None:
            settled.append(replace(nudge, state=NudgeState.UNDELIVERED, why="no way to post it"))
        else:
            parcels.append(Parcel(account, seekers[nudge.seeker_id], (nudge,), (None,)))
    return settled, parcels


def _judge_told(
    found: Part | str, nudge: Nudge, seeker: Seeker, said: dict[int, Part], now: datetime
) -> Nudge | None:
    """As `judge`, of a club's nudge and what was found for it, which is kept in `said`."""
    if isinstance(found, str):
        return replace(nudge, state=NudgeState.DROPPED, why=found)
    said[nudge.id] = found
    return _not_yet(nudge, nudge.due_at, seeker, now)


def judge(
    nudge: Nudge, seeker: Seeker, case: Case | None, everything: Sequence[Case], now: datetime
) -> Nudge | None:
    """What a due nudge becomes instead of being sent, or None when it is to be sent now."""
    if is_warning(nudge):
        silent = still_silent(nudge, seeker)
        wants = [Wanted(name_of(nudge), nudge.kind, nudge.due_at)] if silent else []
        why = BACK
    elif nudge.kind is NudgeKind.REVIEW:
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
    return _not_yet(nudge, want.due_at, seeker, now)


def _not_yet(nudge: Nudge, wanted_at: datetime, seeker: Seeker, now: datetime) -> Nudge | None:
    due = max(wanted_at, nudge.snoozed_until or wanted_at)
    if due > now:
        return replace(nudge, due_at=due, ready_at=due, tries=0, turn_at=None)
    free = allowed(now, seeker)
    if free > now:
        return untried(nudge, min(free, now + LOOK_AGAIN))
    return None


def untried(nudge: Nudge, again: datetime) -> Nudge:
    """A claimed nudge that was not tried after all, to be looked at again at that instant."""
    return replace(nudge, ready_at=again, tries=max(0, nudge.tries - 1), turn_at=None)
