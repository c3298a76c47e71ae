"""Misfortunes on demand: what Discord does when it is busy, broken or gone. Knows no route.

`discord.fault("POST /channels/{id}/messages", Busy(3), user=ana.id, times=2)`.
"""

import asyncio
import re
from dataclasses import dataclass, field

from tests.discord.standin.errors import WORDS


@dataclass(frozen=True)
class Denied:
    """Discord refuses with one of its codes; nothing was done."""

    code: int
    status: int = 403

    @property
    def words(self) -> str:
        """What Discord says about the code."""
        return WORDS.get(self.code, f"error {self.code}")


@dataclass(frozen=True)
class Busy:
    """A 429 of Discord's own, to be tried again after so many seconds; nothing was done.

    `via` False leaves out the header by which libraries know that Discord itself said it.
    """

    retry_after: float = 1.0
    global_: bool = False
    via: bool = True


@dataclass(frozen=True)
class Cloudflare:
    """A 429 from before Discord's door: no JSON, no Via; nothing was done."""

    retry_after: int = 60


@dataclass(frozen=True)
class Broken:
    """A status such as 500, 502 or 503; nothing was done."""

    status: int = 503


@dataclass(frozen=True)
class Garbage:
    """A 200 whose body is no JSON; nothing was done."""


@dataclass(frozen=True)
class Dropped:
    """The connection closes without an answer; `kept` says whether Discord had done it before."""

    kept: bool = False


@dataclass(frozen=True)
class Held:
    """The call waits, undone, until the test lets it go on; then it succeeds.

    `await fault.arrived.wait()` returns when a call is waiting; `fault.release()` lets it go.
    """

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the calls go on."""
        self.released.set()


Fault = Denied | Busy | Cloudflare | Broken | Garbage | Dropped | Held


def bare(route: str) -> str:
    """A route without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", route)


@dataclass(eq=False)
class Plan:
    """A fault that waits for its calls. `met` counts them; `times` None means for ever."""

    route: str
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

    def plan(self, route: str, fault: Fault, user: str, times: int | None) -> Plan:
        """Let the next `times` calls of a route (about a user, if given) meet a fault."""
        plan = Plan(bare(route), fault, user, times)
        self._plans.append(plan)
        return plan

    def take(self, routes: tuple[str, ...], user: str) -> Fault | None:
        """The fault that a call of this route (by any of its names) meets, counted as met."""
        for plan in self._plans:
            wanted = plan.route in routes and plan.user in ("", user)
            if wanted and (plan.times is None or plan.met < plan.times):
                plan.met += 1
                return plan.fault
        return None
