"""The account of nudges sees what must not be; and real workers, killed, lose and repeat nothing.

`./dev faults` is the whole of it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import Nudge, NudgeKind, NudgeState
from faults import kills, machines, points, sabotage, troubles
from faults.account import COMMAND, Account, Arrival, Fate, draw_up
from faults.databases import SQLite, places
from faults.fleet import Fleet
from faults.journal import Line
from faults.report import Result, table
from faults.trial import Trial, trial

DUE = datetime(2026, 6, 8, 9, 30, tzinfo=UTC)
FIRM, KEY = "Firm000001", "1/followup:1"
ROW = Nudge(7, KEY, 1, "slack", NudgeKind.FOLLOW_UP, DUE, DUE, state=NudgeState.SENT, why="it was")


def came(minutes: float = 0, *, doubt: bool = False, by: str = "slack", late: bool = False):
    at = DUE + timedelta(minutes=minutes)
    return Arrival(by, at, frozenset({FIRM}), doubt, late)


def told(what: str, more: str = "", worker: int = 1) -> Line:
    about = (KEY,) if what in ("sends", "is answered") else (7,)
    return Line(worker, DUE, what, about, more)


SENDS, ANSWERED = told("sends"), told("is answered", "Sent")
SETTLED = told("settled as sent")
ONCE = [told("claimed"), SENDS, ANSWERED, SETTLED]
# It was killed before it could settle; another one sent again.
TWICE = [told("claimed"), SENDS, *(replace(line, worker=2) for line in ONCE)]


def account(row: Nudge | None, arrivals: list[Arrival], lines: list[Line]) -> Account:
    return draw_up({KEY: FIRM}, [row] if row else [], arrivals, lines)


@pytest.mark.parametrize(
    ("row", "arrivals", "lines", "fate"),
    [
        (ROW, [came()], ONCE, Fate.ARRIVED),
        (ROW, [came(), came(3, doubt=True)], TWICE, Fate.ARRIVED),
        (ROW, [came(600, late=True)], ONCE, Fate.ARRIVED),
        (replace(ROW, state=NudgeState.PLANNED), [], [], Fate.WAITING),
        (replace(ROW, state=NudgeState.UNDELIVERED), [], [SENDS], Fate.REFUSED),
        (replace(ROW, state=NudgeState.SHOWN), [came(by=COMMAND)], [SENDS], Fate.SHOWN),
    ],
)
def test_what_went_well_is_sound(row, arrivals, lines, fate) -> None:
    found = account(row, arrivals, lines)
    assert found.sound, found.problems
    assert found.fates == {fate: 1}
    assert (found.said, found.unsaid) == (len(arrivals) - 1 if arrivals else 0, 0)


@pytest.mark.parametrize(
    ("row", "arrivals", "lines", "why"),
    [
        (None, [], [], "in no table"),
        (ROW, [], ONCE, "it never arrived"),
        (replace(ROW, state=NudgeState.DROPPED, why=""), [], [], "for no reason"),
        (ROW, [came(), came(3)], TWICE, "again without a word"),
        (ROW, [came(), came(3, doubt=True, by=COMMAND), came(4)], TWICE, "again without a word"),
        (ROW, [came(), came(3, doubt=True)], ONCE + ONCE, "after it was settled"),
        (ROW, [came(), came(3, doubt=True)], ONCE, "arrived 2 times, and was sent 1 times"),
        (ROW, [came()], [SENDS, SETTLED, ANSWERED], "before the platform said so"),
        (ROW, [came(600)], ONCE, "late without a word"),
        (replace(ROW, state=NudgeState.PLANNED), [came()], [SENDS], "would be sent again"),
        (replace(ROW, state=NudgeState.UNDELIVERED), [came()], [SENDS], "without a doubt"),
        (
            ROW,
            [came(by="discord"), came(3, doubt=True, by="discord")],
            TWICE,
            "knows a nonce",
        ),
    ],
)
def test_what_must_not_be_is_seen_and_told_with_its_history(row, arrivals, lines, why) -> None:
    found = account(row, arrivals, lines)
    assert not found.sound
    [problem] = found.problems
    assert why in problem
    assert KEY in problem
    assert problem.count("ARRIVES") == len(arrivals)


def test_a_message_that_nobody_planned_is_seen() -> None:
    stray = Arrival("slack", DUE, frozenset({"Firm000009"}), False, False)
    assert "nobody planned" in account(ROW, [came(), stray], ONCE).problems[0]


def test_the_table_adds_up_what_was_run_and_says_what_was_not() -> None:
    results = [
        Result("one", "SQLite", account(ROW, [came()], ONCE), kills=2),
        Result("two", "SQLite", account(ROW, [came()], ONCE), kills=3),
        Result("three", "PostgreSQL", Account(), why="no history of git here"),
    ]
    made = table(results)
    assert made.row_count == 4
    assert list(made.columns[3].cells) == ["2", "3", "", "5"]
    assert all(result.sound for result in results)


@asynccontextmanager
async def on_a_file(fleet: Fleet, folder: Path, way: str = "") -> AsyncIterator[Trial]:
    async with trial(SQLite(folder), fleet, seed=1) as made:
        made.sabotage = way
        yield made


async def test_a_dispatcher_that_is_broken_is_found(tmp_path: Path) -> None:
    async with Fleet() as fleet:
        for way, platform, doing, why in (
            (sabotage.SETTLES_FIRST, "", points.SETTLED, "it never arrived"),
            (sabotage.FORGETS, "slack", points.SENT, "again without a word"),
            (sabotage.NO_NONCE, "discord", points.SENT, "knows a nonce"),
        ):
            async with on_a_file(fleet, tmp_path, way) as made:
                made.crowd.only = platform
                await kills.killing(made, 5, doing)
                found = await made.account()
                assert any(why in problem for problem in found.problems), way
        async with on_a_file(fleet, tmp_path, sabotage.GIVES_UP) as made:
            await troubles.unwell(made, 15, slow=False)
            found = await made.account()
            assert any("it never arrived" in problem for problem in found.problems)


async def test_workers_that_are_killed_lose_and_repeat_nothing() -> None:
    async with places() as found, Fleet() as fleet:
        for place in found:
            async with trial(place, fleet, seed=2) as made:
                for way in (points.CLAIMED, points.SENT, kills.IN_ITS_HANDS, kills.AT_RANDOM):
                    await kills.killing(made, 2, way)
                assert made.kills == 8
                sums = await made.account()
                assert sums.sound, sums.problems
                assert sums.fates == {Fate.ARRIVED: sums.due}


async def test_what_is_due_in_days_of_downtime_comes_late_and_says_so(tmp_path: Path) -> None:
    async with Fleet() as fleet, on_a_file(fleet, tmp_path) as made:
        await machines.away(made, 3)
        found = await made.account()
        assert found.sound, found.problems
        assert any(arrival.late for arrival in made.platforms.arrivals())
