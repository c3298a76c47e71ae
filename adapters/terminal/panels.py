"""A message for a colour terminal, as Rich renderables. Pure; nothing people typed is markup.

A letter has a rule above and below and nothing at its sides, and its lines are left for the
terminal to break: what the mouse selects is then the letter itself, each paragraph in one piece.
"""

import re
from collections.abc import Iterator
from typing import assert_never

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.panel import Panel
from rich.style import Style as Look
from rich.table import Table
from rich.text import Text as Words

from adapters.terminal.layout import WIDEST, Flow, Isolated, Letter
from adapters.terminal.literal import one_line, visible
from adapters.terminal.transcript import address
from bot.message import (
    Block,
    Bold,
    Button,
    Buttons,
    Facts,
    File,
    Items,
    Link,
    Mention,
    Message,
    Picture,
    Quote,
    Span,
    Spans,
    Style,
    Text,
    When,
    say_when,
)

_LOOKS = {Style.PRIMARY: "bold green", Style.PLAIN: "cyan", Style.DANGER: "red"}
# A link is an escape sequence, so its address may hold nothing that could end one.
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[!-~]+")


def panels(message: Message, heading: str, first: int = 1) -> RenderableType:
    """The message under a heading (its time, its reader; or ""), buttons numbered from `first`."""
    parts: list[RenderableType] = []
    inside: list[RenderableType] = []
    if message.title:
        inside.append(Isolated(Words(one_line(message.title), style="bold")))
    number = first
    for block in message.blocks:
        if isinstance(block, Quote):
            parts += [*_framed(inside, heading), Letter(block.text)]
            inside, heading = [], ""
            continue
        shown, pressed = _block(block, number)
        inside += shown
        number += pressed
    return Group(*parts, *_framed(inside, heading))


def _framed(inside: list[RenderableType], heading: str) -> list[RenderableType]:
    title = Words(one_line(heading), style="not bold dim") if heading else None
    if not inside:
        return [Constrain(Isolated(title), WIDEST)] if title else []
    return [
        Panel(
            Group(*inside),
            box=ROUNDED,
            title=title,
            title_align="left",
            border_style="dim",
            width=WIDEST,
        )
    ]


def _block(block: Block, number: int) -> tuple[list[RenderableType], int]:
    """What shows a block, and how many buttons it has."""
    match block:
        case Text(spans, small):
            words = styled(spans)
            if small:
                words.stylize("dim")
            return [Isolated(words)], 0
        case Facts(rows):
            table = Table.grid(padding=(0, 2, 0, 0))
            table.add_column(max_width=20)
            table.add_column(ratio=1)
            for name, spans in rows:
                table.add_row(Isolated(Words(one_line(name), style="dim")), Isolated(styled(spans)))
            return [table], 0
        case Items(items):
            table = Table.grid(padding=(0, 1, 0, 0))
            pressed = 0
            for item in items:
                tail = _numbered(item.button, number + pressed) if item.button else None
                pressed += tail is not None
                table.add_row(Words("•"), Isolated(styled(item.spans), tail))
            return [table], pressed
        case Quote(letter):
            return [Letter(letter)], 0
        case Picture(_, alt):
            return [Isolated(Words(visible(alt), style="italic"))], 0
        case File(name, _):
            return [Isolated(Words(f"[{one_line(name)}]"))], 0
        case Buttons(buttons):
            labels = [_numbered(button, number + i) for i, button in enumerate(buttons)]
            return [Flow(labels)] if labels else [], len(buttons)
        case _:
            assert_never(block)


def _numbered(button: Button, number: int) -> Words:
    return Words(f"[{number}] {one_line(button.label)}", style=_LOOKS[button.style])


def styled(spans: Spans) -> Words:
    """The spans as Rich text; what a person typed is literal."""
    return Words.assemble(*(piece for span in spans for piece in _pieces(span)))


def _pieces(span: Span) -> Iterator[Words]:
    match span:
        case str():
            yield Words(visible(span))
        case Bold(words):
            yield Words(visible(words), style="bold")
        case Link(words, url):
            shown = address(url)
            look = Look(link=url, underline=True) if _SAFE_LINK.fullmatch(url) else Look()
            yield Words(visible(words), style=look)
            if shown not in words:
                yield Words(visible(f" ({shown})"), style="dim")
        case When():
            yield Words(say_when(span), style="bold")
        case Mention(_, name):
            yield Words(visible(name), style="bold")
        case _:
            assert_never(span)
