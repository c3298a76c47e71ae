"""`python -m bench [NAME ...]`: measures, and prints tables."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from rich.console import Console

from bench import desk, nudges
from bench.databases import places
from bench.report import Report, load

# Of a table that goes into a file.
WIDTH = 120
BENCHES: dict[str, Callable[..., Awaitable[list[Report]]]] = {
    "desk": desk.run,
    "nudges": nudges.run,
}


async def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description="Measures, as ratios to baselines.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHES)}; else all")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it works")
    parser.add_argument("--imports", action="store_true", help="the costliest imports at a start")
    options = parser.parse_args()
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    with places() as found:
        for name in options.names or BENCHES:
            for report in await BENCHES[name](found, quick=options.quick):
                report.print(console)
    console.print(f"Load at the end: {load()}.", style="dim")


asyncio.run(main())
