"""The rules of when: each row of the table as an example, and their laws as properties."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hours import FOREVER, allowed, is_quiet, paused
from bot.model import (
    Case,
    Heard,
    Interview,
    LetterKind,
    Nudge,
    NudgeKind,
    NudgeState,
    Reply,
    Seeker,
    Stage,
)
from bot.policy import Add, Drop, Move, Wanted, changes, wanted, wanted_review
from tests.records import APPLICATION, MONDAY, SEEKER, ZONES, cases, instants, seekers, sent

CASE = Case(APPLICATION)
ALL = NudgeKind


def due(case: Case, kind: NudgeKind, seeker: Seeker = SEEKER) -> list[str]:
    """When nudges of a kind come, on the seeker's wall clock."""
    found = [w for w in wanted(seeker, case) if w.kind is kind]
    return [f"{w.due_at.astimezone(seeker.tz):%a %Y-%m-%d %H:%M}" for w in found]


def applied(**more: object) -> Case:
    return Case(replace(APPLICATION, **more))  # type: ignore[arg-type]  # names are checked by replace


def booked(starts: datetime, **more: object) -> Case:
    logged = APPLICATION.logged_at
    interview = replace(Interview(1, 1, 1, starts, logged), **more)  # type: ignore[arg-type]  # as above
    return Case(replace(APPLICATION, stage=Stage.INTERVIEW), (interview,))


THURSDAY_3PM = datetime(2026, 6, 11, 19, 0, tzinfo=UTC)


def test_the_follow_up_comes_seven_days_later_on_a_working_morning() -> None:
    assert due(CASE, ALL.FOLLOW_UP) == ["Mon 2026-06-08 09:30"]
    saturday = applied(applied_on=date(2026, 6, 6))
    assert due(saturday, ALL.FOLLOW_UP) == ["Mon 2026-06-15 09:30"]


def test_a_closing_date_puts_it_seven_days_after_that() -> None:
    assert due(applied(closes_on=date(2026, 6, 12)), ALL.FOLLOW_UP) == ["Fri 2026-06-19 09:30"]


def test_a_decision_date_wins_and_gets_two_working_days() -> None:
    case = applied(closes_on=date(2026, 6, 3), decision_on=date(2026, 6, 11))
    assert due(case, ALL.FOLLOW_UP) == ["Mon 2026-06-15 09:30"]


def test_no_contact_means_no_follow_up() -> None:
    assert due(applied(no_contact=True), ALL.FOLLOW_UP) == []


def test_what_was_applied_for_long_before_it_was_logged_is_not_planned() -> None:
    assert due(applied(applied_on=MONDAY - timedelta(days=22)), ALL.FOLLOW_UP) == []
    late = applied(applied_on=MONDAY - timedelta(days=21))
    assert due(late, ALL.FOLLOW_UP) == ["Tue 2026-06-02 09:30"]


def test_a_reply_an_interview_or_a_sent_letter_ends_the_follow_up() -> None:
    assert due(applied(stage=Stage.REPLIED), ALL.FOLLOW_UP) == []
    assert due(booked(THURSDAY_3PM), ALL.FOLLOW_UP) == []
    letter = sent(LetterKind.APPLICATION, APPLICATION.logged_at)
    assert due(replace(CASE, followups=(letter,)), ALL.FOLLOW_UP) == []


def test_a_skipped_nudge_is_not_wanted_and_the_others_are() -> None:
    kinds = {w.kind for w in wanted(SEEKER, applied(skipped=("followup:1",)))}
    assert kinds == {ALL.QUIET}


def test_the_brief_comes_the_evening_before() -> None:
    assert due(booked(THURSDAY_3PM), ALL.BRIEF) == ["Wed 2026-06-10 18:00"]


def test_an_interview_booked_for_the_same_day_is_briefed_two_hours_before() -> None:
    logged = datetime(2026, 6, 11, 12, 0, tzinfo=UTC)
    assert due(booked(THURSDAY_3PM, logged_at=logged), ALL.BRIEF) == ["Thu 2026-06-11 13:00"]
    too_late = THURSDAY_3PM - timedelta(hours=1)
    assert due(booked(THURSDAY_3PM, logged_at=too_late), ALL.BRIEF) == []


def test_a_brief_that_would_fall_into_quiet_hours_comes_before_them() -> None:
    early_quiet = replace(SEEKER, quiet_from=SEEKER.quiet_from.replace(hour=17))
    assert due(booked(THURSDAY_3PM), ALL.BRIEF, early_quiet) == ["Wed 2026-06-10 16:59"]


def test_the_debrief_comes_an_hour_after_the_end_but_not_at_night() -> None:
    assert due(booked(THURSDAY_3PM), ALL.DEBRIEF) == ["Thu 2026-06-11 17:00"]
    evening = THURSDAY_3PM + timedelta(hours=5)
    assert due(booked(evening), ALL.DEBRIEF) == ["Fri 2026-06-12 08:00"]
    assert due(booked(THURSDAY_3PM, debriefed_at=evening), ALL.DEBRIEF) == []


def test_the_interview_follow_up_comes_twenty_hours_after_the_end_until_one_is_sent() -> None:
    case = booked(THURSDAY_3PM)
    assert due(case, ALL.THANKS) == ["Fri 2026-06-12 12:00"]
    letter = sent(LetterKind.INTERVIEW, THURSDAY_3PM + timedelta(hours=3), interview=1)
    assert due(replace(case, followups=(letter,)), ALL.THANKS) == []


def test_an_interview_that_is_off_or_missed_asks_nothing() -> None:
    assert wanted(SEEKER, booked(THURSDAY_3PM, cancelled=True))[0].kind is ALL.QUIET
    kinds = {w.kind for w in wanted(SEEKER, booked(THURSDAY_3PM, missed=True))}
    assert not kinds & {ALL.DEBRIEF, ALL.THANKS}


def test_heard_anything_comes_once_fourteen_days_after_the_follow_up() -> None:
    letter = sent(LetterKind.APPLICATION, datetime(2026, 6, 8, 14, tzinfo=UTC))
    assert due(replace(CASE, followups=(letter,)), ALL.HEARD) == ["Mon 2026-06-22 09:30"]


def test_heard_anything_comes_seven_days_after_an_interview_letter() -> None:
    letter = sent(LetterKind.INTERVIEW, THURSDAY_3PM + timedelta(hours=3), interview=1)
    case = replace(booked(THURSDAY_3PM), followups=(letter,))
    assert due(case, ALL.HEARD) == ["Thu 2026-06-18 09:30"]


def test_heard_anything_waits_for_the_date_they_named() -> None:
    letter = sent(LetterKind.APPLICATION, datetime(2026, 6, 8, 14, tzinfo=UTC))
    dated = replace(APPLICATION, decision_on=date(2026, 7, 3))
    assert due(Case(dated, followups=(letter,)), ALL.HEARD) == ["Tue 2026-07-07 09:30"]


def test_a_letter_to_a_warm_lead_does_not_start_the_question() -> None:
    letter = sent(LetterKind.LEAD, datetime(2026, 6, 8, 14, tzinfo=UTC))
    assert due(replace(CASE, followups=(letter,)), ALL.HEARD) == []


def test_gone_quiet_comes_thirty_days_after_the_last_contact() -> None:
    assert due(CASE, ALL.QUIET) == ["Wed 2026-07-01 09:30"]
    reply = Reply(1, 1, 1, Heard.REPLY, date(2026, 6, 10), APPLICATION.logged_at)
    moved = replace(CASE, replies=(reply,))
    assert due(moved, ALL.QUIET) == ["Fri 2026-07-10 09:30"]


def test_an_old_application_logged_today_is_not_called_quiet_at_once() -> None:
    assert due(applied(applied_on=date(2026, 2, 2)), ALL.QUIET) == ["Wed 2026-07-01 09:30"]


def test_the_review_comes_on_friday_afternoon_and_stops_when_nobody_is_there() -> None:
    now = datetime(2026, 6, 3, 12, tzinfo=UTC)
    here = replace(SEEKER, seen_at=now)
    (review,) = wanted_review(here, now, active=True)
    assert review.name == "review:2026-W23"
    assert f"{review.due_at.astimezone(here.tz):%a %d %H:%M}" == "Fri 05 16:00"
    assert wanted_review(here, now, active=False) == []
    away = replace(SEEKER, seen_at=now - timedelta(days=14))
    assert wanted_review(away, now, active=True) == []


def test_a_review_that_is_late_stays_wanted_until_it_is_sent() -> None:
    saturday = datetime(2026, 6, 6, 12, tzinfo=UTC)
    here = replace(SEEKER, seen_at=saturday)
    names = [w.name for w in wanted_review(here, saturday, True, ["review:2026-W23"])]
    assert names == ["review:2026-W23", "review:2026-W24"]
    assert [w.name for w in wanted_review(here, saturday, True)] == ["review:2026-W24"]


def test_a_pause_without_an_end_holds_everything() -> None:
    resting = replace(SEEKER, paused_from=APPLICATION.logged_at)
    assert {w.due_at for w in wanted(resting, CASE)} == {FOREVER}


def test_what_falls_into_a_pause_comes_on_the_first_working_morning_after_it() -> None:
    until = datetime(2026, 6, 13, 4, tzinfo=UTC)
    resting = replace(SEEKER, paused_from=APPLICATION.logged_at, paused_until=until)
    assert due(CASE, ALL.FOLLOW_UP, resting) == ["Mon 2026-06-15 09:30"]


def test_a_rest_that_begins_during_the_night_holds_what_waits_for_the_morning() -> None:
    night = datetime(2026, 6, 2, 3, tzinfo=UTC)
    resting = replace(SEEKER, paused_from=night + timedelta(hours=1))
    assert allowed(night, resting) == FOREVER


@given(seekers(), cases())
def test_nothing_is_due_in_quiet_hours_or_in_a_pause(seeker: Seeker, case: Case) -> None:
    for want in wanted(seeker, case):
        if want.due_at < FOREVER:
            assert not is_quiet(want.due_at, seeker)
            assert not paused(want.due_at, seeker)


@pytest.mark.parametrize("zone", ZONES)
@given(
    seeker=seekers(),
    case=cases(open_only=True),
    start=st.dates(date(2026, 3, 1), date(2026, 11, 9)),
)
def test_nothing_is_due_in_quiet_hours_across_a_clock_change(
    zone: str, seeker: Seeker, case: Case, start: date
) -> None:
    seeker = replace(seeker, zone=zone, paused_from=None)
    case = replace(case, application=replace(case.application, closes_on=start, decision_on=None))
    assert not any(is_quiet(want.due_at, seeker) for want in wanted(seeker, case))


@given(seekers(), cases(), st.sampled_from([stage for stage in Stage if not stage.open]))
def test_a_closed_application_wants_nothing(seeker: Seeker, case: Case, stage: Stage) -> None:
    closed = replace(case, application=replace(case.application, stage=stage))
    assert wanted(seeker, closed) == []


@given(seekers(), cases())
def test_names_are_unique_so_that_planning_twice_is_planning_once(
    seeker: Seeker, case: Case
) -> None:
    names = [want.name for want in wanted(seeker, case)]
    assert len(names) == len(set(names))


def apply(plan: Sequence[Add | Move | Drop], stored: Sequence[Nudge]) -> list[Nudge]:
    changed = {change.nudge.key: change.nudge for change in plan}
    kept = [changed.pop(nudge.key, nudge) for nudge in stored]
    return kept + list(changed.values())


@st.composite
def stored_nudges(draw: st.DrawFn, seeker: Seeker, wants: Sequence[Wanted]) -> list[Nudge]:
    """Some of what is wanted, and some that is not any more, in every state."""
    names = [w.name for w in wants] + ["followup:99", "heard:99.1"]
    chosen = draw(st.lists(st.sampled_from(names), unique=True))
    return [
        Nudge(
            n,
            f"{seeker.id}/{name}",
            seeker.id,
            "terminal",
            NudgeKind.QUIET,
            at,
            at,
            state=draw(st.sampled_from(NudgeState)),
            snoozed_until=draw(st.none() | instants),
        )
        for n, name in enumerate(chosen)
        for at in [draw(instants)]
    ]


@given(st.data(), seekers(), cases())
def test_planning_again_changes_nothing(data: st.DataObject, seeker: Seeker, case: Case) -> None:
    wants = wanted(seeker, case)
    stored = data.draw(stored_nudges(seeker, wants))
    plan = changes(wants, stored, seeker, "terminal", "because")
    after = apply(plan, stored)
    assert changes(wants, after, seeker, "terminal", "because") == []


@given(st.data(), seekers(), cases())
def test_every_nudge_that_ends_has_a_reason_and_none_disappears(
    data: st.DataObject, seeker: Seeker, case: Case
) -> None:
    wants = wanted(seeker, case)
    stored = data.draw(stored_nudges(seeker, wants))
    plan = changes(wants, stored, seeker, "terminal", "because")
    after = {nudge.key: nudge for nudge in apply(plan, stored)}
    assert {nudge.key for nudge in stored} <= set(after)
    for change in plan:
        if isinstance(change, Drop):
            assert change.nudge.why == "because"
        else:
            assert change.nudge.state is NudgeState.PLANNED


@given(st.data(), seekers(), cases())
def test_what_was_sent_is_never_planned_again(
    data: st.DataObject, seeker: Seeker, case: Case
) -> None:
    wants = wanted(seeker, case)
    stored = [replace(n, state=NudgeState.SENT) for n in data.draw(stored_nudges(seeker, wants))]
    plan = changes(wants, stored, seeker, "terminal", "because")
    assert not {c.nudge.key for c in plan} & {n.key for n in stored}


@given(seekers(), cases(open_only=True), st.sampled_from(ZONES))
def test_a_change_of_zone_moves_what_is_planned_and_adds_nothing(
    seeker: Seeker, case: Case, zone: str
) -> None:
    stored = apply(changes(wanted(seeker, case), [], seeker, "terminal", ""), [])
    moved = replace(seeker, zone=zone)
    wants = wanted(moved, case)
    keys = {f"{moved.id}/{w.name}" for w in wants}
    for change in changes(wants, stored, moved, "terminal", "moved"):
        # A brief can lose its time before the interview, and on which side of a letter an
        # interview's day falls decides whether to ask; nothing else comes or goes.
        if change.nudge.kind not in (NudgeKind.BRIEF, NudgeKind.HEARD):
            assert isinstance(change, Move) or change.nudge.key not in keys


@given(seekers(), instants)
def test_the_first_allowed_instant_is_never_before_the_one_asked_for(
    seeker: Seeker, at: datetime
) -> None:
    assert allowed(at, seeker) >= at


def test_quiet_hours_that_end_twice_when_the_clock_goes_back_end_once() -> None:
    """01:10 for the second time in New York; the first 01:30 is over already."""
    short_night = replace(SEEKER, quiet_from=time(0, 0), quiet_until=time(1, 30))
    second_pass = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    assert allowed(second_pass, short_night) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_what_was_put_off_is_looked_at_again_when_something_changes() -> None:
    (follow_up, *_) = wanted(SEEKER, CASE)
    stored = apply(changes([follow_up], [], SEEKER, "terminal", ""), [])
    put_off = [replace(stored[0], ready_at=stored[0].due_at + timedelta(days=30))]
    (move,) = changes([follow_up], put_off, SEEKER, "terminal", "")
    assert isinstance(move, Move)
    assert move.nudge.ready_at == follow_up.due_at
    waiting_for_the_platform = [replace(put_off[0], tries=1)]
    assert changes([follow_up], waiting_for_the_platform, SEEKER, "terminal", "") == []
