"""What could be typed next: commands, options, answers from one's own records. Knows no screen."""

import re
from collections import Counter
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
        found = [c for c in registry.shown if c.word == words[0].casefold()]
        if found:
            return found[0], " ".join(words[1:])
    return None, ""


def commands(registry: Registry, typed: str) -> list[Suggestion]:
    """Commands that begin with what was typed, the group's name before them or not."""
    line = typed.lstrip().removeprefix("/")
    group, space, word = line.rpartition(" ")
    times = Counter(command.word for command in registry.shown)
    return [
        Suggestion(f"{name} ", len(word), name, command.help)
        for command in registry.shown
        if command.word.startswith(word.casefold())
        and (not space or group.casefold() == command.group)
        and (name := command.word if space or times[command.word] == 1 else command.name)
    ]


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
