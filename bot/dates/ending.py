"""The date at the end of a text ("Acme last friday"), told from a name that ends like one.

Knows what a name looks like, and leaves the reading to `reading`.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.dates.clock import ZONES
from bot.dates.days import Lean
from bot.dates.reading import Ambiguous, NoTime, Unreadable, read_day, read_exact, read_instant
from bot.dates.words import COUNTS, LAST_WORDS, MONTHS, SPELLED, UNIT, WEEKDAYS

# "Wednesday, the 12th of June, 2027 at 3 p.m. in the afternoon" is as wordy as anybody gets.
MOST_WORDS = 12
_JOINING = ("on", "at", "by")
_NAMES = frozenset((*WEEKDAYS, *MONTHS, *SPELLED))
# What ends a company's name or a role more often than it is a date: "Vancouver sun", "Python 3.11",
# "Support 24/7", "Seven days".
_RATHER_A_NAME = re.compile(
    rf"sun|sat|24/7|\d+[.-]\d+|(?:an?|\d+|{'|'.join(COUNTS)}) ?(?:{UNIT}|[dwh]|hours?|minutes?)"
)
_SURELY = re.compile(r"\d|\b(?:last|next|this)\b")
_ANY = ZoneInfo("UTC")
_WORD = re.compile(r"(?<![\w:<])[A-Za-z]+")


def split_day(text: str, today: date, lean: Lean) -> tuple[str, str]:
    """`text` as what it is about and the day at its end: ("Acme", "last friday").

    Without a day that is plainly one ("Editor at USA Today", "Studio 54") all of it is the first.
    """
    # In which zone a timestamp is read does not matter to whether it is one.
    return _split(text, lambda run: read_exact(run, _ANY) or read_day(run, today, lean))


def split_instant(text: str, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """`text` as what it is about and the instant at its end: ("Acme", "next tue 3pm").

    A day without a time is split off too, so that `read_instant` can ask for the time.
    """
    return _split(text, lambda run: read_instant(run, now, zone))


def _split(text: str, read: Callable[[str], object]) -> tuple[str, str]:
    if not _may_end(text):
        return text, ""
    starts = [m.start() for m in re.finditer(r"(?<!\S)\S", text)]
    for start in starts[-MOST_WORDS:]:
        head, run = text[:start].rstrip(), text[start:].rstrip()
        joining = next((word for word in head.split()[-1:] if word in _JOINING), "")
        if run.split()[0] in _JOINING or not _plainly_a_date(run, bool(joining)):
            continue
        # "at 3" is a time, a bare "3" is none.
        for when in (run, f"at {run}") if joining == "at" else (run,):
            if _reads(when, read):
                return head.removesuffix(joining).rstrip(" ,-–"), when
    return text, ""


def _may_end(text: str) -> bool:
    """Whether the last word is one that a date can end with, as hardly any other word is."""
    word = text.rpartition(" ")[2].lower()
    return not (word.isascii() and word.isalpha()) or word in LAST_WORDS or word in ZONES


def _reads(run: str, read: Callable[[str], object]) -> bool:
    try:
        read(run)
    except (Ambiguous, NoTime):
        return True
    except Unreadable:
        return False
    return True


def _plainly_a_date(run: str, joined: bool) -> bool:
    """Whether words at the end of a text are there as a date, and not as part of a name.

    People write "friday" and "June 12" but "USA Today" and "Black Friday": a word with a capital
    counts only if it is a weekday's or a month's and something else shows that a date is meant.
    """
    if _RATHER_A_NAME.fullmatch(run.lower()) and not joined:
        return False
    sure = joined or _SURELY.search(run)
    for word in _WORD.findall(run):
        name = word.istitle() and word.lower() in _NAMES and sure
        if not (word.islower() or name or word in ("AM", "PM") or word.lower() in ZONES):
            return False
    return True
