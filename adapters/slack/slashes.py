"""Which slash commands there are: one for each group of commands. Pure; knows no request.

The first group's word is a setting, because others may see it; the rest are named as their groups.
"""

from bot.command import Registry


def slashes(registry: Registry, command: str) -> dict[str, str]:
    """The slash command, such as "/job", of each group that people are told about, in order.

    `command` is that of the first group.
    """
    groups = list(dict.fromkeys(each.group for each in registry.shown))
    return {group: f"/{group}" if group in groups[1:] else command for group in groups}


def line_of(registry: Registry, command: str, used: str, words: str) -> str:
    """What was typed behind the slash command `used`, with its group in front where that matters.

    `command` is that of the first group, whose words need no group. What no command of the group
    answers, such as a bare word for help, is left to all of them.
    """
    first, *others = slashes(registry, command).items() or [("", command)]
    group = next((name for name, slash in others if slash == used), "")
    if not group or used == first[1]:
        return words
    word = words.partition(" ")[0].casefold()
    if f"{group} {word or 'help'}" in registry.commands:
        return f"{group} {words}".strip()
    groups = {each.group for each in registry.commands.values()}
    return words if word in {"", "help", *groups} else f"{group} {words}"
