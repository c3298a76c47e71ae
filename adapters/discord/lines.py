"""The answer to a line that somebody wrote in their conversation with us. Knows discord.py."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import discord
import structlog

from adapters.discord.components import Shown
from adapters.discord.surroundings import TROUBLE, Surroundings, kind_of
from bot.delivery import Gone, Refused
from bot.message import Call, Form, Message, text
from bot.model import Who
from bot.ports import Unavailable

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


@dataclass
class Line:
    """The answer to something that was written in the conversation with us: to the call `asked`."""

    written: discord.Message
    around: Surroundings
    who: Who
    send: Callable[[Shown, str], Awaitable[None]]
    asked: Call = field(default_factory=lambda: Call(""))

    async def hold(self) -> None:
        """Nobody waits for an answer here as they do for a command's."""

    async def say(self, message: Message) -> None:
        """Write it below."""
        outcome = await self.around.front.tell(message, self.who, f"line:{self.written.id}")
        if isinstance(outcome, Gone | Refused):
            log.warning("answer unsaid", message=self.written.id, changed=message.changed)

    async def ask(self, form: Form) -> None:
        """A form needs a click: a button opens it, or one for each of its pages."""
        try:
            chosen = await self.around.chosen(form, self.asked, self.who)
            if chosen is not None:
                await self.send(chosen, f"line:{self.written.id}")
                return
            await self.say(await self.around.mended(form, self.asked, self.who))
        except Unavailable as trouble:
            await self.say(Message("That was not saved", (text(str(trouble)),), failed=True))
        except TROUBLE as error:
            log.warning("answer unsaid", message=self.written.id, error=kind_of(error))
