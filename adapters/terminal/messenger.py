"""Brings nudges into the chat. Knows the core's delivery outcomes; keeps nothing."""

from collections.abc import Awaitable, Callable

from bot.delivery import Outcome, Sent, Unknown
from bot.message import Message
from bot.model import Account

PLATFORM = "terminal"


class TerminalMessenger:
    """A Messenger that prints: what `show(message, user)` has printed has arrived."""

    platform = PLATFORM
    # After a crash between printing and settling, the same message is printed once more.
    repeats_safely = False

    def __init__(self, show: Callable[[Message, str], Awaitable[None]]) -> None:
        self._show = show

    def stored(self, account: Account) -> None:
        return

    def lane(self, account: Account) -> None:
        return None

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        try:
            await self._show(message, account.user)
        except OSError:
            return Unknown("the terminal is gone")
        return Sent(key)
