"""A messenger on a wire, at a time that a test sets, and whom it told what."""

from datetime import timedelta

import discord

from adapters.discord.messenger import DiscordMessenger
from adapters.discord.pacing import Rates
from bot.delivery import Outcome
from bot.message import Button, Buttons, Call, Message, Quote, Text
from bot.model import Account
from tests.discord.wire import (
    ACCOUNT,
    Clock,
    Wire,
)

CANARY = "canarybird"
LETTER = Message(
    f"Follow up with {CANARY}",
    (
        Text((f"{CANARY} is @everyone & more",)),
        Quote(f"Dear {CANARY},\nhttps://example.com/me"),
        Buttons((Button("I sent it", Call("job sent", {"followup": "3"})),)),
    ),
)
HOUR = timedelta(hours=1)


class Desk:
    """A messenger on a wire, at a time that a test sets, and whom it told what."""

    def __init__(self, wire: Wire, client: discord.Client, patience: float = 10.0) -> None:
        self.wire = wire
        self.clock = Clock()
        self.rates = Rates()
        self.opened: list[tuple[Account, str]] = []
        self.refused = 0

        async def reach() -> discord.Client:
            return client

        async def opened(account: Account, place: str) -> None:
            self.opened.append((account, place))

        def refused() -> None:
            self.refused += 1

        self.messenger = DiscordMessenger(
            reach,
            self.rates,
            self.clock,
            opened,
            refused,
            patience,
            self.clock.sleep,
        )

    async def send(
        self, key: str = "k", account: Account = ACCOUNT, message: Message = LETTER
    ) -> Outcome:
        return await self.messenger.send(account, message, key)
