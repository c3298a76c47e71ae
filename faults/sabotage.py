"""A dispatcher broken on purpose, so that the harness is seen to find it. Wraps the ports.

What each does is a mistake that bots really make.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from secrets import token_hex
from typing import Any, TypeVar

from bot.delivery import Messenger, Outcome, Sent
from bot.message import Message
from bot.model import Account, Nudge

T = TypeVar("T")
SETTLES_FIRST = "settles before it sends"
FORGETS = "forgets what is in doubt"
NO_NONCE = "has no nonce"
GIVES_UP = "drops what fails"
WAYS = (SETTLES_FIRST, FORGETS, NO_NONCE, GIVES_UP)
# Real seconds by which sending comes after settling.
_LATER = 0.2


class SabotagedMessenger:
    """Says that a message was sent before it is, or sends each try under another key."""

    def __init__(self, messenger: Messenger, way: str) -> None:
        self._messenger = messenger
        self._way = way
        self._under_way: set[asyncio.Task[None]] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messenger, name)

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        if self._way == SETTLES_FIRST:
            task = asyncio.create_task(self._later(account, message, key))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            return Sent()
        if self._way == NO_NONCE:
            key = f"{key}{token_hex(4)}"
        outcome = await self._messenger.send(account, message, key)
        return Sent() if self._way == GIVES_UP else outcome

    async def _later(self, account: Account, message: Message, key: str) -> None:
        await asyncio.sleep(_LATER)
        await self._messenger.send(account, message, key)


class _Nudges:
    def __init__(self, nudges: Any) -> None:
        self._nudges = nudges

    def __getattr__(self, name: str) -> Any:
        return getattr(self._nudges, name)

    def claim(self, *asked: Any) -> list[Nudge]:
        found: Sequence[Nudge] = self._nudges.claim(*asked)
        return [replace(nudge, in_doubt=False) for nudge in found]


class _Unit:
    def __init__(self, unit: Any) -> None:
        self._unit = unit
        self.nudges = _Nudges(unit.nudges)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


class ForgetfulStore:
    """Does not tell who claims a nudge that somebody else had it before."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, work: Callable[[Any], T]) -> T:
        result: T = await self._store.transact(lambda unit: work(_Unit(unit)))
        return result


def sabotaged(store: Any, messengers: Sequence[Any], way: str) -> tuple[Any, Sequence[Any]]:
    """The ports of a dispatcher that is broken in one of the ways; as they are if that is ""."""
    if not way:
        return store, messengers
    plan = ForgetfulStore(store) if way == FORGETS else store
    return plan, [SabotagedMessenger(messenger, way) for messenger in messengers]
