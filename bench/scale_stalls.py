"""What people notice while thousands of nudges go out in the process that answers them.

`python -m bench.scale_stalls URL` is that process: a desk and a dispatcher in one event loop, as in
`followthrough run`. It reads lines of JSON, `{"now": ISO instant, "due": count, "seconds": least}`,
sends what is due while somebody asks for something again and again, and answers with a line: how
late the loop was for anything else, and how long each command took.
"""

import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from statistics import quantiles
from time import perf_counter, thread_time
from typing import Any

from bench.drains import Answering
from bench.processes import lines
from bench.seeding import PLATFORM
from bot.commands import registry
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.letters.draft import Letters
from bot.message import Call, Message
from bot.model import Who
from storage.store import Store

# A command is given this long after the one before it was answered.
PAUSE = 0.02
# People who ask; their ids are the first.
ASKERS = 500
# The commands are given that much later than everything else.
LATER = timedelta(days=1000)
# How often the loop is asked for, in seconds.
BEAT = 0.001
# A stall that counts.
LONG = 0.01


@dataclass
class Noticed:
    """Seconds: how late each beat was, what the thread used until it, and what a command took."""

    late: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    commands: list[float] = field(default_factory=list)

    def told(self) -> dict[str, float]:
        """The longest stall, what 999 in a thousand did not reach, and two times of a command."""
        each = quantiles(self.commands, n=100, method="inclusive")
        thousandths = quantiles(self.late, n=1000, method="inclusive")
        return {
            "longest": max(self.late),
            "turn": max(self.turns),
            "seldom": thousandths[998],
            "over": sum(late > LONG for late in self.late),
            "half": each[49],
            "most": each[98],
            "commands": len(self.commands),
        }


@asynccontextmanager
async def doing(work: Any) -> AsyncIterator[None]:
    """Something that goes on meanwhile; raises what it raises."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def beat(noticed: Noticed) -> None:
    """Ask for the loop again and again."""
    while True:
        began, used = perf_counter(), thread_time()
        await asyncio.sleep(BEAT)
        noticed.late.append(max(0.0, perf_counter() - began - BEAT))
        noticed.turns.append(thread_time() - used)


async def ask(desk: Desk, numbers: "count[int]", now: datetime, noticed: Noticed) -> None:
    """Log an application, one person after another."""
    while True:
        number = next(numbers)
        call = Call("job applied", {"company": f"Employer {number}", "role": "Engineer"})
        who = Who(PLATFORM, str(number % ASKERS + 1))
        began = perf_counter()
        answer = await desk.handle(call, who, now)
        noticed.commands.append(perf_counter() - began)
        assert isinstance(answer, Message), answer
        assert answer.changed, answer.title
        await asyncio.sleep(PAUSE)


async def main(url: str) -> None:
    numbers = count()
    letters = Letters()
    async with Store.open(url) as store:
        desk = Desk(store, registry, letters)
        dispatcher = Dispatcher(store, [Answering()], letters)
        dispatcher.busy = lambda: desk.busy
        # As adapters.hosting does before anything comes in.
        letters.prepare()
        gc.collect()
        gc.freeze()
        async for line in lines():
            order = json.loads(line)
            now, due = datetime.fromisoformat(order["now"]), order["due"]
            noticed = Noticed()
            began, sent = perf_counter(), 0
            # What the commands plan is never due.
            later = now + LATER
            async with doing(beat(noticed)), doing(ask(desk, numbers, later, noticed)):
                await asyncio.sleep(0)
                while sent < due and (more := await dispatcher.tick(now)):
                    sent += more
                took = perf_counter() - began
                await asyncio.sleep(max(0.01, order["seconds"] - took))
            print(json.dumps({"sent": sent, "took": took, **noticed.told()}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
