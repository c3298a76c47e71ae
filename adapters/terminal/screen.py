"""What a chat needs of a screen, be it sat at or piped into. Knows no records."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.message import Message


class Cancelled(Exception):
    """The person pressed Ctrl-C while something was being asked."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What could be typed: `text` for the last `back` characters; `shown` and `help` explain it."""

    text: str
    back: int = 0
    shown: str = ""
    help: str = ""


Suggest = Callable[[str], Awaitable[Sequence[Suggestion]]]


async def nothing(_: str) -> Sequence[Suggestion]:
    """No suggestions."""
    return ()


class Screen(Protocol):
    """Where one conversation is read and written."""

    @property
    def typed(self) -> bool:
        """Whether somebody sits there, who can be asked whether they are sure."""
        ...

    async def line(self, mark: str, suggest: Suggest) -> str | None:
        """The next line; None at the end. `mark` says who speaks and when. Raises Cancelled."""
        ...

    async def answer(self, default: str, suggest: Suggest, *, long: bool) -> str | None:
        """The answer to the question just said; None at the end. Raises Cancelled.

        `default` is what was understood so far, to be kept, changed or emptied.
        """
        ...

    async def say(self, *lines: str) -> None:
        """Print some lines of our own; they may hold what a person typed."""
        ...

    async def show(
        self, message: Message, heading: str, first: int, notes: Sequence[str] = ()
    ) -> None:
        """Print a message under its heading, buttons numbered from `first`, with notes below."""
        ...

    def stop(self) -> None:
        """End the conversation: whatever waits for a line gets None, now and ever after."""
        ...
