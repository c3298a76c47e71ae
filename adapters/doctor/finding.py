"""What was found when one thing was looked at. Knows no thing, and no screen."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a thing is; only what is wrong keeps the program from its work."""

    OK = "ok"
    LOOK = "look at this"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence on what is so, and one on what to do; never a secret, never anybody's name."""

    level: Level
    what: str
    do: str = ""


def ok(what: str) -> Finding:
    """Nothing is to be done."""
    return Finding(Level.OK, what)


def look(what: str, do: str) -> Finding:
    """It works, and an operator may not want it so."""
    return Finding(Level.LOOK, what, do)


def wrong(what: str, do: str) -> Finding:
    """It does not work until somebody does something."""
    return Finding(Level.WRONG, what, do)
