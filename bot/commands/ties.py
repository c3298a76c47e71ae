"""A member's ties to employers: private notes, shown to nobody else by these commands."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from bot.cards.parts import title
from bot.clubs.employers import key, near
from bot.clubs.records import Club, How, Tie
from bot.command import Opt, Problems, Registry
from bot.context import Context
from bot.dates import say_day
from bot.leads import pass_on
from bot.message import (
    Answer,
    Block,
    Bold,
    Button,
    Buttons,
    Call,
    Item,
    Items,
    Message,
    Style,
    shorten,
    text,
)
from bot.readers import Unfit

commands = Registry("club")

# More than anybody keeps in mind.
MOST = 200
# Clubs of which one answer speaks.
OFFERED = 5
HOW = {
    How.WORKS: "you work there",
    How.WORKED: "you worked there",
    How.KNOWS: "you know somebody there",
}
PRIVATE = "Nobody sees this. Should a member look for a word there, I ask you first, in private."


def _own(ctx: Context, typed: str) -> list[tuple[str, str]]:
    """One's own ties that hold what was typed."""
    ties = ctx.unit.clubs.ties.all(ctx.seeker.id)
    return [(t.employer, t.employer) for t in ties if typed.casefold() in t.employer.casefold()]


WHERE = Opt("Which employer?", complete=_own)


@commands.command(phrase="{employer} [as {how}] [until {until}]")
def club_tie(
    ctx: Context,
    employer: Annotated[str, Opt("The employer that you are tied to")],
    how: Annotated[How, Opt("How are you tied to it?")] = How.KNOWS,
    until: Annotated[date | None, Opt("Until when does that hold? Left out: until you say")] = None,
    new: Annotated[bool, Opt("Whether it is another employer", hidden=True)] = False,
) -> Answer:
    """Note, for yourself alone, an employer where you could put in a word."""
    named = _named(employer)
    if until and until < ctx.today:
        raise Problems({"until": Unfit("That day is over. A day ahead, please.")})
    ties = ctx.unit.clubs.ties.all(ctx.seeker.id)
    same = next((tie for tie in ties if tie.key == named), None)
    alike = near(employer, [tie.employer for tie in ties])
    if same is None and alike and not new:
        row = [
            Button(f"It is {alike[0]}"[:75], ctx.later(ctx.call.plus(employer=alike[0]))),
            Button("Another one", ctx.later(ctx.call.plus(new="yes"))),
        ]
        words = f"You have a tie to {alike[0]} already. Is {employer} the same?"
        return Message(title(f"The same as {alike[0]}?"), (text(words), Buttons(tuple(row))))
    tie = Tie(ctx.seeker.id, 0, employer, named, how, ctx.now, until)
    if same is not None:
        ctx.unit.clubs.ties.save(replace(tie, number=same.number))
    elif len(ties) >= MOST:
        return Message("That is as many as I keep", (text("Remove one that no longer holds."),))
    else:
        ctx.unit.clubs.ties.add(tie)
    row = [Button("Your ties", Call("club ties")), Button("Undo", Call("job undo"))]
    blocks: list[Block] = [text(f"It says that {_said(ctx, tie)}."), text(PRIVATE, small=True)]
    if unasked := [c for c, mine in ctx.unit.clubs.of(ctx.seeker.id) if not mine.helps][:OFFERED]:
        names = " and ".join(shorten(club.name, 60) for club in unasked)
        blocks.append(text(f"For now nobody can ask you in {names}."))
        row[:0] = _offers(unasked)
    return Message(title(f"Noted: {employer}"), (*blocks, Buttons(tuple(row))))


def _offers(clubs: list[Club]) -> list[Button]:
    """One tap for each club in which somebody could be asked and is not yet."""
    label = "You may ask me"
    return [
        Button(
            label if len(clubs) == 1 else shorten(f"{label} in {club.name}", 75),
            Call("club me", {"helps": "yes", "club": str(club.seeker_id)}),
            Style.PRIMARY,
        )
        for club in clubs
    ]


@commands.command()
def club_ties(ctx: Context) -> Answer:
    """Your own ties to employers."""
    ties = ctx.unit.clubs.ties.all(ctx.seeker.id)
    muted = set(ctx.unit.clubs.muted(ctx.seeker.id))
    silent = _muted(ctx, muted, {tie.key: tie.employer for tie in ties})
    if not ties:
        return Message(
            "You have noted no ties",
            (text(f"{ctx.named('club tie EMPLOYER')} notes one. {PRIVATE}"), *silent),
        )
    rows = []
    for tie in ties:
        quiet = "; you are not asked about it" if tie.key in muted else ""
        call = Call("club untie", {"number": str(tie.number)})
        about = f"the tie to {tie.employer}"[:75]
        rows.append(
            Item(
                (f"{tie.employer}: {_said(ctx, tie)}{quiet}",), Button("Remove", call, about=about)
            )
        )
    return Message("Your ties", (Items(tuple(rows)), *silent, text(PRIVATE, small=True)))


def _muted(ctx: Context, muted: set[str], names: dict[str, str]) -> list[Block]:
    """The employers about which they are not asked, each with the way back."""
    rows = []
    for named in sorted(muted):
        employer = names.get(named, named)
        again = ctx.later(Call("club mute", {"employer": employer, "off": "yes"}))
        about = f"Be asked about {employer} again"[:75]
        rows.append(Item((employer,), Button("Ask me again", again, about=about)))
    return [text(Bold("You are not asked about")), Items(tuple(rows))] if rows else []


@commands.command(phrase="{employer}")
def club_untie(
    ctx: Context,
    employer: Annotated[str, WHERE] = "",
    number: Annotated[int, Opt("Which tie, for a button", hidden=True)] = 0,
) -> Answer:
    """Remove a tie of yours."""
    ties = ctx.unit.clubs.ties.all(ctx.seeker.id)
    found = [t for t in ties if t.number == number or (employer and t.key == key(employer))]
    if not found:
        words = f"{ctx.named('club ties')} shows those that you have noted."
        return Message("I cannot find that among yours", (text(words),))
    (tie, *_) = found
    ctx.unit.clubs.ties.remove(tie)
    back = Button("Undo", Call("job undo"))
    if pass_on(ctx.unit, ctx.seeker, ctx.now):
        # What went on to another member does not come back with the tie.
        ctx.lasting = True
        until = {"until": tie.until.isoformat()} if tie.until else {}
        again = {"employer": tie.employer, "how": tie.how.value, "new": "yes", **until}
        back = Button("Note it again", ctx.later(Call("club tie", again)))
    row = (back, Button("Your ties", Call("club ties")))
    return Message(title(f"Removed: {tie.employer}"), (Buttons(row),))


@commands.command(phrase="{employer}")
def club_mute(
    ctx: Context,
    employer: Annotated[str, WHERE],
    off: Annotated[bool, Opt("Whether you may be asked again", hidden=True)] = False,
) -> Answer:
    """Do not be asked about an employer; your tie stays, and nobody learns of either."""
    named = _named(employer)
    if not off and len(ctx.unit.clubs.muted(ctx.seeker.id)) >= MOST:
        return Message("That is as many as I keep", (text("Ask to be asked about one again."),))
    ctx.unit.clubs.mute(ctx.seeker.id, named, yes=not off)
    if not off:
        pass_on(ctx.unit, ctx.seeker, ctx.now)
    ctx.lasting = True
    if off:
        return Message(title(f"You may be asked about {employer} again"))
    again = ctx.later(Call("club mute", {"employer": employer, "off": "yes"}))
    return Message(
        title(f"You are not asked about {employer}"),
        (text("Nobody learns of this."), Buttons((Button("Ask me again", again),))),
    )


def _named(employer: str) -> str:
    """What the employer's spellings have in common; raises Problems when that is nothing."""
    named = key(employer)
    if not named:
        raise Problems({"employer": Unfit("Which employer? Its name, please.")})
    return named


def _said(ctx: Context, tie: Tie) -> str:
    if tie.until is None:
        return HOW[tie.how]
    held = tie.until >= ctx.today
    return f"{HOW[tie.how]}, {'until' if held else 'over since'} {say_day(tie.until, ctx.today)}"
