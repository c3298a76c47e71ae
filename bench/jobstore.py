"""A contender: APScheduler 3.11 with its own store, on our connections. Sends, and nothing else.

Its jobs are written as it writes them itself, in bulk, because adding them one at a time would take
longer than everything else here. It gets what speaks for it: our SQLite settings (a commit does not
wait for the disk) and no grace time, by which it would drop what is a second late.
"""

import asyncio
import pickle
from datetime import UTC, datetime

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import literal, select

from bench.databases import connected
from bench.seeding import multiply, word
from storage.engine import connect

LATER = datetime(2100, 1, 1, tzinfo=UTC)


class _Answers:
    """Counts; a job is found by its module's name, so all of them share this one."""

    def __init__(self) -> None:
        self.left = 0
        self.done = asyncio.Event()


_answers = _Answers()


async def answer() -> None:
    """Where a message would be sent, to a platform that answers at once."""
    _answers.left -= 1
    if not _answers.left:
        _answers.done.set()


class JobStore:
    """The scheduler; it goes by the clock of the machine, whatever `now` it is given."""

    def __init__(self, url: str) -> None:
        store = SQLAlchemyJobStore(engine=connect(url, 1))
        self.scheduler = AsyncIOScheduler(jobstores={"default": store}, timezone=UTC)

    async def drain(self, now: datetime, due: int) -> int:
        _answers.left = due
        _answers.done.clear()
        if self.scheduler.running:
            self.scheduler.resume()
        else:
            self.scheduler.start()
        await _answers.done.wait()
        self.scheduler.pause()
        return due

    async def close(self) -> None:
        self.scheduler.shutdown(wait=False)
        await asyncio.sleep(0)


async def add_pending(url: str, count: int) -> None:
    """So many jobs that are not due for a long time."""
    engine = connect(url, 1)
    store = SQLAlchemyJobStore(engine=engine)
    scheduler = AsyncIOScheduler(jobstores={"default": store}, timezone=UTC)
    scheduler.start(paused=True)
    scheduler.add_job(
        answer, "date", run_date=LATER, id="0", misfire_grace_time=None, max_instances=1
    )
    scheduler.shutdown(wait=False)
    await asyncio.sleep(0)
    table = store.jobs_t
    with connected(url) as connection:
        multiply(
            connection,
            table,
            table.c.id == "0",
            count - 1,
            id=word,
            next_run_time=lambda n: n + literal(LATER.timestamp()),
        )


def add_due(url: str, name: str, due: datetime, count: int) -> None:
    """So many jobs that are due; `name` is one that no other jobs were added under."""
    engine = connect(url, 1)
    table = SQLAlchemyJobStore(engine=engine).jobs_t
    engine.dispose()
    with connected(url) as connection:
        template = connection.execute(select(table.c.job_state).where(table.c.id == "0"))
        state = pickle.loads(template.scalar_one())
        state["next_run_time"] = state["trigger"].run_date = due
        rows = []
        for number in range(count):
            state["id"] = f"{name}-{number}"
            kept = pickle.dumps(state, pickle.HIGHEST_PROTOCOL)
            rows.append({"id": state["id"], "next_run_time": due.timestamp(), "job_state": kept})
        connection.execute(table.insert(), rows)
