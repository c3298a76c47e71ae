"""A contender: Procrastinate 3 with its own worker and its own schema, running an empty task.

`python -m bench.scale_queue URL` reads lines `{"due": count, "pending": count}`, writes so many
jobs, runs what is due, and answers with a line: how many ran, in how many seconds. Its jobs are
written in bulk, since deferring them one at a time would take longer than all the rest; those due
stand among those pending, as they do where some are planned for next week and some for next month.
"""

import asyncio
import json
import logging

# Jobs at a time. It fetches each by itself, so one or eight made no difference in a short try.
import sys
from time import perf_counter

from procrastinate import App, PsycopgConnector
from sqlalchemy import make_url

from bench.processes import lines

AT_ONCE = 8
_TASK = "bench.answer"
_WRITE = """
INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)
SELECT 'default', %(task)s,
       CASE WHEN n * %(due)s / %(whole)s > (n - 1) * %(due)s / %(whole)s
            THEN now() - interval '1 minute' ELSE now() + interval '30 days' END
FROM generate_series(1::bigint, %(whole)s) AS n
"""
_CLEAN = ("TRUNCATE procrastinate_jobs CASCADE", "VACUUM ANALYZE procrastinate_jobs")


async def main(url: str) -> None:
    # It would rather have its app in a module of its own.
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    address = make_url(url).set(drivername="postgresql")
    connector = PsycopgConnector(
        conninfo=address.render_as_string(hide_password=False), min_size=AT_ONCE, max_size=20
    )
    app = App(connector=connector)
    ran = 0

    @app.task(name=_TASK)
    async def answer() -> None:
        nonlocal ran
        ran += 1

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        async for line in lines():
            order = json.loads(line)
            clean, tidy = _CLEAN
            async with connector.pool.connection() as connection:
                await connection.set_autocommit(True)
                await connection.execute(clean)
                whole = order["due"] + order["pending"]
                asked = {"task": _TASK, "due": order["due"], "whole": whole}
                await connection.execute(_WRITE, asked)
                await connection.execute(tidy)
                await connection.set_autocommit(False)
            ran, began = 0, perf_counter()
            await app.run_worker_async(
                wait=False,
                concurrency=AT_ONCE,
                listen_notify=False,
                install_signal_handlers=False,
            )
            print(json.dumps({"sent": ran, "took": perf_counter() - began}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
