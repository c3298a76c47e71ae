"""A million nudges: how near delivery comes to what the platforms allow, and what limits it.

The workers are the program's own processes with slack_sdk and discord.py, on PostgreSQL; Slack and
Discord are `bench.scale_platforms`, which keep their limits and note when each message arrives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from adapters.discord import pacing as discord_pacing
from adapters.slack import pacing as slack_pacing
from bench import scale_drains, scale_planning, scale_rows, scale_smooth
from bench.databases import Place
from bench.report import Report
from bench.scale_ideal import Lags, Pace, ideal
from bench.scale_people import Crowd, seed
from bench.scale_workers import Run
from bench.scale_workers import run as one_run
from storage.crypto import new_key

# Of what the pacing allows, and of the ideal schedule's lag of 99 in a hundred.
RATE_TARGET, LAG_TARGET = 0.9, 1.2
# Milliseconds that an answer takes where the platform is not the limit, and how much faster two
# workers then are than one.
DELAY, TWICE_TARGET = 80, 1.7


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    paced: Crowd
    workers: Sequence[int]
    unpaced: Crowd
    due: int
    pending: int
    rounds: int
    people: int
    # Seconds for each worker to start.
    start: float


WHOLE = Size(
    Crowd(480, 97, 3440, 1_000_000), (1, 2, 4), Crowd(800, 15, 0), 10_000, 100_000, 3, 1000, 5.0
)
QUICK = Size(Crowd(4, 16, 20, 200), (1,), Crowd(8, 5, 0), 60, 300, 1, 4, 2.5)


def allowed(crowd: Crowd) -> Lags:
    """The ideal schedule for a crowd: a burst, then one each `every`, in each lane."""
    slack = Pace(crowd.workspaces, crowd.each, slack_pacing.EVERY, slack_pacing.BURST)
    discord = Pace(1, crowd.discord, discord_pacing.EVERY, discord_pacing.BURST)
    return ideal([pace for pace in (slack, discord) if pace.whole])


async def paced(place: Place, size: Size) -> list[Report]:
    """A crowd comes due at once, and the platforms set the pace; and what its rows take."""
    crowd, key, url = size.paced, new_key(), place.fresh("scale_paced")
    await seed(url, crowd, key)
    rows = await scale_rows.run(place, url, size.people, few=size.people)
    best = allowed(crowd)
    report = Report(
        f"paced: {crowd.whole:,} due at one instant among {crowd.pending:,} pending",
        (
            "workers", "a second", "of the ideal", "lag p50", "p99", "last", "p99 by the ideal's",
            "429s", "lost, twice",
        ),
        (
            f"{crowd.workspaces:,} Slack workspaces of {crowd.each} people and {crowd.discord:,} "
            "on Discord. Lag: from due to arrived, by one clock. Ideal: in each lane a burst, then "
            "one each interval, and nothing else takes any time.",
        ),
    )  # fmt: skip
    cost = Report(
        "cost: of one delivery, in the runs above",
        ("workers", "database", "transactions", "workers' processors", "of a worker's time"),
        (
            "Database: `active_time` and `xact_commit` of pg_stat_database. Processors: what the "
            "workers used from the instant on, of which the last column is their share of it.",
        ),
    )
    report.add("ideal", f"{best.a_second:.0f}", "", *_lags(best), "", "", "")
    for count in size.workers:
        found = await one_run(url, crowd, count, key, delay=0, start=size.start)
        share, late = found.lags.a_second / best.a_second, found.lags.most / best.most
        report.add(
            f"{count}",
            f"{found.lags.a_second:.0f}",
            f"{share:.1%} ≥ {RATE_TARGET:.0%} {_met(share >= RATE_TARGET)}",
            *_lags(found.lags),
            f"{late:.2f} ≤ {LAG_TARGET:g} {_met(late <= LAG_TARGET)}",
            f"{sum(found.refused.values())}",
            _account(found),
        )
        busy = found.processor / 1000 * crowd.whole / found.lags.last / count
        cost.add(
            f"{count}",
            f"{found.database:.2f} ms",
            f"{found.commits:.3f}",
            f"{found.processor:.2f} ms",
            f"{busy:.0%}",
        )
    return [report, cost, rows]


def _account(found: Run) -> str:
    left = f" ({found.unsettled} unsettled)" if found.unsettled else ""
    return f"{found.lost}, {found.twice}{left}"


def _lags(lags: Lags) -> tuple[str, str, str]:
    return f"{lags.half:.1f} s", f"{lags.most:.1f} s", f"{lags.last:.1f} s"


def _met(met: bool) -> str:
    return "met" if met else "MISSED"


async def unpaced(place: Place, size: Size) -> Report:
    """So many workspaces that the pacing delays nobody; every answer takes a while."""
    crowd, key, url = size.unpaced, new_key(), place.fresh("scale_unpaced")
    await seed(url, crowd, key)
    report = Report(
        f"growing: {crowd.whole:,} due at one instant in {crowd.workspaces:,} workspaces, "
        f"answers after {DELAY} ms",
        ("workers", "a second", "times one worker", "processor", "database", "429s", "lost, twice"),
        ("So few people a workspace that all are within its burst. Medians of the rounds.",),
    )
    found: dict[int, list[Run]] = {1: [], 2: []}
    for number in range(size.rounds):
        for count in (1, 2) if number % 2 else (2, 1):
            one_more = await one_run(url, crowd, count, key, delay=DELAY, start=size.start)
            found[count].append(one_more)
    one = median(run.lags.a_second for run in found[1])
    for count, runs in found.items():
        rate = median(run.lags.a_second for run in runs)
        times = rate / one
        worth = f"{times:.2f}  ≥ {TWICE_TARGET:g} {_met(times >= TWICE_TARGET)}"
        report.add(
            f"{count}",
            f"{rate:.0f}",
            worth if count > 1 else "",
            f"{median(run.processor for run in runs):.2f} ms",
            f"{median(run.database for run in runs):.2f} ms",
            f"{sum(sum(run.refused.values()) for run in runs)}",
            f"{sum(run.lost for run in runs)}, {sum(run.twice for run in runs)}",
        )
    return report


async def run(places: list[Place], *, quick: bool) -> list[Report]:
    """All tables of this bench; those of many workers need PostgreSQL."""
    size = QUICK if quick else WHOLE
    reports: list[Report] = []
    for place in places:
        if place.name == "PostgreSQL":
            reports += await paced(place, size)
            reports.append(await unpaced(place, size))
    due, rounds = size.due, size.rounds
    reports.append(await scale_drains.run(places, due=due, pending=size.pending, rounds=rounds))
    reports.append(await scale_smooth.run(places, due=due, rounds=rounds))
    reports.append(await scale_planning.run(places, people=size.people // 4))
    return reports
