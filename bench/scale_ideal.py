"""What the platforms' pacing allows at best, and how near that comes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles


@dataclass(frozen=True)
class Pace:
    """So many lanes of so many people each: a burst at once, then one each `every`."""

    lanes: int
    people: int
    every: timedelta
    burst: int

    @property
    def whole(self) -> int:
        """All people."""
        return self.lanes * self.people

    def lags(self) -> list[float]:
        """Of everybody, in seconds after they were due, if nothing else took any time."""
        every = self.every.total_seconds()
        one = [max(0, number - self.burst + 1) * every for number in range(self.people)]
        return one * self.lanes


@dataclass(frozen=True)
class Lags:
    """Seconds from due to delivered: of half, of 99 in a hundred, of the last."""

    half: float
    most: float
    last: float
    count: int

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Lags":
        """Of so many deliveries."""
        found = list(seconds)
        hundredths = quantiles(found, n=100, method="inclusive")
        return cls(hundredths[49], hundredths[98], max(found), len(found))

    @property
    def a_second(self) -> float:
        """Deliveries a second, until the last."""
        return self.count / self.last if self.last > 0 else float("inf")


def ideal(paces: Sequence[Pace]) -> Lags:
    """The schedule that nothing could be quicker than."""
    return Lags.of(lag for pace in paces for lag in pace.lags())
