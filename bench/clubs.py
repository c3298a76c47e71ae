"""The week of many clubs that meet in the same minute, on one process: `bench.clubs_process`.

The evening before, everybody is asked; then all clubs' posts are due at once, and plan what comes
of them. Beside plain statements, and beside as many follow-up letters in the same process.
"""

import asyncio
import json
from asyncio.subprocess import Process
from collections import defaultdict
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from sqlalchemy import update

from bench import clubs_plain
from bench.clubs_people import (
    ASKED,
    BACK,
    MET,
    OVER,
    Town,
    outcome,
    plan,
    report_all,
    seed,
    starts_at,
    whole,
)
from bench.databases import Place, connected, tidy
from bench.drains import BARE
from bench.laps import Times, ratio
from bench.nudges import MB, MEMORY_TARGET, Order, add_due_people
from bench.nudges import process as drains
from bench.processes import process, told
from bench.report import BASELINE, Report, against, milliseconds
from bench.scale_stalls import ASKERS
from bench.seeding import add_people
from storage.models import seekers

# All within the minute; and a command's p99 beside that of the idle process.
MINUTE, TIMES_TARGET = 60, 2.0
# Seconds that a platform takes to answer.
DELAY = 0.08
# Seconds for which commands are given while nothing is due, and in a quick run.
IDLE, IDLE_QUICK = 5.0, 0.3
# Where the ids of others begin: those about whom rows are only written, and who get letters.
FIRST, PLAIN, OTHERS = 1_000, 1_000_000, 2_000_000

QUESTIONS, MEETINGS, PARTNERS, ACTIONS = "questions", "meetings", "partners", "actions"
BARES, LETTERS, ROWS, SLOWLY = "claim and settle", "letters", "rows", ", slowly"
_IDLE = "idle"
Answer = dict[str, Any]


class Weeks:
    """One week of theirs after another, and what each of its bursts took."""

    def __init__(self, url: str, town: Town, running: Process, bare: Order) -> None:
        self._url, self._town, self._running, self._bare = url, town, running, bare
        self._week, self._others = 0, OTHERS
        self.plain = Town(town.clubs, town.each, 1, PLAIN)
        self.laps: dict[str, list[Times]] = defaultdict(list)
        self.found: dict[str, list[Answer]] = defaultdict(list)
        self.statements: dict[str, float] = {}

    async def seed(self) -> None:
        """Everybody, and what they did until now."""
        with connected(self._url) as connection:
            add_people(connection, 1, ASKERS)
            # Else they are forgotten after a month without anything of theirs.
            connection.execute(update(seekers).values(began_at=MET))
        seed(self._url, self._town)
        seed(self._url, self.plain)
        await plan(self._url, self._town)

    async def week(self, *, kept: bool, counting: bool) -> None:
        """One whole week with a messenger that answers at once; and the baselines."""
        week = self._begin()
        drain = partial(self._drain, counting=counting)
        answers = {QUESTIONS: await drain(starts_at(week) + ASKED, self._town.people)}
        await asyncio.to_thread(report_all, self._url, self._town, week)
        answers[MEETINGS] = await drain(starts_at(week), self._town.clubs)
        self._check(week)
        answers[PARTNERS] = await drain(starts_at(week) + OVER, self._town.people)
        answers[LETTERS] = await drain(self._add_letters(week, 1), self._town.people)
        bare = self._bare(self._add_letters(week, 2), self._town.people)
        answers[ACTIONS] = await drain(starts_at(week) + BACK, self._town.people)
        rows = await asyncio.to_thread(clubs_plain.write, self._url, self.plain, week)
        if counting:
            self.statements = {
                name: one["statements"] / one["sent"] for name, one in answers.items()
            }
        if kept:
            self.laps[BARES].append(Times(bare["took"], bare["sent"]))
            self.laps[ROWS].append(rows)
            for name, answer in answers.items():
                self._keep(name, answer)

    async def slow_week(self) -> None:
        """One with a messenger that takes its time."""
        week = self._begin()
        drain = partial(self._drain, delay=DELAY)
        self._keep(QUESTIONS + SLOWLY, await drain(starts_at(week) + ASKED, self._town.people))
        await asyncio.to_thread(report_all, self._url, self._town, week)
        self._keep(MEETINGS + SLOWLY, await drain(starts_at(week), self._town.clubs))
        await self._end(week)

    async def asked_week(self, idle: float) -> tuple[Answer, Answer, Answer]:
        """One in which somebody gives commands: while it is idle, at the questions, the meetings.

        The messenger answers at once, so that the process is as busy as it can be.
        """
        week = self._begin()
        drain = partial(self._drain, asking=True)
        quiet = await drain(starts_at(week) + ASKED - timedelta(hours=1), 0, idle=idle)
        questions = await drain(starts_at(week) + ASKED, self._town.people, idle=IDLE_QUICK)
        await asyncio.to_thread(report_all, self._url, self._town, week)
        meetings = await drain(starts_at(week), self._town.clubs, idle=IDLE_QUICK)
        await self._end(week)
        return quiet, questions, meetings

    def _begin(self) -> int:
        self._week += 1
        tidy(self._url)
        return self._week

    async def _end(self, week: int) -> None:
        """What comes of a meeting is sent too, before the next week."""
        self._check(week)
        await self._drain(starts_at(week) + OVER, self._town.people)
        await self._drain(starts_at(week) + BACK, self._town.people)

    def _check(self, week: int) -> None:
        found = outcome(self._url, self._town, week)
        assert found == whole(self._town), f"{found} and not {whole(self._town)}"

    def _keep(self, name: str, answer: Answer) -> None:
        self.laps[name].append(Times(answer["took"], answer["sent"]))
        self.found[name].append(answer)

    def _add_letters(self, week: int, days: int) -> datetime:
        """As many other people, with a follow-up due so many days after the meeting."""
        day = starts_at(week).replace(hour=0) + timedelta(days=days - 7)
        with connected(self._url) as connection:
            at = add_due_people(connection, self._others, self._town.people, day)
        self._others += self._town.people
        tidy(self._url)
        return at

    async def _drain(
        self,
        now: datetime,
        due: int,
        *,
        delay: float = 0,
        asking: bool = False,
        counting: bool = False,
        idle: float = 0,
    ) -> Answer:
        order = {"now": now.isoformat(), "due": due, "delay": delay, "asking": asking}
        order |= {"counting": counting, "idle": idle}
        answer: Answer = await told(self._running, json.dumps(order))
        assert answer["sent"] == due, answer
        return answer


async def measure(burst: Report, asked: Report, place: Place, town: Town, rounds: int) -> None:
    """The rows of one database in both tables."""
    url = place.fresh("clubs")
    heard: dict[str, list[Answer]] = defaultdict(list)
    with ExitStack() as stack:
        bare = stack.enter_context(drains(BARE, url))
        async with process("bench.clubs_process", url) as running:
            weeks = Weeks(url, town, running, bare)
            await weeks.seed()
            if rounds > 1:
                await weeks.week(kept=False, counting=True)
            for _ in range(rounds):
                await weeks.week(kept=True, counting=rounds == 1)
                await weeks.slow_week()
                answers = await weeks.asked_week(IDLE if rounds > 1 else IDLE_QUICK)
                for name, answer in zip((_IDLE, QUESTIONS, MEETINGS), answers, strict=True):
                    heard[name].append(answer)
    _add_bursts(burst, place, town, weeks)
    _add_commands(asked, place, heard)


def _add_bursts(report: Report, place: Place, town: Town, weeks: Weeks) -> None:
    people, clubs = f"{town.people:,}", f"{town.clubs:,}"
    rows = [
        (BARES, f"{people} nudges claimed and settled", BARES),
        (LETTERS, f"{people} follow-up letters", BARES),
        (QUESTIONS, f"{people} questions", BARES),
        (QUESTIONS + SLOWLY, "the same, answered in 80 ms", BARES),
        (PARTNERS, f"{people} told of partners", BARES),
        (ACTIONS, f"{people} told of what they said", BARES),
        (ROWS, f"the rows of {clubs} meetings", ROWS),
        (MEETINGS, f"{clubs} meetings", ROWS),
        (MEETINGS + SLOWLY, "the same, answered in 80 ms", ROWS),
    ]
    title = place.name
    for name, label, base in rows:
        laps, found = weeks.laps[name], weeks.found[name]
        seconds = median(lap.whole for lap in laps)
        statements = weeks.statements.get(name)
        report.add(
            title,
            label,
            f"{seconds:.2f} s",
            "" if statements is None else f"{statements:.1f}",
            milliseconds(median(one["transaction"] for one in found)) if found else "",
            BASELINE if name == base else str(ratio(laps, weeks.laps[base])),
            against(seconds, MINUTE, " s") if name.startswith((QUESTIONS, MEETINGS)) else "",
        )
        title = ""


def _add_commands(report: Report, place: Place, heard: dict[str, list[Answer]]) -> None:
    title, idle = place.name, median(one["most"] for one in heard[_IDLE])
    for name, answers in heard.items():
        most = median(one["most"] for one in answers)
        memory = max(one["memory"] for one in answers) / MB
        targets = f"{against(most / idle, TIMES_TARGET)}; {against(memory, MEMORY_TARGET, ' MB')}"
        report.add(
            title,
            name,
            milliseconds(median(one["longest"] for one in answers)),
            milliseconds(median(one["half"] for one in answers)),
            milliseconds(most),
            "" if name == _IDLE else f"{most / idle:.2f}",
            f"{memory:.0f} MB",
            "" if name == _IDLE else targets,
        )
        title = ""


async def run(places: list[Place], *, quick: bool) -> list[Report]:
    """Both tables of this bench."""
    town, rounds = (Town(3, 4, 3, FIRST), 1) if quick else (Town(200, 8, 26, FIRST), 2)
    burst = Report(
        f"clubs: {town.clubs} clubs of {town.each} that meet in the same minute, one process",
        ("database", "what", "took", "statements", "longest", "times the baseline", "target"),
        (
            f"Everybody has 5 applications, and {town.weeks} weekly meetings behind them, for all "
            "of which they reported. Statements: for each nudge or meeting. Longest: the longest "
            "transaction. The rows: what a meeting leaves behind in plain inserts and updates, a "
            "transaction each. Medians of the rounds; ratios with least and most.",
        ),
    )
    asked = Report(
        "meanwhile: a command while the clubs’ messages go out",
        ("database", "meanwhile", "stall", "command", "p99", "to idle", "memory", "p99; memory"),
        (
            "A command (an application logged) 20 ms after the one before: the median, p99, and "
            "p99 by that of the idle process. Stall: the longest that the event loop was late for "
            "anything else. Memory: the most the process ever had resident. Medians of the rounds.",
        ),
    )
    for place in places:
        await measure(burst, asked, place, town, rounds)
    return [burst, asked]
