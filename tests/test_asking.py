"""The rules of who is asked for a word, when, and what follows, without any record."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clubs.asking import (
    MOST_ASKED,
    PASSED_ON_FOR,
    Candidate,
    again_on,
    brought_together_at,
    ends_at,
    first_words,
    introduces,
    kept,
    next_one,
    question_of,
    rests_since,
    said_yes,
    spoken,
    told_as_helper,
    waits,
    wanted_contact,
    wanted_of_asker,
    wanted_of_helper,
)
from bot.clubs.records import Answered, Asked, Asking, Club, Member
from bot.hours import FOREVER, allowed, is_quiet
from bot.model import Application, NudgeKind, Seeker
from bot.policy import changes

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)  # a Monday, ten in New York
DAY = timedelta(days=1)
ASKER = Seeker(1, "Dana", zone="America/New_York")
HELPER = Seeker(2, "Lee", zone="Asia/Tokyo")
ASKING = Asking(1, 4, 7, "Acme", "acme", kept("Please?", named=True), NOW)
CLUB = Club(9, "Tuesday club", "slack", "T1", "C1", 1, time(18), "UTC", NOW)


def asked(who: int = 2, at: datetime = NOW, **more: Any) -> Asked:
    """A question that was put to somebody."""
    return replace(Asked(who, 1, 1, 4, 9, at), **more)


def candidate(who: int, *questions: tuple[Asked, str]) -> Candidate:
    """Somebody who may be asked, with what they were asked before."""
    return Candidate(CLUB, Member(who, 9, who, f"member {who}", NOW, helps=True), questions)


def chosen(*candidates: Candidate, put: tuple[Asked, ...] = (), now: datetime = NOW) -> int:
    """Whom the question goes to next; 0 for nobody."""
    found = next_one(candidates, ASKING, put, now)
    return found.member.seeker_id if found else 0


def kinds(asking: Asking, *put: Asked, met: bool = False) -> list[NudgeKind]:
    """What is wanted of whoever asked."""
    return [w.kind for w in wanted_of_asker(ASKER, asking, put, HELPER, met=met)]


@given(st.text(), st.booleans())
def test_words_are_kept_with_the_choice_of_the_name(words: str, named: bool) -> None:
    assert spoken(replace(ASKING, words=kept(words, named=named))) == (words, named)


def test_the_first_words_are_of_ones_own_record_alone() -> None:
    role = Application(1, 7, "Acme", "SRE", NOW.date(), NOW, fit="I ran clusters.")
    assert first_words(role) == "I have applied for SRE at Acme.\nI ran clusters."
    assert first_words(replace(role, fit="")) == "I have applied for SRE at Acme."
    assert first_words(None) == ""


def test_whoever_was_never_asked_comes_before_whoever_was_long_ago() -> None:
    long_ago, lately = asked(at=NOW - 90 * DAY), asked(at=NOW - 9 * DAY)
    assert chosen(candidate(2, (lately, "")), candidate(3, (long_ago, "")), candidate(4)) == 4
    assert chosen(candidate(2, (lately, "")), candidate(3, (long_ago, ""))) == 3


def test_nobody_is_asked_the_same_question_again() -> None:
    assert chosen(candidate(2), candidate(3), put=(asked(2, answer=Answered.NO),)) == 3
    assert chosen(candidate(2), put=(asked(2),)) == 0


@given(st.lists(st.integers(0, 20 * 24), max_size=6))
def test_nobody_is_asked_a_third_time_in_a_week(hours: list[int]) -> None:
    before = [(asked(at=NOW - timedelta(hours=h)), "") for h in hours]
    within = sum(h < 7 * 24 for h in hours)
    assert (chosen(candidate(2, *before)) == 2) == (within < MOST_ASKED)


@pytest.mark.parametrize(
    ("days", "about", "answer", "free"),
    [
        (29, "acme", Answered.NOT_NOW, False),
        (31, "acme", Answered.NOT_NOW, True),
        (29, "globex", Answered.NOT_NOW, True),
        (29, "acme", Answered.NO, True),
    ],
)
def test_not_now_holds_for_a_month_and_that_employer(
    days: int, about: str, answer: Answered, free: bool
) -> None:
    at = NOW - days * DAY
    before = asked(at=at - DAY, answer=answer, answered_at=at)
    assert (chosen(candidate(2, (before, about))) == 2) == free


def test_a_yes_counts_for_a_week_and_once() -> None:
    assert waits(ASKING, [asked()], NOW + 7 * DAY - timedelta(seconds=1))
    assert not waits(ASKING, [asked()], NOW + 7 * DAY)
    assert not waits(replace(ASKING, settled_at=NOW), [asked()], NOW)
    yes = asked(answer=Answered.YES, answered_at=NOW)
    assert not waits(ASKING, [asked(), yes], NOW)
    assert said_yes([asked(), yes]) == yes


def test_who_asked_about_an_employer_asks_again_after_a_month() -> None:
    assert again_on(ASKING) == date(2026, 7, 1)


@given(st.lists(st.sampled_from([a for a in Answered if a is not Answered.YES]), max_size=4))
def test_whatever_is_no_yes_is_the_same_to_whoever_asked(answers: list[Answered]) -> None:
    put = [asked(n, answer=a, answered_at=NOW + DAY) for n, a in enumerate(answers, 2)]
    (want,) = wanted_of_asker(ASKER, ASKING, put)
    assert (want.name, want.kind) == ("lead:unanswered:4", NudgeKind.UNANSWERED)
    # The first morning after the week.
    assert want.due_at == datetime(2026, 6, 9, 13, 30, tzinfo=UTC) > ends_at(ASKING)


def test_after_a_yes_come_the_introduction_and_the_thanks() -> None:
    yes = asked(answer=Answered.YES, answered_at=NOW + DAY)
    thanks, meets = wanted_of_asker(ASKER, ASKING, [yes], ASKER)
    assert (meets.name, meets.due_at) == ("lead:introduction:4", NOW + DAY)
    assert (thanks.name, thanks.due_at) == (
        "lead:gratitude:4",
        datetime(2026, 6, 9, 13, 30, tzinfo=UTC),
    )
    assert kinds(ASKING, yes, met=True) == [NudgeKind.GRATITUDE]
    assert kinds(ASKING, met=True) == []
    assert kinds(replace(ASKING, settled_at=NOW), yes) == []


@given(
    st.integers(0, 365 * 24 * 12).map(lambda n: NOW + n * timedelta(minutes=5)),
    st.sampled_from(["America/New_York", "Asia/Tokyo", "Asia/Kolkata", "Pacific/Auckland"]),
    st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"]),
)
def test_two_are_brought_together_at_an_hour_that_is_quiet_for_neither(
    at: datetime, one: str, other: str
) -> None:
    asker, helper = replace(ASKER, zone=one), replace(HELPER, zone=other)
    yes = asked(answer=Answered.YES, answered_at=at)
    due = wanted_of_asker(asker, ASKING, [yes], helper)[1].due_at
    assert at <= due <= at + 2 * DAY
    assert not is_quiet(due, asker)
    assert not is_quiet(due, helper)


def test_a_rest_that_had_begun_by_the_yes_keeps_nobody_waiting() -> None:
    yes = asked(answer=Answered.YES, answered_at=NOW)
    resting = replace(HELPER, zone="UTC", paused_from=NOW)
    assert wanted_of_asker(ASKER, ASKING, [yes], resting)[1].due_at == NOW
    assert not rests_since(yes, resting, NOW + DAY)


def test_a_rest_that_began_after_the_yes_is_kept() -> None:
    yes = asked(answer=Answered.YES, answered_at=NOW)
    since = NOW + timedelta(minutes=1)
    back = NOW + 3 * DAY
    resting = replace(HELPER, zone="UTC", paused_from=since, paused_until=back)
    assert rests_since(yes, resting, since)
    assert brought_together_at(since, ASKER, resting, yes) >= back
    forever = replace(resting, paused_until=None)
    assert brought_together_at(since, ASKER, forever, yes) == FOREVER


def test_who_is_reached_too_late_to_answer_is_not_asked() -> None:
    ends = NOW + PASSED_ON_FOR
    just, late = ends - timedelta(seconds=1), ends
    assert chosen(replace(candidate(2), reached_at=late), candidate(3)) == 3
    assert chosen(replace(candidate(2), reached_at=just)) == 2


def test_no_hour_that_both_have_is_the_hour_of_whoever_asked() -> None:
    yes = asked(answer=Answered.YES, answered_at=NOW)
    day, night = time(8), time(20)
    early = replace(ASKER, zone="UTC", quiet_from=night, quiet_until=day)
    late = replace(HELPER, zone="UTC", quiet_from=day, quiet_until=night)
    assert wanted_of_asker(early, ASKING, [yes], late)[1].due_at == allowed(NOW, early)


def test_a_question_is_put_until_it_is_answered_or_gone() -> None:
    (want,) = wanted_of_helper(HELPER, asked(), ASKING)
    # Eleven in the evening in Tokyo waits for eight in the morning.
    assert (want.name, want.due_at) == ("lead:asked:1", datetime(2026, 6, 1, 23, 0, tzinfo=UTC))
    assert wanted_of_helper(HELPER, asked(answer=Answered.NO), ASKING) == []
    assert wanted_of_helper(HELPER, asked(), None) == []
    assert wanted_of_helper(HELPER, asked(), replace(ASKING, settled_at=NOW)) == []


def test_a_nudge_says_by_its_name_whose_it_is_and_about_which_question() -> None:
    wanted = [wanted_contact(ASKER, 4, NOW, asker=yes) for yes in (True, False)]
    plan = changes(wanted, [], ASKER, "slack", "")
    nudges = [change.nudge for change in plan]
    assert [question_of(nudge) for nudge in nudges] == [4, 4]
    assert [told_as_helper(nudge) for nudge in nudges] == [False, True]
    assert introduces(nudges) == {4: [nudges[0]]}
