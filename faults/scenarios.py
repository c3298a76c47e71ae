"""Every scenario by name, with its size in the long form and in the short one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from faults import machines, troubles
from faults.kills import ASKED, AT_RANDOM, IN_ITS_HANDS, WAYS, killing
from faults.trial import Trial

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Scenario:
    """Something that goes wrong, `long` or `short` times; `run` is told how often.

    `needs` is what else has to be there: "history" for the release before.
    """

    name: str
    run: Callable[..., Awaitable[None]]
    long: int
    short: int
    databases: tuple[str, ...] = (SQLITE, POSTGRESQL)
    needs: str = ""


def _slots(trial: Trial) -> int:
    return 1 if trial.place.name == SQLITE else 2


def _killed(way: str) -> Callable[[Trial, int], Awaitable[None]]:
    def run(trial: Trial, kills: int) -> Awaitable[None]:
        # Whose message is held cannot be told where two send.
        return killing(trial, kills, way, 1 if way == IN_ITS_HANDS else _slots(trial))

    return run


async def _unwell_and_killed(trial: Trial, kills: int, *, slow: bool) -> None:
    await troubles.unwell_and_killed(trial, kills, _slots(trial), slow=slow)


def scenarios(*, short: bool) -> list[Scenario]:
    """All of them. The short form leaves out what takes the libraries real seconds."""
    slow = not short
    found = [
        Scenario(f"killed {way}", _killed(way), 140 if way == AT_RANDOM else 50, 2) for way in WAYS
    ]
    found += [
        Scenario("asked to end, as for a release", _killed(ASKED), 40, 3),
        Scenario("answers lost", troubles.unanswered, 40, 10),
        Scenario("platforms unwell", partial(troubles.unwell, slow=slow), 150, 15),
        Scenario("unwell, and killed at random", partial(_unwell_and_killed, slow=slow), 80, 4),
        Scenario("doors shut, and open again", troubles.gone_and_back, 40, 8),
        Scenario("clocks leap by an hour", machines.leaps, 30, 3),
        Scenario("three days away", machines.away, 25, 12),
        Scenario("the disk is full", machines.full, 8, 2),
        Scenario("the database falls", machines.falls, 8, 2, (POSTGRESQL,)),
        Scenario("hosts a minute apart", machines.apart, 50, 4, (POSTGRESQL,)),
        Scenario("two releases at once", machines.releases, 50, 4, (POSTGRESQL,), "history"),
    ]
    if slow:
        found.append(Scenario("platforms silent", troubles.silent, 30, 0))
    return found
