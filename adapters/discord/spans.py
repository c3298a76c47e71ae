"""Spans of a message as Discord's markdown. Knows no components.

https://docs.discord.com/developers/reference#message-formatting
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from itertools import groupby
from typing import assert_never
from urllib.parse import quote, unquote, urlsplit

from adapters.characters import blank, clean
from adapters.discord.literal import literal
from bot.message import Bold, Link, Mention, Spans, When, say, say_when

# An address counts as text, of which a message has 4,000 characters.
URL_LIMIT = 1000
PERSON = re.compile("[0-9]{15,21}")
# The one style with a weekday, which a person plans by: "Thursday, June 4, 2026 at 12:00".
DATE_STYLE = "F"
# The latest instant that a client can show, in seconds (ECMAScript, Time Values).
LATEST = 8_640_000_000_000

# What an address may hold besides letters and digits (RFC 3986); an asterisk could end bold text.
_ADDRESS = "%:/?#[]@!$&'()+,;=-._~"
_STRANGE = re.compile(r"""[\x00-\x20<>"\\^`{|}\x7f]""")
_BREAKS = re.compile(r"\s*\n\s*")
_MAILBOX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]*@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
# Within a link's words a backslash is shown, markup works, and an emoji or an address makes the
# whole link plain text (discord/discord-api-docs, issues 6185, 7673 and 7721).
_LINK_WORDS = re.compile(r"[^\W_](?:[^\W_]|[ ,'’-])*")


def _bold(shown: str) -> str:
    """Bold, with the space around it outside of the marks, where they would show themselves."""
    words = shown.strip()
    before, _, after = shown.partition(words) if words else (shown, "", "")
    return f"{before}**{words}**{after}" if words else shown


class _How(Enum):
    """How a piece of text is to be shown."""

    PLAIN = auto()
    BOLD = auto()
    # Markdown of our own making.
    MADE = auto()


_Piece = tuple[_How, str]


def markdown(spans: Spans, *, flat: bool = False) -> str:
    """The spans as markdown, in one line if `flat`; "" when nothing of them would show."""
    if blank(clean(say(spans))):
        return ""
    # An empty piece would part what must be joined.
    pieces = ((how, words) for how, text in _pieces(spans) if (words := clean(text)))
    parts = []
    # Pieces of a kind are joined first: two harmless ones may make a sign together.
    for how, run in groupby(pieces, key=lambda piece: piece[0]):
        words = "".join(text for _, text in run)
        words = _BREAKS.sub(" ", words) if flat else words
        shown = words if how is _How.MADE else literal(words)
        parts.append(_bold(shown) if how is _How.BOLD else shown)
    return "".join(parts)


def _pieces(spans: Spans) -> Iterator[_Piece]:
    for span in spans:
        match span:
            case str():
                yield _How.PLAIN, span
            case Bold(words):
                yield (_How.PLAIN if blank(clean(words)) else _How.BOLD, words)
            case Link():
                yield from _link(span)
            case When():
                stamp = int(span.at.timestamp())
                if 0 <= stamp <= LATEST:
                    yield _How.MADE, f"<t:{stamp}:{DATE_STYLE}>"
                else:
                    yield _How.PLAIN, say_when(span)
            case Mention(user, name):
                known = PERSON.fullmatch(user)
                yield (_How.MADE, f"<@{user}>") if known else (_How.PLAIN, name)
            case _:
                assert_never(span)


def _link(link: Link) -> Iterator[_Piece]:
    if link.url.startswith("mailto:"):
        yield from _mail(link)
        return
    url, words = address(link.url), clean(link.text)
    if not url:
        yield _How.PLAIN, say((link,))
    elif blank(words) or link.text == link.url:
        yield _How.MADE, f"<{url}>"
    elif _LINK_WORDS.fullmatch(words):
        # A parenthesis ends a link even between angle brackets.
        inside = url.replace("(", "%28").replace(")", "%29")
        yield _How.MADE, f"[{words}](<{inside}>)"
    else:
        yield _How.PLAIN, f"{words}: "
        yield _How.MADE, f"<{url}>"


def _mail(link: Link) -> Iterator[_Piece]:
    """Where to write. Discord's links lead to no mail program, but an address of its own does.

    It could carry the letter too; whether every client hides that, no document says.
    """
    to, _, letter = link.url.removeprefix("mailto:").partition("?")
    mailbox = unquote(to)
    if not _MAILBOX.fullmatch(mailbox):
        yield _How.PLAIN, say((link,))
        return
    if letter:
        yield _How.PLAIN, "Mail it to "
    elif not blank(clean(link.text)) and link.text not in (link.url, mailbox):
        yield _How.PLAIN, f"{link.text}: "
    yield _How.MADE, f"<{mailbox}>"


def address(url: str) -> str:
    """An address of the web that Discord takes and a reader can trust, or "".

    No user's name before the host, which would look like the host itself.
    """
    if clean(url) != url or _STRANGE.search(url):
        return ""
    try:
        parts = urlsplit(url)
        web = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    # A host in another script may imitate one; it is shown as text, and not led to.
    if not web or not parts.netloc.isascii():
        return ""
    written = quote(url, safe=_ADDRESS)
    return written if len(written) <= URL_LIMIT else ""
