"""A platform that does not answer holds up no other, no end of a process, and not for ever."""

import asyncio
from dataclasses import dataclass, field

from bot.delivery import Outcome
from bot.message import Message
from bot.model import Account, Nudge, NudgeState
from bot.sending import AT_ONCE, PATIENCE
from storage.store import Store
from tests.post import Post
from tests.troubles import DUE, SOON, dispatching, due_for, followups, until

MORE = 13


@dataclass
class Hanging(Post):
    """A platform that answers nobody, or not those who are named, until it is told to."""

    answers: asyncio.Event = field(default_factory=asyncio.Event)
    nobody: frozenset[str] = frozenset()
    hanging: int = 0

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        if not self.nobody or account.user in self.nobody:
            self.hanging += 1
            await self.answers.wait()
        return await super().send(account, message, key)


def held(store: Store) -> list[Nudge]:
    return [nudge for nudge in followups(store) if nudge.claim]


async def test_a_platform_that_hangs_holds_up_no_other(store: Store) -> None:
    await due_for(store, AT_ONCE + MORE, "slack")
    await due_for(store, 3, "discord")
    hanging, post = Hanging("slack"), Post("discord")
    ticking = asyncio.create_task(dispatching(store, hanging, post).tick(DUE))
    await until(lambda: hanging.hanging == AT_ONCE)
    await until(lambda: len(post.arrived) == 3)
    # Settled too, not only sent.
    await until(lambda: sum(n.state is NudgeState.SENT for n in followups(store)) == 3)
    assert hanging.arrived == []
    hanging.answers.set()
    assert await ticking == AT_ONCE + MORE + 3


async def test_what_falls_due_while_another_platform_hangs_does_not_wait_for_it(
    store: Store,
) -> None:
    await due_for(store, 2, "slack")
    hanging, post = Hanging("slack"), Post("discord")
    ticking = asyncio.create_task(dispatching(store, hanging, post).tick(DUE))
    await until(lambda: hanging.hanging == 2)
    await due_for(store, 3, "discord")

    def sent(platform: str) -> int:
        found = [n for n in followups(store) if n.platform == platform]
        return sum(n.state is NudgeState.SENT for n in found)

    await until(lambda: sent("discord") == 3)
    assert (hanging.arrived, sent("slack")) == ([], 0)
    hanging.answers.set()
    await ticking
    assert sent("slack") == 2


async def test_who_was_not_begun_is_let_go_of_at_once(store: Store) -> None:
    """A process that was told to end while there is no room leaves the rest to the others."""
    await due_for(store, AT_ONCE + MORE)
    hanging, other = Hanging(), Post()
    dispatcher = dispatching(store, hanging)
    ticking = asyncio.create_task(dispatcher.tick(DUE))
    await until(lambda: hanging.hanging == AT_ONCE)
    await until(lambda: len(held(store)) == AT_ONCE + MORE)
    dispatcher.stop()
    await until(lambda: len(held(store)) == AT_ONCE)
    assert await dispatching(store, other).tick(DUE) == MORE
    hanging.answers.set()
    assert await ticking == AT_ONCE
    assert (len(hanging.arrived), len(other.arrived)) == (AT_ONCE, MORE)
    found = followups(store)
    assert {(nudge.state, nudge.tries) for nudge in found} == {(NudgeState.SENT, 1)}
    assert all(hanging.times(n.key) + other.times(n.key) == 1 for n in found)


async def test_a_messenger_that_never_answers_is_not_waited_for_for_ever(store: Store) -> None:
    await due_for(store, 2)
    post = Hanging(nobody=frozenset({"u0"}))
    ticking = asyncio.create_task(dispatching(store, post).tick(DUE))
    await until(lambda: post.hanging == 1 and len(post.arrived) == 1)
    forward(PATIENCE)
    async with asyncio.timeout(SOON):
        assert await ticking == 1
    first, second = followups(store)
    assert (first.state, first.in_doubt, first.claim) == (NudgeState.PLANNED, True, "")
    assert first.ready_at > DUE
    assert second.state is NudgeState.SENT
    # It was not broken off: what came in the end came once, and the next says so.
    post.answers.set()
    await until(lambda: len(post.arrived) == 2)
    assert await dispatching(store, post).tick(first.ready_at) == 1
    assert (post.times(first.key), post.warned(first.key)) == (2, 1)


def forward(seconds: float) -> None:
    """Let the event loop's own clock be so much further: its timers ring at once."""
    loop = asyncio.get_running_loop()
    clock = loop.time
    loop.time = lambda: clock() + seconds  # type: ignore[method-assign]  # this loop ends with its test
