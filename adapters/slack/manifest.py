"""What Slack is told about the app: its manifest, made from the commands. Opens nothing.

The least that the bot can do its work with; the limits are those of the manifest's own schema,
https://docs.slack.dev/reference/app-manifest. The name and the slash word are settings, because a
name that others see can itself tell that somebody is looking for work.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapters.slack import Json
from adapters.slack.literal import line
from adapters.slack.slashes import slashes
from bot.command import Registry

NAME_LIMIT = 35
HINT_LIMIT = 1000
# Slack's longest for a slash command's address, the tightest of its addresses.
URL_LIMIT = 3000
# The paths that the web server answers at.
EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"
# Lower-case letters, digits, hyphens and underscores, 32 characters with the slash.
SLASH_WORD = re.compile(r"/[a-z0-9_-]{1,31}")

EVENTS = ("app_home_opened", "app_uninstalled", "tokens_revoked")

DESCRIPTION = "Log applications and interviews; get each follow-up written, when it is due."
LONG_DESCRIPTION = (
    "Log a job application or an interview where you already chat. At the right moment a private "
    "message arrives that is the finished follow-up, in your own words; you send it yourself, and "
    "one tap says what happened. The Home tab shows what is due and where every application "
    "stands. Nothing is sent for you, and nobody else sees your records through the bot. Owners "
    "of a workspace may be able to export direct messages on some plans: if yours is run by your "
    "employer, keep to discreet messages, which name nobody until you open them."
)
# What each group's slash command is for.
ABOUT = {"job": "Your job search.", "club": "Your job-search club."}
ABOUT_ALL = "More of what I do."


class BadManifest(ValueError):
    """A setting that Slack would refuse. `str(e)` is a sentence that says how to put it right."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission that the bot asks for, and why. It works without an `optional` one."""

    name: str
    why: str
    optional: bool = False


SCOPES: tuple[Scope, ...] = (
    Scope("commands", "To be there as a slash command and in the shortcuts menu."),
    Scope("chat:write", "To send you your follow-ups in private, and to settle them in place."),
    Scope("users:read", "To read your time zone, so that nothing arrives at night."),
    Scope("files:write", "To hand you your export as files, if you ask for one.", optional=True),
)
# Asked for as well where there are commands of this group.
CLUB = "club"
CLUB_SCOPES: tuple[Scope, ...] = (
    Scope(
        "mpim:write",
        "To bring people of a job-search club together in one conversation, if they want that.",
        optional=True,
    ),
)


def scopes_for(registry: Registry) -> tuple[Scope, ...]:
    """What the bot asks for, given what people can do with it."""
    clubs = any(each.group == CLUB for each in registry.shown)
    return (*SCOPES, *(CLUB_SCOPES if clubs else ()))


def manifest(
    registry: Registry,
    *,
    command: str = "/job",
    url: str = "",
    socket: bool = False,
    name: str = "Followthrough",
) -> Json:
    """The complete manifest, for Socket Mode (which needs no `url`) or for a server at `url`.

    `url` is where the server answers, "https://jobs.example.com"; a slash at its end is let go.
    Raises BadManifest.
    """
    if not SLASH_WORD.fullmatch(command):
        raise BadManifest(
            f"{line(command, 40)!r} cannot be a slash command: it begins with / and has up to 31 "
            "lower-case letters, digits, hyphens or underscores after it, such as /job."
        )
    if not name.strip() or line(name, NAME_LIMIT) != name:
        raise BadManifest(
            f"The app's name has 1 to {NAME_LIMIT} characters in one line, without space around it."
        )
    base = "" if socket else _base(url)
    slash: list[Json] = [
        {
            "command": word,
            "description": f"{ABOUT.get(group, ABOUT_ALL)} Only you see what it answers.",
            "usage_hint": _hint(registry, group),
            "should_escape": True,
        }
        for group, word in _slashes(registry, command).items()
    ]
    events: Json = {"bot_events": list(EVENTS)}
    interactivity: Json = {"is_enabled": True}
    scopes = scopes_for(registry)
    oauth: Json = {
        "scopes": {
            "bot": [scope.name for scope in scopes],
            "bot_optional": [scope.name for scope in scopes if scope.optional],
        }
    }
    if base:
        address = base + EVENTS_PATH
        for each in slash:
            each["url"] = address
        events["request_url"] = address
        interactivity |= {"request_url": address, "message_menu_options_url": address}
        oauth["redirect_urls"] = [base + REDIRECT_PATH]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": name,
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#1f4d3a",
        },
        "features": {
            # Slack lets nobody type where nobody would read it.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {
                    "name": "Log an application",
                    "type": "global",
                    "callback_id": "log_application",
                    "description": "Note a job that you applied for",
                },
                {
                    "name": "Save this job",
                    "type": "message",
                    "callback_id": "save_job",
                    "description": "Log the job that this message links to",
                },
            ],
            "slash_commands": slash,
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            # An organization is installed through OAuth, which needs an address.
            "org_deploy_enabled": not socket,
            "socket_mode_enabled": socket,
            # Rotation can never be switched off again, and a lost answer loses the install.
            "token_rotation_enabled": False,
        },
    }


def _base(url: str) -> str:
    """The address without a slash at its end. Raises BadManifest."""
    if not url:
        raise BadManifest(
            "Slack must know where to reach the bot: give its address, such as "
            "https://jobs.example.com, or choose Socket Mode, which needs none."
        )
    base = url.removesuffix("/")
    try:
        parts = urlsplit(base)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    plain = host and base == f"https://{host}{f':{port}' if port else ''}"
    if not plain or not re.fullmatch(r"https://[a-z0-9.:-]+", base):
        raise BadManifest(
            f"{line(url, 80)!r} is not an address that Slack can reach: it begins with https:// "
            "and ends with the host, such as https://jobs.example.com."
        )
    if len(base + REDIRECT_PATH) > URL_LIMIT:
        raise BadManifest(f"The address is too long: Slack takes {URL_LIMIT:,} characters.")
    return base


def _slashes(registry: Registry, command: str) -> dict[str, str]:
    """The slash command of each group. Raises BadManifest when two would be the same."""
    found = slashes(registry, command)
    if len(set(found.values())) < len(found):
        raise BadManifest(f"{command} is a command of its own already: choose another word.")
    return found


def _hint(registry: Registry, group: str) -> str:
    """What may follow a group's slash word: its commands' words, in the order of the help."""
    said = [command.word for command in registry.shown if command.group == group]
    return line(f"[{' | '.join(said)}]", HINT_LIMIT)
