"""What an employer did, and how an application ended."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from bot.cards.applications import application_buttons
from bot.cards.parts import button, day, of, title
from bot.command import Opt, Problems, Registry
from bot.commands.choices import WHICH
from bot.context import Context
from bot.dates import Lean
from bot.limits import add_to
from bot.message import Answer, Button, Buttons, Call, Message, Style, text
from bot.model import Application, Case, Heard, Reply, Stage
from bot.readers import Unfit
from bot.words import label

commands = Registry("job")

TO_STAGE = {
    Heard.REPLY: Stage.REPLIED,
    Heard.INTERVIEW: Stage.INTERVIEW,
    Heard.OFFER: Stage.OFFER,
    Heard.REJECTION: Stage.REJECTED,
    Heard.ACCEPTED: Stage.ACCEPTED,
    Heard.WITHDRAWN: Stage.WITHDRAWN,
    Heard.CLOSED: Stage.QUIET,
}


@commands.command(phrase="{application} {what} [by {decides}]")
def job_heard(
    ctx: Context,
    application: Annotated[Application, WHICH],
    what: Annotated[Heard, Opt("What did you hear?")],
    on: Annotated[date | None, Opt("When; today if left out", lean=Lean.PAST)] = None,
    decides: Annotated[date | None, Opt("A date they named, if they did")] = None,
    note: Annotated[str, Opt("What they said", long=True)] = "",
) -> Answer:
    """Note what you heard: a reply, an interview, an offer, a no, or close it."""
    a = application
    happened = on or ctx.today
    if happened > ctx.today:
        raise Problems(
            {"on": Unfit(f"{day(happened, ctx.today)} is still ahead. Which day was it?")}
        )
    case = ctx.case(a.number) or Case(a)
    known = any(r.what is what and r.on == happened and r.note == note for r in case.replies)
    stage = _stage(case, what, happened)
    if known and a.stage is stage and decides in (None, a.decision_on):
        return Message(
            title(f"{a.title}: I have that already"),
            (text(label(what), f", {day(happened, ctx.today)}."), application_buttons(case)),
        )
    add_to(ctx.unit.replies, Reply(ctx.seeker.id, 0, a.number, what, happened, ctx.now, note))
    changed = replace(a, stage=stage, decision_on=decides or a.decision_on)
    ctx.unit.applications.save(changed)
    heading, words, row = _after(ctx, changed, what)
    if decides:
        words += f" They decide by {day(decides, ctx.today)}; I will ask two working days later."
    return Message(title(heading), (text(words), Buttons((*row, button("Undo", "undo")))))


def _stage(case: Case, what: Heard, on: date) -> Stage:
    """Where news puts an application. What is older than what is known moves nothing back."""
    now = case.application.stage
    newest = max((reply.on for reply in case.replies), default=date.min)
    further = (Stage.INTERVIEW, Stage.OFFER)
    if on < newest or (what is Heard.REPLY and now in further):
        return now
    return TO_STAGE[what]


def _after(ctx: Context, a: Application, what: Heard) -> tuple[str, str, tuple[Button, ...]]:
    """What is said to news, and the next step with it. A no is met with calm; a yes with joy."""
    others = sum(
        o.stage.open and o.number != a.number for o in ctx.unit.applications.all(ctx.seeker.id)
    )
    match what:
        case Heard.REPLY:
            row = (
                button("Interview", "interview", Style.PRIMARY, **of(a)),
                button("They named a date", "edit", **of(a)),
            )
            return f"{a.title}: they replied", "Good. Nothing cold goes out any more.", row
        case Heard.INTERVIEW:
            first = button("Add the time", "interview", Style.PRIMARY, **of(a))
            return f"{a.title}: an interview", "Well done. When is it?", (first,)
        case Heard.OFFER:
            row = (
                button("I accepted", "heard", Style.PRIMARY, what="accepted", **of(a)),
                button("I withdrew", "heard", what="withdrawn", **of(a)),
            )
            return f"An offer: {a.title}", "Congratulations. Take the time you need to decide.", row
        case Heard.ACCEPTED:
            words = "Congratulations. Nothing more will come about this one."
            if others:
                more = "One other is" if others == 1 else f"{others} others are"
                words += f" {more} still open: close what is done."
            open_ = button("What is open", "list")
            if not ctx.unit.clubs.of(ctx.seeker.id):
                return f"You got it: {a.title}", words, (open_,)
            tell = Button("Tell your club", Call("club landed", of(a)), Style.PRIMARY)
            return f"You got it: {a.title}", words, (tell, open_)
        case Heard.REJECTION:
            words = "Noted, and everything planned for it is called off. On to those that are open."
            return f"{a.title} is closed", words, ()
        case _:
            return f"{a.title} is closed", "Everything planned for it is called off.", ()
