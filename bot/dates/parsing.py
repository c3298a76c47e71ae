"""dateparser, and the gate before it. The only file that knows the library.

By itself dateparser reads "may", "5" and "now?" as days and drops what it has no use for ("last
week 3" is last week, "hours 12" a day in December). So a phrase reaches it only in a shape in which
every word counts, and every number typed must be in its answer.
"""

import re
from datetime import UTC, date, datetime, time

from bot.dates.words import MONTHS, UNIT

_NUMBER = re.compile(r"(\d{1,2}|\d{4})(?:st|nd|rd|th)?")
_LENGTH = rf"(?:an?|[1-9]\d{{0,2}}) {UNIT}(?: (?:and )?(?:an?|[1-9]\d{{0,2}}) {UNIT})?"
_DISTANCE = re.compile(
    rf"in {_LENGTH}|{_LENGTH}(?: ago)?"
    r"|(?:(?:the )?\d{1,2}(?:st|nd|rd|th) of )?(?:last|next) (?:week|month)"
)
_SPAN = r"(?:an?|\d{1,4}(?:\.\d{1,2})?) (?:hour|minute)s?(?: (?:and )?\d{1,3} minutes?)?"
_ELAPSED = re.compile(rf"in {_SPAN}|{_SPAN}(?: ago)?")


def named_day(phrase: str) -> tuple[int, int, int | None] | None:
    """Month, day and the year, if one was typed, of "12 june" or "june 12th 2026"; else None."""
    words = phrase.split()
    names = [word for word in words if not _NUMBER.fullmatch(word)]
    numbers = [int(m[1]) for word in words if (m := _NUMBER.fullmatch(word))]
    if not any(name in MONTHS for name in names) or not {*names} <= {*MONTHS, "the", "of"}:
        return None
    if len(numbers) == 2 and re.fullmatch(r"\d\d", words[-1]):
        numbers[-1] += 2000
        phrase = f"{phrase[:-2]}{numbers[-1]}"
    # Any year will do for the base: where none was typed, only the month and the day count.
    found = _ask(phrase, datetime.combine(date(2024, 1, 1), time()), "absolute-time")
    if found is None:
        return None
    year = found.year if len(numbers) == 2 else None
    return (found.month, found.day, year) if {*numbers} == {found.day, year or found.day} else None


def distant_day(phrase: str, today: date, *, ahead: bool) -> date | None:
    """The day of "in 2 weeks" or "3 days ago", counted from `today`; None for what is neither.

    `ahead` is where "3 days" lies, which says neither "in" nor "ago".
    """
    if not _DISTANCE.fullmatch(phrase):
        return None
    found = _ask(phrase, datetime.combine(today, time()), "relative-time", ahead=ahead)
    return found and found.date()


def elapsed(phrase: str, now: datetime, *, ahead: bool) -> datetime | None:
    """The instant of "in 90 minutes", in UTC like `now`: time that passes, whatever clocks do."""
    if not _ELAPSED.fullmatch(phrase):
        return None
    found = _ask(phrase, now.astimezone(UTC).replace(tzinfo=None), "relative-time", ahead=ahead)
    return found and found.replace(tzinfo=UTC)


def _ask(phrase: str, base: datetime, parser: str, *, ahead: bool = True) -> datetime | None:
    # Imported on first need: 80 ms that most starts and most phrases do without.
    from dateparser import parse

    settings = {
        "RELATIVE_BASE": base,  # without it dateparser reads the clock
        "TIMEZONE": "UTC",  # without it dateparser looks for the machine's zone
        "PREFER_DATES_FROM": "future" if ahead else "past",
        "PARSERS": [parser],
    }
    return parse(phrase, languages=["en"], settings=settings)
