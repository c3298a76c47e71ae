"""Cuts a message to what one Slack message or view holds, as little as it can. Knows no payload.

Buttons are kept longest and letters next: paragraphs, facts and the words of a row go first.
"""

from dataclasses import dataclass, replace
from typing import Any

from adapters.characters import cut, units
from bot.fit import Budget, fit, pieces, size
from bot.message import Block, Facts, Item, Items, Message, Quote, Text, say, shorten

# So long may paragraphs and rows be when a message is too long: cut no further than is needed.
LINES = (2000, 400, 120)
# A letter keeps this much, however many there are.
LETTER = 1200
# What Slack adds up.
_SHOWN = ("text", "url", "fallback")
# Pieces that no message has: a budget of characters alone.
MANY = 100_000
REST = "… and more."
# More rows than this nobody reads in one list.
BARE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Room:
    """What a surface holds: blocks, visible characters, and characters with addresses."""

    blocks: int
    characters: int
    weight: int


# https://docs.slack.dev/reference/block-kit: 50 blocks a message. Its texts may add up to some
# 12,000 characters, which is not documented (slackapi/bolt-js, issues 2509 and 2867: one was
# refused with 11,341), nor is whether addresses count: they do here.
MESSAGE = Room(50, 8000, 10_000)
# 100 blocks and 250 KB a view.
VIEW = Room(100, 20_000, 40_000)


def room_of(blocks: int) -> Room:
    """What is there for a message or a view, by the number of its blocks."""
    return replace(MESSAGE if blocks <= MESSAGE.blocks else VIEW, blocks=blocks)


def weight(value: Any) -> int:
    """How many characters some blocks show or lead to, about as Slack adds them up."""
    total, left = 0, [value]
    while left:
        part = left.pop()
        if isinstance(part, list):
            left += part
        elif isinstance(part, dict):
            for name, inner in part.items():
                if not isinstance(inner, str):
                    left.append(inner)
                elif name in _SHOWN:
                    total += units(inner)
    return total


def fitted(message: Message, characters: int, rows: int) -> Message:
    """The message with at most so many visible characters, and rows with buttons in each list.

    Buttons that are not in a list are all kept.
    """
    blocks = [_fewer(b, rows) if isinstance(b, Items) else b for b in message.blocks]
    message = replace(message, blocks=tuple(blocks))
    for line in LINES:
        if size(message) <= characters:
            return message
        shorter = [part for block in message.blocks for part in _shorter(block, line)]
        message = replace(message, blocks=tuple(shorter))
    letters = [block for block in message.blocks if isinstance(block, Quote)]
    if letters and size(message) > characters:
        others = size(message) - sum(len(letter.text) for letter in letters)
        each = max(LETTER, (characters - others) // len(letters))
        kept = [Quote(cut(b.text, each)) if isinstance(b, Quote) else b for b in message.blocks]
        message = replace(message, blocks=tuple(kept))
    return fit(message, Budget(characters, MANY))


def fewer(message: Message, over: int) -> Message:
    """The message with some pieces less: rows of lists first, then what is no button."""
    return fit(message, Budget(MANY, max(0, pieces(message) - over)))


def _fewer(block: Items, most: int) -> Items:
    # Rows with a button are a block each; the others share one, and only reading limits them.
    most = most if any(row.button for row in block.rows) else BARE_ROWS
    if len(block.rows) <= most:
        return block
    return Items(block.rows[:most], block.more or REST, cut=True)


def _shorter(block: Block, line: int) -> tuple[Block, ...]:
    match block:
        case Text() | Facts():
            return fit(Message("", (block,)), Budget(line, MANY)).blocks
        case Items(rows):
            return (replace(block, rows=tuple(_line(row, min(line, 300)) for row in rows)),)
        case _:
            return (block,)


def _line(row: Item, most: int) -> Item:
    words = say(row.spans)
    return row if len(words) <= most else Item((shorten(words, most),), row.button)
