"""Whether a private message still asks what was settled elsewhere. Knows Slack's blocks; pure."""

from collections.abc import Collection, Sequence
from typing import Any

from adapters.slack import Json
from adapters.slack.blocks import read_action
from bot.message import Call, Message

# The answer by which a button names the nudge that it settles.
NUDGE = "nudge"


def calls_in(blocks: Sequence[Json]) -> set[Call]:
    """Every call that a message's buttons make."""
    found: set[Call] = set()
    _look(blocks, found)
    return found


def _look(part: Any, found: set[Call]) -> None:
    if isinstance(part, dict):
        if part.get("type") == "button":
            found.add(read_action(str(part.get("action_id", ""))))
        for each in part.values():
            _look(each, found)
    elif isinstance(part, list | tuple):
        for each in part:
            _look(each, found)


def is_stale(offered: Collection[Call], now: Message) -> bool:
    """Whether a message that offers these calls, drawn anew, would no longer ask all it asks."""
    open_now = {button.call for button in now.buttons}
    return any(NUDGE in call.answers and call not in open_now for call in offered)
