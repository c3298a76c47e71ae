"""Writes the parts of the documents that the program itself produces; a test keeps them true.

Run as `./dev docs` after a change to a command, a letter, the demo, or what a platform is told.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.message import Message

README = Path(__file__).parent.parent / "README.md"
SLACK = Path(__file__).with_name("slack.md")
DISCORD = Path(__file__).with_name("discord.md")
OPERATING = Path(__file__).with_name("operating.md")
CLUBS = Path(__file__).with_name("clubs.md")
# Where the demo's transcript is cut in two: the README opens with what comes before.
FOLD = "On Thursday they write back"
# What the README shows of the club's story: between these lines.
MEETING = "Tuesday at six:", "It is Tue, June 2, 2026, 18:15"
LEAD = "That evening Cleo applies there.", "Next week Dana is away."


@cache
def played(story: str) -> str:
    """The transcript of `followthrough demo` with this story."""
    command = [sys.executable, "-m", "adapters", "demo", story, "--fast"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=README.parent,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.strip()


def fenced(transcript: str) -> str:
    """A transcript as it stands in a document."""
    return f"```text\n{transcript.strip()}\n```"


def demo() -> tuple[str, str]:
    """The transcript of `followthrough demo`: its beginning, and the rest of the month."""
    first, fold, rest = played("month").partition(FOLD)
    return first.strip(), fold + rest


def club(begins: str, ends: str) -> str:
    """Part of the transcript of `followthrough demo club`: from one line of it to another."""
    whole = played("club")
    for words in (begins, ends):
        if whole.count(words) != 1:
            raise SystemExit(f"The story of the club has not one place for {words!r}.")
    return whole[whole.index(begins) : whole.index(ends)].strip()


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
    from adapters.slack.manifest import scopes_for
    from bot.commands import registry

    rows = [f"| `{s.name}` | {s.why} | {'optional' * s.optional} |" for s in scopes_for(registry)]
    return "\n".join(["| scope | why | |", "|---|---|---|", *rows])


# A morning in New York, which is what the most common language of Discord is taken for.
MORNING = datetime(2026, 6, 1, 13, 30, tzinfo=UTC)


def quoted(message: "Message") -> str:
    """A message as a quotation, with its buttons below."""
    from bot.message import Bold, Text

    paragraphs = [f"**{message.title}**"]
    for block in message.blocks:
        if isinstance(block, Text):
            spans = (f"**{s.text}**" if isinstance(s, Bold) else str(s) for s in block.spans)
            paragraphs.append("".join(spans))
    if message.buttons:
        paragraphs.append(" · ".join(f"`{button.label}`" for button in message.buttons))
    return "\n>\n".join(f"> {words}" for words in paragraphs)


def notice() -> str:
    """What Slack's people read before their first entry."""
    from adapters.slack.front import NOTICE
    from bot.model import Seeker
    from bot.welcome import ask

    return quoted(ask(NOTICE, Seeker(0), MORNING, then=1))


def discord_notice() -> str:
    """What Discord's people read before their first entry, those whose language is English."""
    from adapters.discord.locales import zone_guess
    from adapters.discord.notice import NOTICE
    from bot.model import Seeker
    from bot.welcome import ask

    return quoted(ask(NOTICE, Seeker(0, zone=zone_guess("en-US")), MORNING, then=1))


def first_message() -> str:
    """The first private message, on any platform."""
    from bot.welcome import greeting

    return quoted(greeting())


# Variables that cannot work, by the process that is started with them.
_HTTP = {"SLACK_BOT_TOKEN": "xoxb-…", "SLACK_SIGNING_SECRET": "…"}
_MANY = {
    "SLACK_CLIENT_ID": "…",
    "SLACK_CLIENT_SECRET": "…",
    "SLACK_SIGNING_SECRET": "…",
    "PUBLIC_URL": "https://jobs.example.org",
    "TOKEN_KEYS": "…",
}
# What is set, the process that is started, and its environment.
Mistake = tuple[str, str, Mapping[str, str]]
SLACK_MISTAKES: tuple[Mistake, ...] = (
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


# Three parts with dots between them, as every token of Discord's has.
_TOKEN = "MTAx.XXXXXX.XXXXXXXXXXXX"
DISCORD_MISTAKES: tuple[Mistake, ...] = (
    ("only `DISCORD_PUBLIC_KEY`", "run", {"DISCORD_PUBLIC_KEY": "0a" * 32}),
    ("the app's id as `DISCORD_TOKEN`", "run", {"DISCORD_TOKEN": "1011011011011011011"}),
    ("the public key as `DISCORD_TOKEN`", "run", {"DISCORD_TOKEN": "0a" * 32}),
    ("`Bot` in front of the token", "run", {"DISCORD_TOKEN": f"Bot {_TOKEN}"}),
    ("quotation marks around the token", "run", {"DISCORD_TOKEN": f'"{_TOKEN}"'}),
    ("a part of the token", "run", {"DISCORD_TOKEN": "MTAx"}),
    (
        "a word as `DISCORD_SHARDS`",
        "run",
        {"DISCORD_TOKEN": _TOKEN, "DISCORD_SHARDS": "all"},
    ),
    (
        "a part of the key as `DISCORD_PUBLIC_KEY`",
        "run",
        {"DISCORD_TOKEN": _TOKEN, "DISCORD_PUBLIC_KEY": "0a0a"},
    ),
    (
        "no `https://` in `DISCORD_API_URL`",
        "run",
        {"DISCORD_TOKEN": _TOKEN, "DISCORD_API_URL": "proxy.example.org"},
    ),
    (
        "no `wss://` in `DISCORD_GATEWAY_URL`",
        "run",
        {"DISCORD_TOKEN": _TOKEN, "DISCORD_GATEWAY_URL": "proxy.example.org"},
    ),
    ("`web` without `DISCORD_PUBLIC_KEY`", "web", {"DISCORD_TOKEN": _TOKEN}),
    (
        "`gateway` with the variables of Slack alone",
        "gateway",
        {"SLACK_BOT_TOKEN": "xoxb-…", "SLACK_APP_TOKEN": "xapp-…"},
    ),
)
MISTAKES = (*SLACK_MISTAKES, *DISCORD_MISTAKES)


def complaint(process: str, environment: Mapping[str, str]) -> str:
    """The sentence with which a process refuses to start; "" when it would start."""
    from adapters.discord.credentials import Credentials as DiscordCredentials
    from adapters.parts import check, port_of
    from adapters.settings import BadSetting
    from adapters.slack.credentials import Credentials as SlackCredentials
    from storage.crypto import BadKey, Ring

    try:
        slack = SlackCredentials.read(environment)
        discord = DiscordCredentials.read(environment)
        assert slack or discord
        check(process, slack, discord)
        port_of(environment)
        if slack and slack.many:
            Ring(slack.keys)
    except (BadSetting, BadKey) as why:
        return str(why)
    return ""


def complaints(mistakes: Iterable[Mistake]) -> str:
    """The table of what may be wrong with the variables, and what is said then."""
    rows = [f"| {what} | {complaint(process, set_)} |" for what, process, set_ in mistakes]
    return "\n".join(["| what is set | what it says |", "|---|---|", *rows])


def endings() -> str:
    """The table of how Discord ends a process for good, and what is said then."""
    from adapters.discord.reach import BAD_TOKEN
    from adapters.discord.shard import BAD_TOKEN as REFUSED
    from adapters.discord.shard import FOR_GOOD

    rows = [
        f"| 401, or the gateway's {REFUSED} | {BAD_TOKEN} |",
        *(f"| the gateway's {code} | {words} |" for code, words in FOR_GOOD.items()),
    ]
    return "\n".join(["| Discord's answer | what it says |", "|---|---|", *rows])


def generated() -> dict[str, str]:
    """Every part of the README that is not written by hand, by its name."""
    first, rest = demo()
    return {
        "story": fenced(first),
        "rest": fenced(rest),
        "meeting": fenced(club(*MEETING)),
        "lead": fenced(club(*LEAD)),
        "commands": commands(),
        "settings": settings(),
    }


def generated_slack() -> dict[str, str]:
    """Every part of docs/slack.md that is not written by hand, by its name."""
    return {
        "notice": notice(),
        "scopes": scopes(),
        "complaints": complaints(SLACK_MISTAKES),
    }


def generated_discord() -> dict[str, str]:
    """Every part of docs/discord.md that is not written by hand, by its name."""
    return {
        "notice": discord_notice(),
        "greeting": first_message(),
        "complaints": complaints(DISCORD_MISTAKES),
        "endings": endings(),
    }


def generated_club() -> dict[str, str]:
    """Every part of docs/clubs.md that is not written by hand, by its name."""
    return {"story": fenced(played("club"))}


DOCUMENTS: Mapping[Path, Callable[[], dict[str, str]]] = {
    README: generated,
    CLUBS: generated_club,
    SLACK: generated_slack,
    DISCORD: generated_discord,
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
