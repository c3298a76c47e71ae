"""What a person typed behind a slash command, out of what Slack makes of it. Pure.

With `should_escape` Slack turns mentions, channels and addresses into `<...|shown>` and escapes
`&`, `<` and `>` (https://docs.slack.dev/interactivity/implementing-slash-commands/).
"""

import re

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))


def as_typed(text: str) -> str:
    """The words as they stood in the person's message box."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], _MARK.sub(_shown, text)).strip()


def links_in(text: str) -> list[str]:
    """The web addresses in a message's text, in order."""
    marked = [found[1] for found in _MARK.finditer(text) if found[1].startswith("http")]
    return [_ENTITY.sub(lambda found: _ENTITIES[found[0]], link) for link in marked]


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
