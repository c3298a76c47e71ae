"""The routes of the HTTP API that the stand-in has, and what each does. Knows no HTTP library."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.discord.standin import channels, commands, responses, threads
from tests.discord.standin.errors import ApiError
from tests.discord.standin.gateway import Gateway
from tests.discord.standin.judge import Rules
from tests.discord.standin.records import User
from tests.discord.standin.scene import Json
from tests.discord.standin.world import FIRST, World


@dataclass
class Asked:
    """A request: the parts of its path, its query, its body and its files by "<number>/<name>"."""

    world: World
    rules: Rules
    gateway: Gateway
    parts: tuple[str, ...]
    query: dict[str, str]
    body: Any
    files: dict[str, bytes] = field(default_factory=dict)


# What comes back: a status, and a body unless it is None.
Answer = tuple[int, Any]


def _me(a: Asked) -> Answer:
    return 200, {
        **a.world.bot,
        "verified": True,
        "mfa_enabled": False,
        "flags": 0,
        "locale": "en-US",
    }


def _application(a: Asked) -> Answer:
    owner = {**a.world.user(str(FIRST)), "username": "owner"}
    return 200, {
        "id": a.world.application_id,
        "name": "Followthrough",
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": owner,
        "team": None,
        "verify_key": "0" * 64,
        "flags": 1 << 23,
        "bot": a.world.bot,
        "integration_types_config": {"0": {}, "1": {}},
        "approximate_guild_count": sum(g.joined for g in a.world.guilds.values()),
    }


def _gateway(a: Asked) -> Answer:
    limit = {"total": 1000, "remaining": max(a.gateway.starts_left, 0), "reset_after": 14_400_000}
    starts = {**limit, "max_concurrency": 1}
    return 200, {"url": a.gateway.url, "shards": a.gateway.shards, "session_start_limit": starts}


def _commands(a: Asked) -> Answer:
    return 200, a.world.commands


def _overwrite(a: Asked) -> Answer:
    return 200, commands.replaced(a.world, a.rules, a.body)


def _my_guilds(a: Asked) -> Answer:
    here = [g for g in a.world.guilds.values() if g.joined]
    return 200, [{"id": g.id, "name": g.name, "owner": False, "features": []} for g in here]


def _user(a: Asked) -> Answer:
    if a.parts[0] not in a.world.users:
        raise ApiError(404, 10013)
    return 200, a.world.user(a.parts[0])


def _open_dm(a: Asked) -> Answer:
    return 200, channels.dm_opened(a.world, a.body or {})


def _channel(a: Asked) -> Answer:
    return 200, channels.described(a.world, a.parts[0])


def _list(a: Asked) -> Answer:
    return 200, channels.listed(a.world, a.parts[0], a.query)


def _send(a: Asked) -> Answer:
    return 200, channels.sent(a.world, a.rules, a.parts[0], a.body or {}, a.files)


def _read(a: Asked) -> Answer:
    return 200, channels.one(a.world, *a.parts).json()


def _edit(a: Asked) -> Answer:
    message = channels.one(a.world, *a.parts)
    a.rules.limits("PATCH message", "message_problems", a.body or {})
    return 200, channels.changed(a.world, message, a.body or {}, a.files)


def _delete(a: Asked) -> Answer:
    channels.deleted(a.world, channels.one(a.world, *a.parts))
    return 204, None


def _start(a: Asked) -> Answer:
    return 201, threads.started(a.world, a.rules, a.parts[0], a.body or {})


def _bring(a: Asked) -> Answer:
    threads.brought(a.world, *a.parts)
    return 204, None


def _let_go(a: Asked) -> Answer:
    threads.let_go(a.world, *a.parts)
    return 204, None


def _callback(a: Asked) -> Answer:
    name, token = a.parts
    told = responses.answered(a.world, a.rules, name, token, a.body or {}, a.files)
    wanted = a.query.get("with_response") in ("1", "true", "True")
    return (200, told) if wanted else (204, None)


def _follow(a: Asked) -> Answer:
    known = responses.lasting(a.world, a.rules, *a.parts)
    return 200, responses.followed(a.world, a.rules, known, a.body or {}, a.files)


def _read_mine(a: Asked) -> Answer:
    app, token, name = a.parts
    return 200, responses.of(a.world, responses.lasting(a.world, a.rules, app, token), name).json()


def _edit_mine(a: Asked) -> Answer:
    app, token, name = a.parts
    message = responses.of(a.world, responses.lasting(a.world, a.rules, app, token), name)
    a.rules.limits("PATCH message", "message_problems", a.body or {})
    return 200, channels.changed(a.world, message, a.body or {}, a.files)


def _delete_mine(a: Asked) -> Answer:
    app, token, name = a.parts
    channels.deleted(
        a.world, responses.of(a.world, responses.lasting(a.world, a.rules, app, token), name)
    )
    return 204, None


@dataclass(frozen=True)
class Route:
    """A route. `token`: it needs the bot's token; else it carries one in its path."""

    method: str
    path: str
    do: Callable[[Asked], Answer]
    token: bool = True

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a path of it looks like."""
        return re.compile(re.sub(r"\{\}", "([^/]+)", self.path))


_ROUTES = (
    Route("GET", "/users/@me", _me),
    Route("GET", "/users/@me/guilds", _my_guilds),
    Route("GET", "/users/{}", _user),
    Route("POST", "/users/@me/channels", _open_dm),
    Route("GET", "/oauth2/applications/@me", _application),
    Route("GET", "/applications/@me", _application),
    Route("GET", "/gateway/bot", _gateway),
    Route("GET", "/applications/{}/commands", _commands),
    Route("PUT", "/applications/{}/commands", _overwrite),
    Route("GET", "/channels/{}", _channel),
    Route("GET", "/channels/{}/messages", _list),
    Route("POST", "/channels/{}/messages", _send),
    Route("GET", "/channels/{}/messages/{}", _read),
    Route("PATCH", "/channels/{}/messages/{}", _edit),
    Route("DELETE", "/channels/{}/messages/{}", _delete),
    Route("POST", "/channels/{}/threads", _start),
    Route("PUT", "/channels/{}/thread-members/{}", _bring),
    Route("DELETE", "/channels/{}/thread-members/{}", _let_go),
    Route("POST", "/interactions/{}/{}/callback", _callback, token=False),
    Route("POST", "/webhooks/{}/{}", _follow, token=False),
    Route("GET", "/webhooks/{}/{}/messages/{}", _read_mine, token=False),
    Route("PATCH", "/webhooks/{}/{}/messages/{}", _edit_mine, token=False),
    Route("DELETE", "/webhooks/{}/{}/messages/{}", _delete_mine, token=False),
)
_TABLE = [(route, route.pattern) for route in _ROUTES]


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """The route of a request, and the parts of its path that vary."""
    for route, pattern in _TABLE:
        if route.method == method and (match := pattern.fullmatch(path)):
            return route, match.groups()
    return None


def concerns(world: World, route: Route, parts: tuple[str, ...], body: Any) -> User | None:
    """The person whom a request is about, if one."""
    if "thread-members" in route.path:
        return world.users.get(parts[1])
    if route.path.startswith("/channels/"):
        return world.recipient(parts[0])
    if not route.token:
        known = world.interactions.get(parts[1])
        return known.user if known else None
    named: Json = body if isinstance(body, dict) else {}
    return world.users.get(str(named.get("recipient_id")))
