"""The answer to the first question: who owns the place where we talk."""

from dataclasses import replace
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.cards.parts import button
from bot.command import Opt, Problems, Registry
from bot.commands.choices import zones
from bot.context import Context
from bot.message import Answer, Buttons, Call, Form, Message, Style, text
from bot.readers import Unfit
from bot.welcome import BEGIN, answered

commands = Registry("job")


@commands.command(hidden=True)
def job_begin(
    ctx: Context,
    employer: Annotated[
        bool, Opt("Whether the place belongs to your employer", hidden=True)
    ] = True,
    zone: Annotated[
        ZoneInfo | None, Opt("Which time zone are you in? Type your city", complete=zones)
    ] = None,
    then: Annotated[int, Opt("What was said before, to go on with", hidden=True)] = 0,
    ask: Annotated[bool, Opt("Open the form for another time zone", hidden=True)] = False,
) -> Answer:
    """Your time zone: begin, knowing who can see what."""
    if ask:
        asked = {n: raw for n, raw in ctx.answers.items() if n != "ask"}
        # A guess that nobody marks as one would be sent unread.
        known = {"zone": ctx.seeker.zone} if ctx.seeker.zone_confirmed else {}
        return Form(Call(BEGIN, {**asked, **known}), intro="Your time zone")
    if "zone" in ctx.given and zone is None:
        raise Problems({"zone": Unfit("Type the city that shares your time, such as Paris.")})
    start = text("Log the last thing you sent, and its follow-up is taken care of.")
    row = Buttons(
        (
            button("Log an application", "applied", Style.PRIMARY),
            button("What I can do", "help"),
            button("Settings", "settings"),
        )
    )
    if "employer" not in ctx.given:
        # The word alone answers no question: whoever has not begun is asked at the next command.
        return Message("Ready when you are", (start, row))
    seeker = replace(
        ctx.seeker,
        # Once begun, the settings say so; an old button does not.
        discreet=ctx.seeker.discreet if ctx.seeker.began_at else employer,
        began_at=ctx.seeker.began_at or ctx.now,
        zone=str(zone or ctx.seeker.zone),
        zone_confirmed=ctx.seeker.zone_confirmed or zone is not None,
    )
    if seeker != ctx.seeker:
        ctx.save_seeker(seeker)
        ctx.lasting = True
    said = text(answered(seeker, ctx.named("settings")))
    return Message("Ready when you are", (said, start, row))
