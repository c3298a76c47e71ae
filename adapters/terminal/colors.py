"""The Page of a colour terminal: panels, by Rich. Knows messages; reads nothing."""

import asyncio
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console
from rich.text import Text

from adapters.terminal.layout import WIDEST, Isolated
from adapters.terminal.literal import isolated, one_line, visible
from adapters.terminal.panels import panels
from bot.message import Message


class ColorPage:
    """Panels and colours, by Rich."""

    def __init__(self, out: TextIO) -> None:
        self._console = Console(file=out, highlight=False, markup=False, emoji=False)

    async def echo(self, mark: str, line: str, *, apart: bool, pace: float = 0) -> None:
        self._console.print(Text(f"\n{mark}> " if apart else f"{mark}> ", style="dim"), end="")
        for c in isolated(one_line(line)):
            self._console.print(Text(c, style="bold"), end="", soft_wrap=True)
            await asyncio.sleep(pace)
        self._console.print()

    def say(self, *lines: str) -> None:
        for line in lines:
            self._console.print(Isolated(Text(visible(line))))

    def tell(self, paragraph: str) -> None:
        self._console.print()
        self._console.print(Text(visible(paragraph), style="italic"), width=WIDEST)

    def show(self, message: Message, heading: str, first: int, notes: Sequence[str] = ()) -> None:
        # Letters may be wider than the screen: nothing is cropped, the terminal breaks them.
        self._console.print(panels(message, heading, first), crop=False)
        if notes:
            self.say(*notes)
