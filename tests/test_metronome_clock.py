"""Beats come also when the machine's clock is set back, by which the scheduler goes."""

import asyncio
from datetime import UTC, datetime, timedelta

from adapters.metronome import Metronome

SOON = 10
HOUR = timedelta(hours=1)


async def test_the_metronome_goes_on_when_the_clock_is_set_back_an_hour() -> None:
    """To the scheduler its next beat is then an hour away; so the test puts it there."""
    beats = 0
    enough = asyncio.Event()

    async def beat() -> None:
        nonlocal beats
        beats += 1
        if beats < 3:
            metronome._job.modify(next_run_time=datetime.now(UTC) + HOUR)  # noqa: TID251 the scheduler's clock
        else:
            enough.set()

    async with Metronome(beat, seconds=0.02) as metronome:
        async with asyncio.timeout(SOON):
            await enough.wait()
    assert beats == 3


async def test_a_beat_that_failed_when_the_clock_was_set_back_is_followed_by_another() -> None:
    beats = 0
    enough = asyncio.Event()

    async def beat() -> None:
        nonlocal beats
        beats += 1
        if beats == 1:
            metronome._job.modify(next_run_time=datetime.now(UTC) + HOUR)  # noqa: TID251 the scheduler's clock
            raise ValueError
        enough.set()

    async with Metronome(beat, seconds=0.02) as metronome:
        async with asyncio.timeout(SOON):
            await enough.wait()


async def test_after_leaving_nothing_is_left_that_would_bring_a_beat() -> None:
    began = asyncio.Event()

    async def beat() -> None:
        began.set()

    async with Metronome(beat, seconds=0.02) as metronome:
        await began.wait()
    assert metronome._watchdog is not None
    assert metronome._watchdog.cancelled()
    # Whoever hurries it too late hurries nothing.
    began.clear()
    metronome.hurry()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not began.is_set()
