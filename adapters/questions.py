"""A question as a label, what is said below the field, and what stands in it faintly. Pure.

The core asks in one line, as a terminal shows it; Slack and Discord have a place for each part.
https://docs.slack.dev/reference/block-kit/blocks/input-block
https://docs.discord.com/developers/components/reference#label
"""

import re
from dataclasses import dataclass

from bot.command import Option
from bot.kinds import KindName

# A label ends where its explanation begins, most often a second half sentence.
_PARTS = re.compile(r"(.+?)(\? |; |: |, such as )(.+)")
# Their controls can take nothing else, so an example of what to type says nothing.
_PICKED = (KindName.DAY, KindName.TIME, KindName.INSTANT)
_NAMED = (KindName.PERSON, KindName.PEOPLE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; each of `hint` and `example` may be empty."""

    label: str
    hint: str = ""
    example: str = ""


def question(option: Option) -> Question:
    """The option's question in its parts."""
    whole = option.opt.question
    parts = _PARTS.fullmatch(whole)
    if parts is None:
        return Question(whole, example=_default(option))
    label, mark, rest = parts.groups()
    label += mark.strip() if mark == "? " else ""
    if mark == ", such as " or option.kind.name in _NAMED:
        return Question(label, example=rest.strip('"'))
    if option.kind.name in _PICKED and rest.startswith("For example"):
        return Question(label)
    return Question(label, rest[0].upper() + rest[1:], _default(option))


def _default(option: Option) -> str:
    """What a list stands at when nothing is chosen, as its own choices say it."""
    if option.required or option.default is None or not option.kind.choices:
        return ""
    raw = option.kind.write(option.default)
    return next((label for label, value in option.kind.choices if value == raw), "")
