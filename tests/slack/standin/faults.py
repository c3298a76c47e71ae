"""Misfortunes on demand: what Slack does when it is busy, broken or gone. Knows no method.

`slack.fault("chat.postMessage", Busy(30), user="U1", times=2)`.
"""

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Denied:
    """Slack answers 200 with `ok: false` and an error code; nothing was done."""

    error: str


@dataclass(frozen=True)
class Busy:
    """Slack answers 429 with Retry-After in seconds; nothing was done."""

    retry_after: int = 30


@dataclass(frozen=True)
class Broken:
    """Slack answers with a status such as 500, 502 or 503; nothing was done."""

    status: int = 503


@dataclass(frozen=True)
class Garbage:
    """Slack answers 200 with a body that is no JSON; nothing was done."""


@dataclass(frozen=True)
class Dropped:
    """The connection closes without an answer; `kept` says whether Slack had done it before."""

    kept: bool = False


@dataclass(frozen=True)
class Held:
    """The call waits, undone, until the test lets it go on; then it succeeds.

    `await fault.arrived.wait()` returns when a call is waiting; `fault.release.set()` lets it go.
    """

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


Fault = Denied | Busy | Broken | Garbage | Dropped | Held


@dataclass(eq=False)
class Plan:
    """A fault that waits for its calls. `met` counts them; `times` None means for ever."""

    method: str
    fault: Fault
    user: str
    times: int | None
    met: int = 0

    def lift(self) -> None:
        """No call meets it any more."""
        self.times = self.met


class Faults:
    """The faults that are planned, in the order in which they were."""

    def __init__(self) -> None:
        self._plans: list[Plan] = []

    def plan(self, method: str, fault: Fault, user: str, times: int | None) -> Plan:
        """Let the next `times` calls of a method (about a user, if given) meet a fault."""
        plan = Plan(method, fault, user, times)
        self._plans.append(plan)
        return plan

    def take(self, method: str, user: str) -> Fault | None:
        """The fault that this call meets, counted as met."""
        for plan in self._plans:
            wanted = plan.method == method and plan.user in ("", user)
            if wanted and (plan.times is None or plan.met < plan.times):
                plan.met += 1
                return plan.fault
        return None
