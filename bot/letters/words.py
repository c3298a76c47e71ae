"""Knows how to tidy, split, cut and join a person's words. Must not know what a letter is.

What people type is kept as they typed it. Only invisible characters, line breaks and a missing
full stop are seen to, because they would break the letter around them.
"""

import re
from collections.abc import Callable, Iterable, Iterator

Size = Callable[[str], int]

# Control characters, half surrogate pairs, soft hyphens and zero-width spaces do not survive copy
# and paste; an unclosed direction override would turn round the rest of the letter. Joiners
# (emoji, Indic, Persian) stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff]"
)
_BULLET = re.compile(r"^[-*\u2022\u2013\u2014]\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026\u061f])\s+|(?<=[\u3002\uff01\uff1f])\s*")
_ABBREVIATION = re.compile(
    r"^\d{1,2}\.$|(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|vs|e\.g|i\.e|approx|[A-Z])\.$"
)
_ENDED = tuple(".!?\u2026\u061f\u3002\uff01\uff1f")
# "It is ...", but not "IT support".
_WHOLE = re.compile(r"(?:[Ii]|[Ww]e|[Yy]ou|[Ii]t|[Tt]hey|[Hh]e|[Ss]he|[Tt]here)(?=[\s'\u2019])")
# First words that are certainly no name, so that they may go on in small letters after a colon.
_PLAIN = (
    " A An The My Our Your Over More Nearly Almost About Two Three Four Five Six Seven Eight Nine"
    " Ten Twelve Twenty Years Experience Deep Strong Led Built Cut Ran Grew Managed Designed"
    " Reduced Launched Wrote Taught Trained Saved Increased Improved Delivered Developed Created"
    " Shipped Migrated Moved How That What "
)
# A sentence cut behind one of these would hang in the air.
_HANGING = (
    " a an the and or but nor of for in to with at on by from as than that which who whose where"
    " when while if because so my our your their its i we is are was were be been has have had not"
    " no into over about between without including plus & + / = | - "
)


def units(text: str) -> int:
    """The length as LinkedIn's counter sees it: UTF-16 units, so most emoji count twice or more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def words(text: str) -> int:
    """The number of words, as a word processor counts them."""
    return len(text.split())


def tidy(text: str) -> str:
    """The same words on one line, without what cannot be seen."""
    return " ".join(_INVISIBLE.sub("", text).split())


def sentences(text: str) -> list[str]:
    """The sentences of a text, tidied; each line of a list is one, too, and loses its bullet."""
    found: list[str] = []
    for raw in text.splitlines():
        line = _BULLET.sub("", tidy(raw))
        parts = [part for part in _SENTENCE_END.split(line) if part]
        for number, part in enumerate(parts):
            if number and _ABBREVIATION.search(parts[number - 1]):
                found[-1] += " " + part
            else:
                found.append(part)
    return [
        sentence for sentence in found if any(map(str.isalnum, sentence)) or not sentence.isascii()
    ]


def whole(text: str) -> bool:
    """Whether it opens like a whole sentence ("I ran ...") and not like a note ("10 years ...")."""
    return _WHOLE.match(text) is not None


def finish(text: str) -> str:
    """The text with a full stop, unless it has an end, is an emoji's or would spoil a link."""
    text = text.rstrip(" ,;:-\u2013\u2014")
    last = text[-1:]
    if not last or last in _ENDED or "://" in text.rsplit(" ", 1)[-1]:
        return text
    if last in "\"')]\u201d\u2019" and text[-2:-1] in _ENDED:
        return text
    return text + "." if last.isalnum() or last.isascii() or last in "\u201d\u2019" else text


def paste(parts: Iterable[str]) -> str:
    """Sentences as running text, finished; notes from several lines are joined by semicolons."""
    text = ""
    for part in parts:
        if not text:
            text = part
        elif text.endswith(_ENDED) or whole(part) or whole(text):
            text = f"{finish(text)} {part}"
        else:
            text = f"{text.rstrip(' ,;')}; {part}"
    return finish(text)


def listing(items: Iterable[str]) -> str:
    """The items as in "a, b and c"; as in "a, b; c" when one has a comma or "and" of its own."""
    parts = [item.rstrip(" .,;") for item in items]
    if len(parts) > 1 and any("," in part or " and " in part for part in parts):
        return "; ".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)


def frame(text: str, lead: str, own: str | None = None, because: str = "") -> str:
    """Set somebody's words after a lead-in that any words can follow.

    `lead` ends in a colon and takes a note. Given `own`, a whole sentence ("I ran ...") follows
    that instead. Given `because`, words that open with "because" follow that. An empty text gives
    nothing.
    """
    if not text:
        return ""
    first, _, rest = text.partition(" ")
    if because and first.lower() == "because":
        return f"{because} because {rest}"
    if own is not None and whole(text):
        return f"{own} {text[0].upper()}{text[1:]}".lstrip()
    return f"{lead} {text[0].lower() + text[1:] if f' {first} ' in _PLAIN else text}"


def cut(text: str, room: int, size: Size, least: int = 1) -> str:
    """The opening of a text that has at most `room` by `size`, ending where a reader can stop.

    That is a clause when it keeps half of what fits, else a word that does not leave the rest
    hanging. Fewer than `least` words are not worth having: then nothing is given back.
    """
    if size(text) <= room:
        return text
    parts = text.split()
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high + 1) // 2
        if size(" ".join(parts[:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    clauses = [n for n in range((low + 1) // 2, low + 1) if n and _clause(parts, n)]
    kept = parts[: clauses[-1] if clauses else low]
    bare = " ".join(kept)
    if bare.count("(") > bare.count(")"):
        kept = bare[: bare.rfind("(")].split()
    while kept and f" {kept[-1].lower().strip(',;:')} " in _HANGING:
        kept.pop()
    return " ".join(kept).rstrip(",;:-\u2013\u2014 ") if len(kept) >= least else ""


def openings(text: str) -> Iterator[str]:
    """What may stand for a sentence that is too long, longest first.

    That is its opening up to a semicolon; or up to a comma, a bracket or a dash if that is at least
    half of it ("In 2019" alone is not worth having).
    """
    parts = text.split()
    for count in range(len(parts) - 1, 0, -1):
        if parts[count - 1].endswith(";") or (_clause(parts, count) and 2 * count >= len(parts)):
            yield " ".join(parts[:count]).rstrip(",;:-\u2013\u2014 ")


def _clause(parts: list[str], count: int) -> bool:
    """Whether a reader may stop after so many words: at a comma, before a bracket or a dash."""
    return parts[count - 1].endswith((",", ";", ":")) or (
        count < len(parts) and parts[count].startswith(("(", "-", "\u2013", "\u2014", "|", "/"))
    )


def shorten(name: str, room: int) -> str:
    """A name of at most `room` units: cut at a clause or word, else between two characters."""
    kept = cut(name, room, units)
    if not kept:
        kept = name.encode("utf-16-le", "ignore")[: 2 * room].decode("utf-16-le", "ignore")
    return kept.rstrip("\u200d\ufe0f ")
