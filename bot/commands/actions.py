"""What a member said they would do: noted, done, put off, let go."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated

from bot.clubs.policy import ACTION_DAYS
from bot.clubs.records import Action
from bot.command import Opt, Problems, Registry
from bot.context import Context
from bot.dates import Lean, say_day
from bot.gathering import replan_club, replan_own
from bot.hours import morning
from bot.message import Answer, Button, Buttons, Call, Item, Items, Message, shorten, text
from bot.readers import Unfit

commands = Registry("club")

# More than anybody does.
MOST = 200
WHICH = Opt("Which one, for a button", hidden=True)
PUT_OFF = timedelta(weeks=1)
UNDO = Button("Undo", Call("job undo"))
OTHERS = Button("What is open", Call("club actions"))


@commands.command(phrase="{words} [on {on}]")
def club_action(
    ctx: Context,
    words: Annotated[str, Opt("What will you do?")],
    on: Annotated[
        date | None, Opt("When shall I bring it up? In three days if left out", lean=Lean.FUTURE)
    ] = None,
) -> Answer:
    """Note, for yourself alone, what you will do next."""
    due = on or ctx.today + timedelta(days=ACTION_DAYS)
    if due < ctx.today:
        raise Problems({"on": Unfit("That day is over. A day ahead, please.")})
    if morning(due, ctx.seeker) <= ctx.now:
        over = "I bring things up in the morning, which is over today. A later day, please."
        raise Problems({"on": Unfit(over)})
    if len(_open(ctx)) >= MOST:
        return Message(
            "That is as many as I keep", (text("Let some go first."), Buttons((OTHERS,)))
        )
    # Of no meeting and no club: what was not said there is nobody else's, and outlives both.
    ctx.unit.clubs.actions.add(Action(ctx.seeker.id, 0, ctx.seeker.id, 0, words, due))
    replan_own(ctx.unit, ctx.seeker.id, ctx.now)
    when = say_day(due, ctx.today)
    return Message(
        "Noted",
        (text(f"{words}\nFor you alone; I bring it up once, {when}."), Buttons((OTHERS, UNDO))),
    )


@commands.command()
def club_actions(ctx: Context) -> Answer:
    """What you said you would do."""
    open_ = _open(ctx)
    if not open_:
        words = "What you say comes next in a report is here after the meeting; "
        words += f"{ctx.named('club action WORDS')} notes one more."
        return Message("Nothing is open", (text(words),))
    rows = []
    for one in open_:
        call = Call("club done", {"number": str(one.number)})
        done = Button("Done", call, about=shorten(one.words, 75))
        rows.append(Item((f"{shorten(one.words, 150)} ({say_day(one.due_on, ctx.today)})",), done))
    return Message("What you said you would do", (Items(tuple(rows)),))


@commands.command(hidden=True)
def club_done(
    ctx: Context,
    number: Annotated[int, WHICH] = 0,
    gone: Annotated[bool, Opt("Whether to let it go", hidden=True)] = False,
) -> Answer:
    """Note that something is done, or let it go."""
    action = ctx.unit.clubs.actions.get(ctx.seeker.id, number)
    if action is None or action.done_at is not None:
        return _settled(ctx)
    # What was said at a meeting is kept as done, so that a report changed later brings none back.
    if gone or not action.meeting:
        ctx.unit.clubs.actions.remove(action)
    else:
        ctx.unit.clubs.actions.save(replace(action, done_at=ctx.now))
    if gone:
        return _changed(ctx, action, "Let go", "That is fine too.")
    return _changed(ctx, action, "Done", "Well done.")


@commands.command(hidden=True)
def club_later(ctx: Context, number: Annotated[int, WHICH] = 0) -> Answer:
    """Bring something up again in a week."""
    action = ctx.unit.clubs.actions.get(ctx.seeker.id, number)
    if action is None or action.done_at is not None:
        return _settled(ctx)
    due = ctx.today + PUT_OFF
    ctx.unit.clubs.actions.save(replace(action, due_on=due))
    return _changed(ctx, action, "Later", f"I bring it up again {say_day(due, ctx.today)}.")


def _open(ctx: Context) -> list[Action]:
    return [one for one in ctx.unit.clubs.actions.all(ctx.seeker.id) if one.done_at is None]


def _settled(ctx: Context) -> Message:
    """The same answer for what is done, what is gone, and what belongs to somebody else."""
    return Message("That is settled", (text(f"{ctx.named('club actions')} shows what is open."),))


def _changed(ctx: Context, action: Action, heading: str, words: str) -> Message:
    if action.club == ctx.seeker.id:
        replan_own(ctx.unit, ctx.seeker.id, ctx.now)
    elif (club := ctx.unit.clubs.lock(action.club)) is not None:
        replan_club(ctx.unit, club, ctx.now)
    said = text(f"{shorten(action.words, 300)}\n{words}")
    return Message(heading, (said, Buttons((OTHERS, UNDO))))
