"""Where an answer goes: the place in Slack that it was asked from. Knows the Web API; no desk.

Each place can `hold` (show within Slack's three seconds that something comes), `say` a message and
`ask` a form, and does the fitting thing whether it held before or not.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.redrawing import ELSEWHERE, Turns, is_stale
from adapters.slack import Json
from adapters.slack.blocks import blocks, text_of
from adapters.slack.forms import view
from adapters.slack.mending import SentMessages
from adapters.slack.meta import Meta, Origin
from adapters.slack.outcomes import code_of
from adapters.slack.reply import reply, spoken
from adapters.slack.waiting import asked_to_wait
from adapters.slack.windows import moment, window
from bot.command import Registry
from bot.message import Button, Buttons, Call, Form, Message, Style, TooLong, text

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

Redraw = Callable[[str, Message], Awaitable[Message | None]]

# Seconds before a window that could not be changed is tried once more, and the most that Slack may
# ask for instead: somebody looks at it.
AGAIN, AT_MOST = 0.3, 10.0


@dataclass
class Surroundings:
    """What every place needs: ways to Slack, what commands ask, and the reader's day."""

    workspace: str
    client: AsyncWebClient
    sent: SentMessages
    session: aiohttp.ClientSession
    registry: Registry
    now: datetime
    redraw: Redraw
    turns: Turns

    def form(self, form: Form, meta: Meta) -> Json:
        """The window that asks a form."""
        zone = ZoneInfo(form.zone) if form.zone else None
        return view(form, self.registry.commands[form.call.name], meta, self.now, zone)


@dataclass
class Window:
    """A window that is open, or that the click of a moment ago allows us to open."""

    around: Surroundings
    trigger: str = ""
    view_id: str = ""
    meta: Meta = field(default_factory=Meta)
    _tried: bool = field(default=False, init=False)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def show(self, shown: Json) -> bool:
        """Put this into the window; False when Slack would not have it, such as when too late."""
        # Whatever is shown next waits until it is known whether there is a window.
        async with self._one:
            if self.view_id:
                return await self._update(shown)
            if self._tried:
                # A trigger opens one window, and by now its three seconds are over.
                return False
            self._tried = True
            return await self._open(shown)

    async def _open(self, shown: Json) -> bool:
        try:
            opened = await self.around.client.views_open(trigger_id=self.trigger, view=shown)
        except SlackApiError as error:
            log.warning("window not opened", code=code_of(error.response))
            return False
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("window not opened", error=type(error).__name__)
            return False
        found: Any = opened.get("view") or {}
        self.view_id = found.get("id", "")
        return True

    async def _update(self, shown: Json) -> bool:
        """Replace what it shows; tried once more, since nobody would see the answer otherwise."""
        wait: float | None = AGAIN
        while True:
            try:
                await self.around.client.views_update(view_id=self.view_id, view=shown)
            except SlackApiError as error:
                code, asked = code_of(error.response), asked_to_wait(error)
                log.warning("window not changed", code=code)
                # It was closed.
                if code == "not_found" or wait is None or asked > AT_MOST:
                    return False
                wait = max(wait, asked)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("window not changed", error=type(error).__name__)
                if wait is None:
                    return False
            else:
                return True
            await asyncio.sleep(wait)
            wait = None

    async def hold(self) -> None:
        """Open it with a word of patience."""
        await self.show(moment(self.meta))

    async def say(self, message: Message) -> None:
        """Show a message in it; the private message that it came from is drawn anew."""
        if not await self.tell(message):
            log.warning("answer unshown")

    async def tell(self, message: Message) -> bool:
        """As `say`; whether anybody could see it."""
        shown = await self.show(window(message, self.meta))
        if message.changed and self.meta.origin:
            await settle(self.around, self.meta.origin, message)
        return shown

    async def ask(self, form: Form) -> None:
        """Turn it into a form."""
        await self.show(self.around.form(form, self.meta))


@dataclass
class Aside:
    """A message that only one person sees, answered in its own place."""

    window: Window
    url: str

    async def hold(self) -> None:
        await self.window.hold()

    async def say(self, message: Message) -> None:
        if self.window.view_id and await self.window.tell(message):
            return
        payload = {**spoken(message), "replace_original": True}
        await reply(self.window.around.session, self.url, payload)

    async def ask(self, form: Form) -> None:
        if not await self.window.show(self.window.around.form(form, self.window.meta)):
            await reply(self.window.around.session, self.url, spoken(too_late(form)))


@dataclass
class Letter:
    """A private message of ours: what a click changed shows in it, all else in a window.

    `offered` are the calls that its buttons made when `pressed` was clicked.
    """

    window: Window
    origin: Origin
    url: str
    pressed: Call = field(default_factory=lambda: Call(""))
    offered: Collection[Call] = ()

    async def hold(self) -> None:
        await self.window.hold()

    async def say(self, message: Message) -> None:
        if message.changed and not self.window.view_id and await self._replace(message):
            return
        if not await self.window.show(window(message, self.window.meta)):
            # A word that is not kept: nobody but the reader sees it.
            await self._aside(message)
        if message.changed:
            await settle(self.window.around, self.origin, message)
        elif not message.failed:
            await self._catch_up(message)

    async def ask(self, form: Form) -> None:
        if not await self.window.show(self.window.around.form(form, self.window.meta)):
            await self._aside(too_late(form))

    async def _aside(self, message: Message) -> None:
        payload = {**spoken(message), "replace_original": False}
        await reply(self.window.around.session, self.url, payload)

    async def _replace(self, message: Message) -> bool:
        """Draw it anew through the click's own address, which is quicker; whether that was done."""
        around = self.window.around
        async with around.turns.of(self.origin.ref):
            drawn = await around.redraw(self.origin.ref, message)
            if drawn is None:
                return False
            payload = {**spoken(drawn), "replace_original": True}
            del payload["response_type"]
            return await reply(around.session, self.url, payload)

    async def _catch_up(self, message: Message) -> None:
        """Draw it anew when it asks what was settled elsewhere, such as by a command."""
        around = self.window.around
        now = await around.redraw(self.origin.ref, ELSEWHERE) if self.offered else None
        if now is None or not is_stale(self.offered, now):
            return
        alive = any(button.call == self.pressed for button in now.buttons)
        await settle(around, self.origin, ELSEWHERE if alive else message)


async def settle(around: Surroundings, origin: Origin, answer: Message) -> None:
    """Draw a private message anew after something was done about it elsewhere."""
    async with around.turns.of(origin.ref):
        drawn = await around.redraw(origin.ref, answer)
        if drawn is not None:
            await around.sent.settle(
                origin.channel, origin.ts, around.workspace, blocks(drawn), text_of(drawn)
            )


def too_late(form: Form) -> Message:
    """What is said when Slack would not open the form any more: its three seconds were over."""
    said = Message("That took me too long", (text("Slack did not let me open the form in time."),))
    try:
        again = Button("Open it", form.call, Style.PRIMARY)
    except TooLong:
        return said.and_then(text("Please say it once more."))
    return said.and_then(Buttons((again,)))
