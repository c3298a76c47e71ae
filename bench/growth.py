"""Whether it matters how many nudges are pending: an idle tick, and one claim of a batch.

Two databases that differ in how much they hold take turns, act by act.
"""

import secrets
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import update

from bench.databases import connected, tidy
from bench.drains import Answering
from bench.laps import Times, in_turns, lap, percentile, spread
from bench.report import Report, against, milliseconds
from bot.dispatch import BATCH, LEASE, Dispatcher
from bot.letters.draft import Letters
from bot.model import NudgeState
from storage.models import nudges
from storage.store import Store

TARGET = 1.2
# Acts in a round, and rounds; a first round is not counted. Each claim takes a batch that is due.
IDLE, CLAIM, ROUNDS = 30, 2, 15
CLAIMS = CLAIM * (ROUNDS + 1)


def report(few: int, many: int) -> Report:
    """The table to fill."""
    return Report(
        f"growth: the cost of looking, from {few:,} to {many:,} pending",
        ("database", "what", f"{few:,}", f"{many:,}", "times the baseline", "target"),
        (
            f"A tick looks, finds nothing due, and ends; a claim takes {BATCH} nudges of as many "
            "people. Medians.",
        ),
    )


async def measure(grown: Report, place: str, few: str, many: str, due: datetime) -> None:
    """The rows of one kind of database; what is due there at `due` counts as sent afterwards."""
    async with Store.open(few) as small, Store.open(many) as large:
        stores = {"few": small, "many": large}
        before = due - timedelta(hours=1)
        ticking = {
            name: Dispatcher(store, [Answering()], Letters()) for name, store in stores.items()
        }

        async def tick(name: str) -> None:
            ended = await ticking[name].tick(before)
            assert ended == 0

        async def claim(name: str) -> None:
            platforms, token = [Answering.platform], secrets.token_hex(8)
            taken = await stores[name].transact(
                lambda unit: unit.nudges.claim(due, due + LEASE, token, platforms, BATCH)
            )
            assert len(taken) == BATCH, f"claimed {len(taken)}"

        title = place
        for what, act, acts in (("idle tick", tick, IDLE), ("claim", claim, CLAIM)):

            async def run(name: str, act=act, acts=acts) -> Times:
                return await lap(1, acts, lambda caller, call: act(name))

            laps = await in_turns(
                ROUNDS,
                {name: (lambda turn, name=name: run(name)) for name in stores},
            )
            ratios = [
                median(m.each) / median(f.each)
                for f, m in zip(laps["few"], laps["many"], strict=True)
            ]
            found = spread(ratios)
            costs = [milliseconds(percentile(laps[name], 50)) for name in stores]
            grown.add(title, what, *costs, str(found), against(found.median, TARGET))
            title = ""
    for url in (few, many):
        sent = update(nudges).where(nudges.c.due_at == due)
        with connected(url) as connection:
            connection.execute(sent.values(state=NudgeState.SENT, claim="", why="delivered"))
        tidy(url)
