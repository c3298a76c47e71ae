"""Where a chat prints, and the plain way to do it. Knows messages; reads nothing."""

from collections.abc import Sequence
from typing import Protocol, TextIO

from adapters.terminal.literal import isolated, one_line, visible, wrap
from adapters.terminal.transcript import WIDTH, plain_lines
from bot.message import Message


class Page(Protocol):
    """Where lines and messages are printed."""

    async def echo(self, mark: str, line: str, *, apart: bool, pace: float = 0) -> None:
        """Print a line that was read, as though typed with `pace` seconds between the letters.

        `apart` sets it off from what stands above.
        """
        ...

    def say(self, *lines: str) -> None:
        """Print some lines."""
        ...

    def tell(self, paragraph: str) -> None:
        """Print what a story says about itself."""
        ...

    def show(self, message: Message, heading: str, first: int, notes: Sequence[str] = ()) -> None:
        """Print a message."""
        ...


class PlainPage:
    """Plain lines: whatever does not answer the line above is set off by an empty line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        # Whether the next thing is set off; None before the first.
        self._apart: bool | None = None

    async def echo(self, mark: str, line: str, *, apart: bool, pace: float = 0) -> None:
        self._print([f"{mark}> {isolated(one_line(line))}".rstrip()], apart=apart)
        self._apart = False

    def say(self, *lines: str) -> None:
        self._print([shown for line in lines for shown in wrap(line, WIDTH)], apart=True)

    def tell(self, paragraph: str) -> None:
        self._apart = self._apart is not None
        self.say(paragraph)

    def show(self, message: Message, heading: str, first: int, notes: Sequence[str] = ()) -> None:
        lines = [f"— {one_line(heading)} —"] if heading else []
        lines += plain_lines(message, first)
        self._print([*lines, *map(visible, notes)], apart=True)

    def _print(self, lines: Sequence[str], *, apart: bool) -> None:
        if apart and self._apart:
            self._out.write("\n")
        for line in lines:
            self._out.write(f"{line}\n")
        self._out.flush()
        self._apart = True
