"""Calls of the Web API that Slack asks us to make later: made later. Knows no method.

https://docs.slack.dev/apis/web-api/rate-limits. Nothing was done by a call that was put off so, and
making it again repeats nothing. Not for nudges, which the dispatcher tries again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from slack_sdk.errors import SlackApiError

from adapters.slack.outcomes import Then, ended
from bot.delivery import Later

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]

# Seconds that one piece of work may wait altogether.
LONGEST = 120.0


def asked_to_wait(error: SlackApiError) -> float:
    """The seconds for which Slack wants no such call; 0 when it did not say that."""
    now = datetime.now(UTC)
    end = ended(error, now)
    if end.then is Then.HOLD and isinstance(end.outcome, Later):
        return (end.outcome.at - now).total_seconds()
    return 0.0


class Patience:
    """`await patience(call)` makes the call when Slack lets it, while the waits are not too long.

    For one piece of work of several calls, which together wait at most `longest` seconds.
    """

    def __init__(self, pause: Pause = asyncio.sleep, longest: float = LONGEST) -> None:
        self._pause = pause
        self._left = longest

    async def __call__(self, call: Callable[[], Awaitable[T]]) -> T:
        """What the call returns. Raises what it raises."""
        while True:
            try:
                return await call()
            except SlackApiError as error:
                wait = asked_to_wait(error)
                if not 0 < wait <= self._left:
                    raise
                self._left -= wait
                await self._pause(wait)
