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

from adapters.characters import as_typed, blank, one_line, units
from adapters.discord.fields import RECORDS, WRONG, Choices, field, line
from adapters.discord.ids import id_of
from adapters.discord.literal import literal
from adapters.discord.prefilled import Moment
from adapters.discord.views import Asking
from bot.command import Command, Option
from bot.kinds import KindName
from bot.message import Call, Form

FIELDS = 5
TITLE_LIMIT = 45
# The least that a title shows of a record's name.
LEAST_NAMED = 12
SAID_LIMIT = 400
SAID_LINES = 5
# The weights of an option, the first to be asked for first.
_WRONG, _GIVEN, _MISSING, _WHEN, _LONG, _SHORT, _ANSWERED, _DETAIL = range(8)
NO_CHOICES: Mapping[str, Choices] = MappingProxyType({})

Page = tuple[Option, ...]


def pages(form: Form, command: Command) -> tuple[Page, ...]:
    """The options that the form asks for, in pages of at most five; at least one page.

    While something is missing or wrong, the first page is what most matters now, and the others
    follow. Else the pages are always the same: the parts that the options belong to, in the order
    of the declaration. What record the form is about is asked only when that is missing or wrong.
    """
    asked = _asked(form, command)
    # What is said above takes the place of a field.
    room = FIELDS - bool(_heading(form)[1])
    if nothing_missing(form, command):
        return tuple(_parted(asked, room)) or ((),)
    weights = {option.name: _weight(option, form) for option in asked}
    now = [o for o in asked if weights[o.name] < _DETAIL]
    said = [o for o in now if weights[o.name] <= _GIVEN]
    if form.problems and said and _only_changes(command):
        # Left empty beside them, what is on record would look as if it were not.
        now = said
    first_room = room - _is_stray(form, command)
    chosen = sorted(now, key=lambda o: weights[o.name])[:first_room]
    # Within the page what is wrong comes first; the rest is read as it was declared.
    first = sorted((o for o in asked if o in chosen), key=lambda o: weights[o.name] != _WRONG)
    rest = _parted([option for option in asked if option not in chosen], room)
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
    about: str = "",
) -> Asking:
    """The modal that asks for one page, with what was understood so far filled in.

    `carried` is `carried_call(form, command)`, or what that is stashed under; raises TooLong when
    an id has no room for it. `offered` has the pairs for the options of `offered_for`; `about` is
    what record the form is about, for its title.
    """
    moment = Moment.of(now, form.zone)
    answers = {name: as_typed(raw) for name, raw in form.call.answers.items()}
    asking = Asking(title=title(form, command, about), custom_id=id_of(carried), timeout=None)
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
                needed=_needed(option, answers, page, alone=len(command.asked) == 1),
                problem=form.problems.get(option.name, ""),
                before=" ".join(said),
                choices=offered.get(option.name, ()),
            )
        )
        said = []
    return asking


def title(form: Form, command: Command, about: str = "") -> str:
    """The form's own heading, else the first words of the command's help.

    In front of those stands what record the form is about, which is shortened where need be.
    """
    if heading := _heading(form)[0]:
        return line(heading, TITLE_LIMIT)
    words = re.split("[:;]", command.help.rstrip("."))[0]
    if units(f"{about}: {words}" if about else words) > TITLE_LIMIT:
        words = words.partition(", ")[0]
    doing = f": {words[0].lower()}{words[1:]}"
    named = line(about, max(TITLE_LIMIT - units(doing), LEAST_NAMED))
    return line(f"{named}{doing}" if named else words, TITLE_LIMIT)


def _weight(option: Option, form: Form) -> int:
    if option.name in form.problems:
        return _WRONG
    answers, derive = form.call.answers, option.opt.derive
    if answers.get(option.name, "").strip():
        # Whoever has to mend one answer looks for the others, and what is required may have been
        # understood as another thing than was meant.
        return _GIVEN if form.problems or option.required else _ANSWERED
    if derive and derive({n: raw for n, raw in answers.items() if n != option.name}):
        # Nobody said so yet: worth a look.
        return _LONG
    if option.required:
        return _MISSING
    if option.opt.more:
        return _DETAIL
    if option.kind.name is KindName.DAY:
        # What is planned is counted from it.
        return _WHEN
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


def _only_changes(command: Command) -> bool:
    """Whether an answer left out leaves what is on record as it is, whichever it is."""
    asked = [o for o in command.asked if o.kind.name not in RECORDS]
    return not any(o.required or o.default is not None for o in asked)


def _parted(options: Sequence[Option], room: int) -> list[Page]:
    """Of each part as few pages as there can be, all about as long."""
    found: list[Page] = []
    for part in dict.fromkeys(option.opt.part for option in options):
        members = [option for option in options if option.opt.part == part]
        count = -(-len(members) // room)
        ends = [len(members) * n // count for n in range(count + 1)]
        found += [tuple(members[a:b]) for a, b in pairwise(ends)]
    return found


def _needed(
    option: Option, answers: Mapping[str, str], page: Sequence[Option], *, alone: bool
) -> bool:
    """Whether a field cannot be left empty.

    What may follow from a detail beside it can be: an agency often does not name the employer, and
    the core says when an answer does not follow. A letter or a time zone is needed where it is
    all that the command asks for.
    """
    if not option.required:
        return alone and option.kind.name in (KindName.LONG, KindName.ZONE)
    derive = option.opt.derive
    return derive is None or not (any(o.opt.more for o in page) or derive(answers))


def _said(form: Form, page: Sequence[Option]) -> list[str]:
    """The problems that have no field here, and what the intro says beside the title."""
    names = {option.name for option in page}
    lost = [f"{WRONG}{why}" for name, why in form.problems.items() if name not in names and why]
    lines = [line(words, SAID_LIMIT) for words in (*lost, _heading(form)[1])]
    return [words for words in lines if words][:SAID_LINES]


def _is_stray(form: Form, command: Command) -> bool:
    return any(command.option(name) is None for name in form.problems)


def _heading(form: Form) -> tuple[str, str]:
    """The intro as a title, and as what is said above the fields; each may be empty.

    Its first line is the title, unless that is a sentence too long for one.
    """
    head, _, rest = form.intro.strip().partition("\n")
    head = one_line(head)
    if blank(head):
        return "", ""
    if units(head) > TITLE_LIMIT and head.endswith((".", "!", "?")):
        return "", form.intro
    return head, "" if blank(one_line(rest)) else rest
