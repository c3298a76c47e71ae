"""What is counted, for Prometheus. Knows prometheus-client, and numbers; no person, no text.

A label is one of a few words of ours: a platform, a kind, an outcome, a command. Ids and whatever
anybody typed are none, for they would make a series each and stay for ever.
"""

import math
import platform as running_on
from collections.abc import Mapping
from datetime import timedelta

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
)
from prometheus_client.exposition import choose_encoder

from adapters.checks import CONNECTED, CONNECTIONS, LATENCY, Level, State

# Seconds. From "at once" over the 15 between two looks and the two minutes of a lease to a day,
# after which a nudge that was tried all the time is given up.
LAG = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300, 900, 3600, 14_400, 86_400)
# Seconds. Both platforms wait for three.
ANSWERING = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 2, 3, 5, 10)


class Metrics:
    """Everything that one process counts, in a registry of its own; a `bot.watch.Watch`.

    Not to be shared between event loops; what it counts may be read on any thread.
    """

    def __init__(self, part: str, version: str) -> None:
        """`part` is what this process does ("run", "web", "gateway", "worker")."""
        registry = CollectorRegistry()
        self.registry = registry
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        build = Info("followthrough_build", "What runs here.", registry=registry)
        build.info({"version": version, "part": part, "python": running_on.python_version()})
        self._nudges = Counter(
            "followthrough_nudges",
            "Nudges that came to an end, or wait again (outcome=later).",
            ("platform", "kind", "outcome"),
            registry=registry,
        )
        self._lag = Histogram(
            "followthrough_nudge_lag_seconds",
            "From the moment a nudge was due until the platform confirmed it.",
            ("platform",),
            buckets=LAG,
            registry=registry,
        )
        self._claims = Counter(
            "followthrough_claims",
            "Nudges taken to be sent now.",
            ("platform",),
            registry=registry,
        )
        self._waits = Counter(
            "followthrough_rate_limit_waits",
            "Messages that had to wait for a platform's rate limit.",
            ("platform",),
            registry=registry,
        )
        self._waited = Counter(
            "followthrough_rate_limit_wait_seconds",
            "How long they were told to wait.",
            ("platform",),
            registry=registry,
        )
        self._commands = Counter(
            "followthrough_commands",
            "Commands, and what answered them: a message, a form, or an error's kind.",
            ("platform", "command", "answer"),
            registry=registry,
        )
        self._answering = Histogram(
            "followthrough_command_seconds",
            "From a command's arrival at the desk until its answer was there.",
            ("platform", "answer"),
            buckets=ANSWERING,
            registry=registry,
        )
        self._of_checks(registry)

    def _of_checks(self, registry: CollectorRegistry) -> None:
        """What is asked for at every scrape."""
        self._overdue = Gauge(
            "followthrough_overdue_nudges",
            "Nudges that were ready and that no worker took; counted up to 1000.",
            ("platform",),
            registry=registry,
        )
        self._oldest = Gauge(
            "followthrough_oldest_overdue_seconds",
            "How long the first of them has waited; 0 when there is none.",
            ("platform",),
            registry=registry,
        )
        self._beaten = Gauge(
            "followthrough_worker_heartbeat_age_seconds",
            "Since any worker last did its round.",
            registry=registry,
        )
        self._states = Gauge(
            "followthrough_check",
            "1 for the state that a check of /readyz is in, 0 for its others.",
            ("check", "state"),
            registry=registry,
        )
        self._connections = Gauge(
            "followthrough_connections",
            "Connections over which a platform brings what happens: how many there should be.",
            ("platform",),
            registry=registry,
        )
        self._connected = Gauge(
            "followthrough_connections_up",
            "How many of them there are.",
            ("platform",),
            registry=registry,
        )
        self._latency = Gauge(
            "followthrough_connection_latency_seconds",
            "Of the slowest: from its last heartbeat to the answer.",
            ("platform",),
            registry=registry,
        )

    def claimed(self, platform: str, count: int) -> None:
        self._claims.labels(platform).inc(count)

    def ended(self, platform: str, kind: str, outcome: str, late: float) -> None:
        self._nudges.labels(platform, kind, outcome).inc()
        if outcome == "sent":
            # Clocks of two machines may differ by a little.
            self._lag.labels(platform).observe(max(late, 0.0))

    def waited(self, platform: str, seconds: float) -> None:
        self._waits.labels(platform).inc()
        self._waited.labels(platform).inc(max(seconds, 0.0))

    def answered(self, platform: str, command: str, answer: str, seconds: float) -> None:
        """A command was answered after so many seconds; see `adapters.front.Answered`."""
        self._commands.labels(platform, command, answer).inc()
        self._answering.labels(platform, answer).observe(max(seconds, 0.0))

    def found(self, overdue: Mapping[str, tuple[int, timedelta]], beaten: float) -> None:
        """What the database said: by platform how many are overdue and for how long, and the age of
        the newest heartbeat in seconds; infinite where none ever was, NaN where nobody knows.

        Nothing of it stays when the database says nothing the next time.
        """
        self._overdue.clear()
        self._oldest.clear()
        for platform, (count, oldest) in overdue.items():
            self._overdue.labels(platform).set(count)
            self._oldest.labels(platform).set(oldest.total_seconds())
        self._beaten.set(beaten)

    def checked(self, checks: Mapping[str, State]) -> None:
        """How the checks of `/readyz` stand; those of platforms go by the platform's name."""
        for gauge in (self._states, self._connections, self._connected, self._latency):
            gauge.clear()
        for name, state in checks.items():
            for level in Level:
                self._states.labels(name, level).set(level is state.level)
            if CONNECTIONS in state.facts:
                self._connections.labels(name).set(_number(state.facts[CONNECTIONS]))
                self._connected.labels(name).set(_number(state.facts.get(CONNECTED)))
            if LATENCY in state.facts:
                self._latency.labels(name).set(_number(state.facts[LATENCY]))

    def written(self, accept: str) -> tuple[bytes, str]:
        """Everything, as (body, content type) in the format that `accept` asks for: OpenMetrics, or
        Prometheus' own.
        """
        encoder, kind = choose_encoder(accept)
        return encoder(self.registry), kind


def _number(fact: float | None) -> float:
    return math.nan if fact is None else fact
