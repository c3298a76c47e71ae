"""Tells Discord which commands there are, and people how to install the app. Knows discord.py.

Registering is a step of each release. Discord counts every registration as a change, also of what
stays the same, and until people's clients have loaded it anew they cannot use a command
(https://github.com/discord/discord-api-docs/issues/3652): so it is done when something differs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
from discord import HTTPException, Permissions, RateLimited
from discord.http import HTTPClient, Route

from adapters.discord import Json
from adapters.discord.options import CHAT_INPUT
from adapters.settings import BadSetting
from bot.command import Registry

AUTHORIZE = "https://discord.com/oauth2/authorize"
NONE = Permissions.none()
# To post in a club's channel, with a picture or a calendar file, and to introduce two members in a
# private thread. No links are embedded (our messages suppress it), nobody is pinged, and nothing of
# the server's is read or managed. https://docs.discord.com/developers/topics/permissions
CLUBS = Permissions(
    view_channel=True,
    send_messages=True,
    attach_files=True,
    create_private_threads=True,
    send_messages_in_threads=True,
)

# The group of commands that needs them.
CLUB = "club"

# Every property that says something of a command, an option or a choice. What else Discord returns
# (ids, versions, texts in one's own language) follows from these.
_SAYING = (
    *("type", "name", "name_localizations", "description", "description_localizations"),
    *("options", "required", "autocomplete", "choices", "value", "channel_types"),
    *("min_value", "max_value", "min_length", "max_length"),
    *("default_member_permissions", "nsfw", "integration_types", "contexts"),
)
# In these the order means nothing.
_SETS = ("channel_types", "integration_types", "contexts")


@dataclass(frozen=True, slots=True)
class Synced:
    """The commands are as they should be. `changed` when they were not so before."""

    changed: bool


async def sync(http: HTTPClient, application_id: int, payload: list[Json]) -> Synced:
    """Register the commands if Discord has others. `http` is logged in. Raises BadSetting.

    https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands
    """
    path = Route("GET", "/applications/{application_id}/commands", application_id=application_id)
    with _in_one_sentence():
        registered = await http.request(path, params={"with_localizations": "true"})
        if not isinstance(registered, list):
            raise BadSetting("What answered is not Discord. Is DISCORD_API_URL right?")
        changed = not same(registered, payload)
        if changed:
            await http.bulk_upsert_global_commands(application_id, payload)
    return Synced(changed)


def permissions_for(registry: Registry) -> Permissions:
    """What a server is asked for, given what people can do with the bot."""
    return CLUBS if any(each.group == CLUB for each in registry.shown) else NONE


def same(registered: Sequence[Json], wanted: Sequence[Json]) -> bool:
    """Whether what Discord has says what we want to say, whatever it has added to it."""
    return _sorted(registered) == _sorted(wanted)


def invite(application_id: int, asked: Permissions = NONE) -> tuple[str, str]:
    """The links that install the app: in a server, and among one's own apps.

    To answer interactions and write direct messages no permission in a server is needed. It is a
    member all the same (`bot`), because it can only write to people with whom it shares a server or
    who have it among their apps, and is told when it is removed. `asked` is what more a server is
    asked for, such as `CLUBS`.
    https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow
    https://docs.discord.com/developers/interactions/application-commands#authorizing-your-application
    """
    return (
        _link(application_id, 0, scope="bot applications.commands", permissions=str(asked.value)),
        _link(application_id, 1, scope="applications.commands"),
    )


def _link(application_id: int, integration_type: int, **asked: str) -> str:
    of = {"client_id": application_id, "integration_type": integration_type}
    return f"{AUTHORIZE}?{urlencode({**of, **asked})}"


def _sorted(commands: Sequence[Json]) -> list[Json]:
    """What the commands say; the order in which they are registered means nothing."""
    found = [_said(command) for command in commands]
    return sorted(found, key=lambda command: (command["type"], command["name"]))


def _said(part: Json) -> Json:
    said = {key: _meant(key, part.get(key)) for key in _SAYING}
    return said | {"type": said["type"] or CHAT_INPUT}


def _meant(key: str, value: Any) -> Any:
    if value is None or value is False or value in ("", [], {}):
        return None
    if key in ("options", "choices"):
        return [_said(one) for one in value]
    return sorted(value) if key in _SETS else value


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    try:
        yield
    except RateLimited as busy:
        wait = f"Discord asks to wait {busy.retry_after:.0f} seconds; try again then."
        raise BadSetting(wait) from busy
    except HTTPException as refused:
        if refused.status == 401:
            why = "DISCORD_TOKEN is not a token that Discord knows; copy it anew from the Bot page."
        elif refused.status in (403, 404):
            why = "DISCORD_TOKEN is the token of another application than the one to register for."
        elif refused.status == 400:
            why = (
                "Discord does not take the commands. Are User Install and Guild Install both "
                f"ticked on the application's Installation page? (Error {refused.code}.)"
            )
        else:
            why = f"Discord could not do it now (HTTP {refused.status}); try again in some minutes."
        raise BadSetting(why) from refused
    except (aiohttp.ClientError, TimeoutError, OSError) as unreachable:
        raise BadSetting("Discord cannot be reached; try again in some minutes.") from unreachable
