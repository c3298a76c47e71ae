"""Telling a club of work that was found: seen first, word for word, and then all else is quiet."""

from dataclasses import replace
from hashlib import sha256
from typing import Annotated

from bot.cards.clubs import shown_first
from bot.cards.parts import of
from bot.clubs.policy import landed_name
from bot.clubs.records import Club, Landing, Member
from bot.command import Opt, Registry
from bot.commands.choices import WHICH
from bot.commands.membership import WHICH_CLUB, club_button, in_none, own_club
from bot.context import Context
from bot.gathering import replan_club
from bot.limits import add_to
from bot.message import (
    Answer,
    Block,
    Button,
    Buttons,
    Call,
    Form,
    Message,
    Style,
    plain,
    shorten,
    text,
)
from bot.model import Application, Heard, NudgeKind, Reply, Stage
from bot.occasions.landed import written
from bot.plan import write
from bot.policy import Wanted, changes

commands = Registry("club")


@commands.command(phrase="{application}")
def club_landed(
    ctx: Context,
    application: Annotated[Application | None, WHICH] = None,
    words: Annotated[str, Opt("What would you like to tell them?", long=True)] = "",
    employer: Annotated[bool, Opt("Shall they see the employer?")] = False,
    change: Annotated[bool, Opt("Open the form", hidden=True)] = False,
    sure: Annotated[bool, Opt("Whether it may be shared", hidden=True)] = False,
    seen: Annotated[str, Opt("What they have seen", hidden=True)] = "",
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Tell your club that you found work; you see first what it will see."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, mine = found
    got = application or _newest(ctx)
    if got is None or got.stage is not Stage.ACCEPTED:
        return _first_note_it(ctx, got)
    told = [one for one in ctx.unit.clubs.landings.all(ctx.seeker.id) if one.club == here.seeker_id]
    if any(one.application == got.number for one in told):
        return Message(f"{here.name} knows", (text("You have told them already."),))
    call = ctx.call.plus(club=str(here.seeker_id), **of(got))
    if change:
        answers = {k: v for k, v in call.answers.items() if k not in ("change", "sure", "seen")}
        return Form(Call("club landed", answers), intro=f"For {here.name}")
    shown = got.company if employer else ""
    landing = Landing(
        ctx.seeker.id, 0, here.seeker_id, got.number, ctx.now, shorten(words, 600), shown
    )
    now_is = _mark(written(ctx.unit, here, mine, landing))
    if not sure or (seen and seen != now_is):
        return _preview(ctx, here, mine, landing, call.plus(seen=now_is), again=sure)
    closed = _close_others(ctx, got)
    landing = ctx.unit.clubs.landings.add(landing)
    own = ctx.unit.seekers([here.seeker_id])[here.seeker_id]
    name = landed_name(here.seeker_id, landing)
    post = [Wanted(name, NudgeKind.LANDED, ctx.now)]
    write(ctx.unit, changes(post, [], own, here.platform, ""))
    replan_club(ctx.unit, here, ctx.now)
    return _shared(ctx, here, got, closed)


def _newest(ctx: Context) -> Application | None:
    """The newest application that came to something, if any did."""
    found = [a for a in ctx.application_choices() if a.stage is Stage.ACCEPTED]
    return max(found, key=lambda a: a.number, default=None)


def _first_note_it(ctx: Context, a: Application | None) -> Message:
    if a is None:
        said = ctx.named("job heard EMPLOYER accepted")
        return Message("Which one is it?", (text(f"{said} notes an offer that you accepted."),))
    accepted = Button("I accepted", Call("job heard", {**of(a), "what": "accepted"}), Style.PRIMARY)
    return Message(
        shorten(f"Have you accepted: {a.title}?", 150),
        (text("Once that is noted, you can tell your club."), Buttons((accepted,))),
    )


def _mark(message: Message) -> str:
    """The same for the same post alone, so that what is shared is what was seen."""
    return sha256(plain(message).encode()).hexdigest()[:16]


def _preview(
    ctx: Context, club: Club, member: Member, landing: Landing, call: Call, *, again: bool
) -> Message:
    """The post; `again` where it is no longer what they saw when they wanted to share it."""
    count = len(_others_open(ctx, landing.application))
    blocks: list[Block] = shown_first(written(ctx.unit, club, member, landing))
    if again:
        blocks.insert(0, text("It has changed since you saw it."))
    closing = ""
    if count:
        what = "your other open application" if count == 1 else f"your {count} other applications"
        closing = f" It also closes {what} as withdrawn, so that nothing more comes."
    blocks.append(text(f"Exactly this, and nothing before you share it.{closing}", small=True))
    flip = "no" if landing.employer else "yes"
    row = (
        Button("Share it", ctx.later(call.plus(sure="yes")), Style.PRIMARY),
        Button("Change the words", ctx.later(call.plus(change="yes"))),
        Button(
            "Without the employer" if landing.employer else "With the employer",
            ctx.later(call.plus(employer=flip)),
        ),
    )
    return Message(f"What {club.name} will see", (*blocks, Buttons(row)))


def _others_open(ctx: Context, number: int) -> list[Application]:
    own = ctx.unit.applications.all(ctx.seeker.id)
    return [a for a in own if a.stage.open and a.number != number]


def _close_others(ctx: Context, got: Application) -> int:
    """Close what else is open, as withdrawn; nothing more comes about it. How many there were."""
    others = _others_open(ctx, got.number)
    for a in others:
        add_to(
            ctx.unit.replies,
            Reply(ctx.seeker.id, 0, a.number, Heard.WITHDRAWN, ctx.today, ctx.now),
        )
        ctx.unit.applications.save(replace(a, stage=Stage.WITHDRAWN))
    return len(others)


def _shared(ctx: Context, club: Club, got: Application, closed: int) -> Message:
    words = "The club reads it in a moment."
    if closed:
        words += " The rest of your search is closed, and nothing more comes about it."
    words += " Undo takes it back, in the channel too."
    blocks: list[Block] = [text(words)]
    row = [Button("Undo", Call("job undo"))]
    if got.company:
        blocks.append(
            text(
                f"Would you stay as a lead at {got.company}? You note a tie, for yourself alone; "
                "should a member look for a word there, I ask you first."
            )
        )
        tie = Call("club tie", {"employer": got.company, "how": "works"})
        row.insert(0, Button("Stay as a lead", ctx.later(tie), Style.PRIMARY))
        row.append(club_button("What the club sees of you", "me", club))
    return Message(
        f"Shared with {club.name}. Congratulations!"[:150], (*blocks, Buttons(tuple(row)))
    )
