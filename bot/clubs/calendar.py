"""When a club meets, and when its members are asked about it. Pure; knows no record of a club.

A club meets each week at one wall-clock time of one zone, and leaves the public holidays of its
country out. A meeting is known by its intended day, the day on the club's own calendar: that stays
the same whatever the clocks do, and wherever a member lives.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from bot.hours import allowed, at_local, last_before_quiet, local_day, paused
from bot.model import Seeker
from bot.zones.tables import packaged, tables

# As the brief before an interview: in the evening the day is known, and there is time to think.
# Opinion; no study was found of when clubs ask.
ASK_AT = time(18, 0)
# Three questions, and what moved since last time to look up.
ASK_AHEAD = timedelta(hours=2)
# Three meetings without a report are more than one holiday and one bad week.
RESTS_AFTER = timedelta(days=21)

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A weekly meeting: `weekday` (0 is Monday) and wall-clock time, in the club's IANA zone.

    `country` is the ISO 3166 code whose public holidays are left out, "" for none.
    """

    weekday: int
    at: time
    zone: str
    country: str = ""

    @property
    def tz(self) -> ZoneInfo:
        """The zone of the club, which is not that of each member."""
        return ZoneInfo(self.zone)


def meeting_days(rhythm: Rhythm, after: date) -> Iterator[date]:
    """The intended days strictly after a day, without end, holidays left out."""
    day = after + timedelta(days=(rhythm.weekday - after.weekday() - 1) % 7 + 1)
    while True:
        if not holiday_name(rhythm, day):
            yield day
        day += _WEEK


def meeting_at(rhythm: Rhythm, day: date) -> datetime:
    """The instant (UTC) of the meeting intended for a day.

    A wall-clock time that a clock change skips is moved forward by the gap, and one that comes
    twice means the first.
    """
    return at_local(day, rhythm.at, rhythm.tz)


def next_meeting(
    rhythm: Rhythm, after: datetime, taken: Collection[date] = ()
) -> tuple[date, datetime]:
    """The first meeting strictly after an instant: its intended day and its own instant (UTC).

    `taken` are intended days that have had theirs: cancelled, held, or moved to another time.
    """
    # In Nuuk the hour before midnight is skipped: a meeting in it comes on the day after its own.
    start = after.astimezone(rhythm.tz).date() - timedelta(days=2)
    coming = ((day, meeting_at(rhythm, day)) for day in meeting_days(rhythm, start))
    return next((day, at) for day, at in coming if at > after and day not in taken)


def report_due(
    starts_at: datetime, seeker: Seeker, since: datetime | None = None
) -> datetime | None:
    """When a member is asked for their report (UTC); None when they are not asked at all.

    That is 18:00 on their own wall, the evening before the meeting's day as their calendar has it.
    Quiet hours move it to the last minute before them, a pause to the first moment after it or to
    two hours before the meeting. Nobody is asked who rests when the club meets, nor at the meeting
    or after it; later than two hours before it only where nothing earlier is allowed.

    `since` is when the meeting was set for them, if they joined or it was moved late: only what
    comes after that counts, so that somebody who joins in the last two hours is not asked.
    """
    if paused(starts_at, seeker):
        return None
    evening = at_local(local_day(starts_at, seeker) - timedelta(days=1), ASK_AT, seeker.tz)
    latest = starts_at - ASK_AHEAD
    possible = [
        due
        for intended in (evening, latest)
        for quietly in (last_before_quiet(intended, seeker), intended)
        if (due := allowed(quietly, seeker)) < starts_at and (since is None or due > since)
    ]
    return next((due for due in possible if due <= latest), min(possible, default=None))


def gone_quiet(last_sign: datetime, now: datetime) -> bool:
    """Whether a club is to be asked if it wants to rest, after three weeks without a report.

    A sign is a report, and whatever else shows that somebody looks after the club: a meeting moved
    or cancelled, a member who joined, an answer to this very question.
    """
    return now - last_sign >= RESTS_AFTER


def holiday_name(rhythm: Rhythm, day: date) -> str:
    """The English name of the public holiday on a day in the club's country; "" if it is none.

    Several on one day are joined by "; ". A lunar one may end in "(estimated)", and a substitute
    for one at the weekend in "(observed)".
    """
    return (_holidays(rhythm.country, day.year) or {}).get(day, "")


def knows_holidays(country: str) -> bool:
    """Whether the public holidays of a country (ISO 3166 code) are known.

    A club is kept from naming another one; if one gets in, it has no holidays.
    """
    return _holidays(country, 2026) is not None


@lru_cache(maxsize=512)
def _holidays(country: str, year: int) -> Mapping[date, str] | None:
    """The holidays of one year by day; None if the library has none for that place.

    The library's own objects fill up as they are asked, and tell a second thread meanwhile that a
    holiday is none. A finished year is the same to everyone.
    """
    # Its attributes besides countries are in small letters, or longer.
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        return None
    # 100 ms and 14 MB with the first country, which no start should wait for.
    from holidays import country_holidays

    try:
        # Without a language it takes the machine's.
        return dict(country_holidays(country, years=year, expand=False, language="en_US"))
    except NotImplementedError:
        return None


def country_of(zone: str) -> str:
    """The ISO 3166 code of the country whose clocks an IANA zone are; "" if unknown or several.

    For a default that is said back and never a fact: people pick a zone for its clock.
    """
    return _countries().get(zone, "")


@cache
def _countries() -> Mapping[str, str]:
    """The country of every zone that has one.

    A zone of today belongs to one country by zone.tab. What an old name stands for may lie in
    another (America/Coral_Harbour, in Canada, is America/Panama): it counts only where all of the
    zone, by the codes that zone1970.tab has in its first column, is one country's.
    """
    known = tables()
    found = {zone: code for code, zones in known.countries.items() for zone in zones}
    lines = packaged("zone1970.tab").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    alone = {row[2]: row[0] for row in rows if "," not in row[0]}
    return {old: alone[zone] for old, zone in known.names.items() if zone in alone} | found
