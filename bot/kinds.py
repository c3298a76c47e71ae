"""The closed table of answer types: how each is read from text and written back, as inverses.

Adapters never read an answer: they hand over strings, and `Kind.name` tells them which native
control (date picker, choices, autocomplete) asks for it best. Knows no platform and no storage.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from typing import Any, NewType, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from bot import dates
from bot.dates import Lean
from bot.model import Application, Interview, Person
from bot.words import label, understood

Url = NewType("Url", str)
Weekdays = NewType("Weekdays", tuple[int, ...])
Hours = NewType("Hours", tuple[time, time])

# Long enough for any note a person writes, short enough that one row stays one row.
SHORT_LIMIT = 200
LONG_LIMIT = 10_000
# Slack's limit of a button's url, and beyond any job advert's address.
URL_LIMIT = 2_000

_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class KindName(StrEnum):
    """What an adapter may show a better control for than a text field."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    YES_NO = "yes_no"
    DAY = "day"
    INSTANT = "instant"
    TIME = "time"
    CHOICE = "choice"
    ZONE = "zone"
    LINK = "link"
    DAYS = "days"
    HOURS = "hours"
    PERSON = "person"
    PEOPLE = "people"
    APPLICATION = "application"
    INTERVIEW = "interview"


class Unfit(ValueError):
    """An answer that cannot be read. `str(e)` tells the person why and how to put it right.

    `choices` are (label, raw answer) pairs when it could have meant a few things.
    """

    def __init__(self, why: str, choices: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(why)
        self.choices = tuple(choices)


class Reading(Protocol):
    """What reading an answer may depend on: the moment, the zone, and whose records count."""

    @property
    def now(self) -> datetime: ...
    @property
    def zone(self) -> ZoneInfo: ...
    def application_choices(self) -> list[Application]: ...
    def interview_choices(self) -> list[Interview]: ...


@dataclass(frozen=True)
class Kind:
    """One row of the table. `read` raises Unfit; `read(write(v)) == v` for every v it gives."""

    name: KindName
    read: Callable[[str, Reading, Lean], Any]
    write: Callable[[Any], str] = str
    choices: tuple[tuple[str, str], ...] = ()
    fits: Callable[[str], bool] = bool


def clean(text: str) -> str:
    """Text as typed, without the two things no database or wire takes: NUL and lone surrogates."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\r\n", "\n").replace("\0", "\N{SYMBOL FOR NULL}").strip()


def _limited(text: str, limit: int) -> str:
    text = clean(text)
    if len(text) > limit:
        raise Unfit(f"Please keep this under {limit:,} characters; it has {len(text):,}.")
    return text


def _text(text: str, _: Reading, __: Lean) -> str:
    return " ".join(_limited(text, SHORT_LIMIT).split())


def _long(text: str, _: Reading, __: Lean) -> str:
    return _limited(text, LONG_LIMIT)


def _number(text: str, _: Reading, __: Lean) -> int:
    found = re.fullmatch(r"\s*(\d{1,4})\s*(?:m|min|mins|minutes)?\s*", text, re.ASCII)
    if not found:
        raise Unfit("A whole number, please, such as 45.")
    return int(found[1])


def _yes_no(text: str, _: Reading, __: Lean) -> bool:
    word = text.strip().casefold()
    if word in ("yes", "y", "true", "on", "1"):
        return True
    if word in ("no", "n", "false", "off", "0"):
        return False
    raise Unfit("Yes or no?")


def _day(text: str, reading: Reading, lean: Lean) -> date:
    today = reading.now.astimezone(reading.zone).date()
    try:
        return dates.read_day(text, today, lean)
    except dates.Ambiguous as both:
        raise Unfit(
            str(both), [(f"{d:%B} {d.day}, {d.year}", d.isoformat()) for d in both.choices]
        ) from both
    except dates.Unreadable as why:
        raise Unfit(str(why)) from why


def _instant(text: str, reading: Reading, lean: Lean) -> datetime:
    try:
        return dates.read_instant(text, reading.now, reading.zone, lean)
    except dates.Ambiguous as both:
        times = [at for at in both.choices if isinstance(at, datetime)]
        named = [dates.say_instant(at, reading.zone, reading.now) for at in times]
        raw = [at.isoformat() for at in times]
        raise Unfit(str(both), list(zip(named, raw, strict=True))) from both
    except dates.Unreadable as why:
        raise Unfit(str(why)) from why


def _time(text: str, _: Reading, __: Lean) -> time:
    try:
        return dates.read_time(text)
    except dates.Unreadable as why:
        raise Unfit(str(why)) from why


def _hours(text: str, reading: Reading, lean: Lean) -> Hours:
    parts = re.split(r"\s*(?:-|–|\bto\b|\buntil\b)\s*", text.strip(), maxsplit=1)
    if len(parts) != 2:
        raise Unfit('From when to when? For example "21:00-08:00".')
    first, last = (_time(part, reading, lean) for part in parts)
    return Hours((first, last))


def _zone(text: str, _: Reading, __: Lean) -> ZoneInfo:
    found = zones_like(text, 6)
    exact = [name for name in found if name.casefold() == text.strip().casefold()]
    if exact or len(found) == 1:
        return ZoneInfo((exact or found)[0])
    if found:
        raise Unfit("Which of these is yours?", [(name, name) for name in found])
    raise Unfit('I know no such time zone. A city works: "Berlin", or "America/New_York".')


def zones_like(typed: str, limit: int) -> list[str]:
    """Up to `limit` IANA zone names whose city or name begins with (then: holds) what was typed."""
    key = typed.strip().casefold().replace(" ", "_")
    if key == "utc":
        return ["UTC"]
    names = _zone_names()
    first = [n for n in names if n.casefold() == key or n.rsplit("/", 1)[-1].casefold() == key]
    starts = [n for n in names if n.rsplit("/", 1)[-1].casefold().startswith(key)]
    holds = [n for n in names if key in n.casefold()]
    return list(dict.fromkeys(first or starts + holds))[:limit] if key else []


@cache
def _zone_names() -> list[str]:
    return sorted(n for n in available_timezones() if "/" in n and not n.startswith("Etc/"))


def _link(text: str, _: Reading, __: Lean) -> Url:
    url = clean(text).strip("<>").split("|")[0]
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        )
    except ValueError:
        good = False
    if not good or len(url) > URL_LIMIT or re.search(r"[\s\x00-\x1f\"<>]", url):
        raise Unfit("A web address, please, beginning with https://")
    return Url(url)


def _days(text: str, _: Reading, __: Lean) -> Weekdays:
    found: set[int] = set()
    for part in re.split(r"[,\s]+", text.strip().casefold()):
        ends = [_weekday(word) for word in re.split(r"-|–", part)] if part else []
        if len(ends) == 1:
            found.add(ends[0])
        elif len(ends) == 2:
            found |= {(ends[0] + n) % 7 for n in range((ends[1] - ends[0]) % 7 + 1)}
    if not found:
        raise Unfit('Which days? For example "mon-fri" or "tue, thu".')
    return Weekdays(tuple(sorted(found)))


def _weekday(word: str) -> int:
    for number, name in enumerate(_DAY_NAMES):
        if len(word) >= 2 and (
            word.startswith(name.casefold()) or name.casefold().startswith(word)
        ):
            return number
    raise Unfit(f'"{word[:20]}" is not a day. For example "mon-fri" or "tue, thu".')


def _person(text: str, _: Reading, __: Lean) -> Person:
    text = " ".join(_limited(text, SHORT_LIMIT).split())
    found = re.fullmatch(r"(.*?)\s*<?([^\s<>,;]+@[^\s<>,;@]+\.[^\s<>,;@]+)>?", text)
    if found:
        # Slack turns a typed address into <mailto:a@b.c|a@b.c>.
        address = found[2].removeprefix("mailto:").split("|")[0]
        return Person(found[1].strip(" ,<") or address, address)
    if "@" in text or "<" in text or ">" in text:
        raise Unfit('A name, and an address if you have it: "Dana Fox <dana@example.com>".')
    return Person(text)


def _people(text: str, reading: Reading, lean: Lean) -> tuple[Person, ...]:
    parts = [
        part for part in re.split(r"[,;\n]|\band\b|&", _limited(text, LONG_LIMIT)) if part.strip()
    ]
    if len(parts) > 10:
        raise Unfit("Up to ten people, please.")
    return tuple(_person(part, reading, lean) for part in parts)


def _application(text: str, reading: Reading, _: Lean) -> Application:
    known = reading.application_choices()
    found = match_applications(text, known)
    if len(found) == 1:
        return found[0]
    if found:
        raise Unfit("Which one?", [(f"{a.title} (#{a.number})", f"#{a.number}") for a in found[:5]])
    if not known:
        raise Unfit("Nothing is logged yet. Start with: job applied ROLE at COMPANY")
    raise Unfit("I cannot find that one among yours. job list shows them.")


def match_applications(text: str, known: Sequence[Application]) -> list[Application]:
    """The applications that some typed words can mean, the likeliest only; empty when none can."""
    text = clean(text).casefold()
    if number := re.fullmatch(r"#?(\d{1,9})", text, re.ASCII):
        return [a for a in known if a.number == int(number[1])]
    words = [word for word in text.replace("#", " ").split() if word != "at"]
    if not words:
        return []
    whole = [a for a in known if text in (a.company.casefold(), a.title.casefold())]
    held = [a for a in known if all(word in a.title.casefold() for word in words)]
    found = whole or held
    return [a for a in found if a.stage.open] or found


def _interview(text: str, reading: Reading, _: Lean) -> Interview:
    number = re.fullmatch(r"\s*#?(\d{1,9})\s*", text, re.ASCII)
    found = [i for i in reading.interview_choices() if number and i.number == int(number[1])]
    if not found:
        raise Unfit("I cannot find that interview among yours.")
    return found[0]


def _choice(options: type[StrEnum]) -> Kind:
    names = {word: member for member in options for word in understood(member)}

    def read(text: str, _: Reading, __: Lean) -> StrEnum:
        found = names.get(" ".join(text.casefold().split()))
        if found is None:
            raise Unfit("One of: " + ", ".join(member.value for member in options) + ".")
        return found

    return Kind(
        KindName.CHOICE,
        read,
        lambda member: str(member.value),
        tuple((label(member), member.value) for member in options),
        lambda text: " ".join(text.casefold().split()) in names,
    )


def _write_days(days: tuple[int, ...]) -> str:
    return ", ".join(_DAY_NAMES[day] for day in days)


_TABLE: dict[Any, Kind] = {
    str: Kind(KindName.TEXT, _text),
    int: Kind(KindName.NUMBER, _number),
    bool: Kind(
        KindName.YES_NO,
        _yes_no,
        lambda yes: "yes" if yes else "no",
        (("Yes", "yes"), ("No", "no")),
    ),
    date: Kind(KindName.DAY, _day, date.isoformat),
    datetime: Kind(KindName.INSTANT, _instant, datetime.isoformat),
    time: Kind(KindName.TIME, _time, lambda at: at.strftime("%H:%M")),
    ZoneInfo: Kind(KindName.ZONE, _zone, str),
    Url: Kind(KindName.LINK, _link),
    Weekdays: Kind(KindName.DAYS, _days, _write_days),
    Hours: Kind(KindName.HOURS, _hours, lambda h: f"{h[0]:%H:%M}-{h[1]:%H:%M}"),
    Person: Kind(KindName.PERSON, _person),
    tuple[Person, ...]: Kind(KindName.PEOPLE, _people, lambda people: ", ".join(map(str, people))),
    Application: Kind(KindName.APPLICATION, _application, lambda a: f"#{a.number}"),
    Interview: Kind(KindName.INTERVIEW, _interview, lambda i: f"#{i.number}"),
}
_LONG = Kind(KindName.LONG, _long)


def kind_of(annotation: Any, *, long: bool = False) -> Kind:
    """The row for an option's type. Raises KeyError for a type that is not in the table."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _choice(annotation)
    return _LONG if long and annotation is str else _TABLE[annotation]
