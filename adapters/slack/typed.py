"""What a person typed behind a slash command, out of what Slack makes of it. Pure.

With `should_escape` Slack turns mentions, channels and addresses into `<...|shown>` and escapes
`&`, `<` and `>` (https://docs.slack.dev/interactivity/implementing-slash-commands/).
"""

import re
from typing import Any

from adapters.slack import Json

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_BARE = re.compile(r"https?://[^\s<>|]+")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))


def as_typed(text: str) -> str:
    """The words as they stood in the person's message box."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], _MARK.sub(_shown, text)).strip()


def links_in(text: str) -> list[str]:
    """The web addresses in a message's text, in order."""
    marked = [found[1] for found in _MARK.finditer(text) if found[1].startswith("http")]
    return [_ENTITY.sub(lambda found: _ENTITIES[found[0]], link) for link in marked]


def links_of(message: Json) -> list[str]:
    """The web addresses in a message, wherever Slack keeps them: text, blocks, attachments."""
    found = links_in(str(message.get("text") or ""))
    for part in ("blocks", "attachments"):
        found += _links_within(message.get(part))
    return list(dict.fromkeys(found))


def _links_within(part: Any) -> list[str]:
    if isinstance(part, list):
        return [link for one in part for link in _links_within(one)]
    if not isinstance(part, dict):
        return []
    found = []
    for name, value in part.items():
        if name in ("url", "title_link", "from_url", "original_url") and isinstance(value, str):
            found += [value] if value.startswith(("http://", "https://")) else []
        elif name in ("text", "fallback", "pretext") and isinstance(value, str):
            # A code block keeps an address as plain words.
            found += links_in(value) or _BARE.findall(value)
        else:
            found += _links_within(value)
    return found


def _shown(found: re.Match[str]) -> str:
    target, shown = found[1], found[2]
    if target.startswith(("http:", "https:")):
        return target
    if target.startswith("mailto:"):
        return shown or target.removeprefix("mailto:")
    if target.startswith("@"):
        return shown or target
    if target.startswith("#"):
        return f"#{shown}" if shown else target
    return f"@{shown or target.strip('!')}" if target.startswith("!") else found[0]
