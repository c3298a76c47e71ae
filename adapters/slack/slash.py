"""The answer to a slash command: in its acknowledgement, in a window, or some time later.

Knows Bolt's acknowledgement; no desk.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from slack_bolt.async_app import AsyncAck

from adapters.slack import Json
from adapters.slack.places import Aside, Window
from adapters.slack.reply import reply, spoken
from bot.message import Form, Message

# Seconds that a window may take to open before the command is acknowledged all the same. Of the
# three that Slack gives, others have gone by already.
OPENING = 0.8


class Spoken:
    """A slash command's own answer: the acknowledgement carries it, or a window that was held.

    When neither can, it is said where the command was typed, through `url`. `start` begins work
    that goes on behind the acknowledgement.
    """

    def __init__(
        self,
        ack: AsyncAck,
        window: Window,
        url: str,
        start: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[Any]"],
    ) -> None:
        self._ack, self._window, self._url = ack, window, url
        self._start = start

    async def hold(self) -> None:
        await self._opening(self._window.hold())

    async def say(self, message: Message) -> None:
        if self._ack.response is None:
            await self._ack(**spoken_back(message))
        elif not await self._window.tell(message):
            await reply(self._window.around.session, self._url, spoken(message))

    async def ask(self, form: Form) -> None:
        await self._opening(Aside(self._window, self._url).ask(form))

    async def _opening(self, work: Coroutine[Any, Any, None]) -> None:
        """Open the window and acknowledge; first the window, unless Slack is slow about it."""
        task = self._start(work)
        await asyncio.wait({task}, timeout=OPENING)
        if task.done():
            # Should it have failed, whoever called us says so.
            task.result()
        if self._ack.response is None:
            await self._ack()


def spoken_back(message: Message) -> Json:
    """A message as the acknowledgement of a slash command, which links nothing by itself."""
    payload = spoken(message)
    return {name: payload[name] for name in ("response_type", "text", "blocks")}
