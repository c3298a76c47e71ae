"""Every day that a phrase in plain words may mean. Knows no clock, and no sentences for people."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import Enum

from bot.dates.parsing import distant_day, named_day
from bot.dates.words import UNIT, WEEKDAYS

# A year outside is a slip of the finger, and arithmetic overflows at the ends of the calendar.
YEARS = range(1990, 2101)


class Lean(Enum):
    """Where a bare "friday" or "12 June" lies: one applied in the past, an interview is ahead."""

    PAST = "past"
    FUTURE = "future"

    @property
    def step(self) -> int:
        """One day in this direction."""
        return 1 if self is Lean.FUTURE else -1

    @property
    def other(self) -> "Lean":
        """The other direction."""
        return Lean.PAST if self is Lean.FUTURE else Lean.FUTURE


_NEAR = {
    "day before yesterday": -2,
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
}
_DAY = "(" + "|".join(WEEKDAYS) + ")"
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
_WEEKDAY = re.compile(rf"(?:(last|next|this) )?{_DAY}")
_OF_WEEK = re.compile(rf"{_DAY} (last|next|this) week|(last|next|this) week (?:on )?{_DAY}")
_ORDINAL = re.compile(r"the (\d{1,2})(?:st|nd|rd|th)")
_END = re.compile(r"(?:the )?end of (?:the |this )?(next )?(week|month)")
_AWAY = re.compile(rf"((?:an?|\d+) {UNIT}) (?:from|on|after) (.+)")
_DAY_AND_DATE = re.compile(rf"{_DAY} (.*\d.*)|(.*\d.*) {_DAY}")


def days(phrase: str, today: date, lean: Lean, *, today_counts: bool) -> tuple[date, ...]:
    """The readings of a tidy phrase: none if it is no day, two if it may be either.

    `today_counts` says whether a bare weekday may be today.
    """
    found = _days(re.sub(r"^(?:on|by) ", "", phrase), today, lean, today_counts)
    return tuple(dict.fromkeys(day for day in found if day and day.year in YEARS))


def _days(phrase: str, today: date, lean: Lean, today_counts: bool) -> list[date | None]:
    near = _NEAR.get(phrase.removeprefix("the "))
    if near is not None:
        return [today + timedelta(near)]
    if m := _ISO.fullmatch(phrase):
        return [_dated(int(m[3]), int(m[4]), int(m[1]), today, lean)]
    if m := _NUMBERS.fullmatch(phrase):
        # English is written in both orders, and nothing in "11/12" tells which one was meant.
        one, two, year = int(m[1]), int(m[3]), int(m[4]) if m[4] else None
        year = year + 2000 if year is not None and year < 100 else year
        orders = [(month, day) for month, day in ((one, two), (two, one)) if month <= 12]
        # Dots are written where the day comes first.
        orders = orders[-1:] if m[2] == "." else orders
        return [_dated(*order, year, today, lean) for order in orders]
    if m := _WEEKDAY.fullmatch(phrase):
        step = {"next": 1, "last": -1}.get(m[1], lean.step)
        counts = today_counts if m[1] is None else m[1] == "this"
        return [_weekday(m[2], today if counts else today + timedelta(step), step)]
    if m := _OF_WEEK.fullmatch(phrase):
        weeks = {"last": -1, "this": 0, "next": 1}[m[2] or m[3]]
        monday = today + timedelta(7 * weeks - today.weekday())
        return [_weekday(m[1] or m[4], monday, 1)]
    if m := _ORDINAL.fullmatch(phrase):
        return [_dated(None, int(m[1]), None, today, lean)]
    if m := _END.fullmatch(phrase):
        if m[2] == "week":
            return [_weekday("friday", today + timedelta(7 if m[1] else 0), 1)]
        months = today.month + (1 if m[1] else 0)
        return [date(today.year + months // 12, months % 12 + 1, 1) - timedelta(1)]
    if m := _AWAY.fullmatch(phrase):
        starts = days(m[2], today, Lean.FUTURE, today_counts=False)
        return [distant_day(f"in {m[1]}", start, ahead=True) for start in starts]
    if m := _DAY_AND_DATE.fullmatch(phrase):
        return _on_weekday(m[1] or m[4], m[2] or m[3], today, lean)
    if named := named_day(phrase):
        return [_dated(*named, today, lean)]
    return [distant_day(phrase, today, ahead=lean is Lean.FUTURE)]


def _on_weekday(weekday: str, phrase: str, today: date, lean: Lean) -> list[date | None]:
    """The readings that fall on that weekday, be it in the year beside the one that `lean` says."""
    for either in (lean, lean.other):
        found = days(phrase, today, either, today_counts=True)
        if fitting := [day for day in found if WEEKDAYS[day.weekday()] == weekday]:
            return [*fitting]
    return []


def _dated(month: int | None, day: int, year: int | None, today: date, lean: Lean) -> date | None:
    """That day in the month and year typed, else in the nearest towards `lean`; today counts."""
    if year is not None and month is not None:
        try:
            return date(year, month, day)
        except ValueError:
            return None
    return _first(lambda at: at.day == day and month in (None, at.month), today, lean.step)


def _weekday(name: str, start: date, step: int) -> date | None:
    return _first(lambda day: WEEKDAYS[day.weekday()] == name, start, step)


def _first(fits: Callable[[date], bool], start: date, step: int) -> date | None:
    """The first day that fits, from `start` on; within nine years there is a February 29."""
    return next(filter(fits, (start + timedelta(step * n) for n in range(9 * 366))), None)
