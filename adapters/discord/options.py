"""The app commands that Discord offers people, made from the registry. Knows limits; no network.

Each group of commands is one slash command, and each of its commands a sub-command. No option is
required: what is missing is asked in a form, which keeps what was understood. The limits are those
of https://docs.discord.com/developers/interactions/application-commands.
"""

from collections.abc import Iterator
from typing import Any

from adapters.discord import Json
from bot.command import Command, Option, Registry
from bot.kinds import KindName
from bot.message import shorten
from bot.readers import SHORT_LIMIT, URL_LIMIT, clean

CHAT_INPUT, MESSAGE_MENU = 1, 3
SUB_COMMAND, STRING, INTEGER = 1, 3, 4

DESCRIPTION_LIMIT = 100
# Sub-commands of a command, options of a sub-command, choices of an option.
LIST_LIMIT = 25
# A choice's name and its value, each.
CHOICE_LIMIT = 100
# Names, descriptions and values of one command with all that belongs to it.
TOTAL_LIMIT = 8_000
SLASH_LIMIT = 100
# The largest number that the core reads has nine digits.
NUMBER_LIMIT = 999_999_999

# Of each group of commands; of one that is not named here, the last.
DESCRIPTIONS = {
    "job": "Your job search. Only you see what it answers.",
    "club": "Your job-search club: meetings, partners and warm leads.",
}
DESCRIPTION = "Only you see what it answers."
# The entry in a message's own menu.
SAVE_JOB = "Save this job"
# In servers and in people's own apps (0, 1); typed in servers and in direct messages with the bot
# (0, 1), never where two other people talk (2).
PLACES: Json = {"integration_types": [0, 1], "contexts": [0, 1]}

# What the core takes at most; told to Discord, people learn it before they send.
_LENGTHS = {
    KindName.TEXT: SHORT_LIMIT,
    KindName.PERSON: SHORT_LIMIT,
    KindName.LINK: URL_LIMIT,
}


class TooLarge(ValueError):
    """Declarations that Discord would refuse; the string says which of them, and why."""


def commands(registry: Registry) -> list[Json]:
    """Every command that people are told about, as `PUT …/commands` takes them. Raises TooLarge."""
    groups: dict[str, list[Command]] = {}
    for command in registry.shown:
        groups.setdefault(command.group, []).append(command)
    if len(groups) > SLASH_LIMIT:
        raise TooLarge(f"{len(groups)} slash commands, and Discord takes {SLASH_LIMIT}")
    made = [_group(name, members) for name, members in groups.items()]
    return [*made, {"type": MESSAGE_MENU, "name": SAVE_JOB, **PLACES}]


def size(command: Json) -> int:
    """How many of a command's `TOTAL_LIMIT` characters are used."""
    return sum(map(len, _texts(command)))


def _group(name: str, members: list[Command]) -> Json:
    if len(members) > LIST_LIMIT:
        raise TooLarge(f"{name}: {len(members)} sub-commands, and Discord takes {LIST_LIMIT}")
    made: Json = {
        "type": CHAT_INPUT,
        "name": name,
        "description": DESCRIPTIONS.get(name, DESCRIPTION),
        "options": [_command(command) for command in members],
        **PLACES,
    }
    used = size(made)
    if used > TOTAL_LIMIT:
        raise TooLarge(f"{name}: {used:,} characters in all, and Discord takes {TOTAL_LIMIT:,}")
    return made


def _command(command: Command) -> Json:
    if len(command.asked) > LIST_LIMIT:
        raise TooLarge(f"{command.name}: {len(command.asked)} options, and Discord takes 25")
    return {
        "type": SUB_COMMAND,
        "name": command.word,
        "description": _description(command.help, command.word),
        "options": [_option(command.name, option) for option in command.asked],
    }


def _option(command: str, option: Option) -> Json:
    kind = option.kind
    made: Json = {
        "type": STRING,
        "name": option.name,
        "description": _description(option.opt.question, option.name),
        "required": False,
    }
    if kind.choices:
        # With choices Discord takes nothing else, and offers them by itself.
        return made | {"choices": _choices(f"{command}: {option.name}", kind.choices)}
    if option.opt.complete:
        made["autocomplete"] = True
    elif kind.name is KindName.NUMBER:
        return made | {"type": INTEGER, "min_value": 0, "max_value": NUMBER_LIMIT}
    if kind.name in _LENGTHS:
        made["max_length"] = _LENGTHS[kind.name]
    return made


def _choices(where: str, pairs: tuple[tuple[str, str], ...]) -> list[Json]:
    made = [{"name": shorten(clean(label), CHOICE_LIMIT), "value": raw} for label, raw in pairs]
    if len(made) > LIST_LIMIT:
        raise TooLarge(f"{where}: {len(made)} choices, and Discord takes {LIST_LIMIT}")
    if len({choice["name"] for choice in made}) < len(made):
        raise TooLarge(f"{where}: two choices look the same")
    for name, raw in (choice.values() for choice in made):
        # What Discord trims or cannot carry would come back as another answer.
        if not name or raw != clean(raw) or not 0 < len(raw) <= CHOICE_LIMIT:
            raise TooLarge(f"{where}: a choice has a name and an answer of 1 to 100 characters")
    return made


def _description(words: str, otherwise: str) -> str:
    """The words in one line that Discord takes; never empty."""
    return shorten(clean(words), DESCRIPTION_LIMIT) or otherwise


def _texts(part: Any) -> Iterator[str]:
    for key, value in part.items():
        if key in ("name", "description", "value"):
            yield value
        elif key in ("options", "choices"):
            for one in value:
                yield from _texts(one)
