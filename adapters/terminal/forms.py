"""A form as questions, one by one, with what was understood already. Knows commands; no records."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from adapters.terminal.screen import Cancelled, Screen, Suggest, Suggestion
from bot.command import Command, Option
from bot.kinds import KindName
from bot.message import Call, Form, shorten

CANCEL = ":cancel"
COMMAND = re.compile(r"\s*(?:/\w|job\s+\w)", re.ASCII | re.IGNORECASE)
# Where answers cannot be edited an empty line keeps what was understood, and this empties it.
EMPTIED = "-"
# What was understood is shown up to here; all of it is kept.
SHOWN = 60

Complete = Callable[[str, str, str], Awaitable[Sequence[tuple[str, str]]]]


class Left(Exception):
    """Instead of an answer `line` was typed, which is for the chat; nothing was saved."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Asking:
    """Asks forms on a screen.

    `complete(command, option, typed)` offers answers; `orders` are the words of lines for the chat,
    and `commands` the names of those that a line may call, such as "club join".
    """

    screen: Screen
    complete: Complete
    orders: Sequence[str]
    commands: Collection[str] = ()

    async def fill(self, form: Form, command: Command, *, again: bool) -> Call | None:
        """The form's call with the answers given, or None when the person would rather not.

        `again` says that the person has answered questions before, so that what cannot be asked is
        left out rather than losing their answers. Raises Left.
        """
        asked = questions(form, command)
        unasked = form.problems.keys() - {option.name for option in asked}
        known = {option.name for option in command.options}
        if form.intro:
            await self.screen.say(form.intro)
        lost = bool(unasked & known) or (bool(unasked) and not again)
        if unasked:
            await self.screen.say(
                *(form.problems[name] for name in form.problems if lost or name in unasked)
            )
        if lost or not (asked or unasked):
            return None
        answers = {name: raw for name, raw in form.call.answers.items() if name not in unasked}
        for option in asked:
            try:
                given = await self._ask(
                    command, option, answers.get(option.name, ""), form.problems
                )
            except Cancelled:
                return None
            if given is None:
                return None
            if given or option.name in answers:
                answers[option.name] = given
        return Call(form.call.name, answers)

    async def _ask(
        self, command: Command, option: Option, understood: str, problems: Mapping[str, str]
    ) -> str | None:
        lines = []
        if option.name in problems:
            lines.append(f"{problems[option.name]} ({CANCEL} leaves this.)")
        hint = ""
        if understood and not self.screen.typed:
            hint = f" [{shorten(understood, SHOWN)}]"
        elif not option.required:
            hint = " (Enter to skip)" if self.screen.typed else ""
        lines.append(f"{option.opt.question}{hint}")
        lines += [f"  {n}. {label}" for n, (label, _) in enumerate(option.kind.choices, 1)]
        await self.screen.say(*lines)
        suggest = self._suggest(command.name, option)
        long = option.kind.name is KindName.LONG
        given = await self.screen.answer(understood, suggest, long=long)
        if given is None or given.strip() == CANCEL:
            return None
        # A whole command is meant as one: nobody answers a question with "job list".
        first, *others = given.casefold().split()[:2] or [""]
        called = COMMAND.match(given) or " ".join((first, *others)) in self.commands
        if first in self.orders or called:
            raise Left(given)
        if (
            not self.screen.typed
            and given.strip() == EMPTIED
            and (understood or not option.required)
        ):
            return ""
        return chosen(option, given)

    def _suggest(self, name: str, option: Option) -> Suggest:
        async def suggest(typed: str) -> Sequence[Suggestion]:
            found = await self.complete(name, option.name, typed)
            return [Suggestion(raw, len(typed), label) for label, raw in found]

        return suggest


def questions(form: Form, command: Command) -> list[Option]:
    """What a form asks for.

    Answers with a problem; else the required answers that are missing, with the longer text that
    nobody types in a line; else, when nothing is missing, everything but what the form is about,
    of which a form that is still empty asks only for the longer text.
    """
    answers = form.call.answers
    if form.problems:
        return [option for option in command.asked if option.name in form.problems]
    missing = [option for option in command.asked if not answers.get(option.name, "").strip()]
    if any(option.required for option in missing):
        return [o for o in missing if o.required or o.kind.name is KindName.LONG]
    about = (KindName.APPLICATION, KindName.INTERVIEW)
    free = [o for o in command.asked if o.kind.name not in about]
    texts = [o for o in free if o.kind.name is KindName.LONG]
    if texts and all(o in missing for o in free):
        return texts
    return [o for o in command.asked if o in missing or o.kind.name not in about]


def chosen(option: Option, given: str) -> str:
    """The raw answer: a choice may be given by its number in the list or by its label."""
    key = given.strip().casefold()
    for number, (label, raw) in enumerate(option.kind.choices, 1):
        if key in (str(number), label.casefold()):
            return raw
    return given
