"""The table of nudges as an outsider reads it: what waits, and how everything ended. Knows SQL."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text

from bot.model import Nudge, NudgeKind
from storage.engine import connect
from storage.models import nudges as table

_LETTERS = table.c.kind == NudgeKind.FOLLOW_UP
_PLANNED = table.c.state == "planned"
_WAITING = (
    select(table.c.claim, func.min(table.c.ready_at))
    .where(_LETTERS, _PLANNED)
    .group_by(table.c.claim)
)
_COUNT = select(func.count()).where(_LETTERS, _PLANNED)


class Glance:
    """A connection beside those of the workers. What it cannot read raises what drivers raise."""

    def __init__(self, url: str) -> None:
        self._engine = connect(url, 2)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    async def waiting(self) -> list[tuple[str, datetime]]:
        """Of each claim that holds nudges ("" for none), when the first of them may be taken."""

        def look() -> list[tuple[str, datetime]]:
            with self._engine.connect() as connection:
                return [(claim, ready) for claim, ready in connection.execute(_WAITING)]

        return await asyncio.to_thread(look)

    async def left(self) -> int:
        """How many nudges are not at their end."""

        def look() -> int:
            with self._engine.connect() as connection:
                return connection.execute(_COUNT).scalar_one()

        return await asyncio.to_thread(look)

    async def rows(self) -> Sequence[Nudge]:
        """All nudges that are letters."""

        def look() -> list[Nudge]:
            with self._engine.connect() as connection:
                found = connection.execute(select(table).where(_LETTERS))
                return [Nudge(*row) for row in found]

        return await asyncio.to_thread(look)

    async def sql(self, statements: str) -> None:
        """Run statements in a transaction of their own."""

        def run() -> None:
            with self._engine.begin() as connection:
                connection.execute(text(statements))

        await asyncio.to_thread(run)
