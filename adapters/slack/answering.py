"""How an answer is brought to the place that asked for it, in Slack's three seconds and after.

Knows the front and the places; no listener of Bolt's.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from adapters.slack import Json
from adapters.slack.files import without_files
from adapters.slack.front import Front
from adapters.slack.places import Place, Surroundings, put
from adapters.slack.workspace import Workspace
from bot.message import Answer, Call, Form, Message, text
from bot.model import Who

log = logging.getLogger(__name__)

# Of the three seconds; the rest is for the way there and for opening a window.
PATIENCE = 0.8
SORRY = Message(
    "Sorry", (text("Something went wrong on my side. Please try it once more."),), failed=True
)
EXPIRED = Message(
    "That is from an older version of me",
    (text("It no longer does anything, and nothing was changed. “help” lists what I can do."),),
)
NOT_YOURS = Message(
    "That was for somebody else",
    (text("Nothing was changed. What is yours is in your own messages with me."),),
)

T = TypeVar("T")


class Answering:
    """What every listener does once it knows who asked for what, and where."""

    def __init__(self, front: Front) -> None:
        self.front = front

    async def around(self, body: Json, who: Who | None) -> Surroundings:
        """What a place needs, for whoever asked. Raises NotInstalled and NotNow."""
        clients = self.front.clients
        workspace = who.workspace if who else Workspace.of(body).key
        client = await clients.client(workspace)

        async def redraw(ref: str, answer: Message) -> Message | None:
            return (
                await self.front.desk.redraw(ref, answer, who, self.front.clock()) if who else None
            )

        return Surroundings(
            workspace,
            client,
            self.front.sent,
            clients.session,
            self.front.desk.registry,
            self.front.clock(),
            redraw,
            self.front.turns,
        )

    async def open_or_answer(self, place: Place, call: Call, who: Who) -> None:
        """A form for what is missing, opened before anything is looked up; else the answer."""
        form = self.front.desk.form(call)
        if form is not None:
            await put(place, await self.front.introduce(form, who))
            return
        await self.answer(place, call, who)

    async def answer(self, place: Place, call: Call, who: Who) -> None:
        """The answer in its place; first a word of patience there, when it takes too long."""
        answer, under_way = await self.patiently(self.answered(call, who))
        if answer is None:
            await place.hold()
            # Not awaited: Bolt sends the acknowledgement when the listener returns.
            self.front.background.start(self.finish(place, under_way))
            return
        await put(place, answer)

    async def answered(self, call: Call, who: Who) -> Answer:
        """The answer with its files on their way, which takes several calls of Slack's."""
        return await self._sending_files(await self.front.handle(call, who), who)

    async def patiently(self, work: Coroutine[Any, Any, T]) -> "tuple[T | None, asyncio.Task[T]]":
        """The result, or None while it is still under way. A click that is gone stops nothing."""
        task = self.front.background.start(work)
        await asyncio.wait({task}, timeout=PATIENCE)
        return (task.result() if task.done() else None), task

    async def excused(self, place: Place, work: Callable[[Place], Awaitable[None]]) -> None:
        """Do some work in a place; a failure of ours is said there too, and logged by its kind."""
        try:
            await work(place)
        except Exception as error:
            log.error("failed click error=%s", type(error).__name__)
            await place.say(SORRY)

    async def finish(self, place: Place, under_way: Awaitable[Answer]) -> None:
        """Show what is under way once it is there."""

        async def show(place: Place) -> None:
            await put(place, await under_way)

        await self.excused(place, show)

    async def _sending_files(self, answer: Answer, who: Who) -> Answer:
        """The answer, its files sent where files can be; it says where they went."""
        if isinstance(answer, Form):
            return answer
        clients, pause = self.front.clients, self.front.background.pause
        return await without_files(answer, clients, who.workspace, who.user, pause)


def named(callback: object) -> str:
    """An id of a manifest or a window of ours for the log; never anything else."""
    found = re.fullmatch(r"[a-z_]{1,30}", str(callback))
    return found[0] if found else "?"
