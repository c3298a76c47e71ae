"""The ids of buttons and forms: a call, and which page of its form is meant. Pure.

A button works for ever, since what it does is in its id: whatever process gets the click can answer
it. The number in front is the version of this syntax; a later one keeps reading the older ones.
"""

import re
from dataclasses import dataclass

from bot.message import Call

_ID = re.compile(r"1(?:\.([1-9]))?:(.*)", re.DOTALL)
# https://docs.discord.com/developers/components/reference: a custom_id has up to 100 characters.
ID_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Pressed:
    """What an id stands for. `page` counts from 1; 0 when none was asked for."""

    call: Call
    page: int = 0


def id_of(call: Call, page: int = 0) -> str:
    """The id that makes the call; raises TooLong when it has no room for it."""
    return f"1.{page}:{call.encode()}" if page else f"1:{call.encode()}"


def read_id(custom_id: str) -> Pressed:
    """The inverse; of another version's id, or of nonsense, a call without a name."""
    found = _ID.fullmatch(custom_id)
    return Pressed(Call.decode(found[2]), int(found[1] or 0)) if found else Pressed(Call(""))
