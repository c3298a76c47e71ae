"""What is wrong with the requests that simcord recorded. Knows Discord's limits, no app."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

import simcord

from tests.discord.standin.judge import Rules


def violations(env: simcord.Env, clubs: Collection[int] = ()) -> list[str]:
    """Whatever Discord's own description (where it is there), its limits or manners forbid.

    `clubs` are the channels in which posts of the bot's are wanted.
    """
    rules = Rules()
    for entry in env.http_requests:
        query = f"?{urlencode(entry.params)}" if entry.params else ""
        body: Any = entry.json
        data = body.get("data") or body if isinstance(body, dict) else {}
        multipart = bool(data.get("attachments"))
        rules.request(entry.method, entry.path + query, body, multipart=multipart)
        _limits(rules, env, entry.method, entry.path.strip("/").split("/"), body, clubs)
    return rules.violations


def _limits(
    rules: Rules,
    env: simcord.Env,
    method: str,
    path: list[str],
    body: Any,
    clubs: Collection[int],
) -> None:
    where = f"{method} /{path[0]}/…/{path[-1]}"
    match method, path:
        case "POST", ["interactions", name, _, "callback"]:
            known = env.backend.interactions[int(name)]
            kind, data, private = body["type"], body.get("data"), known.guild_id is None
            rules.limits(where, "response_problems", kind, data, to=known.type, dm=private)
        case "POST", ["webhooks", _, token]:
            known = env.backend.interactions[env.backend.interaction_tokens[token]]
            rules.limits(where, "message_problems", body)
            rules.private(where, known.guild_id is None, int(body.get("flags") or 0))
        case "POST", ["channels", channel, "messages"]:
            rules.limits(where, "message_problems", body, to_channel=True)
            known = env.backend.channels.get(int(channel))
            wanted = known is None or {known.id, known.parent_id} & {*clubs}
            if known is not None and not wanted:
                rules.private(where, known.guild_id is None, 0)
        case "PATCH", ["webhooks", *_] | ["channels", _, "messages", _]:
            rules.limits(where, "message_problems", body)
        case "PUT", ["applications", _, "commands"]:
            for each in body:
                rules.limits(where, "command_problems", each)
        case _:
            pass
