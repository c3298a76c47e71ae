"""The answer to the first question: who owns the place where we talk."""

from dataclasses import replace
from typing import Annotated

from bot.cards.parts import button
from bot.command import Opt, Registry
from bot.context import Context
from bot.message import Answer, Buttons, Message, Style, text
from bot.welcome import answered

commands = Registry("job")


@commands.command(hidden=True)
def job_begin(
    ctx: Context,
    employer: Annotated[
        bool, Opt("Whether the place belongs to your employer", hidden=True)
    ] = True,
    then: Annotated[int, Opt("What was said before, to go on with", hidden=True)] = 0,
) -> Answer:
    """Begin, knowing who can see what."""
    seeker = replace(ctx.seeker, discreet=employer, began_at=ctx.seeker.began_at or ctx.now)
    if seeker != ctx.seeker:
        ctx.save_seeker(seeker)
        ctx.lasting = True
    row = (
        button("Log an application", "applied", Style.PRIMARY),
        button("What I can do", "help"),
        button("Settings", "settings"),
    )
    start = text("Log the last thing you sent, and its follow-up is taken care of.")
    return Message("Ready when you are", (text(answered(seeker)), start, Buttons(row)))
