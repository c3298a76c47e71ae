"""Our clock beside somebody else's. Reads neither."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from adapters.doctor.finding import Finding, look, ok, wrong

# An HTTP date is in whole seconds, and an answer is under way for one or two.
NOTICED = timedelta(seconds=5)
# Nudges come by our clock. Slack's requests are refused at five minutes, and links end at ten.
FAR = timedelta(minutes=1)
_SYNC = "Switch on time synchronization (`timedatectl set-ntp true`)"
EITHER = f"{_SYNC} on the one that is wrong."
# A platform's clock is right.
OURS = f"{_SYNC} on this machine."


def compared(whose: str, ours: datetime, theirs: datetime, do: str = EITHER) -> Finding:
    """How far this machine's clock is from theirs; both are aware. `do` is what mends it."""
    off = ours - theirs
    if abs(off) <= NOTICED:
        return ok(f"This machine's clock agrees with {whose}.")
    way = "ahead of" if off > timedelta() else "behind"
    what = f"This machine's clock is {said(abs(off))} {way} {whose}."
    return wrong(what, do) if abs(off) > FAR else look(what, do)


def dated(whose: str, ours: datetime, headers: Mapping[str, str]) -> list[Finding]:
    """The same by the date of a platform's answer over HTTP; nothing when it carries none."""
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return []
    aware = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    return [compared(whose, ours, aware, OURS)]


def said(span: timedelta) -> str:
    """A span of time, rounded, in its largest unit: `40 seconds`, `3 hours`."""
    count, unit, seconds = round(span.total_seconds()), "second", round(span.total_seconds())
    for larger, size, enough in (("minute", 60, 60), ("hour", 3600, 60), ("day", 86_400, 24)):
        if count < enough:
            break
        # Up from a half, as people do.
        count, unit = (seconds + size // 2) // size, larger
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
