"""Where an answer goes: to the interaction that asked for it. Knows discord.py.

https://docs.discord.com/developers/interactions/receiving-and-responding: the first answer is due
in three seconds, later ones for fifteen minutes; a form can only be the first answer, and never the
answer to a form.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import structlog
from discord import InteractionType

from adapters.discord.components import Shown, layout
from adapters.discord.ids import ID_LIMIT, read_id
from adapters.discord.modals import carried_call, modal, offered_for, pages
from adapters.discord.surroundings import TROUBLE, Surroundings, kind_of
from adapters.front import GLANCE
from adapters.redrawing import ELSEWHERE, is_stale
from bot.message import Call, Form, Message, text
from bot.model import Who
from bot.ports import Unavailable
from bot.welcome import unreached

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# "Interaction has already been acknowledged": by another process, to which it came as well.
ANSWERED = 40060
# Seconds after which Discord takes no first response any more.
FIRST = 3.0


@dataclass
class Reply:
    """The answer to one interaction: shown to the person alone, or in place of what they pressed.

    `asked` is the call that was made, and `page` the page of its form that was asked for.
    `elsewhere`: another process, to which it came as well, was the first to respond.
    """

    interaction: discord.Interaction[Any]
    around: Surroundings
    who: Who
    asked: Call = field(default_factory=lambda: Call(""))
    page: int = 0
    elsewhere: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether what was pressed, if anything, is only before this person's eyes.

        What we write elsewhere, to a club, holds no buttons, so any other is a copy of some kind.
        """
        original = self.interaction.message
        private = self.interaction.guild_id is None and self.interaction.context.dm_channel
        return original is None or original.flags.ephemeral or bool(private)

    async def hold(self) -> None:
        """Show in time that something comes; silently where a message is already there."""
        new = self.interaction.message is None
        try:
            await self.interaction.response.defer(ephemeral=True, thinking=new)
        except TROUBLE as error:
            # The work goes on; where its answer cannot be shown either, it is told in private.
            self.elsewhere = _is_answered(error)
            log.warning("answer not held", interaction=self.interaction.id, error=kind_of(error))

    async def say(self, message: Message) -> None:
        """Show a message; what was changed and cannot be shown here is told in private."""
        if self.elsewhere and not message.changed:
            log.info("answered elsewhere", interaction=self.interaction.id)
            return
        try:
            await self._say(message)
        except TROUBLE as error:
            if _is_answered(error) and not self.elsewhere:
                # The other may only wait for what was done here.
                self.elsewhere = True
                await self.say(message)
            else:
                await self._unshown(message, error)

    async def ask(self, form: Form) -> None:
        """Open a form; where none can be opened, a button that opens it."""
        try:
            if self._may_ask():
                await self._open(form)
            else:
                await self.say(await self.around.mended(form, self.asked, self.who))
        except Unavailable as trouble:
            await self.say(Message("That was not saved", (text(str(trouble)),), failed=True))
        except TROUBLE as error:
            # Nothing was changed, and nobody can be asked any more.
            log.warning("form unshown", interaction=self.interaction.id, error=kind_of(error))

    def _may_ask(self) -> bool:
        return self._is_first() and self.interaction.type is not InteractionType.modal_submit

    def _is_first(self) -> bool:
        return not (self.elsewhere or self.interaction.response.is_done())

    async def _open(self, form: Form) -> None:
        notice = self.around.front.desk.notice
        closed = notice is not None and notice.closed in form.intro
        if notice is not None and closed:
            # It is said below, where it stays when the form is gone.
            form = replace(form, intro=form.intro.replace(notice.closed, "").strip())
        chosen = None if self.page else await self.around.chosen(form, self.asked, self.who)
        if chosen is not None:
            await self._put(chosen)
            return
        command = self.around.command(form)
        found = pages(form, command)
        page = found[min(max(self.page, 1), len(found)) - 1]
        keeping = self.around.front.background.start(
            self.around.short(carried_call(form, command), self.who)
        )
        await asyncio.wait({keeping}, timeout=GLANCE)
        if not keeping.done():
            # The form would come too late; a button opens it once there is a place for the answers.
            await self.hold()
            await keeping
            await self.say(await self.around.mended(form, self.asked, self.who))
            return
        carried = keeping.result()
        offered, about = {}, ""
        with suppress(TimeoutError):
            # A form without lists is better than one that comes too late.
            async with asyncio.timeout(GLANCE):
                about = await self.around.about(form, self.who)
                for name in offered_for(form, command, page):
                    offered[name] = await self.around.front.complete(
                        command.name, name, "", self.who
                    )
        now = self.around.front.clock()
        await self.interaction.response.send_modal(
            modal(form, command, page, carried, now, offered, about)
        )
        if notice is not None and closed:
            shown = layout(unreached(notice))
            await self.interaction.followup.send(view=shown.view, ephemeral=True)

    async def _say(self, message: Message) -> None:
        original = self.interaction.message
        if original is None or message.failed or not self.is_ours:
            # What failed takes nobody's buttons away: they are what it can be tried again with.
            await self._new(layout(message))
        elif original.flags.ephemeral:
            await self._instead(layout(message))
        else:
            await self._settle(original, message)

    async def _put(self, shown: Shown) -> None:
        """Show this where the click was made, if it is the reader's alone; else beside it."""
        original = self.interaction.message
        if original is not None and original.flags.ephemeral:
            await self._instead(shown)
        else:
            await self._new(shown)

    async def _settle(self, original: discord.Message, message: Message) -> None:
        """Answer a click on a private message of ours, which is drawn anew from the records."""
        ref = f"{original.channel.id}:{original.id}"
        async with self._turn(ref):
            drawn = await self._drawn(ref, message if message.changed else ELSEWHERE)
            if drawn is None:
                # It is no nudge, but an answer to what they wrote there.
                await self._instead(layout(message))
            elif message.changed:
                await self._instead(layout(drawn))
            elif not is_stale(offered_by(original), drawn):
                await self._new(layout(message))
            elif any(button.call == self.asked for button in drawn.buttons):
                await self._instead(layout(drawn))
                await self._new(layout(message))
            else:
                closed = await self._drawn(ref, message)
                await self._instead(layout(closed or drawn))

    @asynccontextmanager
    async def _turn(self, ref: str) -> AsyncIterator[None]:
        """Be the only one who draws that message; holds in time when another takes long."""
        turn = self.around.turns.of(ref)
        try:
            async with asyncio.timeout(GLANCE):
                await turn.acquire()
        except TimeoutError:
            await self.hold()
            await turn.acquire()
        try:
            yield
        finally:
            turn.release()

    async def _drawn(self, ref: str, answer: Message) -> Message | None:
        desk, clock = self.around.front.desk, self.around.front.clock
        return await desk.redraw(ref, answer, self.who, clock())

    async def _new(self, shown: Shown) -> None:
        """A message that the person alone sees."""
        response, files = self.interaction.response, list(shown.files)
        if self._is_first():
            async with asyncio.timeout(FIRST):
                await response.send_message(view=shown.view, files=files, ephemeral=True)
        elif self.interaction.message is None:
            await self.interaction.edit_original_response(view=shown.view, attachments=files)
        else:
            await self.interaction.followup.send(view=shown.view, files=files, ephemeral=True)

    async def _instead(self, shown: Shown) -> None:
        """The message that was pressed shows this from now on."""
        response, files = self.interaction.response, list(shown.files)
        if self._is_first():
            async with asyncio.timeout(FIRST):
                await response.edit_message(view=shown.view, attachments=files)
        else:
            await self.interaction.edit_original_response(view=shown.view, attachments=files)

    async def _unshown(self, message: Message, error: Exception) -> None:
        """Discord would not have it: too late, most often. What was changed is not kept secret."""
        log.warning(
            "answer unshown",
            interaction=self.interaction.id,
            error=kind_of(error),
            changed=message.changed,
        )
        if message.changed:
            front, key = self.around.front, f"answer:{self.interaction.id}"
            await front.tell(await front.desk.discreetly(message, self.who), self.who, key)


def offered_by(message: discord.Message) -> Collection[Call]:
    """Every call that the buttons of a message of ours make."""
    found: set[Call] = set()

    def look(part: Any) -> None:
        name = getattr(part, "custom_id", None)
        if isinstance(name, str) and len(name) <= ID_LIMIT:
            found.add(read_id(name).call)
        for inner in (*getattr(part, "children", ()), getattr(part, "accessory", None)):
            if inner is not None:
                look(inner)

    for component in message.components:
        look(component)
    return found


def _is_answered(error: Exception) -> bool:
    return getattr(error, "code", 0) == ANSWERED
