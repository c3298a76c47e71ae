"""Rate limits: what each route allows in a while, and the headers that tell of it. Real time.

https://docs.discord.com/developers/topics/rate-limits
"""

import hashlib
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """So many requests in so many real seconds."""

    requests: int
    seconds: float


@dataclass
class _Window:
    ends: float
    left: int


class Buckets:
    """Counts requests. `limits` is by route ("POST /channels/{}/messages"); "" is for all others.

    `whole` limits all requests together, those about interactions excepted; None: it does not.
    """

    def __init__(self) -> None:
        self.limits: dict[str, Limit] = {"": Limit(1000, 1.0)}
        self.whole: Limit | None = None
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, route: str, major: str) -> tuple[bool, dict[str, str]]:
        """Whether the request is allowed, and the headers for its answer."""
        now = time.monotonic()
        limit = self.limits.get(route, self.limits[""])
        window = self._window((route, major), limit, now)
        allowed = window.left > 0
        window.left = max(window.left - 1, 0)
        after = max(window.ends - now, 0.0)
        return allowed, {
            "X-RateLimit-Limit": str(limit.requests),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(route.encode(), usedforsecurity=False).hexdigest(),
        }

    def over_all(self) -> float:
        """Seconds until any request is allowed again; 0 when this one is."""
        if self.whole is None:
            return 0.0
        now = time.monotonic()
        window = self._window(("", ""), self.whole, now)
        if window.left > 0:
            window.left -= 1
            return 0.0
        return max(window.ends - now, 0.001)

    def _window(self, key: tuple[str, str], limit: Limit, now: float) -> _Window:
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(now + limit.seconds, limit.requests)
        return window
