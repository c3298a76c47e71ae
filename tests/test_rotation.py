"""Laws of turns: over a year of meetings, whoever comes and goes, nobody's turn is lost."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clubs.rotation import order, timekeeper

WEEKS = 52
clubs = st.sets(st.integers(1, 99), min_size=1, max_size=12).map(sorted)
# Anybody may join, be away, leave and come back at any time; sometimes nobody comes.
years = st.lists(st.lists(st.integers(1, 7), unique=True), max_size=WEEKS)


def held(weeks: list[list[int]]) -> list[list[int]]:
    meetings: list[list[int]] = []
    for present in weeks:
        meetings.append(order(present, meetings))
    return meetings


def timed(meetings: list[list[int]]) -> list[int]:
    keepers: list[int] = []
    for spoke in meetings:
        keepers.append(timekeeper(spoke, keepers, spoke[0]))
    return keepers


@given(years)
def test_everybody_who_comes_speaks_once(weeks: list[list[int]]) -> None:
    assert [sorted(spoke) for spoke in held(weeks)] == [sorted(present) for present in weeks]


@given(years, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_who_is_named_first(weeks: list[list[int]], chance) -> None:
    shuffled = [chance.sample(present, len(present)) for present in weeks]
    assert held(shuffled) == held(weeks)


@given(clubs)
def test_the_same_members_are_at_every_place_equally_often(club: list[int]) -> None:
    meetings = held([club] * WEEKS)
    for place in range(len(club)):
        times = Counter(dict.fromkeys(club, 0))
        times.update(spoke[place] for spoke in meetings)
        assert max(times.values()) - min(times.values()) <= 1


@given(clubs)
def test_the_mean_place_of_the_same_members_differs_by_the_unfinished_cycle_alone(club) -> None:
    meetings = held([club] * WEEKS)
    total = [sum(spoke.index(member) for spoke in meetings) for member in club]
    over = WEEKS % len(club)
    assert max(total) - min(total) <= over * (len(club) - over)


@given(years)
def test_nobody_is_first_again_before_everybody_there_has_been(weeks: list[list[int]]) -> None:
    meetings = held(weeks)
    for now, spoke in enumerate(meetings):
        before = [week for week in range(now) if spoke and meetings[week][:1] == spoke[:1]]
        if not before:
            continue
        known = {member for earlier in meetings[: before[-1] + 1] for member in earlier}
        since = {earlier[0] for earlier in meetings[before[-1] : now] if earlier}
        assert known & set(spoke) <= since


@given(years)
def test_whoever_comes_as_often_as_there_are_people_is_first_once(weeks: list[list[int]]) -> None:
    meetings = held(weeks)
    people = {member for spoke in meetings for member in spoke}
    for member in people:
        waited = 0
        for spoke in meetings:
            if member in spoke:
                waited = 0 if spoke[0] == member else waited + 1
            assert waited < len(people)


@given(years)
def test_a_newcomer_speaks_after_everybody_who_has_been_there(weeks: list[list[int]]) -> None:
    known: set[int] = set()
    for spoke in held(weeks):
        new = [member not in known for member in spoke]
        assert new == sorted(new)
        known.update(spoke)


@given(years.filter(any), st.data())
def test_forgetting_old_meetings_changes_nothing_for_those_it_still_knows(weeks, data) -> None:
    meetings = held(weeks)
    kept = meetings[data.draw(st.integers(0, len(meetings) - 1)) :]
    known = set(kept[0]) | {spoke[0] for spoke in kept if spoke}
    present = data.draw(st.sets(st.sampled_from(sorted(known)))) if known else set()
    assert order(list(present), kept) == order(list(present), meetings)


def test_whoever_was_away_when_it_was_their_turn_is_first_when_they_come_back() -> None:
    meetings = held([[1, 2, 3], [1, 3], [1, 3], [1, 2, 3]])
    assert [spoke[0] for spoke in meetings] == [1, 3, 1, 2]


@given(clubs)
def test_the_same_members_keep_time_equally_often(club: list[int]) -> None:
    times = Counter(dict.fromkeys(club, 0))
    for week, keeper in enumerate(timed(held([club] * WEEKS)), 1):
        times[keeper] += 1
        # One more than without the rule that the first speaker is spared.
        assert max(times.values()) - min(times.values()) <= 2, week


@given(years)
def test_nobody_keeps_time_again_before_everybody_there_who_is_not_first(weeks) -> None:
    meetings = [spoke for spoke in held(weeks) if spoke]
    keepers = timed(meetings)
    for now, (spoke, keeper) in enumerate(zip(meetings, keepers, strict=True)):
        if keeper in keepers[:now]:
            last = max(week for week in range(now) if keepers[week] == keeper)
            assert set(spoke[1:]) <= {*keepers[last:now]}


@given(years)
def test_the_first_speaker_keeps_time_only_when_alone(weeks: list[list[int]]) -> None:
    meetings = [spoke for spoke in held(weeks) if spoke]
    for spoke, keeper in zip(meetings, timed(meetings), strict=True):
        assert keeper in spoke
        assert (keeper == spoke[0]) == (len(spoke) == 1)


def test_who_joins_after_a_year_does_not_keep_time_two_weeks_running() -> None:
    weeks = [[1, 2, 3, 4]] * WEEKS + [[1, 2, 3, 4, 5]] * 10
    keepers = timed(held(weeks))[WEEKS:]
    assert 5 in keepers[:2]
    assert all(one != other for one, other in pairwise(keepers))


def test_whoever_was_away_at_their_turn_keeps_time_next() -> None:
    assert timekeeper([1, 2, 3], [3, 1, 2]) == 3
    assert timekeeper([1, 2], [3, 1, 2]) == 1
    assert timekeeper([1, 2, 3], [3, 1, 2, 1]) == 3


def test_a_meeting_without_people_has_no_timekeeper() -> None:
    assert order([], [[1, 2]]) == []
    with pytest.raises(ValueError, match="nobody comes"):
        timekeeper([], [1])
