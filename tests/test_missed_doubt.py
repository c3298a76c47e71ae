"""What may have arrived, and is shown at the next command all the same, says so."""

from datetime import UTC, datetime, timedelta

from bot.commands import registry
from bot.delivery import Unknown
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.message import Call, Message, plain
from bot.model import Who
from bot.settle import UNKNOWN_TRIES
from storage.store import Store
from tests.post import Post, still

WHO = Who("terminal", "you", zone="America/New_York")
BEGIN = datetime(2026, 6, 1, 14, tzinfo=UTC)
DUE = datetime(2026, 6, 8, 13, 30, tzinfo=UTC)


async def test_what_may_have_arrived_is_not_shown_again_without_a_word(store: Store) -> None:
    desk, post = Desk(store, registry, Letters()), Post(repeats_safely=False)
    await desk.handle(Call("job applied", {"company": "Acme", "role": "SRE"}), WHO, BEGIN)
    dispatcher = Dispatcher(store, [post], Letters(), clock_from=still)
    for place in range(UNKNOWN_TRIES):
        post.orders.append(Unknown("the answer was lost"))
        await dispatcher.tick(DUE + place * timedelta(hours=2))
    shown = await desk.handle(Call("job today"), WHO, DUE + timedelta(days=1))
    assert isinstance(shown, Message)
    assert "Acme" in plain(shown)
    assert "You may have seen this already." in plain(shown)
