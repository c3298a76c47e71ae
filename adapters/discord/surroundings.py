"""What every place in Discord needs to show an answer or ask a form. Knows the front and forms."""

from dataclasses import dataclass

import aiohttp
import discord

from adapters.discord.components import Shown
from adapters.discord.ids import id_of
from adapters.discord.mending import chooser, mend
from adapters.discord.modals import nothing_missing, pages
from adapters.front import Front
from adapters.redrawing import Turns
from bot.command import Command
from bot.message import Call, Form, Message, TooLong
from bot.model import Who

# Whose completion names every application of somebody's.
ALL_RECORDS = ("job show", "application")
# What may come of asking Discord for anything.
TROUBLE = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)


@dataclass(frozen=True)
class Surroundings:
    """What every place needs: the front of the desk, and one turn for each message."""

    front: Front
    turns: Turns

    async def short(self, call: Call, who: Who) -> Call:
        """A call that an id has room for: itself, or what it was stashed as. Raises Unavailable."""
        try:
            id_of(call, page=9)
        except TooLong:
            return await self.front.desk.keep(call, who, self.front.clock())
        return call

    def command(self, form: Form) -> Command:
        """The command that a form belongs to."""
        return self.front.desk.registry.commands[form.call.name]

    async def mended(self, form: Form, asked: Call, who: Who) -> Message:
        """What is said instead of a form that cannot be opened now. Raises Unavailable.

        `asked` is the call that the form answers: where nothing is missing or wrong, the form's own
        call would do what nobody has confirmed yet.
        """
        command = self.command(form)
        again = asked if nothing_missing(form, command) else form.call
        return mend(form, command, await self.short(again, who))

    async def chosen(self, form: Form, asked: Call, who: Who) -> Shown | None:
        """The choice of a page, where a form has several and none comes first; else None.

        `asked` is the call that the form answers. Raises Unavailable.
        """
        command = self.command(form)
        if not nothing_missing(form, command) or len(pages(form, command)) < 2:
            return None
        return chooser(form, command, await self.short(asked, who))

    async def about(self, form: Form, who: Who) -> str:
        """The title of the application that a form is about, "" of none. Raises Unavailable."""
        number = form.call.answers.get("application", "").strip().lstrip("#")
        if form.intro or not number.isdecimal():
            return ""
        found = await self.front.complete(*ALL_RECORDS, f"#{number}", who)
        mark = f" (#{number})"
        return next((label.removesuffix(mark) for label, raw in found if raw == f"#{number}"), "")


def kind_of(error: Exception) -> str:
    """What kind of trouble it was, and Discord's own number for it; never its words."""
    return f"{type(error).__name__}:{getattr(error, 'code', '')}"
