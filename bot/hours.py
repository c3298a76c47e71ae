"""A person's calendar: working mornings, quiet hours and pauses, in their own zone. Pure.

Everything is computed in local calendar time and given back as aware UTC. A wall-clock time that a
clock change skips is moved forward by the gap; one that happens twice means its first occurrence.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.model import Seeker

# Where a pause without an end puts what falls into it.
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def at_local(day: date, at: time, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The instant of a wall-clock time in a zone, as UTC."""
    return datetime.combine(day, at, tzinfo=zone).replace(fold=fold).astimezone(UTC)


def local_day(at: datetime, seeker: Seeker) -> date:
    """The calendar day that an instant falls on for this person."""
    return at.astimezone(seeker.tz).date()


def working_day(day: date, seeker: Seeker) -> date:
    """The first of the person's working days on or after a day."""
    while seeker.days and day.weekday() not in seeker.days:
        day += timedelta(days=1)
    return day


def after_working_days(day: date, count: int, seeker: Seeker) -> date:
    """The day that is `count` of the person's working days after a day."""
    for _ in range(count):
        day = working_day(day + timedelta(days=1), seeker)
    return day


def morning(day: date, seeker: Seeker) -> datetime:
    """The working morning of a day, or of the first working day after it."""
    return at_local(working_day(day, seeker), seeker.hour, seeker.tz)


def next_morning(at: datetime, seeker: Seeker) -> datetime:
    """The first working morning after an instant."""
    day = local_day(at, seeker)
    found = morning(day, seeker)
    return found if found > at else morning(day + timedelta(days=1), seeker)


def is_quiet(at: datetime, seeker: Seeker) -> bool:
    """Whether an instant is inside the person's quiet hours by the clock on their wall."""
    start, end = seeker.quiet_from, seeker.quiet_until
    now = at.astimezone(seeker.tz).time()
    if start <= end:
        return start <= now < end
    return now >= start or now < end


def out_of_quiet(at: datetime, seeker: Seeker) -> datetime:
    """The instant itself, or the end of the quiet hours it falls into."""
    while is_quiet(at, seeker):
        local = at.astimezone(seeker.tz)
        day = local.date()
        if local.time() >= seeker.quiet_until:
            day += timedelta(days=1)
        # When the clock goes back the end happens twice, and the first may have gone by.
        ends = (at_local(day, seeker.quiet_until, seeker.tz, fold) for fold in (0, 1))
        at = next((end for end in ends if end > at), at + timedelta(minutes=30))
    return at


def paused(at: datetime, seeker: Seeker) -> bool:
    """Whether the person asked for silence at that instant."""
    if seeker.paused_from is None or at < seeker.paused_from:
        return False
    return seeker.paused_until is None or at < seeker.paused_until


def allowed(at: datetime, seeker: Seeker) -> datetime:
    """The first instant from `at` on at which this person may be written to.

    What falls into a pause waits for the first working morning after it.
    """
    while True:
        if paused(at, seeker):
            if seeker.paused_until is None:
                return FOREVER
            at = next_morning(seeker.paused_until - timedelta(microseconds=1), seeker)
        elif is_quiet(at, seeker):
            # A rest may have begun by the time the night ends.
            at = out_of_quiet(at, seeker)
        else:
            return at


def last_before_quiet(at: datetime, seeker: Seeker) -> datetime:
    """For an instant in quiet hours, the last minute before they began; otherwise the instant."""
    if not is_quiet(at, seeker):
        return at
    local = at.astimezone(seeker.tz)
    day = local.date()
    if local.time() < seeker.quiet_from:
        day -= timedelta(days=1)
    return at_local(day, seeker.quiet_from, seeker.tz) - timedelta(minutes=1)
