"""What somebody who installs the app reads: before, after, and when it failed. Knows only words.

What each page has to say: https://docs.slack.dev/slack-marketplace/slack-marketplace-app-guidelines-and-requirements
"""

import re
from collections.abc import Sequence

from slack_sdk.oauth.installation_store import Installation

from adapters.slack.literal import line
from adapters.slack.manifest import Scope
from bot.message import Block, Bold, Facts, Item, Items, Link, Message, text


def before(name: str, asked: Sequence[Scope], url: str) -> Message:
    """The page that leads to Slack's own question, at `url`."""
    return Message(
        f"Add {name} to Slack",
        (
            text(
                f"{name} keeps track of job applications and interviews, and gives each person the "
                "finished follow-up at the right moment, in private. They send it themselves: "
                "nothing goes out in anybody's name."
            ),
            text(Link("Add to Slack", url)),
            text(Bold("What it asks for, and why")),
            Facts(
                tuple(
                    (one.name, (one.why, " Optional: you may leave it out." * one.optional))
                    for one in asked
                )
            ),
            *_who_sees_what(name),
        ),
    )


def after(name: str, command: str, asked: Sequence[Scope], installed: Installation) -> Message:
    """The page after a successful install: what to do first, or what an organization's admin does.

    https://docs.slack.dev/reference/deep-linking/, https://docs.slack.dev/enterprise/organization-ready-apps/
    """
    app = installed.app_id or ""
    if installed.is_enterprise_install:
        where = line(installed.enterprise_name or "your organization", 60)
        title = f"{name} may be used in {where}"
        steps: tuple[Block, ...] = (
            text("One step is left: choose the workspaces that get it."),
            text(
                Link(
                    "Choose workspaces",
                    f"https://app.slack.com/manage/{installed.enterprise_id}/integrations"
                    f"/profile/{app}/workspaces/add",
                )
            ),
            text("In each of them, people then begin in one of these ways:"),
            _beginnings(name, command),
        )
    else:
        where = line(installed.team_name or "your workspace", 60)
        title = f"{name} is now in {where}"
        team = installed.team_id or ""
        steps = (
            text("Two ways to begin:"),
            _beginnings(name, command),
            text(Link(f"Open {name} in Slack", f"slack://app?team={team}&id={app}&tab=home")),
            text(
                "Slack in the browser? ",
                Link("Open your workspace there", f"https://app.slack.com/client/{team}"),
                f" and look for {name} under Apps.",
            ),
        )
    granted = set(installed.bot_scopes or ())
    missing = [one for one in asked if one.name not in granted]
    left_out = (
        text(Bold("Left out by your choice")),
        Facts(tuple((one.name, (one.why,)) for one in missing)),
        text("Everything else works. To allow more later, install once more."),
    )
    return Message(title, (*steps, *(left_out if missing else ()), *_who_sees_what(name)))


def failed(name: str, reason: str, install_url: str) -> Message:
    """The page for one of the reasons that Bolt or Slack gives, with the way back."""
    title, words = _FAILURES.get(reason, (f"{name} was not installed", _unknown(reason)))
    return Message(title, (text(words), text(Link("Begin again", install_url))))


def _beginnings(name: str, command: str) -> Items:
    return Items(
        (
            Item((Bold(f"Open {name}'s Home tab"), ": it shows what is due and what comes next.")),
            Item((Bold(f"Type {command}"), " in any channel. Nobody else sees the answer.")),
        )
    )


def _who_sees_what(name: str) -> tuple[Block, ...]:
    return (
        text(Bold("Who can see what")),
        Items(
            (
                Item(("What a person logs is shown to that person alone.",)),
                Item(("Nothing is posted to any channel.",)),
                Item(
                    (
                        "The workspace belongs to its owner, who may be an employer. On some plans "
                        f"owners can export direct messages, those of {name} too.",
                    )
                ),
                Item(
                    (
                        f"Everybody in the workspace can see that {name} is installed. Records are "
                        f"kept by whoever runs this copy of {name}, not by Slack, and each person "
                        "can export or erase theirs.",
                    )
                ),
            )
        ),
    )


_FAILURES = {
    "access_denied": (
        "Not installed",
        "The request was canceled in Slack, so nothing was installed and nothing was kept.",
    ),
    "invalid_browser": (
        "Please begin again",
        "An install has to end in the browser where it began, within ten minutes. This one came "
        "from elsewhere, took longer, or the page was loaded a second time.",
    ),
    "invalid_state": (
        "Please begin again",
        "This link has been used already, or its ten minutes are over.",
    ),
    "missing_code": ("Please begin again", "Slack's answer did not arrive whole."),
    "invalid_code": (
        "Please begin again",
        "Slack did not confirm the install, so nothing was kept. It may be busy just now.",
    ),
    "storage_error": (
        "It could not be saved",
        "Something is wrong on our side, not on yours. Please try again in a few minutes.",
    ),
}


def _unknown(reason: str) -> str:
    """Words for a reason that is new to us; it came with the address, so anybody may have made it.

    It is shown because support will ask for it.
    """
    return f"Slack ended the install (it calls this {code(reason)}), and nothing was kept."


def code(reason: str) -> str:
    """The reason if it has the form of Slack's own ones; else "unknown"."""
    return reason if re.fullmatch(r"[a-z_]{1,40}", reason) else "unknown"
