"""Cuts a message to what a platform can carry, and lets what is cut say so. Pure; no platform.

Buttons and letters are cut last: a list loses rows first and ends with where the rest is, then long
paragraphs are shortened. A renderer calls `fit` with its platform's budget before it renders.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.message import Block, Buttons, Facts, Items, Message, Quote, Text, plain, say, shorten

# The least that stays of a paragraph before the next one is cut.
STUB = 80


@dataclass(frozen=True)
class Budget:
    """What one message may hold: visible characters, and pieces (a text, a row, a button).

    `weight` is for scripts that take several bytes a character, in bytes of UTF-8.
    """

    characters: int
    pieces: int
    weight: int = 100_000


# Discord's: 4,000 displayed characters and 40 components, nested ones included. Slack's 50 blocks
# and 3,000 characters a section are reached later, since its rows and buttons share a block.
# Discord fails, too, above some 10,000 bytes of text (discord-api-docs issue 8554).
TIGHTEST = Budget(4000, 40, 9000)


def pieces(message: Message) -> int:
    """How many pieces a message has: itself, its title, and each block's."""
    return 2 + sum(map(_pieces, message.blocks))


def _pieces(block: Block) -> int:
    match block:
        case Items(rows):
            # A row with a button is a section, its text and the button.
            return 1 + sum(3 if row.button else 1 for row in rows)
        case Buttons(buttons):
            return len(buttons) + -(-len(buttons) // 5)
        case _:
            return 1


def size(message: Message) -> int:
    """How many characters a message shows."""
    return len(plain(message))


def fits(message: Message, budget: Budget = TIGHTEST) -> bool:
    """Whether a message is within a budget as it is."""
    return _is_short(message, budget) and pieces(message) <= budget.pieces


def _is_short(message: Message, budget: Budget) -> bool:
    words = plain(message)
    return (
        len(words) <= budget.characters
        and len(words.encode(errors="surrogatepass")) <= budget.weight
    )


def fit(message: Message, budget: Budget = TIGHTEST) -> Message:
    """The message within the budget: the same when it fits, else cut where it hurts least."""
    for cut in (_fewer_rows, _shorter(Text), _shorter(Facts), _shorter(Quote)):
        # Rows make pieces as well as characters; shorter words make characters alone.
        many = cut is _fewer_rows
        while not _is_short(message, budget) or (many and pieces(message) > budget.pieces):
            smaller = cut(message)
            if smaller is None:
                break
            message = smaller
    while not fits(message, budget) and (smaller := _without_last(message)):
        message = smaller
    return message


def _fewer_rows(message: Message) -> Message | None:
    """One row less in the longest list."""
    lists = [(len(b.rows), n) for n, b in enumerate(message.blocks) if isinstance(b, Items)]
    longest, place = max(lists, default=(0, 0))
    if longest <= 1:
        return None
    block = message.blocks[place]
    assert isinstance(block, Items)
    more = block.more or "… and more."
    return _with(message, place, Items(block.rows[:-1], more, cut=True))


def _shorter(kind: type[Text] | type[Facts] | type[Quote]) -> Callable[[Message], Message | None]:
    """Halves the longest block of one kind, down to a stub."""

    def cut(message: Message) -> Message | None:
        found = [(len(_words(b)), n) for n, b in enumerate(message.blocks) if isinstance(b, kind)]
        longest, place = max(found, default=(0, 0))
        if longest <= STUB:
            return None
        halved = _halved(message.blocks[place])
        # One row whose name alone is long cannot be helped here.
        return None if halved == message.blocks[place] else _with(message, place, halved)

    return cut


def _words(block: Block) -> str:
    return plain(Message("", (block,)))


def _halved(block: Block) -> Block:
    match block:
        case Text(spans):
            words = say(spans)
            return replace(block, spans=(shorten(words, max(STUB, len(words) // 2)),))
        case Facts(rows):
            longest = max(len(say(spans)) for _, spans in rows)
            if longest <= STUB:
                return Facts(rows[: max(1, len(rows) // 2)])
            return Facts(tuple((n, (shorten(say(s), max(STUB, longest // 2)),)) for n, s in rows))
        case Quote(words):
            return Quote(words[: max(STUB, len(words) // 2) - 1].rstrip() + "…")
        case _:
            return block


def _without_last(message: Message) -> Message | None:
    """Without the last block that has no button, a letter last of all."""
    places = [n for n, block in enumerate(message.blocks) if not isinstance(block, Buttons)]
    places.sort(key=lambda n: (not isinstance(message.blocks[n], Quote), n))
    for place in reversed(places):
        if place < len(message.blocks):
            return replace(message, blocks=message.blocks[:place] + message.blocks[place + 1 :])
    return None


def _with(message: Message, place: int, block: Block) -> Message:
    blocks = (*message.blocks[:place], block, *message.blocks[place + 1 :])
    return replace(message, blocks=blocks)
