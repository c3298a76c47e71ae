"""Whether two spellings name one employer. Knows names alone: nobody's ties or applications.

A wrong match tells one person's secret to another, a missed one costs a question. So only what
carries no meaning is dropped (case, accents, punctuation, spaces, the legal form at the end), and
everything else is left to `near`, whose finds are asked about and never taken for granted.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache
from heapq import nlargest
from itertools import accumulate, pairwise
from typing import NamedTuple

# Letters that Unicode does not take for another letter with a mark. Trademark signs would become
# letters when normalized.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "&": " & ", "+": " plus "}
)
_TRADEMARKS = str.maketrans("", "", "™℠")
_JOINING = {"&", "und", "et"}
_BREAKS = re.compile(r"""(?:\bhttps?://|[\s,;:()\[\]{}"“”„«»|])+""")
_INNER = re.compile(r"[^\W_][./][^\W_]")
# Of other endings too much is another name: x.ai is not X, wordpress.org not WordPress.com.
_DOMAIN = re.compile(
    r"(?:www\.)?([^./]+)\.(?:com|co\.uk|com?\.(?:au|nz|za|in|jp|br|mx)|de|fr|nl|ch|es|pl|se|dk|fi)/?"
)

# The short forms that count however they are written. Others of up to three letters are as often a
# word or a place (UK, NL, Spa, AT, ET) and count only where dots or a slash show what is meant.
_SHORT = """
ab ag aps as asa bhd bv co ead gbr gk hf inc kft kg kk llc llp lp ltd nv oao ohg ood ooo ou oy oyj
plc pte sa sas sia sl sro srl uab zao zrt
"""
# What cleanco takes for a form and people for a part of the name, and the places among the dotted.
_MEANT = "private unlimited coop koop scop scoop etat ent secs ca ec eg eu sc se sf"
# Forms that cleanco 2.3 lacks.
_MORE = """
SE, UG, UG haftungsbeschränkt, mbH, PBC, Pty, Pvt, Pvt Ltd, Private Limited, Private Ltd, Oy Ab,
Sp. z o. o., S.à r.l., SAB de CV, SAPI de CV, S de RL de CV
"""
_LONGEST_FORM = 5

_MOST = 3
_ALIKE = 0.8
# How much of a key is compared by its letters, and with how many: what bounds `near`.
_COMPARED = 80
_SHORTLIST = 24


class _Word(NamedTuple):
    text: str
    dotted: bool


def key(name: str) -> str:
    """What two spellings of one employer have in common; "" for one without letter or digit.

    The key of a key is that key. It is for comparing, not for showing: it has no spaces, so that
    "Coca-Cola", "Coca Cola" and "CocaCola", "J. P. Morgan" and "JPMorgan" are one. The hard cases:

    - "&", "and", "und" and "et" between two words are alike, a plus sign is the word "plus":
      "Canal+" is not "Canal".
    - Accents go, also those of ø, æ and ß; "Müller" is not "Mueller". Marks of other scripts stay,
      where they make another letter. "McDonald's" is "McDonalds" and not "McDonald".
    - A legal form goes at the end alone, where a space or a comma parts it from the name, and as
      often as there is one. "AB Volvo", "Acme-Co" and "Acme GmbH Berlin" keep theirs. "Holding",
      "Group" and the name of a country are no legal forms: another employer may be meant.
    - A form that is also a word or a place counts with its dots only: "Prada S.p.A." is "Prada",
      "Serenity Spa" keeps its spa. One that would leave a single letter stays: "X Corp" and
      "X Inc" are two. A name that is nothing but a legal form ("AB") is that name.
    - A leading "The" goes, unless it is all. Of addresses only the endings .com, .co.uk and those
      of some countries go: "Acme.com" is "Acme", "Acme Com" and "x.ai" stay what they are.

    What is told apart by its legal form alone (Merck & Co. and Merck KGaA) cannot be told apart.
    The time it takes grows with the length of the name and no faster.
    """
    return _joined(_bare(name))


def same(a: str, b: str) -> bool:
    """Whether both name one employer. A name that names nobody ("?") is nobody's, not even its own.

    An agency that does not say whom it recruits for is logged as "?": two of those are no match.
    """
    return (found := key(a)) != "" and found == key(b)


def near(name: str, known: Iterable[str]) -> list[str]:
    """Those known names that are not the same but may be meant, as written, the most alike first.

    At most three, one spelling of each employer, in an order that does not depend on that of
    `known`. A name may be meant where the words of one begin, end or are within the other ("Acme",
    "Acme Robotics"), or where most letters agree in their order ("Gogle"). Two that merely share a
    word ("American Express", "American Airlines") are not asked about.
    """
    wanted = _bare(name)
    mine = _joined(wanted)
    if not mine:
        return []
    others: dict[str, tuple[str, list[str]]] = {}
    for other in known:
        words = _bare(other)
        its = _joined(words)
        if its and its != mine and (its not in others or other < others[its][0]):
            others[its] = other, words
    scores = {
        its: _ALIKE + (1 - _ALIKE) * min(len(mine), len(its)) / max(len(mine), len(its))
        for its, (_, words) in others.items()
        if _within(wanted, mine, words, its)
    }
    for its, alike in _misspelled(mine, others.keys() - scores.keys()):
        scores[its] = alike
    best = sorted(scores, key=lambda its: (-scores[its], its))[:_MOST]
    return [others[its][0] for its in best]


def _within(mine: list[str], my_key: str, its: list[str], its_key: str) -> bool:
    if len(my_key) > len(its_key):
        mine, my_key, its, its_key = its, its_key, mine, my_key
    # Most are out by this already.
    if my_key not in its_key:
        return False
    edges = {0, *accumulate(map(len, its))}
    # One letter is within too much: it has to be the first word.
    starts = edges if len(my_key) > 1 else {0}
    return any(
        its_key.startswith(my_key, start) and start + len(my_key) in edges for start in starts
    )


def _misspelled(mine: str, others: Iterable[str]) -> Iterator[tuple[str, float]]:
    """Those in which most letters agree, and the share that does, from 0 to 1.

    Looked at closely are only the few that share the most pairs of letters.
    """
    mine = mine[:_COMPARED]
    pairs = set(pairwise(mine))
    shares: list[tuple[float, str]] = []
    for other in others:
        its = other[:_COMPARED]
        total = len(mine) + len(its)
        # No more letters can agree than the shorter one has.
        if 2 * min(len(mine), len(its)) >= _ALIKE * total:
            share = len(pairs.intersection(pairwise(its))) / total
            shares.append((share, other))
    matcher = SequenceMatcher(b=mine, autojunk=False)
    for _, other in nlargest(_SHORTLIST, shares):
        matcher.set_seq1(other[:_COMPARED])
        if (alike := matcher.ratio()) >= _ALIKE:
            yield other, alike


def _joined(words: list[str]) -> str:
    return unicodedata.normalize("NFC", "".join(words))


def _bare(name: str) -> list[str]:
    """The words that make the name, without the article and the legal forms."""
    words = _words(name)
    start, end = 0, len(words)
    # At an edge it joins nothing and is punctuation.
    while start < end and words[start].text == "&":
        start += 1
    while start < end and words[end - 1].text == "&":
        end -= 1
    words = words[start:end]
    for at in range(1, len(words) - 1):
        if words[at].text in _JOINING:
            words[at] = _Word("and", False)
    start = 0
    while start < len(words) - 1 and words[start].text == "the":
        start += 1
    words = words[start:]
    while form := _form_at_end(words):
        del words[-form:]
    return [word.text for word in words]


def _form_at_end(words: list[_Word]) -> int:
    """How many words at the end are a legal form that may go: the longest counts."""
    plain, dotted, ends = _forms()
    if words and words[-1].text not in ends:
        return 0
    for size in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        form = tuple(word.text for word in words[-size:])
        if form in plain or (words[-1].dotted and form in dotted):
            left = words[:-size]
            return size if len(left) > 1 or len(left[0].text) > 1 else 0
    return 0


@cache
def _forms() -> tuple[set[tuple[str, ...]], set[tuple[str, ...]], set[str]]:
    """The legal forms that count anyway, those that do only with dots, and how all of them end."""
    # Its import takes 6 ms, which no start needs to wait for.
    from cleanco.clean import get_unique_terms  # type: ignore[import-untyped]  # ships no types

    meant, short = frozenset(_MEANT.split()), frozenset(_SHORT.split())
    plain = {tuple(word.text for word in _words(form)) for form in _MORE.split(",")}
    dotted = set()
    for term in get_unique_terms():
        words = _words(term.replace("&", "and"))
        form = tuple(word.text for word in words)
        text, by_dots = words[-1]
        if len(form) > 1 or text in short or not text.isascii():
            plain.add(form)
        elif text not in meant:
            if by_dots:
                dotted.add(form)
            elif len(text) > 3:
                plain.add(form)
    return plain, dotted, {form[-1] for form in plain | dotted}


def _words(name: str) -> list[_Word]:
    found = []
    for chunk in _BREAKS.split(_folded(name)):
        if chunk.isalnum() or chunk == "&":
            found.append(_Word(chunk, False))
        elif "." in chunk and (domain := _DOMAIN.fullmatch(chunk.strip(".'-!?"))):
            if text := _letters(domain[1]):
                found.append(_Word(text, False))
        elif text := _letters(chunk):
            found.append(_Word(text, bool(_INNER.search(chunk))))
    # A plus sign becomes a word, but does not make a name.
    return found if any(map(str.isalnum, name)) else []


def _letters(chunk: str) -> str:
    return "".join(c for c in chunk if c.isalnum() or unicodedata.category(c)[0] == "M")


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower().translate(_LETTERS)
    # In this order, since what is taken apart may hold capitals ("℡").
    text = unicodedata.normalize("NFKD", name.translate(_TRADEMARKS)).casefold()
    kept, base = [], ""
    for char in text:
        kind = unicodedata.category(char)
        if kind == "Cf":
            continue
        if kind[0] != "M":
            base = char
        elif not base.isalnum() or base < "\u0400" or _is_mere_mark(base, char, kind):
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)


def _is_mere_mark(base: str, mark: str, kind: str) -> bool:
    """Whether it makes no other letter: variation selectors, circles, the dots of a Cyrillic yo."""
    return kind == "Me" or "\ufe00" <= mark <= "\ufe0f" or (base, mark) == ("\u0435", "\u0308")
