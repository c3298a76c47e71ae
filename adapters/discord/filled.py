"""A submitted modal as the Call it makes.

Knows what `fields` and `modals` put into a modal; reads no answer, the core does that.
https://docs.discord.com/developers/components/reference#label-label-interaction-response-structure
"""

import re
from collections.abc import Iterator
from typing import Any

from adapters.discord import Json
from adapters.discord.fields import KEEPS
from adapters.discord.ids import read_id
from adapters.discord.typed import stamped
from bot.context import STASHED
from bot.message import Call

_NAME = re.compile(rf"([a-z]{{1,32}})({re.escape(KEEPS)}?)")
# https://docs.discord.com/developers/components/reference#component-object-component-types
_SELECT, _TEXT, _RADIO = 3, 4, 21


def filled(data: Json) -> Call:
    """The call of a submitted modal (`interaction.data`), what it carried unseen included.

    An empty field is left out, unless what was carried has an answer of its name or is a stashed
    call, of which the desk knows that: then it is there as "", so that a person can empty what was
    filled in. A field of mere blanks is there too. What is none of ours makes a call without a
    name, and unknown fields count for nothing; this never raises.
    """
    custom_id = data.get("custom_id")
    carried = read_id(custom_id).call if isinstance(custom_id, str) else Call("")
    if not carried.name:
        return Call("")
    answers = dict(carried.answers)
    for name, stays, typed in _fields(data.get("components")):
        answer = typed.strip()
        if answer:
            answers[name] = stamped(answer)
        elif not stays and (typed or name in carried.answers or carried.name == STASHED):
            answers[name] = ""
    return Call(carried.name, answers)


def _fields(components: object) -> Iterator[tuple[str, bool, str]]:
    """Each field's option, whether its answer stays when it is empty, and what it holds."""
    for part in components if isinstance(components, list) else ():
        if not isinstance(part, dict):
            continue
        match part.get("type"):
            case 1:
                yield from _fields(part.get("components"))
            case 18:
                yield from _fields([part.get("component")])
            case kind:
                name = _NAME.fullmatch(str(part.get("custom_id", "")))
                held = _held(kind, part)
                if name and held is not None:
                    yield name[1], bool(name[2]), held


def _held(kind: object, part: dict[str, Any]) -> str | None:
    """What a field holds, "" for nothing; None of what is no field of ours."""
    if kind == _SELECT:
        values = part.get("values") or [""]
        value = values[0] if isinstance(values, list) else None
    elif kind in (_TEXT, _RADIO):
        value = part.get("value") or ""
    else:
        return None
    return value if isinstance(value, str) else None
