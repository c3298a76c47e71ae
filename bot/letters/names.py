"""Knows how people, positions and days are called in a letter. Must not know what it says.

A name is never changed, only shortened when nothing else would fit beside it.
"""

import re
from dataclasses import dataclass
from datetime import date

from bot.letters.words import tidy, units
from bot.model import Channel


@dataclass(frozen=True, slots=True)
class Rooms:
    """The longest names a letter takes, in UTF-16 units: it is about more than its job's title."""

    role: int
    company: int
    person: int


ROOMS = {
    Channel.EMAIL: (Rooms(80, 60, 50),),
    # Tried in turn, until the bare note fits into LinkedIn's 200.
    Channel.LINKEDIN: (Rooms(60, 40, 20), Rooms(40, 28, 20), Rooms(24, 20, 16)),
}
_TITLE = re.compile(r"(?:mr|mrs|ms|mx|miss|dr|prof|professor)\.?", re.IGNORECASE)
_NOBODY = re.compile(
    r"\b(?:hr|team|hiring|recruit\w*|talent|human|careers|office|the)\b", re.IGNORECASE
)
_OPENING = re.compile(
    r"\b(?:position|role|job|(?:intern|apprentice|fellow|trainee)ship|residency)$",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"[^\W\d_]+(?:['\u2019.-][^\W\d_]+)*\.?")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def day(on: date | None) -> str:
    """A day that means the same whenever the letter is read, as "June 3"; empty when not known."""
    return f"{_MONTHS[on.month - 1]} {on.day}" if on else ""


def position(role: str) -> str:
    """The role as a thing to apply for: "Baker position", but "Summer Internship" as it is."""
    return role if _OPENING.search(role) else f"{role} position".lstrip()


def called(name: str) -> str:
    """What to call a person in a greeting: "Dana" for "Dana Fox", "Dr. Fox" for "Dr. Dana Fox".

    Empty for a team, an office or whatever does not look like a person's name.
    """
    family, comma, rest = tidy(name).partition(",")
    parts = f"{rest} {family}".split() if comma and " " not in family else family.split()
    if not parts or _NOBODY.search(" ".join(parts)):
        return ""
    if _TITLE.fullmatch(parts[0]):
        parts = [parts[0], parts[-1]] if len(parts) > 1 else []
    elif not (len(parts[0].rstrip(".")) == 1 and parts[0].isascii()):
        parts = parts[:1]
    return " ".join(parts) if all(map(_PERSONAL.fullmatch, parts)) else ""


def greeting(name: str, room: int) -> str:
    """The opening "Hello Dana,", or "Hello," when there is nobody to name."""
    person = called(name)
    return f"Hello {person}," if person and units(person) <= room else "Hello,"
