"""A message without its links, for when Discord lets it through only so. Pure.

Discord turns away what holds a link that it thinks harmful, or a picture that it thinks explicit
(https://docs.discord.com/developers/topics/opcodes-and-status-codes: 20009, 200000, 240000).
"""

import re
from dataclasses import replace
from typing import assert_never

from bot.message import (
    TITLE_LIMIT,
    Block,
    Bold,
    Buttons,
    Facts,
    File,
    Item,
    Items,
    Link,
    Mention,
    Message,
    Picture,
    Quote,
    Span,
    Spans,
    Text,
    When,
)

# What stands where a link was. Whoever copies a letter must see that something is missing.
HERE = "[link]"
NOTE = Text((f"Discord did not let the links in this message through: they were at {HERE}.",), True)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def unlinked(message: Message) -> Message:
    """The same message without addresses and pictures, saying so; itself if it has none."""
    blocks = tuple(_block(block) for block in message.blocks)
    title = _words(message.title)[:TITLE_LIMIT]
    if (title, blocks) == (message.title, message.blocks):
        return message
    return replace(message, title=title, blocks=(*blocks, NOTE))


def _block(block: Block) -> Block:
    match block:
        case Text(spans):
            return replace(block, spans=_spans(spans))
        case Facts(rows):
            return Facts(tuple((_words(name), _spans(spans)) for name, spans in rows))
        case Items(rows, more):
            bare = tuple(Item(_spans(row.spans), row.button) for row in rows)
            return replace(block, rows=bare, more=_words(more))
        case Quote(text):
            return Quote(_words(text))
        case Picture(_, alt):
            return Text((_words(alt),), small=True)
        case File(name):
            return replace(block, name=_words(name))
        case Buttons():
            return block
        case _:
            assert_never(block)


def _spans(spans: Spans) -> Spans:
    return tuple(_span(span) for span in spans)


def _span(span: Span) -> Span:
    match span:
        case str():
            return _words(span)
        case Bold(words):
            return Bold(_words(words))
        case Link(words, url):
            # A letter's own `mailto:` leads nowhere that Discord would look.
            if url.startswith("mailto:"):
                return span
            return HERE if words == url else f"{_words(words)} {HERE}"
        case Mention(_, name):
            return replace(span, name=_words(name))
        case When():
            return span
        case _:
            assert_never(span)


def _words(text: str) -> str:
    return _ADDRESS.sub(HERE, text)
