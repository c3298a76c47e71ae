"""How text is laid out in a colour terminal: wrapped, side by side, or whole. Knows no message."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style as Look
from rich.text import Text as Words

from adapters.terminal.literal import isolated, visible

# Lines longer than this are hard to read, however wide the screen is.
WIDEST = 88
_GAP = "   "


@dataclass(frozen=True)
class Isolated:
    """Text that is wrapped here, each line closed off so that its direction cannot reach the frame.

    `tail` follows the last line, or stands below it where there is no room.
    """

    words: Words
    tail: Words | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich asks this: the wrapped lines."""
        *lines, last = [_closed_off(line) for line in self.words.wrap(console, options.max_width)]
        yield from lines
        if self.tail and last.cell_len + len(_GAP) + self.tail.cell_len <= options.max_width:
            yield Words.assemble(last, _GAP, self.tail)
        else:
            yield from (last, self.tail) if self.tail else (last,)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Rich asks this: how narrow and how wide it may be."""
        whole = Words.assemble(self.words, _GAP, self.tail) if self.tail else self.words
        return Measurement.get(console, options, whole)


def _closed_off(line: Words) -> Words:
    plain = isolated(line.plain)
    if plain == line.plain:
        return line
    # The first mark pushes the styles along by one.
    moved = Words.assemble(plain[0], line)
    moved.plain = plain
    return moved


@dataclass(frozen=True)
class Letter:
    """Text to be copied: sent to the terminal as it is, unwrapped and without margins."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich asks this: every line whole, between two rules."""
        rule = Segment("─" * min(options.max_width, WIDEST), Look(dim=True))
        yield from (rule, Segment.line())
        for line in visible(self.text).split("\n"):
            yield from (Segment(isolated(line)), Segment.line())
        yield from (rule, Segment.line())


@dataclass(frozen=True)
class Flow:
    """Pieces side by side, each kept in one line where it fits."""

    pieces: Sequence[Words]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich asks this: as many pieces in a line as fit."""
        line = Words()
        for piece in self.pieces:
            if line and line.cell_len + len(_GAP) + piece.cell_len > options.max_width:
                yield Isolated(line)
                line = Words()
            line = Words.assemble(line, _GAP, piece) if line else piece
        yield Isolated(line)
