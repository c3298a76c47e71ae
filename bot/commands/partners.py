"""Partners of a week: taking part, the goal that a partner sees, and whom not to meet."""

from dataclasses import replace
from typing import Annotated

from bot.clubs.records import Club, Member
from bot.command import Opt, Registry
from bot.commands.membership import (
    WHICH_CLUB,
    club_button,
    distinct,
    in_none,
    one_named,
    other_names,
    own_club,
)
from bot.context import Context
from bot.gathering import replan_club
from bot.message import (
    Answer,
    Button,
    Buttons,
    Call,
    Facts,
    Form,
    Item,
    Items,
    Message,
    Spans,
    Style,
    shorten,
    text,
)
from bot.occasions.partners import goal_words

commands = Registry("club")

SILENT = "Nobody learns of this, and it counts from the next round on."


@commands.command(phrase="{goal}")
def club_partner(
    ctx: Context,
    goal: Annotated[str, Opt("Your goal for the week, as your partner will see it")] = "",
    change: Annotated[bool, Opt("Open the form", hidden=True)] = False,
    off: Annotated[bool, Opt("Stop", hidden=True)] = False,
    sure: Annotated[bool, Opt("Whether it may be shared", hidden=True)] = False,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Have a partner each week, who sees the goal that you choose to show."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, mine = found
    if change:
        return Form(
            Call("club partner", {"club": str(here.seeker_id), "goal": goal or mine.goal}),
            intro="What your partner of the week sees",
        )
    if off:
        _keep(ctx, here, replace(mine, partners=False, goal=""))
        again = club_button("Take part again", "partner", here)
        return Message("No more partners", (text("Your goal is gone as well."), Buttons((again,))))
    if "goal" not in ctx.given:
        goal = mine.goal
    wanted = replace(mine, partners=True, goal=shorten(goal, 200))
    if sure:
        _keep(ctx, here, wanted)
        words = "After the next meeting I tell you who your partner is; it changes from week to "
        words += "week as long as there is somebody else."
        return Message("You take part in partners", (_seen(wanted), text(words), _row(here)))
    if mine.partners and wanted == mine:
        return Message(
            "You take part in partners",
            (text("Your partner of the week sees exactly this:"), _seen(mine), _row(here)),
        )
    yes = ctx.later(
        Call("club partner", {"club": str(here.seeker_id), "goal": goal, "sure": "yes"})
    )
    row = (
        Button("Share it" if mine.partners else "Take part", yes, Style.PRIMARY),
        club_button("Set a goal" if not goal else "Change the goal", "partner", here, change="yes"),
    )
    return Message(
        "What your partner of the week will see",
        (
            _seen(wanted),
            text("Exactly this, and only whoever is your partner in a week."),
            Buttons(row),
        ),
    )


@commands.command(phrase="{who}")
def club_exclude(
    ctx: Context,
    who: Annotated[
        str, Opt("Who shall not be your partner? A name, or off", complete=other_names)
    ] = "",
    off: Annotated[bool, Opt("Take it back", hidden=True)] = False,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Never be somebody's partner; nobody learns of it."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, _ = found
    others = distinct(ctx.unit.clubs.members([here.seeker_id])[here.seeker_id], ctx.seeker.id)
    known = {other for _, other in ctx.unit.clubs.excluded([ctx.seeker.id])}
    mine = {name: member for name, member in others.items() if member.seeker_id in known}
    if not who:
        return _list(here, mine, list(others))
    if who not in others and who.casefold() == "off":
        for member in mine.values():
            ctx.unit.clubs.exclude(ctx.seeker.id, member.seeker_id, yes=False)
        ctx.lasting = True
        return Message("Anybody may be your partner again", (text(SILENT),))
    chosen = one_named(others, who, "who")
    ctx.unit.clubs.exclude(ctx.seeker.id, chosen.seeker_id, yes=not off)
    ctx.lasting = True
    if off:
        return Message(f"{chosen.name} may be your partner again", (text(SILENT),))
    name = next(name for name, member in others.items() if member == chosen)
    back = ctx.later(Call("club exclude", {"club": str(here.seeker_id), "who": name, "off": "yes"}))
    return Message(
        f"{chosen.name} will not be your partner",
        (text(SILENT), Buttons((Button("Take it back", back),))),
    )


def _list(club: Club, mine: dict[str, Member], others: list[str]) -> Message:
    if not mine:
        words = f"In {club.name}: {', '.join(others)}." if others else "Nobody else is there yet."
        return Message(
            "Whom do you not want for a partner?", (text(words), text(SILENT, small=True))
        )
    rows = tuple(Item((name,)) for name in mine)
    off = club_button("Take all back", "exclude", club, who="off")
    return Message("Not your partners", (Items(rows), text(SILENT, small=True), Buttons((off,))))


def _keep(ctx: Context, club: Club, member: Member) -> None:
    ctx.unit.clubs.put_member(member)
    replan_club(ctx.unit, club, ctx.now)
    ctx.lasting = True


def _seen(member: Member) -> Facts:
    rows: list[tuple[str, Spans]] = [("Your name", (member.name,))]
    rows.append(("Your goal", (goal_words(member) or "none",)))
    return Facts(tuple(rows))


def _row(club: Club) -> Buttons:
    return Buttons(
        (
            club_button("Change the goal", "partner", club, change="yes"),
            club_button("Stop partners", "partner", club, off="yes"),
        )
    )
