"""Text as Discord shows it literally: made harmless, measured, cut. Knows characters; no message.

Markup is disarmed by backslashes, which Discord does not show and nobody copies, rather than by
invisible characters, which somebody would paste into an e-mail. Only where text is read as
markdown: labels, names and the fields of forms show a backslash.
"""

import re

from adapters.characters import clean

# What shows nothing, where a backslash cannot part two characters.
NOTHING = "\u200b"

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
