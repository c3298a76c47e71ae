"""The dashboard: what waits, what comes, and every open application by its stage."""

from collections.abc import Sequence

from bot.cards.applications import listing, next_button, open_button
from bot.cards.parts import STAGES, button
from bot.command import Registry
from bot.commands.nudges import AHEAD_DAYS, nudge_row
from bot.context import Context
from bot.message import Answer, Block, Bold, Button, Buttons, Items, Message, Style, text
from bot.model import Case, Nudge, NudgeState, Stage
from bot.waiting import open_questions

commands = Registry("job")

# Of each stage; the list command has the rest.
ROWS = 8


@commands.command()
def job_board(ctx: Context) -> Answer:
    """Your dashboard: what is due, and every stage."""
    first = button("Log an application", "applied", Style.PRIMARY)
    more = [button("Settings", "settings"), button("Help", "help")]
    if not ctx.application_choices():
        words = (
            "Nothing is logged yet. Log the last thing you sent: a week later the finished "
            "follow-up is in your messages. You send it, and say so with one tap."
        )
        return Message("Your job search", (text(words), Buttons((first, *more))))
    nudges = ctx.unit.nudges.of(ctx.seeker.id)
    waiting = open_questions(ctx, nudges)
    blocks = [*_due(ctx, nudges, waiting), *_stages(ctx, nudges, waiting)]
    row = Buttons((first, button("Review", "review"), *more))
    return Message("Your job search", (*blocks, row))


Waiting = Sequence[tuple[Nudge, Case]]


def _due(ctx: Context, nudges: Sequence[Nudge], waiting: Waiting) -> list[Block]:
    soon = ctx.today.toordinal() + AHEAD_DAYS
    coming = [
        n
        for n in nudges
        if n.state is NudgeState.PLANNED
        and n.due_at.astimezone(ctx.zone).date().toordinal() <= soon
    ]
    blocks: list[Block] = []
    if waiting:
        rows = tuple(nudge_row(ctx, nudge, case) for nudge, case in waiting)
        blocks += [text(Bold("Waiting for you")), Items(rows, more="… and more in “today”")]
    else:
        blocks.append(text("Nothing waits for you."))
    if coming:
        cases = ctx.cases({n.application for n in coming if n.application})
        rows = tuple(nudge_row(ctx, nudge, cases.get(nudge.application)) for nudge in coming)
        blocks += [text(Bold("This week")), Items(rows, more="… and more in “today”")]
    return blocks


def _stages(ctx: Context, nudges: Sequence[Nudge], waiting: Waiting) -> list[Block]:
    asked = {case.application.number for _, case in waiting}

    def further(case: Case) -> Button:
        # What waits above has its button there.
        there = case.application.number in asked
        return open_button(case) if there else next_button(case, ctx.now)

    planned: dict[int, list[Nudge]] = {}
    for nudge in nudges:
        if nudge.state is NudgeState.PLANNED:
            planned.setdefault(nudge.application, []).append(nudge)
    known = ctx.application_choices()
    # The furthest first: an offer matters more than an application.
    order: list[Stage] = [stage for stage in reversed(STAGES) if stage.open]
    blocks: list[Block] = []
    for stage in order:
        there = sorted((a for a in known if a.stage is stage), key=lambda a: -a.number)
        if not there:
            continue
        cases = ctx.cases({a.number for a in there[:ROWS]})
        rows = [(cases[a.number], planned.get(a.number, [])) for a in there if a.number in cases]
        more = f"… and {len(there) - ROWS} more in “list”" if len(there) > ROWS else ""
        items = listing(rows, ctx.seeker, further, staged=False)
        blocks += [
            text(Bold(f"{STAGES[stage]} ({len(there)})")),
            Items(items.rows, more or items.more, cut=bool(more)),
        ]
    return blocks
