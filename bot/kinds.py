"""The closed table of answer types: how each is read from text and written back, as inverses.

Adapters never read an answer: they hand over strings, and `Kind.name` tells them which native
control (date picker, choices, autocomplete) asks for it best. Knows no platform and no storage.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot import dates
from bot.dates import Lean
from bot.model import Application, Interview, Person
from bot.readers import (
    Hours,
    Reading,
    Unfit,
    Url,
    Weekdays,
    read_application,
    read_day,
    read_days,
    read_hours,
    read_instant,
    read_interview,
    read_link,
    read_long,
    read_number,
    read_people,
    read_person,
    read_text,
    read_time,
    read_yes_no,
    read_zone,
    write_days,
)
from bot.words import label, understood


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


@dataclass(frozen=True)
class Kind:
    """One row of the table. `read` raises Unfit; `read(write(v)) == v` for every v it gives."""

    name: KindName
    read: Callable[[str, Reading, Lean], Any]
    write: Callable[[Any], str] = str
    choices: tuple[tuple[str, str], ...] = ()
    fits: Callable[[str], bool] = bool


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


def _is_time(text: str) -> bool:
    try:
        dates.read_time(text)
    except dates.Unreadable:
        return False
    return True


_TABLE: dict[Any, Kind] = {
    str: Kind(KindName.TEXT, read_text),
    int: Kind(KindName.NUMBER, read_number),
    bool: Kind(
        KindName.YES_NO,
        read_yes_no,
        lambda yes: "yes" if yes else "no",
        (("Yes", "yes"), ("No", "no")),
    ),
    date: Kind(KindName.DAY, read_day, date.isoformat),
    datetime: Kind(KindName.INSTANT, read_instant, datetime.isoformat),
    time: Kind(KindName.TIME, read_time, lambda at: at.strftime("%H:%M"), fits=_is_time),
    ZoneInfo: Kind(KindName.ZONE, read_zone, str),
    Url: Kind(KindName.LINK, read_link),
    Weekdays: Kind(KindName.DAYS, read_days, write_days),
    Hours: Kind(KindName.HOURS, read_hours, lambda h: f"{h[0]:%H:%M}-{h[1]:%H:%M}"),
    Person: Kind(KindName.PERSON, read_person),
    tuple[Person, ...]: Kind(
        KindName.PEOPLE, read_people, lambda people: ", ".join(map(str, people))
    ),
    Application: Kind(KindName.APPLICATION, read_application, lambda a: f"#{a.number}"),
    Interview: Kind(KindName.INTERVIEW, read_interview, lambda i: f"#{i.number}"),
}
_LONG = Kind(KindName.LONG, read_long)


def kind_of(annotation: Any, *, long: bool = False) -> Kind:
    """The row for an option's type. Raises KeyError for a type that is not in the table."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _choice(annotation)
    return _LONG if long and annotation is str else _TABLE[annotation]
