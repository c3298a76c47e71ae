"""Running things in turns, and what may be said about their times. Knows nothing of what runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

Act = Callable[[], Awaitable[object]]
# Given the number of the round.
Lap = Callable[[int], Awaitable["Times"]]


@dataclass(frozen=True)
class Times:
    """One lap: how long so many acts took together and, where it was measured, each; in seconds."""

    whole: float
    acts: int
    each: Sequence[float] = ()

    @property
    def rate(self) -> float:
        """Acts a second."""
        return self.acts / self.whole


@dataclass(frozen=True)
class Ratio:
    """How many times the baseline's time it took: the median of the rounds, and both ends."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f}  ({self.least:.2f}-{self.most:.2f})"


def many(callers: int, calls: int, act: Act) -> Lap:
    """Laps of so many calls in all, by callers at once who each make theirs one after another."""

    async def lap(turn: int) -> Times:
        each: list[float] = []

        async def caller(mine: int) -> None:
            for _ in range(mine, calls, callers):
                began = perf_counter()
                await act()
                each.append(perf_counter() - began)

        began = perf_counter()
        await asyncio.gather(*(caller(mine) for mine in range(callers)))
        return Times(perf_counter() - began, calls, each)

    return lap


async def in_turns(rounds: int, contenders: Mapping[str, Lap]) -> dict[str, list[Times]]:
    """Every contender once a round, the order turned round each time.

    A busy neighbour thus slows all of them, and none is always the one to run first. Where there
    are several rounds, another one before them, whose turn is 0, is not kept.
    """
    times: dict[str, list[Times]] = {name: [] for name in contenders}
    for number in range(0 if rounds > 1 else 1, rounds + 1):
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
