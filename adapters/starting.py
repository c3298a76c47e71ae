"""The subcommands that go on until they are ended: a host's processes and the chat. Sees all.

What one of them needs is imported when it was chosen.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from adapters.endings import DONE, complain
from adapters.settings import BadSetting, Outside, Settings
from bot.letters.draft import Letters
from bot.letters.templating import BrokenTemplate
from bot.ports import Unavailable

# SQLite keeps this one in memory, for as long as the program runs.
SCRATCH = "sqlite://"


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Start a process of a host; `run` without any credentials is the terminal's chat."""
    from adapters.discord.credentials import Credentials as DiscordCredentials
    from adapters.slack.credentials import Credentials as SlackCredentials

    try:
        slack = SlackCredentials.read(os.environ)
        discord = DiscordCredentials.read(os.environ)
        if not slack and not discord:
            if options.command == "run":
                return talk(options, settings)
            raise BadSetting(
                "No platform has credentials; docs/slack.md and docs/discord.md say which."
            )
    except BadSetting as why:
        return complain(str(why))

    from adapters.hosting import host
    from adapters.parts import PARTS, apart, check, metrics_port_of, port_of
    from storage.crypto import BadKey

    try:
        outside = Outside.read(os.environ)
        check(options.command, slack, discord, outside)
        letters = Letters(settings.letters)
        part, port = PARTS[options.command], port_of(os.environ)
        counted = metrics_port_of(os.environ)
        apart(port, counted)
        asyncio.run(
            host(
                part, settings, slack, discord, letters, port, outside=outside, metrics_port=counted
            )
        )
    except (BadSetting, BadKey, BrokenTemplate, Unavailable) as why:
        return complain(str(why))
    return DONE


def talk(options: argparse.Namespace, settings: Settings) -> int:
    """The chat on this terminal, or the demonstration."""
    from adapters.terminal import start
    from bot.commands import registry
    from storage.store import Store

    scratch = options.command == "demo" or options.scratch
    try:
        plan = (
            start.demo(options.story, fast=options.fast)
            if options.command == "demo"
            else start.plan(options.at, options.zone, Path(options.out), scratch=scratch)
        )
        letters = Letters(settings.letters)
        store = Store.open(SCRATCH if scratch else settings.database_url)
    except (start.BadPlan, BrokenTemplate, Unavailable) as why:
        return complain(str(why))

    async def talking() -> None:
        async with store:
            await start.talk(store, registry, letters, plan)

    if options.command == "run" and not sys.stdin.isatty():
        print("No platform has credentials: this is the chat of the terminal.", file=sys.stderr)
    asyncio.run(talking())
    return DONE
