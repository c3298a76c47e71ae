"""What could be typed next: commands, options, answers from one's own records. Knows no screen."""

import re
from collections.abc import Sequence

from adapters.terminal.conversation import Conversation
from adapters.terminal.orders import ORDERS
from adapters.terminal.screen import Suggest, Suggestion
from bot.command import Command, Registry
from bot.kinds import KindName

_VALUE = re.compile(r'(?:^|.*\s)([a-z]+)=("[^"]*|[^"\s]*)$', re.DOTALL)
_NAMED = re.compile(r"\b([a-z]+)=")
_PART = re.compile(r"\{(\w+)\}|(\w+)")


def suggestions(talk: Conversation) -> Suggest:
    """A Suggest for the lines of this conversation."""

    async def suggest(typed: str) -> Sequence[Suggestion]:
        if typed.startswith(":"):
            return [
                Suggestion(word, len(typed), f"{word} {order.after}", order.help)
                for word, order in ORDERS.items()
                if word.startswith(typed.casefold())
            ]
        command, rest = split(talk.registry, typed)
        if command is None:
            return commands(talk.registry, typed)
        if value := _VALUE.fullmatch(rest):
            return await _values(talk, command, value[1], value[2])
        return [*await _positional(talk, command, rest), *options(command, rest)]

    return suggest


def split(registry: Registry, typed: str) -> tuple[Command | None, str]:
    """The command that a line begins with and what follows it, once a space has ended its name."""
    words = typed.lstrip().removeprefix("/").split(" ", 2)
    if len(words) > 2 and (command := registry.get(f"{words[0]} {words[1]}".casefold())):
        return command, words[2]
    if len(words) > 1:
        main = registry.groups[0] if registry.groups else ""
        if command := registry.get(f"{main} {words[0]}".casefold()):
            return (None, "") if command.hidden else (command, " ".join(words[1:]))
    return None, ""


def commands(registry: Registry, typed: str) -> list[Suggestion]:
    """Commands that begin with what was typed, the group's name before them or not."""
    line = typed.lstrip().removeprefix("/")
    group, space, word = line.rpartition(" ")
    found = []
    for command in registry.shown:
        name = command.word if space or command.group in registry.groups[:1] else command.name
        meant = group.casefold() == command.group if space else True
        if meant and any(part.startswith(word.casefold()) for part in {name, command.word}):
            found.append(Suggestion(f"{name} ", len(word), name, command.help))
    return found


def options(command: Command, rest: str) -> list[Suggestion]:
    """Names of options that were not given yet and begin with the last word."""
    given = set(_NAMED.findall(rest))
    word = re.split(r"\s", rest)[-1]
    return [
        Suggestion(f"{option.name}=", len(word), f"{option.name}=", option.opt.question)
        for option in command.asked
        if option.name not in given and option.name.startswith(word.casefold())
    ]


async def _values(talk: Conversation, command: Command, name: str, typed: str) -> list[Suggestion]:
    found = await talk.complete(command.name, name, typed.lstrip('"'))
    return [Suggestion(_quoted(raw), len(typed), label) for label, raw in found]


async def _positional(talk: Conversation, command: Command, rest: str) -> list[Suggestion]:
    """Answers to the part of the command's phrase that is being typed."""
    name, typed = being_typed(command, rest)
    option = command.option(name)
    if option is None or _NAMED.search(rest):
        return []
    found = await talk.complete(command.name, name, typed)
    records = option.kind.name in (KindName.APPLICATION, KindName.INTERVIEW)
    return [Suggestion(raw if records else _quoted(raw), len(typed), label) for label, raw in found]


def being_typed(command: Command, rest: str) -> tuple[str, str]:
    """Which option of the phrase the end of a line belongs to, and what of it stands there.

    "{role} at {company}": the role, until " at " was typed, and then the company.
    """
    name, typed, word = "", rest, ""
    for option, literal in _PART.findall(command.phrase.replace("[", " ").replace("]", " ")):
        if literal:
            word = literal
            continue
        if not name:
            name = option
        elif word:
            before, found, after = typed.rpartition(f" {word} ")
            if found and before.strip():
                name, typed = option, after
        word = ""
    return name, typed


def _quoted(raw: str) -> str:
    return f'"{raw}"' if " " in raw else raw
