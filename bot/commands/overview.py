"""Looking at it all: the list, one application, the review, and help."""

from enum import StrEnum
from typing import Annotated

from bot.cards.applications import application_buttons, application_facts, listing, next_step
from bot.cards.parts import STAGES, button, title
from bot.cards.talk import nothing_logged
from bot.command import Command, Opt, Registry
from bot.commands.choices import WHICH
from bot.context import Context
from bot.message import Answer, Block, Bold, Buttons, Item, Items, Message, Style, shorten, text
from bot.model import Application, Case, Nudge
from bot.review import more_button, review_blocks
from bot.waiting import ahead

commands = Registry("job")

PAGE = 10
# What help explains at once; the rest is named, and explained one at a time.
DAILY = ("applied", "interview", "heard", "sent", "today", "list")


class Which(StrEnum):
    """Which applications to list."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


@commands.command(phrase="{which}")
def job_list(
    ctx: Context,
    which: Annotated[Which, Opt("Open, closed or all?")] = Which.OPEN,
    page: Annotated[int, Opt("Which page", hidden=True)] = 1,
) -> Answer:
    """Your applications, each with what comes next."""
    known = ctx.application_choices()
    chosen = [a for a in known if which is Which.ALL or a.stage.open == (which is Which.OPEN)]
    order = list(STAGES)
    chosen.sort(key=lambda a: (-order.index(a.stage) if a.stage.open else 0, -a.number))
    if not known:
        return nothing_logged(ctx.named("applied ROLE at COMPANY" if ctx.lines else "applied"))
    start = max(page - 1, 0) * PAGE
    shown = chosen[start : start + PAGE]
    rows = [(case, _ahead(ctx, case)) for case in ctx.cases({a.number for a in shown}).values()]
    rows.sort(key=lambda row: [a.number for a in shown].index(row[0].application.number))
    blocks: list[Block] = [listing(rows, ctx.seeker)] if rows else []
    row = []
    if start + PAGE < len(chosen):
        row.append(button("More", "list", which=which.value, page=str(max(page, 1) + 1)))
    if which is Which.OPEN and len(chosen) < len(known):
        row.append(button("Closed ones", "list", which="closed"))
    if row:
        blocks.append(Buttons(tuple(row)))
    heading = f"{len(chosen)} {which.value}" if which is not Which.ALL else f"{len(chosen)} in all"
    return Message(f"Your applications: {heading}", tuple(blocks))


def _ahead(ctx: Context, case: Case) -> list[Nudge]:
    """What is planned about an application, and what waits for its person."""
    return ahead(ctx, case, ctx.unit.nudges.about(ctx.seeker.id, case.application.number))


@commands.command(phrase="{application}")
def job_show(
    ctx: Context,
    application: Annotated[Application, WHICH],
) -> Answer:
    """One application: what is known, what happened, what comes next."""
    case = ctx.case(application.number) or Case(application)
    blocks: list[Block] = [application_facts(case, ctx.seeker, ctx.today)]
    step = next_step(_ahead(ctx, case), ctx.seeker, ctx.today)
    if step:
        blocks.append(text(Bold("Next: "), step))
    blocks.append(application_buttons(case))
    return Message(title(f"{application.title} (#{application.number})"), tuple(blocks))


@commands.command()
def job_review(
    ctx: Context,
    weeks: Annotated[int, Opt("How many weeks to look back")] = 1,
) -> Answer:
    """What you sent and what came back for it."""
    cases = tuple(ctx.cases({a.number for a in ctx.application_choices()}).values())
    weeks = min(max(weeks, 1), 52)
    blocks = review_blocks(ctx.seeker, cases, ctx.today, weeks, ctx.named("today"))
    if weeks == 1 and cases:
        blocks.append(more_button(4))
    return Message("Your week" if weeks == 1 else f"Your last {weeks} weeks", tuple(blocks))


@commands.command(phrase="{topic}")
def job_help(
    ctx: Context,
    topic: Annotated[str, Opt("A command to explain")] = "",
) -> Answer:
    """What I can do, and how to say it."""
    main, *others = ctx.registry.groups
    word = topic.casefold().strip().removeprefix("/").removeprefix(f"{main} ").strip()
    if word in others:
        return _about(word, ctx)
    command = ctx.registry.get(f"{main} {word}") or ctx.registry.get(word)
    if command is not None and not command.hidden:
        return _explain(command, ctx)
    blocks: list[Block] = []
    of_main = [c for c in ctx.registry.shown if c.group == main]
    daily = [c for c in of_main if c.word in DAILY]
    if word:
        near = ctx.registry.nearest(word)
        said = " or ".join(ctx.registry.said(n.removeprefix(f"{main} "), ctx.prefix) for n in near)
        found = f" Did you mean {said}?" if near else ""
        blocks.append(text(f"There is no command “{shorten(topic, 40)}”.{found}"))
    blocks += [
        text(
            "Log what you sent; when it is time, the finished follow-up comes to you in private. "
            "You send it, and say so with one tap. Only you see your records."
        ),
        Items(tuple(Item((Bold(_usage(c, ctx)), f"  {c.help}")) for c in daily)),
        text(Bold("Also: "), ", ".join(c.word for c in of_main if c not in daily), "."),
        *(
            text(Bold(f"In a {group}: "), ", ".join(_words(group, ctx)), f". {_more(group, ctx)}")
            for group in others
        ),
        text(
            f"“{ctx.prefix}help COMMAND” explains one, and “{ctx.prefix}undo” takes back nearly "
            "everything."
        ),
    ]
    if not ctx.lines:
        blocks.append(text("Or write to me in private, such as “applied SRE at Acme”."))
    row = (
        button("Log an application", "applied", Style.PRIMARY),
        button("Settings", "settings"),
        button("Today", "today"),
    )
    return Message("What I can do", (*blocks, Buttons(row)))


def _about(group: str, ctx: Context) -> Message:
    """The help about another group than the first, all of whose commands are explained at once."""
    found = [c for c in ctx.registry.shown if c.group == group]
    rows = tuple(Item((Bold(_usage(c, ctx)), f"  {c.help}")) for c in found)
    more = text(f"{ctx.named(f'help {group} COMMAND')} explains one.")
    return Message(f"What I can do in a {group}", (Items(rows), more))


def _words(group: str, ctx: Context) -> list[str]:
    return [c.word for c in ctx.registry.shown if c.group == group]


def _more(group: str, ctx: Context) -> str:
    return f"{ctx.named(f'help {group}')} explains them."


def _usage(command: Command, ctx: Context) -> str:
    """How the command is typed here."""
    usage = ctx.registry.usage(command)
    words = usage if ctx.lines else usage.removesuffix(command.line) + command.word
    return ctx.registry.said(words, ctx.prefix)


def _explain(command: Command, ctx: Context) -> Message:
    rows = []
    for option in command.asked:
        named = "/".join(raw for _, raw in option.kind.choices)
        must = " (needed)" if option.required else ""
        rows.append(
            Item(
                (
                    Bold(option.name),
                    f"{must}  {option.opt.question}",
                    f" [{named}]" if named else "",
                )
            )
        )
    blocks: list[Block] = [text(command.help)]
    if rows:
        blocks.append(Items(tuple(rows)))
    if rows and ctx.lines:
        blocks.append(text(f'Any of them can be given by name: {command.asked[0].name}="…".'))
    return Message(title(_usage(command, ctx)), tuple(blocks))
