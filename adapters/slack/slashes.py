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

    `command` is that of the first group, whose words need no group. Whoever names a group means
    that one.
    """
    first, *others = slashes(registry, command).items() or [("", command)]
    group = next((name for name, slash in others if slash == used), "")
    if not group or used == first[1]:
        return words
    named = words.partition(" ")[0].casefold() in registry.groups
    return words if named else f"{group} {words}".strip()
