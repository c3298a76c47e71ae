"""Writes the parts of the documents that the program itself produces; a test keeps them true.

Run as `./dev docs` after a change to a command, a letter, the demo, or what Slack is told.
"""

import re
import subprocess
import sys
from datetime import UTC, datetime
from collections.abc import Callable, Mapping
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
SLACK = Path(__file__).with_name("slack.md")
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


def scopes() -> str:
    """The table of what Slack is asked for, with the reasons that people are given."""
    from adapters.slack.manifest import SCOPES

    rows = [f"| `{s.name}` | {s.why} | {'optional' * s.optional} |" for s in SCOPES]
    return "\n".join(["| scope | why | |", "|---|---|---|", *rows])


def notice() -> str:
    """What Slack's people read before their first entry, as a quotation."""
    from adapters.slack.front import NOTICE
    from bot.message import Bold, Text
    from bot.model import Seeker
    from bot.welcome import ask

    asked = ask(NOTICE, Seeker(0), datetime.now(UTC), then=1)
    paragraphs = [f"**{asked.title}**"]
    for block in asked.blocks:
        if isinstance(block, Text):
            spans = (f"**{s.text}**" if isinstance(s, Bold) else str(s) for s in block.spans)
            paragraphs.append("".join(spans))
    paragraphs.append(" · ".join(f"`{button.label}`" for button in asked.buttons))
    return "\n>\n".join(f"> {words}" for words in paragraphs)


# Variables that cannot work, by the process that is started with them.
_HTTP = {"SLACK_BOT_TOKEN": "xoxb-…", "SLACK_SIGNING_SECRET": "…"}
_MANY = {
    "SLACK_CLIENT_ID": "…",
    "SLACK_CLIENT_SECRET": "…",
    "SLACK_SIGNING_SECRET": "…",
    "PUBLIC_URL": "https://jobs.example.org",
    "TOKEN_KEYS": "…",
}
MISTAKES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("only `SLACK_APP_TOKEN`", "run", {"SLACK_APP_TOKEN": "xapp-…"}),
    ("only `SLACK_BOT_TOKEN`", "run", {"SLACK_BOT_TOKEN": "xoxb-…"}),
    ("the app's token as `SLACK_BOT_TOKEN`", "run", {"SLACK_BOT_TOKEN": "xapp-…"}),
    (
        "the bot's token as `SLACK_APP_TOKEN`",
        "run",
        {"SLACK_BOT_TOKEN": "xoxb-…", "SLACK_APP_TOKEN": "xoxb-…"},
    ),
    (
        "`web` with the variables of Socket Mode",
        "web",
        {"SLACK_BOT_TOKEN": "xoxb-…", "SLACK_APP_TOKEN": "xapp-…"},
    ),
    ("only `SLACK_CLIENT_ID`", "run", {"SLACK_CLIENT_ID": "…"}),
    (
        "`SLACK_BOT_TOKEN` beside `SLACK_CLIENT_ID`",
        "run",
        {**_MANY, "SLACK_BOT_TOKEN": "xoxb-…"},
    ),
    ("a path in `PUBLIC_URL`", "run", {**_MANY, "PUBLIC_URL": "https://example.org/jobs"}),
    ("a key that is none in `TOKEN_KEYS`", "run", _MANY),
    ("a word as `PORT`", "run", {**_HTTP, "PORT": "http"}),
)


def complaint(process: str, environment: Mapping[str, str]) -> str:
    """The sentence with which a process refuses to start; "" when it would start."""
    from adapters.hosting import check, port_of
    from adapters.settings import BadSetting
    from adapters.slack.credentials import Credentials
    from storage.crypto import BadKey, Ring

    try:
        credentials = Credentials.read(environment)
        assert credentials is not None
        check(process, credentials)
        port_of(environment)
        if credentials.many:
            Ring(credentials.keys)
    except (BadSetting, BadKey) as why:
        return str(why)
    return ""


def complaints() -> str:
    """The table of what may be wrong with the variables, and what is said then."""
    rows = [f"| {what} | {complaint(process, set_)} |" for what, process, set_ in MISTAKES]
    return "\n".join(["| what is set | what it says |", "|---|---|", *rows])


def generated() -> dict[str, str]:
    """Every part of the README that is not written by hand, by its name."""
    first, rest = demo()
    return {
        "story": f"```text\n{first}\n```",
        "rest": f"```text\n{rest}\n```",
        "commands": commands(),
        "settings": settings(),
    }


def generated_slack() -> dict[str, str]:
    """Every part of docs/slack.md that is not written by hand, by its name."""
    return {"notice": notice(), "scopes": scopes(), "complaints": complaints()}


DOCUMENTS: Mapping[Path, Callable[[], dict[str, str]]] = {
    README: generated,
    SLACK: generated_slack,
}


def filled(text: str, parts: dict[str, str]) -> str:
    """A document with its generated parts put between their marks."""
    for name, part in parts.items():
        marks = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text, count = re.subn(marks, lambda m, part=part: f"{m[1]}{part}\n{m[2]}", text, flags=re.S)
        if count != 1:
            raise SystemExit(f"The document has {count} places for {name!r}.")
    return text


if __name__ == "__main__":
    for document, parts in DOCUMENTS.items():
        document.write_text(filled(document.read_text(), parts()))
