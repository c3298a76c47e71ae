"""A person at simcord's Discord: what they do, and what they see. Knows simcord, nothing of ours.

The same hands and eyes as `tests.discord.standin.Person`, so that a chat may be held in either.
Whatever a person could not do on the screen raises `NotOnScreen`, `Refused` or simcord's own error.
"""

import copy
from typing import Any

import simcord
from simcord.backend.serializers import message_payload
from simcord.interactions import base_payload, walk_to_subcommand

from tests.discord.standin import Modal, NotOnScreen, Posted, Pressable
from tests.discord.standin.commands import Typed, filled
from tests.discord.standin.entering import submitted
from tests.discord.standin.scene import LABEL, Json

COMPONENT = 3


class SimPerson:
    """One person, with everything of the bot's that they can see."""

    def __init__(
        self,
        env: simcord.Env,
        user: simcord.UserHandle,
        member: simcord.MemberActor | None,
        room: simcord.ChannelHandle | None,
        zone: str,
    ) -> None:
        self.user = user
        self.member = member
        self.modal: Modal | None = None
        self._env = env
        self._room = room
        self._zone = zone
        self._posted: dict[int, Posted] = {}
        # What opened the form, which simcord wants to have shown again.
        self._opened: simcord.InteractionResult | None = None
        self._closed: Json | None = None

    @property
    def id(self) -> str:
        """Their id, as the app has it."""
        return str(self.user.id)

    @property
    def zone(self) -> str:
        """The zone that their screen shows times in; may be set."""
        return self._zone

    @zone.setter
    def zone(self, zone: str) -> None:
        self._zone = zone
        for message in self._posted.values():
            message.zone = zone

    @property
    def dm_open(self) -> bool:
        """Whether they let the bot write to them; may be set."""
        return self._closed is None

    @dm_open.setter
    def dm_open(self, yes: bool) -> None:
        faults = self._env.backend.faults
        if self._closed in faults:
            faults.remove(self._closed)
        self._closed = None
        if not yes:
            path = f"/channels/{self.user.dm_channel.id}/messages"
            self._env.inject_error("POST", path, status=403, code=50007, times=None)
            self._closed = faults[-1]

    @property
    def dms(self) -> list[Posted]:
        """The bot's messages in the DM as they are now, oldest first; not the ephemeral ones."""
        own = str(self.user.dm_channel.id)
        return [m for m in self._seen() if m.channel == own and not m.ephemeral]

    @property
    def ephemerals(self) -> list[Posted]:
        """What only they see, in all places, oldest first."""
        return [m for m in self._seen() if m.ephemeral]

    async def slash(self, name: str, /, **options: Any) -> simcord.InteractionResult:
        """Use a command in the server's channel, in another one (`where`), or (None) in the DM."""
        place = options.pop("where", self._room)
        room = place if isinstance(place, simcord.ChannelHandle) else self._room
        hand: Any = self.member if self.member and place is not None else self.user
        where = (room,) if hand is self.member else ()
        there = hand.available_commands(*where)
        fits = [words for words in there if words == name or words.endswith(f" {name}")]
        if len(fits) != 1:
            raise NotOnScreen(f"/{name} is {fits or 'not there'}; there is {sorted(there)}")
        root = self._env.backend.find_command(fits[0].split()[0], None)
        leaf, _ = walk_to_subcommand(root or {}, fits[0].split()[1:])
        values = filled(Typed(root or {}, (), leaf.get("options") or []), options)
        given = {each["name"]: each["value"] for each in values}
        return self._see(await hand.slash(*where, fits[0], **given))

    async def autocomplete(self, name: str, option: str, typed: str, **filled: Any) -> list[Json]:
        """Type into an option of a command, given by its whole name; what is suggested."""
        hand: Any = self.member or self.user
        where = (self._room,) if self.member else ()
        found: list[Json] = await hand.autocomplete(*where, name, option, typed, **filled)
        return found

    async def write(self, content: str) -> None:
        """Write to the bot in the DM."""
        await self.user.send_dm(content)

    async def press(
        self, label: str, on: Posted | Modal | Pressable | None = None
    ) -> simcord.InteractionResult:
        """Press a button, or choose an option, by its label; the first of that label.

        `on` may be a copy of a message: an old click, on what the message was then.
        """
        thing = on if isinstance(on, Pressable) else self.pressable(label, on)
        message = self._env.backend.get_message(int(thing.posted.channel), int(thing.posted.id))
        shown = simcord.ResponseMessage(self._env, message)
        hand = self._hand(thing.posted)
        now = {each.custom_id for each in self._show(message).pressables}
        if thing.custom_id not in now:
            return self._see(await self._press_old(thing))
        if thing.values:
            return self._see(await hand.select(shown, thing.values, custom_id=thing.custom_id))
        return self._see(await hand.click(shown, custom_id=thing.custom_id))

    def pressable(self, label: str, on: Posted | Modal | None = None) -> Pressable:
        """What would be pressed, to be kept and pressed later."""
        if isinstance(on, Modal):
            raise NotOnScreen(f"a form has no {label!r} to press")
        messages = [on] if on is not None else list(reversed(self._seen()))
        for message in messages:
            for thing in message.pressables:
                if thing.label == label:
                    return thing
        raise NotOnScreen(f"nothing shows {label!r}; there is {[m.buttons for m in messages]}")

    async def _press_old(self, thing: Pressable) -> simcord.InteractionResult:
        """A click that was under way when the message changed: simcord's people make none."""
        backend = self._env.backend
        kind = thing.component["type"]
        data = {"custom_id": thing.custom_id, "component_type": kind, "id": thing.component["id"]}
        guild = int(thing.posted.server) if thing.posted.server else None
        record, payload = base_payload(
            backend,
            type=COMPONENT,
            channel_id=int(thing.posted.channel),
            guild_id=guild,
            user_id=self.user.id,
            data={**data, "values": list(thing.values)} if thing.values else data,
        )
        record.source_message_id = int(thing.posted.id)
        backend.emit("INTERACTION_CREATE", {**payload, "message": thing.snapshot})
        await self._env.settle()
        return simcord.InteractionResult(self._env, record)

    async def submit(self, **answers: Any) -> simcord.InteractionResult:
        """Fill in the open form, by the custom_id of each input, and send it."""
        if self.modal is None or self._opened is None:
            raise NotOnScreen("no form is open")
        typed = submitted(self.modal, answers)["components"]
        inputs = [each["component"] for each in typed if each["type"] == LABEL]
        values = {each["custom_id"]: each.get("value", each.get("values")) for each in inputs}
        opened, self.modal = self._opened, None
        hand: Any = self.member if opened._interaction.guild_id else self.user
        return self._see(await hand.submit_modal(opened, values))

    def dismiss(self) -> None:
        """Close the form, if one is open, without sending it; the app does not hear of it."""
        self.modal = None

    def _hand(self, posted: Posted) -> Any:
        return self.member if posted.server else self.user

    def _see(self, result: simcord.InteractionResult) -> simcord.InteractionResult:
        if result.modal is not None:
            self.modal, self._opened = Modal(result.modal, self._zone, None), result
        return result

    def _seen(self) -> list[Posted]:
        own = str(self.user.dm_channel.id)
        found = [m for channel in self._env.backend.messages for m in self.reads(channel)]
        # What a bot posts in a channel is read there, and answers no one.
        mine = [m for m in found if m.channel == own or m.ephemeral]
        return sorted(mine, key=lambda m: int(m.id))

    def reads(self, channel: int) -> list[Posted]:
        """What the bot has said in a channel as far as this person sees it, oldest first."""
        backend = self._env.backend
        return [
            self._show(message)
            for message in sorted(backend.messages.get(channel, {}).values(), key=lambda m: m.id)
            if message.author_id == backend.bot_user.id and message.visible_to(self.user.id)
        ]

    def _show(self, message: Any) -> Posted:
        """The message as it is now; the same object for the same message."""
        backend = self._env.backend
        body: Json = copy.deepcopy(dict(message_payload(backend, message)))
        posted = self._posted.get(message.id)
        if posted is None:
            whose = str(body.get("guild_id") or "")
            known = (str(message.id), str(message.channel_id), str(message.author_id))
            posted = Posted(*known, "", [], 0, self._zone, whose, owner=self.id)
            self._posted[message.id] = posted
        posted.made = backend.clock.now().timestamp()
        posted.edits += posted.body != body and bool(posted.body)
        posted.content, posted.components = body["content"], body["components"]
        posted.flags, posted.attachments = body["flags"], body["attachments"]
        posted.contents = {a["id"]: backend.cdn.get(a["url"]) or b"" for a in body["attachments"]}
        posted.body = body
        return posted
