"""Where a worker is to die, and what it tells the harness on its way. Wraps the dispatcher's ports.

Nothing in the product knows of this: the points are told apart by what a transaction did to the
nudges, and by when the messenger is called and answers.
"""

import os
import signal
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from bot.delivery import Messenger, Outcome
from bot.message import Message
from bot.model import Account, Nudge
from bot.ports import Unavailable
from faults.journal import Pen

T = TypeVar("T")
CLAIMING, CLAIMED = "before the claim is kept", "after the claim"
SENDING, SENT = "before sending", "between sending and settling"
SETTLING, SETTLED = "before the settlement is kept", "after settling"
POINTS = (CLAIMING, CLAIMED, SENDING, SENT, SETTLING, SETTLED)


class Doom:
    """Ends the process at the `nth` time that it comes to a point; at no point if that is ""."""

    def __init__(self, pen: Pen, point: str, nth: int) -> None:
        self.pen = pen
        self._point = point
        self._left = nth

    def at(self, point: str) -> None:
        """Here is that point."""
        if point != self._point:
            return
        self._left -= 1
        if not self._left:
            self.pen.tell("dies", more=point)
            os.kill(os.getpid(), signal.SIGKILL)


class _Nudges:
    """A unit's nudges; notes what was claimed and what was settled."""

    def __init__(self, nudges: Any, note: "_Unit") -> None:
        self._nudges = nudges
        self._note = note

    def __getattr__(self, name: str) -> Any:
        return getattr(self._nudges, name)

    def claim(self, *asked: Any) -> list[Nudge]:
        found: list[Nudge] = self._nudges.claim(*asked)
        self._note.claimed += found
        return found

    def settle(self, settled: Sequence[Nudge], *more: Any) -> int:
        self._note.settled += settled
        count: int = self._nudges.settle(settled, *more)
        return count


class _Unit:
    """A unit whose nudges are noted."""

    def __init__(self, unit: Any) -> None:
        self._unit = unit
        self.claimed: list[Nudge] = []
        self.settled: list[Nudge] = []
        self.nudges = _Nudges(unit.nudges, self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


class SeenStore:
    """The dispatcher's store."""

    def __init__(self, store: Any, doom: Doom) -> None:
        self._store = store
        self._doom = doom

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, work: Callable[[Any], T]) -> T:
        kept: list[_Unit] = []

        def seen(unit: Any) -> T:
            # It may be run again from the start.
            kept[:] = [_Unit(unit)]
            result = work(kept[0])
            if kept[0].claimed:
                self._doom.at(CLAIMING)
            elif kept[0].settled:
                self._doom.at(SETTLING)
            return result

        pen = self._doom.pen
        try:
            result: T = await self._store.transact(seen)
        except Unavailable as why:
            about = [n.id for unit in kept for n in (*unit.claimed, *unit.settled)]
            pen.tell("cannot keep it:", about, str(why))
            raise
        done = kept[0]
        if done.claimed:
            pen.tell("claimed", [n.id for n in done.claimed], done.claimed[0].claim)
            self._doom.at(CLAIMED)
        if done.settled:
            for state in {str(n.state) for n in done.settled}:
                theirs = [n for n in done.settled if n.state == state]
                pen.tell(f"settled as {state}", [n.id for n in theirs], theirs[0].why)
            if not done.claimed:
                self._doom.at(SETTLED)
        return result


class SeenMessenger:
    """A platform's messenger."""

    def __init__(self, messenger: Messenger, doom: Doom) -> None:
        self._messenger = messenger
        self._doom = doom

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messenger, name)

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        keys = key.split("+")
        self._doom.pen.tell("sends", keys)
        self._doom.at(SENDING)
        outcome = await self._messenger.send(account, message, key)
        why = getattr(outcome, "why", "")
        self._doom.pen.tell("is answered", keys, f"{type(outcome).__name__} {why}".strip())
        self._doom.at(SENT)
        return outcome
