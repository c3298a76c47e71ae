"""Whose turn it is at a meeting: the order of the go-round, and who keeps time.

Knows ids and what happened at earlier meetings; nothing of records, places or the calendar.
"""

from collections.abc import Sequence


def order(present: Sequence[int], history: Sequence[Sequence[int]]) -> list[int]:
    """The order in which those who come speak: everybody in `present` once.

    `history` holds the orders of the meetings so far, oldest first. The rule fits in a sentence:
    there is a queue, whoever spoke first goes to its end, whoever is new joins at its end, and
    whoever is away keeps their place. What follows from it:

    - nobody speaks first again before everybody there, who had come by the last time they did,
      has spoken first since;
    - whoever comes as often as there have ever been people is first at least once;
    - with the same members every week each is at every place, first and last too, equally often
      (give or take one), and once in as many weeks as there are members;
    - a newcomer speaks after all others at their first meeting. Several go by id.

    `history` may be cut to the last meetings (52, say): whoever was at none of them counts as new,
    and whoever came back within them without having been first stands where they came back. For
    all others nothing changes.
    """
    joined: dict[int, tuple[int, int, int]] = {}
    led: dict[int, tuple[int, int, int]] = {}
    for meeting, spoke in enumerate(history):
        for place, member in enumerate(spoke):
            # Those who were new at a meeting stand before the one who led it.
            joined.setdefault(member, (meeting, 0, place))
        if spoke:
            led[spoke[0]] = (meeting, 1, 0)
    new = (len(history), 0, 0)
    queue = joined | led
    return sorted(set(present), key=lambda member: (queue.get(member, new), member))


def timekeeper(present: Sequence[int], history: Sequence[int], first: int | None = None) -> int:
    """Who keeps time: of those who come, whoever did so longest ago, if ever; then the lowest id.

    `history` holds the timekeepers of the meetings so far, oldest first. `first` opens the
    go-round and keeps time only when nobody else comes. Whoever was away, or first, when their
    turn came has it at the next meeting where they are neither. So nobody keeps time again before
    everybody else there, the first speaker apart, has done so since. That is not "whoever did it
    least often": somebody who joins after a year would then keep time for months.

    `history` may be cut to the last meetings (52, say): whoever kept time before those counts as
    never having done so. Raises ValueError when nobody comes.
    """
    if not present:
        raise ValueError("nobody comes to this meeting")
    last = {member: meeting for meeting, member in enumerate(history)}
    return min(set(present), key=lambda member: (member == first, last.get(member, -1), member))
