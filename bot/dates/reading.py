"""A day, an instant or a time of day as a person typed it, or a sentence that says why not.

Knows the seeker's zone and no clock: `today` and `now` are arguments.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.dates.clock import only_clock, take_clock
from bot.dates.days import YEARS, Lean, days
from bot.dates.parsing import elapsed
from bot.dates.saying import month_day
from bot.dates.words import LONGEST, tidy


class Unreadable(ValueError):
    """What was typed (`text`) is no day or time; its string is a short sentence for the person."""

    def __init__(self, text: str, sentence: str) -> None:
        super().__init__(sentence)
        self.text = text


class NoTime(Unreadable):
    """A day was understood, but an instant needs a clock time as well."""


class Ambiguous(Unreadable):
    """Two readings: `choices` has them, of the type that the reader returns."""

    def __init__(
        self, text: str, found: tuple[date, ...], today: date, choices: tuple[date, ...]
    ) -> None:
        either = " or ".join(month_day(day, today) for day in found)
        super().__init__(text, f"{text.strip()} could be {either}.")
        self.choices = choices


def read_day(text: str, today: date, lean: Lean) -> date:
    """The day that `text` means; a clock time beside it is let go. Raises Unreadable or Ambiguous.

    "next tuesday" is the first one after today, "last tuesday" the last one before it. A bare
    "tuesday" said on a Tuesday is today when leaning to the past, else a week ahead.
    """
    rest = take_clock(tidy(text)).rest
    found = days(rest, today, lean, today_counts=lean is Lean.PAST)
    if not found:
        near = "last Tuesday" if lean is Lean.PAST else "next Tuesday"
        raise _unreadable(text, "a date", "12 June", near)
    if lean is Lean.PAST:
        # What has happened did not happen on a day to come.
        found = tuple(day for day in found if day <= today) or found
    if len(found) > 1:
        raise Ambiguous(text, found, today, found)
    return found[0]


def read_instant(text: str, now: datetime, zone: ZoneInfo, lean: Lean = Lean.FUTURE) -> datetime:
    """The instant that `text` means in `zone`, in UTC. Raises Unreadable, NoTime or Ambiguous.

    A time alone is the next such time (the last one, leaning to the past). Without am or pm, "at 3"
    is the afternoon and "at 9" the morning, for interviews are held by day. A time that a clock
    change skips moves forward by as much; of one that comes twice, the first is meant.
    """
    phrase = tidy(text)
    if exact := read_exact(text, zone):
        return exact
    passed = elapsed(phrase, now, ahead=lean is Lean.FUTURE)
    if passed and passed.year in YEARS:
        return passed
    clock, typed_zone, rest = take_clock(phrase)
    today = now.astimezone(zone).date()

    def on(day: date) -> datetime:
        return datetime.combine(day, clock or time(), typed_zone or zone).astimezone(UTC)

    if clock and not rest:
        near = [on(today + timedelta(days)) for days in range(-2, 3)]
        ahead = lean is Lean.FUTURE
        return min(at for at in near if at > now) if ahead else max(at for at in near if at <= now)
    today_counts = clock is not None and (on(today) > now) == (lean is Lean.FUTURE)
    found = days(rest, today, lean, today_counts=today_counts)
    if not found:
        raise _unreadable(text, "a day and a time", "next Tue 3pm", "12 June 15:00")
    if clock is None:
        raise NoTime(text, "What time? For example “tue 3pm”.")
    if len(found) > 1:
        raise Ambiguous(text, found, today, tuple(on(day) for day in found))
    return on(found[0])


def read_time(text: str) -> time:
    """The time of day that `text` means, to the minute, with the hour as typed: "3:30" is at night.

    A number alone is an hour of 24. Raises Unreadable.
    """
    clock = only_clock(tidy(text))
    if clock is None:
        raise _unreadable(text, "a time of day", "9:30", "3pm")
    return clock


def read_exact(text: str, zone: ZoneInfo) -> datetime | None:
    """The instant, in UTC, of an ISO 8601 time or of Discord's own timestamp, <t:1781276400:F>.

    An ISO time without an offset is one in `zone`. None for anything else, and for an instant whose
    year, in UTC or as typed, is not within 1990 to 2100.
    """
    text = text.strip()
    if m := re.fullmatch(r"<t:(\d{1,10})(?::[a-zA-Z])?>", text, re.ASCII):
        at = datetime.fromtimestamp(int(m[1]), UTC)
    elif re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d\S{0,22}", text, re.ASCII):
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=zone)
    else:
        return None
    if at.year not in YEARS:  # at the ends of the calendar, a change of zone overflows
        return None
    at = at.astimezone(UTC)
    return at if at.year in YEARS else None


def _unreadable(text: str, what: str, *examples: str) -> Unreadable:
    start = text[:LONGEST] + ("…" if len(text) > LONGEST else "")
    if not start.isprintable():
        start = "".join(c if c.isprintable() else " " for c in start)
    shown = " ".join(start.split())
    wrong = f"I could not read “{shown}” as {what}." if shown else "Nothing was typed."
    tries = " or ".join(f"“{example}”" for example in examples)
    return Unreadable(text, f"{wrong} Try {tries}.")
