"""Asking somebody in one's club for a word at an employer, and answering when one is asked.

What is said to whoever asks never depends on who is asked, nor on how many.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

from bot.cards.leads import preview, thanks
from bot.cards.parts import title
from bot.clubs.asking import (
    MOST_OPEN,
    MOST_WORDS,
    again_on,
    ends_at,
    first_words,
    kept,
    said_yes,
)
from bot.clubs.employers import key, near
from bot.clubs.records import Answered, Asked, Asking, Club, Member
from bot.command import Opt, Problems, Registry
from bot.commands.choices import companies, not_found
from bot.commands.membership import in_none
from bot.context import Context
from bot.dates.saying import month_day
from bot.hours import local_day
from bot.leads import Came, answer, ask_next, helpers, hold, met, pass_on, replan_leads, together
from bot.message import (
    Answer,
    Block,
    Button,
    Buttons,
    Call,
    Form,
    Message,
    Quote,
    Style,
    shorten,
    text,
)
from bot.model import Application
from bot.readers import Unfit

commands = Registry("club")

WHICH_QUESTION = Opt("Which question, for a button", hidden=True)
LEFT_UNSAID = "Nobody else learns of it."
TOGETHER = "Thank you for that; you two were brought together."


class Says(StrEnum):
    """What a helper can say to a question."""

    YES = "yes"
    NO = "no"
    NOT_NOW = "notnow"
    MUTE = "mute"


@commands.command(phrase="{employer}")
def club_ask(
    ctx: Context,
    employer: Annotated[str, Opt("At which employer?", complete=companies)] = "",
    words: Annotated[str, Opt("What they should know, in your words", long=True)] = "",
    named: Annotated[bool, Opt("Shall they see your name? Yes if left out")] = True,
    application: Annotated[Application | None, Opt("Which application", hidden=True)] = None,
    new: Annotated[bool, Opt("Whether it is another employer", hidden=True)] = False,
    change: Annotated[bool, Opt("Open the form", hidden=True)] = False,
    sure: Annotated[bool, Opt("Whether it may be asked", hidden=True)] = False,
) -> Answer:
    """Ask in your club for a word at an employer; you see first what they will see."""
    places = ctx.unit.clubs.of(ctx.seeker.id)
    if not places:
        return in_none(ctx)
    employer = employer or (application.company if application else "")
    about = key(employer)
    if not about:
        raise Problems({"employer": Unfit("Which employer? Its name, please.")})
    own = _own(ctx, about, application)
    if own is None and not new and (meant := _meant(ctx, employer)):
        return meant
    if (before := _before(ctx, about)) is not None:
        return before
    if not helpers(ctx.unit, ctx.seeker.id, employer, ctx.today):
        return _nobody(employer)
    answers = {
        "employer": employer,
        "words": words or first_words(own),
        "named": "yes" if named else "no",
        "application": str(own.number) if own else "",
    }
    call = Call("club ask", {name: said for name, said in answers.items() if said})
    call = call.plus(new="yes") if own is None else call
    if change or not answers["words"]:
        return Form(call, intro=f"A word at {employer}")
    if len(answers["words"]) > MOST_WORDS:
        words = f"Shorter, please. {MOST_WORDS} characters are what somebody reads."
        raise Problems({"words": Unfit(words)})
    if not sure:
        return _preview(ctx, places, call, named=named)
    return _ask(ctx, own, employer, answers["words"], named=named)


def _own(ctx: Context, about: str, chosen: Application | None) -> Application | None:
    """One's own application at that employer: the one chosen, or the newest that is open."""
    there = [a for a in ctx.application_choices() if key(a.company) == about]
    if chosen and chosen.number in {a.number for a in there}:
        return chosen
    return max(there, key=lambda a: (a.stage.open, a.number), default=None)


def _meant(ctx: Context, employer: str) -> Message | None:
    """Which of one's own employers may be meant. Nobody else's are looked at for that."""
    alike = near(employer, [a.company for a in ctx.application_choices() if a.company])
    if not alike:
        return None
    row = (
        Button(
            shorten(f"It is {alike[0]}", 75),
            ctx.later(ctx.call.plus(employer=alike[0])),
            Style.PRIMARY,
        ),
        Button("Another one", ctx.later(ctx.call.plus(new="yes"))),
    )
    return Message(title(f"Do you mean {alike[0]}?"), (Buttons(row),))


def _before(ctx: Context, about: str) -> Message | None:
    """What is said instead of asking once more, by one's own questions alone."""
    asked = ctx.unit.clubs.askings.all(ctx.seeker.id)
    lately = [one for one in asked if one.key == about and ctx.today < again_on(one)]
    if not lately:
        waiting = [one for one in asked if one.settled_at is None and ctx.now < ends_at(one)]
        if len(waiting) < MOST_OPEN:
            return None
        return Message(
            "You have asked a lot this week",
            (text(f"{MOST_OPEN} questions are open. When one is over, there is room again."),),
        )
    last = lately[-1]
    on = month_day(local_day(last.asked_at, ctx.seeker), ctx.today)
    # A yes can be taken back until the two were brought together, and is nobody's business before.
    if met(ctx.unit, last):
        words = "Somebody said yes, so that door is open."
    elif ctx.now < ends_at(last):
        until = month_day(local_day(ends_at(last), ctx.seeker), ctx.today)
        words = f"If somebody can help, I bring you two together. That can take until {until}."
    else:
        words = f"You can ask again from {month_day(again_on(last), ctx.today)} on."
    return Message(title(f"You asked about {last.employer}"), (text(f"That was on {on}. {words}"),))


def _nobody(employer: str) -> Message:
    words = f"Nobody in your clubs has a tie to {employer} that they take questions about."
    return Message(title(f"No word at {employer}"), (text(words),))


def _preview(
    ctx: Context, places: list[tuple[Club, Member]], call: Call, *, named: bool
) -> Message:
    """A question exactly as it would be put."""
    other = call.plus(named="no" if named else "yes")
    row = (
        Button("Share it", ctx.later(call.plus(sure="yes")), Style.PRIMARY),
        Button("Change", ctx.later(call.plus(change="yes"))),
        Button("Without my name" if named else "With my name", ctx.later(other)),
    )
    return Message(
        "What they will see",
        (
            preview(places, call.answers["employer"], call.answers["words"], named),
            Quote(call.answers["words"]),
            text(
                "Exactly this, in private, and nothing before you share it. Should they say yes, "
                "you two see each other’s names.",
                small=True,
            ),
            Buttons(row),
        ),
    )


def _ask(
    ctx: Context, own: Application | None, employer: str, words: str, *, named: bool
) -> Message:
    hold(ctx.unit, ctx.seeker.id)
    asking = ctx.unit.clubs.askings.add(
        Asking(
            ctx.seeker.id,
            0,
            own.number if own else 0,
            employer,
            key(employer),
            kept(words, named=named),
            ctx.now,
        )
    )
    ask_next(ctx.unit, asking, ctx.now)
    replan_leads(ctx.unit, ctx.seeker, ctx.now)
    ctx.lasting = True
    until = month_day(local_day(ends_at(asking), ctx.seeker), ctx.today)
    return Message(
        title(f"Asked for a word at {employer}"),
        (
            text(
                "If somebody can help, I bring you two together. If nobody can by "
                f"{until}, I tell you after that."
            ),
        ),
    )


@commands.command(hidden=True)
def club_answer(
    ctx: Context,
    question: Annotated[int, WHICH_QUESTION] = 0,
    what: Annotated[Says | None, Opt("What you say", hidden=True)] = None,
) -> Answer:
    """Answer somebody who asks for a word."""
    asked = ctx.unit.clubs.asked.get(ctx.seeker.id, question)
    asking = ctx.unit.clubs.askings.get(asked.by, asked.asking) if asked else None
    if asked is None or asking is None or what is None:
        return not_found()
    ctx.lasting = True
    if what is Says.MUTE:
        ctx.unit.clubs.mute(ctx.seeker.id, asking.key, yes=True)
        pass_on(ctx.unit, ctx.seeker, ctx.now)
        again = ctx.later(Call("club mute", {"employer": asking.employer, "off": "yes"}))
        late = asked.answer is Answered.YES and together(ctx.unit, asking)
        return Message(
            title(f"You are not asked about {asking.employer}"),
            (text(TOGETHER if late else LEFT_UNSAID), Buttons((Button("Ask me again", again),))),
        )
    said = {Says.YES: Answered.YES, Says.NO: Answered.NO, Says.NOT_NOW: Answered.NOT_NOW}[what]
    came = answer(ctx.unit, ctx.seeker, asked, said, ctx.now)
    if came is Came.TOGETHER:
        return Message("You said yes already", (text(TOGETHER),))
    if what is Says.YES:
        return _said_yes(asked, asking, came)
    if what is Says.NOT_NOW:
        words = f"Nobody asks you about {asking.employer} for a month. {LEFT_UNSAID}"
        return Message("Not now", (text(words),))
    return Message("That is fine", (text(LEFT_UNSAID),))


def _said_yes(asked: Asked, asking: Asking, came: Came) -> Message:
    if came is Came.OVER:
        words = f"The question about {asking.employer} is over. That you would have helped is kind."
        return Message("Thank you all the same", (text(words),))
    if asked.answer is Answered.YES:
        return Message("You said yes already", (text("Thank you. It is noted once."),))
    words = "I bring the two of you together, at an hour that is day for both."
    back = Call("club answer", {"question": str(asked.number), "what": "no"})
    return Message("Thank you", (text(words), Buttons((Button("Take it back", back),))))


@commands.command(hidden=True)
def club_thanked(
    ctx: Context,
    question: Annotated[int, WHICH_QUESTION] = 0,
    yet: Annotated[bool, Opt("Whether it is still to be done", hidden=True)] = False,
) -> Answer:
    """Say that you thanked whoever helped."""
    asking = ctx.unit.clubs.askings.get(ctx.seeker.id, question)
    if asking is None or not met(ctx.unit, asking):
        return not_found()
    blocks: list[Block] = [text("I do not ask again.")]
    if yet and (words := _thanks(ctx, asking)):
        blocks = [text("No hurry. Here it is once more, and I do not ask again."), Quote(words)]
    if asking.settled_at is None:
        ctx.unit.clubs.askings.save(replace(asking, settled_at=ctx.now))
        replan_leads(ctx.unit, ctx.seeker, ctx.now)
        ctx.lasting = True
    return Message("It waits for you" if yet else "Well done", tuple(blocks))


def _thanks(ctx: Context, asking: Asking) -> str:
    yes = said_yes(ctx.unit.clubs.put_to(ctx.seeker.id, asking.number))
    members = ctx.unit.clubs.members([yes.club])[yes.club] if yes else ()
    names = {member.seeker_id: member.name for member in members}
    if yes is None or not {yes.seeker_id, ctx.seeker.id} <= names.keys():
        return ""
    return thanks(asking.employer, names[yes.seeker_id], names[ctx.seeker.id])
