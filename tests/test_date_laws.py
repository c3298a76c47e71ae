"""Laws of reading and saying dates, over all days, zones and jumbles of words."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.dates import (
    Ambiguous,
    Lean,
    Unreadable,
    read_day,
    read_instant,
    read_time,
    say_day,
    say_instant,
    split_day,
)
from bot.dates.words import LONGEST
from tests.phrases import NOW, TODAY

leans = st.sampled_from(Lean)
days = st.dates(date(1995, 1, 1), date(2090, 12, 31))
zones = st.sampled_from(
    [
        "America/New_York",
        "Europe/London",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Auckland",
    ]
).map(ZoneInfo)
instants = st.datetimes(
    NOW.replace(year=1991, tzinfo=None),
    NOW.replace(year=2099, tzinfo=None),
    timezones=st.just(UTC),
)
# Sentences made of the words of dates, most of which are none.
DATE_WORDS = """
today tomorrow yesterday next last this in ago on at by the of and a from after end week day month
year days weeks hours monday friday tue sun june may 29 feb 12 3 5th 2026 11/12 3pm 15:00 noon 12.06
2026-06-12 morning tonight half past quarter to couple ET 31 0 99 1.5 - , .
"""
jumbles = st.lists(st.sampled_from(DATE_WORDS.split()), max_size=6).map(" ".join)
texts = st.text(max_size=LONGEST + 5) | jumbles

# The library's import takes as long as Hypothesis allows an example: it is had before the first.
read_day("in 2 days", TODAY, Lean.FUTURE)


@given(days, leans)
def test_a_day_is_read_back_from_its_iso_form(day: date, lean: Lean) -> None:
    assert read_day(day.isoformat(), TODAY, lean) == day


@given(instants, st.integers(-23 * 60, 23 * 60), zones)
def test_an_instant_is_read_back_from_its_iso_form(
    at: datetime, offset: int, zone: ZoneInfo
) -> None:
    there = at.astimezone(timezone(timedelta(minutes=offset)))
    assert read_instant(there.isoformat(), NOW, zone) == at
    assert read_instant(there.isoformat(sep=" "), NOW, zone) == at


@given(instants, zones)
def test_a_discord_timestamp_is_read_to_the_second(at: datetime, zone: ZoneInfo) -> None:
    at = at.replace(microsecond=0)
    assert read_instant(f"<t:{int(at.timestamp())}:F>", NOW, zone) == at


@given(days, st.integers(-400, 400), leans)
def test_what_is_said_of_a_day_reads_as_that_day(today: date, away: int, lean: Lean) -> None:
    day = today + timedelta(away)
    assert read_day(say_day(day, today).split(" (")[0], today, lean) == day


@given(instants, st.integers(-10_000, 10_000), zones)
def test_what_is_said_of_an_instant_reads_as_that_instant(
    now: datetime, away: int, zone: ZoneInfo
) -> None:
    at = (now + timedelta(hours=away)).replace(second=0, microsecond=0)
    assume(at.astimezone(zone).fold == 0)
    assert read_instant(say_instant(at, zone, now).split(" (")[0], now, zone) == at


@given(st.times())
def test_a_time_of_day_is_read_back_from_its_iso_form(at: time) -> None:
    at = at.replace(second=0, microsecond=0)
    assert read_time(at.isoformat(timespec="minutes")) == at


@given(days, st.integers(1, 900))
def test_a_distance_in_days_is_counted_from_today(today: date, n: int) -> None:
    assert read_day(f"in {n} days", today, Lean.PAST) == today + timedelta(n)
    assert read_day(f"{n} days ago", today, Lean.FUTURE) == today - timedelta(n)
    assert read_day(f"{n} days", today, Lean.FUTURE) == today + timedelta(n)
    assert read_day(f"{n} days", today, Lean.PAST) == today - timedelta(n)


@given(days, days)
def test_a_day_without_a_year_is_the_nearest_one_behind_or_ahead(today: date, day: date) -> None:
    typed = f"{day:%B} {day.day}"
    ahead, behind = read_day(typed, today, Lean.FUTURE), read_day(typed, today, Lean.PAST)
    assert behind <= today <= ahead
    assert {(at.month, at.day) for at in (ahead, behind)} == {(day.month, day.day)}
    assert (ahead.year, behind.year) == (today.year, today.year) or ahead.year - behind.year in (
        (1,) if (day.month, day.day) != (2, 29) else (4, 8)
    )


@given(days, st.sampled_from(["monday", "Tue", "weds", "thurs", "fri", "saturday", "sun"]))
def test_next_is_after_today_and_last_is_before_it(today: date, weekday: str) -> None:
    following = read_day(f"next {weekday}", today, Lean.PAST)
    preceding = read_day(f"last {weekday}", today, Lean.FUTURE)
    assert f"{following:%A}".lower()[:2] == weekday.lower()[:2]
    assert timedelta(1) <= following - today <= timedelta(7)
    assert timedelta(1) <= today - preceding <= timedelta(7)
    assert timedelta(0) <= today - read_day(weekday, today, Lean.PAST) < timedelta(7)
    assert read_day(weekday, today, Lean.FUTURE) == following


@given(texts, days, leans)
def test_any_text_is_a_day_between_1990_and_2100_or_refused(
    text: str, today: date, lean: Lean
) -> None:
    try:
        found = [read_day(text, today, lean)]
    except Ambiguous as asked:
        found = [*asked.choices]
        assert len(found) == 2
    except Unreadable:
        return
    assert all(type(day) is date and 1990 <= day.year <= 2100 for day in found)


@given(texts, instants, zones, leans)
def test_any_text_is_an_instant_between_1990_and_2100_or_refused(
    text: str, now: datetime, zone: ZoneInfo, lean: Lean
) -> None:
    try:
        at = read_instant(text, now, zone, lean)
    except Unreadable:
        return
    assert at.tzinfo is UTC
    assert 1989 <= at.year <= 2101


@given(jumbles)
def test_a_word_more_never_goes_unheard(jumble: str) -> None:
    for word in ("perhaps", "or", "x"):
        with pytest.raises(Unreadable):
            read_day(f"{jumble} {word}", TODAY, Lean.FUTURE)


@given(st.text(alphabet="Acme 12/,-on") | jumbles.map("Acme {}".format))
def test_splitting_loses_at_most_a_joining_word(text: str) -> None:
    head, day = split_day(text, TODAY, Lean.PAST)
    assert text.startswith(head)
    assert text.rstrip().endswith(day)
    between = text.rstrip()[len(head) : len(text.rstrip()) - len(day)] if day else ""
    assert between.strip(" ,-–") in ("", "on", "at", "by")
