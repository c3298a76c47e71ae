"""Where an answer goes: the place in Slack that it was asked from. Knows the Web API; no desk.

Each place can `hold` (show within Slack's three seconds that something comes), `say` a message and
`ask` a form, and does the fitting thing whether it held before or not.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import Json
from adapters.slack.blocks import blocks, text_of
from adapters.slack.forms import view
from adapters.slack.messenger import SentMessages
from adapters.slack.meta import Meta, Origin
from adapters.slack.outcomes import code_of
from adapters.slack.reply import reply, spoken
from adapters.slack.windows import moment, window
from bot.command import Registry
from bot.message import Answer, Button, Buttons, Form, Message, Style, TooLong, text

log = logging.getLogger(__name__)

Redraw = Callable[[str, Message], Awaitable[Message | None]]


class Place(Protocol):
    """Somewhere in Slack that one person looks at."""

    async def hold(self) -> None: ...
    async def say(self, message: Message) -> None: ...
    async def ask(self, form: Form) -> None: ...


@dataclass
class Surroundings:
    """What every place needs: ways to Slack, what commands ask, and the reader's day."""

    workspace: str
    client: AsyncWebClient
    sent: SentMessages
    session: aiohttp.ClientSession
    registry: Registry
    now: datetime
    zone: ZoneInfo
    redraw: Redraw

    def form(self, form: Form, meta: Meta) -> Json:
        """The window that asks a form."""
        return view(form, self.registry.commands[form.call.name], meta, self.now, self.zone)


@dataclass
class Window:
    """A window that is open, or that the click of a moment ago allows us to open."""

    around: Surroundings
    trigger: str = ""
    view_id: str = ""
    meta: Meta = field(default_factory=Meta)

    async def show(self, shown: Json) -> bool:
        """Put this into the window; False when Slack would not have it, such as when too late."""
        try:
            if self.view_id:
                await self.around.client.views_update(view_id=self.view_id, view=shown)
            else:
                opened = await self.around.client.views_open(trigger_id=self.trigger, view=shown)
                found: Any = opened.get("view") or {}
                self.view_id = found.get("id", "")
        except SlackApiError as error:
            log.warning("window code=%s", code_of(error.response))
            return False
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("window error=%s", type(error).__name__)
            return False
        return True

    async def hold(self) -> None:
        """Open it with a word of patience."""
        await self.show(moment(self.meta))

    async def say(self, message: Message) -> None:
        """Show a message in it; the private message that it came from is drawn anew."""
        shown = await self.show(window(message, self.meta))
        if message.changed and self.meta.origin:
            await settle(self.around, self.meta.origin, message)
        if not shown:
            log.warning("unshown")

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
        if self.window.view_id:
            await self.window.say(message)
            return
        payload = {**spoken(message), "replace_original": True}
        await reply(self.window.around.session, self.url, payload)

    async def ask(self, form: Form) -> None:
        if not await self.window.show(self.window.around.form(form, self.window.meta)):
            await reply(self.window.around.session, self.url, spoken(too_late(form)))


@dataclass
class Letter:
    """A private message of ours: what a click changed shows in it, all else in a window."""

    window: Window
    origin: Origin
    url: str

    async def hold(self) -> None:
        await self.window.hold()

    async def say(self, message: Message) -> None:
        around = self.window.around
        if message.changed and not self.window.view_id:
            drawn = await around.redraw(self.origin.ref, message)
            if drawn is not None:
                payload = {**spoken(drawn), "replace_original": True}
                del payload["response_type"]
                if await reply(around.session, self.url, payload):
                    return
        if not await self.window.show(window(message, self.window.meta)):
            # A word that is not kept: nobody but the reader sees it.
            await reply(around.session, self.url, {**spoken(message), "replace_original": False})
        elif message.changed:
            await settle(around, self.origin, message)

    async def ask(self, form: Form) -> None:
        if not await self.window.show(self.window.around.form(form, self.window.meta)):
            late = {**spoken(too_late(form)), "replace_original": False}
            await reply(self.window.around.session, self.url, late)


async def settle(around: Surroundings, origin: Origin, answer: Message) -> None:
    """Draw a private message anew after something was done about it elsewhere."""
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


async def put(place: Place, answer: Answer) -> None:
    """Show an answer, whichever of the two it is."""
    if isinstance(answer, Form):
        await place.ask(answer)
    else:
        await place.say(answer)
