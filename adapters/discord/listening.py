"""Everything that people may do in Discord, in one listener; what it means is in the request alone.

Nothing is remembered between two interactions, so any process may answer any of them, and a button
works as long as its message exists. Knows discord.py, the front and the places.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import discord
import structlog
from discord import InteractionType, app_commands

from adapters.answering import EXPIRED, NOT_YOURS, SORRY, Answering, put
from adapters.discord import PLATFORM
from adapters.discord.components import Shown
from adapters.discord.filled import filled
from adapters.discord.ids import read_id
from adapters.discord.lines import Line
from adapters.discord.locales import zone_guess
from adapters.discord.mending import unsaved
from adapters.discord.options import SAVE_JOB
from adapters.discord.places import Reply
from adapters.discord.surroundings import TROUBLE, Surroundings
from adapters.discord.typed import called, choices, focused, links_of, menu
from bot.links import company_in
from bot.message import Call, Form, Message
from bot.model import Who
from bot.phrase import read_line
from bot.welcome import BEGIN

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

CHAT_INPUT, MESSAGE = 1, 3
NO_LINK = "There is no link in that message, so I begin with an empty form."
ONCE_APPLIED = "Use this once you have applied; it counts from the day you give."
# Longer lines are no command.
LINE_LIMIT = 4000


class Listening:
    """What is done about each kind of interaction, and about a line written to us."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._front = around.front
        self._answering = Answering(around.front)

    async def interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer one interaction. Raises nothing, and logs no more than what kind it was."""
        try:
            if interaction.type is InteractionType.autocomplete:
                await self._complete(interaction)
            elif interaction.type is not InteractionType.ping:
                await self._answer(interaction)
        except Exception as error:
            log.error("interaction failed", interaction=interaction.id, error=type(error).__name__)

    async def _answer(self, interaction: discord.Interaction[Any]) -> None:
        who = who_is(interaction)
        reply = Reply(interaction, self._around, who)

        async def act(place: Any) -> None:
            match interaction.type:
                case InteractionType.application_command:
                    await self._command(reply)
                case InteractionType.component:
                    await self._press(reply)
                case InteractionType.modal_submit:
                    await self._submit(reply)
                case _:
                    log.warning("interaction of no known kind")

        await self._answering.excused(reply, act)

    async def _command(self, reply: Reply) -> None:
        data: Any = reply.interaction.data
        if data.get("type", CHAT_INPUT) == MESSAGE:
            await self._save_job(reply)
            return
        reply.asked = called(data, self._front.desk.registry)
        await self._run(reply)

    async def _save_job(self, reply: Reply) -> None:
        """Of the message only its first link is read; its author and the rest are left alone."""
        data: Any = reply.interaction.data
        entry, target = menu(data)
        if entry != SAVE_JOB:
            log.info("unknown entry of a menu: of another version", outcome="told")
            await reply.say(EXPIRED)
            return
        links = links_of(target)
        call = Call("job applied")
        if links:
            known = company_in(links[0])
            call = call.plus(link=links[0], **({"company": known} if known else {}))
        reply.asked = call
        source = f"From {urlsplit(links[0]).hostname}." if links else NO_LINK
        form = Form(call, intro=f"{SAVE_JOB}\n{source} {ONCE_APPLIED}")
        await put(reply, await self._front.introduce(form, reply.who))

    async def _press(self, reply: Reply) -> None:
        data: Any = reply.interaction.data
        pressed = read_id(data.get("custom_id", ""))
        reply.asked, reply.page = pressed.call, pressed.page
        if not reply.is_ours:
            await reply.say(NOT_YOURS)
        elif pressed.call.name:
            self._meet(reply)
            await self._run(reply)
        else:
            log.info("unknown button: of another version", outcome="told")
            await reply.say(EXPIRED)

    async def _submit(self, reply: Reply) -> None:
        data: Any = reply.interaction.data
        call = filled(data)
        if not call.name:
            log.info("unknown form: of another version", outcome="told")
            await reply.say(EXPIRED)
            return
        reply.asked = call
        self._meet(reply)

        async def answered() -> Any:
            answer = await self._answering.answered(call, reply.who, _once(reply.interaction))
            if isinstance(answer, Message) and answer.failed:
                return unsaved(answer, call, self._front.desk.registry)
            return answer

        answer, under_way = await self._answering.patiently(answered())
        if answer is None:
            await reply.hold()
            await self._answering.finish(reply, under_way)
        else:
            await put(reply, answer)

    def _meet(self, reply: Reply) -> None:
        """Greet nobody who begins in the conversation where the greeting would arrive."""
        message = reply.interaction.message
        private = reply.interaction.guild_id is None and message is not None
        if reply.asked.name == BEGIN and message and private and not message.flags.ephemeral:
            self._front.met(reply.who)

    async def _run(self, reply: Reply) -> None:
        once = _once(reply.interaction)
        await self._answering.open_or_answer(reply, reply.asked, reply.who, once)

    async def _complete(self, interaction: discord.Interaction[Any]) -> None:
        data: Any = interaction.data
        name, option, said, _ = focused(data)
        work = self._front.complete(name, option, said, who_is(interaction))
        found: Sequence[tuple[str, str]] | None = None
        try:
            found, _ = await self._answering.patiently(work)
        except Exception as error:
            # What is being typed can be sent without any help; nothing would say that it failed.
            log.error("completion failed", error=type(error).__name__)
        offered = [
            app_commands.Choice(name=each["name"], value=each["value"])
            for each in choices(found or ())
        ]
        try:
            await interaction.response.autocomplete(offered)
        except TROUBLE as error:
            # They have typed on; nothing is lost.
            log.info("completion unshown", error=type(error).__name__)

    async def message(self, message: discord.Message) -> None:
        """Read a line that somebody wrote in their conversation with us, as a command."""
        if message.guild is not None or message.author.bot or not message.content.strip():
            return
        who = Who(PLATFORM, str(message.author.id), place=str(message.channel.id))

        async def send(shown: Shown, key: str) -> None:
            await message.channel.send(view=shown.view, files=list(shown.files), nonce=key[-25:])

        line = Line(message, self._around, who, send)
        try:
            # Any zone will do: what looks like a day is cut off here, and read where theirs is
            # known.
            call = read_line(
                self._front.desk.registry,
                message.content.strip()[:LINE_LIMIT],
                self._front.clock(),
                ZoneInfo("UTC"),
            )
            line.asked = call
            await self._answering.open_or_answer(line, call, who, f"discord:{message.id}")
        except Exception as error:
            log.error("line failed", message=message.id, error=type(error).__name__)
            await line.say(SORRY)


def who_is(interaction: discord.Interaction[Any]) -> Who:
    """Whoever sent an interaction, as Discord vouches for them.

    Their name here is no name to sign letters with, and their zone a guess from their language. In
    a server that has not installed the bot nothing can be done for others, so there is no channel.
    """
    user = str(interaction.user.id)
    entrances, channel = [], ""
    if interaction.is_guild_integration():
        entrances.append(f"g{interaction.guild_id}")
        channel = str(interaction.channel_id or "")
    if interaction.is_user_integration():
        entrances.append(f"u{user}")
    private = interaction.guild_id is None and interaction.context.dm_channel
    return Who(
        PLATFORM,
        user,
        place=str(interaction.channel_id) if private and interaction.channel_id else "",
        zone=zone_guess(str(interaction.locale)),
        entrances=tuple(entrances),
        channel=channel,
        organizes=bool(channel) and _organizes(interaction.permissions),
    )


def _organizes(may: discord.Permissions) -> bool:
    """Whether a member arranges things for others, by what Discord lets them do in a channel.

    https://docs.discord.com/developers/topics/permissions
    """
    return may.manage_channels or may.manage_events or may.manage_guild or may.administrator


def _once(interaction: discord.Interaction[Any]) -> str:
    return f"discord:{interaction.id}"
