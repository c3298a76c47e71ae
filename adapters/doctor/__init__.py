"""`followthrough doctor`: whether anything is wrong here, and what to do about it. Changes nothing.

Each module looks into one thing and returns findings; `report` alone says them.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.doctor.finding import Finding, Level
from adapters.doctor.report import told

if TYPE_CHECKING:
    from adapters.doctor.variables import Said


def examine(environment: Mapping[str, str], *, offline: bool) -> int:
    """Look at everything and print it; 1 when something is wrong, else 0.

    With `offline` no platform is asked.
    """
    found = findings(environment, datetime.now(UTC), offline=offline)
    print(told(found))
    return int(any(finding.level is Level.WRONG for finding in found))


def findings(environment: Mapping[str, str], now: datetime, *, offline: bool) -> Sequence[Finding]:
    """Everything there is to say, in the order in which an operator mends it."""
    from adapters.doctor import machine, records, variables

    said = variables.read(environment)
    found = [
        *said.findings,
        *_looked_at("This machine", lambda: machine.look(said, now)),
        *_looked_at("The records", lambda: records.look(said, now)),
    ]
    return found if offline else [*found, *asyncio.run(_platforms(said))]


async def _platforms(said: "Said") -> list[Finding]:
    found: list[Finding] = []
    if said.slack:
        from adapters.doctor import slack

        found += await slack.look(said.slack)
    if said.discord:
        from adapters.doctor import discord

        found += await discord.look(said.discord)
    return found


def _looked_at(what: str, look: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
    """One thing that cannot be looked at hides no other."""
    try:
        return look()
    except Exception as error:
        # Its words may be anybody's.
        why = f"{what} could not be looked at ({type(error).__name__})."
        return [Finding(Level.WRONG, why, "Please report this: it is a fault of the program.")]
