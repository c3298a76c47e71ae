"""A person at Discord: what they do, and what they see. Knows the world and the gateway.

Whatever a person could not do on the screen raises `NotOnScreen` or `Refused` (AssertionErrors).
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from tests.discord.standin import commands, entering, payloads
from tests.discord.standin.commands import NotOnScreen
from tests.discord.standin.gateway import DIRECT_MESSAGES, Gateway
from tests.discord.standin.judge import Rules
from tests.discord.standin.places import Room, Server
from tests.discord.standin.records import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    SUBMIT,
    Guild,
    Interaction,
    User,
)
from tests.discord.standin.scene import EPHEMERAL, Json, Modal, Posted, Pressable
from tests.discord.standin.world import World


@dataclass(frozen=True)
class Act:
    """What came of something a person did. `response` is the type, None when there was none."""

    response: int | None
    seconds: float
    interaction: Interaction
    failed: str = ""

    @property
    def id(self) -> str:
        """The interaction's id."""
        return self.interaction.id

    @property
    def token(self) -> str:
        """The interaction's token."""
        return self.interaction.token

    @property
    def waiting(self) -> bool:
        """Whether the person still reads that the bot is thinking."""
        original = self.interaction.original
        return original is not None and original.loading and not original.deleted


class Person:
    """One person. Acts wait for the app's first response; the reads are properties."""

    def __init__(
        self, world: World, rules: Rules, gateway: Gateway, user: User, patience: float
    ) -> None:
        self.id = user.id
        self.user = user
        self.patience = patience
        self.acts: list[Act] = []
        self._world = world
        self._rules = rules
        self._gateway = gateway

    @property
    def name(self) -> str:
        """Their user name."""
        return self.user.name

    @property
    def channel(self) -> str:
        """The id of their DM with the bot."""
        return self.user.channel

    @property
    def dm_open(self) -> bool:
        """Whether they let the bot write to them; may be set."""
        return self.user.dm_open

    @dm_open.setter
    def dm_open(self, yes: bool) -> None:
        self.user.dm_open = yes

    @property
    def zone(self) -> str:
        """The zone that their screen shows times in; may be set."""
        return self.user.zone

    @zone.setter
    def zone(self, zone: str) -> None:
        self.user.zone = zone
        for message in self.user.messages:
            message.zone = zone

    @property
    def met(self) -> bool:
        """Whether they have used the bot; may be set."""
        return self.user.met

    @met.setter
    def met(self, yes: bool) -> None:
        self.user.met = yes

    @property
    def installed(self) -> bool:
        """Whether the app is one of theirs; may be set."""
        return self.user.installed

    @installed.setter
    def installed(self, yes: bool) -> None:
        self.user.installed = yes

    @property
    def dms(self) -> list[Posted]:
        """The bot's messages in the DM as they are now, oldest first; not the ephemeral ones."""
        return [m for m in self._seen if m.channel == self.channel and not m.flags & EPHEMERAL]

    @property
    def ephemerals(self) -> list[Posted]:
        """What only they see, in all places, oldest first."""
        return [m for m in self._seen if m.flags & EPHEMERAL]

    @property
    def _seen(self) -> list[Posted]:
        return [m for m in self.user.messages if not m.deleted and not m.loading]

    @property
    def messages(self) -> list[Posted]:
        """Everything of the bot's that they can see, oldest first."""
        return self._seen

    @property
    def received(self) -> int:
        """How many messages really arrived in the DM, those that are gone included."""
        return self._world.received[self.id]

    @property
    def modal(self) -> Modal | None:
        """The open form, if there is one."""
        return self.user.modal

    @property
    def dm(self) -> Posted:
        """The newest message in the DM."""
        if not self.dms:
            raise NotOnScreen("there is no message in the DM")
        return self.dms[-1]

    @property
    def ephemeral(self) -> Posted:
        """The newest ephemeral message."""
        if not self.ephemerals:
            raise NotOnScreen("there is no ephemeral message")
        return self.ephemerals[-1]

    @property
    def answer(self) -> Posted | Modal:
        """What is in front of them: the open form, else the newest message."""
        if self.modal is not None:
            return self.modal
        if not self._seen:
            raise NotOnScreen("there is nothing to see")
        return self._seen[-1]

    async def slash(
        self, name: str, /, *, where: Server | Room | None = None, **options: Any
    ) -> Act:
        """Use a command, in a server or (None) in the DM with the bot.

        An option whose name is a Python word may end in "_", and "_" may stand for "-".
        """
        guild = self._place(where)
        typed = commands.find(self._world, self.user, guild, name)
        values = commands.filled(typed, options)
        channel = where.channel if where is not None else ""
        return await self._act(guild, COMMAND, typed.data(values), channel=channel)

    async def autocomplete(
        self, name: str, /, *, where: Server | None = None, focused: str = "", **options: Any
    ) -> list[Json]:
        """Type into an option, the last named unless `focused` says which; what is suggested."""
        guild = self._place(where)
        typed = commands.find(self._world, self.user, guild, name)
        focus = focused or next(reversed(options))
        found = next((o for o in typed.options if o["name"] == focus), None)
        if found is None or not found.get("autocomplete"):
            raise NotOnScreen(f"{focus!r} suggests nothing")
        values = commands.filled(typed, options, focus)
        act = await self._act(guild, AUTOCOMPLETE, typed.data(values))
        return act.interaction.choices

    async def menu(self, name: str, *, message_content: str, where: Server | None = None) -> Act:
        """Choose from the menu of a message that somebody wrote."""
        guild = self._place(where)
        found = commands.menu(self._world, self.user, guild, name)
        channel = guild.channel if guild is not None else self.channel
        data = payloads.on_message(self._world, found, message_content, channel)
        return await self._act(guild, COMMAND, data)

    async def write(self, content: str) -> str:
        """Write to the bot in the DM; returns the message's id. The app hears it if it asked to."""
        data = payloads.written(self._world, self.user, content)
        self.user.met = True
        await self._gateway.tell("MESSAGE_CREATE", data, intents=DIRECT_MESSAGES)
        return str(data["id"])

    async def press(
        self,
        label: str = "",
        on: Posted | Modal | Pressable | None = None,
        *,
        nth: int | None = None,
    ) -> Act:
        """Press a button, or choose an option of a select, by its label.

        Without `on`: on the newest message that shows it. `on` may be a Pressable that was kept, or
        a copy of a message: an old click, on what the message was then. `nth` chooses among equal
        labels, from 0; without it there may be only one, or with `on` it is the first.
        """
        thing = on if isinstance(on, Pressable) else self.pressable(label, on, nth=nth)
        guild = self._world.guilds.get(thing.posted.server)
        return await self._act(guild, COMPONENT, payloads.pressed(thing), thing)

    def pressable(
        self, label: str, on: Posted | Modal | None = None, *, nth: int | None = None
    ) -> Pressable:
        """What would be pressed, to be kept and pressed later."""
        if isinstance(on, Modal):
            raise NotOnScreen(f"a form has no {label!r} to press")
        if on is not None and on.deleted:
            raise NotOnScreen("the message is gone")
        for message in [on] if on is not None else reversed(self._seen):
            found = [thing for thing in message.pressables if thing.label == label]
            if len(found) > 1 and nth is None and on is None:
                raise NotOnScreen(f"{label!r} is there {len(found)} times; say nth")
            if found:
                return found[nth or 0]
        there = on.buttons if on is not None else [m.buttons for m in self._seen]
        raise NotOnScreen(f"nothing shows {label!r}; there is {there}")

    async def submit(self, **answers: Any) -> Act:
        """Fill in the open form, by the custom_id of each input, and send it."""
        modal = self.modal
        if modal is None:
            raise NotOnScreen("no form is open")
        data = entering.submitted(modal, answers)
        act = await self._act(modal.where, SUBMIT, data, modal.source)
        if act.failed:
            modal.problem = "Something went wrong. Try again."
        return act

    def dismiss(self) -> None:
        """Close the form, if one is open, without sending it; the app does not hear of it."""
        self.user.modal = None

    async def send(self, payload: Json) -> None:
        """Send the same interaction again, as a gateway that repeats itself would."""
        await self._gateway.tell("INTERACTION_CREATE", payload, str(payload.get("guild_id") or ""))

    def join(self, server: Server) -> None:
        """Become a member of a server. The app does not hear of it without privileged intents."""
        server.guild.members.add(self.id)

    def leave(self, server: Server) -> None:
        """Leave a server."""
        server.guild.members.discard(self.id)

    def _place(self, where: Server | Room | None) -> Guild | None:
        if where is None:
            return None
        if self.id not in where.guild.members:
            raise NotOnScreen(f"{self.name} is not in {where.guild.name}")
        return where.guild

    async def _act(
        self,
        guild: Guild | None,
        kind: int,
        data: Json,
        source: Pressable | None = None,
        channel: str = "",
    ) -> Act:
        if kind != AUTOCOMPLETE:
            self.user.met = True
        known = payloads.begun(self._world, self.user, guild, kind, data, source, channel)
        await self._gateway.tell("INTERACTION_CREATE", known.body, guild.id if guild else "")
        try:
            async with asyncio.timeout(self.patience):
                await known.answered.wait()
        except TimeoutError:
            known.over = True
            self._rules.note(f"interaction type {kind}", f"no answer within {self.patience:g} s")
        seconds = time.perf_counter() - known.began
        failed = "" if known.response is not None else "The application did not respond"
        act = Act(known.response, seconds, known, failed)
        self.acts.append(act)
        return act
