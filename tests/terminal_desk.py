"""A few commands for the terminal's tests to talk to: one of each thing that a chat meets."""

from datetime import date
from typing import Annotated

from bot.command import Opt, Problems, Registry
from bot.context import Context
from bot.message import Answer, Button, Buttons, Call, File, Form, Message, Picture, text
from bot.model import Via
from bot.readers import Unfit

commands = Registry("desk")


def colours(ctx: Context, typed: str) -> list[tuple[str, str]]:
    """Colours that begin with what was typed."""
    known = ["red", "rose red", "green"]
    return [(f"The colour {name}", name) for name in known if name.startswith(typed)]


@commands.command(phrase="{what} in {colour} [on {on}]")
def desk_note(
    ctx: Context,
    what: Annotated[str, Opt("What is it?")],
    colour: Annotated[str, Opt("Which colour?", complete=colours)] = "",
    on: Annotated[date | None, Opt("Which day?")] = None,
    via: Annotated[Via, Opt("How did it come about?")] = Via.COLD,
    why: Annotated[str, Opt("Why, in your words?", long=True)] = "",
) -> Answer:
    """Note something."""
    if what == "bad":
        raise Problems({"what": Unfit("Not bad, please.")})
    given = " ".join(sorted(ctx.given))
    again = Button("Note it again", Call("desk note", {"what": what, "why": "again"}))
    undo = Button("Take it back", Call("desk undo", {"which": what}))
    return Message(
        f"Noted: {what}", (text(f"{colour}|{on}|{via}|{why}|{given}"), Buttons((again, undo)))
    )


@commands.command()
def desk_undo(ctx: Context, which: Annotated[str, Opt("Which", hidden=True)] = "") -> Answer:
    """Take something back."""
    return Message(f"Taken back: {which}")


@commands.command()
def desk_change(
    ctx: Context,
    name: Annotated[str | None, Opt("Your name?")] = None,
    why: Annotated[str | None, Opt("Your reasons?", long=True)] = None,
    number: Annotated[str, Opt("Set by a button", hidden=True)] = "",
) -> Answer:
    """Change what is known."""
    if not ctx.given:
        return Form(
            Call("desk change", {"name": "Sam", "why": "one\ntwo", "number": "7"}), intro="Yours"
        )
    if number and number != "7":
        raise Problems({"number": Unfit("I cannot find that one.")})
    return Message("Changed", (text(f"{name!r} {why!r} {sorted(ctx.given)}"),))


@commands.command()
def desk_files(ctx: Context) -> Answer:
    """Hand out files."""
    return Message(
        "Files", (File("../../.my\x1b export.csv", b"a,b"), Picture(b"PNG", "A chart of two weeks"))
    )


@commands.command()
def desk_boom(ctx: Context) -> Answer:
    """Break."""
    raise ZeroDivisionError("somebody's secret")
