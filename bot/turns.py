"""Which of the due nudges go now, and which wait for a turn in their lane. Knows no platform.

A platform takes so many messages in a while, from all of our processes together, and thousands fall
due at 09:30. So each person is given a turn as soon as their nudges are due, in the database, where
all dispatchers take theirs; nobody is looked at again before it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.delivery import Lane
from bot.model import Account, Nudge
from bot.ports import Unit

# A turn is good for as long as a lane's burst takes, and for this at least. Who misses it, because
# a process died or was overrun, takes another: a thousand missed turns would else go out at once.
MISSED = timedelta(seconds=1)

Accounts = Mapping[int, Sequence[Account]]


def reachable(accounts: Accounts, nudge: Nudge) -> Account | None:
    """Where a nudge goes to; None when its person cannot be reached on its platform."""
    theirs = accounts.get(nudge.seeker_id, ())
    return next((a for a in theirs if a.on and a.platform == nudge.platform), None)


def in_turn(
    unit: Unit,
    due: Sequence[Nudge],
    accounts: Accounts,
    lane_of: Callable[[Account], Lane | None],
    now: datetime,
) -> tuple[list[Nudge], list[Nudge]]:
    """Those that go now, and those that wait, with the turns they were given.

    A person's nudges have one turn together, and so does whoever has one already.
    """
    ready: list[Nudge] = []
    people: dict[tuple[int, str], list[Nudge]] = defaultdict(list)
    for nudge in due:
        people[nudge.seeker_id, nudge.platform].append(nudge)
    queues: dict[Lane, list[list[Nudge]]] = defaultdict(list)
    for nudges in people.values():
        account = reachable(accounts, nudges[0])
        lane = lane_of(account) if account else None
        if lane is None or any(_has_turn(nudge, lane, now) for nudge in nudges):
            ready += nudges
        else:
            queues[lane].append(nudges)
    waiting: list[Nudge] = []
    turns = unit.nudges.turns(Counter({lane: len(q) for lane, q in queues.items()}), now)
    for lane, queue in queues.items():
        for nudges, turn in zip(queue, turns[lane.name], strict=True):
            if turn <= now:
                ready += nudges
            else:
                waiting += [replace(n, turn_at=turn, ready_at=turn) for n in nudges]
    return ready, waiting


def _has_turn(nudge: Nudge, lane: Lane, now: datetime) -> bool:
    good = max(lane.every * lane.burst, MISSED)
    return nudge.turn_at is not None and now - good <= nudge.turn_at <= now
