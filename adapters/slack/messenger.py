"""Sends a nudge as a direct message, and mends messages that were sent. Knows Slack's Web API.

https://docs.slack.dev/reference/methods/chat.postMessage: a user's id as the channel is the bot's
conversation with them, and needs no more than `chat:write`. Slack has no key that would let it see
that a message is the same one again, so nothing here sends a second time what may have arrived.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.pacing import Pacing
from adapters.slack import PLATFORM, Json, utc_now
from adapters.slack.blocks import blocks, text_of
from adapters.slack.clients import Clients
from adapters.slack.outcomes import Ended, Then, ended
from adapters.slack.pacing import BURST, EVERY, tier_3
from adapters.slack.tokens import NotInstalled, NotNow
from bot.delivery import Gone, Lane, Later, Outcome, Refused, Sent
from bot.message import Message
from bot.model import Account

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Said below a message that Slack took only as text.
NO_BUTTONS = "The buttons could not be shown here. You will find them in the app's Home tab."
# When the token could not be had.
SOON = timedelta(seconds=30)
# Nothing is left to mend, or nobody may: not worth a warning.
_TOO_LATE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class SlackMessenger:
    """A Messenger for every workspace that `clients` has a token for.

    `on_sent(account)` is told of each message that arrived, once that is stored.
    """

    platform = PLATFORM
    repeats_safely = False

    def __init__(
        self,
        clients: Clients,
        pacing: Pacing,
        clock: Callable[[], datetime] = utc_now,
        on_sent: Callable[[Account], None] | None = None,
    ) -> None:
        self._clients = clients
        self._pacing = pacing
        self._clock = clock
        self._on_sent = on_sent

    def lane(self, account: Account) -> Lane:
        return Lane(f"{PLATFORM}:{account.workspace}", EVERY, BURST)

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        place = account.workspace
        at = self._pacing.take(place, self._clock(), key)
        if at is not None:
            return Later(at, "waiting for its turn", tried=False)
        try:
            text, rows = text_of(message), blocks(message)
        except Exception as error:
            log.error("message unrenderable", account=account.id, error=type(error).__name__)
            return Refused(f"it could not be written ({type(error).__name__})")
        end = await self._post(account, text, rows)
        if end.then is Then.PLAIN:
            log.error("blocks refused", account=account.id, code=end.code)
            more = f"{text}\n\n{NO_BUTTONS}" if message.buttons else text
            end = await self._post(account, more, None)
        log.info(
            "message sent", account=account.id, outcome=type(end.outcome).__name__, code=end.code
        )
        return self._conclude(account, end, key)

    async def _post(self, account: Account, text: str, rows: list[Json] | None) -> Ended:
        async def post(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.chat_postMessage(
                channel=account.user,
                text=text,
                blocks=rows,
                # Without blocks the text itself is shown, and nothing in it is markup.
                mrkdwn=None if rows else False,
                unfurl_links=False,
                unfurl_media=False,
            )

        try:
            answer = await self._clients.call(account.workspace, post)
            channel, ts = answer.get("channel", ""), answer.get("ts", "")
        except NotInstalled as error:
            return Ended(Gone(f"{error} (not_installed)"), "not_installed")
        except NotNow as error:
            wait = Later(self._clock() + SOON, str(error), tried=False)
            return Ended(wait, "no_token", Then.PAUSE)
        except Exception as error:
            return ended(error, self._clock())
        return Ended(Sent(f"{channel}:{ts}" if ts else ""), "ok")

    def _conclude(self, account: Account, end: Ended, key: str) -> Outcome:
        """Tell whoever has to know, and give what must wait a time of its own."""
        place, now = account.workspace, self._clock()
        outcome = end.outcome
        match end.then:
            case Then.HOLD if isinstance(outcome, Later):
                self._pacing.blocked(place, now, outcome.at)
            case Then.PAUSE:
                self._pacing.unwell(place, now)
            case _:
                pass
        if isinstance(outcome, Sent):
            self._pacing.well(place)
        if isinstance(outcome, Later) and end.then in (Then.HOLD, Then.PAUSE):
            at = self._pacing.take(place, now, key) or outcome.at
            return replace(outcome, at=at)
        return outcome

    def stored(self, account: Account) -> None:
        # Whatever is shown of it is shown as it is stored.
        try:
            if self._on_sent is not None:
                self._on_sent(account)
        except Exception as error:
            log.error("listener failed", account=account.id, error=type(error).__name__)


class SentMessages:
    """What becomes of messages that were sent. Failing is logged, never raised: nothing is lost."""

    def __init__(self, clients: Clients, clock: Callable[[], datetime] = utc_now) -> None:
        self._clients = clients
        self._clock = clock
        self._pacing = tier_3()

    async def settle(
        self, channel: str, ts: str, workspace: str, blocks: Sequence[Json], text: str
    ) -> bool:
        """Show the message as `blocks` and `text` from now on; whether that was done."""
        return await self._mend(
            workspace,
            "settle",
            lambda client: client.chat_update(channel=channel, ts=ts, blocks=blocks, text=text),
        )

    async def _mend(
        self,
        workspace: str,
        what: str,
        do: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]],
    ) -> bool:
        if not self._pacing.spare(workspace, self._clock()):
            log.warning("message not mended", what=what, workspace=workspace, outcome="skipped")
            return False
        try:
            await self._clients.call(workspace, do)
        except (NotInstalled, NotNow) as error:
            name = type(error).__name__
            log.warning("message not mended", what=what, workspace=workspace, error=name)
            return False
        except Exception as error:
            now = self._clock()
            end = ended(error, now)
            if end.then is Then.HOLD and isinstance(end.outcome, Later):
                self._pacing.blocked(workspace, now, end.outcome.at)
            level = logging.INFO if end.code in _TOO_LATE else logging.WARNING
            log.log(level, "message not mended", what=what, workspace=workspace, code=end.code)
            return False
        return True
