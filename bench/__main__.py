"""`python -m bench [NAME ...]`: measures, and prints tables."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from rich.console import Console

from bench import clubs, desk, discord, nudges, scale, slack, start
from bench.databases import places
from bench.report import Report, load

# Of a table that goes into a file.
WIDTH = 120


async def main() -> None:
    """Run the benches named, or all."""
    benches: dict[str, Callable[..., Awaitable[list[Report]]]] = {
        "clubs": clubs.run,
        "desk": desk.run,
        "discord": discord.run,
        "nudges": nudges.run,
        "scale": scale.run,
        "slack": slack.run,
        "start": start.run,
    }
    parser = argparse.ArgumentParser(prog="bench", description="Measures, as ratios to baselines.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(benches)}; else all")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it works")
    parser.add_argument("--imports", action="store_true", help="the costliest imports of a start")
    options = parser.parse_args()
    for name in options.names:
        if name not in benches:
            parser.error(f"there is no bench {name!r}; there are {', '.join(benches)}")
    benches["start"] = partial(start.run, imports=options.imports)
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    console.print(f"Load at the start: {load()}.\n", style="dim")
    with places() as found:
        for name in options.names or benches:
            for report in await benches[name](found, quick=options.quick):
                report.print(console)
    console.print(f"Load at the end: {load()}.", style="dim")


if __name__ == "__main__":
    asyncio.run(main())
