"""The apps that answer Slack, each in a process of its own. Knows nothing of how they are measured.

`python -m bench.slack_apps NAME` reads a line of JSON, `{"door", "url", "answer"}`, serves, and
answers with a line: its port. Each further line makes it finish what it began in the background and
answer with what it has used of the processor, in seconds. `NAME` may also be the workspace.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.slack.app import Slack
from adapters.slack.credentials import Credentials
from adapters.slack.requests import Signed
from adapters.web.guard import Guard
from adapters.web.server import Server
from adapters.web.site import starlette_app
from bench.processes import alone, lines
from bench.slack_people import NOW, PATH, Door, workspace
from bot.commands import registry
from bot.letters.draft import Letters
from storage.engine import connect
from storage.store import THREADS, Store

OURS, ACKS, ORM, POLLED, WORKSPACE = "ours", "acks", "orm", "polled", "workspace"

Json = dict[str, Any]
# An app, and how to wait for what it began in the background.
Made = tuple[Any, Callable[[], Awaitable[object]]]


async def ours(stack: AsyncExitStack, door: Door, url: str) -> Made:
    """The app as `adapters.hosting` serves it, at a time of its own."""
    store = await stack.enter_async_context(Store.open(url))
    found = Credentials(door.token, signing_secret=door.secret, api_url=door.api_url)
    slack = Slack(found, store, registry, Letters(), clock=lambda: NOW)
    # Few people do what thousands would.
    slack.front.desk.pace = None
    stack.push_async_callback(slack.close)
    trust = Signed(door.secret)
    site = starlette_app(slack.routes(lambda app: Guard(app, trust), lambda app: app))
    return site, lambda: slack.background.finish(60)


class Rows(DeclarativeBase):
    """Tables of an app that is not ours."""


class Logged(Rows):
    """What somebody said that they applied for."""

    __tablename__ = "logged"
    id: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str]
    user: Mapped[str]
    line: Mapped[str]


def bare(door: Door, answer: Json, first: Callable[[Json], Awaitable[None]], polled: bool) -> Any:
    """Bolt as its documentation has it: its own check of the signature, one listener, an answer."""
    app = AsyncApp(
        client=AsyncWebClient(door.token, base_url=door.api_url),
        signing_secret=door.secret,
        process_before_response=not polled,
    )

    @app.command("/job")
    async def command(ack: AsyncAck, body: Json) -> None:
        await first(body)
        await ack(**answer)

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route(PATH, events, methods=["POST"])])


def inserting(engine: Engine) -> Callable[[Json], Awaitable[None]]:
    """One row in a transaction of its own, on as many threads as our store has."""
    threads = ThreadPoolExecutor(1 if engine.dialect.name == "sqlite" else THREADS)

    def insert(body: Json) -> None:
        with Session(engine) as session:
            row = Logged(team=body["team_id"], user=body["user_id"], line=body["text"])
            session.add(row)
            session.commit()

    async def inserted(body: Json) -> None:
        await asyncio.get_running_loop().run_in_executor(threads, insert, body)

    return inserted


async def nothing(*_: object) -> None:
    """What an app does that only acknowledges."""


async def made(name: str, stack: AsyncExitStack, order: Json) -> Made:
    """The app of that name."""
    door = Door(**order["door"])
    if name == OURS:
        return await ours(stack, door, order["url"])
    first: Callable[[Json], Awaitable[None]] = nothing
    if name == ORM:
        engine = connect(order["url"], THREADS)
        stack.callback(engine.dispose)
        Rows.metadata.create_all(engine)
        first = inserting(engine)
    return bare(door, order["answer"], first, name == POLLED), nothing


async def main(name: str) -> None:
    alone(served=name != WORKSPACE)
    if name == WORKSPACE:
        await workspace(int(sys.argv[2]))
        return
    orders = lines()
    order = json.loads(await anext(orders))
    async with AsyncExitStack() as stack:
        app, finish = await made(name, stack, order)
        server = await stack.enter_async_context(Server(app, 0, "127.0.0.1"))
        print(json.dumps(server.port), flush=True)
        async for _ in orders:
            await finish()
            print(json.dumps(time.process_time()), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
