"""Who is whose partner this week: pairs, and a trio when the number is odd.

Knows ids, who met when, and who must not meet; nothing of records, places or the calendar.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations

# Up to so many people every arrangement is weighed; above, a good one is improved by exchanges.
EXACT = 13
# The same when somebody must be left out, where there are many more arrangements.
EXACT_LEAVING_OUT = 10

_RECENT = 10**6  # what a meeting a week ago takes from a pair's worth
_MET = 10**9  # the worth of a pair before that: more than many years of meetings can take
_TRIO = 10**13  # outweighs the worth of all pairs
_COVER = 10**15  # outweighs all trios

_Group = tuple[int, ...]
_Worth = list[list[int | None]]


def pairs(
    members: Collection[int],
    met: Mapping[frozenset[int], Collection[int]],
    excluded: Collection[frozenset[int]],
    week: int,
) -> list[tuple[int, ...]]:
    """The groups of this week, each with its ids ascending; the same facts give the same groups.

    `met` holds for each pair the weeks (any count that grows by one a week) in which they were in
    one group; weeks from `week` on are not looked at, so asking again in a week changes nothing.
    `excluded` are the pairs that must not meet, whoever of the two wished it.

    As many as possible meet somebody for the first time; the others meet whom they met least and
    longest ago: each earlier meeting counts against a pair, by one over the weeks since. For a
    club that stays as it is, without exclusions:

    - an even number: everybody meets everybody once in each n - 1 weeks, never sooner again;
    - an odd number: everybody meets everybody within the first n weeks, and before the last of
      those weeks nobody a third time. (Up to 13 people, where every arrangement is weighed; for
      more, everybody within n + 1 weeks.)

    Excluded pairs are never in one group. When that leaves somebody over, they join a pair that
    can take them, so there may be more trios; failing that they are in no group this week, as few
    as possible, and of those who can be placed at all whoever waited longest is placed. Everybody
    who was in no group last week counts as waiting, a newcomer too.

    What others can infer: nothing names an exclusion, and a week's groups look like any other's.
    Only somebody who writes down their own partners can see that one person never came up in a
    whole cycle; it does not show which of the two wished it. Being in no group tells that there
    is an exclusion, and in a club of two or three also whose: say to such a person only that
    there is no partner this week, and to the others nothing.
    """
    people = sorted(set(members))
    worth = [[_worth(a, b, met, excluded, week) for b in people] for a in people]
    groups: Sequence[_Group] | None = None
    if len(people) <= EXACT:
        groups = _arranged(worth)
    if groups is None:
        cover = _cover(people, met, week)
        if len(people) <= EXACT_LEAVING_OUT:
            groups = _arranged(worth, cover)
        else:
            groups = _joined(_exchanged(worth, cover), worth)
    return sorted(tuple(sorted(people[i] for i in group)) for group in groups or ())


def _worth(
    a: int,
    b: int,
    met: Mapping[frozenset[int], Collection[int]],
    excluded: Collection[frozenset[int]],
    week: int,
) -> int | None:
    """How good it is that these two meet now; None if they must not."""
    pair = frozenset((a, b))
    if a == b or pair in excluded:
        return None
    ago = [week - then for then in met.get(pair, ()) if then < week]
    return _MET - sum(_RECENT // weeks for weeks in ago) if ago else 100 * _MET


def _cover(
    people: Sequence[int], met: Mapping[frozenset[int], Collection[int]], week: int
) -> list[int]:
    """How much it matters that each is in a group: numbers first, then who waited longest."""
    last = dict.fromkeys(people, -1)
    for pair, weeks in met.items():
        latest = max((then for then in weeks if then < week), default=-1)
        for member in pair & last.keys():
            last[member] = max(last[member], latest)
    # Powers of two: no number of later ones outweighs who waited longest.
    rank = {member: place for place, member in enumerate(sorted(people, key=lambda m: -last[m]))}
    return [_COVER * ((1 << len(people)) + (1 << rank[member])) for member in people]


def _rounds(count: int) -> Iterator[list[tuple[int, int]]]:
    """The circle method: an even number sits around one of them, who faces each in turn."""
    ring = count - 1
    for turn in range(ring):
        yield [(turn, ring)] + [
            ((turn - step) % ring, (turn + step) % ring) for step in range(1, count // 2)
        ]


def _arranged(worth: _Worth, cover: Sequence[int] = ()) -> Sequence[_Group] | None:
    """The best groups of all; None if not everybody can be in one and `cover` is not given.

    With `cover`, any number of trios may be made and anybody may be left out.
    """
    everybody = range(len(worth))

    @cache
    def valued(group: _Group) -> int | None:
        return _value(group, worth, cover)

    @cache
    def best(left: int, trios: int) -> tuple[int, tuple[_Group, ...]] | None:
        if not left:
            return 0, ()
        first = (left & -left).bit_length() - 1
        rest = left ^ 1 << first
        others = [i for i in everybody if rest >> i & 1 and worth[first][i] is not None]
        found = best(rest, trios) if cover else None
        for size in (1, 2) if trios else (1,):
            for chosen in combinations(others, size):
                group = (first, *chosen)
                value = valued(group)
                if value is None:
                    continue
                spent = trios - (size == 2 and not cover)
                onward = best(rest & ~sum(1 << i for i in chosen), spent)
                # Of equals the lowest ids. Chosen otherwise, those who have not met can end as two
                # threes in a club of six, out of which no three new pairs can be made.
                if onward and (found is None or onward[0] + value > found[0]):
                    found = onward[0] + value, (group, *onward[1])
        return found

    found = best((1 << len(worth)) - 1, 1 if cover else len(worth) % 2)
    return found[1] if found else None


def _value(group: _Group, worth: _Worth, cover: Sequence[int]) -> int | None:
    """What a group is worth, or None if two of it must not meet."""
    value = -_TRIO if cover and len(group) == 3 else 0
    for a, b in combinations(group, 2):
        one = worth[a][b]
        if one is None:
            return None
        value += one
    return value + sum(cover[i] for i in group) if cover else value


def _exchanged(worth: _Worth, cover: Sequence[int]) -> list[_Group]:
    """Pairs, and whoever is over alone: the best round of the circle, improved by exchanges."""
    count = len(worth) + len(worth) % 2
    # Two who must not meet, or one and the empty chair, are worth nothing: both stay alone.
    gain = [[0] * count for _ in range(count)]
    for a, b in combinations(range(len(worth)), 2):
        gain[a][b] = gain[b][a] = _value((a, b), worth, cover) or 0
    chosen = max(_rounds(count), key=lambda circle: sum(gain[a][b] for a, b in circle))
    better = True
    while better:
        better = False
        for i, j in combinations(range(len(chosen)), 2):
            (a, b), (c, d) = chosen[i], chosen[j]
            now = gain[a][b] + gain[c][d]
            if gain[a][c] + gain[b][d] > max(now, gain[a][d] + gain[b][c]):
                chosen[i], chosen[j], better = (a, c), (b, d), True
            elif gain[a][d] + gain[b][c] > now:
                chosen[i], chosen[j], better = (a, d), (b, c), True
    groups: list[_Group] = []
    for a, b in chosen:
        groups += [(a, b)] if gain[a][b] else [(i,) for i in (a, b) if i < len(worth)]
    return groups


def _joined(groups: Sequence[_Group], worth: _Worth) -> list[_Group]:
    """The groups once those who are alone have joined a pair that can take them."""
    made: list[_Group] = [group for group in groups if len(group) == 2]
    for alone in (group for group in groups if len(group) == 1):
        open_to = [
            (value, place)
            for place, pair in enumerate(made)
            if len(pair) == 2 and (value := _value(pair + alone, worth, ())) is not None
        ]
        if open_to:
            # What the pair is worth by itself would count twice.
            _, place = max(open_to, key=lambda it: it[0] - (_value(made[it[1]], worth, ()) or 0))
            made[place] += alone
    return made
