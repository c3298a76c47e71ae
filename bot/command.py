"""One declaration of a command, and the registry that refuses a bad one at import.

From the declaration come the slash text and its form, typed options, completion, help and button
ids. Knows no platform; handlers return what to say and never send.
"""

import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from bot.dates import Lean
from bot.kinds import Kind, KindName, kind_of
from bot.message import Answer, Call, Form, shorten
from bot.readers import Reading, Unfit

# Discord's limits, the tightest: names 32, descriptions 100, options 25, sub-commands of a group
# 25, choices 25, labels of a form's fields 45.
NAME = re.compile(r"[a-z]{1,32}")
HELP_LIMIT = 100
QUESTION_LIMIT = 100
OPTION_LIMIT = 25
COMMAND_LIMIT = 25
CHOICE_LIMIT = 25


# What stands for an answer in a line of usage, where the option's name says less.
PLACEHOLDERS = {
    KindName.DAY: "DATE",
    KindName.INSTANT: "WHEN",
    KindName.PEOPLE: "NAMES",
    KindName.PERSON: "NAME",
}


# The name under which a call carries words that no option claimed.
LEFT_OVER = "text"
# What people answer to an optional question when they have no answer.
NOTHING = {"-", "none", "nothing", "n/a", "na", "no idea", "nope"}


class BadCommand(TypeError):
    """A declaration that some platform would refuse. Raised when the module is imported."""


Completer = Callable[[Any, str], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Opt:
    """What a declaration says of an option: the question, and what helps to answer it.

    `lean` is which way a bare weekday points. `long` text may have paragraphs and is asked in a
    form. `complete(ctx, typed)` offers (label, raw answer) pairs. `derive(answers)` gives an
    answer that follows from others, or "". `more` options are rarely known at once: a form asks
    for them only on request. `hidden` options are set by buttons and never asked. `part` names
    what an option belongs to, for forms that are too long to be shown at once.
    """

    question: str
    lean: Lean = Lean.FUTURE
    long: bool = False
    complete: Completer | None = None
    derive: Callable[[Mapping[str, str]], str] | None = None
    more: bool = False
    hidden: bool = False
    part: str = ""


@dataclass(frozen=True)
class Option:
    """One option of a command as the adapters see it."""

    name: str
    kind: Kind
    opt: Opt
    required: bool
    default: Any = None


@dataclass(frozen=True)
class Command:
    """A command with everything that any surface derives from it."""

    group: str
    word: str
    help: str
    options: tuple[Option, ...]
    handler: Callable[..., Answer]
    phrase: str = ""
    hidden: bool = False

    @property
    def name(self) -> str:
        """Group and word, the name in a Call."""
        return f"{self.group} {self.word}"

    @property
    def asked(self) -> tuple[Option, ...]:
        """The options that people may answer."""
        return tuple(option for option in self.options if not option.opt.hidden)

    @property
    def usage(self) -> str:
        """One line that shows how to type it."""
        if not self.phrase:
            names = [option.name for option in self.asked]
            return (
                f"{self.name} [NAME=…]"
                if len(names) > 3
                else " ".join((self.name, *(f"[{name}=…]" for name in names)))
            )
        shown = re.sub(r"(\[\w+ )?\{(\w+)\}", self._placeholder, self.phrase)
        return f"{self.name} {shown}"

    @property
    def line(self) -> str:
        """As `usage`, without the group, which a slash command's own name or the word implies."""
        return self.usage.removeprefix(f"{self.group} ")

    def _placeholder(self, found: re.Match[str]) -> str:
        option = self.option(found[2])
        word = PLACEHOLDERS.get(option.kind.name, found[2].upper()) if option else found[2]
        if found[1]:
            return f"{found[1]}{word}"
        return word if option and option.required else f"[{word}]"

    def option(self, name: str) -> Option | None:
        """The option of that name."""
        return next((option for option in self.options if option.name == name), None)


class Problems(Exception):
    """Answers that could not be used: for each option why, and what it may have meant."""

    def __init__(self, problems: Mapping[str, Unfit]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Bound:
    """Answers that were all understood: the handler's arguments, and which were given."""

    arguments: Mapping[str, Any]
    given: frozenset[str]


Handler = TypeVar("Handler", bound=Callable[..., Answer])


@dataclass
class Registry:
    """Commands by name. Each command module has one of its own; `merge` makes the whole."""

    group: str
    commands: dict[str, Command] = field(default_factory=dict)

    def command(self, *, phrase: str = "", hidden: bool = False) -> Callable[[Handler], Handler]:
        """Declare a handler as a command. `phrase` says how it is typed: "{role} at {company}".

        Raises BadCommand for whatever a platform would refuse.
        """

        def declare(handler: Handler) -> Handler:
            command = declare_command(self.group, handler, phrase, hidden)
            if command.name in self.commands:
                raise BadCommand(f"{command.name} is declared twice")
            self.commands[command.name] = command
            return handler

        return declare

    def get(self, name: str) -> Command | None:
        """The command of that name, if there is one."""
        return self.commands.get(name)

    @property
    def shown(self) -> list[Command]:
        """The commands that people are told about, in the order they were declared."""
        return [command for command in self.commands.values() if not command.hidden]

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of its commands, in order. The first one's name may be left out in a line."""
        return tuple(dict.fromkeys(command.group for command in self.commands.values()))

    def said(self, words: str, prefix: str = "") -> str:
        """A command as people type it, such as "/job list" and "/club join".

        `words` are the command's, without the first group's name and with any other's; `prefix` is
        what stands before the first group's. Where that begins with a slash each group has its own.
        """
        if words.partition(" ")[0] in self.groups[1:]:
            return f"/{words}" if prefix.startswith("/") else words
        return f"{prefix}{words}"

    def usage(self, command: Command) -> str:
        """One line that shows how to type it, without the first group's name."""
        return command.line if command.group in self.groups[:1] else command.usage

    def nearest(self, name: str) -> list[str]:
        """Names of shown commands that look like this one, the most alike first; at most three.

        Where it names a group, only that group's. Several groups may have the same word.
        """
        group, _, typed = name.casefold().strip().rpartition(" ")
        alike = difflib.get_close_matches(group, self.groups, n=1, cutoff=0.75) if group else []
        group = alike[0] if alike else group
        words: dict[str, list[str]] = {}
        for command in self.shown:
            if group in (command.group, "") or group not in self.groups:
                words.setdefault(command.word, []).append(command.name)
        found = difflib.get_close_matches(typed, words, n=3, cutoff=0.5)
        return [name for word in found for name in words[word]][:3]

    def complete(self, call: Call) -> Call:
        """The call with the answers that follow from those given; pure and quick."""
        command = self.commands[call.name]
        more = {
            option.name: value
            for option in command.options
            if option.opt.derive
            and not call.answers.get(option.name)
            and (value := option.opt.derive(call.answers))
        }
        return call.plus(**more) if more else call

    def unanswered(self, call: Call) -> Form | None:
        """The form to open when a required answer is missing, decided without any I/O."""
        call = self.complete(call)
        missing = [
            option.name
            for option in self.commands[call.name].options
            if option.required and not call.answers.get(option.name, "").strip()
        ]
        return Form(call) if missing else None

    def canonical(self, call: Call, reading: Reading) -> Call:
        """The call with every answer that can be read written out, so that it keeps its meaning.

        "tomorrow" said today is another day when the button is pressed.
        """
        found: dict[str, str] = dict(call.answers)
        for option in self.commands[call.name].options:
            raw = found.get(option.name, "")
            if raw.strip():
                with suppress(Unfit):
                    value = option.kind.read(raw, reading, option.opt.lean)
                    found[option.name] = option.kind.write(value)
        return Call(call.name, found)

    def bind(self, call: Call, reading: Reading) -> Bound:
        """Read every answer. Raises Problems with all that is wrong, keyed by option."""
        command = self.commands[call.name]
        call = self.complete(call)
        arguments: dict[str, Any] = {}
        problems: dict[str, Unfit] = {}
        for option in command.options:
            raw = call.answers.get(option.name, "")
            free = option.kind.name in (KindName.TEXT, KindName.LONG) and not option.required
            if not raw.strip() or (free and raw.strip().casefold() in NOTHING):
                arguments[option.name] = option.default
                if option.required:
                    # Left out is a form to be opened; left empty in one is worth a word.
                    asked = option.name in call.answers
                    problems[option.name] = Unfit("Please answer this one." if asked else "")
                continue
            try:
                arguments[option.name] = option.kind.read(raw, reading, option.opt.lean)
            except Unfit as unfit:
                problems[option.name] = unfit
        names = [option.name for option in command.options]
        for name in call.answers.keys() - set(names):
            if name == LEFT_OVER:
                words = shorten(call.answers[name], 40)
                usage = self.usage(command)
                problems[name] = Unfit(f"I did not understand “{words}”. Usage: {usage}")
                continue
            near = difflib.get_close_matches(name, names, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Usage: {self.usage(command)}"
            problems[name] = Unfit(f"There is no option {name[:32]!r} here.{hint}")
        if problems:
            raise Problems(problems)
        return Bound(arguments, frozenset(call.answers))


def merge(registries: Iterable[Registry]) -> Registry:
    """One registry of all. Raises BadCommand for a name declared twice or too large a group."""
    whole = Registry("")
    for registry in registries:
        for name, command in registry.commands.items():
            if name in whole.commands:
                raise BadCommand(f"{name} is declared twice")
            whole.commands[name] = command
    sizes: dict[str, int] = {}
    for command in whole.shown:
        sizes[command.group] = sizes.get(command.group, 0) + 1
        if sizes[command.group] > COMMAND_LIMIT:
            raise BadCommand(f"{command.group} has more than {COMMAND_LIMIT} commands")
    return whole


def declare_command(
    group: str, handler: Callable[..., Answer], phrase: str = "", hidden: bool = False
) -> Command:
    """Read a handler's signature as a Command; raises BadCommand."""
    name = handler.__name__
    word = name.removeprefix(f"{group}_")
    if not NAME.fullmatch(word) or not NAME.fullmatch(group):
        raise BadCommand(f"{name}: a command's name is {group}_ and up to 32 of a-z")
    summary = (inspect.getdoc(handler) or "").partition("\n")[0]
    if not 0 < len(summary) <= HELP_LIMIT:
        raise BadCommand(
            f"{name}: the first docstring line is its help, 1 to {HELP_LIMIT} characters"
        )
    hints = get_type_hints(handler, include_extras=True)
    parameters = list(inspect.signature(handler).parameters.values())
    if not parameters or parameters[0].name != "ctx":
        raise BadCommand(f"{name}: the first parameter is ctx")
    options = tuple(_option(name, p, hints[p.name]) for p in parameters[1:])
    if len(options) > OPTION_LIMIT:
        raise BadCommand(f"{name}: more than {OPTION_LIMIT} options")
    if sorted(options, key=lambda option: not option.required) != list(options):
        raise BadCommand(f"{name}: a required option after an optional one")
    for used in re.findall(r"\{(\w+)\}", phrase):
        if used not in {option.name for option in options}:
            raise BadCommand(f"{name}: the phrase names {used}, which is no option")
    return Command(group, word, summary, options, handler, phrase, hidden)


def _option(command: str, parameter: inspect.Parameter, hint: Any) -> Option:
    where = f"{command}: {parameter.name}"
    if get_origin(hint) is not Annotated:
        raise BadCommand(f"{where} needs Annotated[type, Opt(...)]")
    annotation, opt, *_ = get_args(hint)
    if not isinstance(opt, Opt):
        raise BadCommand(f"{where} needs Annotated[type, Opt(...)]")
    if not NAME.fullmatch(parameter.name):
        raise BadCommand(f"{where}: an option's name is up to 32 of a-z")
    if not 0 < len(opt.question) <= QUESTION_LIMIT:
        raise BadCommand(f"{where}: the question has 1 to {QUESTION_LIMIT} characters")
    members = [member for member in get_args(annotation) if member is not NoneType]
    if NoneType in get_args(annotation):
        annotation = members[0]
    try:
        kind = kind_of(annotation, long=opt.long)
    except (KeyError, TypeError) as unknown:
        raise BadCommand(f"{where}: {annotation} is not in the table of kinds") from unknown
    if len(kind.choices) > CHOICE_LIMIT:
        raise BadCommand(f"{where}: more than {CHOICE_LIMIT} choices")
    required = parameter.default is inspect.Parameter.empty
    if opt.hidden and required:
        raise BadCommand(f"{where}: nobody is asked for a hidden option, so it cannot be required")
    return Option(parameter.name, kind, opt, required, None if required else parameter.default)
