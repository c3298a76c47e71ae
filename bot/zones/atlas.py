"""Every name of a place with its zones, ready to be searched. Knows no sentence and no clock.

It is charted once, from the tables of the tz database and from our own; see `search` for what the
names are good for.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from bot.zones.places import BIG, CITIES, COUNTRIES
from bot.zones.saying import ahead, city
from bot.zones.tables import Tables

# What stands for a letter of ours and is not that letter with a mark.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "đ": "d", "æ": "ae", "&": " and "}
)


class Place(NamedTuple):
    """A zone under the name that was found: "Munich" for Europe/Berlin."""

    name: str
    zone: str


@dataclass(frozen=True)
class Atlas:
    """The names of all places.

    `names` are IANA names in small letters, each with the one to keep. The rest has folded names:
    `cities` and `countries` (big zones first), and `paths`, the canonical names behind a space.
    `big` are the zones that come first, and `now` zones that have every clock there is at present.
    """

    names: Mapping[str, str]
    cities: Mapping[str, tuple[Place, ...]]
    countries: Mapping[str, tuple[str, ...]]
    paths: Mapping[str, str]
    big: Mapping[str, int]
    now: tuple[str, ...]

    def called(self, key: str, year: int) -> list[Place]:
        """The places of exactly this name; a country has one for each clock of that year."""
        zones = clocks(self.countries.get(key, ()), year)
        return [*self.cities.get(key, ()), *map(of, zones)]

    def within(self, key: str) -> list[Place]:
        """The city of "berlin germany", in whichever of that country's zones it is."""
        for country, zones in self.countries.items():
            if key.endswith(f" {country}"):
                named = self.cities.get(key[: -len(country) - 1], ())
                if inside := [place for place in named if place.zone in zones]:
                    return inside
        return []

    def beginning(self, key: str, year: int) -> list[Place]:
        """The places whose name begins so, big zones first."""
        found = [p for name, at in self.cities.items() if name.startswith(key) for p in at]
        for name, zones in self.countries.items():
            if name.startswith(key):
                found += map(of, clocks(zones, year))
        return self._sorted(found)

    def holding(self, key: str) -> list[Place]:
        """The places that have a word beginning so in their name or their zone's, likewise."""
        word = f" {key}"
        found = [p for name, at in self.cities.items() if word in name for p in at]
        return self._sorted([*found, *(of(z) for path, z in self.paths.items() if word in path)])

    def at(self, offset: timedelta, now: datetime) -> list[Place]:
        """The places whose clocks are that far ahead of UTC now, big zones first.

        No zone named like Etc/GMT-2 is among them: there, minus is east.
        """
        zones = [zone for zone in self.now if ahead(zone, now) == offset]
        return [*map(of, zones), *([] if offset else [of("UTC")])]

    def _sorted(self, places: Iterable[Place]) -> list[Place]:
        return sorted(places, key=lambda at: (self.big.get(at.zone, len(self.big)), at.name))


def of(zone: str) -> Place:
    """A zone under its own city's name."""
    return Place(city(zone), zone)


def fold(text: str) -> str:
    """Small letters without marks, words apart by one space: "São Paulo" is "sao paulo"."""
    marked = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(c for c in marked if not unicodedata.combining(c) and c not in "'’.")
    words = re.sub(r"[^a-z0-9]+", " ", plain).split()
    return " ".join("st" if word == "saint" else word for word in words)


@cache
def clocks(zones: tuple[str, ...], year: int) -> tuple[str, ...]:
    """The zones without those whose clocks agree with an earlier one's, that year and the next.

    The database has two zones for Germany, since one German town had other clocks until 1981.
    """
    days = [datetime(y, month, 15, tzinfo=UTC) for y in (year, year + 1) for month in (1, 7)]
    first: dict[tuple[timedelta, ...], str] = {}
    for zone in zones if len(zones) > 1 else ():
        first.setdefault(tuple(ahead(zone, day) for day in days), zone)
    return tuple(first.values()) or zones


def chart(known: Tables) -> Atlas:
    """The atlas of a tz database."""
    big = list(dict.fromkeys(zone for zone in (*BIG, *CITIES) if zone in known.zones))
    weights = {zone: weight for weight, zone in enumerate(big)}

    def weigh(zone: str) -> int:
        return weights.get(zone, len(big))

    cities: dict[str, dict[str, Place]] = {}
    for name, place in _cities(known):
        cities.setdefault(fold(name), {}).setdefault(place.zone, place)
    countries: dict[str, dict[str, None]] = {}
    for code, zones in known.countries.items():
        for name in _country_names(known.named.get(code, ""), code):
            countries.setdefault(name, {}).update(dict.fromkeys(zones))
    return Atlas(
        {name.casefold(): kept for name, kept in known.names.items()},
        {n: tuple(sorted(at.values(), key=lambda p: weigh(p.zone))) for n, at in cities.items()},
        {name: tuple(sorted(at, key=weigh)) for name, at in countries.items()},
        {f" {fold(zone)}": zone for zone in known.zones},
        weights,
        tuple(dict.fromkeys((*big, *known.now))),
    )


def _cities(known: Tables) -> Iterator[tuple[str, Place]]:
    """Every city that a zone is named for, those without one, and those of old names."""
    for zone in known.zones:
        yield city(zone), of(zone)
    for zone, names in CITIES.items():
        if zone in known.zones:
            yield from ((name, Place(name, zone)) for name in names)
    for old, zone in known.names.items():
        if old != zone and "/" in old and not old.startswith("Etc/"):
            yield city(old), of(zone)


def _country_names(name: str, code: str) -> set[str]:
    """The ways to write a country: "Korea (South)" is also "South Korea", and one "Korea"."""
    before, _, bracket = name.partition(" (")
    written = (before, name, f"{bracket} {before}", *COUNTRIES.get(code, ()))
    return {folded for each in written if (folded := fold(each))}
