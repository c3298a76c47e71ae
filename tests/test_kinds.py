"""The table of answer types: each reads what it writes, and refuses the rest with a sentence."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import Lean
from bot.kinds import Kind, kind_of
from bot.message import shorten
from bot.model import Application, Channel, Heard, Interview, LetterKind, Person, Stage, Via
from bot.readers import (
    TITLE_LIMIT,
    Hours,
    Unfit,
    Url,
    Weekdays,
    leading_application,
    match_applications,
)
from tests.records import APPLICATION, LOGGED


class Scene:
    """What reading an answer may look at."""

    now = datetime(2026, 6, 10, 14, tzinfo=UTC)
    zone = ZoneInfo("America/New_York")
    interviews = (Interview(1, 3, 1, LOGGED, LOGGED),)

    def __init__(self, *applications: Application) -> None:
        self.applications = applications or (APPLICATION,)

    def application_choices(self) -> list[Application]:
        return list(self.applications)

    def interview_choices(self) -> list[Interview]:
        return list(self.interviews)


people = st.builds(
    Person,
    st.from_regex(r"[A-Z][a-z]{1,8}( [A-Z][a-z]{1,8})?", fullmatch=True),
    st.sampled_from(("", "dana@acme.example")),
)
VALUES: Sequence[tuple[Any, st.SearchStrategy[Any]]] = (
    (bool, st.booleans()),
    (int, st.integers(0, 9999)),
    (date, st.dates(date(1990, 1, 1), date(2100, 12, 31))),
    (
        datetime,
        st.integers(662_688_000, 4_102_444_800).map(lambda s: datetime.fromtimestamp(s, UTC)),
    ),
    (time, st.builds(time, st.integers(0, 23), st.integers(0, 59))),
    (ZoneInfo, st.sampled_from(("Europe/Berlin", "Asia/Kathmandu", "UTC")).map(ZoneInfo)),
    (Weekdays, st.sets(st.integers(0, 6), min_size=1).map(lambda d: Weekdays(tuple(sorted(d))))),
    (Hours, st.tuples(st.builds(time, st.integers(0, 23)), st.builds(time, st.integers(0, 23)))),
    (Url, st.sampled_from(("https://acme.example/jobs/1?a=b#c", "http://x.example"))),
    (Person, people),
    (tuple[Person, ...], st.lists(people, min_size=1, max_size=5, unique=True).map(tuple)),
    (Application, st.just(APPLICATION)),
    (Interview, st.just(Scene.interviews[0])),
    (Via, st.sampled_from(Via)),
    (Heard, st.sampled_from(Heard)),
    (Channel, st.sampled_from(Channel)),
    (LetterKind, st.sampled_from(LetterKind)),
)


def read(kind: Kind, text: str, scene: Scene | None = None) -> Any:
    return kind.read(text, scene or Scene(), Lean.FUTURE)


@pytest.mark.parametrize(("annotation", "values"), VALUES, ids=lambda v: getattr(v, "__name__", ""))
@given(data=st.data())
def test_reading_what_was_written_gives_the_value_back(
    annotation: Any, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    value = data.draw(values)
    kind = kind_of(annotation)
    assert read(kind, kind.write(value)) == value


@pytest.mark.parametrize("long", [False, True])
@given(words=st.text(max_size=150))
def test_text_is_kept_as_typed(long: bool, words: str) -> None:
    kind = kind_of(str, long=long)
    kept = read(kind, words)
    assert read(kind, kind.write(kept)) == kept
    if words.isprintable() and "  " not in words:
        assert kept == words.strip()


@pytest.mark.parametrize("annotation", [row[0] for row in VALUES], ids=str)
@given(junk=st.text(max_size=40))
def test_junk_is_refused_and_never_raises_anything_else(annotation: Any, junk: str) -> None:
    with contextlib.suppress(Unfit):
        read(kind_of(annotation), junk)


def test_text_that_is_too_long_says_how_long_it_is() -> None:
    with pytest.raises(Unfit, match="under 200 characters; it has 201"):
        read(kind_of(str), "x" * 201)


def test_what_no_database_takes_is_replaced_and_the_rest_kept() -> None:
    assert read(kind_of(str, long=True), "a\0b\ud800\r\nc") == "a␀b?\nc"


@pytest.mark.parametrize(
    "bad",
    ["javascript:alert(1)", "https://", "https://a b", "https://x@evil.example", "//x", "ftp://x"],
)
def test_an_address_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(Unfit, match="https://"):
        read(kind_of(Url), bad)


def test_choices_are_understood_in_peoples_words() -> None:
    assert read(kind_of(Heard), "Rejected") is Heard.REJECTION
    assert read(kind_of(Heard), "ghosted") is Heard.CLOSED
    assert read(kind_of(Via), "recruiter") is Via.AGENCY
    with pytest.raises(Unfit, match="One of: cold, referral"):
        read(kind_of(Via), "pigeon")


@pytest.mark.parametrize(
    "said",
    [
        *("they said no", "said no", "rejected me", "turned me down", "they passed", "no thanks"),
        *("They rejected me", "they turned me down", "passed"),
    ],
)
def test_a_no_is_a_no_however_it_is_put(said: str) -> None:
    assert read(kind_of(Heard), said) is Heard.REJECTION
    assert read(kind_of(Heard), "no reply") is Heard.CLOSED
    assert read(kind_of(Heard), "no answer") is Heard.CLOSED


def test_a_city_is_a_zone_and_a_vague_one_asks() -> None:
    assert read(kind_of(ZoneInfo), "berlin") == ZoneInfo("Europe/Berlin")
    assert read(kind_of(ZoneInfo), "new york") == ZoneInfo("America/New_York")
    assert read(kind_of(ZoneInfo), "EST") == ZoneInfo("America/New_York")
    with pytest.raises(Unfit) as vague:
        read(kind_of(ZoneInfo), "kent")
    louisville = "America/Kentucky/Louisville"
    assert (f"Louisville, 10:00 now ({louisville})", louisville) in vague.value.choices


@pytest.mark.parametrize("vague", ["gmt+2", "utc-5", "usa", "san jose", "ist", "a", "austin, tx"])
def test_each_choice_of_a_vague_zone_is_read_as_that_zone(vague: str) -> None:
    with pytest.raises(Unfit, match=r"^Which of these is yours\?") as asked:
        read(kind_of(ZoneInfo), vague)
    assert 1 <= len(asked.value.choices) <= 5
    for label, raw in asked.value.choices:
        assert read(kind_of(ZoneInfo), raw) == ZoneInfo(raw)
        assert f"{Scene.now.astimezone(ZoneInfo(raw)):%H:%M} now" in label
        assert len(label) <= 75


def test_an_instant_answers_the_question_for_a_day_or_a_time_in_ones_own_zone() -> None:
    late = "2026-06-02T02:00+00:00"
    assert read(kind_of(date), late) == date(2026, 6, 1)
    assert read(kind_of(time), late) == time(22)
    stamp = f" <t:{int(datetime(2026, 6, 2, 2, 0, 59, tzinfo=UTC).timestamp())}:t> "
    assert read(kind_of(date), stamp) == date(2026, 6, 1)
    assert read(kind_of(time), stamp) == time(22)


def test_an_instant_on_a_day_outside_the_years_is_no_day() -> None:
    assert read(kind_of(date), "1990-01-01T05:00Z") == date(1990, 1, 1)
    with pytest.raises(Unfit):
        read(kind_of(date), "1990-01-01T04:59Z")


@given(st.integers(631_238_400, 4_133_894_400), st.sampled_from(("", ":t", ":F", ":R")))
def test_a_day_and_a_time_are_those_of_the_instant_on_ones_own_clock(at: int, style: str) -> None:
    there = datetime.fromtimestamp(at, Scene.zone)
    for typed in (f"<t:{at}{style}>", there.astimezone(UTC).isoformat()):
        day, clock = read(kind_of(date), typed), read(kind_of(time), typed)
        assert (day, clock) == (there.date(), there.time().replace(second=0, microsecond=0))
        assert read(kind_of(date), day.isoformat()) == day


def test_days_and_hours_are_read_as_people_write_them() -> None:
    assert read(kind_of(Weekdays), "mon-fri") == (0, 1, 2, 3, 4)
    assert read(kind_of(Weekdays), "sat-mon") == (0, 5, 6)
    assert read(kind_of(Weekdays), "tue, thursday") == (1, 3)
    assert read(kind_of(Hours), "9pm - 8am") == (time(21), time(8))
    assert read(kind_of(Hours), "21-8") == (time(21), time(8))
    assert read(kind_of(Hours), "21-08") == (time(21), time(8))
    assert read(kind_of(time), "10") == time(10)


def test_people_are_read_with_and_without_addresses() -> None:
    found = read(kind_of(tuple[Person, ...]), "Dana Fox <dana@acme.example>, Lee Park and Kim")
    assert found == (Person("Dana Fox", "dana@acme.example"), Person("Lee Park"), Person("Kim"))
    assert read(kind_of(tuple[Person, ...]), "Lee, Lee") == (Person("Lee"),)
    assert read(kind_of(Person), "dana@acme.example").email == "dana@acme.example"
    slack = "Dana <mailto:dana@acme.example|dana@acme.example>"
    assert read(kind_of(Person), slack) == Person("Dana", "dana@acme.example")


def test_applications_are_found_by_number_employer_or_words() -> None:
    sre, editor = APPLICATION, replace(APPLICATION, number=2, role="Editor")
    other = replace(APPLICATION, number=3, company="Acme Labs")
    closed = replace(APPLICATION, number=4, stage=Stage.REJECTED)
    known = (sre, editor, other, closed)
    assert match_applications("#2", known) == [editor]
    assert match_applications("4", known) == [closed]
    assert match_applications("acme", known) == [sre, editor]
    assert match_applications("editor acme", known) == [editor]
    assert match_applications("labs", known) == [other]
    assert match_applications("#999", known) == []
    assert match_applications("initech", known) == []


TITLES = ("Data Analyst", "R&D Lead (m/f)", "Engineer (#2)", "Editor  in Chief", "Engineer " * 20)


@pytest.mark.parametrize("role", TITLES)
def test_what_is_offered_or_listed_for_an_application_is_read_as_it(role: str) -> None:
    known = (
        replace(APPLICATION, number=1, company="Northwind", role=role),
        replace(APPLICATION, number=2, company="Northwind"),
    )
    shown = shorten(known[0].title, TITLE_LIMIT)
    for typed in ("#1", "(#1)", f"{shown} (#1)", f"{shown} #1", f"{known[0].title} (#1)"):
        assert match_applications(typed, known) == [known[0]], typed
        assert match_applications(typed.upper(), known) == [known[0]], typed
    assert match_applications(known[0].title, known) == [known[0]]
    assert match_applications("northwind (#3)", known) == []


def test_a_number_is_a_number_whatever_an_employer_is_called() -> None:
    """It is what a button says."""
    known = (
        replace(APPLICATION, number=1, company="2"),
        replace(APPLICATION, number=2, company="#1"),
    )
    for number in (1, 2):
        for typed in (str(number), f"#{number}"):
            assert match_applications(typed, known) == [known[number - 1]]


def test_the_first_words_tell_which_application_is_meant() -> None:
    known = (APPLICATION, replace(APPLICATION, number=2, company="Acme Labs"))
    assert leading_application("acme blah", known) == ("acme", "blah")
    assert leading_application("acme labs not a reply", known) == ("acme labs", "not a reply")
    assert leading_application("#1: whatever", known) == ("#1", "whatever")
    assert leading_application("initech blah", known) == ("", "initech blah")
    assert leading_application("acme", known) == ("acme", "")
    assert leading_application("acme\nblah " * 2_000, known)[0] == "acme"


def test_the_choice_between_applications_keeps_its_number_however_long_the_title() -> None:
    long = [replace(APPLICATION, number=n, role="Engineer " * 20) for n in (1, 1234)]
    with pytest.raises(Unfit) as asked:
        read(kind_of(Application), "engineer", Scene(*long))
    assert [label.split("… ")[1] for label, _ in asked.value.choices] == ["(#1)", "(#1234)"]
    assert all(len(label) <= 75 for label, _ in asked.value.choices)
