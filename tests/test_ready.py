"""What a process says of its own health: over HTTP, on both databases, in every kind of trouble."""

import asyncio
import math
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import event, insert, text

from adapters.checks import STUCK, Level, Pulse, State
from adapters.discord.condition import condition
from adapters.web import ready
from adapters.web.ready import AWAY, GONE, LATE, Readiness
from adapters.web.site import starlette_app
from bot.model import Nudge, NudgeState
from storage import health
from storage.engine import connect
from storage.health import LOOK, MOST, Health
from storage.models import HEAD, nudges
from storage.store import Store
from tests.conftest import Server
from tests.samples import NOW, SAM, arrive, nudge
from tests.serving import serving

HERE = ("slack", "discord")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def look(store: Store, now: datetime = NOW) -> Callable[[], Any]:
    async def ask() -> Health:
        return await store.on_connection(lambda connection: health.look(connection, now, HERE))

    return ask


def beat(store: Store, now: datetime = NOW, process: str = "p1") -> None:
    store.run_on_connection(
        lambda connection: health.beat(connection, process, "worker", "1.0", now, now)
    )


def say(store: Store, sql: str) -> None:
    store.run_on_connection(lambda connection: connection.execute(text(sql)))


def plan(store: Store, **at: datetime) -> None:
    seeker = arrive(store)
    store.run(lambda unit: unit.nudges.add([nudge(seeker, key, due) for key, due in at.items()]))


async def asked(readiness: Readiness) -> tuple[int, dict[str, Any]]:
    """What a prober is told."""
    async with (
        serving(starlette_app(ready.routes(readiness))) as port,
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/readyz") as response,
    ):
        assert response.headers["Cache-Control"] == "no-store"
        return response.status, await response.json()


async def verdict(
    look: Callable[[], Any], checks: Mapping[str, Any] | None = None, **how: Any
) -> dict[str, str]:
    """The state of each check, and of all together."""
    status, said = await asked(Readiness(look, checks or {}, **how))
    assert status == (503 if said["status"] == "unavailable" else 200)
    return {"all": said["status"]} | {n: c["status"] for n, c in said["checks"].items()}


async def test_a_process_that_can_do_its_work_says_so(store: Store) -> None:
    beat(store, NOW - timedelta(seconds=4))
    plan(store, later=NOW + timedelta(days=1))
    status, said = await asked(Readiness(look(store), {"discord": lambda: condition(True, [0.04])}))
    said["checks"]["database"].pop("seconds")
    assert (status, said) == (
        200,
        {
            "status": "ready",
            "checks": {
                "database": {"status": "ready"},
                "migrations": {"status": "ready"},
                "dispatcher": {"status": "ready", "age_seconds": 4.0},
                "overdue": {"status": "ready", "count": 0, "oldest_seconds": 0.0},
                "discord": {
                    "status": "ready",
                    "connections": 1,
                    "connected": 1,
                    "latency_seconds": 0.04,
                },
            },
        },
    )


@pytest.mark.parametrize(
    ("version", "migrations"),
    [
        ("'0001'", "unavailable"),
        ("NULL", "unavailable"),
        (f"'{HEAD}'", "ready"),
        ("'9'", "degraded"),
    ],
)
async def test_a_schema_that_is_behind_stops_the_work_and_a_newer_one_does_not(
    store: Store, version: str, migrations: str
) -> None:
    """During a deploy the old processes go on for a while after the release has migrated."""
    beat(store)
    say(
        store,
        "DELETE FROM alembic_version"
        if version == "NULL"
        else f"UPDATE alembic_version SET version_num = {version}",
    )
    found = await verdict(look(store))
    assert (found["migrations"], found["all"]) == (migrations, migrations)


async def test_a_database_without_our_tables_is_behind_too(store: Store) -> None:
    say(store, "DROP TABLE alembic_version")
    found = await verdict(look(store))
    assert found == {
        "all": "unavailable",
        "database": "ready",
        "migrations": "unavailable",
        "dispatcher": "degraded",
    }


async def test_a_database_that_is_gone_is_said_in_a_second_and_without_its_address(
    postgres: Server,
) -> None:
    name = postgres.fresh("migrated")
    async with Store.open(postgres.address(name)) as store:
        beat(store)
        assert (await verdict(look(store)))["all"] == "ready"
        postgres.drop(name)
        status, said = await asyncio.wait_for(asked(Readiness(look(store), {})), 2)
    assert status == 503
    assert said["checks"]["database"]["status"] == "unavailable"
    assert said["checks"]["database"]["why"].startswith("The database")
    assert name not in str(said)


async def test_a_file_that_another_program_holds_is_unavailable(
    sqlite_file: Any, tmp_path: Any
) -> None:
    path = tmp_path / "held.db"
    path.write_bytes(sqlite_file.read_bytes())
    other = connect(f"sqlite:///{path}", 1)
    async with Store.open(f"sqlite:///{path}?timeout=0") as store:
        with other.connect() as connection:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            assert (await verdict(look(store)))["database"] == "unavailable"
            connection.exec_driver_sql("ROLLBACK")
        assert (await verdict(look(store)))["database"] == "ready"
    other.dispose()


async def test_a_database_that_owes_an_answer_is_asked_once_and_not_waited_for() -> None:
    clock, asked_times, answer = Clock(), 0, asyncio.Event()

    async def slow() -> Health:
        nonlocal asked_times
        asked_times += 1
        await answer.wait()
        return Health(health.Schema.OURS, {}, timedelta())

    readiness = Readiness(slow, {}, clock=clock, patience=0.01)
    assert (await readiness.report()).checks["database"].level is Level.DEGRADED
    clock.now += AWAY
    assert (await readiness.report()).checks["database"].level is Level.DEGRADED
    clock.now += 1
    assert (await readiness.report()).checks["database"].level is Level.UNAVAILABLE
    answer.set()
    await readiness.close()
    clock.now += 1
    assert (await readiness.report()).level is Level.READY
    assert asked_times == 1


async def test_whoever_probes_never_loads_the_database(store: Store) -> None:
    clock, count = Clock(), 0

    async def counted() -> Health:
        nonlocal count
        count += 1
        result: Health = await look(store)()
        return result

    readiness = Readiness(counted, {}, clock=clock)
    await asyncio.gather(*(readiness.report() for _ in range(1000)))
    assert count == 1
    clock.now += 0.9
    await readiness.report()
    assert count == 1
    clock.now += 0.2
    await readiness.report()
    assert count == 2


async def test_a_worker_elsewhere_that_is_missing_degrades_this_process_and_no_more(
    store: Store,
) -> None:
    assert (await verdict(look(store)))["dispatcher"] == "degraded", "nobody ever ran"
    beat(store, NOW - timedelta(seconds=STUCK + 1))
    assert (await verdict(look(store)))["dispatcher"] == "degraded", "nobody runs"
    beat(store, NOW - timedelta(seconds=STUCK - 1), "p2")
    assert (await verdict(look(store)))["all"] == "ready", "one of two is enough"


async def test_a_worker_whose_own_loop_is_stuck_is_unavailable(store: Store) -> None:
    beat(store)
    clock = Clock()
    pulse = Pulse(clock)
    clock.now += STUCK
    assert (await verdict(look(store), pulse=pulse.state))["all"] == "ready"
    clock.now += 1
    assert (await verdict(look(store), pulse=pulse.state))["all"] == "unavailable"
    pulse.beat()
    assert (await verdict(look(store), pulse=pulse.state))["all"] == "ready"


async def test_a_platforms_trouble_stops_only_the_process_that_does_nothing_else() -> None:
    async def well() -> Health:
        return Health(health.Schema.OURS, {}, timedelta())

    async def after(seconds: float, vital: Collection[str]) -> Level:
        clock = Clock()
        now = condition(True, [math.inf, math.inf])
        readiness = Readiness(well, {"discord": lambda: now}, vital, clock=clock)
        assert (await readiness.report()).level is Level.DEGRADED, "it may just be connecting"
        clock.now += seconds
        found = (await readiness.report()).level
        # Whatever it was, it is over when it is over, and begins anew after that.
        now = condition(True, [0.1, 0.1])
        clock.now += 2
        assert (await readiness.report()).level is Level.READY
        now = condition(True, [math.inf, math.inf])
        clock.now += 2
        assert (await readiness.report()).level is Level.DEGRADED
        return found

    assert await after(GONE - 1, ["discord"]) is Level.DEGRADED
    assert await after(GONE + 1, ["discord"]) is Level.UNAVAILABLE
    assert await after(GONE + 3600, []) is Level.DEGRADED


def test_a_gateway_is_as_well_as_its_shards() -> None:
    assert condition(True, None).level is Level.READY
    assert condition(False, None).level is Level.DEGRADED
    assert condition(False, []).level is Level.UNAVAILABLE
    some = condition(True, [0.1, math.inf, 0.3])
    assert some.level is Level.DEGRADED
    assert some.facts == {"connections": 3, "connected": 2, "latency_seconds": 0.3}
    none = condition(True, [math.inf, math.nan])
    assert (none.level, none.facts["latency_seconds"]) == (Level.UNAVAILABLE, None)


async def test_an_infinite_latency_is_no_trouble_for_json(store: Store) -> None:
    found = await verdict(look(store), {"discord": lambda: condition(True, [math.inf])})
    assert found["discord"] == "degraded"


async def test_nudges_that_nobody_takes_are_told_by_number_and_age_alone(store: Store) -> None:
    beat(store)
    plan(store, canary=NOW - LATE - timedelta(seconds=1), fresh=NOW - timedelta(minutes=1))
    status, said = await asked(Readiness(look(store), {}))
    assert (status, said["status"]) == (200, "degraded")
    assert said["checks"]["overdue"] == {
        "status": "degraded",
        "why": "nudges are ready and nobody takes them",
        "count": 2,
        "oldest_seconds": 181.0,
    }
    assert "canary" not in str(said)


def overdue(store: Store, now: datetime = NOW) -> dict[str, tuple[int, float]]:
    found = store.run_on_connection(lambda connection: health.look(connection, now, HERE))
    return {p: (one.count, one.oldest.total_seconds()) for p, one in found.overdue.items()}


def test_overdue_is_only_what_was_ready_and_was_not_taken(store: Store) -> None:
    assert overdue(store) == {"slack": (0, 0), "discord": (0, 0)}
    look_ago = NOW - LOOK
    plan(store, just=look_ago, later=NOW + timedelta(days=1))
    assert overdue(store)["slack"] == (0, 0), "the next look takes it"
    plan(store, missed=look_ago - timedelta(seconds=1))
    assert overdue(store) == {"slack": (1, 16), "discord": (0, 0)}
    before = overdue(store, NOW + timedelta(seconds=1))
    assert before["slack"] == (2, 17)

    def put(**values: Any) -> None:
        kept = {"state": NudgeState.PLANNED, "ready_at": look_ago - timedelta(seconds=1)}
        store.run_on_connection(
            lambda c: c.execute(
                nudges.update().where(nudges.c.key.like("%missed")).values(**kept | values)
            )
        )

    put(claim="held", ready_at=NOW + timedelta(minutes=2))
    assert overdue(store)["slack"] == (0, 0), "a dispatcher that lives holds it"
    put(claim="held")
    assert overdue(store)["slack"] == (1, 16), "the one that held it is dead"
    put(ready_at=NOW + timedelta(seconds=30), turn_at=NOW + timedelta(seconds=30))
    assert overdue(store)["slack"] == (0, 0), "it waits for its turn"
    put(state=NudgeState.UNDELIVERED)
    assert overdue(store)["slack"] == (0, 0), "it came to an end"
    put(platform="terminal")
    assert overdue(store)["slack"] == (0, 0), "no worker sends that one"


def many(store: Store, count: int, at: datetime) -> None:
    seeker = arrive(store, SAM)
    row: Nudge = nudge(seeker, "x", at)
    values = {column.name: getattr(row, column.name) for column in nudges.c if column.name != "id"}
    rows = [values | {"key": f"many{at}{number}"} for number in range(count)]
    store.run_on_connection(lambda connection: connection.execute(insert(nudges), rows))


def test_counting_stops_before_it_costs_anything(store: Store) -> None:
    many(store, MOST + 10, NOW - timedelta(hours=1))
    assert overdue(store)["slack"] == (MOST, 3600)


def test_the_overdue_are_found_by_the_index_of_what_is_planned(store: Store) -> None:
    many(store, 5000, NOW + timedelta(days=1))
    many(store, 10, NOW - timedelta(hours=1))
    say(store, "ANALYZE nudges")
    engine = store._engine
    said: list[tuple[str, Any]] = []

    def keep(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        said.append((statement, values))

    event.listen(engine, "before_cursor_execute", keep)
    overdue(store)
    event.remove(engine, "before_cursor_execute", keep)
    statement, values = next(one for one in said if "nudges" in one[0])
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    rows = store.run_on_connection(
        lambda connection: connection.exec_driver_sql(explain + statement, values).all()
    )
    assert "ix_nudges_due" in str(rows)
    assert "SCAN nudges" not in str(rows)
    assert "Seq Scan" not in str(rows)


def test_heartbeats_are_renewed_and_those_of_the_dead_forgotten(store: Store) -> None:
    def kept() -> dict[str, timedelta]:
        rows = store.run_on_connection(lambda c: c.execute(health.heartbeats.select()).all())
        return {row.process: row.beat_at - row.began_at for row in rows}

    def at(process: str, hours: float) -> None:
        now = NOW + timedelta(hours=hours)
        store.run_on_connection(
            lambda c: health.beat(c, process, "worker", "1", NOW if process == "a" else now, now)
        )

    at("a", 0)
    at("a", 1)
    at("b", 1)
    assert kept() == {"a": timedelta(hours=1), "b": timedelta()}
    at("c", 24.9)
    assert set(kept()) == {"a", "b", "c"}
    at("c", 25.1)
    assert set(kept()) == {"c"}
    found = store.run_on_connection(
        lambda c: health.look(c, NOW + timedelta(hours=25.2), HERE).beaten
    )
    assert found is not None
    assert abs(found - timedelta(hours=0.1)) < timedelta(seconds=1)


def test_the_levels_are_in_order() -> None:
    assert [level.rank for level in (Level.READY, Level.DEGRADED, Level.UNAVAILABLE)] == [0, 1, 2]
    assert State().level is Level.READY
