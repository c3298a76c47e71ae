"""Who is looked at when records are to be erased that nobody uses: all of them, in slices."""

import asyncio
import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from adapters.checks import Pulse
from adapters.settings import BadSetting, Settings
from adapters.working import Working
from bot.delivery import Gone, Later
from bot.dispatch import Dispatcher
from bot.erasing import Retention
from bot.hours import is_quiet
from bot.message import plain
from bot.model import NudgeKind, NudgeState, Seeker
from bot.ports import Unit
from bot.retention import WARNED_FOR, Step, months_before, step, warning_name, whole_months
from storage.people import MOST, SLICE
from storage.store import Store
from tests.post import still
from tests.records import instants
from tests.samples import nudge
from tests.silence import BEGIN, DAY, LETTERS, MONTHS, SILENT, WARNED, WHO, World


@pytest.fixture
async def world(store: Store) -> World:
    """Somebody who has used the bot once, and nothing of whom is planned."""
    made = World(store)
    await made.do("settings", BEGIN, name="Sam Rivera")
    return made


@pytest.fixture
async def warned(world: World) -> World:
    """The same after eleven months, when the warning has just arrived."""
    assert await world.tick(SILENT) == []
    assert len(await world.tick(WARNED)) == 1
    return world


async def test_several_workers_that_look_at_once_warn_once(world: World) -> None:
    for _ in range(3):
        await Retention(world.store, MONTHS).round(SILENT)
    assert len(await world.warnings()) == 1


async def test_whoever_is_using_the_bot_at_that_moment_is_passed_over(
    warned: World, kind: str
) -> None:
    if kind == "sqlite":  # where one transaction follows the other
        return
    there, go_on, now = threading.Event(), threading.Event(), WARNED + WARNED_FOR

    def use(unit: Unit) -> None:
        unit.enter(WHO, now)
        there.set()
        assert go_on.wait(10)

    using = asyncio.create_task(warned.store.transact(use))
    assert await asyncio.to_thread(there.wait, 10)
    await warned.look(now)
    go_on.set()
    await using
    assert warned.erased == []
    await warned.look(now + DAY)
    assert await warned.is_there()


async def test_people_are_looked_at_in_slices_and_each_is_reached(store: Store) -> None:
    world, count = World(store), MOST * 2 + 1

    def arrive(unit: Unit) -> None:
        for n in range(count):
            unit.enter(replace(WHO, user=f"N{n}"), BEGIN)

    await store.transact(arrive)
    rounds = 0
    while rounds == 0 or world.retention._place is not None:
        await world.retention.round(SILENT)
        rounds += 1
    assert rounds == 2 + 2  # two full lots, what is left, and that there is nobody beyond
    assert count < SLICE

    def planned(unit: Unit) -> int:
        found = [unit.look(replace(WHO, user=f"N{n}")) for n in range(count)]
        return sum(len(unit.nudges.of(one[0].id)) for one in found if one)

    assert await store.transact(planned) == count
    await world.retention.round(SILENT + timedelta(hours=1))
    assert world.retention._place is None


async def test_a_host_may_keep_everything_for_ever(store: Store) -> None:
    world = World(store, months=0)
    await world.do("settings", BEGIN, name="Sam Rivera")
    assert await world.days(SILENT + timedelta(days=4000), 3) == []
    assert await world.warnings() == []


@pytest.mark.parametrize(("given", "months"), [("", 12), ("0", 0), (" 24 ", 24), ("2", 2)])
def test_retention_months_are_read(given: str, months: int) -> None:
    assert Settings.read({"RETENTION_MONTHS": given}).retention == months


@pytest.mark.parametrize("given", ["1", "121", "-3", "1.5", "twelve", "²", "12 months", "9" * 9999])
def test_months_that_are_none_are_refused_without_quoting_them(given: str) -> None:
    with pytest.raises(BadSetting, match=r"^RETENTION_MONTHS is a number from 2 to 120, or 0 for"):
        Settings.read({"RETENTION_MONTHS": given})


@given(instants, st.integers(0, 120), st.timedeltas(timedelta(0), timedelta(days=900)))
def test_months_are_counted_back_without_ever_changing_places(
    at: datetime, months: int, later: timedelta
) -> None:
    before = months_before(at, months)
    assert before <= months_before(at + later, months)
    assert (at.year * 12 + at.month) - (before.year * 12 + before.month) == months
    assert before.day <= at.day
    assert whole_months(before, at) >= months


MINE = Seeker(7, zone="America/New_York", seen_at=BEGIN)


def test_a_person_who_was_never_seen_is_left_alone() -> None:
    assert step(replace(MINE, seen_at=None), [], SILENT, MONTHS) is Step.WAIT


def test_a_warning_that_was_never_sent_erases_nobody() -> None:
    waiting = nudge(MINE, warning_name(MINE), WARNED, kind=NudgeKind.REVIEW)
    assert step(MINE, [waiting], WARNED + 400 * DAY, MONTHS) is Step.WAIT


def test_silence_alone_erases_nobody() -> None:
    assert step(MINE, [], SILENT + 4000 * DAY, MONTHS) is Step.WARN
    old = nudge(MINE, "keeping:2025-01-01", BEGIN, kind=NudgeKind.REVIEW, state=NudgeState.SENT)
    assert step(MINE, [old], SILENT + 4000 * DAY, MONTHS) is Step.WARN


# What may happen on a day: nothing mostly, a command, a rest, or that they cannot be reached.
_EVENTS = st.sampled_from(("help", "applied", "pause", "resume", "gone", "later"))


@examples(max_examples=10)
@given(st.dictionaries(st.integers(1, 200), _EVENTS, max_size=6), st.sampled_from((2, 3)))
async def test_nobody_is_erased_untold_and_whoever_stays_silent_is(
    events: dict[int, str], months: int
) -> None:
    """A person's life with a look a day, until they have been silent for long."""
    with Store.open("sqlite://") as store:
        world = World(store, months)
        await world.do("settings", BEGIN, name="Sam Rivera")
        seen, resting, told = BEGIN, False, None
        for number in range(1, max(events, default=0) + 31 * (months + 1) + 60):
            now = BEGIN + number * DAY
            event = events.get(number, "")
            if event == "gone":
                world.post.orders.append(Gone("closed"))
            elif event == "later":
                world.post.orders.append(Later(now + timedelta(hours=30), "busy"))
            elif event:
                more = {"company": f"Acme {number}", "role": "SRE"} if event == "applied" else {}
                await world.do(event, now, **more)
                seen, told = now, None
                resting = event == "pause" or (resting and event != "resume")
            tried = len(world.post.tried)
            await world.tick(now)
            for key in world.post.tried[tried:]:
                assert not resting
                if "/keeping:" in key:
                    assert months_before(now + WARNED_FOR, months) >= seen
                    assert not is_quiet(now, MINE)
            if told is None and await world.was_told(seen):
                told = now
            if not await world.is_there():
                assert told is not None
                assert now - told >= WARNED_FOR
                assert months_before(now, months) >= seen
                return
        assert resting, "whoever was silent for so long should have been erased"


async def test_a_worker_looks_at_who_is_silent_in_its_rounds(world: World) -> None:
    days = iter((SILENT, WARNED, WARNED + WARNED_FOR, WARNED + WARNED_FOR + DAY))

    async def clock(store: Store) -> datetime:
        return next(days)

    dispatcher = Dispatcher(world.store, [world.post], LETTERS, clock_from=still)
    working = Working(dispatcher, world.store, "worker", Pulse(), clock, world.retention)
    wait = await working.round()
    assert wait is not None
    assert 0 <= (WARNED - SILENT).total_seconds() - wait < 60
    for _ in range(3):
        await working.round()
    assert [message.title for _, message in world.post.arrived] == ["Shall I keep your records?"]
    assert not await world.is_there()


async def test_whoever_comes_back_has_no_warning_planned_any_more(world: World) -> None:
    await world.do("applied", BEGIN + timedelta(days=30), company="Acme", role="SRE")
    again = SILENT + timedelta(days=30)
    await world.days(BEGIN + timedelta(days=31), 60)
    await world.tick(again)
    (planned,) = await world.warnings()
    assert planned.state is NudgeState.PLANNED
    today = await world.do("today", again + timedelta(hours=1))
    assert "Shall I keep your records?" in plain(today)
    assert "review" not in plain(today).casefold()
    assert "Shall I" not in plain(await world.do("today", again + timedelta(hours=1)))
