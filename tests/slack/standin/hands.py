"""A person at Slack: what they do, and what they see. Knows the world and the way to the app.

Whatever a person could not do on the screen raises `NotOnScreen` or `Refused` (AssertionErrors).
"""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.slack.standin.acks import Ack, Acks
from tests.slack.standin.entering import Refused, entered, is_empty, is_input
from tests.slack.standin.payloads import Payloads
from tests.slack.standin.reading import Json, Pressable
from tests.slack.standin.scene import Inbox, Install, Posted, View
from tests.slack.standin.transports import Transport
from tests.slack.standin.world import Place, Profile, World

CHANNEL = "C0GENERAL"


class NotOnScreen(AssertionError):
    """The person does not see what they should press or fill."""


class Person:
    """One person in one workspace. Actions return the app's ack; the reads are properties."""

    def __init__(
        self,
        world: World,
        acks: Acks,
        place: Place,
        profile: Profile,
        install: Callable[[], Install],
        transport: Callable[[], Transport],
        send_event: Callable[["Person", Json], Awaitable[Ack]],
        patience: Callable[[], float],
    ) -> None:
        self.id = profile.id
        self.place = place
        self.profile = profile
        self.seconds: list[float] = []
        self._world = world
        self._acks = acks
        self._install = install
        self._transport = transport
        self._send_event = send_event
        self._patience = patience

    @property
    def inbox(self) -> Inbox:
        """Everything that the app has shown to this person."""
        return self._world.inbox(self._install(), self.id, self.place.id)

    @property
    def channel(self) -> str:
        """The id of the DM with the bot."""
        return self.inbox.channel

    @property
    def dms(self) -> list[Posted]:
        """The bot's messages in the DM as they are now, oldest first."""
        return list(self.inbox.messages.values())

    @property
    def ephemerals(self) -> list[Posted]:
        """The answers that only this person sees, oldest first."""
        return list(self.inbox.ephemerals)

    @property
    def modal(self) -> View | None:
        """The window on top, if one is open."""
        return self.inbox.windows[-1] if self.inbox.windows else None

    @property
    def home(self) -> View | None:
        """The Home tab, once it was published."""
        return self.inbox.home

    @property
    def received(self) -> int:
        """How many messages really arrived in the DM, those that are gone included."""
        return len(self.inbox.received)

    @property
    def dm(self) -> Posted:
        """The newest message in the DM."""
        if not self.dms:
            raise NotOnScreen("there is no message in the DM")
        return self.dms[-1]

    @property
    def answer(self) -> Posted:
        """The newest ephemeral answer."""
        if not self.ephemerals:
            raise NotOnScreen("there is no ephemeral answer")
        return self.ephemerals[-1]

    @property
    def window(self) -> View:
        """The window on top; NotOnScreen if none is open."""
        if self.modal is None:
            raise NotOnScreen("no window is open")
        return self.modal

    @property
    def payloads(self) -> Payloads:
        """What Slack would send about this person, to send it changed or twice."""
        return Payloads(self._world, self.place, self.profile, self.inbox)

    async def slash(self, text: str = "", *, command: str = "/job", channel: str = CHANNEL) -> Ack:
        """Type a slash command somewhere."""
        inbox = self.inbox
        inbox.met = True
        reply = self._world.reply(inbox, channel)
        fields = self.payloads.command(command, text, channel, reply)
        ack = await self._transport().command(fields)
        if self._took("slash command", ack):
            self._acks.command(inbox, ack)
        return ack

    async def press(
        self, label: str, on: Posted | View | None = None, *, nth: int | None = None
    ) -> Ack:
        """Press what shows `label` (or is read out as it) on a message, the window or Home.

        Without `on`: the open window if there is one, else the newest surface that shows the label.
        `nth` chooses among equal labels, counted from 0.
        """
        surface = on if on is not None else self._surface_with(label)
        self._check(surface)
        thing = _find(surface, label, nth)
        return await self._act(self.payloads.press(surface, thing))

    async def fill(self, **answers: Any) -> Ack | None:
        """Type into the open form's inputs, by block_id, and submit it.

        None when Slack itself refuses, since a required input is empty: see `window.problems`.
        """
        await self.enter(**answers)
        return await self.submit()

    async def enter(self, **answers: Any) -> None:
        """Type into inputs without submitting; tells the app where it asked (dispatch_action)."""
        for name, answer in answers.items():
            view = self.window
            block = next((b for b in view.blocks if b.get("block_id") == name), None)
            if block is None or block.get("type") != "input":
                raise NotOnScreen(f"there is no input {name!r}; there is {list(view.fields)}")
            element = block["element"]
            offered = await self.offered(name, str(answer)) if _external(element, answer) else None
            state = entered(element, answer, offered)
            view.typed[name, element["action_id"]] = state
            if block.get("dispatch_action"):
                action = {**state, "action_id": element["action_id"]}
                await self._act(self.payloads.action(view, name, action))

    async def offered(self, block_id: str, typed: str) -> list[Json]:
        """The options that the app suggests for what was typed into an external select."""
        view = self.window
        element = view.fields[block_id].element
        least = int(element.get("min_query_length", 3))
        if len(typed) < least:
            raise Refused(f"Slack asks for options from {least} characters on, not for {typed!r}")
        body = self.payloads.suggestion(view, block_id, element["action_id"], typed)
        ack = await self._transport().interaction(body)
        if not self._took("block_suggestion", ack):
            return []
        return self._acks.options("block_suggestion", ack)

    async def submit(self) -> Ack | None:
        """Press the open form's submit button."""
        view = self.window
        if not view.body.get("submit"):
            raise NotOnScreen(f"the window {view.title!r} has nothing to submit")
        view.problems = {
            name: "Please complete this required field."
            for name, each in view.fields.items()
            if not each.optional and is_empty(each.state)
        }
        if view.problems:
            return None
        self.inbox.met = True
        ack = await self._transport().interaction(self.payloads.submission(view))
        if self._took("view_submission", ack):
            self._acks.submission(view, ack)
        return ack

    async def close(self, *, everything: bool = False) -> Ack | None:
        """Close the window on top, or all. The app hears of it only if it asked to."""
        view = self.window
        cleared = everything or bool(view.body.get("clear_on_close"))
        body = self.payloads.closed(view, cleared=cleared)
        self._world.shut(self.inbox.windows if cleared else [view])
        if not view.body.get("notify_on_close"):
            return None
        ack = await self._transport().interaction(body)
        if self._took("view_closed", ack):
            self._acks.nothing("view_closed", ack)
        return ack

    async def open_home(self, tab: str = "home") -> Ack:
        """Open the app's Home tab, or with "messages" the DM."""
        self.inbox.met = True
        return await self._send_event(self, self.payloads.home_opened(tab))

    async def shortcut(self, callback_id: str = "log_application") -> Ack:
        """Choose a global shortcut."""
        return await self._act(self.payloads.shortcut(callback_id))

    async def message_shortcut(
        self, message: str | Json, callback_id: str = "save_job", *, channel: str = CHANNEL
    ) -> Ack:
        """Choose a shortcut on somebody else's message, given as its text or as JSON."""
        author = {"user": "U0SOMEONE", "text": message}
        whole = author if isinstance(message, str) else {"user": "U0SOMEONE", **message}
        return await self._act(self.payloads.message_shortcut(callback_id, whole, channel))

    async def send(self, payload: Json) -> Ack:
        """Send an interaction as it is: an old one, a repeated one, a forged one."""
        return await self._act(payload)

    async def _act(self, payload: Json) -> Ack:
        self.inbox.met = True
        kind = str(payload["type"])
        ack = await self._transport().interaction(payload)
        if self._took(kind, ack):
            self._acks.nothing(kind, ack)
        return ack

    def _took(self, where: str, ack: Ack) -> bool:
        self.seconds.append(ack.seconds)
        return self._acks.received(where, ack, self._patience())

    def _surface_with(self, label: str) -> Posted | View:
        if self.modal is not None:
            return self.modal
        messages = sorted([*self.dms, *self.ephemerals], key=lambda each: each.ts, reverse=True)
        surfaces: list[Posted | View] = [*messages, *([self.home] if self.home else [])]
        for surface in surfaces:
            if any(label in {thing.label, thing.about} for thing in surface.pressables):
                return surface
        raise NotOnScreen(f"nothing shows {label!r}")

    def _check(self, surface: Posted | View) -> None:
        inbox = self.inbox
        if isinstance(surface, View):
            if surface is not self.modal and surface is not self.home:
                raise NotOnScreen(f"the window {surface.title!r} is not on top")
        elif surface not in inbox.ephemerals and surface.ts not in inbox.messages:
            raise NotOnScreen("the message is gone")


def _external(element: Json, answer: object) -> bool:
    return element["type"] == "external_select" and answer not in (None, "") and is_input(element)


def _find(surface: Posted | View, label: str, nth: int | None) -> Pressable:
    found = [thing for thing in surface.pressables if label in {thing.label, thing.about}]
    if not found:
        raise NotOnScreen(f"there is no {label!r}; there is {surface.buttons}")
    if nth is None and len(found) > 1:
        raise NotOnScreen(f"{label!r} is there {len(found)} times; say nth")
    return found[nth or 0]
