"""Workers that are killed: at each point of a nudge's way, in the platform's hands, at random."""

import asyncio
import signal
from itertools import count
from typing import Any

from faults.fleet import Worker
from faults.points import CLAIMED, CLAIMING, POINTS
from faults.trial import Trial
from tests.discord import standin as discord_standin
from tests.slack import standin as slack_standin

AT_RANDOM, IN_ITS_HANDS = "at random", "while the platform has it"
ASKED = "asked to end"
WAYS = (*POINTS, IN_ITS_HANDS, AT_RANDOM)
# Real seconds that a worker lives, if it is killed at random.
LIFE = (0.0, 0.35)
AWAKE = 0.1
# How many of those that are killed at random have begun by then.
AT_WORK = 0.8


async def killing(trial: Trial, kills: int, way: str, slots: int = 1) -> None:
    """Kill so many workers in one way, as many at a time as there are slots, and then let one be.

    There is always something due; in the end everything is.
    """
    turns = count()

    async def slot() -> None:
        while next(turns) < kills:
            await _one(trial, way)
            trial.kills += 1

    doing = asyncio.gather(*(slot() for _ in range(slots)))
    try:
        await trial.until(doing, feed=3)
    finally:
        doing.cancel()
    await trial.drain()


async def _one(trial: Trial, way: str) -> None:
    if way == AT_RANDOM:
        worker = await trial.worker()
        # Now and then so soon that it has not begun.
        if trial.rng.random() < AT_WORK:
            await trial.at_work(worker)
        asyncio.get_running_loop().call_later(trial.rng.uniform(*LIFE), worker.kill)
    elif way == ASKED:
        worker = await trial.worker()
        # Before it has begun it cannot do as it is asked.
        await trial.at_work(worker)
        life = trial.rng.uniform(*LIFE) + AWAKE
        asyncio.get_running_loop().call_later(life, worker.kill, signal.SIGTERM)
    elif way == IN_ITS_HANDS:
        worker = await trial.worker()
        await _caught(trial, worker)
    else:
        most = 2 if way in (CLAIMING, CLAIMED) else 4
        worker = await trial.worker(way, trial.rng.randint(1, most))
    await worker.ended.wait()


async def _caught(trial: Trial, worker: Worker) -> None:
    """Kill it once a platform has its message, and only then let the platform go on."""
    holds: list[tuple[Any, str, Any]] = [
        (trial.platforms.slack, "chat.postMessage", slack_standin.Held()),
        (trial.platforms.discord, "POST /channels/{id}/messages", discord_standin.Held()),
    ]
    plans = [trial.platforms.anybody(side, where, held) for side, where, held in holds]
    waits = [asyncio.ensure_future(held.arrived.wait()) for _, _, held in holds]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    worker.kill()
    await worker.ended.wait()
    for plan, wait in zip(plans, waits, strict=True):
        plan.lift()
        wait.cancel()
    trial.platforms.release()
