"""Bolt's listeners, one for each kind of request; what they mean is decided by ids of our own.

Bolt runs the first listener that matches and compares them one by one, so there are few. It loses
the acknowledgement of a listener that raises, so none does. Slack waits three seconds for it:
what takes longer goes on afterwards (`adapters.slack.answering`).
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from adapters.answering import EXPIRED, SORRY, Place, put
from adapters.slack import Json
from adapters.slack.answering import SlackAnswering, named
from adapters.slack.channels import channel_of
from adapters.slack.clicks import Clicks
from adapters.slack.front import STRANGER, SlackFront
from adapters.slack.lifecycle import Lifecycle
from adapters.slack.literal import words
from adapters.slack.meta import Meta
from adapters.slack.places import Window
from adapters.slack.slash import Spoken, spoken_back
from adapters.slack.slashes import line_of
from adapters.slack.submissions import Submissions
from adapters.slack.tokens import NotInstalled
from adapters.slack.typed import as_typed, links_of
from adapters.slack.unsaved import kept
from bot.links import company_in
from bot.message import Call, Form
from bot.model import Who
from bot.phrase import read_line

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

ANY = re.compile(".*", re.DOTALL)
# Of the manifest.
SHORTCUTS = ("log_application", "save_job")
Listener = Callable[[AsyncAck, Json], Awaitable[None]]


class Listening:
    """Everything that Slack may send, and what we do about it.

    `slash` is the slash command of the first group of commands.
    """

    def __init__(self, front: SlackFront, lifecycle: Lifecycle, slash: str = "/job") -> None:
        self.front = front
        self.lifecycle = lifecycle
        self._slash = slash
        self._answering = SlackAnswering(front)
        self._clicks = Clicks(self._answering)
        self._submissions = Submissions(self._answering)

    def attach(self, app: AsyncApp) -> None:
        """Register one listener for each kind of request."""
        app.command(ANY)(self._safely(self.command))
        app.action(ANY)(self._safely(self._clicks.action))
        app.view(ANY)(self._safely(self._submissions.submission))
        app.view_closed(ANY)(self._safely(self.nothing))
        app.options(ANY)(self._safely(self.options))
        app.shortcut(ANY)(self._safely(self.shortcut))
        app.event(ANY)(self._event)

    def _safely(self, listener: Listener) -> Callable[..., Awaitable[None]]:
        async def guarded(ack: AsyncAck, body: Json) -> None:
            try:
                await listener(ack, body)
            except NotInstalled:
                log.warning(
                    "request unanswered", listener=listener.__name__, outcome="not_installed"
                )
            except Exception as error:
                log.error("request failed", listener=listener.__name__, error=type(error).__name__)
            if ack.response is None:
                await ack(**_sorry(listener.__name__, body))

        return guarded

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """A slash command: the answer itself acknowledges it, unless it takes too long."""
        who = await self.front.who(body)
        if who is None:
            await ack(**spoken_back(STRANGER))
            return
        around = await self._answering.around(body, who)
        words, used = as_typed(body.get("text", "")), body.get("command", "")
        line = line_of(around.registry, self._slash, used, words)
        # Any zone will do: what looks like a day is cut off here, and read where theirs is known.
        call = read_line(around.registry, line, around.now, ZoneInfo("UTC"))
        window = Window(around, body["trigger_id"], meta=Meta(channel=who.channel))
        place = Spoken(ack, window, body["response_url"], self.front.background.start)
        await self._answering.open_or_answer(place, call, who)

    async def options(self, ack: AsyncAck, body: Json) -> None:
        """What a field's answer could be, while it is being typed."""
        who = await self.front.who(body)
        found: list[tuple[str, str]] = []
        meta = Meta.decode((body.get("view") or {}).get("private_metadata", ""))
        if who is not None and meta.call is not None:
            work = self.front.complete(meta.call.name, body["block_id"], body.get("value", ""), who)
            answer, _ = await self._answering.patiently(work)
            found = list(answer or ())
        await ack(options=[option(label, raw) for label, raw in found])

    async def shortcut(self, ack: AsyncAck, body: Json) -> None:
        """“Log an application” from anywhere, or “Save this job” on a message.

        Of the message only its first link is read; its author and the rest are left alone.
        """
        await ack()
        self.front.background.start(self._shortcut(body))

    async def _shortcut(self, body: Json) -> None:
        who = await self.front.who(body)
        around = await self._answering.around(body, who)
        window = Window(around, body["trigger_id"], meta=Meta(channel=channel_of(body)))
        await self._answering.excused(window, lambda place: self._choose(body, place, who))

    async def _choose(self, body: Json, place: Place, who: Who | None) -> None:
        if who is None:
            await place.say(STRANGER)
            return
        name = body.get("callback_id")
        if name not in SHORTCUTS:
            log.info("unknown shortcut; is the manifest up to date?", callback=named(name))
            await place.say(EXPIRED)
            return
        call, intro = Call("job applied"), ""
        if name == "save_job":
            links = links_of(body.get("message") or {})
            if links:
                known = company_in(links[0])
                call = call.plus(link=links[0], **({"company": known} if known else {}))
            else:
                intro = "There is no link in that message, so I begin with an empty form."
        await put(place, await self.front.introduce(Form(call, intro=intro), who))

    async def nothing(self, ack: AsyncAck, body: Json) -> None:
        """A window was closed."""
        await ack()

    async def _event(self, ack: AsyncAck, body: Json) -> Any:
        """The Home tab was opened, or the bot was removed.

        Not acknowledged until it is stored: Slack brings an event again after an error.
        """
        kind = body.get("event", {}).get("type", "")
        try:
            if kind == "app_home_opened" and body["event"].get("tab") == "home":
                who = await self.front.who(body)
                if who is not None:
                    await self.front.opened_home(who, blank=not body["event"].get("view"))
            elif not await self.lifecycle.happened(body):
                log.info("event ignored", kind=kind)
        except Exception as error:
            log.error("event failed", kind=kind, error=type(error).__name__)
            return self.lifecycle.again()
        await ack()
        return None


def _sorry(listener: str, body: Json) -> Json:
    """The acknowledgement of what failed; a form stays open, with all that was typed."""
    if listener == "command":
        return spoken_back(SORRY)
    return kept(SORRY, body.get("view") or {}) if listener == "submission" else {}


def option(label: str, raw: str) -> Json:
    """One offered answer."""
    return {"text": words(label, 75), "value": raw[:150]}
