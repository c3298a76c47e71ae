"""One call of Slack's for one message: posted, put in another's place, or a room opened for it.

Knows the arguments of those methods, and how each call ended; no account and no pace.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import Json
from adapters.slack.clients import Clients
from adapters.slack.outcomes import RECIPIENT, TOGETHER, Ended, Then, code_of, ended
from adapters.slack.tokens import NotInstalled, NotNow
from bot.delivery import Gone, Later, Sent, Unknown

# When the token could not be had, or nobody knows whether a room was opened.
SOON = timedelta(seconds=30)
NOT_INSTALLED, NOT_GRANTED = "not_installed", "not_granted"
# https://docs.slack.dev/reference/methods/conversations.open: one to eight, the bot not counted.
TOGETHER_LIMIT = 8
# Why nobody can be introduced where the scope `mpim:write` was declined.
MAY_NOT_OPEN = "the bot was not allowed to start group conversations in this workspace"

Do = Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]


class _NotGranted(Exception):
    """A scope that the bot can do without was declined."""


class Posting:
    """Calls about messages, in any workspace. Raises nothing for what Slack or the network does."""

    def __init__(self, clients: Clients, clock: Callable[[], datetime]) -> None:
        self._clients = clients
        self._clock = clock

    async def post(
        self,
        workspace: str,
        channel: str,
        text: str,
        rows: list[Json] | None,
        gone: Mapping[str, str] = RECIPIENT,
    ) -> Ended:
        """A new message. Sent.ref is "channel:ts", as Slack calls the channel."""

        async def post(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=rows,
                # Without blocks the text itself is shown, and nothing in it is markup.
                mrkdwn=None if rows else False,
                unfurl_links=False,
                unfurl_media=False,
            )

        try:
            answer = await self._clients.call(workspace, post)
            where, ts = answer.get("channel", ""), answer.get("ts", "")
        except Exception as error:
            return self._ended(error, gone)
        return Ended(Sent(f"{where}:{ts}" if ts else ""), "ok")

    async def replace(
        self,
        workspace: str,
        ref: str,
        text: str,
        rows: list[Json] | None,
        gone: Mapping[str, str] = RECIPIENT,
    ) -> Ended:
        """The message `ref` ("channel:ts") says something else from now on. Safe to repeat."""
        channel, _, ts = ref.partition(":")

        async def update(client: AsyncWebClient) -> AsyncSlackResponse:
            # Blocks that are left out stay as they were; and unlike a new message's, the text's
            # words could become mentions by themselves.
            return await client.chat_update(
                channel=channel, ts=ts, text=text, blocks=rows or [], parse="none"
            )

        try:
            await self._clients.call(workspace, update)
        except Exception as error:
            return self._ended(error, gone)
        return Ended(Sent(ref), "ok")

    async def open(self, workspace: str, users: Sequence[str]) -> str | Ended:
        """The channel of these people and the bot; how it ended when there is none.

        Of the scopes that Slack lists for the method, several people take `mpim:write`. The same
        people are given the same channel, so nothing is done twice by asking twice.
        """

        async def room(client: AsyncWebClient) -> AsyncSlackResponse:
            try:
                return await client.conversations_open(users=",".join(users))
            except SlackApiError as error:
                # To `Clients` it would mean that the token is good for nothing.
                if code_of(error.response) == "missing_scope":
                    raise _NotGranted from None
                raise

        try:
            answer = await self._clients.call(workspace, room)
            return str(answer["channel"]["id"])
        except _NotGranted:
            return Ended(Gone(f"{MAY_NOT_OPEN} (missing_scope)"), NOT_GRANTED)
        except Exception as error:
            end = self._ended(error, TOGETHER)
        if isinstance(end.outcome, Unknown):
            # Whether or not there is a room now, nothing was said in it.
            return Ended(Later(self._clock() + SOON, end.outcome.why), end.code, end.then)
        return end

    def _ended(self, error: Exception, gone: Mapping[str, str]) -> Ended:
        if isinstance(error, NotInstalled):
            return Ended(Gone(f"{error} ({NOT_INSTALLED})"), NOT_INSTALLED)
        if isinstance(error, NotNow):
            wait = Later(self._clock() + SOON, str(error), tried=False)
            return Ended(wait, "no_token", Then.PAUSE)
        return ended(error, self._clock(), gone)
