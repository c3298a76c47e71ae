"""A Form as modals: which options each page asks for, and what one says beside them. Pure.

Knows commands and Discord's modal; no records. A submitted one is read by `filled`.
https://docs.discord.com/developers/components/using-modal-components
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType

from discord import ui

from adapters.discord.fields import RECORDS, WRONG, Choices, field, line
from adapters.discord.ids import id_of
from adapters.discord.literal import blank, literal, one_line, units
from adapters.discord.prefilled import Moment, as_typed
from adapters.discord.views import Asking
from bot.command import Command, Option
from bot.kinds import KindName
from bot.message import Call, Form

FIELDS = 5
TITLE_LIMIT = 45
SAID_LIMIT = 400
SAID_LINES = 5
# The weights of an option, the first to be asked for first.
_WRONG, _MISSING, _LONG, _SHORT, _ANSWERED, _DETAIL = range(6)
NO_CHOICES: Mapping[str, Choices] = MappingProxyType({})

Page = tuple[Option, ...]


def pages(form: Form, command: Command) -> tuple[Page, ...]:
    """The options that the form asks for, in pages of at most five; at least one page.

    While something is missing or wrong, the first page is what most matters now, and the others
    follow. Else the pages are always the same, in the order of the declaration. What record the
    form is about is asked only when that is missing or wrong.
    """
    asked = _asked(form, command)
    weights = {option.name: _weight(option, form) for option in asked}
    any_page = nothing_missing(form, command)
    now = [] if any_page else [o for o in asked if weights[o.name] < _DETAIL]
    # What is wrong with no field here needs a place too.
    room = FIELDS - _is_stray(form, command)
    chosen = sorted(now, key=lambda o: weights[o.name])[:room]
    # Within the page what is wrong comes first; the rest is read as it was declared.
    first = sorted((o for o in asked if o in chosen), key=lambda o: weights[o.name] != _WRONG)
    rest = _parted([option for option in asked if option not in chosen])
    return tuple(page for page in (tuple(first), *rest) if page) or ((),)


def nothing_missing(form: Form, command: Command) -> bool:
    """Whether all that is asked could be left as it is: then no page comes before another."""
    weights = {_weight(option, form) for option in _asked(form, command)}
    return not form.problems and _MISSING not in weights


def carried_call(form: Form, command: Command) -> Call:
    """The call that the form's modals carry, in their id or stashed.

    Fields that somebody emptied are among it when there are problems: then the form answers a
    submission, in which nothing is an answer too. An answer to no option goes once its problem has
    been said, or that would come back for ever.
    """
    said = {name for name in form.problems if command.option(name) is None}
    answers = {
        name: as_typed(raw)
        for name, raw in form.call.answers.items()
        if name not in said and (raw.strip() or form.problems)
    }
    return Call(form.call.name, answers)


def offered_for(form: Form, command: Command, page: Sequence[Option]) -> tuple[str, ...]:
    """The options of a page that the desk should be asked for, as nothing typed completes them.

    A few of somebody's own records are better picked from a list than typed.
    """
    return tuple(o.name for o in page if o.kind.name in RECORDS and o.opt.complete is not None)


def modal(
    form: Form,
    command: Command,
    page: Sequence[Option],
    carried: Call,
    now: datetime,
    offered: Mapping[str, Choices] = NO_CHOICES,
) -> Asking:
    """The modal that asks for one page, with what was understood so far filled in.

    `carried` is `carried_call(form, command)`, or what that is stashed under; raises TooLong when
    an id has no room for it. `offered` has the pairs for the options of `offered_for`.
    """
    moment = Moment.of(now, form.zone)
    answers = {name: as_typed(raw) for name, raw in form.call.answers.items()}
    asking = Asking(title=title(form, command), custom_id=id_of(carried), timeout=None)
    said = _said(form, page)
    if said and len(page) < FIELDS:
        asking.add_item(ui.TextDisplay("\n".join(map(literal, said))))
        said = []
    for option in page:
        asking.add_item(
            field(
                option,
                answers.get(option.name, ""),
                moment,
                needed=_needed(option, answers, page),
                problem=form.problems.get(option.name, ""),
                before=" ".join(said),
                choices=offered.get(option.name, ()),
            )
        )
        said = []
    return asking


def title(form: Form, command: Command) -> str:
    """What the form is about where that is short, else the first words of the command's help."""
    if _is_title(form.intro):
        return line(form.intro, TITLE_LIMIT)
    words = re.split("[:;]", command.help.rstrip("."))[0]
    return words if units(words) <= TITLE_LIMIT else line(words.partition(", ")[0], TITLE_LIMIT)


def _weight(option: Option, form: Form) -> int:
    if option.name in form.problems:
        return _WRONG
    answers, derive = form.call.answers, option.opt.derive
    answer = answers.get(option.name, "")
    follows = derive({n: raw for n, raw in answers.items() if n != option.name}) if derive else ""
    if follows and answer in ("", follows):
        # Nobody said so yet: worth a look.
        return _LONG
    if answer.strip():
        # Whoever has to mend one answer looks for the others, or may have meant another.
        return _LONG if form.problems else _ANSWERED
    if option.required:
        return _MISSING
    if option.opt.more:
        return _DETAIL
    return _LONG if option.kind.name is KindName.LONG else _SHORT


def _asked(form: Form, command: Command) -> list[Option]:
    asked = [option for option in command.asked if _is_asked(option, command, form)]
    # A form without fields is none.
    return asked or list(command.asked)


def _is_asked(option: Option, command: Command, form: Form) -> bool:
    """What a form is about is asked only when it is missing or wrong."""
    if option.name in form.problems or option.kind.name not in RECORDS:
        return True
    answers = form.call.answers
    if answers.get(option.name, "").strip():
        return False
    # An interview's application is known with it.
    records = (o.name for o in command.options if o.kind.name in RECORDS)
    return option.required or not any(answers.get(name, "").strip() for name in records)


def _parted(options: Sequence[Option]) -> list[Page]:
    """As few pages as there can be, all about as long."""
    count = -(-len(options) // FIELDS)
    ends = [len(options) * n // count for n in range(count + 1)] if count else []
    return [tuple(options[a:b]) for a, b in pairwise(ends)]


def _needed(option: Option, answers: Mapping[str, str], page: Sequence[Option]) -> bool:
    """Whether a field cannot be left empty.

    What may follow from a detail beside it can be: an agency often does not name the employer, and
    the core says when an answer does not follow. A letter that is all the form asks for is needed.
    """
    if not option.required:
        return len(page) == 1 and option.kind.name is KindName.LONG
    derive = option.opt.derive
    return derive is None or not (any(o.opt.more for o in page) or derive(answers))


def _said(form: Form, page: Sequence[Option]) -> list[str]:
    """The problems that have no field here, and the intro unless it is the title."""
    names = {option.name for option in page}
    lost = [f"{WRONG}{why}" for name, why in form.problems.items() if name not in names and why]
    intro = "" if _is_title(form.intro) else form.intro
    lines = [line(words, SAID_LIMIT) for words in (*lost, intro)]
    return [words for words in lines if words][:SAID_LINES]


def _is_stray(form: Form, command: Command) -> bool:
    return any(command.option(name) is None for name in form.problems)


def _is_title(intro: str) -> bool:
    words = one_line(intro)
    return not blank(words) and units(words) <= TITLE_LIMIT
