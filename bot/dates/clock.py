"""The clock time in a phrase: "at 3", "9.30am", "15:00 UTC". Knows no days."""

import re
from datetime import time
from typing import NamedTuple
from zoneinfo import ZoneInfo

# As written in the mails that a seeker copies from. EST in summer means the clock on a wall in New
# York; MST is left out, because Phoenix and Denver do not agree about it.
ZONES = {
    **dict.fromkeys(("utc", "gmt"), "UTC"),
    **dict.fromkeys(("et", "est", "edt"), "America/New_York"),
    **dict.fromkeys(("ct", "cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("mt", "mdt"), "America/Denver"),
    **dict.fromkeys(("pt", "pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("cet", "cest"), "Europe/Berlin"),
    "bst": "Europe/London",
}

_CLOCK = re.compile(
    r"(?<![\w.:/-])(?P<at>at )?(?P<hour>\d{1,2})"
    r"(?:(?P<mark>[:.])(?P<minute>[0-5]\d)(?::[0-5]\d)?)?(?: ?(?P<half>am|pm))?"
    rf"(?: (?P<zone>{'|'.join(ZONES)}))?(?![\w.:/-])"
)
# A bare 0 is left out: people say it for "none".
_HOUR = re.compile(r"00|0?[1-9]|1\d|2[0-3]")
# The hours of each part of a day; with none named it is the working day, when interviews are held.
_HOURS = {
    "": range(7, 19),
    "morning": range(12),
    "afternoon": range(12, 19),
    "evening": range(16, 24),
    "night": range(16, 24),
}
_PART_OF_DAY = re.compile(r"\b(?:in the )?(morning|afternoon|evening|night)\b")
# "tue 9.30" has a time in it and "tue 9.06" a date: no month has one of these numbers.
_QUARTERS = ("00", "15", "30", "45")


class Taken(NamedTuple):
    """A clock time taken off a phrase, the zone typed after it, and what is left of the phrase."""

    clock: time | None
    zone: ZoneInfo | None
    rest: str


def take_clock(phrase: str) -> Taken:
    """Take the clock time off a tidy phrase, and with it a part of the day ("tomorrow morning")."""
    part = _PART_OF_DAY.search(phrase)
    bare = " ".join(_PART_OF_DAY.sub(" ", phrase, count=1).split())
    found = list(_CLOCK.finditer(bare))
    plain = [m for m in found if m["at"] or m["half"] or m["mark"] == ":"]
    dotted = [m for m in found if m["minute"] in _QUARTERS and m[0] != bare]
    for match in (plain or dotted)[:1]:
        hour = _hour(match["hour"], match["half"], part[1] if part else "")
        if hour is not None:
            rest = " ".join(f"{bare[: match.start()]} {bare[match.end() :]}".split())
            zone = ZoneInfo(ZONES[match["zone"]]) if match["zone"] else None
            return Taken(time(hour, int(match["minute"] or 0)), zone, rest)
    return Taken(None, None, bare)


def only_clock(phrase: str) -> time | None:
    """The time of a tidy phrase that is nothing else, its hour as typed; None for any other."""
    if phrase == "midnight":
        return time()
    if _HOUR.fullmatch(phrase):
        return time(int(phrase))
    match = _CLOCK.fullmatch(phrase)
    if not match or match["zone"] or not (match["minute"] or match["half"]):
        return None
    # A leading zero says that the hour is one of 24.
    hour = _hour(match["hour"] if match["half"] else match["hour"].zfill(2), match["half"], "")
    return None if hour is None else time(hour, int(match["minute"] or 0))


def _hour(typed: str, half: str | None, part: str) -> int | None:
    """The hour of 24 that was typed; one of twelve is told by the part of the day it is said in."""
    hour = int(typed)
    if half:
        if not 1 <= hour <= 12:
            return None
        meant = [hour % 12 + (12 if half == "pm" else 0)]
    elif hour > 12 or typed.startswith("0"):
        meant = [hour]
    else:
        meant = [hour, hour + 12]
    allowed = _HOURS[part] if part or len(meant) > 1 else range(24)
    return next((hour for hour in meant if hour in allowed), None)
