"""Answers through the address that Slack gives along with a command or a click. Knows HTTP.

Five answers within half an hour (https://docs.slack.dev/interactivity/handling-user-interaction/).
"""

import aiohttp
import structlog

from adapters.slack import Json
from adapters.slack.blocks import blocks, text_of
from bot.message import Message

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=10)


def spoken(message: Message) -> Json:
    """The part of a payload that says a message, to whoever it is for alone."""
    return {
        "response_type": "ephemeral",
        "text": text_of(message),
        "blocks": blocks(message),
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def reply(session: aiohttp.ClientSession, url: str, payload: Json) -> bool:
    """Post an answer; whether Slack took it. The address is a secret and is never logged."""
    try:
        async with session.post(url, json=payload, timeout=TIMEOUT) as response:
            if response.status == 200:
                return True
            log.warning("request unanswered", status=response.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("request unanswered", error=type(error).__name__)
    return False
