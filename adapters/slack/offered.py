"""What a message of ours offers to do. Knows Slack's blocks; pure."""

from collections.abc import Sequence
from typing import Any

from adapters.slack import Json
from adapters.slack.blocks import read_action
from bot.message import Call


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
