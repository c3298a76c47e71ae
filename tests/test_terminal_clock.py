"""Laws of the clock that can be moved, and of the metronome that beats in real time."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.metronome import Metronome
from adapters.terminal.clock import FARTHEST, MovableClock, Unclear, after_waiting, meant, move

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 6, 1, 13, tzinfo=UTC)


class Agenda:
    """Stands for a dispatcher: due instants, and what each tick does about them."""

    def __init__(self, *due: datetime, stuck: bool = False) -> None:
        self.due = sorted(due)
        self.stuck = stuck
        self.ticks: list[datetime] = []

    async def next_due(self) -> datetime | None:
        return self.due[0] if self.due else None

    async def tick(self, now: datetime) -> int:
        self.ticks.append(now)
        if self.stuck:
            return 0
        settled = [at for at in self.due if at <= now]
        self.due = [at for at in self.due if at > now]
        return len(settled)


@given(st.lists(st.timedeltas(timedelta(days=-2), timedelta(days=60)), max_size=12))
async def test_the_clock_stops_at_everything_due_on_the_way_in_order_and_at_the_end(offsets):
    clock = MovableClock(START)
    agenda = Agenda(*(START + offset for offset in offsets))
    to = START + timedelta(days=30)
    await move(clock, to, agenda.next_due, agenda.tick)
    on_the_way = {max(START, START + offset) for offset in offsets if START + offset <= to}
    assert agenda.ticks == sorted(on_the_way)
    assert all(at > to for at in agenda.due)
    assert clock.now() == to


async def test_what_can_never_be_settled_does_not_hold_the_clock_up():
    clock = MovableClock(START)
    agenda = Agenda(START, stuck=True)
    to = START + timedelta(days=365)
    await move(clock, to, agenda.next_due, agenda.tick)
    assert clock.now() == to
    assert len(agenda.ticks) < 30


async def test_a_stop_ends_the_move_where_it_is():
    clock = MovableClock(START)
    agenda = Agenda(START + timedelta(days=1), START + timedelta(days=2))
    await move(
        clock, START + timedelta(days=9), agenda.next_due, agenda.tick, lambda: bool(agenda.ticks)
    )
    assert clock.now() == START + timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("7 days", (6, 8, 9)),
        ("3h", (6, 1, 12)),
        ("20 minutes", (6, 1, 9, 20)),
        ("1 week and 2 days", (6, 10, 9)),
        ("a day, 1 hour", (6, 2, 10)),
    ],
)
def test_how_long_is_understood(words, then):
    assert after_waiting(words, START, NEW_YORK) == datetime(2026, *then, tzinfo=NEW_YORK)


def test_days_keep_the_time_of_day_when_the_clocks_change_and_hours_do_not():
    before = datetime(2026, 10, 31, 9, tzinfo=NEW_YORK)
    assert after_waiting("1 day", before, NEW_YORK).astimezone(NEW_YORK).hour == 9
    assert after_waiting("24 h", before, NEW_YORK).astimezone(NEW_YORK).hour == 8


@pytest.mark.parametrize(
    "words", ["", "soon", "7", "0 days", "-3 days", "99999 weeks", "7 days ago"]
)
def test_how_long_that_is_unclear_is_refused(words):
    with pytest.raises(Unclear):
        after_waiting(words, START, NEW_YORK)


@given(st.text(max_size=30))
def test_any_words_are_a_moment_ahead_or_unclear(words):
    for read in (after_waiting, meant):
        try:
            to = read(words, START, NEW_YORK)
        except Unclear:
            continue
        assert START < to <= START + FARTHEST + timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("monday 9am", (6, 8, 9)),
        ("friday", (6, 5, 9)),
        ("16:00", (6, 1, 16)),
        ("2026-06-19 09:30", (6, 19, 9, 30)),
    ],
)
def test_a_day_alone_is_its_morning(words, then):
    assert meant(words, START, NEW_YORK) == datetime(2026, *then, tzinfo=NEW_YORK)


async def test_the_metronome_beats_at_once_and_again_and_outlives_a_failing_beat(caplog):
    enough = asyncio.Event()
    beats = 0

    async def beat() -> None:
        nonlocal beats
        beats += 1
        if beats == 1:
            raise ValueError("somebody's secret")
        if beats == 3:
            enough.set()

    async with Metronome(beat, seconds=0.01):
        await asyncio.wait_for(enough.wait(), 5)
    assert "beat failed error=ValueError" in caplog.text
    assert "secret" not in caplog.text


async def test_leaving_lets_a_beat_under_way_finish_and_none_begins_after_it():
    begun, go_on = asyncio.Event(), asyncio.Event()
    told: list[str] = []

    async def beat() -> None:
        told.append("begun")
        begun.set()
        await go_on.wait()
        told.append("finished")

    async def run() -> None:
        async with Metronome(beat, seconds=0.01):
            await begun.wait()
        told.append("left")

    running = asyncio.create_task(run())
    await begun.wait()
    asyncio.get_running_loop().call_later(0.05, go_on.set)
    await asyncio.wait_for(running, 5)
    assert told == ["begun", "finished", "left"]
