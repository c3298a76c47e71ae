"""A judge of what we give to Slack. Knows Slack's rules and nothing of how our payloads are made.

Every `judge_...` returns what is wrong, each with the path to it; nothing when all is well. The
rules are those of docs.slack.dev (block-kit, views, chat.postMessage) and of
shared/reference/platform.md 1.3 to 1.7. Lengths are counted in UTF-16 units, the strictest of the
ways in which Slack may count.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.slack.elements import (
    ACTION_ELEMENTS,
    INPUT_ELEMENTS,
    SECTION_ACCESSORIES,
    element_faults,
    image_faults,
)
from tests.slack.texts import fault, rich_text_faults, text_faults, units, unsendable

Json = Mapping[str, Any]

BLOCKS = {"message": 50, "modal": 100, "home": 100}
EVERYWHERE = {"header", "section", "rich_text", "context", "divider", "actions", "image"}
TYPES = {
    "message": EVERYWHERE,
    "modal": EVERYWHERE | {"input"},
    "home": EVERYWHERE | {"input"},
}
ID_LIMIT = 255
TITLE_LIMIT = 24
METADATA_LIMIT = 3000
VIEW_BYTES = 250 * 1024
TEXT_LIMIT = 4000
# Undocumented (slackapi/bolt-js issues 2509 and 2867): messages whose texts add up to about 12,000
# characters come back as `msg_blocks_too_long`, one with 11,341 among them.
MESSAGE_CHARACTERS = 11_000

COMMON = {"type", "block_id"}
FIELDS = {
    "header": {"text"},
    "section": {"text", "fields", "accessory", "expand"},
    "rich_text": {"elements"},
    "context": {"elements"},
    "divider": set[str](),
    "actions": {"elements"},
    "image": {"image_url", "alt_text", "title", "slack_file"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
}
VIEW_FIELDS = {
    "modal": {
        "type", "title", "blocks", "close", "submit", "private_metadata", "callback_id",
        "clear_on_close", "notify_on_close", "external_id", "submit_disabled",
    },
    "home": {"type", "blocks", "private_metadata", "callback_id", "external_id"},
}  # fmt: skip


def judge_message(payload: Json) -> list[str]:
    """What is wrong with the arguments of chat.postMessage, or of a `response_url`.

    A payload with a channel and no `ts` is a new message, whose links must not unfurl.
    """
    faults = list(unsendable(payload))
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        faults.append("text: says nothing to notifications and screen readers")
    else:
        faults += fallback_faults(text)
    if payload.get("channel") and not payload.get("ts"):
        for flag in ("unfurl_links", "unfurl_media"):
            faults += fault(payload.get(flag) is not False, flag, "is not switched off")
    faults += fault(payload.get("parse", "none") != "none", "parse", "turns words into links")
    faults += fault(payload.get("link_names"), "link_names", "turns words into mentions")
    faults += fault("attachments" in payload, "attachments", "are legacy")
    if "blocks" in payload:
        faults += judge_blocks(payload["blocks"], "message")
    return faults


def fallback_faults(text: str) -> Iterator[str]:
    """What is wrong with a top-level text: too long, or anything that Slack would expand."""
    yield from fault(units(text) > TEXT_LIMIT, "text", f"is over {TEXT_LIMIT} characters")
    yield from fault(re.search("[<>]", text), "text", "holds a bare < or >")
    yield from fault(re.search("&(?!(amp|lt|gt);)", text), "text", "holds a bare &")


def judge_view(view: Json) -> list[str]:
    """What is wrong with a modal or a Home view."""
    kind = view.get("type")
    if kind not in VIEW_FIELDS:
        return [f"type: no view is a {kind!r}"]
    faults = list(unsendable(view))
    unknown = set(view) - VIEW_FIELDS[kind]
    faults += fault(unknown, "view", f"has no such field in a {kind}: {sorted(unknown)}")
    if kind == "modal":
        faults += fault("title" not in view, "title", "is missing")
        for name in ("title", "submit", "close"):
            if name in view:
                faults += text_faults(view[name], name, TITLE_LIMIT, plain=True)
    for name, limit in (
        ("private_metadata", METADATA_LIMIT), ("callback_id", ID_LIMIT), ("external_id", ID_LIMIT)
    ):  # fmt: skip
        value = view.get(name, "")
        faults += fault(not isinstance(value, str), name, "is not text")
        faults += fault(units(str(value)) > limit, name, f"is over {limit} characters")
    blocks = view.get("blocks", [])
    faults += judge_blocks(blocks, kind)
    inputs = any(block.get("type") == "input" for block in blocks)
    needs = kind == "modal" and inputs and "submit" not in view
    faults += fault(needs, "submit", "is missing beside an input")
    size = len(json.dumps(view).encode())
    faults += fault(size > VIEW_BYTES, "view", f"has {size} bytes")
    return faults


def judge_errors(errors: Mapping[str, str], view: Json) -> list[str]:
    """What is wrong with the errors that answer the submission of a view."""
    inputs = {b.get("block_id") for b in view.get("blocks", []) if b.get("type") == "input"}
    faults = list(fault(not errors, "errors", "are empty"))
    for name, words in errors.items():
        faults += fault(name not in inputs, f"errors.{name}", "is no input of the view")
        faults += fault(not str(words).strip(), f"errors.{name}", "says nothing")
    return faults


def judge_blocks(blocks: Sequence[Json], surface: str) -> list[str]:
    """What is wrong with some blocks on a "message", "modal" or "home"."""
    faults = list(fault(not blocks, "blocks", "are empty"))
    most = BLOCKS[surface]
    faults += fault(len(blocks) > most, "blocks", f"are {len(blocks)}, over {most}")
    for number, block in enumerate(blocks):
        faults += _block_faults(block, f"blocks[{number}]", surface)
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    faults += _repeats(ids, "block_id")
    faults += _repeats(Counter(e["action_id"] for e in _controls(blocks)), "action_id")
    faults += _unlike(blocks)
    faults += unsendable(blocks)
    if surface == "message":
        weight = weigh(blocks)
        faults += fault(weight > MESSAGE_CHARACTERS, "blocks", f"hold {weight} characters")
    return faults


def weigh(value: Any) -> int:
    """How many characters some blocks show or lead to, in UTF-16 units."""
    if isinstance(value, Mapping):
        shown = ("text", "url", "fallback", "alt_text")
        own = sum(units(value[k]) for k in shown if isinstance(value.get(k), str))
        return own + sum(weigh(v) for v in value.values())
    if isinstance(value, list | tuple):
        return sum(map(weigh, value))
    return 0


def _block_faults(block: Json, path: str, surface: str) -> Iterator[str]:
    kind = block.get("type")
    if kind not in TYPES[surface]:
        yield f"{path}: no {kind!r} on a {surface}"
        return
    unknown = set(block) - COMMON - FIELDS[kind]
    yield from fault(unknown, path, f"a {kind} has no {sorted(unknown)}")
    if "block_id" in block:
        fits = isinstance(block["block_id"], str) and 0 < units(block["block_id"]) <= ID_LIMIT
        yield from fault(not fits, f"{path}.block_id", f"has not 1 to {ID_LIMIT} characters")
    match kind:
        case "header":
            yield from text_faults(block.get("text"), f"{path}.text", 150, plain=True)
        case "section":
            yield from _section_faults(block, path)
        case "rich_text":
            yield from rich_text_faults(block, path)
        case "context":
            yield from _several(block, path, 10)
            for number, element in enumerate(block.get("elements", [])):
                where = f"{path}.elements[{number}]"
                if element.get("type") == "image":
                    yield from image_faults(element, where)
                else:
                    yield from text_faults(element, where, 3000)
        case "actions":
            yield from _several(block, path, 25)
            for number, element in enumerate(block.get("elements", [])):
                where = f"{path}.elements[{number}]"
                yield from element_faults(element, where, ACTION_ELEMENTS)
        case "image":
            yield from image_faults(block, path)
        case "input":
            yield from _input_faults(block, path)
        case _:
            pass


def _section_faults(block: Json, path: str) -> Iterator[str]:
    fields = block.get("fields", [])
    yield from fault("text" not in block and not fields, path, "has neither text nor fields")
    yield from fault(len(fields) > 10, f"{path}.fields", "are over 10")
    if "text" in block:
        yield from text_faults(block["text"], f"{path}.text", 3000)
    for number, field in enumerate(fields):
        yield from text_faults(field, f"{path}.fields[{number}]", 2000)
    if "accessory" in block:
        where = f"{path}.accessory"
        yield from element_faults(block["accessory"], where, SECTION_ACCESSORIES)


def _input_faults(block: Json, path: str) -> Iterator[str]:
    yield from text_faults(block.get("label"), f"{path}.label", 2000, plain=True)
    if "hint" in block:
        yield from text_faults(block["hint"], f"{path}.hint", 2000, plain=True)
    yield from fault("block_id" not in block, path, "has no block_id for its errors")
    yield from element_faults(block.get("element") or {}, f"{path}.element", INPUT_ELEMENTS)


def _several(block: Json, path: str, most: int) -> Iterator[str]:
    count = len(block.get("elements", []))
    yield from fault(not 1 <= count <= most, f"{path}.elements", f"are {count}, not 1 to {most}")


def _controls(blocks: Iterable[Json]) -> Iterator[Json]:
    """Every element that has an action_id, in reading order."""
    for block in blocks:
        for element in (
            *(block.get("elements", []) if block.get("type") == "actions" else ()),
            *([block["accessory"]] if "accessory" in block else ()),
            *([block["element"]] if "element" in block else ()),
        ):
            # Inputs are told apart by their blocks, and may share an action_id.
            if "action_id" in element and block.get("type") != "input":
                yield element


def _repeats(counted: Counter[str], what: str) -> Iterator[str]:
    for value, count in counted.items():
        yield from fault(count > 1, "blocks", f"{what} {value!r} occurs {count} times")


def _unlike(blocks: Sequence[Json]) -> Iterator[str]:
    """Buttons that look alike must sound different to a screen reader."""
    spoken: defaultdict[str, list[str]] = defaultdict(list)
    for element in _controls(blocks):
        if element.get("type") == "button":
            label = element.get("text", {}).get("text", "")
            spoken[label].append(element.get("accessibility_label", label))
    for label, names in spoken.items():
        yield from fault(
            len(names) > len(set(names)), "blocks", f"{label!r} sounds the same on two buttons"
        )
