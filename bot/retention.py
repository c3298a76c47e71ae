"""Records that nobody uses any more: their owner is warned once, then they are erased.

Knows no platform and no storage. The numbers are the host's promise to people, told in SECURITY.md.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import Enum, auto

import structlog

from bot.hours import local_day
from bot.model import Nudge, NudgeKind, NudgeState, Seeker
from bot.policy import Drop, key_of, name_of

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Between the end of the warning and the erasure.
WARNED_FOR = timedelta(days=30)
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
    warning = warning_of(seeker, nudges)
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


def warning_of(seeker: Seeker, nudges: Sequence[Nudge]) -> Nudge | None:
    """The warning of this silence among their nudges, if it is there."""
    key = key_of(seeker, warning_name(seeker))
    return next((nudge for nudge in nudges if nudge.key == key), None)
