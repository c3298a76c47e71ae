"""Text as Discord shows it literally: made harmless, measured, cut. Knows characters; no message.

Markup is disarmed by backslashes, which Discord does not show and nobody copies, rather than by
invisible characters, which somebody would paste into an e-mail. Only where text is read as
markdown: labels, names and the fields of forms show a backslash.
"""

import re
import unicodedata

# What shows nothing, where a backslash cannot part two characters.
NOTHING = "\u200b"

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = [c for c in (*range(32), *range(0x7F, 0xA0)) if chr(c) not in "\n\t"]
# They could turn the direction of what stands beside them; letters of every script carry theirs.
_TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_HALVES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_HARMLESS = str.maketrans({**dict.fromkeys([*_CONTROLS, *_TURNS]), **_HALVES})
# What could have a width of its own is never invisible.
_UNSEEN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}

# An address that may stay one to tap: it says in plain sight where it leads, and holds no
# character that markup could begin or end with. Its full stop is the sentence's.
_ADDRESS = re.compile(
    r"""(?<![^\s("'])https://[A-Za-z0-9.-]+(?::\d+)?"""
    r"""(?:[/?#](?:[A-Za-z0-9/?#&=%.,:;+~_@!$'-]*[A-Za-z0-9/#&=%+~_$-])?)?"""
    r"""(?=[.,:;!?'")]*(?:\s|\Z))"""
)
# Mentions, dates, commands, emoji, e-mail and bare addresses all begin with "<", "@" or ":". The
# parenthesis is a link's, whose text Discord looks for without regard to backslashes.
# https://docs.discord.com/developers/reference#message-formatting
_MARKS = re.compile(r"[\\*_~|`\[<]|@(?=everyone|here)|:(?=/|[\w+-]+:)|(?<=\])\(", re.IGNORECASE)
# Headings, quotes, lists and small text begin a line.
_STARTS = re.compile(r"^([^\S\n]*)([#>+-]|\d+(?=\.(?:\s|$)))", re.MULTILINE)


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
    """Whether a clean text shows nothing. Discord refuses such text."""
    return all(unicodedata.category(c) in _UNSEEN for c in text)


def units(text: str) -> int:
    """A clean text's length in UTF-16 units, the strictest way in which it may be counted."""
    return len(text) if text.isascii() else len(text) + sum(c > "\uffff" for c in text)


def cut(text: str, limit: int) -> str:
    """A clean text of at most `limit` units, cut with an ellipsis."""
    if units(text) <= limit:
        return text
    # Half a character at the end is left out.
    head = text[:limit].encode("utf-16-le")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    return head.rstrip() + "…"


def literal(text: str) -> str:
    """Markdown that shows the text as it is, wherever it stands.

    Nothing in it is a mention, a date, an emoji, a link or formatting, except that an https address
    can be tapped. It always counts as the beginning of a line, since what is bold, or in a list,
    may be one.
    """
    whole, done, parts = clean(text), 0, []
    for found in _ADDRESS.finditer(whole):
        parts += [_escaped(whole[done : found.start()]), f"<{found[0]}>"]
        done = found.end()
    return "".join((*parts, _escaped(whole[done:])))


def fenced(text: str) -> str:
    """The text in a box of its own, with Discord's button that copies it as it stands.

    Three backticks would end the box; they are parted by what shows nothing.
    """
    inside = re.sub("`{3,}", lambda found: NOTHING.join(found[0]), clean(text).strip("\n"))
    return f"```\n{inside}\n```"


def _escaped(text: str) -> str:
    return _STARTS.sub(_escaped_start, _MARKS.sub(_escaped_mark, text))


def _escaped_mark(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _escaped_start(found: re.Match[str]) -> str:
    space, mark = found.groups()
    return f"{space}{mark}\\" if mark[0].isdigit() else f"{space}\\{mark}"
