"""How a day or an instant is said back to the person who typed it. Knows nothing of reading."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

# How far away a distance in days still tells more than the date does.
NEAR = 30


def say_day(day: date, today: date) -> str:
    """As "Tuesday, June 16 (in 6 days)", with the year when it is not this one."""
    return f"{day:%A}, {month_day(day, today)}{_distance(day, today)}"


def say_instant(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """As "Tue, June 16, 3:00 PM (in 6 days)" in `zone`, with the year when it is not this one."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    day = local.date()
    clock = f"{(local.hour - 1) % 12 + 1}:{local:%M} {'PM' if local.hour >= 12 else 'AM'}"
    return f"{day:%a}, {month_day(day, today)}, {clock}{_distance(day, today)}"


def month_day(day: date, today: date) -> str:
    """As "June 16", with the year when it is not this one."""
    year = "" if day.year == today.year else f", {day.year}"
    return f"{day:%B} {day.day}{year}"


def _distance(day: date, today: date) -> str:
    days = (day - today).days
    if abs(days) > NEAR:
        return ""
    if abs(days) <= 1:
        return f" ({('yesterday', 'today', 'tomorrow')[days + 1]})"
    return f" (in {days} days)" if days > 0 else f" ({-days} days ago)"
