"""Brings nudges into the chat. Knows the core's delivery outcomes; keeps nothing."""

from collections.abc import Awaitable, Callable, Sequence

from bot.delivery import Outcome, Sent, Unknown
from bot.message import Message
from bot.model import Account

PLATFORM = "terminal"

# To whom a message is: the people, or nobody by name where everybody reads it.
Show = Callable[[Message, Sequence[str]], Awaitable[None]]


class TerminalMessenger:
    """A Messenger that prints: what `show(message, users)` has printed has arrived."""

    platform = PLATFORM
    # After a crash between printing and settling, the same message is printed once more.
    repeats_safely = False

    def __init__(self, show: Show) -> None:
        self._show = show

    def stored(self, account: Account) -> None:
        return

    def lane(self, account: Account) -> None:
        return None

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        return await self._print(message, () if account.shared else (account.user,), key)

    async def edit(self, account: Account, ref: str, message: Message, key: str) -> Outcome:
        """Print it once more: what is on paper stays."""
        return await self.send(account, message, key)

    async def introduce(
        self, accounts: Sequence[Account], channel: str, message: Message, key: str
    ) -> Outcome:
        return await self._print(message, [account.user for account in accounts], key)

    async def _print(self, message: Message, users: Sequence[str], key: str) -> Outcome:
        try:
            await self._show(message, users)
        except OSError:
            return Unknown("the terminal is gone")
        return Sent(key)
