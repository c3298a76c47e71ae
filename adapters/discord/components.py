"""A message as Discord's components, and the files that go with it. Knows their limits; sends none.

https://docs.discord.com/developers/components/reference
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import groupby, pairwise
from typing import Any, assert_never

import discord
from discord import ui

from adapters.characters import blank, clean, cut, one_line, units
from adapters.discord.fitting import (
    ROW_COMPONENTS,
    STEPS,
    fewer,
    gathered,
    letters_shorter,
    pressed,
    shorter,
)
from adapters.discord.ids import id_of
from adapters.discord.literal import NOTHING, fenced, literal
from adapters.discord.spans import markdown
from adapters.discord.views import Layout
from bot.fit import size
from bot.message import (
    LABEL_LIMIT,
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
    Style,
    Text,
)

# Nested ones included, and the characters of all texts together.
COMPONENT_LIMIT, TEXT_LIMIT = 40, 4000
# Every text's bytes and 12 more are at most 10,170, or Discord answers with an error of its own
# (discord/discord-api-docs, issue 8554). Whether buttons count is not known: they do here.
WEIGHT_LIMIT, COMPONENT_WEIGHT = 10_000, 12
ABREAST = 5
# As many buttons as fit, five abreast, beside the container and two texts.
MOST_BUTTONS = 30
ALT_LIMIT = 1024
FILE_LIMIT = 10
FILE_NAME_LIMIT = 80
# A message is tried so often, each time with less in it.
TRIES = 20
# What letters lose beyond what is too much: their ellipses count too.
SPARE = 8
NOTHING_TO_SHOW = "Nothing to show here."

# The green of our icon, light enough for Discord's dark theme, and a warm one for what failed.
ACCENT, FAILED = 0x3A8F6B, 0xC98A1B
STYLES: Mapping[Style, discord.ButtonStyle] = {
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.PLAIN: discord.ButtonStyle.secondary,
    Style.DANGER: discord.ButtonStyle.danger,
}

_Piece = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is sent for a message. The files can be sent once."""

    view: Layout
    files: tuple[discord.File, ...] = ()


@dataclass(slots=True)
class _Files:
    """The files of a message as it is rendered, by the name that Discord will give them."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def take(self, name: str, data: bytes) -> str:
        """Where the file can be shown from, or "" when there are as many as a message takes."""
        if len(self.kept) == FILE_LIMIT:
            return ""
        free = file_name(name)
        stem, dot, ending = free.partition(".")
        number = 2
        while free in self.kept:
            free = f"{stem}-{number}{dot}{ending}"
            number += 1
        self.kept[free] = data
        return f"attachment://{free}"


def layout(message: Message) -> Shown:
    """The message as one container of at most 40 components and 4,000 characters; never empty.

    What is too long is cut, letters last; one that is goes along whole as a file. Of a list, rows
    go from its end, and it says where the rest is. Up to 30 buttons that are not in lists are
    always kept.
    """
    # What is far too much is not rendered first to be measured.
    whole = fewer(message, ROW_COMPONENTS * pressed(message) - COMPONENT_LIMIT)
    step, lost, divided = 0, 0, True
    while step < len(STEPS) and size(whole) > 3 * TEXT_LIMIT:
        whole, step = shorter(whole, step), step + 1
    for _ in range(TRIES):
        made, files = _rendered(letters_shorter(whole, lost) if lost else whole, divided=divided)
        many, long = _components(made) - COMPONENT_LIMIT, _over(made)
        if many <= 0 and long <= 0:
            return _shown(made, files)
        if many > 0 and divided:
            divided = False
        elif many > 0:
            whole = fewer(whole, many)
        if long > 0 and step < len(STEPS):
            whole, step = shorter(whole, step), step + 1
        elif long > 0:
            lost += long + SPARE
    return _shown(*_rendered(gathered(message, MOST_BUTTONS), divided=False))


def label(button: Button) -> str:
    """What stands on a button."""
    words = one_line(button.label)
    return "Open" if blank(words) else cut(words, LABEL_LIMIT)


def file_name(name: str) -> str:
    """A file's name as Discord leaves it, so that a component can name it.

    Letters, digits, "_", "-" and "." of ASCII, none of the marks at its ends; "SPOILER_" in front
    would hide the file.
    """
    kept = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    stem, dot, ending = kept.strip("._-").rpartition(".")
    stem = re.sub("^(?:SPOILER_|[._-])+", "", stem or ending)[:FILE_NAME_LIMIT].strip("._-")
    return f"{stem or 'file'}.{ending[:10]}" if dot and ending else stem or "file"


def _shown(container: ui.Container[Any], files: _Files) -> Shown:
    view = Layout(timeout=None)
    view.add_item(container)
    sent = (discord.File(BytesIO(data), name, spoiler=False) for name, data in files.kept.items())
    return Shown(view, tuple(sent))


def _components(made: ui.Container[Any]) -> int:
    return 1 + sum(1 for _ in made.walk_children())


def _over(made: ui.Container[Any]) -> int:
    """By how many characters, about, the texts are too long; 0 or less when they are not."""
    characters, weight = -TEXT_LIMIT, -WEIGHT_LIMIT
    for item in made.walk_children():
        weight += COMPONENT_WEIGHT
        if isinstance(item, ui.TextDisplay):
            characters += units(item.content)
            weight += len(item.content.encode())
        elif isinstance(item, ui.Button):
            weight += len(f"{item.label}{item.custom_id}".encode("utf-8", "replace"))
    # No character takes more than three bytes for each of its units.
    return max(characters, -(-weight // 3))


def _rendered(message: Message, *, divided: bool) -> tuple[ui.Container[Any], _Files]:
    files = _Files()
    pieces = list(_joined(_pieces(message, files, divided=divided)))
    if not pieces:
        pieces = [ui.TextDisplay(NOTHING_TO_SHOW)]
    return ui.Container(*pieces, accent_colour=FAILED if message.failed else ACCENT), files


def _joined(parts: Iterable[str | _Piece]) -> Iterator[_Piece]:
    """Neighbouring texts as one component, of which there are few."""
    for is_text, run in groupby(parts, key=lambda part: isinstance(part, str)):
        if not is_text:
            yield from (part for part in run if not isinstance(part, str))
            continue
        whole = ""
        for part in run:
            assert isinstance(part, str)
            whole = f"{whole}{_between(whole, part)}{part}"
        yield ui.TextDisplay(whole)


def _between(before: str, after: str) -> str:
    """What parts two texts: a line of air between paragraphs, none where Discord has its own."""
    if not before:
        return ""
    headed = before.startswith("### ") and "\n" not in before
    close = headed or before.endswith("```") or after.startswith(("```", "- ", "-# "))
    return "\n" if close else "\n\n"


def _pieces(message: Message, files: _Files, *, divided: bool) -> Iterator[str | _Piece]:
    title = one_line(message.title)
    if not blank(title):
        # Discord takes number signs at a heading's end for part of the heading.
        yield f"### {literal(title)}{NOTHING if title.endswith('#') else ''}"
    before: Block | None = None
    for block in message.blocks:
        if divided and _begins_part(block, before):
            yield ui.Separator()
        yield from _block(block, files)
        before = block


def _begins_part(block: Block, before: Block | None) -> bool:
    """Whether a line parts a block from what was before: a heading after something to press.

    Of several letters in one message it is seen so which buttons are whose.
    """
    pressed = isinstance(before, Items) or (isinstance(before, Buttons) and before.buttons)
    headed = isinstance(block, Text) and block.spans and isinstance(block.spans[0], Bold)
    return bool(pressed and headed)


def _block(block: Block, files: _Files) -> Iterator[str | _Piece]:
    match block:
        case Text(spans, small=True):
            yield from _aside(spans)
        case Text(spans):
            if shown := markdown(spans).strip():
                yield shown
        case Facts(rows):
            if lines := [line for name, spans in rows if (line := _fact(name, spans))]:
                yield "\n".join(lines)
        case Items():
            yield from _items(block)
        case Quote(words):
            if not blank(clean(words)):
                yield fenced(words)
        case Picture(png, alt):
            yield from _picture(alt, files.take("picture.png", png))
        case File(name, data):
            if place := files.take(name, data):
                yield ui.File(place)
            else:
                yield from _aside((f"[{name}]",))
        case Buttons(buttons):
            # As few rows as there can be, all about as long.
            count = -(-len(buttons) // ABREAST)
            ends = [len(buttons) * row // count for row in range(count + 1)] if count else []
            for start, end in pairwise(ends):
                yield ui.ActionRow(*map(_button, buttons[start:end]))
        case _:
            assert_never(block)


def _aside(spans: Spans) -> Iterator[str]:
    if shown := markdown(spans, flat=True).strip():
        yield f"-# {shown}"


def _fact(name: str, spans: Spans) -> str:
    named, value = markdown((Bold(one_line(name)),)), markdown(spans).strip()
    return f"{named}: {value}" if named and value else named or value


def _items(items: Items) -> Iterator[str | _Piece]:
    for has_button, run in groupby(items.rows, key=lambda row: row.button is not None):
        if has_button:
            yield from map(_row, run)
            continue
        lines = [line for row in run if (line := markdown(row.spans, flat=True).strip())]
        if lines:
            yield "\n".join(f"- {line}" for line in lines)
    if items.cut:
        yield from _aside((items.more,))


def _row(row: Item) -> _Piece:
    assert row.button is not None
    about = one_line(row.button.about)
    instead = label(row.button) if blank(about) else about
    shown = markdown(row.spans).strip() or literal(instead)
    return ui.Section(ui.TextDisplay(shown), accessory=_button(row.button))


def _picture(alt: str, place: str) -> Iterator[str | _Piece]:
    words = cut(one_line(alt), ALT_LIMIT)
    if not place:
        yield from _aside((alt,))
        return
    described = "A picture" if blank(words) else words
    yield ui.MediaGallery(discord.MediaGalleryItem(place, description=described))


def _button(button: Button) -> ui.Button[Any]:
    return ui.Button(style=STYLES[button.style], label=label(button), custom_id=id_of(button.call))
