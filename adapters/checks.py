"""What a part of a process says of itself when it is asked whether it can work. Knows no part."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# The facts about connections over which a platform brings what happens: how many there should be,
# how many there are, and the slowest one's seconds from a heartbeat to the answer.
CONNECTIONS, CONNECTED, LATENCY = "connections", "connected", "latency_seconds"
# Seconds without a beat after which a loop is taken to be stuck: two looks of 15 seconds
# (adapters.metronome), and between them whatever one look may take, which ends before its leases of
# two minutes do.
STUCK = 150.0


class Level(StrEnum):
    """How well something works."""

    READY = "ready"
    # It works, but not all of it or not at once; starting it anew would not help.
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"

    @property
    def rank(self) -> int:
        """0 for the best, larger for worse."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class State:
    """How well one thing works now.

    `why` is a few fixed words for an operator, never anybody's; `facts` are numbers by name, None
    for one that is not known.
    """

    level: Level = Level.READY
    why: str = ""
    facts: Mapping[str, float | None] = field(default_factory=dict)


Check = Callable[[], State]


def known(number: float) -> float | None:
    """The number, or None for one that is infinite or none at all, which JSON cannot say."""
    return number if math.isfinite(number) else None


class Pulse:
    """Whether a loop of this process still goes round. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._beaten = clock()

    def beat(self) -> None:
        """It has begun or ended another round."""
        self._beaten = self._clock()

    def state(self) -> State:
        """Unavailable when it has not gone round for `STUCK` seconds."""
        age = self._clock() - self._beaten
        facts = {"age_seconds": round(age, 3)}
        if age > STUCK:
            return State(Level.UNAVAILABLE, "this process's own loop is stuck", facts)
        return State(facts=facts)
