"""The rules of when of a club: what its channel sees, what its members get."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.clubs.calendar import ASK_AHEAD
from bot.clubs.policy import (
    action_due,
    coming,
    following,
    wanted_of_club,
    wanted_of_member,
    week_of,
)
from bot.clubs.records import Action, Club, Meeting, Member, Partnering, Report
from bot.model import NudgeKind, Seeker

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
CLUB = Club(9, "Tuesday club", "slack", "T1", "C1", 1, time(18, 0), "America/New_York", NOW)
MEETING = Meeting(9, 1, date(2026, 6, 9), datetime(2026, 6, 9, 22, 0, tzinfo=UTC))
DANA = Seeker(1, "Dana", zone="America/New_York")
MEMBER = Member(1, 9, 1, "Dana", NOW)
REPORT = Report(1, 1, 9, 1, NOW, "two talks")


def test_the_channel_sees_a_meeting_at_its_hour() -> None:
    (posted,) = wanted_of_club(CLUB, [MEETING])
    assert (posted.kind, posted.due_at) == (NudgeKind.MEETING, MEETING.starts_at)


def test_a_cancelled_meeting_or_one_that_was_posted_is_not_posted() -> None:
    assert wanted_of_club(CLUB, [replace(MEETING, cancelled=True)]) == []
    assert wanted_of_club(CLUB, [replace(MEETING, posted_at=NOW)]) == []


def test_a_club_that_rests_neither_posts_nor_asks() -> None:
    resting = replace(CLUB, resting=True)
    assert wanted_of_club(resting, [MEETING]) == []
    assert wanted_of_member(DANA, MEMBER, resting, [MEETING]) == []


def test_a_member_is_asked_on_the_evening_before_and_not_after_having_answered() -> None:
    (asked,) = wanted_of_member(DANA, MEMBER, CLUB, [MEETING])
    assert asked.kind is NudgeKind.REPORT
    assert asked.due_at == datetime(2026, 6, 8, 22, 0, tzinfo=UTC)
    assert wanted_of_member(DANA, MEMBER, CLUB, [MEETING], [REPORT]) == []
    elsewhere = replace(REPORT, club=8)
    assert wanted_of_member(DANA, MEMBER, CLUB, [MEETING], [elsewhere]) == [asked]


def test_a_meeting_that_is_moved_is_asked_about_under_another_name() -> None:
    later = replace(MEETING, starts_at=MEETING.starts_at + timedelta(days=1))
    (before,), (after,) = (wanted_of_member(DANA, MEMBER, CLUB, [m]) for m in (MEETING, later))
    assert before.name != after.name
    assert after.due_at == before.due_at + timedelta(days=1)


def test_who_joins_in_the_last_two_hours_is_not_asked_for_that_meeting() -> None:
    late = replace(MEMBER, joined_at=MEETING.starts_at - timedelta(hours=1))
    assert wanted_of_member(DANA, late, CLUB, [MEETING]) == []


def test_what_was_said_comes_back_once_and_not_after_it_is_done() -> None:
    said = Action(1, 4, 9, 1, "call Lee", action_due(MEETING, CLUB))
    (back,) = wanted_of_member(DANA, MEMBER, CLUB, [], actions=[said])
    assert back.kind is NudgeKind.ACTION
    assert back.due_at == datetime(2026, 6, 12, 13, 30, tzinfo=UTC)
    done = replace(said, done_at=NOW)
    assert wanted_of_member(DANA, MEMBER, CLUB, [], actions=[done]) == []


def test_what_is_put_off_comes_back_under_another_name() -> None:
    said = Action(1, 4, 9, 1, "call Lee", action_due(MEETING, CLUB))
    later = replace(said, due_on=said.due_on + timedelta(days=7))
    (first,), (again,) = (
        wanted_of_member(DANA, MEMBER, CLUB, [], actions=[a]) for a in (said, later)
    )
    assert first.name != again.name


def test_partners_of_the_week_are_told_when_the_meeting_is_over() -> None:
    met = replace(MEETING, posted_at=MEETING.starts_at)
    mine = Partnering(1, 9, date(2026, 6, 8), (2,))
    member = replace(MEMBER, partners=True)
    others = [replace(mine, seeker_id=2), replace(mine, club=8), replace(mine, week=NOW.date())]
    known = [mine, *others]
    (told,) = wanted_of_member(DANA, member, CLUB, [], partnerings=known, met=met)
    assert told.kind is NudgeKind.PARTNERS
    assert told.due_at == met.starts_at + timedelta(minutes=CLUB.minutes)
    assert wanted_of_member(DANA, MEMBER, CLUB, [], partnerings=known, met=met) == []
    assert wanted_of_member(DANA, member, CLUB, [], partnerings=known) == []


def test_a_meeting_that_was_moved_into_another_week_is_of_its_own() -> None:
    moved = replace(MEETING, starts_at=MEETING.starts_at + timedelta(days=7))
    assert week_of(moved) == week_of(MEETING) == date(2026, 6, 8)


def test_the_following_meeting_is_the_first_that_has_had_no_other() -> None:
    assert following(CLUB, [], NOW).intended_on == date(2026, 6, 2)
    held = [following(CLUB, [], NOW), MEETING]
    assert following(CLUB, held, NOW).intended_on == date(2026, 6, 16)


def test_the_one_that_comes_is_the_first_ahead() -> None:
    other = replace(MEETING, number=2, starts_at=MEETING.starts_at - timedelta(days=1))
    assert coming([MEETING, other], NOW) == other
    assert coming([MEETING, replace(other, cancelled=True)], NOW) == MEETING
    assert coming([MEETING], MEETING.starts_at) is None


@given(
    st.sampled_from(["Pacific/Auckland", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"])
)
def test_wherever_a_member_lives_they_are_asked_before_the_meeting(zone: str) -> None:
    for wanted in wanted_of_member(replace(DANA, zone=zone), MEMBER, CLUB, [MEETING]):
        assert NOW < wanted.due_at <= MEETING.starts_at - ASK_AHEAD
