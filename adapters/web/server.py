"""Serves an ASGI app inside a loop that is already running. Knows uvicorn; not what is served."""

import asyncio
import errno
import socket
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

import structlog
import uvicorn
from starlette.types import ASGIApp

from adapters.settings import BadSetting

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# More at once are told 503: each may hold a megabyte of body, and Slack sends 30,000 an hour at
# most (https://docs.slack.dev/apis/events-api/).
AT_ONCE = 500
# Balancers keep an idle connection for 60 seconds; whoever closes it first loses a request.
IDLE = 65
# Requests under way have this long to end, of the 25 seconds that a host leaves us altogether.
GRACE = 10


class _Uvicorn(uvicorn.Server):
    """A server that leaves signals to the program and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # a context manager either way
        # Its own would raise SIGTERM again once it has served, and our cleaning up would not run.
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()


class Server:
    """`async with Server(app, port) as server:` serves `app` at `server.port` until it is left.

    Port 0 is any free one. Entering raises BadSetting when the port cannot be had. On leaving, new
    connections are refused and requests under way are finished, for up to `GRACE` seconds. Nothing
    that a proxy writes into headers is believed, since nothing here asks where a request came from.
    """

    def __init__(
        self, app: ASGIApp, port: int, host: str = "0.0.0.0", setting: str = "PORT"
    ) -> None:
        """`setting` is the variable that the port came from, for the sentence about it."""
        self._host = host
        self._setting = setting
        self.port = port
        self._server = _Uvicorn(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                # What the app needs is opened and closed around the server, by whoever made both.
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                limit_concurrency=AT_ONCE,
                timeout_keep_alive=IDLE,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    async def serve(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set. Raises as entering does."""
        async with self:
            await stop.wait()

    async def __aenter__(self) -> Self:
        self._server.config.load()
        listening = listener(self._host, self.port, self._setting)
        self.port = listening.getsockname()[1]
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        await self._server.listening.wait()
        log.info("listening", port=self.port)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        if self._serving:
            await self._serving
        log.info("closed", port=self.port)


def listener(host: str, port: int, setting: str = "PORT") -> socket.socket:
    """A socket bound to the address. Raises BadSetting with a sentence for the person who set it.

    It is ours and not uvicorn's, which ends the whole program when a port is taken.
    """
    if not 0 <= port < 1 << 16:
        raise BadSetting(f"{setting} is a number from 0 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as trouble:
        if trouble.errno == errno.EADDRINUSE:
            why = f"Port {port} is taken by another program: set {setting} to a free one."
        elif trouble.errno == errno.EACCES:
            why = f"Port {port} is only for the system: set {setting} to one above 1023."
        else:
            why = f"Nothing can listen on port {port} of {host}: {trouble.strerror or trouble}."
        raise BadSetting(why) from None
    # The head and the body of an answer are written apart, and the body would wait some 40 ms until
    # the other side has acknowledged the head. asyncio sees to it only for a socket that names TCP.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
