"""Machines that fail: databases that go, disks that fill, clocks that are wrong, days of downtime,
and an old release beside the new one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from faults.databases import PostgreSQL
from faults.fleet import Fleet, Worker
from faults.kills import AT_RANDOM, killing
from faults.trial import Trial

# PostgreSQL's own words for a full disk, at every change of a nudge; a disk that is really full
# stops its log and with it the server, which is `falls`.
_FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE UPDATE ON nudges EXECUTE FUNCTION full_disk();
"""
_EMPTIED = "DROP FUNCTION full_disk CASCADE"


async def falls(trial: Trial, times: int) -> None:
    """The server is stopped, or killed, while two workers send; every second time it is killed."""
    place = trial.place
    assert isinstance(place, PostgreSQL)
    for _ in range(2):
        await trial.worker()
    for turn in range(times):
        await trial.crowd.people(30, within=1)
        moment = trial.rng.uniform(0.05, 0.6)
        falling = asyncio.ensure_future(_after(moment, place.crash if turn % 2 else place.restart))
        await trial.until(falling)
        trial.falls += 1
    await trial.drain()


async def _after(seconds: float, do: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(seconds)
    await do()


async def full(trial: Trial, times: int) -> None:
    """The disk is full while a worker sends; then there is room again."""
    for _ in range(times):
        if isinstance(trial.place, PostgreSQL):
            worker = await trial.worker()
            await trial.crowd.people(8, within=2)
            filling = asyncio.ensure_future(_filled(trial))
        else:
            file = Path(trial.url.removeprefix("sqlite:///"))
            await trial.crowd.people(8, within=2)
            # Its log takes a few pages more, and then nothing: not the claim, or no settlement.
            log = file.with_name(f"{file.name}-wal").stat().st_size
            room = log + 4096 * trial.rng.randint(1, 16)
            worker = await trial.worker(room=room)
            filling = asyncio.ensure_future(asyncio.sleep(1.0))
        await trial.until(filling)
        worker.kill()
        await worker.ended.wait()
    await trial.worker()
    await trial.drain()
    trial.falls = trial.journal.count("cannot keep it:")


async def _filled(trial: Trial) -> None:
    before = trial.journal.count("cannot keep it:")
    await asyncio.sleep(trial.rng.uniform(0.0, 0.3))
    await trial.glance.sql(_FULL)
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            # The journal is another process's, and rings no bell.
            while trial.journal.count("cannot keep it:") == before:  # noqa: ASYNC110 see above
                await asyncio.sleep(0.05)
    await trial.glance.sql(_EMPTIED)


async def leaps(trial: Trial, kills: int) -> None:
    """The machine's clock jumps by an hour, forward and back, again and again, between kills."""

    async def jumping() -> None:
        ahead = False
        while True:
            await asyncio.sleep(trial.rng.uniform(0.2, 0.8))
            trial.clock.move(timedelta(hours=-1 if ahead else 1))
            ahead = not ahead
            trial.falls += 1

    jumps = asyncio.create_task(jumping())
    try:
        await killing(trial, kills, AT_RANDOM)
    finally:
        jumps.cancel()


async def away(trial: Trial, size: int) -> None:
    """Three days without any worker, across due times; the first of them was just killed."""
    worker = await trial.worker()
    await trial.crowd.people(size)
    for hours in (4, 20, 30, 54):
        await trial.crowd.people(size, within=hours * 3600)
    dying = asyncio.ensure_future(_after_claim(trial, worker))
    await trial.until(dying)
    trial.kills += 1
    trial.clock.move(timedelta(days=3))
    await trial.worker()
    await trial.drain()


async def _after_claim(trial: Trial, worker: Worker) -> None:
    await trial.journal.until(lambda told: told.count("is answered") > 0)
    worker.kill()
    await worker.ended.wait()


async def apart(trial: Trial, kills: int) -> None:
    """Two hosts whose clocks are a minute apart."""
    trial.skews = (30.0, -30.0)
    await killing(trial, kills, AT_RANDOM, slots=2)


async def releases(trial: Trial, kills: int, formerly: Fleet) -> None:
    """Workers of the release before go on while this one brings the database up to date.

    They are killed at random, and only those of this release are begun again, as in a deployment.
    """
    before = [await trial.worker(fleet=formerly) for _ in range(4)]
    await trial.journal.until(lambda told: told.count("has opened the database") == len(before))
    await trial.crowd.people(12)
    at = asyncio.get_running_loop()
    for place, worker in enumerate(before, 1):
        at.call_later(place * kills / 25, worker.kill)
    await killing(trial, kills, AT_RANDOM, slots=2)
    trial.kills += len(before)
