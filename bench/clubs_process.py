"""The process that serves clubs: a desk and a dispatcher in one event loop, and what they cost.

`python -m bench.clubs_process URL` reads lines of JSON, `{"now": ISO instant, "due": count,
"delay": seconds, "asking": bool, "counting": bool, "idle": seconds}`, sends what is due then, and
answers each with a line: how many came to an end, in how many seconds, the longest transaction of
the dispatcher, the memory, and, where it was asked for, the statements and what a command took.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import count
from time import perf_counter
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from bench.drains import Answering, peak_memory
from bench.processes import lines
from bench.scale_stalls import LATER, Noticed, ask, beat, doing
from bot.commands import registry
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.ports import Unit
from storage.engine import connect
from storage.store import THREADS, Store

T = TypeVar("T")


class Timed(Store):
    """A store that knows how long its transactions took, in seconds."""

    def __init__(self, engine: Engine, threads: int) -> None:
        super().__init__(engine, threads)
        self.took: list[float] = []

    def run(self, work: Callable[[Unit], T]) -> T:
        began = perf_counter()
        try:
            return super().run(work)
        finally:
            self.took.append(perf_counter() - began)


class Shared(Timed):
    """The same for whom another store has made the threads, so that both take turns."""

    def __init__(self, other: Timed) -> None:
        super().__init__(other._engine, 1)
        self._threads.shutdown()
        self._threads = other._threads


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """The statements that go to the driver, while the block runs."""
    heard: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    yield heard
    event.remove(engine, "before_cursor_execute", listen)


async def main(url: str) -> None:
    numbers, letters, platform = count(), Letters(), Answering()
    engine = connect(url, THREADS)
    threads = 1 if engine.dialect.name == "sqlite" else THREADS
    async with Timed(engine, threads) as store:
        asked = Shared(store)
        desk = Desk(asked, registry, letters)
        dispatcher = Dispatcher(store, [platform], letters)
        dispatcher.busy = lambda: desk.busy
        # As adapters.hosting does before anything comes in.
        letters.prepare()
        gc.collect()
        gc.freeze()
        async for line in lines():
            order = json.loads(line)
            now, due = datetime.fromisoformat(order["now"]), order["due"]
            platform.delay = order["delay"]
            # What a tick does once a day is not what is measured.
            assert not await dispatcher.tick(now - timedelta(minutes=1)), "something was due before"
            noticed, ended, heard = Noticed(), 0, list[str]()
            store.took.clear()
            async with AsyncExitStack() as meanwhile:
                if order["asking"]:
                    await meanwhile.enter_async_context(doing(beat(noticed)))
                    asking = ask(desk, numbers, now + LATER, noticed)
                    await meanwhile.enter_async_context(doing(asking))
                    await asyncio.sleep(0)
                if order["counting"]:
                    heard = meanwhile.enter_context(counting(engine))
                began = perf_counter()
                while ended < due and (more := await dispatcher.tick(now)):
                    ended += more
                took = perf_counter() - began
                await asyncio.sleep(max(0.01, order["idle"] - took))
            answer: dict[str, Any] = {
                "sent": ended, "took": took, "statements": len(heard),
                "transaction": max(store.took, default=0.0), "memory": peak_memory(),
            }  # fmt: skip
            if order["asking"]:
                answer |= noticed.told()
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
