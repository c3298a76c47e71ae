"""Our clock beside somebody else's. Reads neither."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from adapters.doctor.finding import Finding, look, ok, wrong

# An HTTP date is in whole seconds, and an answer is under way for one or two.
NOTICED = timedelta(seconds=5)
# Nudges come by our clock. Slack's requests are refused at five minutes, and links end at ten.
FAR = timedelta(minutes=1)
_DO = "Switch on time synchronization (`timedatectl set-ntp true`) on the one that is wrong."


def compared(whose: str, ours: datetime, theirs: datetime) -> Finding:
    """How far this machine's clock is from theirs; both are aware."""
    off = ours - theirs
    if abs(off) <= NOTICED:
        return ok(f"This machine's clock agrees with {whose}.")
    way = "ahead of" if off > timedelta() else "behind"
    what = f"This machine's clock is {said(abs(off))} {way} {whose}."
    return wrong(what, _DO) if abs(off) > FAR else look(what, _DO)


def dated(whose: str, ours: datetime, headers: Mapping[str, str]) -> list[Finding]:
    """The same by the date that an answer over HTTP carries; nothing when it carries none."""
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return []
    return [compared(whose, ours, theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))]


def said(span: timedelta) -> str:
    """A span of time in its largest unit: `40 seconds`, `3 hours`."""
    seconds = int(span.total_seconds())
    for name, size in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= size or size == 1:
            count = seconds // size
            return f"{count:,} {name}{'' if count == 1 else 's'}"
    raise AssertionError("a second is the smallest")
