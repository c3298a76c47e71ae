"""The apps that answer Discord, each in a process of its own. Knows nothing of how it is measured.

`python -m bench.discord_apps NAME` reads a line of JSON, `{"api_url", "gateway_url", "token",
"url"}`, and connects. Each further line makes it finish what it began in the background and answer
with what it has used of the processor, in seconds.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from adapters.discord.app import Discord
from adapters.discord.credentials import Credentials
from bench.discord_bare import Asked, First, bare, nothing
from bench.discord_people import NOW
from bench.processes import alone, lines
from bot.commands import registry
from bot.letters.draft import Letters
from storage.engine import connect
from storage.store import THREADS, Store

OURS, OK, ORM = "ours", "ok", "orm"

Order = dict[str, str]


async def ours(stack: AsyncExitStack, order: Order) -> Callable[[], Awaitable[object]]:
    """The app as `adapters.hosting` has it, at a time of its own; returns how it is finished."""
    store = await stack.enter_async_context(Store.open(order["url"]))
    credentials = Credentials(order["token"], order["api_url"], order["gateway_url"])
    app = Discord(credentials, store, registry, Letters(), clock=lambda: NOW)
    # Few people do what thousands would.
    app.desk.pace = None
    stack.push_async_callback(app.close)
    await stack.enter_async_context(app.gateway())
    return lambda: app.background.finish(60)


class Rows(DeclarativeBase):
    """Tables of an app that is not ours."""


class Logged(Rows):
    """What somebody said that they applied for."""

    __tablename__ = "logged"
    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str]
    company: Mapped[str]
    role: Mapped[str]


def inserting(engine: Engine) -> First:
    """One row in a transaction of its own, on as many threads as our store has."""
    threads = ThreadPoolExecutor(1 if engine.dialect.name == "sqlite" else THREADS)

    def insert(user: str, company: str, role: str) -> None:
        with Session(engine) as session:
            session.add(Logged(user=user, company=company, role=role))
            session.commit()

    async def inserted(asked: Asked, company: str, role: str) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(threads, insert, str(asked.user.id), company, role)

    return inserted


async def made(name: str, stack: AsyncExitStack, order: Order) -> Callable[[], Awaitable[object]]:
    """The app of that name, connecting; returns how it is finished."""
    if name == OURS:
        return await ours(stack, order)
    first: First = nothing
    if name == ORM:
        engine = connect(order["url"], THREADS)
        stack.callback(engine.dispose)
        Rows.metadata.create_all(engine)
        first = inserting(engine)
    where = order["api_url"], order["gateway_url"], order["token"]
    await stack.enter_async_context(bare(*where, first))
    return nothing


async def main(name: str) -> None:
    alone(served=True)
    orders = lines()
    order = json.loads(await anext(orders))
    async with AsyncExitStack() as stack:
        finish = await made(name, stack, order)
        async for _ in orders:
            await finish()
            print(json.dumps(time.process_time()), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
