"""Bolt's listeners, one for each kind of request; what they mean is decided by ids of our own.

Bolt runs the first listener that matches and compares them one by one, so there are few. It loses
the acknowledgement of a listener that raises, so none does. Slack waits three seconds for it:
what takes longer than `PATIENCE` goes on afterwards.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp

from adapters.slack import Json
from adapters.slack.blocks import read_action
from adapters.slack.clients import NotInstalled
from adapters.slack.files import without_files
from adapters.slack.filled import errors, filled
from adapters.slack.forms import MORE, with_more
from adapters.slack.front import STRANGER, Front
from adapters.slack.lifecycle import Lifecycle
from adapters.slack.literal import words
from adapters.slack.meta import Meta, Origin
from adapters.slack.places import Aside, Letter, Place, Surroundings, Window, put, settle
from adapters.slack.slash import Spoken, spoken_back
from adapters.slack.stale import calls_in
from adapters.slack.typed import as_typed, links_of
from adapters.slack.unsaved import anew, kept
from adapters.slack.windows import moment, window
from adapters.slack.workspace import Workspace
from bot.links import company_in
from bot.message import Answer, Call, Form, Message, text
from bot.model import Who
from bot.phrase import read_line

log = logging.getLogger(__name__)

# Of the three seconds; the rest is for the way there and for opening a window.
PATIENCE = 0.8
ANY = re.compile(".*", re.DOTALL)
# Of the manifest.
SHORTCUTS = ("log_application", "save_job")
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
Listener = Callable[[AsyncAck, Json], Awaitable[None]]


class Listening:
    """Everything that Slack may send, and what we do about it."""

    def __init__(self, front: Front, lifecycle: Lifecycle) -> None:
        self.front = front
        self.lifecycle = lifecycle

    def attach(self, app: AsyncApp) -> None:
        """Register one listener for each kind of request."""
        app.command(ANY)(self._safely(self.command))
        app.action(ANY)(self._safely(self.action))
        app.view(ANY)(self._safely(self.submission))
        app.view_closed(ANY)(self._safely(self.nothing))
        app.options(ANY)(self._safely(self.options))
        app.shortcut(ANY)(self._safely(self.shortcut))
        app.event(ANY)(self._event)

    def _safely(self, listener: Listener) -> Callable[..., Awaitable[None]]:
        async def guarded(ack: AsyncAck, body: Json) -> None:
            try:
                await listener(ack, body)
            except NotInstalled:
                log.warning("%s outcome=not_installed", listener.__name__)
            except Exception as error:
                log.error("%s error=%s", listener.__name__, type(error).__name__)
            if ack.response is None:
                await ack(**_sorry(listener.__name__, body))

        return guarded

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """A slash command: the answer itself acknowledges it, unless it takes too long."""
        who = await self.front.who(body)
        if who is None:
            await ack(**spoken_back(STRANGER))
            return
        around = await self._around(body, who)
        line = as_typed(body.get("text", ""))
        # Their zone hardly matters here: what is a day is cut off, and read where it is known.
        zone = ZoneInfo(who.zone or "UTC")
        call = read_line(around.registry, line, around.now, zone)
        window = Window(around, body["trigger_id"])
        place = Spoken(ack, window, body["response_url"], self.front.background.start)
        await self._open_or_answer(place, call, who)

    async def _open_or_answer(self, place: Place, call: Call, who: Who) -> None:
        """A form for what is missing, opened before anything is looked up; else the answer."""
        form = self.front.desk.form(call)
        if form is not None:
            await put(place, await self.front.introduce(form, who))
            return
        await self._answer(place, call, who)

    async def _answer(self, place: Place, call: Call, who: Who) -> None:
        answer, under_way = await self._patiently(self._answered(call, who))
        if answer is None:
            await place.hold()
            # Not awaited: Bolt sends the acknowledgement when the listener returns.
            self.front.background.start(self._finish(place, under_way))
            return
        await put(place, answer)

    async def _answered(self, call: Call, who: Who) -> Answer:
        """The answer with its files on their way, which takes several calls of Slack's."""
        return await self._sending_files(await self.front.handle(call, who), who)

    async def _patiently(self, work: Coroutine[Any, Any, T]) -> "tuple[T | None, asyncio.Task[T]]":
        """The result, or None while it is still under way. A click that is gone stops nothing."""
        task = self.front.background.start(work)
        await asyncio.wait({task}, timeout=PATIENCE)
        return (task.result() if task.done() else None), task

    async def action(self, ack: AsyncAck, body: Json) -> None:
        """A click."""
        await ack()
        self.front.background.start(self._clicked(body))

    async def _clicked(self, body: Json) -> None:
        who = await self.front.who(body)
        around = await self._around(body, who)
        await self._excused(at(body, around), lambda place: self._press(body, place, around, who))

    async def _press(self, body: Json, place: Place, around: Surroundings, who: Who | None) -> None:
        pressed = body["actions"][0]
        if who is None:
            await place.say(STRANGER)
        elif elsewhere(body.get("container") or {}):
            await place.say(NOT_YOURS)
        elif pressed["action_id"] == MORE and body.get("view"):
            fuller = self._fuller(body, around)
            if fuller is None:
                await place.say(EXPIRED)
            else:
                await Window(around, view_id=body["view"]["id"]).show(fuller)
        elif pressed.get("type") == "button" and not pressed.get("url"):
            call = read_action(pressed["action_id"])
            if call.name:
                await self._open_or_answer(place, call, who)
            else:
                log.info("unknown action: a button of another version outcome=told")
                await place.say(EXPIRED)

    async def _excused(self, place: Place, work: Callable[[Place], Awaitable[None]]) -> None:
        """Do some work in a place; a failure of ours is said there too, and logged by its kind."""
        try:
            await work(place)
        except Exception as error:
            log.error("failed click error=%s", type(error).__name__)
            await place.say(SORRY)

    def _fuller(self, body: Json, around: Surroundings) -> Json | None:
        command = around.registry.get(filled(body["view"]).name)
        if command is None:
            log.info("unknown form: a window of another version outcome=told")
            return None
        return with_more(body["view"], command, around.now)

    async def submission(self, ack: AsyncAck, body: Json) -> None:
        """A form that was sent: problems under their fields, or the answer in its place."""
        shown = body["view"]
        meta = Meta.decode(shown.get("private_metadata", ""))
        if shown.get("callback_id") != "form" or meta.call is None:
            log.info("unknown view callback=%s outcome=told", named(shown.get("callback_id")))
            await ack(response_action="update", view=window(EXPIRED, Meta()))
            return
        who = await self.front.who(body)
        if who is None:
            await ack(response_action="update", view=window(STRANGER, meta))
            return
        around = await self._around(body, who)
        call = filled(shown)
        answer, under_way = await self._patiently(self._answered(call, who))
        place = Window(around, view_id=shown["id"], meta=Meta(origin=meta.origin))
        if answer is None:
            await ack(response_action="update", view=moment(place.meta))
            self.front.background.start(self._finish(place, self._or_anew(under_way, call)))
            return
        if isinstance(answer, Form):
            problems = errors(answer, shown)
            if problems is not None:
                await ack(response_action="errors", errors=problems)
            else:
                await ack(response_action="update", view=around.form(answer, place.meta))
            return
        if answer.failed:
            await ack(**kept(answer, shown))
            return
        await ack(response_action="update", view=window(answer, place.meta))
        if answer.changed and meta.origin:
            self.front.background.start(settle(around, meta.origin, answer))

    async def _or_anew(self, under_way: Awaitable[Answer], call: Call) -> Answer:
        """The answer; the form with what was typed, when what it asks for could not be done."""
        try:
            answer = await under_way
        except Exception as error:
            log.error("failed submission error=%s", type(error).__name__)
            answer = SORRY
        return anew(answer, call) if isinstance(answer, Message) and answer.failed else answer

    async def _finish(self, place: Place, under_way: Awaitable[Answer]) -> None:
        async def show(place: Place) -> None:
            await put(place, await under_way)

        await self._excused(place, show)

    async def options(self, ack: AsyncAck, body: Json) -> None:
        """What a field's answer could be, while it is being typed."""
        who = await self.front.who(body)
        found: list[tuple[str, str]] = []
        meta = Meta.decode((body.get("view") or {}).get("private_metadata", ""))
        if who is not None and meta.call is not None:
            work = self.front.complete(meta.call.name, body["block_id"], body.get("value", ""), who)
            answer, _ = await self._patiently(work)
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
        around = await self._around(body, who)
        window = Window(around, body["trigger_id"])
        await self._excused(window, lambda place: self._choose(body, place, who))

    async def _choose(self, body: Json, place: Place, who: Who | None) -> None:
        if who is None:
            await place.say(STRANGER)
            return
        name = body.get("callback_id")
        if name not in SHORTCUTS:
            log.info("unknown shortcut callback=%s: is the manifest up to date?", named(name))
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
                log.info("event=%s outcome=ignored", kind)
        except Exception as error:
            log.error("event=%s error=%s", kind, type(error).__name__)
            return self.lifecycle.again()
        await ack()
        return None

    async def _around(self, body: Json, who: Who | None) -> Surroundings:
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

    async def _sending_files(self, answer: Answer, who: Who) -> Answer:
        """The answer, its files sent where files can be; it says where they went."""
        if isinstance(answer, Form):
            return answer
        clients, pause = self.front.clients, self.front.background.pause
        return await without_files(answer, clients, who.workspace, who.user, pause)


def _sorry(listener: str, body: Json) -> Json:
    """The acknowledgement of what failed; a form stays open, with all that was typed."""
    if listener == "command":
        return spoken_back(SORRY)
    return kept(SORRY, body.get("view") or {}) if listener == "submission" else {}


def at(body: Json, around: Surroundings) -> Place:
    """The place where a click was made."""
    container = body.get("container") or {}
    shown = body.get("view") or {}
    trigger = body.get("trigger_id", "")
    if shown.get("type") == "modal":
        meta = Meta.decode(shown.get("private_metadata", ""))
        return Window(around, view_id=shown["id"], meta=Meta(origin=meta.origin))
    url = body.get("response_url", "")
    if container.get("type") == "message" and container.get("is_ephemeral"):
        return Aside(Window(around, trigger), url)
    if container.get("type") == "message":
        origin = Origin(container["channel_id"], container["message_ts"])
        offered = calls_in((body.get("message") or {}).get("blocks") or [])
        pressed = read_action(str(body["actions"][0].get("action_id", "")))
        above = Window(around, trigger, meta=Meta(origin=origin))
        return Letter(above, origin, url, pressed, offered)
    return Window(around, trigger)


def elsewhere(container: Json) -> bool:
    """Whether a message was pressed outside of its reader's own messages with us.

    We write there alone, but people may pass a message on.
    """
    shown_to_all = container.get("type") == "message" and not container.get("is_ephemeral")
    return shown_to_all and not str(container.get("channel_id", "")).startswith("D")


def named(callback: object) -> str:
    """An id of a manifest or a window of ours for the log; never anything else."""
    found = re.fullmatch(r"[a-z_]{1,30}", str(callback))
    return found[0] if found else "?"


def option(label: str, raw: str) -> Json:
    """One offered answer."""
    return {"text": words(label, 75), "value": raw[:150]}
