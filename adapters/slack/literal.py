"""Text as Slack takes it literally: parted, escaped, as text objects. Knows no message."""

import re

from adapters.characters import blank, clean, cut, head, one_line, units
from adapters.slack import Json

# https://docs.slack.dev/reference/block-kit/composition-objects/text-object: 1 to 3,000 characters.
TEXT_LIMIT = 3000

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPES = str.maketrans(_ENTITIES)


def parted(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """A clean text in parts of at most `limit` units that make it up again.

    It is parted between paragraphs, lines or words where one of these is in the part's second half.
    """
    parts = []
    while units(text) > limit:
        part = head(text, limit)
        for mark in ("\n\n", "\n", " "):
            place = part.rfind(mark)
            if place > len(part) // 2:
                part = part[: place + len(mark)]
                break
        parts.append(part)
        text = text[len(part) :]
    return [*parts, text]


def line(text: str, limit: int) -> str:
    """The text in one line of 1 to `limit` units, cut with an ellipsis; never blank.

    Slack refuses an empty label, and so does a reader.
    """
    short = cut(one_line(text), limit)
    return "…" if blank(short) else short


def words(text: str, limit: int) -> Json:
    """A text object that shows the text as it is, in one line of at most `limit`; never blank."""
    return plain_text(line(text, limit), limit)


def plain_text(text: str, limit: int = TEXT_LIMIT) -> Json:
    """A text object that shows the text as it is. It must not be blank."""
    return {"type": "plain_text", "text": cut(clean(text), limit), "emoji": False}


def escaped(text: str, limit: int) -> str:
    """A text where Slack reads markup: no mention, link or date, at most `limit` units.

    The three characters that it asks for are escaped, and none of them is cut in half.
    https://docs.slack.dev/messaging/formatting-message-text
    """
    whole = clean(text).translate(_ESCAPES)
    if units(whole) <= limit:
        return whole
    room, kept = limit - 1, []
    for piece in re.findall("&[a-z]+;|.", whole[:limit], re.DOTALL):
        room -= units(piece)
        if room < 0:
            break
        kept.append(piece)
    # The slice may have left the head of an entity.
    return re.sub("&[a-z]*$", "", "".join(kept)).rstrip() + "…"


def unescaped(text: str) -> str:
    """The inverse of Slack's escaping, with which it sends our own text back to us."""
    for mark, entity in reversed(_ENTITIES.items()):
        text = text.replace(entity, mark)
    return text
