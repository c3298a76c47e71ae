"""How each type of answer is read from what a person typed. Knows no platform and no storage.

Every reader takes the text, the moment and zone it was typed in, and which way a bare weekday
leans; it returns the value or raises Unfit with a sentence that helps.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import NewType, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot import dates, zones
from bot.dates import Lean
from bot.message import shorten
from bot.model import Application, Interview, Person

Url = NewType("Url", str)
Weekdays = NewType("Weekdays", tuple[int, ...])
Hours = NewType("Hours", tuple[time, time])

# Long enough for any note a person writes, short enough that one row stays one row.
SHORT_LIMIT = 200
LONG_LIMIT = 10_000
# Slack's limit of a button's url, and beyond any job advert's address.
URL_LIMIT = 2_000
# As many as a question has buttons for.
ZONE_CHOICES = 5
# A button has room for 75 characters, and a number is no good without its end.
TITLE_LIMIT = 60

# As wordy as anybody gets about an application, with something else to say of it.
MOST_WORDS = 12
# Of words that name an application: a whole title is found however long it is. Others are each
# looked for in every title, so that more would keep everybody waiting.
NAMING_LIMIT, NAMING_WORDS = 500, 24

_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


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


def read_text(text: str, _: Reading, __: Lean) -> str:
    """One line of ordinary length."""
    return " ".join(_limited(text, SHORT_LIMIT).split())


def read_long(text: str, _: Reading, __: Lean) -> str:
    """Text that may have paragraphs."""
    return _limited(text, LONG_LIMIT)


def read_number(text: str, _: Reading, __: Lean) -> int:
    """A whole number of up to nine digits, minutes perhaps."""
    found = re.fullmatch(r"\s*(\d{1,9})\s*(?:m|min|mins|minutes)?\s*", text, re.ASCII)
    if not found:
        raise Unfit("A whole number, please, such as 45.")
    return int(found[1])


def read_yes_no(text: str, _: Reading, __: Lean) -> bool:
    """Yes or no, in a few words for each."""
    word = text.strip().casefold()
    if word in ("yes", "y", "true", "on", "1"):
        return True
    if word in ("no", "n", "false", "off", "0"):
        return False
    raise Unfit("Yes or no?")


def read_day(text: str, reading: Reading, lean: Lean) -> date:
    """A calendar day, or that of an instant; ambiguous ones come with their readings."""
    if at := dates.read_exact(text, reading.zone):
        text = at.astimezone(reading.zone).date().isoformat()
    today = reading.now.astimezone(reading.zone).date()
    try:
        return dates.read_day(text, today, lean)
    except dates.Ambiguous as both:
        raise Unfit(
            str(both), [(f"{d:%B} {d.day}, {d.year}", d.isoformat()) for d in both.choices]
        ) from both
    except dates.Unreadable as why:
        raise Unfit(str(why)) from why


def read_instant(text: str, reading: Reading, lean: Lean) -> datetime:
    """A day and a time, as aware UTC."""
    try:
        return dates.read_instant(text, reading.now, reading.zone, lean)
    except dates.Ambiguous as both:
        times = [at for at in both.choices if isinstance(at, datetime)]
        named = [dates.say_instant(at, reading.zone, reading.now) for at in times]
        raw = [at.isoformat() for at in times]
        raise Unfit(str(both), list(zip(named, raw, strict=True))) from both
    except dates.Unreadable as why:
        raise Unfit(str(why)) from why


def read_time(text: str, reading: Reading, _: Lean) -> time:
    """A time of day, or that of an instant, to the minute."""
    if at := dates.read_exact(text, reading.zone):
        return at.astimezone(reading.zone).time().replace(second=0, microsecond=0)
    try:
        return dates.read_time(text)
    except dates.Unreadable as why:
        raise Unfit(str(why)) from why


def read_hours(text: str, reading: Reading, lean: Lean) -> Hours:
    """From one time of day to another."""
    # The pattern takes its time where there are thousands of spaces.
    text = _limited(text, SHORT_LIMIT)
    parts = re.split(r"\s*(?:-|–|\bto\b|\buntil\b)\s*", text.strip(), maxsplit=1)
    if len(parts) != 2:
        raise Unfit("From when to when? For example “21:00-08:00”.")
    first, last = (read_time(part, reading, lean) for part in parts)
    return Hours((first, last))


def read_zone(text: str, reading: Reading, _: Lean) -> ZoneInfo:
    """A zone, by its IANA name, a city, a country or an offset; see `bot.zones`."""
    found = zones.find(text, reading.now)
    if found.sure:
        return ZoneInfo(found.places[0].zone)
    if found.places:
        few = found.places[:ZONE_CHOICES]
        labels = [(zones.say_place(*place, reading.now), place.zone) for place in few]
        raise Unfit("Which of these is yours? If none is, type your city.", labels)
    raise Unfit("I know no such time zone. A city works: “Berlin”, or “America/New_York”.")


def read_link(text: str, _: Reading, __: Lean) -> Url:
    """A web address. It is never fetched."""
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


def read_days(text: str, _: Reading, __: Lean) -> Weekdays:
    """Days of the week, as a list or from one to another."""
    found: set[int] = set()
    for part in re.split(r"[,\s]+", text.strip().casefold()):
        ends = [_weekday(word) for word in re.split(r"-|–", part)] if part else []
        if len(ends) == 1:
            found.add(ends[0])
        elif len(ends) == 2:
            found |= {(ends[0] + n) % 7 for n in range((ends[1] - ends[0]) % 7 + 1)}
    if not found:
        raise Unfit("Which days? For example “mon-fri” or “tue, thu”.")
    return Weekdays(tuple(sorted(found)))


def _weekday(word: str) -> int:
    for number, name in enumerate(_DAY_NAMES):
        if len(word) >= 2 and (
            word.startswith(name.casefold()) or name.casefold().startswith(word)
        ):
            return number
    raise Unfit(f"“{word[:20]}” is not a day. For example “mon-fri” or “tue, thu”.")


def read_person(text: str, _: Reading, __: Lean) -> Person:
    """A name, and an address if there is one."""
    text = " ".join(_limited(text, SHORT_LIMIT).split())
    found = re.fullmatch(r"(.*?)\s*<?([^\s<>,;]+@[^\s<>,;@]+\.[^\s<>,;@]+)>?", text)
    if found:
        # Slack turns a typed address into <mailto:a@b.c|a@b.c>.
        address = found[2].removeprefix("mailto:").split("|")[0]
        return Person(found[1].strip(" ,<") or address, address)
    if "@" in text or "<" in text or ">" in text:
        raise Unfit("A name, and an address if you have it: “Dana Fox <dana@example.com>”.")
    return Person(text)


def read_people(text: str, reading: Reading, lean: Lean) -> tuple[Person, ...]:
    """Several people, up to ten."""
    parts = [
        part for part in re.split(r"[,;\n]|\band\b|&", _limited(text, LONG_LIMIT)) if part.strip()
    ]
    people = dict.fromkeys(read_person(part, reading, lean) for part in parts)
    if len(people) > 10:
        raise Unfit("Up to ten people, please.")
    return tuple(people)


def read_application(text: str, reading: Reading, _: Lean) -> Application:
    """One of the person's own applications, by number or by words."""
    known = reading.application_choices()
    found = match_applications(text, known)
    if len(found) == 1:
        return found[0]
    if found:
        titles = [f"{shorten(a.title, TITLE_LIMIT)} (#{a.number})" for a in found[:5]]
        numbers = [f"#{a.number}" for a in found[:5]]
        raise Unfit("Which one?", list(zip(titles, numbers, strict=True)))
    if not known:
        raise Unfit("Nothing is logged yet.")
    raise Unfit("I cannot find that one among yours. “list” shows them.")


def match_applications(text: str, known: Sequence[Application]) -> list[Application]:
    """The applications that some typed words can mean, the likeliest only; empty when none can."""
    text = " ".join(clean(text[:LONG_LIMIT]).casefold().split())
    # Buttons name an application so, whatever an employer is called.
    if number := re.fullmatch(r"#?(\d{1,9})", text, re.ASCII):
        return [a for a in known if a.number == int(number[1])]
    words = list(dict.fromkeys(word for word in text.split() if word != "at"))
    if not words or len(text) > NAMING_LIMIT:
        return []
    whole = [a for a in known if text in (_plain(a.company), _plain(a.title))]
    # As it is offered and listed: the number behind the title, which may be cut short there.
    label = re.fullmatch(r"(?:.* )?\(?#(\d{1,9})\)?", text, re.ASCII)
    if label and not whole:
        return [a for a in known if a.number == int(label[1])]
    found = whole or [a for a in known if _begin(words[:NAMING_WORDS], a.title)]
    return [a for a in found if a.stage.open] or found


def leading_application(text: str, known: Sequence[Application]) -> tuple[str, str]:
    """`text` as the words at its beginning that can mean an application, and the rest.

    As many words as can, up to a dozen; all of it is the rest when none do.
    """
    ends = [found.start() for found in islice(re.finditer(r"(?<=\S)(?=\s|$)", text), MOST_WORDS)]
    for end in reversed(ends):
        which = text[:end].rstrip(" :,")
        if match_applications(which, known):
            return which, text[end:].strip()
    return "", text


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


def _begin(begun: Sequence[str], title: str) -> bool:
    """Whether with each of these a word of the title begins; "no" is not in "Technology"."""
    words = title.casefold().split()
    parts = [part for whole in words for part in re.split(r"[(/,&-]+", whole)]
    # One search for each instead of one for each word of the title.
    title = "\n".join(("", *words, *parts))
    return all(f"\n{word}" in title for word in begun)


def read_interview(text: str, reading: Reading, _: Lean) -> Interview:
    """One of the person's own interviews, by number."""
    number = re.fullmatch(r"\s*#?(\d{1,9})\s*", text, re.ASCII)
    found = [i for i in reading.interview_choices() if number and i.number == int(number[1])]
    if not found:
        raise Unfit("I cannot find that interview among yours.")
    return found[0]


def write_days(days: tuple[int, ...]) -> str:
    """Days of the week as `read_days` reads them."""
    return ", ".join(_DAY_NAMES[day] for day in days)
