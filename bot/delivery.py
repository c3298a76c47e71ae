"""What the core asks of a platform, and the whole of what may become of a message (`Outcome`).

    Sent             the platform confirmed it
    Later            nothing was sent; try again at the time given
    Gone             this person cannot be reached; do not try until they use the bot again
                     (a channel: it was deleted, archived, or has no room for the bot)
    Unknown          it may or may not have arrived
    Refused          the platform will not take this message, now or ever

Knows no platform.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.message import Message
from bot.model import Account


@dataclass(frozen=True, slots=True)
class Sent:
    """Confirmed; `ref` names the message on its platform, for settling it in place later."""

    ref: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Not sent. Try again at `at` (aware UTC), which the platform may have named.

    `tried` is False when the platform was not even asked, as when a message waits for its turn.
    """

    at: datetime
    why: str
    tried: bool = True


@dataclass(frozen=True, slots=True)
class Gone:
    """This person cannot be reached there. Nothing more is sent until they use the bot again."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost: it may have arrived. A later try says so to the reader."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will not take this message. Trying again cannot help."""

    why: str


Outcome = Sent | Later | Gone | Unknown | Refused


@dataclass(frozen=True, slots=True)
class Lane:
    """What a platform counts messages by, such as a workspace, and how fast it takes them there.

    After a pause a `burst` of messages goes at once, then one each `every`. All processes take
    their turns from one lane of the same name, whose name is no other platform's.
    """

    name: str
    every: timedelta
    burst: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a lane: to use turns that were taken (`Nudge.turn_at`), and new ones."""

    taken: tuple[datetime, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """New turns, to be kept as `Nudge.turn_at`; each turn of the lane is really `late` after it."""

    turns: tuple[datetime, ...]
    late: timedelta


class Messenger(Protocol):
    """A platform's way of sending one message: in private, to a club's channel, or to a few."""

    @property
    def platform(self) -> str:
        """The name that accounts on this platform carry."""
        ...

    @property
    def repeats_safely(self) -> bool:
        """Whether the platform shows a message with the same key only once."""
        ...

    def lane(self, account: Account) -> Lane | None:
        """The lane in which messages to this account take their turns; None: they need none."""
        ...

    def stored(self, account: Account) -> None:
        """What was sent to this account is stored as sent. Returns at once and raises nothing."""
        ...

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        """Send the message. `key` is the same whenever the same message is tried again."""
        ...

    async def edit(self, account: Account, ref: str, message: Message, key: str) -> Outcome:
        """Show the message in place of the one that was `Sent(ref)` to this account.

        What is no longer there, or can no longer be changed, is Refused.
        """
        ...

    async def introduce(
        self, accounts: Sequence[Account], channel: str, message: Message, key: str
    ) -> Outcome:
        """Say the message where these people, and nobody else, are together: open it if need be.

        `channel` is one that all of them are in, for a platform where such a place lies inside of
        one. Gone when one of them cannot be brought there.
        """
        ...
