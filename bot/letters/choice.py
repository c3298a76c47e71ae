"""Knows which of the user's words go into a letter: none that weaken it, then as many as fit.

Must not know how a letter is written: whether a choice fits is asked of whoever writes it.
"""

from bisect import bisect
from collections.abc import Callable, Collection, Mapping

from bot.letters.check import About, phrases
from bot.letters.phrases import WeaknessCode
from bot.letters.words import cut, openings, words

# The user's sentences by field, what matters most first.
Said = Mapping[str, list[str]]

# More sentences than any letter holds, and the most words in one of them.
_MANY, _BREATH = 20, 40
# The fewest words that are worth having of a sentence cut short; half of it if that is less.
_WORTH, _WORTH_AT_ALL = 8, 4


def sound(parts: list[str], about: About) -> tuple[list[str], list[tuple[str, WeaknessCode]]]:
    """The sentences that do not weaken a letter, and those left out, each with the reason."""
    good: list[str] = []
    left: list[tuple[str, WeaknessCode]] = []
    for part in parts[:_MANY]:
        if code := next((code for code, _ in phrases(part, about)), None):
            left.append((part, code))
        else:
            good.append(part)
    if len(parts) > _MANY:
        left.append((" ".join(parts[_MANY:]), WeaknessCode.TOO_LONG))
    return good, left


def choose(said: Said, fits: Callable[[Said], bool], uncut: Collection[str] = ()) -> Said | None:
    """As much of what was said as makes a letter that fits.

    All of it if possible; else the first sentence of each field, then the second, and so on, so
    that one long answer does not silence the others. A first sentence that is too long gives its
    opening, unless its field is one of `uncut`: a result or a time cut short may say something
    else. None if not even nothing fits.
    """
    if fits(said):
        return said
    chosen: dict[str, list[str]] = {field: [] for field in said}
    if not fits(chosen):
        return None

    def with_(field: str, part: str) -> dict[str, list[str]]:
        return {**chosen, field: [*chosen[field], part]} if part else chosen

    def take(field: str, part: str) -> bool:
        more = with_(field, part)
        short = words(part) <= _BREATH or field in uncut
        taken = more is not chosen and short and fits(more)
        if taken:
            chosen.update(more)
        return taken

    for turn in range(max(map(len, said.values()), default=0)):
        for field, parts in said.items():
            if len(parts) <= turn or len(chosen[field]) < turn or take(field, parts[turn]):
                continue
            if turn == 0 and field not in uncut:
                any(take(field, opening) for opening in openings(parts[0]))
    for field, parts in said.items():
        if parts and not chosen[field] and field not in uncut:
            sentence, count = parts[0], words(parts[0])
            least = max(_WORTH_AT_ALL, min(_WORTH, (count + 1) // 2))
            lengths = range(least, min(_BREATH + 1, count))
            over = bisect(
                lengths, False, key=lambda n: not fits(with_(field, cut(sentence, n, words)))
            )
            if over:
                take(field, cut(sentence, lengths[over - 1], words, least))
    return chosen
