"""How well the way to Discord works. Knows latencies of shards; no connection."""

import math
from collections.abc import Sequence

from adapters.checks import CONNECTED, CONNECTIONS, LATENCY, Level, State, known


def condition(signed_in: bool, latencies: Sequence[float] | None) -> State:
    """The state of a process with shards of these latencies (seconds, infinite without connection).

    Unavailable when not one is connected: a large bot's shards begin one after another, which takes
    minutes. `latencies` is None for a process that only sends; Discord has then taken its token, or
    messages wait until it does.
    """
    if latencies is None:
        return State() if signed_in else State(Level.DEGRADED, "not signed in")
    up = [latency for latency in latencies if math.isfinite(latency)]
    facts = {
        CONNECTIONS: float(len(latencies)),
        CONNECTED: float(len(up)),
        LATENCY: known(max(up, default=math.inf)),
    }
    if not up:
        return State(Level.UNAVAILABLE, "no shard is connected", facts)
    if len(up) < len(latencies):
        return State(Level.DEGRADED, "not all shards are connected", facts)
    return State(facts=facts)
