"""The process that sends: `followthrough worker`, with the harness's clock and points.

Everything in it is the product's, put together as the product does it (adapters.hosting).
"""

import asyncio
import logging
import os
import resource
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from inspect import signature
from pathlib import Path
from typing import Any

from adapters.discord.app import Discord
from adapters.discord.credentials import Credentials as DiscordCredentials
from adapters.hosting import host
from adapters.settings import Settings
from adapters.slack.app import Slack
from adapters.slack.credentials import Credentials as SlackCredentials
from bot.commands import registry
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.ports import Unavailable
from faults.clock import Clock
from faults.journal import Pen
from faults.points import Doom, SeenMessenger, SeenStore
from faults.sabotage import sabotaged
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
    slack = SlackCredentials.read(spec.environment)
    discord = DiscordCredentials.read(spec.environment)
    woken: list[asyncio.Task[None]] = []

    def dispatching(store: Any, found: Sequence[Any], *more: Any) -> Dispatcher:
        pen.tell("has opened the database")
        if hasattr(store, "waking"):
            woken.append(asyncio.create_task(_wake(store, clock)))
        plan, messengers = sabotaged(store, found, spec.sabotage)
        return Dispatcher(
            SeenStore(plan, doom), [SeenMessenger(m, doom) for m in messengers], *more
        )

    async def time(_: Store) -> datetime:
        return clock()

    if "now" in signature(host).parameters:
        # The release before has it elsewhere.
        from adapters.parts import PARTS

        settings, letters = Settings(spec.url), Letters()
        await host(
            *(PARTS["worker"], settings, slack, discord, letters, 0),
            dispatching=dispatching,
            clock=time,
            now=clock,
        )
    else:
        await _formerly(spec.url, slack, discord, dispatching, clock)
    for task in woken:
        task.cancel()


async def _wake(store: Any, clock: Clock) -> None:
    """Ring the bell when the clock has leapt: the product's fifteen seconds have passed."""
    seen = clock.leaps
    while True:
        await asyncio.sleep(EVERY)
        if clock.leaps != seen:
            seen = clock.leaps
            with suppress(Unavailable):
                await store.on_connection(store.waking.announce)
            store.waking.ring()


async def _formerly(
    url: str,
    slack: SlackCredentials | None,
    discord: DiscordCredentials | None,
    dispatching: Callable[..., Dispatcher],
    clock: Clock,
) -> None:
    """A worker of a release whose `host` takes no clock: of the same parts, looking often."""
    letters = Letters()
    async with Store.open(url) as store:
        found: list[Any] = []
        if slack:
            found.append(Slack(slack, store, registry, letters, None, clock).messenger)
        if discord:
            found.append(Discord(discord, store, registry, letters, clock).messenger)
        dispatcher = dispatching(store, found, letters)
        while True:
            # As the metronome does: whatever it was, the next beat tries again.
            with suppress(Exception):
                await dispatcher.tick(clock())
            await asyncio.sleep(EVERY)
