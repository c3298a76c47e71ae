"""The app's commands as Discord keeps them, and what a person may type into one. No network.

https://docs.discord.com/developers/interactions/application-commands
"""

import contextlib
from dataclasses import dataclass
from typing import Any

from tests.discord.standin.errors import malformed
from tests.discord.standin.judge import Rules
from tests.discord.standin.records import Guild, User
from tests.discord.standin.scene import Json
from tests.discord.standin.world import World

CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, NUMBER = 1, 2, 3, 4, 5, 10


class NotOnScreen(AssertionError):
    """The person does not see what they should use."""


class Refused(AssertionError):
    """Discord's client does not let the person send this. `problems` are by option or input."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{name}: {what}" for name, what in problems.items()))


def replaced(world: World, rules: Rules, given: Any) -> list[Json]:
    """Bulk overwrite: exactly these commands from now on; those with known names keep their ids."""
    where = "PUT /applications/{id}/commands"
    if not isinstance(given, list):
        raise malformed("Only lists are allowed")
    for each in given:
        rules.limits(where, "command_problems", each)
    known = {(c["name"], c["type"]): c["id"] for c in world.commands}
    world.commands = [_kept(world, each, known) for each in given]
    world.changed()
    return world.commands


def _kept(world: World, given: Json, known: dict[tuple[str, int], str]) -> Json:
    kind = given.get("type") or CHAT
    return {
        "id": known.get((given["name"], kind)) or world.snowflake(),
        "application_id": world.application_id,
        "version": world.snowflake(),
        "default_member_permissions": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        "description_localizations": None,
        "name_localizations": None,
        **given,
        "type": kind,
        "description": given.get("description") or "",
        **({"options": [_option(o) for o in given["options"]]} if given.get("options") else {}),
    }


def _option(given: Json) -> Json:
    # Discord leaves out what says no more than the default.
    kept = {k: v for k, v in given.items() if v is not None and v is not False and v != []}
    if "options" in kept:
        kept["options"] = [_option(each) for each in kept["options"]]
    return {"name_localizations": None, "description_localizations": None, **kept}


@dataclass(frozen=True)
class Typed:
    """A command a person found: the whole of it, the path to its leaf, and the leaf's options."""

    command: Json
    path: tuple[Json, ...]
    options: list[Json]

    def data(self, values: list[Json]) -> Json:
        """`data` of the interaction."""
        for step in reversed(self.path):
            values = [{"name": step["name"], "type": step["type"], "options": values}]
        whole = {k: self.command[k] for k in ("id", "name", "type")}
        return {**whole, "options": values} if values else whole


def offered(world: World, user: User, guild: Guild | None, kind: int) -> list[Json]:
    """The commands that Discord shows to a person in a server, or in the DM with the bot."""
    owners = world.owners(user, guild)
    context = 0 if guild is not None else 1
    return [
        command
        for command in world.commands
        if command["type"] == kind
        and (command["contexts"] is None or context in command["contexts"])
        and any(int(key) in command["integration_types"] for key in owners)
    ]


def find(world: World, user: User, guild: Guild | None, name: str) -> Typed:
    """The command of that name; of a subcommand the last words are enough. Else NotOnScreen."""
    found: dict[str, Typed] = {}
    for command in offered(world, user, guild, CHAT):
        for path, options in _leaves(command, ()):
            words = " ".join([command["name"], *(step["name"] for step in path)])
            found[words] = Typed(command, path, options)
    wanted = name.removeprefix("/")
    fits = [w for w in found if w == wanted] or [w for w in found if w.endswith(f" {wanted}")]
    if len(fits) != 1:
        raise NotOnScreen(f"/{wanted} is {fits or 'not there'}; there is {sorted(found)}")
    return found[fits[0]]


def _leaves(step: Json, path: tuple[Json, ...]) -> list[tuple[tuple[Json, ...], list[Json]]]:
    options = step.get("options") or []
    below = [o for o in options if o["type"] in (SUBCOMMAND, GROUP)]
    if not below:
        return [(path, options)]
    return [leaf for each in below for leaf in _leaves(each, (*path, each))]


def menu(world: World, user: User, guild: Guild | None, name: str) -> Json:
    """The message menu of that name; NotOnScreen if there is none."""
    found = {c["name"]: c for c in offered(world, user, guild, MESSAGE_MENU)}
    if name not in found:
        raise NotOnScreen(f"there is no {name!r} in the menu; there is {sorted(found)}")
    return found[name]


def filled(typed: Typed, answers: dict[str, Any], focused: str = "") -> list[Json]:
    """The options as the client sends them; Refused or NotOnScreen where it would not.

    With `focused`, as it asks for autocomplete: unfinished, so that nothing is required yet.
    """
    known = {option["name"]: option for option in typed.options}
    given = {_name(name, known): value for name, value in answers.items()}
    if not focused:
        missing = [n for n, o in known.items() if o.get("required") and n not in given]
        if missing:
            raise Refused(dict.fromkeys(missing, "This option is required."))
    found = []
    for name, option in known.items():
        if name in given:
            now = name == focused
            value = str(given[name]) if now else _value(option, given[name])
            entry = {"name": name, "type": option["type"], "value": value}
            found.append({**entry, "focused": True} if now else entry)
    return found


def _name(name: str, known: dict[str, Json]) -> str:
    for spelled in (name, name.removesuffix("_"), name.replace("_", "-")):
        if spelled in known:
            return spelled
    raise NotOnScreen(f"there is no option {name!r}; there is {sorted(known)}")


def _value(option: Json, value: Any) -> Any:
    name, kind = option["name"], option["type"]
    choices = option.get("choices")
    if choices:
        for choice in choices:
            if str(value) in (choice["name"], str(choice["value"])):
                return choice["value"]
        raise Refused({name: f"{value!r} is none of {[c['name'] for c in choices]}"})
    value = _understood(name, kind, value)
    if kind == STRING:
        _within(name, len(value), option.get("min_length"), option.get("max_length") or 6000)
    elif kind in (INTEGER, NUMBER):
        _within(name, value, option.get("min_value"), option.get("max_value"))
    return value


def _understood(name: str, kind: int, value: Any) -> Any:
    """What was typed as what the client makes of it: numbers may be typed as digits."""
    if kind == STRING and isinstance(value, str):
        return value
    if kind == BOOLEAN and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    if kind in (INTEGER, NUMBER) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):
            return int(value) if kind == INTEGER else float(value)
    raise Refused({name: f"an option of type {kind} takes no {value!r}"})


def _within(name: str, size: float, least: float | None, most: float | None) -> None:
    if least is not None and size < least:
        raise Refused({name: f"less than {least}"})
    if most is not None and size > most:
        raise Refused({name: f"more than {most}"})
