"""The `followthrough` command: what may be typed, and which module does it. Does nothing itself.

What a subcommand needs is imported when it was chosen, so that `--help` costs next to nothing.
"""

import argparse
import difflib
import errno
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from adapters import __version__
from adapters.endings import DONE, complain
from adapters.settings import NAME, BadSetting, Settings

_COMMANDS = {
    "run": "start every platform that has credentials; with none, the chat in this terminal",
    "chat": "talk here; `followthrough chat < story.txt` prints a transcript",
    "demo": "watch a month of a job search in a minute; `demo club`: a week of a club",
    "web": "answer what comes in over HTTP, and nothing else",
    "gateway": "answer Discord, and nothing else",
    "worker": "send what is due, and nothing else",
    "doctor": "say what is wrong here, if anything is, and what to do about it",
    "backup": "copy the records to a file, also while they are in use",
    "restore": "put a backup in the place of the records",
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
        return _do(options)
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EIO):
            return complain(f"{error.filename or 'The output'}: {error.strerror or error}.")
        # The terminal was closed, or whoever read our output has seen enough. Python itself would
        # complain once more when it flushes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _do(options: argparse.Namespace) -> int:
    """Hand over to the module of the subcommand, which is imported now."""
    if options.command == "doctor":
        # It says itself what is wrong with the settings.
        from adapters.doctor import examine

        return examine(os.environ, offline=options.offline)
    try:
        settings = Settings.read(os.environ)
    except BadSetting as why:
        return complain(str(why))
    from adapters.logs import configure

    configure(settings.log_level, settings.log_form, _Stderr())
    match options.command:
        case "migrate" | "rotate-keys" | "backup" | "restore":
            return _keep(options, settings)
        case "slack" | "discord":
            from adapters import registering

            tell = registering.slack if options.command == "slack" else registering.discord
            return tell(options)
        case "run" | "web" | "gateway" | "worker":
            from adapters.starting import serve

            return serve(options, settings)
        case _:
            from adapters.starting import talk

            return talk(options, settings)


def _keep(options: argparse.Namespace, settings: Settings) -> int:
    from adapters import keeping

    match options.command:
        case "migrate":
            return keeping.migrate(settings)
        case "backup":
            return keeping.backup(options, settings)
        case "restore":
            return keeping.restore(options, settings)
        case _:
            return keeping.rotate_keys(settings)


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
    _add_keeping(found)
    found["doctor"].add_argument(
        "--offline", action="store_true", help="ask no platform; what is here is looked at"
    )
    found["demo"].add_argument(
        "story", metavar="STORY", nargs="?", default="month", help="month (the first), or club"
    )
    found["demo"].add_argument("--fast", action="store_true", help="all at once, without typing")
    return parser


def _add_keeping(found: Mapping[str, argparse.ArgumentParser]) -> None:
    for name in ("backup", "restore"):
        found[name].add_argument("file", metavar="FILE")
    found["backup"].add_argument("--force", action="store_true", help="replace FILE")
    gone = found["restore"].add_mutually_exclusive_group()
    again = "erase again whoever had themselves forgotten since the backup"
    back = "bring back whoever is in the backup alone: the records were lost"
    gone.add_argument("--forget-again", dest="forget", action="store_true", help=again)
    gone.add_argument("--bring-back", dest="forget", action="store_false", help=back)
    found["restore"].set_defaults(forget=None)


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
