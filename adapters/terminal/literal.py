"""What people typed, made harmless and visible on a terminal, and wrapped by the cells it fills.

Knows characters only. A control character could colour the screen, move the cursor, or type for its
reader, so none is ever passed on; text that runs from right to left cannot reorder what stands
beside it.
"""

import re
import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# C0 and DEL have pictures in Unicode; C1 and the halves of surrogate pairs have none.
_PICTURES = {code: 0x2400 + code for code in range(32) if code != 10} | {127: 0x2421}
_NAMELESS = dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000)], 0xFFFD)
_SHOWN = str.maketrans(_PICTURES | _NAMELESS)

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_ISOLATES = "\u2066\u2067\u2068"
_EMBEDDINGS = "\u202a\u202b\u202c\u202d\u202e"
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_NOTHING = "\u200b"


def visible(text: str) -> str:
    """The text with every control character but the line feed shown as a picture of itself."""
    return _LINE_ENDS.sub("\n", text).replace("\t", "    ").translate(_SHOWN)


def one_line(text: str) -> str:
    """As `visible`, with every run of white space made one space."""
    return " ".join(visible(text).split())


def isolated(line: str) -> str:
    """One visible line, closed off so that its direction ends with it (isolates of UAX #9).

    A line that is plainly left to right is returned as it is. Pops that match nothing would close
    what was opened here, and are replaced by nothing of the same length.
    """
    if line.isascii() or not any(_turns(c) for c in line):
        return line
    depth, kept = 0, []
    for c in line:
        if c == _POP_ISOLATE:
            kept.append(c if depth else _NOTHING)
            depth -= depth > 0
        else:
            kept.append(c)
            depth += c in _ISOLATES
    return "".join((_FIRST_STRONG_ISOLATE, *kept, _POP_ISOLATE * (depth + 1)))


def _turns(c: str) -> bool:
    marks = _ISOLATES + _POP_ISOLATE + _EMBEDDINGS
    return c in marks or unicodedata.bidirectional(c) in _RIGHT_TO_LEFT


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Visible text as lines of at most `width` cells, at least one.

    `first` stands before the first line and `rest` before the others; both count. A word longer
    than a line is broken; spaces are lost at a break only.
    """
    lines: list[str] = []
    for paragraph in visible(text).split("\n"):
        room = max(2, width - cell_len(rest if lines else first))
        later = max(2, width - cell_len(rest))
        for line in _fill(paragraph, room, later):
            lines.append((rest if lines else first) + isolated(line))
    return [line.rstrip(" ") for line in lines]


def _fill(paragraph: str, room: int, later: int) -> Iterator[str]:
    line = ""
    for piece in re.findall(r" *[^ ]+", paragraph) or [""]:
        if cell_len(line + piece) <= room:
            line += piece
            continue
        word = piece.lstrip(" ") if line else piece
        if line:
            yield line
            line, room = "", later
        while cell_len(word) > room:
            cut = _longest(word, room)
            yield word[:cut]
            word, room = word[cut:], later
        line = word
    yield line


def _longest(word: str, room: int) -> int:
    """How many characters from the start fill at most `room` cells; at least one."""
    cut = min(len(word), room)
    while cut > 1 and cell_len(word[:cut]) > room:
        cut -= 1
    # Characters without a width of their own may be piled up without end; a line takes some.
    while cut < min(len(word), 4 * room) and cell_len(word[: cut + 1]) <= room:
        cut += 1
    return cut
