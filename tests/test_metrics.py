"""What is counted, as Prometheus reads it: whole, bounded, and nobody's."""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from prometheus_client import REGISTRY
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as read_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as read

from adapters.background import Background
from adapters.checks import State
from adapters.discord.condition import condition
from adapters.front import Front
from adapters.metrics import Metrics
from adapters.web import operations, ready
from adapters.web.ready import Readiness
from adapters.web.site import starlette_app
from bot.command import Registry
from bot.commands import registry
from bot.context import Context
from bot.delivery import Outcome, Sent
from bot.desk import Desk
from bot.looking import Repeated
from bot.message import Block, Call, Message
from bot.model import Account, NudgeKind, NudgeState, Who
from bot.ports import Unavailable
from bot.watch import Watch
from storage import health
from storage.health import Health, Overdue, Schema
from storage.store import Store
from tests.samples import NOW, SAM, arrive, nudge
from tests.serving import serving
from tests.stories.chat import LETTERS

OPEN = "application/openmetrics-text; version=1.0.0"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def well() -> Health:
    return Health(Schema.OURS, {"slack": Overdue(3, timedelta(seconds=90))}, timedelta(seconds=4))


def samples(said: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in read(said)
        for sample in family.samples
    }


def value(said: str, name: str, **labels: str) -> float:
    return samples(said)[name, tuple(sorted(labels.items()))]


@asynccontextmanager
async def served(metrics: Metrics, readiness: Readiness) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        serving(starlette_app(operations.routes(metrics, readiness))) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
    ):
        yield client


async def scraped(metrics: Metrics, readiness: Readiness | None = None, accept: str = "") -> str:
    async with (
        served(metrics, readiness or Readiness(well, {})) as client,
        client.get("/metrics", headers={"Accept": accept}) as response,
    ):
        assert response.status == 200
        return await response.text()


async def test_what_a_dispatcher_does_is_counted_by_platform_kind_and_outcome() -> None:
    metrics = Metrics("worker", "1.2.3")
    watch: Watch = metrics
    watch.claimed("slack", 3)
    watch.claimed("slack", 2)
    watch.ended("slack", NudgeKind.FOLLOW_UP, NudgeState.SENT, 0.3)
    watch.ended("slack", NudgeKind.FOLLOW_UP, NudgeState.SENT, -0.2)
    watch.ended("slack", NudgeKind.FOLLOW_UP, "later", 4000)
    watch.ended("discord", NudgeKind.REVIEW, NudgeState.UNDELIVERED, 90_000)
    watch.waited("discord", 1.5)
    watch.waited("discord", 2)
    said = await scraped(metrics)
    assert value(said, "followthrough_claims_total", platform="slack") == 5
    kind = NudgeKind.FOLLOW_UP.value
    name = "followthrough_nudges_total"
    assert value(said, name, platform="slack", kind=kind, outcome="sent") == 2
    assert value(said, name, platform="slack", kind=kind, outcome="later") == 1
    lag = "followthrough_nudge_lag_seconds"
    assert value(said, f"{lag}_count", platform="slack") == 2, "what waits again is not there yet"
    assert value(said, f"{lag}_sum", platform="slack") == 0.3, "two clocks may differ"
    assert value(said, f"{lag}_bucket", platform="slack", le="0.25") == 1
    assert value(said, f"{lag}_bucket", platform="slack", le="0.5") == 2
    assert (f"{lag}_count", (("platform", "discord"),)) not in samples(said)
    assert value(said, "followthrough_rate_limit_waits_total", platform="discord") == 2
    assert value(said, "followthrough_rate_limit_wait_seconds_total", platform="discord") == 3.5
    assert 'followthrough_build_info{part="worker",python=' in said
    assert 'version="1.2.3"' in said


async def test_the_checks_and_what_is_overdue_are_those_of_the_moment() -> None:
    shards = [0.04, float("inf")]
    answers = [await well(), None]

    async def look() -> Health:
        found = answers.pop(0)
        if found is None:
            raise Unavailable("away")
        return found

    clock = 0.0
    checks = {"discord": lambda: condition(True, shards), "slack": State}
    readiness = Readiness(look, checks, clock=lambda: clock)
    metrics = Metrics("run", "1")
    said = await scraped(metrics, readiness)
    assert value(said, "followthrough_overdue_nudges", platform="slack") == 3
    assert value(said, "followthrough_oldest_overdue_seconds", platform="slack") == 90
    assert value(said, "followthrough_worker_heartbeat_age_seconds") == 4
    state = "followthrough_check"
    assert value(said, state, check="discord", state="degraded") == 1
    assert value(said, state, check="discord", state="ready") == 0
    assert value(said, state, check="slack", state="ready") == 1
    assert value(said, "followthrough_connections", platform="discord") == 2
    assert value(said, "followthrough_connections_up", platform="discord") == 1
    assert value(said, "followthrough_connection_latency_seconds", platform="discord") == 0.04
    clock += 2
    said = await scraped(metrics, readiness)
    assert value(said, state, check="database", state="unavailable") == 1
    assert "followthrough_overdue_nudges{" not in said, "an old number would be taken for a new one"
    age = value(said, "followthrough_worker_heartbeat_age_seconds")
    assert math.isnan(age), "nobody knows"


@pytest.mark.parametrize("accept", ["", "text/plain;version=0.0.4", OPEN])
async def test_prometheus_understands_all_of_it(accept: str) -> None:
    metrics = Metrics("web", "1")
    metrics.claimed("slack", 1)
    metrics.answered("slack", "job list", "message", 0.02)
    async with (
        served(metrics, Readiness(well, {"slack": State})) as client,
        client.get("/metrics", headers={"Accept": accept}) as response,
    ):
        kind = "application/openmetrics-text" if accept == OPEN else "text/plain"
        assert response.content_type == kind
        assert response.headers["Cache-Control"] == "no-store"
        assert len(response.headers.getall("Content-Type")) == 1
        said = await response.text()
        for path, status in (("/healthz", 200), ("/readyz", 200), ("/elsewhere", 404)):
            async with client.get(path) as other:
                assert other.status == status
    parse = read_openmetrics if accept == OPEN else read
    names = {family.name for family in parse(said)}
    assert {"followthrough_claims", "followthrough_command_seconds"} <= {
        name.removesuffix("_total") for name in names
    }
    assert all(name.startswith(("followthrough_", "process_", "python_")) for name in names)


async def test_the_public_port_has_no_metrics() -> None:
    app = starlette_app(ready.routes(Readiness(well, {})))
    async with (
        serving(app) as port,
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/metrics") as response,
    ):
        assert response.status == 404


async def test_two_processes_in_one_count_apart() -> None:
    one, two = Metrics("web", "1"), Metrics("web", "1")
    one.claimed("slack", 1)
    assert "followthrough_claims_total{" not in await scraped(two)
    assert not [m for m in REGISTRY.collect() if m.name.startswith("followthrough")]


class Post:
    """Takes every message for sent."""

    platform = "slack"
    repeats_safely = False

    def stored(self, account: Account) -> None:
        return

    def lane(self, account: Account) -> None:
        return None

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        return Sent()


def front(store: Store, metrics: Metrics, commands: Registry = registry) -> Front:
    def remove(refs: Sequence[str], who: Who) -> Sequence[Block]:
        return ()

    desk = Desk(store, commands, LETTERS)
    now = datetime(2026, 6, 1, 14, tzinfo=UTC)
    return Front(desk, Post(), Background(), lambda: now, remove, metrics.answered)


async def test_commands_are_counted_by_what_answered_them_and_never_by_what_was_typed(
    store: Store,
) -> None:
    metrics = Metrics("web", "1")
    asked = front(store, metrics)
    logged = Call("job applied", {"company": "canary-co", "role": "canary-role"})
    await asked.handle(logged, SAM, "canary-request")
    with pytest.raises(Repeated):
        await asked.handle(logged, SAM, "canary-request")
    await asked.handle(Call("job applied", {"company": "canary-co"}), SAM)
    await asked.handle(Call("job list"), SAM)
    await asked.handle(Call("canary typed in error"), SAM)
    await asked.handle(Call("job applied", {"company": "canary" * 100_000}), SAM)
    await store.close()
    assert getattr(await asked.handle(Call("job list"), SAM), "failed", False)

    def count(said: str, command: str, answer: str) -> float:
        name = "followthrough_commands_total"
        return value(said, name, platform="slack", command=command, answer=answer)

    said = await scraped(metrics)
    assert count(said, "job applied", "message") == 1
    assert count(said, "job applied", "form") == 1
    assert count(said, "job list", "message") == 1
    assert count(said, "job applied", "repeated") == 1
    assert count(said, "job list", "failed") == 1
    assert count(said, "unknown", "message") == 1
    assert count(said, "job applied", "held") == 1
    took = "followthrough_command_seconds_count"
    assert value(said, took, platform="slack", answer="message") == 3
    assert "canary" not in said
    assert not {SAM.user, SAM.workspace, SAM.place, SAM.name} & {
        value for _, labels in samples(said) for _, value in labels
    }


async def test_a_command_that_breaks_is_counted_too(store: Store) -> None:
    commands = Registry("desk")

    @commands.command()
    def desk_break(ctx: Context) -> Message:
        """Break."""
        raise RuntimeError("canary")

    metrics = Metrics("web", "1")
    await front(store, metrics, commands).handle(Call("desk break"), SAM)
    said = await scraped(metrics)
    name = "followthrough_commands_total"
    assert value(said, name, platform="slack", command="desk break", answer="failed") == 1
    assert "canary" not in said


async def test_what_is_overdue_is_told_without_anybodys_records(store: Store) -> None:
    seeker = arrive(store)
    store.run(lambda unit: unit.nudges.add([nudge(seeker, "canary", NOW - timedelta(hours=1))]))

    async def look() -> Health:
        return await store.on_connection(lambda c: health.look(c, NOW, ["slack"]))

    said = await scraped(Metrics("worker", "1"), Readiness(look, {}))
    assert value(said, "followthrough_overdue_nudges", platform="slack") == 1
    assert value(said, "followthrough_oldest_overdue_seconds", platform="slack") == 3600
    assert value(said, "followthrough_worker_heartbeat_age_seconds") == math.inf, "none ever ran"
    assert "canary" not in said
