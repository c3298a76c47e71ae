"""The contenders that send what is due, each in a process of its own. Knows nothing of tables.

`python -m bench.drains NAME URL` reads lines of JSON, `{"now": ISO instant, "due": count}`, sends
everything that is due then, and answers each with a line: how many were sent, in how many seconds,
the longest time for which the event loop did nothing else, and the most memory that the process has
ever had.
"""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

from sqlalchemy import bindparam, select, update

from bench.seeding import PLATFORM
from bot.delivery import Outcome, Sent
from bot.dispatch import BATCH, LEASE, Dispatcher
from bot.letters.draft import Letters
from bot.message import Message
from bot.model import Account
from storage.engine import begin, connect
from storage.models import PLANNED
from storage.models import nudges as table
from storage.store import Store

BARE, LETTERS, DISCREET, JOBSTORE = "bare", "letters", "discreet", "jobstore"


class Contender(Protocol):
    """Something that sends."""

    async def drain(self, now: datetime, due: int) -> int:
        """Send everything that is due; returns how many that were."""
        ...

    async def close(self) -> None:
        """Let go of the database."""
        ...


class Answering:
    """A messenger whose platform answers after so many seconds: at once, unless it is told."""

    platform = PLATFORM
    repeats_safely = True
    delay = 0.0

    def stored(self, account: Account) -> None:
        return

    def lane(self, account: Account) -> None:
        return None

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        # A network always lets the event loop go on.
        await asyncio.sleep(self.delay)
        return Sent("reference")

    async def edit(self, account: Account, ref: str, message: Message, key: str) -> Outcome:
        return await self.send(account, message, key)

    async def introduce(
        self, accounts: Sequence[Account], channel: str, message: Message, key: str
    ) -> Outcome:
        return await self.send(accounts[0], message, key)


class Tick:
    """What really runs: the dispatcher, which looks at the records again and writes the letter."""

    def __init__(self, url: str) -> None:
        self.store = Store.open(url)
        self.dispatcher = Dispatcher(self.store, [Answering()], Letters())

    async def drain(self, now: datetime, due: int) -> int:
        ended = 0
        # A tick ends by itself when it has taken long.
        while more := await self.dispatcher.tick(now):
            ended += more
        return ended

    async def close(self) -> None:
        await self.store.close()


_DUE = (
    select(table.c.id)
    .where(PLANNED, table.c.platform == PLATFORM, table.c.ready_at <= bindparam("now"))
    .order_by(table.c.ready_at, table.c.seeker_id, table.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(table)
    .where(table.c.id.in_(select(_DUE.cte("due").c.id)))
    .values(claim=bindparam("token"), ready_at=bindparam("until"), tries=table.c.tries + 1)
    .returning(*table.c)
)
_SETTLE = (
    update(table)
    .where(table.c.id == bindparam("of_id"), table.c.claim == bindparam("token"))
    .values(state="sent", claim="", why="delivered", message_ref="reference")
)


class Bare:
    """Two statements a batch, each in a transaction of its own, and nothing in between."""

    def __init__(self, url: str) -> None:
        self.engine = connect(url, 1)

    async def drain(self, now: datetime, due: int) -> int:
        return await asyncio.to_thread(self._drain, now)

    def _drain(self, now: datetime) -> int:
        sent = 0
        while True:
            token = secrets.token_hex(8)
            with self.engine.connect() as connection:
                with begin(connection):
                    asked = {"now": now, "until": now + LEASE, "token": token}
                    rows = connection.execute(_CLAIM, asked).all()
                if not rows:
                    return sent
                with begin(connection):
                    settled = [{"of_id": r.id, "token": token, "sent_at": now} for r in rows]
                    sent += connection.execute(_SETTLE, settled).rowcount

    async def close(self) -> None:
        self.engine.dispose()


def contender(name: str, url: str) -> Contender:
    """The contender of that name; nothing of the others is imported."""
    if name == JOBSTORE:
        from bench.jobstore import JobStore

        return JobStore(url)
    return Bare(url) if name == BARE else Tick(url)


def peak_memory() -> int:
    """The most memory (resident, in bytes) this process has had.

    Linux keeps it as VmHWM; getrusage there also counts what the process was forked from.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@asynccontextmanager
async def stalls() -> AsyncIterator[list[float]]:
    """Keeps, as the last of the list, the longest the event loop was late for anything else."""
    longest = [0.0]

    async def beat() -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(0.001)
            longest[0] = max(longest[0], perf_counter() - began - 0.001)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(0)
    yield longest
    # Once more, so that a stall which lasted until now is seen.
    await asyncio.sleep(0.002)
    beating.cancel()
    with suppress(asyncio.CancelledError):
        await beating


async def main(name: str, url: str) -> None:
    ours = contender(name, url)
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        now = datetime.fromisoformat(order["now"])
        async with stalls() as longest:
            began = perf_counter()
            sent = await ours.drain(now, order["due"])
            took = perf_counter() - began
        answer = {"sent": sent, "took": took, "stall": longest[0], "memory": peak_memory()}
        print(json.dumps(answer), flush=True)
    await ours.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
