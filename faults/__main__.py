"""`python -m faults`: breaks everything there is to break, and accounts for every nudge."""

import argparse
import asyncio
import signal
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from rich.console import Console

from faults.account import Account
from faults.databases import Place, PostgreSQL, places
from faults.fleet import Fleet
from faults.formerly import commit, migrated, released
from faults.report import WIDTH, Result, table, write
from faults.sabotage import WAYS
from faults.scenarios import Scenario, scenarios
from faults.trial import Stuck, trial

HISTORY = "history"


@dataclass(frozen=True)
class How:
    """What a run goes by: chances, size, the release before, and a dispatcher that is broken."""

    seed: int = 1
    short: bool = True
    formerly: str = ""
    sabotage: str = ""


async def run(scenario: Scenario, place: Place, fleet: Fleet, how: How) -> Result:
    """Run one scenario on one database."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        doing, url = scenario.run, ""
        if scenario.needs == HISTORY:
            if not how.formerly:
                return Result(scenario.name, place.name, Account(), why="no history of git here")
            before, root = await stack.enter_async_context(released(how.formerly))
            assert isinstance(place, PostgreSQL)
            url = await asyncio.to_thread(place.empty)
            await asyncio.to_thread(migrated, root, url)
            doing = partial(doing, formerly=before)
        made = await stack.enter_async_context(trial(place, fleet, how.seed, url))
        made.sabotage = how.sabotage
        why = ""
        try:
            await doing(made, scenario.short if how.short else scenario.long)
        except Stuck as stuck:
            why = f"broke off: {stuck}"
        account = await made.account()
        met = made.platforms.met + made.falls
        seconds = time.monotonic() - began
        return Result(scenario.name, place.name, account, made.kills, met, seconds, why)


async def main() -> int:
    """Run the scenarios that are asked for; 0 when nothing was lost or silently repeated."""
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="only scenarios with these words")
    parser.add_argument("--short", action="store_true", help="a few of each, in less than a minute")
    parser.add_argument("--seed", type=int, default=1, help="other chances; 1")
    parser.add_argument("--write", action="store_true", help="put the table into the document")
    parser.add_argument(
        "--sabotage", default="", choices=WAYS, help="break the dispatcher, to see it found"
    )
    parser.add_argument(
        "--database", default="", metavar="NAME", help="SQLite or PostgreSQL; else both"
    )
    options = parser.parse_args()
    chosen = [
        scenario
        for scenario in scenarios(short=options.short)
        if all(word in scenario.name for word in options.words)
    ]
    if not chosen:
        names = "; ".join(scenario.name for scenario in scenarios(short=options.short))
        parser.error(f"no scenario has these words in its name; there are: {names}")
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    how = How(options.seed, options.short, commit(), options.sabotage)
    results: list[Result] = []
    doing = asyncio.current_task()
    assert doing
    # Told to end, it stops what it has started.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, doing.cancel)
    only = options.database.lower()
    async with places() as every, Fleet() as fleet:
        found = [place for place in every if only in ("", place.name.lower())]
        if not found:
            names = " and ".join(place.name for place in every)
            parser.error(f"there is no database {options.database!r} here, but {names}")
        for scenario in chosen:
            here = [place for place in found if place.name in scenario.databases]
            # A trial mostly waits for a process to begin, so the databases have theirs together.
            for result in await asyncio.gather(*(run(scenario, p, fleet, how) for p in here)):
                results.append(result)
                _show(console, result)
    console.print(table(results))
    if options.write:
        kind = "short" if options.short else "long"
        write(results, f"One run of the {kind} form, with seed {options.seed}:")
    if not all(result.sound for result in results):
        console.print("Not everything was sound: see above what is WRONG.")
        return 1
    console.print("No nudge was lost, and none repeated silently.")
    return 0


def _show(console: Console, result: Result) -> None:
    state = "sound" if result.sound else "WRONG"
    took = f"{result.seconds:.1f} s"
    console.print(f"{state}: {result.name}, {result.database}, {took} {result.why}")
    for reason, times in result.account.reasons.most_common():
        console.print(f"    {times} x {reason}", style="dim")
    for problem in result.account.problems:
        console.print(problem, style="red", soft_wrap=True)


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)
