"""What a person sees of Block Kit: text, labels, links. Knows blocks as JSON; no state, no network.

Dates are read by their fallback. Marks of mrkdwn stay; its entities and links are resolved.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_ANGLE = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


@dataclass(frozen=True)
class Pressable:
    """A thing to press: a button, or one option of an overflow menu or of a select."""

    label: str
    about: str
    block_id: str
    element: Json
    option: Json | None = None

    @property
    def action_id(self) -> str:
        """The id that the app gave it."""
        return str(self.element.get("action_id", ""))


def shown(blocks: Iterable[Json]) -> str:
    """The text of blocks in reading order, a line for each; buttons are not part of it."""
    return "\n".join(line for block in blocks for line in _lines(block) if line)


def pressables(blocks: Iterable[Json]) -> list[Pressable]:
    """Everything that reacts at once: buttons, overflow options, selects outside of inputs."""
    return [thing for block in blocks for thing in _pressables(block)]


def labels(blocks: Iterable[Json]) -> list[str]:
    """The visible labels of the buttons and menu options, in order."""
    return [thing.label for thing in pressables(blocks)]


def links(blocks: Iterable[Json]) -> list[str]:
    """The addresses that the blocks lead to, in order."""
    return [url for block in blocks for url in _links(block)]


def mrkdwn(text: str) -> str:
    """A mrkdwn text as a person reads it: labels for links, fallbacks for dates."""
    return html.unescape(_ANGLE.sub(_resolve, text))


def _resolve(match: re.Match[str]) -> str:
    target, label = match.group(1), match.group(2)
    if label is not None:
        return label
    return target if "://" in target or target.startswith("mailto:") else f"@{target.lstrip('@!#')}"


def plain(text: Json | str | None) -> str:
    """A text object (plain_text or mrkdwn) as a person reads it."""
    if not text:
        return ""
    if isinstance(text, str):
        return mrkdwn(text)
    value = str(text.get("text", ""))
    return mrkdwn(value) if text.get("type") == "mrkdwn" else value


def _lines(block: Json) -> Iterator[str]:
    kind = block.get("type")
    if kind in {"section", "header"}:
        yield plain(block.get("text"))
        yield from (plain(field) for field in block.get("fields", ()))
        accessory = block.get("accessory") or {}
        if accessory.get("type") == "image":
            yield str(accessory.get("alt_text", ""))
    elif kind == "context":
        yield " ".join(
            plain(e) if "text" in e else str(e.get("alt_text", ""))
            for e in block.get("elements", ())
        )
    elif kind == "rich_text":
        yield from _rich(block)
    elif kind == "markdown":
        yield str(block.get("text", ""))
    elif kind == "image":
        yield " ".join(filter(None, (plain(block.get("title")), str(block.get("alt_text", "")))))
    elif kind == "alert":
        yield plain(block.get("text"))
    elif kind == "table":
        yield from (" | ".join(_cell(cell) for cell in row) for row in block.get("rows", ()))
    elif kind == "input":
        yield plain(block.get("label"))
        yield plain(block.get("hint"))


def _cell(cell: Json) -> str:
    return " ".join(_rich(cell)) if cell.get("type") == "rich_text" else str(cell.get("text", ""))


def _rich(block: Json) -> Iterator[str]:
    for part in block.get("elements", ()):
        if part.get("type") == "rich_text_list":
            marks = part.get("style") == "ordered"
            for place, item in enumerate(part.get("elements", ()), start=part.get("offset", 0) + 1):
                mark = f"{place}. " if marks else "• "
                yield "  " * part.get("indent", 0) + mark + _run(item.get("elements", ()))
        else:
            yield _run(part.get("elements", ()))


def _run(elements: Iterable[Json]) -> str:
    return "".join(map(_element, elements))


def _element(element: Json) -> str:
    kind = element.get("type")
    if kind == "text":
        return str(element.get("text", ""))
    if kind == "link":
        return str(element.get("text") or element.get("url", ""))
    if kind == "date":
        return str(element.get("fallback") or element.get("timestamp", ""))
    if kind == "emoji":
        return f":{element.get('name', '')}:"
    if kind == "broadcast":
        return f"@{element.get('range', '')}"
    target = next((str(v) for k, v in element.items() if k.endswith("_id")), "")
    return f"@{target}"


def _pressables(block: Json) -> Iterator[Pressable]:
    if block.get("type") == "actions":
        elements = block.get("elements", ())
    elif block.get("type") == "section" and block.get("accessory"):
        elements = (block["accessory"],)
    elif block.get("type") in {"context_actions", "card"}:
        elements = (*block.get("elements", ()), *block.get("actions", ()))
    else:
        elements = ()
    block_id = str(block.get("block_id", ""))
    for element in elements:
        if element.get("type") == "button":
            about = str(element.get("accessibility_label", ""))
            yield Pressable(plain(element.get("text")), about, block_id, element)
        elif element.get("type") in {"overflow", "static_select", "radio_buttons"}:
            for option in options_of(element):
                yield Pressable(plain(option.get("text")), "", block_id, element, option)


def options_of(element: Json) -> list[Json]:
    """The options of a select, with those of its groups."""
    grouped = (o for group in element.get("option_groups") or () for o in group.get("options", ()))
    return [*(element.get("options") or ()), *grouped]


def _links(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _links(each)
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            targets = (found.group(1) for found in _ANGLE.finditer(str(value.get("text", ""))))
            yield from (target for target in targets if ":" in target)
        elif value.get("url") and value.get("type") in {"link", "button"}:
            yield str(value["url"])
        else:
            for each in value.values():
                yield from _links(each)
