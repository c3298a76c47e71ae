"""What is said where no form can be opened: what to mend, which page, what was typed. Pure.

Discord opens a form only as the first answer to a click or a command, and never after another form.
https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from adapters.characters import clean
from adapters.discord.components import Shown, layout
from adapters.discord.fields import line
from adapters.discord.ids import id_of
from adapters.discord.modals import Page, pages, title
from adapters.questions import question
from bot.command import Command, Option, Registry
from bot.message import (
    TITLE_LIMIT,
    Block,
    Bold,
    Button,
    Buttons,
    Call,
    File,
    Form,
    Message,
    Quote,
    Style,
    TooLong,
    shorten,
    text,
)

# What a button shows in full on a phone is half of it, but the first words say the most.
BUTTON_LIMIT = 75
WHY_LIMIT = 400
# A message shows 4,000 characters; what does not fit well among them is a file.
QUOTED_LIMIT = 3000
FILE_NAME = "what-you-typed.txt"
STASH_NUMBER = "call"
# The noun of a question that names what it asks for: "The title on the advert".
_NOUN = re.compile(r"(?:The|Your) ([^,?]+?)(?: (?:on|in|of|you|for|if|as) .*|,.*)?")
KEPT = "What you typed is still there."


def mend(form: Form, command: Command, again: Call) -> Message:
    """What is wrong with the answers, and the button that opens the form with them.

    Without problems it only says what the form is. `again` is the call that leads to the form.
    """
    wrong: list[Block] = []
    for name, why in form.problems.items():
        option = command.option(name)
        asked = (Bold(question(option).label), " ") if option else ()
        if why.strip():
            wrong.append(text(*asked, shorten(why, WHY_LIMIT)))
    heading = "A few things to mend" if len(wrong) > 1 else "One thing to mend"
    opens = Button("Correct it" if wrong else "Open the form", again, Style.PRIMARY)
    if not wrong:
        heading, wrong = title(form, command), [text("One tap opens the form.")]
    kept = [text(KEPT, small=True)] if any(map(str.strip, form.call.answers.values())) else []
    return Message(heading, (*wrong, *kept, Buttons((opens,))))


def chooser(form: Form, command: Command, again: Call) -> Shown:
    """The pages of a form in which nothing has to be answered, one button for each.

    `again` is a call that leads to the form; raises TooLong when it is none for an id.
    """
    heading = line(form.intro, TITLE_LIMIT) or title(form, command)
    shown = layout(Message(heading, (text("What would you like to change?"),)))
    row: ui.ActionRow[Any] = ui.ActionRow()
    found = pages(form, command)
    for number, page in enumerate(found, 1):
        row.add_item(
            ui.Button(
                label=_label(page, found),
                custom_id=id_of(again, page=number),
                style=discord.ButtonStyle.secondary,
            )
        )
    (container,) = shown.view.children
    assert isinstance(container, ui.Container)
    container.add_item(row)
    return shown


def unsaved(answer: Message, call: Call, registry: Registry) -> Message:
    """The answer to a form that could not be saved, with what was typed, for the form is gone.

    As a button that tries again, or as text to be copied where a button has no room for it.
    """
    try:
        again = Button("Try again", call, Style.PRIMARY)
    except TooLong:
        return answer.and_then(*_typed(call, registry))
    if call in (button.call for button in answer.buttons):
        return answer
    return answer.and_then(text(KEPT, small=True), Buttons((again,)))


def _typed(call: Call, registry: Registry) -> list[Block]:
    command = registry.get(call.name)
    found = []
    for name, raw in call.answers.items():
        option = command.option(name) if command else None
        # A stashed call's number says nothing to anybody.
        if raw.strip() and not (name == STASH_NUMBER or (option and option.opt.hidden)):
            found.append((question(option).label if option else name.capitalize(), raw.strip()))
    if sum(len(label) + len(raw) for label, raw in found) > QUOTED_LIMIT:
        whole = "\n\n".join(f"{label}\n{raw}" for label, raw in found)
        said = text("What you typed is in this file, so that nothing of it is lost.")
        return [said, File(FILE_NAME, clean(whole).encode())]
    blocks: list[Block] = [text("This is what you typed:")]
    for label, raw in found:
        blocks += [text(Bold(label)), Quote(raw)]
    return blocks


def _label(page: Page, among: Sequence[Page]) -> str:
    """The name of the part that a page asks for, or what it asks where it is not all of one."""
    part = page[0].opt.part if page else ""
    if part and sum(part == other.opt.part for each in among for other in each[:1]) == 1:
        return line(part, BUTTON_LIMIT)
    words = ", ".join(map(_word, page))
    return line(words[:1].upper() + words[1:], BUTTON_LIMIT)


def _word(option: Option) -> str:
    """What an option asks for in a word or two: the noun of its question, else its name.

    Its name is the word that people know it by from the command's own options.
    """
    noun = _NOUN.fullmatch(question(option).label)
    return noun[1] if noun else option.name
