"""Writes the parts of README.md that the program itself produces; a test keeps them true.

Run as `./dev docs` after a change to a command, a letter or the demo.
"""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
# Where the demo's transcript is cut in two: the README opens with what comes before.
FOLD = "On Thursday they write back"


def demo() -> tuple[str, str]:
    """The transcript of `followthrough demo`: its beginning, and the rest of the month."""
    command = [sys.executable, "-m", "adapters", "demo", "--fast"]
    played = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=README.parent,
        stdin=subprocess.DEVNULL,
    )
    first, fold, rest = played.stdout.strip().partition(FOLD)
    return first.strip(), fold + rest


def commands() -> str:
    """The table of commands, from their declarations."""
    from bot.commands import registry

    rows = [f"| `{c.usage.replace('|', chr(92) + '|')}` | {c.help} |" for c in registry.shown]
    return "\n".join(["| you type | what it does |", "|---|---|", *rows])


def settings() -> str:
    """The table of a person's settings, from the declaration and a new person's values."""
    from bot.commands import registry
    from bot.commands.settings import answers
    from bot.model import Seeker

    values = answers(Seeker(0))
    rows = [
        f"| `{option.name}` | {option.opt.question} | {values[option.name] or 'not set'} |"
        for option in registry.commands["job settings"].asked
    ]
    return "\n".join(["| setting | | at first |", "|---|---|---|", *rows])


def generated() -> dict[str, str]:
    """Every part of the README that is not written by hand, by its name."""
    first, rest = demo()
    return {
        "story": f"```text\n{first}\n```",
        "rest": f"```text\n{rest}\n```",
        "commands": commands(),
        "settings": settings(),
    }


def filled(text: str, parts: dict[str, str]) -> str:
    """A document with its generated parts put between their marks."""
    for name, part in parts.items():
        marks = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text, count = re.subn(marks, lambda m, part=part: f"{m[1]}{part}\n{m[2]}", text, flags=re.S)
        if count != 1:
            raise SystemExit(f"README.md has {count} places for {name!r}.")
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text(), generated()))
