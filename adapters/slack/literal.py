"""Text as Slack takes it literally: made harmless, measured, cut. Knows characters; no message.

Lengths are in UTF-16 units, the strictest of the ways in which Slack may count.
"""

import re
import unicodedata

from adapters.slack import Json

# https://docs.slack.dev/reference/block-kit/composition-objects/text-object: 1 to 3,000 characters.
TEXT_LIMIT = 3000

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = [c for c in (*range(32), *range(0x7F, 0xA0)) if chr(c) not in "\n\t"]
# They could turn the direction of what stands beside them; letters of every script carry theirs.
_TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_HALVES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_HARMLESS = str.maketrans({**dict.fromkeys([*_CONTROLS, *_TURNS]), **_HALVES})
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPES = str.maketrans(_ENTITIES)
# What could have a width of its own is never invisible.
_UNSEEN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}


def clean(text: str) -> str:
    """The text without what cannot be sent or shown: control characters, halves of characters.

    Line breaks of every kind become a line feed; tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return _LINE_ENDS.sub("\n", text).translate(_HARMLESS)


def one_line(text: str) -> str:
    """As `clean`, with every run of white space made one space."""
    return " ".join(clean(text).split())


def blank(text: str) -> bool:
    """Whether a clean text shows nothing. Slack refuses such text in headers and elsewhere."""
    return all(unicodedata.category(c) in _UNSEEN for c in text)


def units(text: str) -> int:
    """A clean text's length."""
    return len(text) if text.isascii() else len(text) + sum(c > "\uffff" for c in text)


def _head(text: str, limit: int) -> str:
    """The first `limit` units of a text; half a character at its end is left out."""
    return text[:limit].encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


def cut(text: str, limit: int) -> str:
    """A clean text of at most `limit` units, cut with an ellipsis."""
    return text if units(text) <= limit else _head(text, limit - 1).rstrip() + "…"


def parted(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """A clean text in parts of at most `limit` units that make it up again.

    It is parted between paragraphs, lines or words where one of these is in the part's second half.
    """
    parts = []
    while units(text) > limit:
        part = _head(text, limit)
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
