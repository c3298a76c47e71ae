"""What several commands ask in the same way: which application, which employer, which zone."""

from collections.abc import Sequence

from bot.command import Opt
from bot.context import Context
from bot.message import Message, shorten, text
from bot.readers import TITLE_LIMIT
from bot.zones import find, say_place, well_known

# As many as any platform offers at once.
MOST = 25


def companies(ctx: Context, typed: str) -> Sequence[tuple[str, str]]:
    """Employers already logged that begin with what was typed."""
    names = dict.fromkeys(a.company for a in ctx.application_choices() if a.company)
    key = typed.casefold()
    return [(name, name) for name in names if name.casefold().startswith(key)]


def applications(ctx: Context, typed: str) -> Sequence[tuple[str, str]]:
    """One's own applications that hold what was typed, open ones first."""
    key = typed.casefold().lstrip("#")
    found = [
        (a, label)
        for a in ctx.application_choices()
        for label in [f"{shorten(a.title, TITLE_LIMIT)} (#{a.number})"]
        if any(key in shown.casefold() for shown in (label, f"{a.title} {a.number}"))
    ]
    found.sort(key=lambda each: (not each[0].stage.open, -each[0].number))
    return [(label, f"#{a.number}") for a, label in found]


def zones(ctx: Context, typed: str) -> list[tuple[str, str]]:
    """Time zones with their local time; while nothing is typed, well-known ones of the world."""
    typed = typed.strip()
    places = find(typed, ctx.now).places if typed else well_known(ctx.seeker.zone, ctx.now)
    return [(say_place(*place, ctx.now), place.zone) for place in places[:MOST]]


WHICH = Opt("Which application? Its employer, or its number", complete=applications)


def not_found() -> Message:
    """The same answer for what never was, what is gone, and what belongs to somebody else."""
    return Message("I cannot find that among yours", (text("“list” shows what is there."),))
