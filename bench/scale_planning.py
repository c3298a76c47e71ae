"""What planning costs: the statements and the time of `replan` within one logged application."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from statistics import median
from typing import Any

from sqlalchemy import Engine, event

from bench.databases import Place
from bench.desk import call, seed
from bench.report import Report, milliseconds
from bench.seeding import PLATFORM
from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.model import Application, Who
from bot.plan import replan
from bot.ports import Unit
from storage.engine import connect
from storage.store import Store

NOW = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)


@contextmanager
def statements(engine: Engine) -> Iterator[list[float]]:
    """The seconds that each statement took, as the driver has it."""
    took: list[float] = []
    began: list[float] = [0.0]

    def before(*_: Any) -> None:
        began[0] = time.perf_counter()

    def after(*_: Any) -> None:
        took.append(time.perf_counter() - began[0])

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield took
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


async def measure(report: Report, place: Place, people: int) -> None:
    """The row of one database: everybody logs one application through the desk, and one by hand."""
    url = place.fresh("scale_planning")
    await seed(url, people)
    engine = connect(url, 1)
    whole: list[float] = []
    planning: list[tuple[int, float, float]] = []
    numbers = count()
    async with Store(engine, 1) as store:
        desk = Desk(store, registry, Letters())
        with statements(engine) as took:
            for number in range(people):
                began = time.perf_counter()
                who = Who(PLATFORM, str(number + 1))
                await desk.handle(call(f"Planned{number}"), who, NOW)
                whole.append(time.perf_counter() - began)

            def log_and_plan(unit: Unit) -> None:
                number = next(numbers)
                seeker, account = unit.enter(Who(PLATFORM, str(number + 1)), NOW)
                new = Application(seeker.id, 0, f"By hand {number}", "Engineer", NOW.date(), NOW)
                added = unit.applications.add(replace(new, fit="I have done this before."))
                took.clear()
                began = time.perf_counter()
                replan(unit, seeker, account.platform, {added.number}, NOW)
                planning.append((len(took), sum(took), time.perf_counter() - began))

            for _ in range(people):
                await store.transact(log_and_plan)
    report.add(
        place.name,
        f"{median(one[0] for one in planning):.0f}",
        milliseconds(median(one[1] for one in planning)),
        milliseconds(median(one[2] for one in planning)),
        milliseconds(median(whole)),
        f"{median(one[2] for one in planning) / median(whole):.0%}",
    )


async def run(places: list[Place], *, people: int) -> Report:
    """The table."""
    report = Report(
        "planning: what `replan` costs when an application is logged, one at a time",
        ("database", "statements", "in the database", "replan", "the whole command", "share"),
        ("Medians. Everybody has 20 applications and the week's review planned already.",),
    )
    for place in places:
        await measure(report, place, people)
    return report
