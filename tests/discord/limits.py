"""A judge of what we give to Discord: messages, modals, answers. Knows none of our code.

Every `..._problems` says what is wrong, each with the path to it and without quoting a text;
nothing when all is well. The rules are those of docs.discord.com, read in August 2026, and of
platform.md 2.2, 2.3, 2.6 and 2.9. Commands are in `tests.discord.declared`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.discord.declared import choices_problems, command_problems
from tests.discord.elements import (
    BUTTON,
    CONTAINER,
    FILE,
    GALLERY,
    ID_LIMIT,
    LABEL,
    ROW,
    SECTION,
    SELECTS,
    SEPARATOR,
    TEXT,
    THUMBNAIL,
    address_faults,
    button_faults,
    fault,
    field_faults,
    halves,
    length_faults,
    optional_faults,
    repeats,
    select_faults,
)

__all__ = [
    "EPHEMERAL", "SILENT", "SUPPRESS_EMBEDS", "V2", "choices_problems", "command_problems",
    "message_problems", "modal_problems", "response_problems",
]  # fmt: skip

Json = Mapping[str, Any]

SUPPRESS_EMBEDS, EPHEMERAL, SILENT, V2 = 1 << 2, 1 << 6, 1 << 12, 1 << 15
# Interactions, and the answers to them.
COMMAND, COMPONENT, TYPING, SUBMIT = 2, 3, 4, 5
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, COMPLETION, MODAL = 4, 5, 6, 7, 8, 9
COMPONENTS = 40
CHARACTERS = 4000
CONTENT = 2000
NONCE = 25
ATTACHMENTS = 10
ALT_LIMIT = 1024
TITLE = 45
FIELDS = 5
LABEL_TEXT = 45
HINT = 100
_INSIDE = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR}


def message_problems(payload: Json, *, to_channel: bool = False) -> list[str]:
    """What is wrong with a message that is sent, edited or given as an answer.

    `to_channel`: it is new, and sent to a channel, where Discord takes a nonce and refuses to send
    the same twice (docs: "enforce_nonce"); anywhere else there is none.
    """
    faults = list(halves(payload))
    flags = payload.get("flags") or 0
    known = SUPPRESS_EMBEDS | EPHEMERAL | SILENT | V2
    faults += fault(flags & ~known, "flags", "hold one that we have no use for")
    faults += fault(to_channel and flags & EPHEMERAL, "flags", "are ephemeral in a channel")
    faults += _mention_faults(payload.get("allowed_mentions"))
    components = payload.get("components") or []
    if flags & V2:
        for name in ("content", "embeds", "sticker_ids", "stickers", "poll"):
            faults += fault(payload.get(name), name, "cannot stand beside components of V2")
        faults += fault(not components, "components", "are none, so nothing is said")
    else:
        # A plain sentence is the one message without components that we have a use for.
        faults += length_faults(payload.get("content"), "content", CONTENT)
        new = {part.get("type") for part in components} - {ROW}
        faults += fault(new, "flags", "do not say that the components are of V2")
        faults += fault(len(components) > 5, "components", "are over 5 rows")
    faults += _components_faults(components)
    faults += _attachment_faults(payload)
    nonce = payload.get("nonce")
    if to_channel:
        short = isinstance(nonce, str) and 1 <= len(nonce) <= NONCE
        faults += fault(not short, "nonce", f"has not 1 to {NONCE} characters")
        faults += fault(payload.get("enforce_nonce") is not True, "enforce_nonce", "is not true")
    else:
        faults += fault("nonce" in payload, "nonce", "is only for a new message in a channel")
    return faults


def modal_problems(data: Json) -> list[str]:
    """What is wrong with a form: its title, its one to five labels, and the field in each."""
    faults = list(halves(data))
    faults += length_faults(data.get("title"), "title", TITLE)
    faults += length_faults(data.get("custom_id"), "custom_id", ID_LIMIT)
    parts = data.get("components") or []
    fits = 1 <= len(parts) <= FIELDS
    faults += fault(not fits, "components", f"are {len(parts)}, not 1 to {FIELDS}")
    for number, part in enumerate(parts):
        path = f"components[{number}]"
        if part.get("type") == TEXT:
            faults += length_faults(part.get("content"), f"{path}.content", CHARACTERS)
        elif part.get("type") == LABEL:
            faults += length_faults(part.get("label"), f"{path}.label", LABEL_TEXT)
            faults += optional_faults(part, "description", path, HINT)
            faults += field_faults(part.get("component") or {}, f"{path}.component")
        else:
            faults.append(f"{path}: no {part.get('type')!r} in a modal")
    inside = [part["component"] for part in parts if part.get("component")]
    faults += fault(not inside, "components", "ask nothing")
    faults += repeats([part.get("custom_id") for part in inside], "components", "custom_id")
    faults += repeats([each["id"] for each in _all(parts) if each.get("id")], "components", "id")
    return faults


def response_problems(
    type: int, data: Json | None, *, to: int = COMMAND, dm: bool = False
) -> list[str]:
    """What is wrong with the first answer to an interaction of type `to`.

    Types are Discord's numbers: to a command (2), a component (3), typing (4) or a submitted modal
    (5), with a message (4), a delay (5, 6), an update (7), choices (8) or a modal (9). Outside of a
    DM with us, whatever is said is for one person alone.
    """
    data = data or {}
    flags = data.get("flags") or 0
    faults = list(
        fault((type == COMPLETION) != (to == TYPING), "type", "typing is answered with choices")
    )
    if not dm and type in (MESSAGE, DEFER):
        faults += fault(not flags & EPHEMERAL, "flags", "show to everybody what is personal")
    match type:
        case 4 | 7:
            faults += message_problems(data)
        case 5:
            faults += fault(flags & ~EPHEMERAL, "flags", "of a delay hold more than EPHEMERAL")
            faults += fault(data.keys() - {"flags"}, "data", "of a delay says something")
        case 6:
            faults += fault(data, "data", "of a silent delay says something")
        case 8:
            faults += choices_problems(data.get("choices") or [])
        case 9:
            faults += modal_problems(data)
            faults += fault(to == SUBMIT, "type", "a modal answers a submitted modal")
        case _:
            faults.append("type: is no answer of ours")
    if type in (DEFER_UPDATE, UPDATE):
        fits = to in (COMPONENT, SUBMIT)
        faults += fault(not fits, "type", "updates a message where there is none")
    return faults


def _mention_faults(allowed: Any) -> Iterator[str]:
    """Nobody is ever pinged: what a message says may have been typed by anybody."""
    if not isinstance(allowed, Mapping) or allowed.get("parse") != []:
        yield "allowed_mentions: parse is not an empty list"
        return
    for name in ("users", "roles", "replied_user"):
        yield from fault(allowed.get(name), f"allowed_mentions.{name}", "pings somebody")


def _all(parts: Sequence[Json]) -> Iterator[Json]:
    """Every component, those inside of others included, in reading order."""
    for part in parts:
        yield part
        yield from _all(part.get("components") or ())
        for name in ("accessory", "component"):
            if part.get(name):
                yield from _all([part[name]])


def _components_faults(components: Sequence[Json]) -> Iterator[str]:
    every = list(_all(components))
    many = len(every)
    yield from fault(many > COMPONENTS, "components", f"are {many}, over {COMPONENTS}")
    size = sum(len(str(part.get("content", ""))) for part in every if part.get("type") == TEXT)
    yield from fault(size > CHARACTERS, "components", f"show {size} characters, over {CHARACTERS}")
    ids = [part["custom_id"] for part in every if part.get("custom_id") is not None]
    yield from repeats(ids, "components", "custom_id")
    yield from repeats([part["id"] for part in every if part.get("id")], "components", "id")
    for number, part in enumerate(components):
        yield from _part_faults(part, f"components[{number}]", _INSIDE | {CONTAINER})


def _part_faults(part: Json, path: str, taken: set[int]) -> Iterator[str]:
    kind = part.get("type")
    if kind not in taken:
        yield f"{path}: no {kind!r} here"
        return
    inside = part.get("components") or []
    if kind == CONTAINER:
        yield from fault(not inside, path, "is empty")
        for number, each in enumerate(inside):
            yield from _part_faults(each, f"{path}.components[{number}]", _INSIDE)
    elif kind == TEXT:
        yield from length_faults(part.get("content"), f"{path}.content", CHARACTERS)
    elif kind == ROW:
        yield from _row_faults(inside, path)
    elif kind == SECTION:
        yield from _section_faults(part, inside, path)
    elif kind == GALLERY:
        items = part.get("items") or []
        yield from fault(not 1 <= len(items) <= 10, f"{path}.items", "are not 1 to 10")
        for number, item in enumerate(items):
            yield from _media_faults(item, f"{path}.items[{number}]")
    elif kind == FILE:
        local = str((part.get("file") or {}).get("url")).startswith("attachment://")
        yield from fault(not local, f"{path}.file", "is no attachment of the message")


def _row_faults(inside: Sequence[Json], path: str) -> Iterator[str]:
    kinds = [each.get("type") for each in inside]
    one = len(kinds) == 1 and kinds[0] in SELECTS
    some = 1 <= len(kinds) <= 5 and set(kinds) == {BUTTON}
    yield from fault(not one and not some, path, "is neither one select nor 1 to 5 buttons")
    for number, each in enumerate(inside):
        where = f"{path}.components[{number}]"
        if each.get("type") == BUTTON:
            yield from button_faults(each, where)
        elif each.get("type") in SELECTS:
            yield from select_faults(each, where)


def _section_faults(part: Json, inside: Sequence[Json], path: str) -> Iterator[str]:
    yield from fault(not 1 <= len(inside) <= 3, path, f"has {len(inside)} texts, not 1 to 3")
    for number, each in enumerate(inside):
        yield from _part_faults(each, f"{path}.components[{number}]", {TEXT})
    beside = part.get("accessory") or {}
    where = f"{path}.accessory"
    if beside.get("type") == BUTTON:
        yield from button_faults(beside, where)
    elif beside.get("type") == THUMBNAIL:
        yield from _media_faults(beside, where)
    else:
        yield f"{where}: is neither a button nor a picture"


def _media_faults(item: Json, path: str) -> Iterator[str]:
    """A picture is one of our attachments or lies on the web, and says what it shows."""
    yield from length_faults(item.get("description"), f"{path}.description", ALT_LIMIT)
    url = (item.get("media") or {}).get("url")
    if not str(url).startswith("attachment://"):
        yield from address_faults(url, f"{path}.media.url", 2048)


def _attachment_faults(payload: Json) -> Iterator[str]:
    """What components name was sent along; and under V2 what was sent is shown by one of them."""
    attached = payload.get("attachments") or []
    yield from fault(len(attached) > ATTACHMENTS, "attachments", f"are over {ATTACHMENTS}")
    names = {str(each.get("filename")) for each in attached}
    shown = {
        str(item["url"]).removeprefix("attachment://")
        for part in _all(payload.get("components") or ())
        for item in (
            part.get("file"), part.get("media"), *(i.get("media") for i in part.get("items") or ())
        )
        if item and str(item.get("url")).startswith("attachment://")
    }  # fmt: skip
    yield from fault(shown - names, "attachments", "lack one that a component shows")
    if (payload.get("flags") or 0) & V2:
        yield from fault(names - shown, "attachments", "hold one that no component shows")
    yield from repeats([each.get("filename") for each in attached], "attachments", "name")
