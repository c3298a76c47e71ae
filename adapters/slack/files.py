"""Files that an answer carries: uploaded where that is allowed, written out where it is not.

`files:write` is a scope that a workspace may decline
(https://docs.slack.dev/authentication/installing-with-oauth#optional-scopes).
"""

import logging
from dataclasses import replace

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import Json
from adapters.slack.outcomes import code_of
from bot.message import Block, File, Message, Text, text

log = logging.getLogger(__name__)

# Of one element and of one message (12 elements stay far below the message's own limit).
CHUNK, CHUNKS = 2900, 12


async def without_files(message: Message, client: AsyncWebClient, user: str) -> Message:
    """The message with its files sent to the person's own messages, and a word about where."""
    files = [block for block in message.blocks if isinstance(block, File)]
    if not files:
        return message
    rest: list[Block] = [block for block in message.blocks if not isinstance(block, File)]
    try:
        channel = await _direct(client, user)
        said = await _send(client, channel, files)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("files error=%s", type(error).__name__)
        said = text("I could not send the files: Slack did not let me write to you just now.")
    return replace(message, blocks=(*rest, said))


async def _direct(client: AsyncWebClient, user: str) -> str:
    """The channel of the person's messages with us; a first word opens it."""
    sent = await client.chat_postMessage(
        channel=user,
        text="The files that you asked for.",
        unfurl_links=False,
        unfurl_media=False,
    )
    return str(sent["channel"])


async def _send(client: AsyncWebClient, channel: str, files: list[File]) -> Text:
    try:
        for file in files:
            await client.files_upload_v2(
                channel=channel, content=file.data, filename=file.name, title=file.name
            )
    except SlackApiError as error:
        if code_of(error.response) not in ("missing_scope", "not_allowed_token_type"):
            raise
        for file in files:
            await _write_out(client, channel, file)
        return text("They are in your messages with me, written out: I may not upload files here.")
    return text("They are in your messages with me.")


async def _write_out(client: AsyncWebClient, channel: str, file: File) -> None:
    # A carriage return is a control character, which Slack refuses.
    words = file.data.decode().replace("\r\n", "\n")
    pieces = [words[start : start + CHUNK] for start in range(0, len(words), CHUNK)]
    for first in range(0, len(pieces), CHUNKS):
        some = pieces[first : first + CHUNKS]
        await client.chat_postMessage(
            channel=channel,
            text=file.name,
            blocks=[_preformatted(piece) for piece in some],
            unfurl_links=False,
            unfurl_media=False,
        )


def _preformatted(words: str) -> Json:
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words}]}
    return {"type": "rich_text", "elements": [element]}
