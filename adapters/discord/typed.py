"""What a person typed behind a slash command or pointed at, out of Discord's interactions. Pure.

https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from adapters.discord import Json
from adapters.discord.options import CHAT_INPUT, CHOICE_LIMIT, LIST_LIMIT, MESSAGE_MENU, SUB_COMMAND
from bot.command import Registry
from bot.dates.days import YEARS
from bot.kinds import KindName
from bot.message import Call, shorten
from bot.readers import URL_LIMIT, clean

# What the client's own picker writes, and with it every style that may stand in a message:
# https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
_STAMP = re.compile(r"\s*<t:([0-9]{1,12})(?::[tTdDfFsSR])?>\s*", re.ASCII)
# In no other answer is a timestamp anything but words.
_TIMES = {KindName.DAY, KindName.INSTANT, KindName.TIME}

# Up to what ends an address in text: `[here](https://…)`, `<https://…>`, `||https://…||`.
_ADDRESS = re.compile(r"https?://(?:(?!\]\()[^\s<>\"`|])+", re.IGNORECASE)
# The parts of a message in which somebody put words for others to read, in the order they stand.
_WORDS = ("content", "title", "description", "value")
_PARTS = ("message_snapshots", "message", "embeds", "fields", "components", "accessory")


def called(data: Json, registry: Registry) -> Call:
    """The call of a slash command's `data`; one without a name when it is of no shape we offer."""
    name, options = _typed(data)
    command = registry.get(name)
    answers: dict[str, str] = {}
    for option in options:
        said = option["name"]
        known = command.option(said) if command else None
        raw = _raw(option["value"])
        answers[said] = stamped(raw) if known and known.kind.name in _TIMES else raw
    return Call(name, answers)


def focused(data: Json) -> tuple[str, str, str, Mapping[str, str]]:
    """What is being typed: the command's name, the option, its text so far, the other answers.

    All of them are empty when nothing is.
    """
    name, options = _typed(data)
    answers = {option["name"]: _raw(option["value"]) for option in options}
    for option in options:
        if option.get("focused") is True:
            return name, option["name"], answers.pop(option["name"]), answers
    return "", "", "", {}


def choices(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    """What may be offered of (label, raw answer) pairs while somebody types: 25 at most.

    One choice that Discord refuses would take all the others with it, so what it cannot hold is
    left out; a raw answer that was cut would be another answer.
    """
    offered: dict[str, str] = {}
    for label, raw in pairs:
        name = shorten(clean(label), CHOICE_LIMIT)
        seen = any(c.isprintable() and c != " " for c in name)
        comes_back = raw == clean(raw) and 0 < len(raw) <= CHOICE_LIMIT
        if seen and comes_back and raw not in offered.values():
            offered.setdefault(name, raw)
        if len(offered) == LIST_LIMIT:
            break
    return [{"name": name, "value": raw} for name, raw in offered.items()]


def menu(data: Json) -> tuple[str, Json]:
    """The name of an entry in a message's menu, and that message; ("", {}) for any other `data`.

    The message is somebody else's: take from it what is asked for, and keep nothing.
    """
    match data:
        case {
            "type": int(kind),
            "name": str(name),
            "target_id": str(target),
            "resolved": {"messages": dict(messages)},
        } if kind == MESSAGE_MENU and isinstance(messages.get(target), dict):
            return name, messages[target]
    return "", {}


def links_of(message: Json) -> list[str]:
    """The web addresses in a message, those that were typed first: each once, as it was written.

    Looks into what was forwarded, embeds and components too; pictures and files are no adverts.
    """
    return list(dict.fromkeys(_links_within(message)))


def stamped(text: str) -> str:
    """A lone timestamp as the ISO 8601 instant in UTC that the core reads; all else as it is.

    Years that nobody means are left to the core, which says why it cannot take them.
    """
    found = _STAMP.fullmatch(text)
    if not found or int(found[1]) >= datetime(YEARS.stop, 1, 1, tzinfo=UTC).timestamp():
        return text
    at = datetime.fromtimestamp(int(found[1]), UTC)
    return at.isoformat() if at.year in YEARS else text


def _links_within(part: Any) -> list[str]:
    if isinstance(part, list):
        return [link for one in part for link in _links_within(one)]
    if not isinstance(part, dict):
        return []
    url = part.get("url")
    found = [url] if isinstance(url, str) and _is_address(url) else []
    for key in _WORDS:
        words = part.get(key)
        found += _links_in(words) if isinstance(words, str) else []
    return found + [link for key in _PARTS for link in _links_within(part.get(key))]


def _links_in(text: str) -> list[str]:
    links = (_ended(found[0], text[: found.start()]) for found in _ADDRESS.finditer(text))
    return [link for link in links if _is_address(link)]


def _ended(link: str, before: str) -> str:
    """The address without the punctuation of the sentence that it stands in."""
    while link:
        opening = {")": "(", "]": "[", "}": "{"}.get(link[-1], "")
        unopened = bool(opening) and link.count(link[-1]) > link.count(opening)
        # _https://…_ is an address in italics; without the first line it may be part of one.
        slanted = link[-1] == "_" and before.endswith("_")
        if not (unopened or slanted or link[-1] in ".,:;!?'*~…"):
            break
        link = link[:-1]
    return link


def _is_address(text: str) -> bool:
    """Whether it is what the core takes as a link."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(host)
        and "@" not in parts.netloc
        and len(text) <= URL_LIMIT
        and not re.search(r"[\s\"<>]", text)
    )


def _typed(data: Json) -> tuple[str, list[Json]]:
    """The command's name and its options; ("", []) when they are of no shape we offer."""
    match data:
        case {
            "type": int(kind),
            "name": str(group),
            "options": [{"type": int(sub), "name": str(word), **rest}],
        } if kind == CHAT_INPUT and sub == SUB_COMMAND:
            options = rest.get("options") or []
            if isinstance(options, list) and all(map(_answered, options)):
                return f"{group} {word}", options
    return "", []


def _answered(option: Any) -> bool:
    return (
        isinstance(option, dict)
        and isinstance(option.get("name"), str)
        and isinstance(option.get("value"), str | int | float)
    )


def _raw(value: str | float) -> str:
    """An option's value as a person would have typed it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
