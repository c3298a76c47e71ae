"""Transactions and threads: whole or not at all, run again where that helps, closed in order."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError

from bot.model import Application, Who
from bot.ports import Unavailable, Unit
from storage.engine import connect
from storage.store import Store
from tests.conftest import Server
from tests.samples import KIM, NOW, SAM, application, arrive, everything


def cut(server: Server, url: str) -> None:
    """Break every connection to a database, as a restart of the server does."""
    name = make_url(url).database
    server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


async def test_work_that_raises_leaves_nothing_behind(store: Store) -> None:
    seeker = arrive(store)

    def work(unit: Unit) -> None:
        unit.enter(KIM, NOW)
        unit.applications.add(application(seeker))
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await store.transact(work)
    assert await store.transact(lambda unit: unit.applications.all(seeker.id)) == []
    added = await store.transact(lambda unit: unit.applications.add(application(seeker)))
    assert added.number == 1


async def test_what_was_kept_is_there_when_the_store_is_opened_again(store_url: str) -> None:
    async with Store.open(store_url) as store:
        acme = await store.transact(lambda unit: everything(unit, SAM))
    async with Store.open(store_url) as store:
        assert await store.transact(lambda u: u.applications.all(acme.seeker_id)) == [acme]


async def test_a_cancelled_caller_leaves_a_whole_transaction_or_none(store_url: str) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(unit: Unit) -> None:
        seeker, _ = unit.enter(SAM, NOW)
        unit.applications.add(application(seeker))
        begun.set()
        go_on.wait(10)
        unit.applications.add(application(seeker))

    async with Store.open(store_url) as store:
        task = asyncio.create_task(store.transact(slow))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
    assert len(kept(store_url)) == 2


async def test_work_that_had_not_begun_when_it_was_cancelled_is_not_done(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    begun, go_on = threading.Event(), threading.Event()
    async with Store.open(url) as store:
        first = asyncio.create_task(store.transact(lambda unit: (begun.set(), go_on.wait(10))))
        await asyncio.to_thread(begun.wait, 10)
        second = asyncio.create_task(store.transact(lambda unit: everything(unit, SAM)))
        await asyncio.wait([second], timeout=0)
        second.cancel()
        await asyncio.wait([second])
        go_on.set()
        await first
    assert kept(url) == []


def kept(url: str) -> list[Application]:
    """Sam's applications, by a store of its own."""
    with Store.open(url) as store:
        return store.run(lambda unit: unit.applications.all(unit.enter(SAM, NOW)[0].id))


async def test_closing_waits_for_the_work_that_was_handed_over(store_url: str) -> None:
    store = Store.open(store_url)
    tasks = [
        asyncio.create_task(store.transact(lambda u, n=n: u.enter(replace(SAM, user=f"U{n}"), NOW)))
        for n in range(20)
    ]
    await asyncio.wait(tasks, timeout=0)
    await store.close()
    people = {seeker.id for seeker, _ in await asyncio.gather(*tasks)}
    assert len(people) == 20
    with pytest.raises(Unavailable, match="closed"):
        await store.transact(lambda unit: None)


async def test_two_first_commands_at_once_make_one_person(store: Store, kind: str) -> None:
    start = threading.Barrier(8 if kind == "postgres" else 1)
    met: set[int] = set()

    def first(unit: Unit) -> int:
        if threading.get_ident() not in met:
            met.add(threading.get_ident())
            start.wait(10)
        return unit.enter(SAM, NOW)[0].id

    ids = await asyncio.gather(*(store.transact(first) for _ in range(8)))
    assert len(set(ids)) == 1
    assert await store.transact(lambda unit: list(unit.seekers(range(100)))) == ids[:1]


async def test_one_persons_commands_take_turns(store: Store) -> None:
    seeker = arrive(store)

    def log(unit: Unit) -> int:
        unit.enter(SAM, NOW)
        known = len(unit.applications.all(seeker.id))
        unit.applications.add(application(seeker, note=str(known)))
        return known

    counts = await asyncio.gather(*(store.transact(log) for _ in range(16)))
    assert sorted(counts) == list(range(16))


async def test_a_deadlock_is_run_again(postgres_url: str) -> None:
    async with Store.open(postgres_url) as store:
        arrive(store, SAM)
        arrive(store, KIM)
        both = threading.Barrier(2)

        def crossing(first: Who, second: Who) -> Callable[[Unit], None]:
            runs: list[Who] = []

            def work(unit: Unit) -> None:
                runs.append(first)
                ran.append(first)
                again = len(runs) > 1
                # Run again it goes the other way: else it might meet the other in the same way.
                unit.enter(second if again else first, NOW)
                if not again:
                    both.wait(10)
                unit.enter(first if again else second, NOW)

            return work

        ran: list[Who] = []
        await asyncio.gather(store.transact(crossing(SAM, KIM)), store.transact(crossing(KIM, SAM)))
    assert len(ran) == 3


async def test_a_connection_that_broke_is_made_again(postgres: Server, postgres_url: str) -> None:
    async with Store.open(postgres_url) as store:
        seeker = arrive(store)
        cut(postgres, postgres_url)
        runs = []

        def work(unit: Unit) -> None:
            unit.applications.add(application(seeker))
            runs.append(1)
            if len(runs) == 1:
                cut(postgres, postgres_url)
            unit.applications.add(application(seeker))

        await store.transact(work)
        assert len(await store.transact(lambda unit: unit.applications.all(seeker.id))) == 2


async def test_a_connection_that_broke_in_the_commit_is_not_called_unchanged(
    postgres_url: str,
) -> None:
    engine = connect(postgres_url, 1)
    with engine.begin() as connection:
        for sql in (
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
            "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON applications "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
        ):
            connection.exec_driver_sql(sql)
    engine.dispose()
    async with Store.open(postgres_url) as store:
        with pytest.raises(Unavailable, match="look whether it is there"):
            await store.transact(lambda unit: everything(unit, SAM))


async def test_an_error_of_ours_tells_nobody_what_was_written(store: Store) -> None:
    acme = await store.transact(lambda unit: everything(unit, SAM))
    seeker = arrive(store)
    twice = replace(application(seeker, company="Secret Ltd"), number=acme.number)
    with pytest.raises(IntegrityError) as caught:
        await store.transact(lambda unit: unit.applications.put(twice))
    assert "Secret" not in str(caught.value)


def test_what_was_erased_is_in_no_corner_of_the_file(tmp_path: Path) -> None:
    def left() -> bool:
        return any(b"canary" in file.read_bytes() for file in tmp_path.iterdir())

    with Store.open(f"sqlite:///{tmp_path / 'jobs.db'}") as store:
        seeker = arrive(store)
        canary = application(seeker, note="canary" * 500)
        store.run(lambda unit: unit.applications.add(canary))
        assert left()
        store.run(lambda unit: unit.forget(seeker.id))
        assert not left()


def test_sqlite_needs_neither_alembic_nor_the_driver_of_postgresql(tmp_path: Path) -> None:
    program = (
        "import sys; from storage.store import Store; Store.open(sys.argv[1]);"
        "print(sorted({'alembic', 'psycopg'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, f"sqlite:///{tmp_path / 'jobs.db'}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
