"""A small reader of Discord's markdown, apart from the adapter: what a client would make of a text.

Made from Discord's reference of message formatting and from what its client was seen to do. It is
rather too eager than not: whatever some client may take for markup counts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What a text is found to be made of: a kind, what is shown, and for links where they lead.
TEXT, LINK, MASKED, MAIL = "text", "link", "masked link", "mail"

_BLOCKS = (
    ("heading", re.compile(r"#{1,3}\s+([^\n]*?)[# ]*(?:\n|\Z)")),
    ("small", re.compile(r"-#\s+(?!-#)([^\n]+)(?:\n|\Z)")),
    ("quote", re.compile(r"\s*>>>\s(.*)|\s*>\s([^\n]*)(?:\n|\Z)", re.DOTALL)),
    ("list", re.compile(r"\s*(?:[-*+]|\d+[.)])\s+([^\n]+)(?:\n|\Z)")),
)
# In this order at every place, as the client does.
_INLINE = (
    ("escape", re.compile(r"\\([^0-9A-Za-z\s])")),
    ("code block", re.compile(r"```(?:[A-Za-z0-9_+.#-]*\n)?\n*([^\n].*?)\n*```", re.DOTALL)),
    ("mention", re.compile(r"<@[!&$]?\d+>|<#\d+>|<id:[\w:-]+>|@everyone|@here", re.IGNORECASE)),
    ("command", re.compile(r"</[^>]+:\d+>")),
    ("date", re.compile(r"<t:-?\d+(?::[A-Za-z])?>")),
    ("emoji", re.compile(r"<a?:\w+:\d+>|:[\w+-]+:")),
    (MAIL, re.compile(r"<(?:mailto:)?([^\s<>@]+@[^\s<>@]+)>|<(?:tel:)?\+[\d ()-]+>")),
    (LINK, re.compile(r"<([^: >]+:/[^ >]+)>")),
    (LINK, re.compile(r"((?:https?|steam|discord)://[^\s<]+[^<.,:;\"'\]\s])", re.IGNORECASE)),
    (
        MASKED,
        re.compile(
            r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"
            r"\(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"].*?['\"])?\s*\)",
            re.DOTALL,
        ),
    ),
    ("bold", re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)),
    ("underline", re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL)),
    ("italic", re.compile(r"\*(?=\S)((?:\\.|\*\*|[^*\\])+?)\*(?!\*)", re.DOTALL)),
    ("italic", re.compile(r"_((?:\\.|__|[^_\\])+?)_(?![A-Za-z0-9_])", re.DOTALL)),
    ("strike", re.compile(r"~~(.+?)~~", re.DOTALL)),
    ("spoiler", re.compile(r"\|\|(.+?)\|\|", re.DOTALL)),
    ("code", re.compile(r"(`+)(.+?)(?<!`)\1(?!`)", re.DOTALL)),
)
_HOLDS_TEXT = {"heading", "small", "quote", "list", "bold", "underline", "italic", "strike"}


@dataclass(frozen=True)
class Found:
    """A piece of a message as it is shown."""

    kind: str
    shown: str
    leads_to: str = ""
    inside: tuple["Found", ...] = ()


def read(source: str) -> list[Found]:
    """The pieces of a text, neighbouring plain ones joined."""
    pieces: list[Found] = []
    for piece in _read(source):
        if piece.kind == TEXT and pieces and pieces[-1].kind == TEXT:
            pieces[-1] = Found(TEXT, pieces[-1].shown + piece.shown)
        else:
            pieces.append(piece)
    return pieces


def shown(source: str) -> str:
    """What a reader sees, and copies."""
    return "".join(piece.shown for piece in read(source))


def kinds(source: str) -> set[str]:
    """Every kind of piece in a text, those within others too."""
    return set(_kinds(read(source)))


def _kinds(pieces: list[Found] | tuple[Found, ...]) -> Iterator[str]:
    for piece in pieces:
        yield piece.kind
        yield from _kinds(piece.inside)


def _read(source: str) -> Iterator[Found]:
    place = 0
    while place < len(source):
        found = _at(source, place)
        if found is None:
            yield Found(TEXT, source[place])
            place += 1
            continue
        kind, match = found
        place = match.end()
        inner = next((group for group in match.groups()[::-1] if group is not None), match[0])
        if kind == "escape":
            yield Found(TEXT, inner)
        elif kind == MASKED:
            yield Found(kind, match[1], match[2])
        elif kind in (LINK, MAIL):
            yield Found(kind, inner, inner)
        elif kind in _HOLDS_TEXT:
            inside = read(inner)
            yield Found(kind, "".join(piece.shown for piece in inside), inside=tuple(inside))
        else:
            yield Found(kind, inner)


def _at(source: str, place: int) -> tuple[str, re.Match[str]] | None:
    if place == 0 or source[place - 1] == "\n":
        for kind, pattern in _BLOCKS:
            if match := pattern.match(source, place):
                return kind, match
    for kind, pattern in _INLINE:
        if match := pattern.match(source, place):
            return kind, match
    return None
