"""What Discord takes of a command that is registered, and of choices offered. Knows no payload.

https://docs.discord.com/developers/interactions/application-commands, read in August 2026, and
platform.md 2.1 and 2.4.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.discord.elements import fault, halves, length_faults, repeats

Json = Mapping[str, Any]

CHAT, USER, MESSAGE = 1, 2, 3
SUB, GROUP = 1, 2
# Text, whole numbers and numbers may have choices, and be completed.
CHOOSABLE: Mapping[int, tuple[type, ...]] = {3: (str,), 4: (int,), 10: (int, float)}
NAME_LIMIT = 32
DESCRIPTION_LIMIT = 100
MANY = 25
COMMAND_LIMIT = 8000
# In servers and in direct messages with us; never in other people's (platform.md 2.4).
CONTEXTS = {0, 1}
INSTALLS = {0, 1}
# Devanagari and Thai are taken whole: their vowel signs are no letters to Unicode.
_WHOLE = (("\u0900", "\u097f"), ("\ua8e0", "\ua8ff"), ("\u0e00", "\u0e7f"))
# How many options may be around a sub-command, and around a group of them.
_DEEPEST = {SUB: 1, GROUP: 0}


def command_problems(payload: Json) -> list[str]:
    """What is wrong with one command, as it is registered for everybody."""
    faults = list(halves(payload))
    for name, allowed in (("contexts", CONTEXTS), ("integration_types", INSTALLS)):
        given = payload.get(name) or []
        faults += fault(not given, name, "says nothing, so Discord's default holds")
        faults += fault(set(given) - allowed, name, "goes where we do not")
        faults += repeats(given, name, "place")
    if payload.get("type", CHAT) != CHAT:
        faults += _menu_faults(payload)
        return faults
    faults += _named_faults(payload, "command")
    faults += _options_faults(payload.get("options") or [], "options", depth=0)
    size = weigh(payload)
    faults += fault(size > COMMAND_LIMIT, "command", f"has {size} characters, over {COMMAND_LIMIT}")
    return faults


def choices_problems(choices: Sequence[Json], *, of: int = 3) -> list[str]:
    """What is wrong with choices, offered while somebody types or registered; `of` an option type.

    Discord shows 25 at most, each with a name and, where it is text, a value of 1 to 100
    characters.
    """
    faults = list(fault(len(choices) > MANY, "choices", f"are {len(choices)}, over {MANY}"))
    for number, choice in enumerate(choices):
        where = f"choices[{number}]"
        faults += length_faults(choice.get("name"), f"{where}.name", DESCRIPTION_LIMIT)
        faults += _localized(choice, "name", where, DESCRIPTION_LIMIT)
        value = choice.get("value")
        if of == 3 and isinstance(value, str):
            faults += length_faults(value, f"{where}.value", DESCRIPTION_LIMIT)
        else:
            fits = isinstance(value, CHOOSABLE.get(of, ())) and not isinstance(value, bool)
            faults += fault(not fits, f"{where}.value", "is of another type than its option")
    faults += halves(list(choices), "choices")
    return faults


def weigh(part: Json) -> int:
    """The characters that count toward the 8,000 of a command, those of its options included.

    They are names, descriptions and values, and of a text in several languages the longest.
    """
    size = 0
    for name in ("name", "description"):
        told = [part.get(name) or "", *(part.get(f"{name}_localizations") or {}).values()]
        size += max(map(len, told))
    if "value" in part:
        size += len(str(part["value"]))
    nested = [*(part.get("options") or ()), *(part.get("choices") or ())]
    return size + sum(map(weigh, nested))


def _menu_faults(payload: Json) -> Iterator[str]:
    """A command in the menu of a person or of a message: a name, in any case, and nothing else."""
    yield from fault(payload["type"] not in (USER, MESSAGE), "type", "is of no kind that we use")
    yield from length_faults(payload.get("name"), "name", NAME_LIMIT)
    yield from _localized(payload, "name", "command", NAME_LIMIT)
    yield from fault(payload.get("description"), "description", "is not shown in a menu")
    yield from fault(payload.get("options"), "options", "are not for a menu")


def _named_faults(part: Json, path: str) -> Iterator[str]:
    names = [part.get("name"), *(part.get("name_localizations") or {}).values()]
    for name in names:
        yield from fault(not _is_name(name), f"{path}.name", "is no name in Discord's sense")
    yield from length_faults(part.get("description"), f"{path}.description", DESCRIPTION_LIMIT)
    yield from _localized(part, "description", path, DESCRIPTION_LIMIT)


def _localized(part: Json, name: str, path: str, limit: int) -> Iterator[str]:
    for locale, words in (part.get(f"{name}_localizations") or {}).items():
        yield from length_faults(words, f"{path}.{name} in {locale}", limit)


def _is_name(name: Any) -> bool:
    """Discord's rule: letters and digits of any script, in lower case, and - _ ' between them."""
    if not isinstance(name, str) or not 1 <= len(name) <= NAME_LIMIT or name != name.lower():
        return False
    return all(
        letter in "-_'"
        or unicodedata.category(letter)[0] in "LN"
        or any(low <= letter <= high for low, high in _WHOLE)
        for letter in name
    )


def _options_faults(options: Sequence[Json], path: str, *, depth: int) -> Iterator[str]:
    yield from fault(len(options) > MANY, path, f"are {len(options)}, over {MANY}")
    yield from repeats([option.get("name") for option in options], path, "name")
    kinds = {option.get("type") for option in options}
    mixed = kinds & {SUB, GROUP} and kinds - {SUB, GROUP}
    yield from fault(mixed, path, "are sub-commands and plain options at once")
    needed = [bool(option.get("required")) for option in options]
    yield from fault(needed != sorted(needed, reverse=True), path, "have a required one too late")
    for number, option in enumerate(options):
        yield from _option_faults(option, f"{path}[{number}]", depth)


def _option_faults(option: Json, path: str, depth: int) -> Iterator[str]:
    yield from _named_faults(option, path)
    kind = option.get("type", 0)
    choices, completed = option.get("choices"), option.get("autocomplete")
    if kind in (SUB, GROUP):
        yield from fault(depth > _DEEPEST[kind], path, "is nested too deep")
        inside = option.get("options") or []
        if kind == GROUP:
            plain = {each.get("type") for each in inside} - {SUB}
            yield from fault(plain or not inside, path, "is a group of other things than commands")
        yield from _options_faults(inside, f"{path}.options", depth=depth + 1)
        return
    yield from fault(kind not in range(3, 12), path, "is of no type")
    yield from fault(option.get("options"), path, "a plain option has options")
    choosable = kind in CHOOSABLE
    yield from fault((choices or completed) and not choosable, path, "cannot have choices")
    yield from fault(choices and completed, path, "has choices and is completed")
    if choices and choosable:
        for problem in choices_problems(choices, of=kind):
            yield f"{path}.{problem}"
        yield from repeats([choice.get("name") for choice in choices], path, "choice")
        yield from repeats([choice.get("value") for choice in choices], path, "value")
    least, most = option.get("min_length"), option.get("max_length")
    yield from fault(least is not None and not 0 <= least <= 6000, path, "min_length is no such")
    yield from fault(most is not None and not 1 <= most <= 6000, path, "max_length is no such")
