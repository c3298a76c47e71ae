"""How an answer is brought to the place that asked for it, in a platform's three seconds and after.

Slack and Discord both wait three seconds for the first answer. Knows the front; no platform.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

import structlog

from adapters.front import Front
from bot.looking import Repeated
from bot.message import Answer, Call, Form, Message, text
from bot.model import Who

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Of the three seconds; the rest is for the way there and for opening a window.
PATIENCE = 0.8
SORRY = Message(
    "Sorry", (text("Something went wrong on my side. Please try it once more."),), failed=True
)
# For a request that came twice: whoever did what it asks for answers it.
SILENCE = Message("")
EXPIRED = Message(
    "That is from an older version of me",
    (text("It no longer does anything, and nothing was changed. “help” lists what I can do."),),
)
NOT_YOURS = Message(
    "That was for somebody else",
    (text("Nothing was changed. What is yours is in your own messages with me."),),
)

T = TypeVar("T")


class Place(Protocol):
    """Somewhere on a platform that one person looks at.

    Each can `hold` (show in time that something comes), `say` a message and `ask` a form, and does
    the fitting thing whether it held before or not.
    """

    async def hold(self) -> None: ...
    async def say(self, message: Message) -> None: ...
    async def ask(self, form: Form) -> None: ...


async def put(place: Place, answer: Answer) -> None:
    """Show an answer, whichever of the two it is; of SILENCE nothing."""
    if answer is SILENCE:
        return
    if isinstance(answer, Form):
        await place.ask(answer)
    else:
        await place.say(answer)


class Answering:
    """What every listener does once it knows who asked for what, and where."""

    def __init__(self, front: Front) -> None:
        self.front = front

    async def open_or_answer(self, place: Place, call: Call, who: Who, once: str = "") -> None:
        """A form for what is missing, opened before anything is looked up; else the answer."""
        form = self.front.desk.form(call)
        if form is not None:
            await put(place, await self.front.introduce(form, who))
            return
        await self.answer(place, call, who, once)

    async def answer(self, place: Place, call: Call, who: Who, once: str = "") -> None:
        """The answer in its place; first a word of patience there, when it takes too long."""
        answer, under_way = await self.patiently(self.answered(call, who, once))
        if answer is None:
            await place.hold()
            # Not awaited: a library may answer in time only once its listener has returned.
            self.front.background.start(self.finish(place, under_way))
            return
        await put(place, answer)

    async def answered(self, call: Call, who: Who, once: str = "") -> Answer:
        """The answer, complete; SILENCE when the same request was seen to elsewhere."""
        try:
            return await self.front.handle(call, who, once)
        except Repeated:
            log.info("interaction repeated")
            return SILENCE

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
            log.error("answer failed", error=type(error).__name__)
            await place.say(SORRY)

    async def finish(self, place: Place, under_way: Awaitable[Answer]) -> None:
        """Show what is under way once it is there."""

        async def show(place: Place) -> None:
            await put(place, await under_way)

        await self.excused(place, show)
