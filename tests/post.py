"""A messenger for tests: a platform on the other side of the network that does as it is told."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.delivery import Gone, Later, Outcome, Refused, Sent, Unknown
from bot.message import Message, plain
from bot.model import Account


def still(now: datetime) -> Callable[[], datetime]:
    """A dispatcher's clock that stands, so that what it writes down is exactly known."""
    return lambda: now


class Killed(BaseException):
    """The process died here: nothing after this line runs."""


@dataclass
class Post:
    """Delivers, or does what `orders` says next; keeps what arrived."""

    platform: str = "terminal"
    repeats_safely: bool = False
    now: datetime | None = None
    orders: deque[Outcome | str] = field(default_factory=deque)
    arrived: list[tuple[str, Message]] = field(default_factory=list)
    # Every message as it stands, by its reference; and who was brought together by each.
    standing: dict[str, tuple[str, Message]] = field(default_factory=dict)
    together: list[tuple[tuple[str, ...], Message]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    on_send: Callable[[], None] | None = None

    def stored(self, account: Account) -> None:
        return

    def lane(self, account: Account) -> None:
        return None

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        """Obey the next order: an outcome, or "killed before", "killed after", "lost answer"."""
        self.tried.append(key)
        if self.on_send:
            self.on_send()
        order = self.orders.popleft() if self.orders else Sent("ref")
        if order == "killed before":
            raise Killed
        if isinstance(order, Later | Gone | Refused | Unknown):
            return order
        if order == "error":
            raise ConnectionResetError
        self.arrived.append((key, message))
        place = f"ref{len(self.arrived)}"
        self.standing[place] = (account.user, message)
        ref = place if account.shared else "ref"
        if order == "killed after":
            raise Killed
        return Unknown("the answer was lost") if order == "lost answer" else Sent(ref)

    async def edit(self, account: Account, ref: str, message: Message, key: str) -> Outcome:
        """Put the message in place of the one of that reference."""
        self.tried.append(key)
        if ref not in self.standing:
            return Refused("it is not there")
        self.standing[ref] = (account.user, message)
        return Sent(ref)

    async def introduce(
        self, accounts: Sequence[Account], channel: str, message: Message, key: str
    ) -> Outcome:
        """Obey the next order, as `send`."""
        self.tried.append(key)
        order = self.orders.popleft() if self.orders else Sent("together")
        if isinstance(order, Later | Gone | Refused | Unknown):
            return order
        self.together.append((tuple(sorted(a.user for a in accounts)), message))
        return Sent("together")

    def times(self, key: str) -> int:
        """How often the nudge of that key has arrived."""
        return sum(key in keys.split("+") for keys, _ in self.arrived)

    def warned(self, key: str) -> int:
        """How often it said that it may have been seen already."""
        return sum(
            key in keys.split("+") and "may have seen this" in plain(message)
            for keys, message in self.arrived
        )
