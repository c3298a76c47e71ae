"""Files that an answer carries: uploaded where that is allowed, written out where it is not.

`files:write` is a scope that a workspace may decline
(https://docs.slack.dev/authentication/installing-with-oauth#optional-scopes).
"""

import asyncio
from dataclasses import replace

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import Json
from adapters.slack.clients import Clients
from adapters.slack.outcomes import code_of
from adapters.slack.tokens import NotInstalled, NotNow
from adapters.slack.waiting import Patience, Pause
from bot.message import Block, File, Message, Text, text

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Characters of one element, and elements of one message: together below what a message's blocks
# may hold, over which Slack says `msg_blocks_too_long`.
CHUNK, CHUNKS = 2900, 3
UNSENT = "I could not send all of it: Slack did not let me write to you just now. Please ask again."


async def without_files(
    message: Message, clients: Clients, workspace: str, user: str, pause: Pause = asyncio.sleep
) -> Message:
    """The message with its files sent to the person's own messages, and a word about where.

    Waits, within reason, when Slack asks for that; raises nothing for what Slack or a database
    does, since whatever the message answers is done already.
    """
    files = [block for block in message.blocks if isinstance(block, File)]
    if not files:
        return message
    rest: list[Block] = [block for block in message.blocks if not isinstance(block, File)]
    try:
        sending = _Sending(await clients.client(workspace), Patience(pause))
        said = await sending.all(files, await sending.direct(user))
    except (SlackApiError, aiohttp.ClientError, TimeoutError, NotInstalled, NotNow) as error:
        log.warning("files not sent", error=type(error).__name__)
        said = text(UNSENT)
    return replace(message, blocks=(*rest, said))


class _Sending:
    """One person's files on their way."""

    def __init__(self, client: AsyncWebClient, patience: Patience) -> None:
        self._client = client
        self._patience = patience

    async def direct(self, user: str) -> str:
        """The channel of the person's messages with us; a first word opens it."""
        return await self._post(user, "The files that you asked for.")

    async def all(self, files: list[File], channel: str) -> Text:
        """Send them; returns where they are."""
        try:
            for file in files:
                await self._upload(channel, file)
        except SlackApiError as error:
            if code_of(error.response) not in ("missing_scope", "not_allowed_token_type"):
                raise
            for file in files:
                await self._write_out(channel, file)
            return text(
                "They are in your messages with me, written out: I may not upload files here."
            )
        return text("They are in your messages with me.")

    async def _upload(self, channel: str, file: File) -> None:
        # Of its three calls the last one shows the file, so that all may be made once more.
        await self._patience(
            lambda: self._client.files_upload_v2(
                channel=channel, content=file.data, filename=file.name, title=file.name
            )
        )

    async def _write_out(self, channel: str, file: File) -> None:
        # A carriage return is a control character, which Slack refuses.
        words = file.data.decode().replace("\r\n", "\n")
        pieces = [words[start : start + CHUNK] for start in range(0, len(words), CHUNK)]
        for first in range(0, len(pieces), CHUNKS):
            some = pieces[first : first + CHUNKS]
            await self._post(channel, file.name, [_preformatted(piece) for piece in some])

    async def _post(self, channel: str, words: str, rows: list[Json] | None = None) -> str:
        sent = await self._patience(
            lambda: self._client.chat_postMessage(
                channel=channel, text=words, blocks=rows, unfurl_links=False, unfurl_media=False
            )
        )
        return str(sent["channel"])


def _preformatted(words: str) -> Json:
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words}]}
    return {"type": "rich_text", "elements": [element]}
