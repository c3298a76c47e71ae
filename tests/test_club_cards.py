"""What a club sees: the same rows as the preview, nobody ranked, and it fits every platform."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.clubs import action_part, landed_message
from bot.cards.meetings import (
    meeting_message,
    minutes_each,
    numbers_shown,
    preview,
    report_rows,
    wall_chart,
)
from bot.clubs.records import Action, Club, Landing, Meeting, Member, Report
from bot.fit import fits
from bot.message import Buttons, Facts, plain, say, text

NOW = datetime(2026, 6, 9, 22, 0, tzinfo=UTC)
CLUB = Club(
    9,
    "Tuesday club",
    "slack",
    "T1",
    "C1",
    1,
    time(18, 0),
    "America/New_York",
    NOW,
    posted_by="Dana",
)
MEETING = Meeting(9, 1, date(2026, 6, 9), NOW, order=(2, 1, 3), timekeeper=3)
NAMES = {1: "Dana", 2: "Lee", 3: "Kim"}
MEMBERS = [Member(number, 9, number, name, NOW) for number, name in NAMES.items()]
LEE = Report(2, 1, 9, 1, NOW, "two talks", "somebody at Initech", "send the letter", 2, 5)
KIM = Report(3, 1, 9, 1, NOW, "one offer", "", "", None, 9, absent=True)

words = st.text(st.characters(codec="utf-8"), max_size=400)
counts = st.none() | st.integers(0, 500)


@st.composite
def any_reports(draw: st.DrawFn) -> list[Report]:
    whose = draw(st.lists(st.sampled_from(list(NAMES)), unique=True))
    return [
        Report(
            one, 1, 9, 1, NOW, draw(words), draw(words), draw(words), draw(counts), draw(counts),
            draw(st.booleans()),
        )
        for one in whose
    ]  # fmt: skip


def test_everybody_has_a_turn_in_the_order_given() -> None:
    shown = plain(meeting_message(CLUB, MEETING, MEMBERS, [LEE]))
    assert "1. Lee: two talks; next: send the letter\n2. Dana\n3. Kim" in shown
    assert "Kim keeps time" in shown
    assert "about 16 minutes" in shown


def test_who_cannot_come_is_read_out() -> None:
    shown = plain(meeting_message(CLUB, MEETING, MEMBERS, [LEE, KIM]))
    assert "Not here today; whoever sits next reads it out\nKim: one offer" in shown
    assert "3. Kim" not in shown


def test_who_joined_since_comes_last_and_who_left_is_gone() -> None:
    newer = Member(4, 9, 4, "Ash", NOW)
    shown = plain(meeting_message(CLUB, MEETING, [*MEMBERS[:2], newer], [KIM]))
    assert "1. Lee\n2. Dana\n3. Ash" in shown
    assert "Kim" not in shown
    assert "one offer" not in shown


def test_the_asks_stand_together() -> None:
    shown = plain(meeting_message(CLUB, MEETING, MEMBERS, [LEE]))
    assert "Who can help?\nLee: somebody at Initech" in shown


def test_numbers_stand_in_the_order_of_the_turns_whoever_has_more() -> None:
    (_, chart) = wall_chart([("Lee", LEE), ("Kim", KIM)])
    assert isinstance(chart, Facts)
    assert [(name, say(spans)) for name, spans in chart.rows] == [
        ("Lee", "2 conversations, 5 follow-ups"),
        ("Kim", "9 follow-ups"),
        ("Together", "2 conversations, 14 follow-ups"),
    ]


def test_there_is_no_chart_of_what_nobody_shows() -> None:
    nothing = replace(LEE, conversations=None, followups=None)
    assert wall_chart([("Lee", nothing)]) == []
    assert numbers_shown(nothing) == ""
    assert numbers_shown(replace(nothing, followups=1)) == "1 follow-up"


def test_good_news_holds_the_words_and_whom_it_thanks_and_fits() -> None:
    landing = Landing(1, 1, 9, 4, NOW, "w" * 900, "e" * 200)
    message = landed_message(CLUB, "Dana", landing, ["Lee", "Kim", "Ash"])
    assert fits(message)
    assert not message.private
    assert "Thank you for a word: Lee, Kim and Ash." in plain(message)
    assert "Thank you" not in plain(landed_message(CLUB, "Dana", landing, []))
    quiet = landed_message(CLUB, "Dana", replace(landing, words="", employer=""), [])
    assert quiet.title == "Dana has found a job"


def test_what_a_member_said_comes_back_with_what_settles_it() -> None:
    heading, (said, row) = action_part(Action(1, 7, 9, 1, "call Lee", date(2026, 6, 5)), CLUB)
    assert heading == "You said you would (Tuesday club)"
    assert said == text("call Lee")
    assert isinstance(row, Buttons)
    assert [b.call.encode() for b in row.buttons] == [
        "club done?number=7", "club later?number=7", "club done?number=7&gone=yes",
    ]  # fmt: skip


def test_it_says_who_set_it_up_and_that_it_stays_here() -> None:
    message = meeting_message(CLUB, MEETING, MEMBERS, [])
    assert plain(message).endswith("What is said here stays here. Set up by Dana.")
    assert not message.private
    assert message.buttons == ()


@given(any_reports())
def test_others_see_nothing_of_a_report_that_its_owner_did_not_see(reports: list[Report]) -> None:
    shown = plain(meeting_message(CLUB, MEETING, MEMBERS, reports))
    for report in reports:
        block = preview(report, MEMBERS[report.seeker_id - 1])
        assert isinstance(block, Facts)
        seen = [say(spans) for _, spans in block.rows]
        for row in report_rows(report):
            assert row[1] in seen
        for _, said in report_rows(replace(report, ask="")):
            assert said in shown


@given(st.integers(1, 40))
def test_a_meeting_of_any_size_fits_and_gives_everybody_their_minutes(size: int) -> None:
    members = [Member(n, 9, n, f"Member {n}", NOW) for n in range(1, size + 1)]
    long = "x" * 500
    reports = [Report(n, 1, 9, 1, NOW, long, long, long, 100, 100) for n in range(1, size + 1)]
    order = tuple(range(1, size + 1))
    from bot.fit import fit

    assert fits(fit(meeting_message(CLUB, replace(MEETING, order=order), members, reports)))
    assert minutes_each(CLUB, size) >= 2


@pytest.mark.parametrize("count", [8, 12, 25, 40])
def test_everybody_has_their_turn_in_one_message_however_much_they_say(count: int) -> None:
    members = [replace(MEMBERS[0], seeker_id=n, name=f"Somebody {n}.") for n in range(2, count + 2)]
    said = [
        Report(m.seeker_id, 1, 1, 1, NOW, "moved " * 60, "ask " * 60, "next " * 60, 12, 3)
        for m in members
    ]
    order = tuple(member.seeker_id for member in members)
    posted = meeting_message(CLUB, replace(MEETING, order=order, timekeeper=3), members, said)
    assert fits(posted)
    shown = plain(posted)
    assert all(f"{place}. {member.name}" in shown for place, member in enumerate(members, 1))
    assert "Somebody 3. keeps time" in shown
