"""A clock that can be moved forward, and the words that say by how much. Knows no nudges."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot import dates
from bot.dates import Lean

# Longer than any job search that one would want to see at a stretch.
FARTHEST = timedelta(days=3 * 366)

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PART = re.compile(
    r"(\d{1,5}|an?)\s*(m|min|h|hour|hr|d|day|w|week|wk|minute)s?\b[\s,]*(?:and\b)?\s*"
)

# What a moving clock needs of a dispatcher.
NextDue = Callable[[], Awaitable[datetime | None]]
Tick = Callable[[datetime], Awaitable[int]]


class Unclear(ValueError):
    """The words say no time that the clock could be moved to; the string tells the person."""


class Clock(Protocol):
    """Where a chat gets its `now`."""

    def now(self) -> datetime:
        """The moment, as aware UTC."""
        ...


class MovableClock:
    """The real time, or a fixed one, moved forward by as much as was asked for."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self._fixed = fixed
        self._ahead = timedelta()

    @property
    def moved(self) -> bool:
        """Whether it shows anything but the real time."""
        return self._fixed is not None or self._ahead > timedelta()

    def now(self) -> datetime:
        return (self._fixed or datetime.now(UTC)) + self._ahead

    def forward(self, to: datetime) -> None:
        """Move to an instant; one that lies behind changes nothing."""
        self._ahead += max(timedelta(), to - self.now())


async def move(
    clock: MovableClock,
    to: datetime,
    next_due: NextDue,
    tick: Tick,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Move the clock to an instant, stopping at everything that is due on the way, in order.

    A tick that neither settles anything nor puts off what is due is tried again later and later on,
    so that the end is always reached.
    """
    patience = timedelta(minutes=1)
    while not stopped() and (due := await next_due()) is not None and due <= to:
        clock.forward(due)
        if await tick(clock.now()):
            patience = timedelta(minutes=1)
            continue
        after = await next_due()
        if after is not None and after <= clock.now():
            clock.forward(min(to, clock.now() + patience))
            patience *= 2
            if clock.now() >= to:
                break
    if not stopped():
        clock.forward(to)


def after_waiting(words: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant that lies "7 days" (3h, 20 minutes, 1 week and 2 days) ahead; raises Unclear.

    Days and weeks keep the time of day, also across a change of the clocks.
    """
    rest = words.strip().casefold()
    amounts = dict.fromkeys(_UNITS.values(), 0)
    while rest and (part := _PART.match(rest)):
        amounts[_UNITS[part[2][0]]] += 1 if part[1].startswith("a") else int(part[1])
        rest = rest[part.end() :]
    days = timedelta(days=amounts["days"], weeks=amounts["weeks"])
    exact = timedelta(hours=amounts["hours"], minutes=amounts["minutes"])
    if rest or not days + exact:
        raise Unclear('How long? For example ":wait 7 days", ":wait 3h" or ":wait 20 minutes".')
    if days + exact > FARTHEST:
        raise Unclear("That is too far ahead: three years at most.")
    return (now.astimezone(zone) + days).astimezone(UTC) + exact


def meant(words: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant ahead that "monday 9am" means; a day alone is its 09:00. Raises Unclear."""
    try:
        to = dates.read_instant(words, now, zone)
    except dates.NoTime:
        to = _morning(words, now.astimezone(zone).date(), zone)
    except dates.Unreadable as why:
        raise Unclear(str(why)) from why
    if to <= now:
        raise Unclear("The clock only moves forward.")
    if to - now > FARTHEST:
        raise Unclear("That is too far ahead: three years at most.")
    return to


def _morning(words: str, today: date, zone: ZoneInfo) -> datetime:
    try:
        day = dates.read_day(words, today, Lean.FUTURE)
    except dates.Unreadable as why:
        raise Unclear(str(why)) from why
    return datetime.combine(day, time(9), zone).astimezone(UTC)


def said(at: datetime, zone: ZoneInfo, *, year: bool = False) -> str:
    """An instant as headings and marks show it: "Fri, June 19, 09:30", in the zone."""
    local = at.astimezone(zone)
    return f"{local:%a}, {local:%B} {local.day}{f', {local.year}' if year else ''}, {local:%H:%M}"
