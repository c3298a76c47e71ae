"""`/readyz`: whether this process can do its work. Knows no database, no platform, no person.

Unavailable is said only where this process cannot do its own work. What another lacks, or a
platform, is a degradation: starting this one anew would mend nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.checks import STUCK, Check, Level, State
from bot.ports import Unavailable

# Seconds for which what was found is told again, so that whoever probes never loads the database.
FRESH = 1.0
# Seconds that the database has for its answer, and how long it may owe one before it counts as
# away: all its connections may just be busy.
PATIENCE, AWAY = 1.0, 10.0
# Seconds that a connection of ours may be gone before the process counts as unable to work.
GONE = 120.0
# How long a nudge may have been ready before something is wrong: a dispatcher that died holds its
# nudges for two minutes, and the next look comes after that.
LATE = timedelta(minutes=3)


class Waiting(Protocol):
    """Nudges of one platform that were ready and that nobody took."""

    @property
    def count(self) -> int: ...
    @property
    def oldest(self) -> timedelta: ...


class Found(Protocol):
    """What the database says; `schema` is "ours", "behind" or "newer", `beaten` an age."""

    @property
    def schema(self) -> str: ...
    @property
    def overdue(self) -> Mapping[str, Waiting]: ...
    @property
    def beaten(self) -> timedelta | None: ...


@dataclass(frozen=True, slots=True)
class Report:
    """What is told: each check, what they come to, and what the database said, if it did."""

    checks: Mapping[str, State]
    found: Found | None

    @property
    def level(self) -> Level:
        """The worst of the checks."""
        return max((state.level for state in self.checks.values()), key=lambda level: level.rank)


class Readiness:
    """Asks everything, once for all who want to know within a second.

    `look` asks the database and raises Unavailable. `checks` are of this process, by their names;
    those in `vital` are its own work, so it is unavailable when one has been so for `GONE` seconds.
    `pulse` is the loop that sends what is due, where this process has one. `clock` gives seconds
    that only grow.
    """

    def __init__(
        self,
        look: Callable[[], Awaitable[Found]],
        checks: Mapping[str, Check],
        vital: Collection[str] = (),
        pulse: Check | None = None,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._look = look
        self._checks = checks
        self._vital = vital
        self._pulse = pulse
        self._clock = clock
        self._patience = patience
        # Since when each has been seen to fail.
        self._failing: dict[str, float] = {}
        self._asking: asyncio.Task[Found] | None = None
        self._asked = 0.0
        self._report: Report | None = None
        self._until = 0.0
        self._turn = asyncio.Lock()

    async def report(self) -> Report:
        """How things are, at most `FRESH` seconds ago; never raises."""
        async with self._turn:
            if self._report is None or self._clock() >= self._until:
                self._report = await self._ask()
                self._until = self._clock() + FRESH
            return self._report

    async def _ask(self) -> Report:
        checks, found = await self._database()
        own = self._pulse() if self._pulse else None
        if own or found:
            checks["dispatcher"] = own or _dispatcher(found)
        if found and found.schema != "behind":
            checks["overdue"] = _overdue(found.overdue)
        for name, check in self._checks.items():
            checks[name] = self._judged(name, check())
        return Report(checks, found)

    async def _database(self) -> tuple[dict[str, State], Found | None]:
        # A question is never given up and never asked twice: it holds a connection until it ends.
        if self._asking is None:
            self._asking, self._asked = asyncio.ensure_future(self._look()), self._clock()
        await asyncio.wait({self._asking}, timeout=self._patience)
        taken = {"seconds": round(self._clock() - self._asked, 4)}
        if not self._asking.done():
            away = taken["seconds"] > AWAY
            level = Level.UNAVAILABLE if away else Level.DEGRADED
            return {"database": State(level, "no answer yet", taken)}, None
        done, self._asking = self._asking, None
        try:
            found = done.result()
        except Unavailable as why:
            # One fixed sentence of storage.failures, without an address.
            return {"database": State(Level.UNAVAILABLE, str(why), taken)}, None
        except Exception as error:
            # The name of its kind alone: its words may quote what was asked.
            return {"database": State(Level.UNAVAILABLE, type(error).__name__, taken)}, None
        return {"database": State(facts=taken), "migrations": _migrations(found.schema)}, found

    def _judged(self, name: str, state: State) -> State:
        """What a failing connection means here: nothing worse than degraded, or not yet."""
        if state.level is not Level.UNAVAILABLE:
            self._failing.pop(name, None)
            return state
        since = self._failing.setdefault(name, self._clock())
        if name in self._vital and self._clock() - since > GONE:
            return state
        return State(Level.DEGRADED, state.why, state.facts)

    async def close(self) -> None:
        """Wait a moment for a question that is under way, before the database is closed."""
        if self._asking is not None:
            await asyncio.wait({self._asking}, timeout=self._patience)


def _migrations(schema: str) -> State:
    match schema:
        case "ours":
            return State()
        case "newer":
            return State(Level.DEGRADED, "a newer version has migrated it; update this process")
        case _:
            return State(Level.UNAVAILABLE, "run `followthrough migrate`")


def _dispatcher(found: Found | None) -> State:
    if found is None or found.beaten is None:
        return State(Level.DEGRADED, "no worker has ever run")
    age = found.beaten.total_seconds()
    facts = {"age_seconds": round(age, 3)}
    if age > STUCK:
        return State(Level.DEGRADED, "no worker is running", facts)
    return State(facts=facts)


def _overdue(waiting: Mapping[str, Waiting]) -> State:
    oldest = max((one.oldest for one in waiting.values()), default=timedelta())
    facts = {
        "count": sum(one.count for one in waiting.values()),
        "oldest_seconds": round(oldest.total_seconds(), 3),
    }
    if oldest > LATE:
        return State(Level.DEGRADED, "nudges are ready and nobody takes them", facts)
    return State(facts=facts)


def routes(readiness: Readiness) -> Sequence[BaseRoute]:
    """`/readyz`: 200 while this process can do its work, else 503. `/healthz` is every app's."""

    async def ready(request: Request) -> Response:
        report = await readiness.report()
        said = {
            "status": report.level,
            "checks": {
                name: {
                    "status": state.level,
                    **({"why": state.why} if state.why else {}),
                    **state.facts,
                }
                for name, state in report.checks.items()
            },
        }
        status = 503 if report.level is Level.UNAVAILABLE else 200
        return JSONResponse(said, status, headers={"Cache-Control": "no-store"})

    return (Route("/readyz", ready),)
