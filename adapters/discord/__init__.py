"""Discord: commands, forms, buttons and private messages. Knows the core; no storage."""

from datetime import UTC, datetime
from typing import Any

from bot.logs import bridge

# Something here logs before anything else of `bot` is imported.
bridge()

# Components and payloads as Discord writes them.
Json = dict[str, Any]

# The name under which accounts here are kept.
PLATFORM = "discord"


def utc_now() -> datetime:
    """The present instant, aware."""
    return datetime.now(UTC)
