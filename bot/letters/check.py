"""Knows what weakens a follow-up letter. Must not know how our letters are made.

It reads ours and a person's own edits alike. For ours it is a law (none of them fails); for an
edit it is advice. Names are masked first, so a company called "Sorry Ltd" is no apology.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.letters.phrases import ADVICE, WeaknessCode, rules
from bot.letters.words import units, words
from bot.model import Channel, LetterKind

EMAIL_WORDS = 150
# For scripts that put no space between words, and for walls of links: 150 words of English are
# about 900.
EMAIL_UNITS = 1500
NOTE_UNITS, PREMIUM_NOTE_UNITS = 200, 300


@dataclass(frozen=True, slots=True)
class About:
    """What has to be known about a letter to judge it.

    `roles` are the ways to write the position's name, `names` every name that may stand in the
    letter.
    """

    kind: LetterKind
    channel: Channel
    roles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    premium: bool = False


@dataclass(frozen=True, slots=True)
class Weakness:
    """One thing that weakens a letter: the words themselves, and what to do about them."""

    code: WeaknessCode
    excerpt: str
    advice: str


_THANKS = re.compile(r"\b(?:thank|thanks|grateful|gratitude|appreciate|appreciated|appreciation)\b")
_POSITION = re.compile(r"\b(?:position|role|job|opening|vacancy|internship|apprenticeship)\b")
_SUBJECT = re.compile(r"\A\s*subject:[^\n]*\n*", re.IGNORECASE)
_GREETING = re.compile(r"\A\s*(?:hello|hi|hey|dear|good \w+)\b[^,\n]{0,60}[,\n]", re.IGNORECASE)
_SIGN_OFF = re.compile(
    r"\n[ \t]*(?:(?:kind|best|warm|many|with|my|yours|all the) ?)*"
    r"(?:regards|wishes|best|sincerely|truly|cheers|thanks|thank you|warmly)[,.]?[ \t\r]*(?=\n|\Z)",
    re.IGNORECASE,
)
# The same length as what they replace, so that places in the masked text are places in the letter.
_PLAIN = {ord(c): ord(c) + 32 for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} | {0x2019: "'", 0x2018: "'"}
_MASK = "_"


def check(text: str, about: About, *, sent_before: bool = False) -> tuple[Weakness, ...]:
    """What weakens this letter, its phrases first; nothing when it is strong.

    `text` may start with a "Subject:" line. `sent_before` says that a follow-up about this
    application has been sent: then any further one to the employer is a second one.
    """
    subject = _SUBJECT.match(text)
    body = text[subject.end() :] if subject else text
    found = [Weakness(code, excerpt, ADVICE[code]) for code, excerpt in phrases(text, about)]
    if sent_before and about.kind is LetterKind.APPLICATION:
        found.append(_weakness(WeaknessCode.SECOND))
    if not _names_position(text, about.roles):
        found.append(_weakness(WeaknessCode.NO_POSITION))
    if thanks := _early_thanks(body, about):
        found.append(_weakness(WeaknessCode.THANKS_FIRST, thanks))
    size, room = length(body, about)
    if size > room:
        unit = "words" if about.channel is Channel.EMAIL else "characters"
        found.append(_weakness(WeaknessCode.TOO_LONG, f"{size} {unit}; {room} fit"))
    return tuple(dict.fromkeys(found))


def phrases(text: str, about: About) -> Iterator[tuple[WeaknessCode, str]]:
    """The weak phrases in a letter or a sentence of it, each with its code and its exact words."""
    for match in rules(about.kind).finditer(_masked(text, about.names)):
        yield WeaknessCode(str(match.lastgroup).rstrip("0")), text[match.start() : match.end()]


def length(body: str, about: About) -> tuple[int, int]:
    """How long a letter is and how long it may be.

    An e-mail counts the words up to "Kind regards", or characters if these run out first; a
    LinkedIn note counts everything as LinkedIn does: 200 characters, 300 with premium.
    """
    if about.channel is Channel.LINKEDIN:
        return units(body.strip()), PREMIUM_NOTE_UNITS if about.premium else NOTE_UNITS
    ends = [match.start() for match in _SIGN_OFF.finditer(body)]
    letter = body[: ends[-1]] if ends else body
    # A letter of long "words" is measured in word-lengths, so that one limit holds for both.
    return max(words(letter), -(-units(letter) * EMAIL_WORDS // EMAIL_UNITS)), EMAIL_WORDS


def _weakness(code: WeaknessCode, excerpt: str = "") -> Weakness:
    return Weakness(code, excerpt, ADVICE[code])


def _masked(text: str, names: Iterable[str]) -> str:
    """The text in small letters with every name blotted out, place by place."""
    for name in sorted(set(names), key=lambda name: (-len(name), name)):
        for start in _places(name, text):
            text = text[:start] + _MASK * len(name) + text[start + len(name) :]
    return text.translate(_PLAIN)


def _places(name: str, text: str) -> Iterator[int]:
    """Where a name stands in a text as words of its own."""
    start = text.find(name) if name else -1
    while start >= 0:
        end = start + len(name)
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            yield start
        start = text.find(name, end)


def _names_position(text: str, roles: tuple[str, ...]) -> bool:
    """Whether the reader learns which position it is; half of a long title's words will do."""
    low = text.lower()
    if not roles:
        return _POSITION.search(low) is not None
    if any(role in text or role.lower() in low for role in roles):
        return True
    title = {word for word in re.findall(r"\w+", roles[0].lower()) if len(word) > 2}
    initials = "".join(word[0] for word in roles[0].split()).lower()
    said = set(re.findall(r"\w+", low))
    return (len(initials) > 1 and initials in said) or (
        bool(title) and 2 * len(title & said) >= len(title)
    )


def _early_thanks(body: str, about: About) -> str:
    """The thanks that come before the letter has said what it is about, else nothing."""
    greeting = _GREETING.match(body)
    start = greeting.end() if greeting else 0
    thanks = _THANKS.search(_masked(body, about.names), start)
    if not thanks:
        return ""
    low = body.translate(_PLAIN)
    places = [place.start()] if (place := _POSITION.search(low, start)) else []
    places += [
        at for role in about.roles for at in _places(role.translate(_PLAIN), low) if at >= start
    ]
    return "" if places and min(places) < thanks.start() else body[thanks.start() : thanks.end()]
