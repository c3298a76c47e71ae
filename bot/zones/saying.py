"""What the clocks of a zone show, and how it is said with that. Knows no search."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

# ZoneInfo itself keeps eight, and reads the file of any other again.
_kept = cache(ZoneInfo)


def ahead(zone: str, at: datetime) -> timedelta:
    """How far the clocks of a zone are ahead of UTC at an instant."""
    return at.astimezone(_kept(zone)).utcoffset() or timedelta()


def city(zone: str) -> str:
    """The city that a zone is named for; the whole name of one that is named for none."""
    if "/" not in zone or zone.startswith("Etc/"):
        return zone
    return zone.rpartition("/")[2].replace("_", " ")


def say_place(name: str, zone: str, now: datetime) -> str:
    """As "Munich, 15:04 now (Europe/Berlin)": at most 75 characters, which is Slack's limit."""
    there = f"{name}, {now.astimezone(_kept(zone)):%H:%M} now"
    return there if name == zone else f"{there} ({zone})"
