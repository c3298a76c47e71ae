"""One option of a command as the field that asks for it best. Knows Discord's inputs; no forms.

What somebody typed is never lost: an answer that is too long to be shown stays where it is until
something is typed in its place. Lengths are in UTF-16 units: Discord's servers count characters,
which are never more, but nothing says how its apps count.
https://docs.discord.com/developers/components/reference#label
"""

from collections.abc import Sequence
from typing import Any, assert_never

import discord
from discord import ui

from adapters.characters import as_typed, blank, cut, one_line, units
from adapters.discord.prefilled import Moment, shown
from adapters.questions import Question, question
from bot.command import Option
from bot.dates import Lean
from bot.kinds import KindName
from bot.readers import Unfit

LABEL_LIMIT = 45
DESCRIPTION_LIMIT = 100
PLACEHOLDER_LIMIT = 100
VALUE_LIMIT = 4000
CHOICE_LIMIT = 100
# A list of as many may have been cut, so that what is meant may not be in it.
FULL = 25
# What fits a phone together with its question, so that the answer is one tap.
RADIO_LIMIT = 7
# Before what is wrong, where hints of all the other fields stand as well.
WRONG = "⚠ "
# The end of a field's id that says: left empty, the answer stays as it is.
KEEPS = "+"
# Once they have an answer there is no going back to none, as with choices.
NEVER_EMPTY = (KindName.TIME, KindName.ZONE)
RECORDS = (KindName.APPLICATION, KindName.INTERVIEW)

Field = ui.Label[Any]
Choices = Sequence[tuple[str, str]]


def field(
    option: Option,
    answer: str,
    moment: Moment,
    *,
    needed: bool,
    problem: str = "",
    before: str = "",
    choices: Choices = (),
) -> Field:
    """The field for an option with its present answer, "" for none; its id is the option's name.

    `problem` says what is wrong with the answer, in the place of the hint; `before` is said before
    either if there is room. `choices` are the (label, raw answer) pairs that a record is one of.
    """
    label, hint = _asked(question(option))
    said = f"{WRONG}{problem}" if problem else hint
    if before and units(f"{before} {said}") <= DESCRIPTION_LIMIT:
        said = f"{before} {said}"
    return ui.Label(
        text=label,
        description=line(said, DESCRIPTION_LIMIT) or None,
        component=_control(option, as_typed(answer), moment, needed, choices),
    )


def line(text: str, limit: int) -> str:
    """The text in one line of at most `limit` units, "" when it shows nothing."""
    words = one_line(text)
    return "" if blank(words) else cut(words, limit)


def _asked(asked: Question) -> tuple[str, str]:
    """The label, and what stands beside it: a question that is too long goes on there."""
    label, hint = asked.label, asked.hint
    if units(label) <= LABEL_LIMIT:
        return label, hint
    head, comma, rest = label.partition(", ")
    if not comma or units(head) > LABEL_LIMIT:
        # Cut after a word, which the whole question below makes up for.
        head = f"{label[:LABEL_LIMIT].rpartition(' ')[0]}…"
        rest = label
    rest = rest[0].upper() + rest[1:]
    return head, f"{rest}. {hint}" if hint else rest


def _control(
    option: Option, answer: str, moment: Moment, needed: bool, choices: Choices
) -> ui.Item[Any]:
    kind = option.kind
    match kind.name:
        case KindName.CHOICE | KindName.YES_NO:
            try:
                raw = kind.write(kind.read(answer, moment, option.opt.lean)) if answer else ""
            except Unfit:
                raw = ""
            return _list(option, kind.choices, raw, needed or bool(raw))
        case KindName.APPLICATION | KindName.INTERVIEW:
            if _lists(choices, answer):
                return _list(option, choices, answer, needed)
            return _text(option, answer, needed)
        case KindName.ZONE | KindName.TIME | KindName.DAY | KindName.INSTANT:
            settled = bool(answer) and kind.name in NEVER_EMPTY
            return _text(option, shown(option, answer, moment), needed or settled)
        case (
            KindName.TEXT
            | KindName.LONG
            | KindName.NUMBER
            | KindName.LINK
            | KindName.DAYS
            | KindName.HOURS
            | KindName.PERSON
            | KindName.PEOPLE
        ):
            return _text(option, answer, needed)
        case _:
            assert_never(kind.name)


def _lists(choices: Choices, answer: str) -> bool:
    """Whether a list can show all that the answer may be, and the answer itself."""
    raws = [raw for _, raw in choices]
    fits = all(
        0 < units(raw) <= CHOICE_LIMIT and raw == as_typed(raw) and line(label, CHOICE_LIMIT)
        for label, raw in choices
    )
    return 0 < len(raws) < FULL and fits and len({*raws}) == len(raws) and answer in ("", *raws)


def _list(option: Option, choices: Choices, chosen: str, needed: bool) -> ui.Item[Any]:
    """The choices, all in sight where one must be taken and they are few.

    What can be left empty is a list that opens: what was once taken there can be let go again.
    """
    found = [(line(label, CHOICE_LIMIT), raw, raw == chosen) for label, raw in choices]
    few = 2 <= len(found) <= RADIO_LIMIT if option.required else len(found) == 2
    if needed and few and option.kind.name not in RECORDS:
        return ui.RadioGroup(
            custom_id=option.name,
            required=True,
            options=[discord.RadioGroupOption(label=a, value=b, default=c) for a, b, c in found],
        )
    return ui.Select(
        custom_id=option.name,
        placeholder=line(question(option).example, PLACEHOLDER_LIMIT) or None,
        # Phones let nothing go that is not explicitly allowed to be nothing.
        min_values=int(needed),
        max_values=1,
        required=needed,
        options=[discord.SelectOption(label=a, value=b, default=c) for a, b, c in found],
    )


def _text(option: Option, answer: str, needed: bool) -> ui.TextInput[Any]:
    length = units(answer)
    too_long = length > VALUE_LIMIT
    several = option.kind.name is KindName.LONG or (not too_long and "\n" in answer)
    instead = f"{len(answer):,} characters, too long to show here: they stay unless you type others"
    return ui.TextInput(
        custom_id=option.name + KEEPS if too_long else option.name,
        style=discord.TextStyle.paragraph if several else discord.TextStyle.short,
        placeholder=line(instead if too_long else _example(option), PLACEHOLDER_LIMIT) or None,
        default=None if too_long else answer or None,
        required=needed and not too_long,
    )


def _example(option: Option) -> str:
    """What an answer looks like."""
    past = option.opt.lean is Lean.PAST
    match option.kind.name:
        case KindName.DAY:
            return (
                "yesterday, last Tuesday or 12 June" if past else "tomorrow, next Friday, 12 June"
            )
        case KindName.INSTANT:
            return "next tue 3pm, or 12 June 15:00"
        case KindName.TIME:
            return "9:30 or 3pm"
        case KindName.ZONE:
            return "Berlin"
        case KindName.LINK:
            return "https://…"
        case _:
            return question(option).example
