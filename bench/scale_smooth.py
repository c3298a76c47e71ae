"""Whether the process that sends thousands still answers: the loop's stalls and a command's time.

`bench.scale_stalls` is that process. Each round it is first idle but for the commands, then it
sends what is due meanwhile; the messenger answers at once, so that it is as busy as it can be.
"""

import json
from asyncio.subprocess import Process
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from bench.databases import Place, connected, tidy
from bench.nudges import add_due_people
from bench.processes import process, told
from bench.report import Report, against, milliseconds
from bench.scale_stalls import ASKERS
from bench.seeding import FIRST_DAY, add_people

STALL_TARGET, TIMES_TARGET = 10, 2.0
# Seconds in which it is idle, and in a quick run.
IDLE, IDLE_QUICK = 5.0, 0.3
# From the first id of one round to that of the next.
APART = 100_000
_IDLE, _LETTERS, _NOTES = "idle", "sending letters", "sending notes"


async def measure(report: Report, place: Place, due: int, rounds: int) -> None:
    """The rows of one database."""
    url = place.fresh("scale_smooth")
    found: dict[str, list[dict[str, float]]] = {_IDLE: [], _LETTERS: [], _NOTES: []}
    day, first = FIRST_DAY, APART
    with connected(url) as connection:
        add_people(connection, 1, ASKERS)
    seconds = IDLE if rounds > 1 else IDLE_QUICK
    async with process("bench.scale_stalls", url) as running:
        for _ in range(rounds):
            for name in (_LETTERS, _NOTES):
                with connected(url) as connection:
                    notes = name == _NOTES
                    at = add_due_people(connection, first, due, day, discreet=notes)
                tidy(url)
                day, first = day + timedelta(days=7), first + APART
                found[_IDLE].append(await _ask(running, at - timedelta(hours=2), 0, seconds))
                found[name].append(await _ask(running, at, due, seconds))
    title, idle = place.name, median(one["most"] for one in found[_IDLE])
    for name, answers in found.items():
        longest, most = (median(one[what] for one in answers) for what in ("longest", "most"))
        targets = ""
        if name != _IDLE:
            targets = against(longest * 1000, STALL_TARGET, " ms")
            targets += f"; {against(most / idle, TIMES_TARGET)}"
        report.add(
            title,
            name,
            milliseconds(longest),
            milliseconds(median(one["turn"] for one in answers)),
            milliseconds(median(one["seldom"] for one in answers)),
            milliseconds(median(one["half"] for one in answers)),
            milliseconds(most),
            f"{most / idle:.2f}" if name != _IDLE else "",
            targets,
        )
        title = ""


async def _ask(running: Process, now: datetime, due: int, seconds: float) -> dict[str, Any]:
    order = {"now": now.isoformat(), "due": due, "seconds": seconds}
    answer: dict[str, Any] = await told(running, json.dumps(order))
    assert answer["sent"] == due, answer
    return answer


async def run(places: list[Place], *, due: int, rounds: int) -> Report:
    """The table."""
    report = Report(
        f"smooth: desk and dispatcher in one process, idle and while {due:,} come due",
        (
            "database", "meanwhile", "stall", "own", "1 in 1,000", "command", "p99", "to idle",
            "stall; p99",
        ),
        (
            "A command (an application logged) 20 ms after the one before: the median, p99, and "
            "p99 by that of the idle process. Stall: how late the event loop was for anything "
            "else, the longest of a round. Own: the most that its thread used of the processor "
            "from one beat of 1 ms to the next, which no other program lengthens. Medians of the "
            "rounds.",
        ),
    )  # fmt: skip
    for place in places:
        await measure(report, place, due, rounds)
    return report
