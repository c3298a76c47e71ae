"""What Discord takes of one component: a button, a select, a field of a form. Knows no whole.

https://docs.discord.com/developers/components/reference, read in August 2026, and platform.md 2.3.
Lengths are in code points, as Discord's own servers count them (serenity's constants say so, and
the length in `tests.discord.judge` is of that kind too).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

Json = Mapping[str, Any]

ROW, BUTTON, CHOICE = 1, 2, 3
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = 9, 10, 11, 12, 13, 14
CONTAINER, LABEL, BOXES = 17, 18, 22
# String, user, role, mentionable and channel selects.
SELECTS = {CHOICE, 5, 6, 7, 8}

ID_LIMIT = 100
BUTTON_LIMIT = 80
URL_LIMIT = 512
OPTION_LIMIT = 100
OPTIONS = 25
PLACEHOLDER = 150
FIELD_LIMIT = 4000
FIELD_PLACEHOLDER = 100
LINK = 5


def fault(wrong: object, path: str, what: str) -> Iterator[str]:
    """One fault when something is wrong."""
    if wrong:
        yield f"{path}: {what}"


def length_faults(value: Any, path: str, limit: int) -> Iterator[str]:
    """What is wrong with a text that has to be there."""
    if not isinstance(value, str) or not value.strip():
        yield f"{path}: is blank"
    else:
        yield from fault(len(value) > limit, path, f"is over {limit} characters")


def optional_faults(part: Json, name: str, path: str, limit: int) -> Iterator[str]:
    """What is wrong with a text that may be left out, but not be blank."""
    if part.get(name) is not None:
        yield from length_faults(part[name], f"{path}.{name}", limit)


def halves(value: Any, path: str = "payload") -> Iterator[str]:
    """Every text with half a character in it, which no UTF-8 can carry."""
    if isinstance(value, str):
        yield from fault(any("\ud800" <= c <= "\udfff" for c in value), path, "has half a letter")
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from halves(part, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from halves(part, f"{path}[{number}]")


def repeats(values: Sequence[Any], path: str, what: str) -> Iterator[str]:
    """A fault for each value that occurs more than once; it is not quoted."""
    for count in Counter(map(str, values)).values():
        yield from fault(count > 1, path, f"the same {what} occurs {count} times")


def button_faults(button: Json, path: str) -> Iterator[str]:
    """A button leads to an address or makes an interaction, never both, and says which."""
    style = button.get("style")
    optional = "emoji" in button and button.get("label") is None
    if not optional:
        yield from length_faults(button.get("label"), f"{path}.label", BUTTON_LIMIT)
    if style == LINK:
        yield from fault(button.get("custom_id"), path, "a link has a custom_id")
        yield from address_faults(button.get("url"), f"{path}.url", URL_LIMIT)
    else:
        yield from fault(style not in (1, 2, 3, 4), path, "is of no style that we use")
        yield from fault(button.get("url"), path, "a button that is no link has a url")
        yield from length_faults(button.get("custom_id"), f"{path}.custom_id", ID_LIMIT)


def address_faults(url: Any, path: str, limit: int) -> Iterator[str]:
    """What is wrong with an address that people may follow."""
    if not isinstance(url, str) or any(letter.isspace() for letter in url):
        yield f"{path}: is no address"
        return
    yield from fault(len(url) > limit, path, f"is over {limit} characters")
    try:
        parts = urlsplit(url)
    except ValueError:
        yield f"{path}: is no address"
        return
    fine = parts.scheme in ("http", "https", "discord") and parts.netloc
    yield from fault(not fine, path, "leads who knows where")


def select_faults(select: Json, path: str, *, modal: bool = False) -> Iterator[str]:
    """A select of any kind, in a message or in a form."""
    yield from length_faults(select.get("custom_id"), f"{path}.custom_id", ID_LIMIT)
    yield from optional_faults(select, "placeholder", path, PLACEHOLDER)
    count = OPTIONS
    if select.get("type") == CHOICE:
        options = select.get("options") or []
        count = len(options)
        yield from options_faults(options, path, least=1, most=OPTIONS)
    yield from range_faults(select, path, min(count, OPTIONS), modal=modal)


def range_faults(part: Json, path: str, count: int, *, modal: bool) -> Iterator[str]:
    """How many of `count` options may be taken, and how many are taken already."""
    least, most = part.get("min_values"), part.get("max_values")
    yield from fault(least is not None and not 0 <= least <= count, path, "min_values is no such")
    yield from fault(most is not None and not 1 <= most <= count, path, "max_values is no such")
    if least is not None and most is not None:
        yield from fault(least > most, path, "min_values is over max_values")
    # "min_values must be either omitted or at least 1 if required is omitted or true."
    needs = modal and part.get("required") is not False
    yield from fault(needs and least == 0, path, "is required, and takes nothing")
    taken = sum(bool(option.get("default")) for option in part.get("options") or ())
    taken += len(part.get("default_values") or ())
    limit = most if most is not None else (count if part.get("type") == BOXES else 1)
    yield from fault(taken > limit, path, f"has {taken} defaults, over {limit}")


def options_faults(options: Sequence[Json], path: str, *, least: int, most: int) -> Iterator[str]:
    """The options of a select, a radio group or a group of boxes."""
    fits = least <= len(options) <= most
    yield from fault(not fits, f"{path}.options", f"are {len(options)}, not {least} to {most}")
    for number, option in enumerate(options):
        where = f"{path}.options[{number}]"
        yield from length_faults(option.get("label"), f"{where}.label", OPTION_LIMIT)
        yield from length_faults(option.get("value"), f"{where}.value", OPTION_LIMIT)
        yield from optional_faults(option, "description", where, OPTION_LIMIT)
    yield from repeats([option.get("value") for option in options], f"{path}.options", "value")


def field_faults(field: Json, path: str) -> Iterator[str]:
    """Whatever a label may hold in a form."""
    kind = field.get("type")
    yield from fault(field.get("disabled"), path, "is disabled, in a modal")
    if kind in SELECTS:
        yield from select_faults(field, path, modal=True)
        return
    yield from length_faults(field.get("custom_id"), f"{path}.custom_id", ID_LIMIT)
    match kind:
        case 4:
            yield from _text_faults(field, path)
        case 19:
            yield from range_faults(field, path, 10, modal=True)
        case 21:
            yield from options_faults(field.get("options") or [], path, least=2, most=10)
            yield from range_faults({**field, "max_values": 1}, path, 10, modal=False)
        case 22:
            options = field.get("options") or []
            yield from options_faults(options, path, least=1, most=10)
            yield from range_faults(field, path, len(options), modal=True)
        case 23:
            pass
        case _:
            yield f"{path}: no {kind!r} in a label"


def _text_faults(field: Json, path: str) -> Iterator[str]:
    yield from fault(field.get("style") not in (1, 2), path, "is of no style")
    yield from fault(field.get("label") is not None, path, "has a label beside its Label")
    yield from optional_faults(field, "placeholder", path, FIELD_PLACEHOLDER)
    least, most = field.get("min_length") or 0, field.get("max_length", FIELD_LIMIT)
    if most is None:
        most = FIELD_LIMIT
    yield from fault(not 0 <= least <= FIELD_LIMIT, path, "min_length is not 0 to 4000")
    yield from fault(not 1 <= most <= FIELD_LIMIT, path, "max_length is not 1 to 4000")
    yield from fault(least > most, path, "min_length is over max_length")
    value = field.get("value") or ""
    yield from fault(len(value) > most, path, f"its value is over its {most} characters")
    yield from fault(value and len(value) < least, path, f"its value is under its {least}")
