"""The process that sends, as `followthrough worker` is, but with the harness's clock and points.

Everything in it is the product's: storage, dispatcher, slack_sdk, discord.py.
"""

import asyncio
import logging
import os
import resource
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.discord.app import Discord
from adapters.discord.credentials import Credentials as DiscordCredentials
from adapters.slack.app import Slack
from adapters.slack.credentials import Credentials as SlackCredentials
from bot.commands import registry
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.ports import Unavailable
from faults.clock import Clock
from faults.journal import Pen
from faults.points import Doom, SeenMessenger, SeenStore
from faults.sabotage import FORGETS, ForgetfulStore, SabotagedMessenger
from storage.store import Store

# Real seconds between two looks at the clock.
EVERY = 0.01


@dataclass(frozen=True)
class Spec:
    """What one worker is started with."""

    number: int
    url: str
    folder: str
    environment: dict[str, str]
    point: str = ""
    nth: int = 1
    skew: float = 0.0
    # Bytes that a file of its may grow to: a disk that is full. 0: as many as it likes.
    room: int = 0
    # How it is broken on purpose (faults.sabotage), if it is.
    sabotage: str = ""


async def work(spec: Spec) -> None:
    """Send what is due until the process is ended."""
    clock = Clock(Path(spec.folder) / "clock", spec.skew)
    pen = Pen(Path(spec.folder) / "journal", spec.number, clock)
    # What is wrong is told in the journal, or shows.
    logging.disable(logging.CRITICAL)
    pen.tell("begins", more=str(os.getpid()))
    doom = Doom(pen, spec.point, spec.nth)
    if spec.room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (spec.room, resource.RLIM_INFINITY))
    letters = Letters()
    async with Store.open(spec.url) as store:
        pen.tell("has opened the database")
        messengers: list[Any] = []
        if slack := SlackCredentials.read(spec.environment):
            messengers.append(Slack(slack, store, registry, letters, None, clock).messenger)
        if discord := DiscordCredentials.read(spec.environment):
            messengers.append(Discord(discord, store, registry, letters, clock).messenger)
        plan: Any = store
        if spec.sabotage:
            messengers = [SabotagedMessenger(m, spec.sabotage) for m in messengers]
            plan = ForgetfulStore(store) if spec.sabotage == FORGETS else store
        dispatcher = Dispatcher(
            SeenStore(plan, doom), [SeenMessenger(m, doom) for m in messengers], letters
        )
        rounds = _working if hasattr(store, "waking") else _formerly
        await rounds(dispatcher, store, clock, pen)


async def _working(dispatcher: Dispatcher, store: Store, clock: Clock, pen: Pen) -> None:
    """The rounds of the product, which are woken when the clock has leapt: its 15 seconds passed.

    There is only the bell of the plan to wake them by.
    """
    from adapters.checks import Pulse
    from adapters.working import Working

    async def now(_: Store) -> datetime:
        return clock()

    working = Working(dispatcher, store, "worker", Pulse(), now)
    async with working.going_on():
        seen = clock.leaps
        while True:
            await asyncio.sleep(EVERY)
            if clock.leaps != seen:
                seen = clock.leaps
                with suppress(Unavailable):
                    await store.on_connection(store.waking.announce)
                store.waking.ring()


async def _formerly(dispatcher: Dispatcher, store: Store, clock: Clock, pen: Pen) -> None:
    """The rounds of the release before, which only looked from time to time."""
    while True:
        try:
            await dispatcher.tick(clock())
        except Unavailable as why:
            pen.tell("finds the database unavailable", more=str(why))
        except Exception as error:
            # As the metronome does: the next beat tries again.
            pen.tell("fails", more=repr(error))
        await asyncio.sleep(EVERY)
