"""Cuts a message to what one Discord message holds, as little as it can. Knows no components.

Buttons are kept longest and letters next: rows of lists, paragraphs and facts go first.
"""

from collections.abc import Sequence
from dataclasses import replace

from adapters.characters import clean, cut, units
from bot.message import (
    BUTTON_LIMIT,
    Block,
    Buttons,
    Facts,
    File,
    Item,
    Items,
    Message,
    Quote,
    Spans,
    Text,
    plain,
    say,
    shorten,
)

# So many rows of a list and facts, and so long paragraphs, rows and facts, are left when a message
# is too long: cut no further than is needed.
STEPS = ((60, 2000), (40, 1000), (30, 600), (20, 400), (12, 250), (8, 160), (4, 120), (2, 80))
# A row says what it is about in no more than this.
ROW = 300
# A letter keeps this much, however many there are.
LETTER = 80
# A row with a button is a section, its text and the button.
ROW_COMPONENTS = 3
# What a letter goes along as when it is shown shortened.
LETTER_FILE = "letter.txt"
# What is still said above more buttons than leave room for anything else.
GATHERED = 600
REST = "… and more."


def shorter(message: Message, step: int) -> Message:
    """The message with its lists, paragraphs and facts as short as STEPS says; letters stay."""
    rows, line = STEPS[step]
    return replace(message, blocks=tuple(_shorter(b, rows, line) for b in message.blocks))


def letters_shorter(message: Message, over: int) -> Message:
    """The message with letters that have so many characters less, the longest first.

    A letter that is shortened goes along whole, as a file.
    """
    lengths = [units(clean(b.text)) for b in message.blocks if isinstance(b, Quote)]
    most = max(LETTER, _share(lengths, sum(lengths) - over))
    blocks: list[Block] = []
    for block in message.blocks:
        blocks += _letter(block, most) if isinstance(block, Quote) else [block]
    return replace(message, blocks=tuple(blocks))


def pressed(message: Message) -> int:
    """How many rows with something to press its lists have."""
    return sum(map(_pressed, message.blocks))


def fewer(message: Message, over: int) -> Message:
    """The message with enough rows less to spare that many components, as far as there are any.

    The longest list loses rows first, and each keeps one.
    """
    left = [_pressed(block) for block in message.blocks]
    for _ in range(-(-over // ROW_COMPONENTS)):
        longest = max(left, default=0)
        if longest <= 1:
            break
        left[left.index(longest)] -= 1
    pairs = zip(message.blocks, left, strict=True)
    return replace(message, blocks=tuple(_fewer(block, most) for block, most in pairs))


def gathered(message: Message, most: int) -> Message:
    """What the message says, in few words, above at most so many buttons; those of lists go first.

    For a message of little else than buttons.
    """
    said = replace(message, title="", blocks=tuple(map(_without_buttons, message.blocks)))
    words = Text((shorten(clean(plain(said)), GATHERED),))
    kinds = ([b for b in message.blocks if isinstance(b, kind)] for kind in (Buttons, Items))
    every = [button for some in kinds for button in Message("", tuple(some)).buttons]
    lost = [Text((REST,), small=True)] if len(every) > most else []
    starts = range(0, min(most, len(every)), BUTTON_LIMIT)
    rows = [Buttons(tuple(every[start : min(most, start + BUTTON_LIMIT)])) for start in starts]
    return replace(message, blocks=(words, *rows, *lost))


def _shorter(block: Block, rows: int, line: int) -> Block:
    match block:
        case Text(spans):
            return replace(block, spans=_line(spans, line))
        case Facts(facts):
            return Facts(tuple((shorten(n, line), _line(s, line)) for n, s in facts[:rows]))
        case Items(every):
            few = block if len(every) <= rows else _rows(block, rows)
            most = min(line, ROW)
            return replace(few, rows=tuple(Item(_line(r.spans, most), r.button) for r in few.rows))
        case _:
            return block


def _line(spans: Spans, most: int) -> Spans:
    words = say(spans)
    return spans if len(words) <= most else (shorten(words, most),)


def _rows(block: Items, most: int) -> Items:
    return Items(block.rows[:most], block.more or REST, cut=True)


def _letter(block: Quote, most: int) -> list[Block]:
    letter = clean(block.text)
    if units(letter) <= most:
        return [block]
    return [Quote(cut(letter, most)), File(LETTER_FILE, letter.encode())]


def _share(lengths: Sequence[int], room: int) -> int:
    """How long the longest may be so that all fit into the room, when the shorter stay whole."""
    for place, length in enumerate(sorted(lengths)):
        share = room // (len(lengths) - place)
        if length > share:
            return share
        room -= length
    return max(lengths, default=0)


def _fewer(block: Block, most: int) -> Block:
    """A list with so many rows that have something to press, and those before the next one."""
    if not isinstance(block, Items) or _pressed(block) <= most:
        return block
    places = [place for place, row in enumerate(block.rows) if row.button]
    return _rows(block, places[most])


def _pressed(block: Block) -> int:
    return sum(row.button is not None for row in block.rows) if isinstance(block, Items) else 0


def _without_buttons(block: Block) -> Block:
    match block:
        case Buttons():
            return Buttons(())
        case Items(rows):
            return replace(block, rows=tuple(Item(row.spans) for row in rows))
        case _:
            return block
