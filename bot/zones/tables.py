"""What the tz database says about its zones: which are canonical, whose they are, old names.

Reads the tables that the `tzdata` distribution brings beside the zones. Knows no search.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

# Names of the database that are nobody's zone.
_NOBODYS = frozenset(("Factory", "localtime", "posixrules"))
# The groups of old names; none of them is offered.
_OLD = frozenset(("Brazil", "Canada", "Chile", "Etc", "Mexico", "US", "SystemV", "posix", "right"))


@dataclass(frozen=True)
class Tables:
    """The tz database by its names.

    `zones` are the canonical names, one for each country that shares a clock (Oslo and Berlin are
    two); `countries` the zones of each ISO 3166 code, in an order of geography and size; `named`
    what each code stands for; `now` zones that together have every clock there is at present;
    `names` every name that zoneinfo knows, old ones included, each with the one to keep.
    """

    zones: tuple[str, ...]
    countries: Mapping[str, tuple[str, ...]]
    named: Mapping[str, str]
    now: tuple[str, ...]
    names: Mapping[str, str]


def packaged(name: str) -> str:
    """The text of one table of the `tzdata` distribution; "" where there is none."""
    # Imported on first need: 8 ms that no start should wait for.
    from importlib.resources import files

    try:
        return files("tzdata.zoneinfo").joinpath(name).read_text("utf-8")
    except (ImportError, OSError):
        return ""


def tables(read: Callable[[str], str] = packaged) -> Tables:
    """The tables, from their texts by file name; without texts, what zoneinfo itself knows.

    The head of each file says what its columns are. Used are zone.tab (code, coordinates, zone),
    zonenow.tab (XX, coordinates, zone), iso3166.tab (code, name), and of tzdata.zi the lines
    "Z name ..." for zones and "L target name" for old names.
    """
    rows = [(row[0], row[2]) for row in _rows(read("zone.tab"))]
    every, links = _names(read("tzdata.zi"))
    if not rows or not every:
        every = available_timezones()
        rows = [("", n) for n in sorted(every) if "/" in n and n.split("/")[0] not in _OLD]
    zones = tuple(dict.fromkeys(name for _, name in rows))
    countries: dict[str, tuple[str, ...]] = {}
    for code, name in rows:
        countries[code] = (*countries.get(code, ()), name)
    kept = set(zones)

    def keep(name: str) -> str:
        target = links.get(name, name)
        if name in kept:
            return name
        if "Etc/UTC" in (name, target):
            return "UTC"
        return target if target in kept else name

    return Tables(
        zones,
        countries,
        {row[0]: row[1] for row in _rows(read("iso3166.tab"))},
        tuple(row[2] for row in _rows(read("zonenow.tab")) if row[2] in kept),
        {name: keep(name) for name in sorted({*every, "UTC"} - _NOBODYS)},
    )


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]


def _names(source: str) -> tuple[set[str], dict[str, str]]:
    """Every name that the source of the database gives a zone, and what old names stand for."""
    every, links = set(), {}
    for line in source.splitlines():
        if line.startswith("Z "):
            every.add(line.split(" ", 2)[1])
        elif line.startswith("L "):
            _, target, name = line.split()
            links[name] = target
    return every | set(links), links
