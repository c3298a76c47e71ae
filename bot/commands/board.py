"""The dashboard: what waits, what comes, and every open application by its stage."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.cards.applications import listing, next_button, open_button
from bot.cards.parts import STAGES, button
from bot.command import Registry
from bot.commands.nudges import AHEAD_DAYS, nudge_row
from bot.context import Context
from bot.message import Answer, Block, Bold, Button, Buttons, Items, Message, Style, text
from bot.model import Application, Case, Nudge, NudgeState, Stage
from bot.waiting import ahead, open_questions

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
    coming, stages = _coming(ctx, nudges), _by_stage(ctx.application_choices())
    shown = {a.number for _, there in stages for a in there[:ROWS]}
    cases = ctx.cases(shown | {n.application for n in coming if n.application})
    blocks = [*_due(ctx, coming, waiting, cases), *_stages(ctx, nudges, waiting, stages, cases)]
    row = Buttons((first, button("Review", "review"), *more))
    return Message("Your job search", (*blocks, row))


Waiting = Sequence[tuple[Nudge, Case]]
Stages = Sequence[tuple[Stage, Sequence[Application]]]


def _coming(ctx: Context, nudges: Sequence[Nudge]) -> list[Nudge]:
    """What is planned for this week."""
    soon = ctx.today.toordinal() + AHEAD_DAYS
    return [
        n
        for n in nudges
        if n.state is NudgeState.PLANNED
        and n.due_at.astimezone(ctx.zone).date().toordinal() <= soon
    ]


def _by_stage(known: Sequence[Application]) -> list[tuple[Stage, list[Application]]]:
    """The open applications, newest first, by stage; the furthest first, where there are any."""
    # An offer matters more than an application.
    order: list[Stage] = [stage for stage in reversed(STAGES) if stage.open]
    newest = sorted(known, key=lambda a: -a.number)
    found = [(stage, [a for a in newest if a.stage is stage]) for stage in order]
    return [(stage, there) for stage, there in found if there]


def _due(
    ctx: Context, coming: Sequence[Nudge], waiting: Waiting, cases: Mapping[int, Case]
) -> list[Block]:
    blocks: list[Block] = []
    more = f"… and more in {ctx.named('today')}"
    if waiting:
        rows = tuple(nudge_row(ctx, nudge, case) for nudge, case in waiting)
        blocks += [text(Bold("Waiting for you")), Items(rows, more)]
    else:
        blocks.append(text("Nothing waits for you."))
    if coming:
        rows = tuple(nudge_row(ctx, nudge, cases.get(nudge.application)) for nudge in coming)
        blocks += [text(Bold("This week")), Items(rows, more)]
    return blocks


def _stages(
    ctx: Context,
    nudges: Sequence[Nudge],
    waiting: Waiting,
    stages: Stages,
    cases: Mapping[int, Case],
) -> list[Block]:
    asked = {case.application.number for _, case in waiting}

    def further(case: Case) -> Button:
        # What waits above has its button there.
        there = case.application.number in asked
        return open_button(case) if there else next_button(case, ctx.now)

    about: dict[int, list[Nudge]] = {}
    for nudge in nudges:
        about.setdefault(nudge.application, []).append(nudge)
    # The heading has their number: a platform may cut more rows than are cut here.
    more = f"… and more in {ctx.named('list')}"
    blocks: list[Block] = []
    for stage, there in stages:
        shown = [cases[a.number] for a in there[:ROWS] if a.number in cases]
        rows = [(case, ahead(ctx, case, about.get(case.application.number, []))) for case in shown]
        items = listing(rows, ctx.seeker, further, staged=False, more=more)
        blocks += [
            text(Bold(f"{STAGES[stage]} ({len(there)})")),
            replace(items, cut=len(there) > ROWS),
        ]
    return blocks
