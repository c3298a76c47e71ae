"""A private message after something was done about it: drawn anew from the records. No platform."""

import asyncio
from collections.abc import Collection
from weakref import WeakValueDictionary

from bot.message import Call, Message

# What says in a private message that it was seen to in another place.
ELSEWHERE = Message("Part of this is settled already")
# The answer by which a button names the nudge that it settles.
NUDGE = "nudge"


class Turns:
    """One after the other for each private message, so that no older drawing replaces a newer one.

    Of this process: two clicks in a row reach the same one, or are seconds apart.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, ref: str) -> asyncio.Lock:
        """To be held from reading what a message should say until the platform has it."""
        return self._locks.setdefault(ref, asyncio.Lock())


def is_stale(offered: Collection[Call], now: Message) -> bool:
    """Whether a message that offers these calls, drawn anew, would no longer ask all it asks."""
    open_now = {button.call for button in now.buttons}
    return any(NUDGE in call.answers and call not in open_now for call in offered)
