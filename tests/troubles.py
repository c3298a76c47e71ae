"""What tests of delivery share: people who have letters due, and a database in trouble."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import text

from bot.commands import registry
from bot.delivery import Messenger
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.message import Call
from bot.model import Nudge, NudgeKind, Who
from bot.ports import Unit
from storage.store import Store
from tests.post import Post, still

LETTERS = Letters()
BEGIN = datetime(2026, 6, 1, 14, tzinfo=UTC)
FRIDAY = datetime(2026, 6, 5, 20, tzinfo=UTC)
DUE = datetime(2026, 6, 8, 13, 30, tzinfo=UTC)
# Seconds in which whatever is waited for has come, however loaded the machine is.
SOON = 10


async def due_for(store: Store, people: int, platform: str = "terminal", letters: int = 1) -> None:
    """People `u0`, `u1` and so on, each with so many follow-ups that are due at `DUE`."""
    desk = Desk(store, registry, LETTERS)
    someone = Who(platform, "", workspace="W", zone="America/New_York")
    for n in range(people):
        for letter in range(letters):
            call = Call("job applied", {"company": f"Acme {letter}", "role": "SRE"})
            await desk.handle(call, replace(someone, user=f"u{n}"), BEGIN)
    # The review of the first week is not what these tests are about.
    await dispatching(store, Post(platform)).tick(FRIDAY)


def dispatching(store: Store, *messengers: Messenger) -> Dispatcher:
    """A dispatcher of its own, as of a process that has just begun, whose clock stands."""
    return Dispatcher(store, messengers, LETTERS, clock_from=still)


def followups(store: Store) -> list[Nudge]:
    """Everybody's follow-ups, in the order in which they were planned."""

    def read(unit: Unit) -> list[Nudge]:
        return [n for one in unit.seekers(range(1, 200)) for n in unit.nudges.of(one)]

    found = [nudge for nudge in store.run(read) if nudge.kind is NudgeKind.FOLLOW_UP]
    return sorted(found, key=lambda nudge: nudge.id)


async def until(true: Callable[[], bool]) -> None:
    """Return as soon as it is so, of which something else in this loop takes care."""
    async with asyncio.timeout(SOON):
        while not true():  # noqa: ASYNC110 what is in the database or in the log sets no event
            # Long enough for the thread of the storage to have its turn.
            await asyncio.sleep(0.001)


@contextmanager
def refused(store: Store, when: str) -> Iterator[None]:
    """The database refuses, with an error that nobody foresaw, a change of a nudge to `when`."""
    if store._engine.dialect.name == "sqlite":
        make = [
            f"CREATE TRIGGER refused BEFORE UPDATE ON nudges WHEN {when}"
            " BEGIN SELECT RAISE(ABORT, 'odd'); END"
        ]
        end = "DROP TRIGGER refused"
    else:
        make = [
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''odd''; END'",
            f"CREATE TRIGGER refused BEFORE UPDATE ON nudges FOR EACH ROW WHEN ({when})"
            " EXECUTE FUNCTION refuse()",
        ]
        end = "DROP TRIGGER refused ON nudges"
    for statement in make:
        run(store, statement)
    try:
        yield
    finally:
        run(store, end)


def run(store: Store, statement: str) -> None:
    """Do to the database what no program of ours does."""
    store.run_on_connection(lambda connection: connection.execute(text(statement)))
