"""Text made harmless, measured and cut, as every chat needs it. Knows characters; no platform.

Lengths are in UTF-16 units, the strictest of the ways in which a platform may count.
"""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = [c for c in (*range(32), *range(0x7F, 0xA0)) if chr(c) not in "\n\t"]
# They could turn the direction of what stands beside them; letters of every script carry theirs.
_TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_HALVES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_HARMLESS = str.maketrans({**dict.fromkeys([*_CONTROLS, *_TURNS]), **_HALVES})
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
    """Whether a clean text shows nothing. Platforms refuse such text in many places."""
    return all(unicodedata.category(c) in _UNSEEN for c in text)


def units(text: str) -> int:
    """A clean text's length in UTF-16 units."""
    return len(text) if text.isascii() else len(text) + sum(c > "\uffff" for c in text)


def head(text: str, limit: int) -> str:
    """The first `limit` units of a text; half a character at its end is left out."""
    return text[:limit].encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


def cut(text: str, limit: int) -> str:
    """A clean text of at most `limit` units, cut with an ellipsis."""
    return text if units(text) <= limit else head(text, limit - 1).rstrip() + "…"


def as_typed(answer: str) -> str:
    """An answer without what no field can hold: controls, halves of pairs, space around it."""
    text = clean(answer).replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", " ", text).strip()
