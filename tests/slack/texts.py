"""The judge's rules for text, plain, marked up and rich. Knows nothing of blocks and views."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

Json = Mapping[str, Any]

URL_LIMIT = 3000
# Control characters; the line feed and the tab are text. What nobody reads may hold them.
UNSEEN = {"action_id", "value", "private_metadata"}
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
DATE = re.compile(r"<!date\^\d+\^[^^<>|]*\{[a-z_]+\}[^^<>|]*\|[^<>|]+>")
DATE_TOKENS = {
    "{date_num}", "{date}", "{date_short}", "{date_long}", "{date_pretty}", "{date_short_pretty}",
    "{date_long_pretty}", "{time}", "{time_secs}", "{ago}",
}  # fmt: skip
# Named for the date element alone, not for mrkdwn.
RICH_DATE_TOKENS = {*DATE_TOKENS, "{day_divider_pretty}", "{date_slash}", "{date_long_full}"}
NESTED = {
    "rich_text": {
        "rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"
    },
    "rich_text_list": {"rich_text_section"},
    "rich_text_section": {"text", "link", "user", "date", "emoji"},
    "rich_text_quote": {"text", "link", "user", "date", "emoji"},
    "rich_text_preformatted": {"text", "link"},
}  # fmt: skip
RICH_FIELDS = {
    "rich_text_section": {"elements"},
    "rich_text_list": {"elements", "style", "indent", "offset", "border"},
    "rich_text_preformatted": {"elements", "border", "language"},
    "rich_text_quote": {"elements", "border"},
    "text": {"text", "style"},
    "link": {"url", "text", "style", "unsafe"},
    "user": {"user_id", "style"},
    "date": {"timestamp", "format", "fallback", "url", "style"},
    "emoji": {"name", "unicode", "style"},
}
STYLES = {"bold", "italic", "strike", "code", "underline"}


def fault(wrong: object, path: str, what: str) -> Iterator[str]:
    """One fault when something is wrong."""
    if wrong:
        yield f"{path}: {what}"


def units(text: str) -> int:
    """A text's length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def unsendable(value: Any, path: str = "", name: str = "") -> Iterator[str]:
    """Every string that is not valid Unicode, or has control characters."""
    if isinstance(value, str):
        halves = any("\ud800" <= c <= "\udfff" for c in value)
        yield from fault(halves, path, "holds half a character")
        seen = name not in UNSEEN
        yield from fault(seen and CONTROLS.search(value), path, "holds a control character")
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from unsendable(part, f"{path}.{name}", str(name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from unsendable(part, f"{path}[{number}]")


def text_faults(value: Any, path: str, limit: int, *, plain: bool = False) -> Iterator[str]:
    """What is wrong with a text object; `plain` where Slack takes no mrkdwn."""
    if not isinstance(value, Mapping):
        yield f"{path}: is no text object"
        return
    kind, text = value.get("type"), value.get("text")
    if not isinstance(text, str) or not text.strip():
        yield f"{path}: is blank"
        return
    yield from fault(units(text) > limit, path, f"is over {limit} characters")
    match kind:
        case "plain_text":
            yield from fault(set(value) - {"type", "text", "emoji"}, path, "has unknown fields")
            yield from fault(value.get("emoji") is not False, path, "turns words into emoji")
        case "mrkdwn" if not plain:
            yield from fault(set(value) - {"type", "text", "verbatim"}, path, "has unknown fields")
            yield from fault(value.get("verbatim") is not True, path, "turns words into links")
            yield from _markup_faults(text, path)
        case _:
            yield f"{path}: a {kind!r} is not taken here"


def _markup_faults(text: str, path: str) -> Iterator[str]:
    """Only dates may be expanded; whatever else has brackets came from outside."""
    rest = DATE.sub("", text)
    yield from fault(re.search("[<>]", rest), path, "holds a bare < or >")
    yield from fault(re.search("&(?!(amp|lt|gt);)", rest), path, "holds a bare &")
    for date in DATE.findall(text):
        tokens = set(re.findall(r"\{[^}]*\}", date))
        yield from fault(tokens - DATE_TOKENS, path, f"has unknown tokens: {date}")


def url_faults(url: Any, path: str) -> Iterator[str]:
    """What is wrong with an address that people may follow."""
    if not isinstance(url, str) or not url.isascii() or re.search(r"""[\s<>"\\^`{|}]""", url):
        yield f"{path}: is no address"
        return
    yield from fault(units(url) > URL_LIMIT, path, f"is over {URL_LIMIT} characters")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        yield f"{path}: is no address"
        return
    if parts.scheme == "mailto":
        yield from fault("@" not in parts.path, path, "names nobody")
    else:
        yield from fault(parts.scheme not in ("http", "https"), path, "leads who knows where")
        yield from fault(not host, path, "has no host")
        yield from fault("@" in parts.netloc, path, "carries a name that looks like a host")


def rich_text_faults(node: Json, path: str, inside: str = "") -> Iterator[str]:
    """What is wrong with a rich_text block, or with what is nested in one."""
    kind = str(node.get("type"))
    if inside and kind not in NESTED.get(inside, ()):
        yield f"{path}: no {kind!r} in a {inside}"
        return
    if inside:
        unknown = set(node) - {"type"} - RICH_FIELDS[kind]
        yield from fault(unknown, path, f"a {kind} has no {sorted(unknown)}")
    if kind in NESTED:
        elements = node.get("elements")
        if not isinstance(elements, list) or not elements:
            yield f"{path}: has no elements"
            return
        bullet = kind != "rich_text_list" or node.get("style") in ("bullet", "ordered")
        yield from fault(not bullet, path, "is a list without a style")
        for number, element in enumerate(elements):
            yield from rich_text_faults(element, f"{path}.elements[{number}]", kind)
        said = any(e["type"] != "text" or e["text"].strip() for e in _leaves(node))
        yield from fault(not said, path, "is blank")
    else:
        yield from _leaf_faults(node, path, kind)


def _leaves(node: Json) -> Iterator[Json]:
    if "elements" not in node:
        yield node
    for element in node.get("elements", []):
        yield from _leaves(element)


def _leaf_faults(node: Json, path: str, kind: str) -> Iterator[str]:
    if kind != "rich_text_list" and "style" in node:
        style = node["style"]
        fine = isinstance(style, Mapping) and style and set(style) <= STYLES
        yield from fault(not fine, f"{path}.style", "is no style")
    match kind:
        case "text":
            text = node.get("text")
            yield from fault(not isinstance(text, str) or not text, path, "is empty")
            yield from fault(units(str(text)) > 3000, path, "is over 3000 characters")
        case "link":
            yield from url_faults(node.get("url"), f"{path}.url")
            yield from fault("text" in node and not node["text"], path, "is empty")
        case "user":
            person = re.fullmatch(r"[UW][A-Z0-9]+", str(node.get("user_id")))
            yield from fault(not person, path, "is nobody")
        case "date":
            yield from fault(not isinstance(node.get("timestamp"), int), path, "has no instant")
            tokens = set(re.findall(r"\{[^}]*\}", str(node.get("format", ""))))
            yield from fault(not tokens or tokens - RICH_DATE_TOKENS, path, "has no such format")
            yield from fault(not node.get("fallback"), path, "has no fallback")
        case _:
            pass
