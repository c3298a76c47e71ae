"""A PNG with at most 256 colors in place of millions: a page needs no more, and a third of the
bytes. Knows the format; no page. https://www.w3.org/TR/png-3/
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

MOST = 256
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}

Color = tuple[int, ...]


def smaller(png: bytes) -> bytes:
    """The picture with its most frequent colors; each other one becomes the nearest of these.

    Takes what browsers write: eight bits a channel, not interlaced. Transparency is left out.
    Raises ValueError for anything else.
    """
    parts = list(_parts(png))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    if depth != 8 or kind not in _CHANNELS or interlaced:
        raise ValueError("not a picture as browsers write them")
    size = _CHANNELS[kind]
    packed = zlib.decompress(b"".join(data for name, data in parts if name == b"IDAT"))
    rows = list(_rows(packed, width * size, size))
    pixels = [list(zip(*(row[c::size] for c in range(3)), strict=True)) for row in rows]
    often = Counter(color for row in pixels for color in row)
    kept = [color for color, _ in often.most_common(MOST)]
    index = {color: _nearest(color, kept) for color in often}
    lines = b"".join(b"\0" + bytes(index[color] for color in row) for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colors = bytes(channel for color in kept for channel in color)
    made = [(b"IHDR", head), (b"PLTE", colors), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_part(name, data) for name, data in made)


def _parts(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _part(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


def _rows(packed: bytes, length: int, size: int) -> Iterator[bytes]:
    """The lines of a picture, each made from what it adds to the pixels left of and above it."""
    above = bytes(length)
    for start in range(0, len(packed), length + 1):
        row = bytearray(packed[start + 1 : start + 1 + length])
        match packed[start]:
            case 1:
                for i in range(size, length):
                    row[i] = (row[i] + row[i - size]) & 255
            case 2:
                row = bytearray((a + b) & 255 for a, b in zip(row, above, strict=True))
            case 3:
                for i in range(length):
                    left = row[i - size] if i >= size else 0
                    row[i] = (row[i] + (left + above[i]) // 2) & 255
            case 4:
                for i in range(length):
                    left, corner = (row[i - size], above[i - size]) if i >= size else (0, 0)
                    row[i] = (row[i] + _guess(left, above[i], corner)) & 255
            case _:
                pass
        above = bytes(row)
        yield above


def _guess(left: int, above: int, corner: int) -> int:
    """Whichever of the three is nearest to left + above - corner (Paeth)."""
    by_left, by_above = abs(above - corner), abs(left - corner)
    by_corner = abs(left + above - 2 * corner)
    if by_left <= by_above and by_left <= by_corner:
        return left
    return above if by_above <= by_corner else corner


def _nearest(color: Color, kept: Sequence[Color]) -> int:
    def distance(place: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(color, kept[place], strict=True))

    return min(range(len(kept)), key=distance)
