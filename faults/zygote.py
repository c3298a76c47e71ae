"""Makes workers in a moment: it has imported everything, and forks. One line of JSON for each.

`python -m faults.zygote` reads a ticket and what `faults.worker.Spec` holds, and answers `["began",
ticket, pid]` and, when that process has ended, `["ended", pid, status]`.
"""

import asyncio
import gc
import json
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module

from faults.worker import Spec, work

# What the product imports when it is first needed; the release before had less.
_LATER = ("adapters.working", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "storage.health")


def _begin(spec: Spec) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)
        asyncio.run(work(spec))
    except BaseException as error:
        sys.stderr.write(f"worker {spec.number} ended by {error!r}\n")
        sys.stderr.flush()
        os._exit(3)
    os._exit(0)


def _say(*what: object) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    """Serve until standard input ends."""
    for name in _LATER:
        with suppress(ModuleNotFoundError):
            import_module(name)
    # What is imported is shared with all workers, as long as nobody touches it.
    gc.collect()
    gc.freeze()
    ours, theirs = socket.socketpair()
    for each in (ours, theirs):
        each.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    waiting = selectors.DefaultSelector()
    waiting.register(0, selectors.EVENT_READ)
    waiting.register(ours, selectors.EVENT_READ)
    rest = b""
    alive: set[int] = set()
    while True:
        for key, _ in waiting.select():
            if key.fileobj is ours:
                ours.recv(4096)
                continue
            found = os.read(0, 65536)
            if not found:
                # The harness has ended, however it did.
                for pid in alive:
                    os.kill(pid, signal.SIGKILL)
                return
            *lines, rest = (rest + found).split(b"\n")
            for line in lines:
                ticket, asked = json.loads(line)
                pid = _begin(Spec(**asked))
                alive.add(pid)
                _say("began", ticket, pid)
        _reap(alive)


def _reap(alive: set[int]) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        alive.discard(pid)
        _say("ended", pid, os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
