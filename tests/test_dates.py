"""What people type as a date is read right, asked about, or refused; it never becomes now."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.dates import (
    Ambiguous,
    Lean,
    NoTime,
    Unreadable,
    read_day,
    read_exact,
    read_instant,
    read_time,
    say_day,
    say_instant,
    split_day,
    split_instant,
)
from bot.dates.clock import ZONES
from bot.dates.words import LAST_WORDS, LONGEST
from tests import phrases
from tests.phrases import NEW_YORK, NOW, TODAY


def local(at: datetime) -> str:
    return at.astimezone(NEW_YORK).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(("typed", "lean", "meant"), phrases.DAYS)
def test_a_day_is_read_as_it_was_meant(typed: str, lean: Lean, meant: str) -> None:
    assert read_day(typed, TODAY, lean).isoformat() == meant


@pytest.mark.parametrize(("typed", "meant"), phrases.INSTANTS)
def test_an_instant_is_read_as_it_was_meant(typed: str, meant: str) -> None:
    at = read_instant(typed, NOW, NEW_YORK)
    assert local(at) == meant
    assert at.tzinfo is UTC


@pytest.mark.parametrize("typed", phrases.NEITHER)
@pytest.mark.parametrize("lean", Lean)
def test_what_is_no_date_is_refused_and_never_becomes_now(typed: str, lean: Lean) -> None:
    with pytest.raises(Unreadable) as as_day:
        read_day(typed, TODAY, lean)
    with pytest.raises(Unreadable) as as_instant:
        read_instant(typed, NOW, NEW_YORK, lean)
    for refusal in (as_day.value, as_instant.value):
        assert not isinstance(refusal, Ambiguous | NoTime)
        assert refusal.text == typed
        assert len(str(refusal)) < 160
        assert str(refusal).isprintable()


@pytest.mark.parametrize("typed", phrases.NO_TIME)
def test_a_day_without_a_time_asks_for_the_time(typed: str) -> None:
    with pytest.raises(NoTime, match="What time"):
        read_instant(typed, NOW, NEW_YORK)


@pytest.mark.parametrize("typed", phrases.NO_INSTANT)
def test_an_impossible_or_doubtful_clock_time_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_instant(typed, NOW, NEW_YORK)


@pytest.mark.parametrize(("typed", "lean", "meant"), phrases.AMBIGUOUS)
def test_a_date_in_either_order_asks_which_one(
    typed: str, lean: Lean, meant: tuple[str, str]
) -> None:
    with pytest.raises(Ambiguous) as asked:
        read_day(typed, TODAY, lean)
    assert tuple(choice.isoformat() for choice in asked.value.choices) == meant


def test_the_question_names_both_readings() -> None:
    with pytest.raises(Ambiguous, match=r"^11/12 could be November 12 or December 11\.$"):
        read_day("11/12", TODAY, Lean.FUTURE)
    with pytest.raises(
        Ambiguous, match=r"^11/12 could be November 12, 2025 or December 11, 2025\.$"
    ):
        read_day("11/12", TODAY, Lean.PAST)


def test_what_cannot_be_read_is_told_how_to_say_it_on_the_side_where_it_lies() -> None:
    with pytest.raises(Unreadable, match=r"^I could not read “x” as a date\. .*“last Tuesday”\.$"):
        read_day("x", TODAY, Lean.PAST)
    with pytest.raises(Unreadable, match=r"Try “12 June” or “next Tuesday”\.$"):
        read_day("x", TODAY, Lean.FUTURE)
    for lean, hint in ((Lean.PAST, "last Tuesday"), (Lean.FUTURE, "next Tuesday")):
        assert (read_day(hint, TODAY, lean) < TODAY) is (lean is Lean.PAST)


def test_an_ambiguous_instant_offers_instants() -> None:
    with pytest.raises(Ambiguous) as asked:
        read_instant("11/12 3pm", NOW, NEW_YORK)
    november, december = asked.value.choices
    assert isinstance(november, datetime)
    assert isinstance(december, datetime)
    assert [local(november), local(december)] == ["2026-11-12T15:00", "2026-12-11T15:00"]


def test_a_weekday_settles_which_order_was_meant() -> None:
    assert read_day("fri 11/12", TODAY, Lean.FUTURE) == date(2026, 12, 11)


def test_a_weekday_may_be_today_for_a_time_still_ahead() -> None:
    assert local(read_instant("wed 10:01", NOW, NEW_YORK)) == "2026-06-10T10:01"
    assert local(read_instant("wed 10:00", NOW, NEW_YORK)) == "2026-06-17T10:00"
    assert local(read_instant("wed 10:00", NOW, NEW_YORK, Lean.PAST)) == "2026-06-10T10:00"
    assert local(read_instant("wed 10:01", NOW, NEW_YORK, Lean.PAST)) == "2026-06-03T10:01"


def test_a_time_alone_is_the_next_such_time_or_the_last() -> None:
    late = datetime(2026, 6, 10, 23, 28, tzinfo=NEW_YORK)
    assert local(read_instant("at 11:30", late, NEW_YORK)) == "2026-06-11T11:30"
    assert local(read_instant("at 11:30", late, NEW_YORK, Lean.PAST)) == "2026-06-10T11:30"
    assert local(read_instant("23:30", late, NEW_YORK)) == "2026-06-10T23:30"
    assert local(read_instant("23:28", late, NEW_YORK)) == "2026-06-11T23:28"
    assert local(read_instant("23:28", late, NEW_YORK, Lean.PAST)) == "2026-06-10T23:28"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-06-02T02:00+00:00", "2026-06-01T22:00"),
        (" 2026-06-02 02:00Z\n", "2026-06-01T22:00"),
        ("2026-06-02T02:00", "2026-06-02T02:00"),
        ("<t:1780365600>", "2026-06-01T22:00"),
        ("<t:1780365600:R>", "2026-06-01T22:00"),
    ],
)
def test_an_exact_instant_is_read_for_what_it_is(typed: str, meant: str) -> None:
    at = read_exact(typed, NEW_YORK)
    assert at is not None
    assert at.tzinfo is UTC
    assert local(at) == meant
    assert read_instant(typed, NOW, NEW_YORK) == at


@pytest.mark.parametrize(
    "typed",
    [
        *("", "tomorrow 3pm", "2026-06-02", "2026-06-31T02:00", "2026-06-02T25:00", "<t:abc>"),
        *("<t:1>", "<t:9999999999>", "0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59"),
        # The year is one that is read in UTC alone, or as it was typed alone.
        *("2101-01-01T03:00Z", "2100-12-31T22:00", "1990-01-01T03:00+09:00"),
        *("1989-12-31T23:00-05:00", "2101-01-01T03:00+09:00"),
    ],
)
def test_what_is_no_instant_or_outside_the_years_is_not_exact(typed: str) -> None:
    assert read_exact(typed, NEW_YORK) is None


def test_tomorrow_is_the_seekers_tomorrow() -> None:
    evening = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)
    assert (
        read_instant("tomorrow 15:00", evening, NEW_YORK).isoformat() == "2026-06-10T19:00:00+00:00"
    )
    auckland = ZoneInfo("Pacific/Auckland")
    assert (
        read_instant("tomorrow 15:00", evening, auckland).isoformat() == "2026-06-11T03:00:00+00:00"
    )


@pytest.mark.parametrize(
    ("zone", "typed", "meant"),
    [
        ("America/New_York", "14 march 2027 2:30am", "2027-03-14T07:30"),  # 3:30 there
        ("America/New_York", "1 nov 2026 1:30am", "2026-11-01T05:30"),
        ("Europe/London", "2027-03-28 01:30", "2027-03-28T01:30"),
        ("Europe/London", "2026-10-25 01:30", "2026-10-25T00:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:45"),  # 2:45 there
        ("Australia/Lord_Howe", "2027-04-04 01:45", "2027-04-03T14:45"),
        ("Asia/Kathmandu", "12 june 2026 3pm", "2026-06-12T09:15"),
        ("Pacific/Auckland", "27 sept 2026 2:30am", "2026-09-26T14:30"),
        ("Pacific/Auckland", "4 april 2027 2:30am", "2027-04-03T13:30"),
    ],
)
def test_a_skipped_time_moves_forward_and_a_doubled_one_is_its_first(
    zone: str, typed: str, meant: str
) -> None:
    assert read_instant(typed, NOW, ZoneInfo(zone)).isoformat()[:16] == meant


def test_minutes_pass_alike_when_the_clocks_change() -> None:
    before = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert read_instant("in 90 minutes", before, NEW_YORK) - before == timedelta(minutes=90)


def test_a_phrase_over_the_limit_is_refused_unread() -> None:
    assert read_day("in 3 days".rjust(LONGEST), TODAY, Lean.FUTURE) == date(2026, 6, 13)
    for typed in ("in 3 days".rjust(LONGEST + 1), "tomorrow " * 1_000, "1" * 10_000):
        with pytest.raises(Unreadable) as refused:
            read_day(typed, TODAY, Lean.FUTURE)
        assert len(str(refused.value)) < 160
        with pytest.raises(Unreadable):
            read_instant(typed, NOW, NEW_YORK)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("9:30", "09:30"), ("9.30am", "09:30"), ("15:00", "15:00"), ("3pm", "15:00")),
        *(("noon", "12:00"), ("midnight", "00:00"), ("12am", "00:00"), ("12:15 a.m.", "00:15")),
        *(("3:30", "03:30"), ("6:00", "06:00"), ("12 PM", "12:00"), ("23:59", "23:59")),
        *(("at 9:30", "09:30"), ("3:00\u202fPM", "15:00")),
        *(("10", "10:00"), ("5", "05:00"), ("08", "08:00"), ("23", "23:00"), ("00", "00:00")),
    ],
)
def test_a_time_of_day_is_read_as_typed(typed: str, meant: str) -> None:
    assert read_time(typed) == time.fromisoformat(meant)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "0", "at 5", "24", "100", "24:00", "9:60", "13pm", "0am", "soon", "3pm ET"),
        *("tue 3pm", "📅"),
    ],
)
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable, match="Try"):
        read_time(typed)


@pytest.mark.parametrize(("text", "head", "day"), phrases.DAY_ENDINGS)
def test_a_day_at_the_end_is_split_off(text: str, head: str, day: str) -> None:
    assert split_day(text, TODAY, Lean.PAST) == (head, day)


@pytest.mark.parametrize(("text", "head", "instant"), phrases.INSTANT_ENDINGS)
def test_an_instant_at_the_end_is_split_off(text: str, head: str, instant: str) -> None:
    assert split_instant(text, NOW, NEW_YORK) == (head, instant)


@pytest.mark.parametrize("typed", [typed for typed, *_ in phrases.DAYS + phrases.INSTANTS])
def test_the_last_word_of_a_date_is_known_as_one(typed: str) -> None:
    last = typed.split()[-1].lower()
    assert last in LAST_WORDS or last in ZONES or not (last.isascii() and last.isalpha())


@pytest.mark.parametrize("text", phrases.NAMES)
def test_a_name_that_ends_like_a_date_stays_whole(text: str) -> None:
    assert split_day(text, TODAY, Lean.PAST) == (text, "")
    assert split_instant(text, NOW, NEW_YORK) == (text, "")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-06-10", "Wednesday, June 10 (today)"),
        ("2026-06-11", "Thursday, June 11 (tomorrow)"),
        ("2026-06-09", "Tuesday, June 9 (yesterday)"),
        ("2026-06-16", "Tuesday, June 16 (in 6 days)"),
        ("2026-05-31", "Sunday, May 31 (10 days ago)"),
        ("2026-12-25", "Friday, December 25"),
        ("2027-06-12", "Saturday, June 12, 2027"),
    ],
)
def test_a_day_is_said_with_its_weekday_and_how_far_it_is(day: str, said: str) -> None:
    assert say_day(date.fromisoformat(day), TODAY) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-06-16T15:00", "Tue, June 16, 3:00 PM (in 6 days)"),
        ("2026-06-10T00:05", "Wed, June 10, 12:05 AM (today)"),
        ("2026-06-11T12:30", "Thu, June 11, 12:30 PM (tomorrow)"),
        ("2027-06-12T09:00", "Sat, June 12, 2027, 9:00 AM"),
    ],
)
def test_an_instant_is_said_on_the_seekers_clock(at: str, said: str) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=NEW_YORK)
    assert say_instant(instant.astimezone(UTC), NEW_YORK, NOW) == said


def test_the_date_library_is_imported_only_for_a_phrase_that_needs_it() -> None:
    code = """
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo
from bot.dates import Lean, read_day, read_instant, read_time, split_day
now, zone = datetime(2026, 6, 10, 14, tzinfo=UTC), ZoneInfo("America/New_York")
for typed in ("2026-06-12", "today", "Yesterday", "tomorrow", "friday", "next tue", "12/25"):
    read_day(typed, now.date(), Lean.PAST)
for typed in ("2026-06-12T15:00Z", "tomorrow 3pm", "next tue at 10", "<t:1781276400:F>"):
    read_instant(typed, now, zone)
split_day("Editor at USA Today", now.date(), Lean.PAST)
read_time("9:30")
assert "dateparser" not in sys.modules
assert read_day("in 2 weeks", now.date(), Lean.FUTURE) == date(2026, 6, 24)
assert "dateparser" in sys.modules
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_the_machines_own_zone_plays_no_part() -> None:
    code = """
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo
from bot.dates import Lean, read_day, read_instant
now = datetime(2026, 6, 10, 14, tzinfo=UTC)
print(read_instant("in 90 minutes", now, ZoneInfo("Asia/Kathmandu")))
print(read_instant("12 june 3pm", now, ZoneInfo("Asia/Kathmandu")))
print(read_day("3 days ago", now.date(), Lean.PAST))
"""
    said = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            check=True,
            capture_output=True,
            env={"TZ": zone},
        ).stdout
        for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles", "No/Such_Zone")
    }
    assert said == {b"2026-06-10 15:30:00+00:00\n2026-06-12 09:15:00+00:00\n2026-06-07\n"}
