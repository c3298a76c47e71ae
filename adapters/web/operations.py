"""What whoever runs the bot asks a process: `/metrics` and `/readyz`. For a port of its own.

Nothing here is about anybody, but how much a club writes is nobody else's either: the port is not
to be reachable from outside. Knows what is counted; no platform and no database.
"""

import asyncio
import math
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from adapters.metrics import Metrics
from adapters.web import ready
from adapters.web.ready import Found, Readiness


def routes(metrics: Metrics, readiness: Readiness) -> Sequence[BaseRoute]:
    """`/metrics` and `/readyz`; the app that they are given to has `/healthz` by itself."""

    async def scraped(request: Request) -> Response:
        report = await readiness.report()
        overdue = report.found.overdue if report.found else {}
        metrics.found(
            {platform: (one.count, one.oldest) for platform, one in overdue.items()},
            _age(report.found),
        )
        metrics.checked(report.checks)
        # Writing some hundred series takes milliseconds that the loop has for people.
        body, kind = await asyncio.to_thread(metrics.written, request.headers.get("accept", ""))
        # As it is: a response would add its own charset to it.
        return Response(body, headers={"Content-Type": kind, "Cache-Control": "no-store"})

    return (Route("/metrics", scraped), *ready.routes(readiness))


def _age(found: Found | None) -> float:
    if found is None:
        return math.nan
    return math.inf if found.beaten is None else found.beaten.total_seconds()
