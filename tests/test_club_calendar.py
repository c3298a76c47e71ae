"""When a club meets and when its members are asked: examples, and laws over zones and people."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.clubs.calendar import (
    ASK_AHEAD,
    Rhythm,
    country_of,
    gone_quiet,
    holiday_name,
    knows_holidays,
    meeting_at,
    meeting_days,
    next_meeting,
    report_due,
)
from bot.hours import is_quiet, local_day, paused
from bot.model import Seeker
from bot.zones.tables import tables
from tests.records import SEEKER, ZONES, days, hours, instants, seekers

# Besides the usual ones: a skipped hour before midnight, a country that changed its mind, the ends.
PLACES = (*ZONES, "America/Nuuk", "Africa/Cairo", "Pacific/Kiritimati", "Etc/GMT+12")
NEW_YORK = Rhythm(1, time(18, 0), "America/New_York", "US")
WEEK = timedelta(weeks=1)

rhythms = st.builds(
    Rhythm,
    st.integers(0, 6),
    hours,
    st.sampled_from(PLACES),
    st.sampled_from(("", "US", "DE", "GB", "SA", "JP", "IL")),
)
# A calm person: ordinary quiet hours, no rest.
calm = st.sampled_from(PLACES).map(lambda zone: replace(SEEKER, zone=zone))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # the zone is only named here


def wall(at: datetime | None, seeker: Seeker) -> str:
    return "not at all" if at is None else f"{at.astimezone(seeker.tz):%a %Y-%m-%d %H:%M}"


def test_the_next_meeting_is_on_the_next_such_weekday_at_the_clubs_own_time() -> None:
    day, at = next_meeting(NEW_YORK, utc(2026, 11, 23, 12))
    assert (day, at) == (date(2026, 11, 24), utc(2026, 11, 24, 23))


def test_on_the_day_itself_it_is_today_until_it_begins_and_then_next_weeks() -> None:
    starts = utc(2026, 11, 24, 23)
    assert next_meeting(NEW_YORK, starts - timedelta(seconds=1))[1] == starts
    assert next_meeting(NEW_YORK, starts) == (date(2026, 12, 1), utc(2026, 12, 1, 23))


def test_days_that_have_had_their_meeting_are_passed_over() -> None:
    taken = {date(2026, 11, 24), date(2026, 12, 8)}
    day, _ = next_meeting(NEW_YORK, utc(2026, 11, 23), taken)
    assert day == date(2026, 12, 1)
    assert next_meeting(NEW_YORK, utc(2026, 11, 23), {*taken, day})[0] == date(2026, 12, 15)


def test_the_clock_on_the_wall_stays_when_the_clocks_change() -> None:
    before, after = islice(meeting_days(NEW_YORK, date(2026, 10, 26)), 2)
    assert meeting_at(NEW_YORK, before) == utc(2026, 10, 27, 22)
    assert meeting_at(NEW_YORK, after) == utc(2026, 11, 3, 23)


def test_a_time_that_a_clock_change_skips_is_moved_forward_and_a_double_one_is_the_first() -> None:
    gap = replace(NEW_YORK, weekday=6, at=time(2, 30))
    assert next_meeting(gap, utc(2027, 3, 13)) == (date(2027, 3, 14), utc(2027, 3, 14, 7, 30))
    fold = replace(gap, at=time(1, 30))
    assert next_meeting(fold, utc(2026, 10, 31)) == (date(2026, 11, 1), utc(2026, 11, 1, 5, 30))
    # The second 1:30 of that night is no meeting.
    assert next_meeting(fold, utc(2026, 11, 1, 5, 30))[0] == date(2026, 11, 8)


def test_a_meeting_that_a_clock_change_puts_after_midnight_is_still_that_days() -> None:
    nuuk = Rhythm(5, time(23, 30), "America/Nuuk")
    meeting = date(2026, 3, 28), utc(2026, 3, 29, 1, 30)
    assert next_meeting(nuuk, utc(2026, 3, 29, 1, 10)) == meeting
    assert meeting[1].astimezone(nuuk.tz).date() == date(2026, 3, 29)


def test_a_public_holiday_is_left_out_and_can_be_named() -> None:
    thursdays = replace(NEW_YORK, weekday=3)
    assert next_meeting(thursdays, utc(2026, 11, 23))[0] == date(2026, 12, 3)
    assert holiday_name(thursdays, date(2026, 11, 26)) == "Thanksgiving Day"
    nowhere = replace(thursdays, country="")
    assert next_meeting(nowhere, utc(2026, 11, 23))[0] == date(2026, 11, 26)
    assert holiday_name(nowhere, date(2026, 11, 26)) == ""


def test_a_holiday_at_the_weekend_is_left_out_where_it_is_observed() -> None:
    assert holiday_name(NEW_YORK, date(2026, 7, 3)) == "Independence Day (observed)"
    # New Year's Day of 2028, which the year before has to know of.
    assert holiday_name(NEW_YORK, date(2027, 12, 31)) == "New Year's Day (observed)"


def test_holidays_are_named_in_english_whatever_the_machine_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    berlin = Rhythm(4, time(18), "Europe/Berlin", "DE")
    # A year that no other test has had from the library before.
    assert holiday_name(berlin, date(2061, 1, 1)) == "New Year's Day"


@pytest.mark.parametrize(
    "country", ["", "ZZ", "us", "os", "ß", "USA", "NYSE", "utils", "__class__"]
)
def test_what_is_no_country_has_no_holidays_and_breaks_nothing(country: str) -> None:
    assert not knows_holidays(country)
    assert holiday_name(replace(NEW_YORK, country=country), date(2026, 12, 25)) == ""


def test_every_country_of_the_tz_database_has_holidays_that_leave_most_weeks() -> None:
    for country in tables().countries:
        assert knows_holidays(country)
        for weekday in range(7):
            rhythm = Rhythm(weekday, time(18), "UTC", country)
            *_, last = islice(meeting_days(rhythm, date(2027, 1, 1)), 40)
            assert last.year == 2027, (country, weekday)


def test_a_start_does_not_wait_for_the_library_of_holidays() -> None:
    look = "import sys, bot.clubs.calendar; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


@given(rhythms, days)
def test_meeting_days_go_forward_and_each_missing_week_has_a_holiday(
    rhythm: Rhythm, after: date
) -> None:
    found = list(islice(meeting_days(rhythm, after), 60))
    assert after < found[0]
    for earlier, later in pairwise((found[0] - WEEK, *found)):
        assert later.weekday() == rhythm.weekday
        assert not holiday_name(rhythm, later)
        missing = [earlier + WEEK * n for n in range(1, (later - earlier).days // 7)]
        assert later > earlier
        assert all(holiday_name(rhythm, day) for day in missing)
    first = after + timedelta(days=1)
    early = [first + timedelta(days=n) for n in range((found[0] - first).days)]
    assert all(holiday_name(rhythm, d) for d in early if d.weekday() == rhythm.weekday)


@given(rhythms, instants)
def test_meetings_keep_their_wall_clock_time_through_a_year(
    rhythm: Rhythm, after: datetime
) -> None:
    for _ in range(55):
        day, at = next_meeting(rhythm, after)
        assert at > after
        assert at.tzinfo is UTC
        intended = datetime.combine(day, rhythm.at)
        local = at.astimezone(rhythm.tz).replace(tzinfo=None)
        naive = intended.replace(tzinfo=rhythm.tz).astimezone(UTC).astimezone(rhythm.tz)
        skipped = naive.replace(tzinfo=None) != intended
        assert local == intended or (skipped and timedelta() < local - intended <= WEEK / 168)
        after = at


@given(rhythms, instants, st.floats(0, 1, exclude_max=True))
def test_the_next_meeting_is_the_same_at_every_moment_until_it_begins(
    rhythm: Rhythm, after: datetime, share: float
) -> None:
    meeting = next_meeting(rhythm, after)
    between = after + (meeting[1] - after) * share
    assume(between < meeting[1])
    assert next_meeting(rhythm, between) == meeting
    assert next_meeting(rhythm, between, {meeting[0]}) == next_meeting(rhythm, meeting[1])


@given(rhythms, instants, st.sets(st.integers(0, 9)))
def test_a_taken_day_is_never_met_on_and_the_others_are(
    rhythm: Rhythm, after: datetime, gone: set[int]
) -> None:
    coming = []
    at = after
    for _ in range(11):
        day, at = next_meeting(rhythm, at)
        coming.append(day)
    taken = {coming[n] for n in gone}
    assert next_meeting(rhythm, after, taken)[0] == next(d for d in coming if d not in taken)


TUESDAY_6PM = utc(2026, 11, 24, 23)


@pytest.mark.parametrize(
    ("zone", "asked"),
    [
        ("America/New_York", "Mon 2026-11-23 18:00"),
        # There it is Wednesday already, so the evening before is Tuesday's.
        ("Asia/Kathmandu", "Tue 2026-11-24 18:00"),
        ("Pacific/Kiritimati", "Tue 2026-11-24 18:00"),
        ("Etc/GMT+12", "Mon 2026-11-23 18:00"),
    ],
)
def test_a_member_is_asked_in_their_own_evening_before_their_own_day(zone: str, asked: str) -> None:
    seeker = replace(SEEKER, zone=zone)
    assert wall(report_due(TUESDAY_6PM, seeker), seeker) == asked


def test_quiet_hours_that_begin_earlier_are_waited_for_by_nobody() -> None:
    early = replace(SEEKER, quiet_from=time(17, 0))
    assert wall(report_due(TUESDAY_6PM, early), early) == "Mon 2026-11-23 16:59"


def test_who_rests_when_the_club_meets_is_not_asked_at_all() -> None:
    for until in (None, utc(2026, 11, 25)):
        resting = replace(SEEKER, paused_from=utc(2026, 11, 24, 12), paused_until=until)
        assert report_due(TUESDAY_6PM, resting) is None


@pytest.mark.parametrize(
    ("until", "asked"),
    [
        (utc(2026, 11, 24, 5), "Tue 2026-11-24 09:30"),
        # The first working morning after it would be Wednesday's.
        (utc(2026, 11, 24, 15), "Tue 2026-11-24 16:00"),
        (utc(2026, 11, 24, 22), "not at all"),
    ],
)
def test_who_comes_back_on_the_day_is_asked_in_time_or_not(until: datetime, asked: str) -> None:
    seeker = replace(SEEKER, paused_from=utc(2026, 11, 20), paused_until=until)
    assert wall(report_due(TUESDAY_6PM, seeker), seeker) == asked


def test_who_comes_back_right_before_the_meeting_is_asked_as_soon_as_may_be() -> None:
    back = utc(2026, 11, 24, 14)
    seeker = replace(SEEKER, paused_from=utc(2026, 11, 20), paused_until=back)
    at_ten = utc(2026, 11, 24, 15)
    assert wall(report_due(at_ten, seeker), seeker) == "Tue 2026-11-24 09:30"
    # Back by half past seven, two hours before is better than their usual morning.
    earlier = replace(seeker, paused_until=utc(2026, 11, 24, 12, 30))
    at_half_past = utc(2026, 11, 24, 15, 30)
    assert wall(report_due(at_half_past, earlier), earlier) == "Tue 2026-11-24 08:30"


def test_a_meeting_that_was_set_late_is_asked_about_two_hours_before_it_or_not_at_all() -> None:
    def asked(*since: int) -> str:
        return wall(report_due(TUESDAY_6PM, SEEKER, utc(*since)), SEEKER)

    assert asked(2026, 11, 23, 22, 59) == "Mon 2026-11-23 18:00"
    assert asked(2026, 11, 24, 12) == "Tue 2026-11-24 16:00"
    assert asked(2026, 11, 24, 21) == "not at all"


@given(instants, calm)
def test_a_calm_person_is_asked_at_six_in_the_evening_before(
    starts_at: datetime, seeker: Seeker
) -> None:
    due = report_due(starts_at, seeker)
    assert due is not None
    assert due.astimezone(seeker.tz).time() == time(18, 0)
    assert local_day(due, seeker) == local_day(starts_at, seeker) - timedelta(days=1)
    assert timedelta(hours=5) <= starts_at - due <= timedelta(hours=31)


@given(instants, seekers(), st.none() | st.integers(0, 96))
def test_nobody_is_asked_too_late_or_in_quiet_hours_or_while_they_rest(
    starts_at: datetime, seeker: Seeker, hours_before: int | None
) -> None:
    since = None if hours_before is None else starts_at - timedelta(hours=hours_before)
    due = report_due(starts_at, seeker, since)
    if due is not None:
        assert due < starts_at
        assert since is None or due > since
        assert not is_quiet(due, seeker)
        assert not paused(due, seeker)
        assert not paused(starts_at, seeker)


@given(instants, seekers())
def test_who_does_not_rest_is_asked_at_least_two_hours_before(
    starts_at: datetime, seeker: Seeker
) -> None:
    awake = replace(seeker, paused_from=None, paused_until=None)
    due = report_due(starts_at, awake)
    assert due is not None
    assert due <= starts_at - ASK_AHEAD


@given(rhythms, instants, st.lists(calm, min_size=2, max_size=8))
def test_members_of_one_club_are_asked_before_the_same_meeting_wherever_they_live(
    rhythm: Rhythm, after: datetime, members: list[Seeker]
) -> None:
    _, starts_at = next_meeting(rhythm, after)
    asked = [due for member in members if (due := report_due(starts_at, member))]
    assert len(asked) == len(members)
    assert all(due < starts_at for due in asked)
    # What tells the first from the last is the width of the world and a day.
    assert max(asked) - min(asked) <= timedelta(hours=26)


def test_a_club_has_gone_quiet_after_three_weeks_to_the_moment() -> None:
    last = utc(2026, 11, 3, 23)
    assert not gone_quiet(last, last + 3 * WEEK - timedelta(seconds=1))
    assert gone_quiet(last, last + 3 * WEEK)
    assert not gone_quiet(last, last - WEEK)


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("America/New_York", "US"),
        ("Europe/Oslo", "NO"),
        ("US/Pacific", "US"),
        ("Asia/Calcutta", "IN"),
        # In Canada, by the clocks of Panama; in Norway, by those of Berlin.
        ("America/Coral_Harbour", ""),
        ("Atlantic/Jan_Mayen", ""),
        ("UTC", ""),
        ("Etc/GMT+5", ""),
        ("Mars/Olympus", ""),
        ("", ""),
    ],
)
def test_the_country_of_a_zone_is_told_where_there_is_one(zone: str, country: str) -> None:
    assert country_of(zone) == country


def test_a_country_that_is_told_of_a_zone_is_one_with_holidays() -> None:
    known = tables()
    assert all(knows_holidays(country_of(zone)) for zone in known.zones)
    assert all(not (code := country_of(name)) or knows_holidays(code) for name in known.names)
