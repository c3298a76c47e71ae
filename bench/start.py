"""How long the command takes to start, beside Python alone; and which imports cost the most.

Each run is a process of its own, from its start to its end. The commands find their compiled
modules written, as they do on every start but the first.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.databases import Place
from bench.laps import Times, in_turns, ratio
from bench.report import BASELINE, Report, against, milliseconds

HELP_TARGET = 150  # ms
COSTLIEST = 5
PYTHON = "python -c pass"
HELP = "followthrough --help"


@dataclass(frozen=True)
class Start:
    """One command: what is run, what it reads, and where its records are kept."""

    name: str
    command: Sequence[str]
    reads: str = ""
    database: Callable[[], Path] | None = None

    def run(self, *, importtime: bool = False) -> tuple[float, str]:
        """How long it took (seconds), and what it wrote to standard error."""
        environment = {**os.environ, "PYTHONUTF8": "1"}
        if self.database:
            environment["DATABASE_URL"] = f"sqlite:///{self.database()}"
        if importtime:
            environment["PYTHONPROFILEIMPORTTIME"] = "1"
        began = perf_counter()
        done = subprocess.run(
            self.command,
            input=self.reads,
            capture_output=True,
            check=True,
            encoding="utf-8",
            env=environment,
        )
        return perf_counter() - began, done.stderr

    async def lap(self, turn: int) -> Times:
        """One run."""
        took, _ = await asyncio.to_thread(self.run)
        return Times(took, 1, [took])


def starts(folder: Path) -> list[Start]:
    """What is run; the first is the baseline."""
    script = Path(sys.executable).with_name("followthrough")
    ours = [str(script)] if script.exists() else [sys.executable, "-m", "adapters"]
    known = folder / "known.db"
    fresh = (folder / f"fresh{number}.db" for number in count())
    return [
        Start(PYTHON, [sys.executable, "-c", "pass"]),
        Start("python -I -c pass", [sys.executable, "-I", "-c", "pass"]),
        Start(HELP, [*ours, "--help"]),
        Start("import bot.commands", [sys.executable, "-c", "import bot.commands"]),
        Start("echo help | followthrough chat", [*ours, "chat"], "help\n", lambda: known),
        Start("the same, making its database", [*ours, "chat"], "help\n", lambda: next(fresh)),
    ]


async def run(places: list[Place], *, quick: bool, imports: bool = False) -> list[Report]:
    """The table of this bench, and that of the imports when it is asked for."""
    report = Report(
        "start: a process, from its start to its end",
        ("command", "median", "least", "most", "times the baseline", "target"),
    )
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        commands = starts(Path(folder))
        laps = await in_turns(1 if quick else 15, {start.name: start.lap for start in commands})
        for name, times in laps.items():
            took = [one.whole for one in times]
            middle = median(took)
            target = against(middle * 1000, HELP_TARGET, " ms") if name == HELP else ""
            against_bare = BASELINE if name == PYTHON else str(ratio(times, laps[PYTHON]))
            values = [milliseconds(value) for value in (middle, min(took), max(took))]
            report.add(name, *values, against_bare, target)
        if not imports:
            return [report]
        return [report, costliest(commands[2:-1])]


def costliest(commands: Sequence[Start]) -> Report:
    """The imports that cost each command the most."""
    report = Report(
        f"imports: the {COSTLIEST} costliest of each command",
        ("command", "package", "time of its own modules", "modules"),
        ("By `python -X importtime`, which takes time itself; without what the package imports.",),
    )
    for start in commands:
        name = start.name
        _, written = start.run(importtime=True)
        own: Counter[str] = Counter()
        modules: Counter[str] = Counter()
        for micro, module in re.findall(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", written, re.M):
            package = _package(module)
            own[package] += int(micro)
            modules[package] += 1
        for package, micro in own.most_common(COSTLIEST):
            report.add(name, package, milliseconds(micro / 1_000_000), str(modules[package]))
            name = ""
    return report


def _package(module: str) -> str:
    """What to name it by: of our own the part, of others the whole package."""
    first, _, rest = module.partition(".")
    if first in ("bot", "adapters", "storage") and rest:
        return f"{first}.{rest.partition('.')[0]}"
    return first
