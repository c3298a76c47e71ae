"""A message as Block Kit, and as the text that stands for it. Knows Slack's limits; sends nothing.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator, Mapping
from itertools import count, groupby
from typing import assert_never

from adapters.characters import blank, clean, one_line
from adapters.slack import Json
from adapters.slack.buttons import element, label, names, read_action
from adapters.slack.fitting import fewer, fitted, room_of, weight
from adapters.slack.literal import escaped, parted, plain_text
from adapters.slack.spans import elements, row_text
from bot.message import (
    Block,
    Bold,
    Button,
    Buttons,
    Facts,
    File,
    Item,
    Items,
    Message,
    Picture,
    Quote,
    Spans,
    Text,
    plain,
    say,
)

__all__ = ["blocks", "read_action", "text_of"]

HEADER_LIMIT = 150
TEXT_OF_LIMIT = 4000
# More buttons than this beside each other wrap on a phone; Slack itself takes 25.
ABREAST, MOST_ABREAST = 5, 25
NOTHING = "Nothing to show here."
NAMELESS = "A message for you"
# A message is tried so often, each time with less in it.
TRIES = 12


def blocks(message: Message, room: int = 50) -> list[Json]:
    """The message as at least one and at most `room` blocks: 50 for messages, 100 for views.

    Rows of buttons, and list rows with a button, have the ids "row1", "row2" and so on; the further
    blocks of a long row of buttons are parts of it, "row1.1". The same message gives the same ids.
    """
    within = room_of(room)
    characters, mail = within.characters, True
    # What is left by the title, the other blocks, and the line that says where the rest is.
    rows = max(1, room - len(message.blocks) - 1)
    shown = fitted(message, characters, rows)
    for attempt in range(TRIES):
        made = list(_render(shown, mail=mail))
        over, heavy = len(made) - room, weight(made) - within.weight
        if over <= 0 and heavy <= 0:
            return made or [_rich_text(elements((NOTHING,)))]
        if heavy > 0 and mail:
            mail = False
        elif heavy > 0:
            characters -= heavy + characters // 10
            shown = fitted(shown, max(characters, 0), rows)
        if over > 0:
            # A row without a button is no block of its own: ask for more each time.
            shown = fewer(shown, over * 2**attempt)
    return _buttons_alone(message, room)


def text_of(message: Message) -> str:
    """The message as the text that notifications show and screen readers read; never empty.

    At most 4,000 characters, escaped: nothing in it becomes a mention or a link by markup.
    """
    words = escaped(plain(message).strip(), TEXT_OF_LIMIT)
    return NAMELESS if blank(words) else words


def _render(message: Message, *, mail: bool) -> Iterator[Json]:
    said, rows = names(message), count(1)
    if header := _header(message):
        yield header
    before: Block | None = None
    for block in message.blocks:
        if _begins_part(block, before):
            yield {"type": "divider"}
        yield from _block(block, said, rows, mail=mail)
        before = block


def _begins_part(block: Block, before: Block | None) -> bool:
    """Whether a line parts a block from what was before: a heading after something to press.

    Of several letters in one message it is seen so which buttons are whose.
    """
    pressed = isinstance(before, Items) or (isinstance(before, Buttons) and before.buttons)
    headed = isinstance(block, Text) and block.spans and isinstance(block.spans[0], Bold)
    return bool(pressed and headed)


def _block(
    block: Block, said: Mapping[str, str], rows: Iterator[int], *, mail: bool
) -> Iterator[Json]:
    match block:
        case Text(spans, small=True):
            yield from _aside(say(spans))
        case Text(spans):
            if shown := elements(spans, mail=mail):
                yield _rich_text(shown)
        case Facts(facts):
            if shown := _facts(facts, mail=mail):
                yield _rich_text(shown)
        case Items():
            yield from _items(block, said, rows, mail=mail)
        case Quote(words):
            # In a box of its own a letter can be copied as it stands.
            for part in parted(clean(words).strip("\n")):
                if not blank(part):
                    text = [{"type": "text", "text": part}]
                    yield _rich_text(text, "rich_text_preformatted")
        case Picture(_, alt):
            yield from _aside(alt)
        case File(name, _):
            yield from _aside(f"[{name}]")
        case Buttons(buttons):
            if buttons:
                yield from _actions(buttons, f"row{next(rows)}", said)
        case _:
            assert_never(block)


def _header(message: Message) -> Json | None:
    title = one_line(message.title)
    if blank(title):
        return None
    return {"type": "header", "text": plain_text(title, HEADER_LIMIT)}


def _facts(facts: tuple[tuple[str, Spans], ...], *, mail: bool) -> list[Json]:
    shown: list[Json] = []
    for name, spans in facts:
        named = one_line(name)
        value = elements(spans, mail=mail)
        if blank(named) and not value:
            continue
        line = [*([] if blank(named) else elements((Bold(f"{named}: "),))), *value]
        shown += [{"type": "text", "text": "\n"}, *line] if shown else line
    return shown


def _items(
    items: Items, said: Mapping[str, str], rows: Iterator[int], *, mail: bool
) -> Iterator[Json]:
    for has_button, run in groupby(items.rows, key=lambda row: row.button is not None):
        if has_button:
            yield from (_row(row, f"row{next(rows)}", said) for row in run)
            continue
        lines = [line for row in run if (line := elements(row.spans, mail=mail))]
        if lines:
            sections = [{"type": "rich_text_section", "elements": line} for line in lines]
            bullets = {"type": "rich_text_list", "style": "bullet", "elements": sections}
            yield {"type": "rich_text", "elements": [bullets]}
    if items.cut:
        yield from _aside(items.more)


def _row(row: Item, block_id: str, said: Mapping[str, str]) -> Json:
    assert row.button is not None
    about = one_line(row.button.about)
    return {
        "type": "section",
        "block_id": block_id,
        "text": row_text(row.spans, label(row.button) if blank(about) else about),
        "accessory": element(row.button, said),
    }


def _aside(words: str) -> Iterator[Json]:
    if not blank(clean(words)):
        yield {"type": "context", "elements": [plain_text(words)]}


def _rich_text(shown: list[Json], kind: str = "rich_text_section") -> Json:
    """Elements of rich text as one block; they must show something."""
    return {"type": "rich_text", "elements": [{"type": kind, "elements": shown}]}


def _actions(buttons: tuple[Button, ...], row: str, said: Mapping[str, str]) -> list[Json]:
    """Some buttons as blocks of five; the first has the id `row`, the others parts of it."""
    return [
        {
            "type": "actions",
            "block_id": f"{row}.{start // ABREAST}" if start else row,
            "elements": [element(button, said) for button in buttons[start : start + ABREAST]],
        }
        for start in range(0, len(buttons), ABREAST)
    ]


def _buttons_alone(message: Message, room: int) -> list[Json]:
    """The title and every button, 25 abreast: for a message of little else than buttons."""
    said = names(message)
    made = [header] if (header := _header(message)) else []
    every = message.buttons[: (room - 1) * MOST_ABREAST]
    for number, start in enumerate(range(0, len(every), MOST_ABREAST), 1):
        some = every[start : start + MOST_ABREAST]
        shown = [element(button, said) for button in some]
        made.append({"type": "actions", "block_id": f"row{number}", "elements": shown})
    return made or [_rich_text(elements((NOTHING,)))]
