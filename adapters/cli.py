"""The `followthrough` command, and the composition root: the only module that sees everything.

What a subcommand needs is imported when it was chosen, so that `--help` costs next to nothing.
"""

import argparse
import difflib
import errno
import logging
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from adapters import __version__
from adapters.settings import NAME, BadSetting, Settings

DONE, TROUBLE, MISUSED = 0, 1, 2
# SQLite keeps this one in memory, for as long as the program runs.
SCRATCH = "sqlite://"

_COMMANDS = {
    "run": "start every platform that has credentials; with none, the chat in this terminal",
    "chat": "talk here; `followthrough chat < story.txt` prints a transcript",
    "demo": "watch a month of a job search in a minute",
    "web": "answer what comes in over HTTP, and nothing else",
    "gateway": "answer Discord, and nothing else",
    "worker": "send what is due, and nothing else",
    "migrate": "bring the database up to date with this version",
    "rotate-keys": "seal stored tokens again with the newest of TOKEN_KEYS",
    "slack": "what setting up Slack needs: `slack manifest`",
    "discord": "what setting up Discord needs: `discord sync`, `discord invite`",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; raises SystemExit for `--help` and misuse."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.version:
        print(NAME, __version__)
        return DONE
    if not options.command:
        parser.print_help()
        return DONE
    try:
        settings = Settings.read(os.environ)
    except BadSetting as why:
        return _complain(str(why))
    logging.basicConfig(
        level=settings.log_level,
        handlers=[logging.StreamHandler(_Stderr())],
        format="%(levelname)s %(name)s %(message)s",
    )
    try:
        return _do(options, settings)
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EIO):
            return _complain(f"{error.filename or 'The output'}: {error.strerror or error}.")
        # The terminal was closed, or whoever read our output has seen enough. Python itself would
        # complain once more when it flushes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _do(options: argparse.Namespace, settings: Settings) -> int:
    match options.command:
        case "migrate":
            return _migrate(settings)
        case "rotate-keys":
            return _rotate_keys(settings)
        case "slack":
            return _manifest(options)
        case "discord":
            return _discord(options)
        case "run" | "web" | "gateway" | "worker":
            return _host(options, settings)
        case _:
            return _talk(options, settings)


def _host(options: argparse.Namespace, settings: Settings) -> int:
    """Start a process of a host; `run` without any credentials is the terminal's chat."""
    from adapters.discord.credentials import Credentials as DiscordCredentials
    from adapters.slack.credentials import Credentials as SlackCredentials

    try:
        slack = SlackCredentials.read(os.environ)
        discord = DiscordCredentials.read(os.environ)
        if not slack and not discord:
            if options.command == "run":
                return _talk(options, settings)
            raise BadSetting(
                "No platform has credentials; docs/slack.md and docs/discord.md say which."
            )
    except BadSetting as why:
        return _complain(str(why))

    import asyncio

    from adapters.hosting import PARTS, check, host, port_of
    from bot.letters.draft import Letters
    from bot.letters.templating import BrokenTemplate
    from bot.ports import Unavailable
    from storage.crypto import BadKey

    try:
        check(options.command, slack, discord)
        letters = Letters(settings.letters)
        part, port = PARTS[options.command], port_of(os.environ)
        asyncio.run(host(part, settings, slack, discord, letters, port))
    except (BadSetting, BadKey, BrokenTemplate, Unavailable) as why:
        return _complain(str(why))
    return DONE


def _rotate_keys(settings: Settings) -> int:
    from adapters.slack.credentials import Credentials
    from bot.ports import Unavailable
    from storage.crypto import BadKey, Ring
    from storage.slack import rotate_keys
    from storage.store import Store

    try:
        credentials = Credentials.read(os.environ)
        if credentials is None or not credentials.many:
            raise BadSetting("Tokens are stored only where many workspaces install the app.")
        ring = Ring(credentials.keys)
        with Store.open(settings.database_url) as store:
            done = rotate_keys(store, ring)
    except (BadSetting, BadKey, Unavailable) as why:
        return _complain(str(why))
    print(f"Tokens sealed again with the newest key: {done.sealed}.")
    if done.unreadable:
        return _complain(
            f"No key opens {done.unreadable} more. Put the key that is missing back into "
            "TOKEN_KEYS, or have those workspaces install the bot again."
        )
    print("The older keys may be taken from TOKEN_KEYS now.")
    return DONE


def _manifest(options: argparse.Namespace) -> int:
    import json

    from adapters.slack.manifest import BadManifest, manifest
    from bot.commands import registry

    try:
        whole = manifest(
            registry,
            command=options.slash,
            url=options.url,
            socket=options.socket,
            name=options.name,
        )
    except BadManifest as why:
        return _complain(str(why))
    print(json.dumps(whole, indent=2, ensure_ascii=False))
    return DONE


def _discord(options: argparse.Namespace) -> int:
    from adapters.discord import orders
    from bot.commands import registry

    try:
        print(orders.carry_out(options.order, os.environ, registry))
    except BadSetting as why:
        return _complain(str(why))
    return DONE


def _migrate(settings: Settings) -> int:
    from bot.ports import Unavailable
    from storage.migrate import migrate

    try:
        changed = migrate(settings.database_url)
    except Unavailable as trouble:
        return _complain(str(trouble))
    print("The database is up to date now." if changed else "The database is up to date.")
    return DONE


def _talk(options: argparse.Namespace, settings: Settings) -> int:
    import asyncio

    from adapters.terminal import start
    from bot.commands import registry
    from bot.letters.draft import Letters
    from bot.letters.templating import BrokenTemplate
    from bot.ports import Unavailable
    from storage.store import Store

    scratch = options.command == "demo" or options.scratch
    try:
        plan = (
            start.demo(fast=options.fast)
            if options.command == "demo"
            else start.plan(options.at, options.zone, Path(options.out), scratch=scratch)
        )
        letters = Letters(settings.letters)
        store = Store.open(SCRATCH if scratch else settings.database_url)
    except (start.BadPlan, BrokenTemplate, Unavailable) as why:
        return _complain(str(why))

    async def talk() -> None:
        async with store:
            await start.talk(store, registry, letters, plan)

    if options.command == "run" and not sys.stdin.isatty():
        print("No platform has credentials: this is the chat of the terminal.", file=sys.stderr)
    asyncio.run(talk())
    return DONE


def _complain(sentence: str) -> int:
    print(f"{NAME}: {sentence}", file=sys.stderr)
    return TROUBLE


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser that names the nearest command for one that does not exist."""

    def error(self, message: str) -> NoReturn:
        if found := re.search(r"invalid choice: '([^']*)'", message):
            near = difflib.get_close_matches(found[1], _COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            message = f"there is no command {found[1]!r}.{hint}"
        super().error(message)


def _parser() -> _Parser:
    parser = _Parser(
        prog=NAME,
        description="The right follow-up, finished, at the right moment.",
        epilog="Records are kept where DATABASE_URL says, else in your data folder.",
    )
    parser.add_argument("--version", action="store_true", help="say which version this is")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    found = {name: commands.add_parser(name, help=help) for name, help in _COMMANDS.items()}
    for name in ("run", "chat"):
        _add_chat_options(found[name])
    _add_slack(found["slack"])
    orders = found["discord"].add_subparsers(dest="order", metavar="ORDER", required=True)
    orders.add_parser("sync", help="register the commands, where Discord has others")
    orders.add_parser("invite", help="print the links that install the bot")
    found["demo"].add_argument("--fast", action="store_true", help="all at once, without typing")
    return parser


def _add_slack(parser: argparse.ArgumentParser) -> None:
    orders = parser.add_subparsers(dest="order", metavar="ORDER", required=True)
    shown = orders.add_parser("manifest", help="print the app manifest for api.slack.com/apps")
    shown.add_argument(
        "--command", dest="slash", metavar="/WORD", default="/job", help="the slash command; /job"
    )
    shown.add_argument("--name", default="Followthrough", help="the app's name; Followthrough")
    how = shown.add_mutually_exclusive_group(required=True)
    how.add_argument("--socket", action="store_true", help="for Socket Mode, without any address")
    how.add_argument("--url", default="", help="your public address, https://jobs.example.org")


def _add_chat_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scratch", action="store_true", help="practise: records are forgotten at the end"
    )
    parser.add_argument(
        "--at", metavar="WHEN", help='a clock that stands at "2026-06-01 09:00" until it is moved'
    )
    parser.add_argument("--zone", help="your time zone, such as Europe/Paris; else the system's")
    parser.add_argument("--out", metavar="DIR", default=".", help="where files are saved; here")


class _Stderr:
    """Standard error as it is at the time of writing: a prompt may have taken its place."""

    def write(self, text: str) -> None:
        sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
