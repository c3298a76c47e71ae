"""Literal text as Slack's `plain_text` object. Knows its limits; no blocks and no commands.

https://docs.slack.dev/reference/block-kit/composition-objects/text-object: without `emoji` a
":smile:" that somebody typed stays what it is.
"""

import unicodedata

from adapters.slack import Json

# What turns the direction of the text around it (Unicode TR9), which a label shares a line with.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Controls, halves of surrogate pairs, and the two line ends of their own.
BREAKS = frozenset(("Cc", "Cs", "Zl", "Zp"))
# What stands for what was cut, and where there is nothing to read: Slack refuses an empty text.
NOTHING = "…"


def units(text: str) -> int:
    """The text's length in UTF-16 units, the strictest of the ways in which Slack may count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def line(text: str, limit: int) -> str:
    """The text in one line of 1 to `limit` characters, cut with an ellipsis; never blank."""
    kept = "".join(" " if unicodedata.category(c) in BREAKS else c for c in text if c not in TURNS)
    short = " ".join(kept.split())
    if units(short) > limit:
        start = short.encode("utf-16-le")[: 2 * (limit - 1)]
        short = start.decode("utf-16-le", "ignore").rstrip() + NOTHING
    return short if any(c.isprintable() and not c.isspace() for c in short) else NOTHING


def words(text: str, limit: int) -> Json:
    """A `plain_text` object that shows the text as it is, in one line of at most `limit`."""
    return {"type": "plain_text", "text": line(text, limit), "emoji": False}
