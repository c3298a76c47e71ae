"""Running things in turns, and what may be said about their times. Knows nothing of what runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

Act = Callable[[int, int], Awaitable[object]]
Lap = Callable[[int], Awaitable["Times"]]


@dataclass(frozen=True)
class Times:
    """One lap: how long it took as a whole, and each of its acts; in seconds."""

    whole: float
    each: Sequence[float]

    @property
    def rate(self) -> float:
        """Acts a second."""
        return len(self.each) / self.whole


@dataclass(frozen=True)
class Ratio:
    """How many times the baseline's time the subject took: the median of the rounds, and both ends."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f}  ({self.least:.2f}-{self.most:.2f})"


async def lap(callers: int, calls: int, act: Act) -> Times:
    """So many callers at once, each making its share of the calls one after another.

    `act` is given the caller and the number of the call, which no other caller has.
    """
    each: list[float] = []

    async def caller(mine: int) -> None:
        for call in range(mine, calls, callers):
            began = perf_counter()
            await act(mine, call)
            each.append(perf_counter() - began)

    began = perf_counter()
    await asyncio.gather(*(caller(mine) for mine in range(callers)))
    return Times(perf_counter() - began, each)


async def in_turns(rounds: int, contenders: Mapping[str, Lap]) -> dict[str, list[Times]]:
    """Every contender once a round, the order turned round each time; a first round is not kept.

    A busy neighbour thus slows all of them, and none is always the one to run first.
    """
    times: dict[str, list[Times]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        names = list(contenders)
        for name in names if number % 2 else reversed(names):
            took = await contenders[name](number)
            if number:
                times[name].append(took)
    return times


def rate(laps: Sequence[Times]) -> float:
    """Acts a second in the median lap."""
    return median(lap.rate for lap in laps)


def percentile(laps: Sequence[Times], percent: int) -> float:
    """The time that so many of a hundred acts did not exceed, in seconds, over all laps."""
    every = [one for lap in laps for one in lap.each]
    return quantiles(every, n=100, method="inclusive")[percent - 1] if len(every) > 1 else every[0]


def ratio(subject: Sequence[Times], baseline: Sequence[Times]) -> Ratio:
    """Of the time for one act, round by round."""
    return spread([b.rate / s.rate for s, b in zip(subject, baseline, strict=True)])


def spread(ratios: Sequence[float]) -> Ratio:
    """The middle and both ends of some ratios."""
    return Ratio(median(ratios), min(ratios), max(ratios))
