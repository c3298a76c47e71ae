"""Threads and transactions: the one place where async code and the records meet."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Self, TypeVar

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from bot import ports
from bot.ports import Unavailable
from storage.engine import begin, scrub
from storage.failures import again, explain, lost
from storage.migrate import opened
from storage.unit import Unit
from storage.waking import Waking

T = TypeVar("T")

_CLOCK = select(func.clock_timestamp())

# PostgreSQL: transactions at a time, each on a connection of its own. Small plans allow 20 in all.
THREADS = 8
# How often work is run before a conflict is called what it is: while it runs, a nudge of its may be
# claimed, given a turn and settled, one after the other.
TRIES = 5


@dataclass(frozen=True)
class Done(Generic[T]):
    """What a transaction gives; whether it erased, and planned something that is due at once."""

    result: T
    erased: bool = False
    hurried: bool = False


class Store:
    """Where records are kept; fulfils `ports.Store`. Made by `Store.open`."""

    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="storage")
        self._closed = False
        self.waking = Waking(engine)

    @classmethod
    def open(cls, url: str, *, migrate: bool = True, threads: int = THREADS) -> Self:
        """Open the database of a URL (see `storage.engine`) and bring its tables up to date.

        With `migrate=False` a database that is not up to date is refused. Raises Unavailable with
        one sentence; nothing that was there is overwritten.
        """
        engine, _ = opened(url, threads, migrate=migrate)
        return cls(engine, 1 if engine.dialect.name == "sqlite" else threads)

    async def transact(self, work: Callable[[ports.Unit], T]) -> T:
        """Run `work` in one transaction on a storage thread.

        Should the awaiting task be cancelled, work that has begun still commits or rolls back as a
        whole, and work that has not begun is not done.
        """
        return await self._on_thread(lambda: self.run(work))

    def run(self, work: Callable[[ports.Unit], T]) -> T:
        """The same on the calling thread, for where no event loop runs: `with Store.open(url)`."""

        def whole(connection: Connection) -> Done[T]:
            unit = Unit(connection)
            result = work(unit)
            return Done(result, unit.forgot, unit.hurried)

        return self._tried(whole)

    async def clock(self) -> datetime | None:
        """The database's time (aware UTC), which is one for all processes; None: it has none.

        Hosts' clocks differ, and leases of one are looked at by another. Raises Unavailable.
        """
        if self._engine.dialect.name == "sqlite":
            return None
        found: datetime = await self.on_connection(lambda c: c.execute(_CLOCK).scalar_one())
        return found.astimezone(UTC)

    async def on_connection(self, work: Callable[[Connection], T], *, erases: bool = False) -> T:
        """As `transact`, for what is no seeker's record: `work` is given the connection itself.

        With `erases` what it deleted is then in no corner of the file either.
        """
        return await self._on_thread(lambda: self.run_on_connection(work, erases=erases))

    def run_on_connection(self, work: Callable[[Connection], T], *, erases: bool = False) -> T:
        """The same on the calling thread."""
        return self._tried(lambda connection: Done(work(connection), erases))

    async def _on_thread(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise Unavailable("The records are closed.")
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _tried(self, work: "Callable[[Connection], Done[T]]") -> T:
        """Run `work`, again where that helps."""
        tries = 0
        while True:
            tries += 1
            try:
                return self._once(work)
            except Exception as error:
                if tries == TRIES or not again(error):
                    unavailable = explain(error)
                    if unavailable is None:
                        raise
                    raise unavailable from error

    def _once(self, work: "Callable[[Connection], Done[T]]") -> T:
        with self._engine.connect() as connection:
            with begin(connection) as transaction:
                done = work(connection)
                if done.hurried:
                    self.waking.announce(connection)
                try:
                    transaction.commit()
                except DBAPIError as error:
                    if error.connection_invalidated:
                        raise lost() from error
                    raise
            if done.erased:
                scrub(connection)
        if done.hurried:
            self.waking.ring()
        return done.result

    async def close(self) -> None:
        """Finish the work that was handed over, then let go of the database."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._closed = True
        self._threads.shutdown()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.close()
