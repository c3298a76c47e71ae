"""A message that several people read, and how it goes out. Knows no platform."""

from dataclasses import dataclass

from bot.message import Message, text
from bot.model import Account

# What a post begins with when an earlier try of it may have arrived.
REPEATED = text("You may have seen this already.")


@dataclass(frozen=True, slots=True)
class Post:
    """A message to the account of its nudge, or to those whom it `brings` together.

    `mends` is the reference of the message that it takes the place of; "" for a new one. `channel`
    is one that all of `brings` are in (`bot.delivery.Messenger.introduce`).
    """

    message: Message
    mends: str = ""
    brings: tuple[Account, ...] = ()
    channel: str = ""
