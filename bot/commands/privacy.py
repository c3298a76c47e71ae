"""What is yours: take back, take along, take away."""

from typing import Annotated

from bot.cards.parts import button, title
from bot.command import Opt, Registry
from bot.commands.choices import WHICH
from bot.commands.settings import answers
from bot.context import Context
from bot.exits import EXPORT
from bot.export import files
from bot.gathering import leave_clubs
from bot.message import Answer, Buttons, Link, Message, Style, text
from bot.model import Application

commands = Registry("job")

_STAY = (
    "the files hold everything by name, and stay where they are sent. Others who can read your "
    "messages could read them."
)


@commands.command(phrase="{application}")
def job_remove(
    ctx: Context,
    application: Annotated[Application, WHICH],
    sure: Annotated[bool, Opt("Whether you are sure", hidden=True)] = False,
) -> Answer:
    """Remove an application, with everything about it."""
    a = application
    if not sure:
        row = (
            button("Remove it", "remove", Style.DANGER, application=str(a.number), sure="yes"),
            button("Keep it", "show", application=str(a.number)),
        )
        words = (
            "With it go its interviews, letters and nudges. To keep the history, close it instead."
        )
        return Message(title(f"Remove {a.title}?"), (text(words), Buttons(row)))
    ctx.unit.applications.remove(a)
    return Message(
        title(f"Removed: {a.title}"),
        (
            text("It can be taken back for 30 days; after that nothing of it is left."),
            Buttons((button("Undo", "undo"),)),
        ),
    )


@commands.command()
def job_undo(
    ctx: Context,
    change: Annotated[int, Opt("Which change, for a button", hidden=True)] = 0,
) -> Answer:
    """Take back the last change, whatever it was."""
    last = ctx.unit.last_change(ctx.seeker.id)
    if last is None:
        return Message("There is nothing to take back", ())
    if change and last.number < change:
        return Message("That is taken back already", (text("Nothing was changed."),))
    if change and last.number > change:
        words = f"Since then: “{last.what}”. Take that back first, or leave both."
        row = Buttons((button("Take that back", "undo", change=str(last.number)),))
        return Message("Something newer was changed", (text(words), row))
    before = ctx.seeker
    ctx.take_back(last)
    after = ctx.seeker
    heading = f"Taken back: {last.what}"
    # "Taken back: Rest well" would leave people guessing.
    if (before.paused_from, before.paused_until) != (after.paused_from, after.paused_until):
        heading = "You are resting again" if ctx.is_paused else "You are not resting any more"
    elif answers(before) != answers(after):
        heading = "Your settings are as they were"
    return Message(
        title(heading),
        (
            text(
                "Everything planned is as it was before. “Again” takes back the change before that."
            ),
            Buttons((button("Again", "undo"), button("What is open", "list"))),
        ),
    )


@commands.command()
def job_export(
    ctx: Context,
    sure: Annotated[bool, Opt("Whether the files may be sent", hidden=True)] = False,
) -> Answer:
    """Everything about you, as files to keep."""
    if not sure and ctx.exits is not None:
        url = ctx.exits.address(ctx.unit, ctx.seeker.id, EXPORT, ctx.now)
        return _by_link(url, discreet=ctx.seeker.discreet)
    if not sure and ctx.seeker.discreet:
        words = f"Your messages name nobody, but {_STAY}"
        row = (button("Send them all the same", "export", sure="yes"), button("Back", "help"))
        return Message("Send the files?", (text(words), Buttons(row)))
    return Message(
        "Everything I hold about you",
        (
            text(
                "The JSON file is complete; the CSV file lists your applications for a spreadsheet."
            ),
            *files(ctx.unit, ctx.seeker),
        ),
    )


def _by_link(url: str, *, discreet: bool) -> Message:
    """The way that leaves nothing in chat first; the files themselves on one more tap."""
    here = f"They can come here instead, but {_STAY}" if discreet else "Or have them sent here."
    return Message(
        "Everything I hold about you",
        (
            text(Link("Download it", url)),
            text(
                "One ZIP file, with all of it as JSON and your applications for a spreadsheet. The "
                "link works once, within ten minutes, in any browser: best on a device of your own."
            ),
            text(here, small=True),
            Buttons((button("Send the files here", "export", sure="yes"),)),
        ),
    )


@commands.command()
def job_forget(
    ctx: Context,
    sure: Annotated[bool, Opt("Whether you are sure", hidden=True)] = False,
) -> Answer:
    """Erase everything about you, for good."""
    if not sure:
        count = len(ctx.application_choices())
        held = "1 application" if count == 1 else f"{count} applications"
        row = (
            button("Erase everything", "forget", Style.DANGER, sure="yes"),
            button("Export first", "export"),
            button("Keep everything", "board"),
        )
        words = (
            f"{held}, every interview, letter and planned message, and your settings. "
            "There is no undo."
        )
        return Message("Erase everything about you?", (text(words), Buttons(row)))
    leave_clubs(ctx.unit, ctx.seeker.id, ctx.now)
    ctx.unit.forget(ctx.seeker.id)
    ctx.forgotten = True
    return Message("Erased", (text("Nothing about you is left here."),))
