"""Records that nobody uses any more: their owner is warned once, then they are erased.

Knows no platform and no storage. The numbers are the host's promise to people, told in SECURITY.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import partial

import structlog

from bot.hours import FOREVER, allowed, local_day, next_morning
from bot.model import Account, Nudge, NudgeKind, NudgeState, Seeker
from bot.policy import Add, Drop, Wanted, changes, key_of, name_of
from bot.ports import Store, Unavailable, Unit

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Between the end of the warning and the erasure.
WARNED_FOR = timedelta(days=30)
# How often everybody is looked at, a slice at a time.
EVERY = timedelta(days=1)
# A warning is stored as a review, and only its name tells them apart. A worker of an older release,
# which would choke on a kind that it does not know, so meets a review that nobody wants, and drops
# it; the next look of a newer one plans it again.
PREFIX = "keeping:"
_KIND = NudgeKind.REVIEW
# Why a warning is not sent any more.
BACK = "its owner came back"


class Step(Enum):
    """What becomes of somebody who has been silent for long."""

    WAIT = auto()
    WARN = auto()
    ERASE = auto()


@dataclass(frozen=True)
class Looked:
    """What one look has done: where the next goes on (None: all were seen), and to how many.

    `erased` are the accounts of the `people` who were erased.
    """

    place: int | None
    warned: int = 0
    people: int = 0
    erased: tuple[Account, ...] = ()


def is_warning(nudge: Nudge) -> bool:
    """Whether it warns of the erasure, rather than reviews a week."""
    return name_of(nudge).startswith(PREFIX)


def warning_name(seeker: Seeker) -> str:
    """The name of the one warning in a person's silence, which began when they were last seen."""
    return f"{PREFIX}{seeker.seen_at:%Y-%m-%d}"


def still_silent(nudge: Nudge, seeker: Seeker) -> bool:
    """Whether a warning's owner has not used the bot since what it warns about."""
    return name_of(nudge) == warning_name(seeker)


def no_longer(nudges: Sequence[Nudge], seeker: Seeker) -> list[Drop]:
    """Ends the warnings among these that wait for somebody who has come back."""
    waits = (NudgeState.PLANNED, NudgeState.UNDELIVERED)
    over = [n for n in nudges if is_warning(n) and n.state in waits and not still_silent(n, seeker)]
    return [Drop(replace(nudge, state=NudgeState.DROPPED, why=BACK)) for nudge in over]


def erased_on(seeker: Seeker, now: datetime) -> date:
    """The first day on which somebody who is warned now may be erased, in their zone."""
    return local_day(now + WARNED_FOR, seeker)


def months_before(at: datetime, months: int) -> datetime:
    """The same time so many months before; on the month's last day where it has no such day."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = at.day
    while True:
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            day -= 1


def whole_months(since: datetime, now: datetime) -> int:
    """How many whole months have gone by."""
    count = (now.year - since.year) * 12 + now.month - since.month
    return count if months_before(now, count) >= since else count - 1


def step(seeker: Seeker, nudges: Sequence[Nudge], now: datetime, months: int) -> Step:
    """What becomes of a person whose records are kept for so many months without use.

    `nudges` are all that are planned for them, and all of theirs about no application. Whoever has
    something planned, or rests (also without an end), will be back or has been promised silence.
    """
    seen = seeker.seen_at
    if seen is None or seen > months_before(now + WARNED_FOR, months):
        return Step.WAIT
    if seeker.paused_from and (seeker.paused_until is None or seeker.paused_until > now):
        return Step.WAIT
    if any(n.state is NudgeState.PLANNED and _waits(n) for n in nudges):
        return Step.WAIT
    warning = _warning(seeker, nudges)
    if warning is None or warning.state is NudgeState.DROPPED:
        return Step.WARN
    if warning.state is NudgeState.PLANNED:
        return Step.WAIT
    # What could not be delivered was last claimed until about when it came to its end.
    ended = max(warning.sent_at or warning.ready_at, warning.due_at)
    over = now - ended >= WARNED_FOR and seen <= months_before(now, months)
    return Step.ERASE if over else Step.WAIT


def _waits(nudge: Nudge) -> bool:
    """Whether it is something that they asked for; a review and a club's questions come anyway."""
    return nudge.kind is not NudgeKind.REVIEW and not nudge.kind.of_club


def _warning(seeker: Seeker, nudges: Sequence[Nudge]) -> Nudge | None:
    key = key_of(seeker, warning_name(seeker))
    return next((nudge for nudge in nudges if nudge.key == key), None)


def look(now: datetime, months: int, after: int, unit: Unit) -> Looked:
    """Warn and erase in one slice of all people: those whose ids follow `after`."""
    seekers, place = unit.silent(months_before(now + WARNED_FOR, months), after)
    if not seekers:
        return Looked(place)
    accounts = unit.accounts([seeker.id for seeker in seekers])
    warned = people = 0
    erased: list[Account] = []
    for seeker in seekers:
        theirs = accounts.get(seeker.id, ())
        nudges = [
            *unit.nudges.of(seeker.id, (NudgeState.PLANNED,)),
            *(n for n in unit.nudges.standing(seeker.id) if n.state is not NudgeState.PLANNED),
        ]
        match _step(seeker, nudges, now, months):
            case Step.WARN:
                warned += _warn(unit, seeker, nudges, theirs, now)
            case Step.ERASE:
                unit.forget(seeker.id)
                people += 1
                erased += theirs
            case Step.WAIT:
                pass
    return Looked(place, warned, people, tuple(erased))


def _step(seeker: Seeker, nudges: Sequence[Nudge], now: datetime, months: int) -> Step:
    try:
        return step(seeker, nudges, now, months)
    except Exception as error:
        # One record that no rule was made for must not keep everybody else's.
        log.error("silence not judged", error=type(error).__name__)
        return Step.WAIT


def _warn(
    unit: Unit, seeker: Seeker, nudges: Sequence[Nudge], accounts: Sequence[Account], now: datetime
) -> bool:
    """Plan the warning where they can be reached, or would be; False where nobody ever could."""
    if not accounts:
        return False
    platform = max(accounts, key=lambda account: (account.on, account.id)).platform
    due = allowed(next_morning(now, seeker), seeker)
    if due >= FOREVER:
        return False
    want = Wanted(warning_name(seeker), _KIND, due)
    known = _warning(seeker, nudges)
    for change in changes([want], [known] if known else [], seeker, platform, ""):
        if isinstance(change, Add):
            unit.nudges.add([change.nudge])
        else:
            unit.nudges.replan(change.nudge)
    return True


def _nobody(account: Account) -> None:
    """Nobody is told."""


class Retention:
    """Looks at everybody once a day, one slice a round, so that nothing else waits for it.

    `months` is for how long records are kept without use; 0 for ever. `erased` is told of each
    account of whoever was erased; it must return at once and raise nothing. Any number of processes
    may look at once.
    """

    def __init__(
        self, store: Store, months: int, erased: Callable[[Account], None] = _nobody
    ) -> None:
        self._store = store
        self._months = months
        self._erased = erased
        self._began: datetime | None = None
        self._place: int | None = None

    async def round(self, now: datetime) -> None:
        """Look at the next slice, if today's look is not over. Raises Unavailable."""
        if not self._months:
            return
        if self._place is None:
            if self._began is not None and abs(now - self._began) < EVERY:
                return
            self._began, self._place = now, 0
        try:
            done = await self._store.transact(partial(look, now, self._months, self._place))
        except Unavailable:
            raise
        except Exception as error:
            # What is old can wait for tomorrow; what is due cannot.
            log.error("silence not looked at", error=type(error).__name__)
            self._place = None
            return
        self._place = done.place
        if done.warned:
            log.info("erasures announced", people=done.warned)
        if done.people:
            log.info("unused records erased", people=done.people)
        for account in done.erased:
            self._erased(account)
