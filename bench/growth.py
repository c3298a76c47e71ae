"""Whether it matters how many nudges are pending: an idle tick, and one claim of a batch.

Two databases that differ in how much they hold take turns, act by act, on one thread: two threads
may be placed on processors that differ by more than what is measured.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import update

from bench.databases import connected, tidy
from bench.drains import Answering
from bench.laps import in_turns, many, percentile, spread
from bench.report import Report, against, milliseconds
from bot.dispatch import BATCH, LEASE, Dispatcher
from bot.letters.draft import Letters
from bot.model import NudgeState
from bot.ports import Unit
from storage.models import nudges
from storage.store import Store

T = TypeVar("T")

TARGET = 1.2
# Groups of acts, of each of which the median counts; and how many acts are in a group, per scale.
GROUPS = 5
IDLE, CLAIM = 20, 4


def claims(scale: int) -> int:
    """How many batches have to be due: each claim takes one, and there is one before them."""
    return CLAIM * scale * GROUPS + 1


def report(few: int, most: int) -> Report:
    """The table to fill."""
    return Report(
        f"growth: the cost of looking, from {few:,} to {most:,} pending",
        ("database", "what", f"{few:,}", f"{most:,}", "times the baseline", "target"),
        (
            f"A tick looks, finds nothing due, and ends; a claim takes {BATCH} nudges of as many "
            f"people. Medians of {GROUPS} groups of acts.",
        ),
    )


class Here:
    """A store whose transactions run on the calling thread; fulfils `ports.Store`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def transact(self, work: Callable[[Unit], T]) -> T:
        return self.store.run(work)


async def measure(
    grown: Report, place: str, small_url: str, large_url: str, at: datetime, scale: int
) -> None:
    """The rows of one kind of database; what is due there at `at` counts as sent afterwards."""
    async with Store.open(small_url) as small, Store.open(large_url) as large:
        stores = {"few": Here(small), "many": Here(large)}
        before = at - timedelta(hours=1)
        ticking = {
            name: Dispatcher(store, [Answering()], Letters()) for name, store in stores.items()
        }

        async def tick(name: str) -> None:
            ended = await ticking[name].tick(before)
            assert ended == 0

        async def claim(name: str) -> None:
            platform, token = Answering.platform, secrets.token_hex(8)
            taken = await stores[name].transact(
                lambda unit: unit.nudges.claim(
                    unit.nudges.due(at, platform, BATCH), token, at + LEASE
                )
            )
            assert len(taken) == BATCH, f"claimed {len(taken)}"

        title = place
        for what, act, acts in (("idle tick", tick, IDLE * scale), ("claim", claim, CLAIM * scale)):
            contenders = {name: many(1, 1, partial(act, name)) for name in stores}
            laps = await in_turns(acts * GROUPS, contenders)
            found = spread(
                [
                    percentile(laps["many"][group : group + acts], 50)
                    / percentile(laps["few"][group : group + acts], 50)
                    for group in range(0, acts * GROUPS, acts)
                ]
            )
            costs = [milliseconds(percentile(laps[name], 50)) for name in stores]
            grown.add(title, what, *costs, str(found), against(found.median, TARGET))
            title = ""
    for url in (small_url, large_url):
        sent = update(nudges).where(nudges.c.due_at == at)
        with connected(url) as connection:
            connection.execute(sent.values(state=NudgeState.SENT, claim="", why="delivered"))
        tidy(url)
