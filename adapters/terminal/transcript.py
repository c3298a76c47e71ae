"""A message as plain lines for a pipe, a file or a test. Pure; no colours, no frames.

Letters stand two spaces in, so that a reader sees where they begin and end. Lists are shown whole.
"""

from typing import assert_never

from rich.cells import cell_len

from adapters.terminal.literal import isolated, one_line, wrap
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
    Spans,
    Text,
    When,
    say_when,
)

# Narrow enough for two windows side by side, and for a code block on a page.
WIDTH = 88
MARGIN = "  "
GAP = "  "


def plain_lines(message: Message, first: int = 1, width: int = WIDTH) -> list[str]:
    """The message as lines of at most `width` cells.

    Its buttons are numbered from `first`, in the order of `Message.buttons`; instants of the year
    of `today` are shown without their year.
    """
    lines = wrap(one_line(message.title), width) if message.title else []
    number = first
    for block in message.blocks:
        shown, pressed = _block(block, number, width)
        apart = isinstance(block, Quote | Buttons)
        if isinstance(block, Quote) and lines and lines[-1]:
            lines.append("")
        lines += [*shown, ""] if apart and shown else shown
        number += pressed
    return lines[:-1] if lines and not lines[-1] else lines


def _block(block: Block, number: int, width: int) -> tuple[list[str], int]:
    """A block's lines, and how many buttons it has."""
    match block:
        case Text(spans):
            return wrap(said(spans), width), 0
        case Facts(rows):
            return [
                line
                for name, spans in rows
                for line in wrap(f"{one_line(name)}: {said(spans)}", width, "", MARGIN)
            ], 0
        case Items(items):
            lines: list[str] = []
            pressed = 0
            for item in items:
                lines += wrap(said(item.spans), width, "- ", MARGIN)
                if item.button:
                    _append(lines, numbered(item.button, number + pressed), width)
                    pressed += 1
            return lines, pressed
        case Quote(words):
            return wrap(words, width, MARGIN, MARGIN), 0
        case Picture(_, alt):
            return wrap(alt, width), 0
        case File(name, _):
            return wrap(f"[{one_line(name)}]", width), 0
        case Buttons(buttons):
            labels = [numbered(button, number + i) for i, button in enumerate(buttons)]
            return _flow(labels, width), len(buttons)
        case _:
            assert_never(block)


def numbered(button: Button, number: int) -> str:
    """A button as it is shown: the number that presses it, and its label."""
    return f"[{number}] {one_line(button.label)}"


def _flow(labels: list[str], width: int) -> list[str]:
    """The labels side by side, each kept in one line where it fits."""
    lines: list[str] = []
    for label in labels:
        if lines and cell_len(f"{lines[-1]}{GAP}{label}") <= width:
            lines[-1] += f"{GAP}{isolated(label)}"
        else:
            lines += wrap(label, width)
    return lines


def _append(lines: list[str], label: str, width: int) -> None:
    """Put a row's button behind its last line, or below where there is no room."""
    if cell_len(f"{lines[-1]}{GAP}{label}") <= width:
        lines[-1] += f"{GAP}{isolated(label)}"
    else:
        lines += wrap(label, width, MARGIN, MARGIN)


def said(spans: Spans) -> str:
    """The spans as text; an address is written out unless it is the text itself."""
    parts: list[str] = []
    for span in spans:
        match span:
            case str():
                parts.append(span)
            case Bold(words):
                parts.append(words)
            case Link(words, url):
                shown = address(url)
                parts.append(words if shown in words else f"{words} ({shown})")
            case When():
                parts.append(say_when(span))
            case Mention(_, name):
                parts.append(name)
            case _:
                assert_never(span)
    return "".join(parts)


def address(url: str) -> str:
    """A link's target as it is shown; of a letter that is ready to send, whom it goes to."""
    return url.partition("?")[0] if url.startswith("mailto:") else url
