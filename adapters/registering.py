"""The subcommands that tell a platform about the app. Knows both platforms and the commands."""

import argparse
import os

from adapters.endings import DONE, complain
from adapters.settings import BadSetting
from bot.commands import registry


def slack(options: argparse.Namespace) -> int:
    """Print Slack's app manifest."""
    import json

    from adapters.slack.manifest import BadManifest, manifest

    try:
        whole = manifest(
            registry,
            command=options.slash,
            url=options.url,
            socket=options.socket,
            name=options.name,
        )
    except BadManifest as why:
        return complain(str(why))
    print(json.dumps(whole, indent=2, ensure_ascii=False))
    return DONE


def discord(options: argparse.Namespace) -> int:
    """Register the commands with Discord, or print the links that install the bot."""
    from adapters.discord import orders

    try:
        print(orders.carry_out(options.order, os.environ, registry))
    except BadSetting as why:
        return complain(str(why))
    return DONE
