"""Laws of partners: over a year, nobody is alone, nobody meets again before the others."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clubs.pairing import pairs

WEEKS = 52
Met = dict[frozenset[int], list[int]]
Groups = list[tuple[int, ...]]
couples = st.sets(st.integers(1, 8), min_size=2, max_size=2).map(frozenset)


def together(groups: Groups) -> set[frozenset[int]]:
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}


def note(met: Met, groups: Groups, week: int) -> None:
    for pair in together(groups):
        met.setdefault(pair, []).append(week)


def placed(groups: Groups) -> list[int]:
    return sorted(member for group in groups for member in group)


@pytest.mark.parametrize("number", [2, 4, 6, 8, 10, 12, 14, 22, 40])
def test_an_even_club_meets_everybody_once_in_each_cycle(number: int) -> None:
    met: Met = {}
    for week in range(WEEKS):
        note(met, pairs(range(number), met, (), week), week)
    for one in combinations(range(number), 2):
        weeks = met.get(frozenset(one), [])
        cycles = [week // (number - 1) for week in weeks]
        assert cycles == list(range(len(cycles)))
        assert len(cycles) >= WEEKS // (number - 1)


@pytest.mark.parametrize("number", [3, 5, 7, 9, 11, 13, 15, 29, 39])
def test_an_odd_club_has_one_trio_and_nobody_meets_thrice_before_everybody_once(number) -> None:
    met: Met = {}
    everybody = number * (number - 1) // 2
    full = None
    for week in range(number + 2 if number > 11 else WEEKS):
        groups = pairs(range(number), met, (), week)
        assert sorted(map(len, groups)) == [2] * ((number - 3) // 2) + [3]
        assert placed(groups) == list(range(number))
        note(met, groups, week)
        if full is None and len(met) == everybody:
            full = week + 1
        elif full is None and number <= 13:
            assert max(map(len, met.values())) <= 2
    assert full is not None
    assert full <= number + (number > 13)
    if number <= 11:
        times = [len(weeks) for weeks in met.values()]
        assert max(times) - min(times) <= 2


@given(st.lists(st.sets(st.integers(1, 9)), max_size=WEEKS), st.sets(couples, max_size=3))
def test_whoever_joins_and_leaves_the_groups_are_sound(clubs, excluded) -> None:
    met: Met = {}
    for week, club in enumerate(clubs):
        groups = pairs(club, met, excluded, week)
        assert len(set(placed(groups))) == len(placed(groups))
        assert set(placed(groups)) <= club
        assert {len(group) for group in groups} <= {2, 3}
        assert not together(groups) & excluded
        if not excluded and len(club) > 1:
            assert placed(groups) == sorted(club)
            assert sum(len(group) == 3 for group in groups) == len(club) % 2
        note(met, groups, week)
        assert pairs(sorted(club, reverse=True), met, excluded, week) == groups


@given(st.lists(st.sets(st.integers(1, 8)), max_size=12), st.sampled_from([4, 6, 8]))
def test_after_any_past_a_club_that_stays_meets_everybody_soon(clubs, number) -> None:
    met: Met = {}
    for week, club in enumerate(clubs):
        note(met, pairs(club, met, (), week), week)
    recent: Met = {}
    for week in range(len(clubs), len(clubs) + 3 * number):
        groups = pairs(range(1, number + 1), met, (), week)
        note(met, groups, week)
        note(recent, groups, week)
    assert len(recent) == number * (number - 1) // 2


@given(st.sets(st.frozensets(st.integers(1, 6), min_size=2, max_size=2), max_size=12))
def test_as_many_meet_for_the_first_time_as_can(old: set[frozenset[int]]) -> None:
    met = {pair: [0] for pair in old}

    def most(left: frozenset[int]) -> int:
        if not left:
            return 0
        one = min(left)
        return max(
            (frozenset({one, other}) not in old) + most(left - {one, other})
            for other in left - {one}
        )

    new = together(pairs(range(1, 7), met, (), 1)) - old
    assert len(new) == most(frozenset(range(1, 7)))


@given(st.integers(2, 7), st.sets(couples), st.integers(1, 4))
def test_as_few_as_possible_are_left_out_and_none_of_them_for_long(number, excluded, start) -> None:
    club = frozenset(range(1, number + 1))

    def most(left: frozenset[int]) -> int:
        if not left:
            return 0
        one, rest = min(left), left - {min(left)}
        options = [most(rest)]
        for size in (1, 2):
            for others in combinations(sorted(rest), size):
                if not together([(one, *others)]) & excluded:
                    options.append(size + 1 + most(rest - set(others)))
        return max(options)

    met: Met = {}
    waited = dict.fromkeys(club, 0)
    for week in range(start, start + 16):
        groups = pairs(club, met, excluded, week)
        assert len(placed(groups)) == most(club)
        note(met, groups, week)
        for member in club:
            waited[member] = 0 if member in placed(groups) else waited[member] + 1
            if any(frozenset({member, other}) not in excluded for other in club - {member}):
                assert waited[member] < number
    assert not met.keys() & excluded


def test_whoever_was_left_out_comes_first_next_time() -> None:
    excluded = {frozenset({1, 3})}
    first = pairs([1, 2, 3], {}, excluded, 1)
    met = {frozenset(group): [1] for group in first}
    assert len(first) == 1
    assert {1, 2, 3} - set(first[0]) < set(pairs([1, 2, 3], met, excluded, 2)[0])


def test_whoever_waits_is_placed_even_where_the_others_met_less() -> None:
    met = {frozenset({1, 2}): [5], frozenset({2, 3}): [1, 2, 3, 4]}
    assert pairs([1, 2, 3], met, {frozenset({1, 3})}, 6) == [(2, 3)]


def test_the_others_are_in_pairs_when_one_can_meet_nobody() -> None:
    excluded = {frozenset({7, other}) for other in range(1, 7)}
    assert [len(group) for group in pairs(range(1, 8), {}, excluded, 1)] == [2, 2, 2]


@pytest.mark.parametrize("number", [12, 13, 20, 40])
def test_in_a_large_club_exclusions_hold_and_leave_nobody_out_who_could_join(number: int) -> None:
    # One of them may meet number 1 alone.
    excluded = {frozenset({0, other}) for other in range(2, number)}
    met: Met = {}
    for week in range(6):
        groups = pairs(range(number), met, excluded, week)
        assert not together(groups) & excluded
        assert (0, 1) in groups
        assert len(placed(groups)) == number
        note(met, groups, week)


def test_an_exclusion_that_was_lifted_does_not_bring_the_two_together_every_week() -> None:
    met: Met = {}
    for week in range(WEEKS):
        note(met, pairs(range(6), met, {frozenset({0, 1})}, week), week)
    for week in range(WEEKS, WEEKS + 10):
        note(met, pairs(range(6), met, (), week), week)
    weeks = met[frozenset({0, 1})]
    assert weeks[0] == WEEKS
    assert all(later - earlier > 1 for earlier, later in pairwise(weeks))


def test_a_club_of_one_or_nobody_has_no_groups_and_of_two_or_three_has_one() -> None:
    assert [pairs(range(number), {}, (), 0) for number in range(4)] == [
        [],
        [],
        [(0, 1)],
        [(0, 1, 2)],
    ]
