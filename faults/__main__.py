"""`python -m faults`: breaks everything there is to break, and accounts for every nudge."""

import argparse
import asyncio
import sys
import time
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from rich.console import Console

from faults.account import Account
from faults.databases import Place, PostgreSQL, places
from faults.fleet import Fleet
from faults.formerly import commit, migrated, released
from faults.report import WIDTH, Result, table, write
from faults.scenarios import Scenario, scenarios
from faults.trial import Stuck, trial

HISTORY = "history"


async def run(
    scenario: Scenario, place: Place, fleet: Fleet, seed: int, times: int, formerly: str = ""
) -> Result:
    """Run one scenario on one database."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        doing, url = scenario.run, ""
        if scenario.needs == HISTORY:
            if not formerly:
                return Result(scenario.name, place.name, Account(), why="no history of git here")
            before, root = await stack.enter_async_context(released(formerly))
            assert isinstance(place, PostgreSQL)
            url = await asyncio.to_thread(place.empty)
            await asyncio.to_thread(migrated, root, url)
            doing = partial(doing, formerly=before)
        made = await stack.enter_async_context(trial(place, fleet, seed, url))
        why = ""
        try:
            await doing(made, times)
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
    parser.add_argument("--database", metavar="NAME", help="SQLite or PostgreSQL; else both")
    options = parser.parse_args()
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    results: list[Result] = []
    formerly = commit()
    async with places() as found, Fleet(Path(__file__).parent.parent) as fleet:
        for scenario in scenarios(short=options.short):
            if options.words and not all(word in scenario.name for word in options.words):
                continue
            for place in found:
                if place.name not in scenario.databases:
                    continue
                if options.database and place.name.lower() != options.database.lower():
                    continue
                times = scenario.short if options.short else scenario.long
                result = await run(scenario, place, fleet, options.seed, times, formerly)
                results.append(result)
                state = "sound" if result.sound else "WRONG"
                took = f"{result.seconds:.1f} s"
                console.print(f"{state}: {result.name}, {result.database}, {took} {result.why}")
                for problem in result.account.problems:
                    console.print(problem, style="red", soft_wrap=True)
    console.print(table(results))
    if options.write:
        kind = "short" if options.short else "long"
        write(results, f"One run of the {kind} form, with seed {options.seed}:")
    return 0 if all(result.sound for result in results) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
