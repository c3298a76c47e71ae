"""Erases what nobody uses any more, in clubs as well, and warns before. Knows no platform.

Who is warned, and when, is `bot.retention`'s to say; what a club had of them goes as if they had
left it, its posts included.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.gathering import forget_member, leave_clubs
from bot.hours import FOREVER, allowed, next_morning
from bot.model import Account, Nudge, NudgeKind, NudgeState, Seeker
from bot.policy import Add, Wanted, changes
from bot.ports import GRACE, Store, Unavailable, Unit
from bot.retention import WARNED_FOR, Step, months_before, step, warning_name, warning_of

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# How often everybody is looked at, a slice at a time.
EVERY = timedelta(days=1)


def prune(unit: Unit, now: datetime) -> None:
    """As `Unit.prune`; whoever is erased leaves their clubs before."""
    for member in unit.clubs.departing(now - GRACE):
        if unit.clubs.lock(member.club) is not None:
            forget_member(unit, member, now)
    unit.prune(now)


@dataclass(frozen=True)
class Looked:
    """What one look has done: where the next goes on (None: all were seen), and to how many.

    `erased` are the accounts of the `people` who were erased.
    """

    place: int | None
    warned: int = 0
    people: int = 0
    erased: tuple[Account, ...] = ()


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
                leave_clubs(unit, seeker.id, now)
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
    want = Wanted(warning_name(seeker), NudgeKind.REVIEW, due)
    known = warning_of(seeker, nudges)
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
