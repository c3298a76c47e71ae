"""Slack: commands, windows, the Home tab and private messages. Knows the core; no storage."""

from datetime import UTC, datetime
from typing import Any

# Block Kit and Web API values as Slack writes them.
Json = dict[str, Any]

# The name under which accounts here are kept.
PLATFORM = "slack"


def utc_now() -> datetime:
    """The present instant, aware."""
    return datetime.now(UTC)
