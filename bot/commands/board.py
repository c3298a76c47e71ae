"""The dashboard: what waits, what comes, and every open application by its stage."""

from collections.abc import Sequence

from bot.cards.applications import listing, next_button
from bot.cards.parts import STAGES, button
from bot.command import Registry
from bot.commands.nudges import AHEAD_DAYS, nudge_row
from bot.context import Context
from bot.message import Answer, Block, Bold, Buttons, Items, Message, Style, text
from bot.model import Nudge, NudgeState, Stage
from bot.waiting import open_questions

commands = Registry("job")

# Of each stage; the list command has the rest.
ROWS = 8


@commands.command()
def job_board(ctx: Context) -> Answer:
    """Your dashboard: what is due, and every stage."""
    nudges = ctx.unit.nudges.of(ctx.seeker.id)
    blocks = [*_due(ctx, nudges), *_stages(ctx, nudges)]
    if not ctx.application_choices():
        blocks.append(text("Nothing is logged yet. Start with the last thing you sent."))
    row = (
        button("Log an application", "applied", Style.PRIMARY),
        button("Review", "review"),
        button("Settings", "settings"),
        button("Help", "help"),
    )
    return Message("Your board", (*blocks, Buttons(row)))


def _due(ctx: Context, nudges: Sequence[Nudge]) -> list[Block]:
    soon = ctx.today.toordinal() + AHEAD_DAYS
    waiting = open_questions(ctx, nudges)
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
    if coming:
        cases = ctx.cases({n.application for n in coming if n.application})
        rows = tuple(nudge_row(ctx, nudge, cases.get(nudge.application)) for nudge in coming)
        blocks += [text(Bold("This week")), Items(rows, more="… and more in “today”")]
    return blocks


def _stages(ctx: Context, nudges: Sequence[Nudge]) -> list[Block]:
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
        items = listing(rows, ctx.seeker, ctx.today, next_button, staged=False)
        blocks += [
            text(Bold(f"{STAGES[stage]} ({len(there)})")),
            Items(items.rows, more or items.more, cut=bool(more)),
        ]
    return blocks
