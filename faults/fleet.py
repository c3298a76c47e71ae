"""Workers seen from outside: begun, killed, ended. Knows processes; no nudge."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Self

from faults.worker import Spec

HERE = Path(__file__).parent.parent


@dataclass(eq=False)
class Worker:
    """One process. `status` is how it ended, less than 0 for a signal."""

    spec: Spec
    pid: int
    status: int | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self.status is None

    def kill(self, by: int = signal.SIGKILL) -> None:
        """End it, whatever it does; or, by SIGTERM, ask it to end."""
        if self.alive:
            # It may have ended a moment ago, and the word of that be on its way.
            with suppress(ProcessLookupError):
                os.kill(self.pid, by)


class Fleet:
    """Makes workers; `root` is the checkout whose program they run."""

    def __init__(self, root: Path = HERE) -> None:
        self._root = root
        self._zygote: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._tickets = count(1)
        self._begun: dict[int, tuple[Spec, asyncio.Future[Worker]]] = {}
        self._alive: dict[int, Worker] = {}

    async def __aenter__(self) -> Self:
        ours = ("SLACK_", "DISCORD_", "DATABASE_URL", "LOG_", "PYTHONPATH")
        environment = {n: v for n, v in os.environ.items() if not n.startswith(ours)}
        self._zygote = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "faults.zygote"),
            stdin=PIPE,
            stdout=PIPE,
            cwd=self._root,
            env={**environment, "PYTHONPATH": os.pathsep.join([str(self._root), str(HERE)])},
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._zygote
        assert self._reading
        assert self._zygote.stdin
        for worker in list(self._alive.values()):
            worker.kill()
        self._zygote.stdin.close()
        await self._zygote.wait()
        await self._reading

    async def begin(self, spec: Spec) -> Worker:
        """A worker, as soon as it is there."""
        assert self._zygote
        assert self._zygote.stdin
        ticket = next(self._tickets)
        begun: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._begun[ticket] = (spec, begun)
        self._zygote.stdin.write(json.dumps([ticket, asdict(spec)]).encode() + b"\n")
        return await begun

    async def _read(self) -> None:
        assert self._zygote
        assert self._zygote.stdout
        while line := await self._zygote.stdout.readline():
            what, number, more = json.loads(line)
            if what == "began":
                spec, begun = self._begun.pop(number)
                worker = self._alive[more] = Worker(spec, more)
                if not begun.cancelled():
                    begun.set_result(worker)
            else:
                worker = self._alive.pop(number)
                worker.status = more
                worker.ended.set()
        # Without it nobody begins any more, and nobody is heard of.
        for _, begun in self._begun.values():
            if not begun.done():
                begun.set_exception(RuntimeError("what makes the workers has ended"))
        for worker in self._alive.values():
            worker.status = -signal.SIGKILL
            worker.ended.set()
