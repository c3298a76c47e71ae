"""Which of the due nudges go now, and which wait for a turn in their lane. Knows no platform.

A platform takes so many messages in a while, from all of our processes together, and thousands fall
due at 09:30. So each person is given a turn as soon as their nudges are due, in the database, where
all dispatchers take theirs.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from math import ceil

from bot.cards.nudges import MOST
from bot.delivery import Lane, Wanted
from bot.model import Account, Nudge
from bot.ports import Unit

# Messages to one person at a time; the rest waits for a while (`bot.sending`).
AT_A_TIME = 5

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
    """Those that go now, and those that wait, with the turns that they have.

    A person's nudges wait together, for the first of as many turns as their messages will take.
    """
    ready: list[Nudge] = []
    people: dict[tuple[int, str], list[Nudge]] = defaultdict(list)
    for nudge in due:
        people[nudge.seeker_id, nudge.platform].append(nudge)
    lanes: dict[Lane, list[_Person]] = defaultdict(list)
    for nudges in people.values():
        account = reachable(accounts, nudges[0])
        lane = lane_of(account) if account else None
        if lane is None:
            ready += nudges
        else:
            lanes[lane].append(_Person(nudges))
    wanted = {
        lane: Wanted(tuple(one.turn for one in queue if one.turn), sum(one.wants for one in queue))
        for lane, queue in lanes.items()
    }
    given = unit.nudges.turns(wanted, now)
    waiting: list[Nudge] = []
    for lane, queue in lanes.items():
        turns, late = iter(given[lane.name].turns), given[lane.name].late
        for one in queue:
            turn = one.turn
            if turn is None:
                turn, *_ = islice(turns, one.wants)
            if turn + late <= now:
                ready += one.nudges
            else:
                waiting += [replace(n, turn_at=turn, ready_at=turn + late) for n in one.nudges]
    return ready, waiting


@dataclass(frozen=True)
class _Person:
    """One person's due nudges on a platform."""

    nudges: list[Nudge]

    @property
    def turn(self) -> datetime | None:
        """The turn that they have. Whoever held them and died has used it up."""
        turns = [n.turn_at for n in self.nudges if n.turn_at and not n.claim]
        return min(turns, default=None)

    @property
    def wants(self) -> int:
        """The turns that their messages will take, if they have none."""
        return 0 if self.turn else min(AT_A_TIME, ceil(len(self.nudges) / MOST))
