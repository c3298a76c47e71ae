"""Which zones a person may mean by what they typed. Knows no records and reads no clock.

What could be several things stays several: whoever asks gets all of them, and is told whether the
first is certain. `now` is for the offsets that zones have at present.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from bot.zones.atlas import Atlas, Place, chart, fold, of
from bot.zones.places import ABBREVIATED, BIG
from bot.zones.saying import ahead
from bot.zones.tables import tables

# How many zones are offered when nothing is typed.
FIRST = 25
# More than any name there is.
LONGEST = 80
_OFFSET = re.compile(r"(?:utc|gmt)? ?([+-]) ?(\d{1,2})(?:[:.]?([0-5]\d))?", re.ASCII)


class Found(NamedTuple):
    """What was typed may mean these, no zone twice; with `sure`, the first is what it means."""

    places: tuple[Place, ...] = ()
    sure: bool = False


def find(typed: str, now: datetime) -> Found:
    """The zones that a name, a city, a country, an abbreviation or an offset from UTC may mean.

    An offset means the zones that have it now, so that "gmt+2" is a question in all but the few
    cases where one zone alone has it.
    """
    text = " ".join(typed.casefold().split())
    if len(text) > LONGEST:
        return Found()
    atlas, key, year = _atlas(), fold(text), now.year
    name = atlas.names.get(text.replace(" ", "_"))
    if name and ("/" in text or name == "UTC"):
        return Found((of(name),), sure=True)
    if (offset := _offset(text)) is not None:
        return _all(atlas.at(offset, now))
    if not key:
        return Found()
    called = atlas.called(key, year)
    if short := ABBREVIATED.get(key):
        others = (*called, *atlas.beginning(key, year))
        return Found(_once((*map(of, short), *others)), sure=len(short) == 1)
    if called := called or atlas.within(key):
        return _all(called)
    if name:
        return Found((of(name),), sure=True)
    begun = _once(atlas.beginning(key, year))
    if places := _once((*begun, *atlas.holding(key))):
        return Found(places, sure=len(begun) == 1 and len(key) > 3)
    # "Seattle, WA" and "Austin Texas": of what follows a city we know nothing, so it is asked.
    words = key.split()
    heads = (" ".join(words[:end]) for end in range(len(words) - 1, 0, -1))
    return Found(next((_once(at) for head in heads if (at := atlas.called(head, year))), ()))


def zones_like(typed: str, limit: int, now: datetime) -> list[str]:
    """The names of up to `limit` zones that what was typed may mean, the likeliest first."""
    return [place.zone for place in find(typed, now).places[:limit]]


def well_known(present: str, now: datetime) -> list[Place]:
    """25 zones for when nothing is typed: the present one, then big ones from west to east.

    UTC is where people are counted to be who have not told their zone, so it is left out.
    """
    present = _atlas().names.get(present.casefold(), present)
    first = [] if present == "UTC" else [present]
    others = [zone for zone in BIG if zone != present][: FIRST - len(first)]
    return [of(zone) for zone in (*first, *sorted(others, key=lambda zone: ahead(zone, now)))]


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(re.sub("[\N{HYPHEN}\N{MINUS SIGN}\N{EN DASH}]", "-", text))
    if not found:
        return None
    distance = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return distance if found[1] == "+" else -distance


def _all(places: Iterable[Place]) -> Found:
    once = _once(places)
    return Found(once, sure=len(once) == 1)


def _once(places: Iterable[Place]) -> tuple[Place, ...]:
    first: dict[str, Place] = {}
    for place in places:
        first.setdefault(place.zone, place)
    return tuple(first.values())


@cache
def _atlas() -> Atlas:
    return chart(tables())
