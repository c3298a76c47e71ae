"""The stand-in's time: the real one until a test sets it. Knows nothing else, and never sleeps."""

import time
from datetime import datetime


class Clock:
    """Seconds since 1970. Calling it reads it; `set` and `move` stop it at a chosen instant."""

    def __init__(self) -> None:
        self._stopped: float | None = None

    def __call__(self) -> float:
        return time.time() if self._stopped is None else self._stopped

    def set(self, at: datetime | float) -> None:
        """Stop at an aware datetime or a number of seconds since 1970."""
        self._stopped = at.timestamp() if isinstance(at, datetime) else float(at)

    def move(self, seconds: float) -> None:
        """Go on by so many seconds, and stand still there."""
        self._stopped = self() + seconds
