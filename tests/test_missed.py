"""What could not be delivered is shown at the next command: whole, and no more than fits."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.commands import registry
from bot.delivery import Gone
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.fit import fits
from bot.letters.draft import Draft, Letters
from bot.letters.facts import Facts
from bot.message import Call, Message, Quote, plain
from bot.model import Who
from storage.store import Store
from tests.post import Post, still

WHO = Who("terminal", "you", zone="America/New_York")
BEGIN = datetime(2026, 6, 1, 14, tzinfo=UTC)
DUE = datetime(2026, 6, 8, 13, 30, tzinfo=UTC)
MANY = 30


class Counted(Letters):
    """Letters that count how many were drafted."""

    drafted = 0

    def draft(self, facts: Facts) -> Draft:
        self.drafted += 1
        return super().draft(facts)


async def missed(store: Store, letters: Letters, **settings: str) -> Any:
    """The desk of somebody whose letters could not be delivered."""
    desk, post = Desk(store, registry, letters), Post()
    if settings:
        await desk.handle(Call("job settings", settings), WHO, BEGIN)
    why = "I ran on-call for forty services and wrote down what I learned. " * 16
    for number in range(MANY):
        call = Call("job applied", {"company": f"Acme {number}", "role": "SRE", "fit": why})
        await desk.handle(call, WHO, BEGIN)
    dispatcher = Dispatcher(store, [post], letters, clock_from=still)
    post.orders.append(Gone("their door is closed"))
    await dispatcher.tick(datetime(2026, 6, 5, 20, tzinfo=UTC))
    await dispatcher.tick(DUE)
    return desk


@pytest.mark.parametrize("discreet", ["yes", "no"])
async def test_whatever_is_shown_is_whole_on_every_platform(store: Store, discreet: str) -> None:
    desk = await missed(store, Letters(), discreet=discreet)
    letters = 0
    for _ in range(MANY):
        shown = await desk.handle(Call("job today"), WHO, DUE)
        assert isinstance(shown, Message)
        if "This could not reach you" not in plain(shown):
            break
        assert fits(shown)
        letters += sum(isinstance(block, Quote) for block in shown.blocks)
    assert letters == MANY


async def test_no_letter_is_written_that_is_not_shown(store: Store) -> None:
    counted = Counted()
    desk = await missed(store, counted)
    counted.drafted = 0
    await desk.handle(Call("job today"), WHO, DUE)
    assert 0 < counted.drafted <= 4
