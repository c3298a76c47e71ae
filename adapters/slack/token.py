"""Whether Slack still takes a token, and what the one in the environment is for. Keeps nothing.

https://docs.slack.dev/reference/methods/auth.test needs no scope.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.settings import BadSetting
from adapters.slack.outcomes import code_of
from adapters.slack.socket import LONGEST
from adapters.slack.workspace import Workspace

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Nothing but another token can mend these.
DEAD = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_revoked"})


async def works(client: AsyncWebClient) -> bool:
    """Whether Slack takes the client's token; raises when that cannot be found out now."""
    try:
        await client.auth_test()
    except SlackApiError as error:
        code = code_of(error.response)
        if code in DEAD:
            return False
        # It may be renewed, so the bot is still there.
        if code != "token_expired":
            raise
    return True


async def greet(
    client: AsyncWebClient, arrived: Callable[[Workspace], Awaitable[object]], wait: float
) -> None:
    """Tell `arrived` of the workspace that the token in the environment is for.

    Raises BadSetting when Slack refuses the token. Any other trouble is logged, and it is tried
    again: after `wait` seconds, then after twice as many, until it is done.
    """
    while True:
        try:
            known = await client.auth_test()
            whole = known.get("is_enterprise_install")
            place = Workspace.installed(known.get("team_id"), known.get("enterprise_id"), whole)
            await arrived(place)
        except SlackApiError as error:
            code = code_of(error.response)
            if code in DEAD:
                raise BadSetting(f"Slack refuses SLACK_BOT_TOKEN ({code}).") from error
            why = code or "no answer"
        except Exception as error:
            # Slack that cannot be reached, an answer that makes no sense, or the database.
            why = type(error).__name__
        else:
            return
        log.warning("workspace not known yet; trying again", why=why)
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST)
