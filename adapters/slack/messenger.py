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
from adapters.slack.outcomes import INSTALL, Ended, Then, ended
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
# How many workspaces that refuse us are remembered; beyond that the first of them is not.
REFUSING = 1000
NOT_INSTALLED = "not_installed"
# What `Clients` says while it spares a token that Slack refused, perhaps to another call than ours.
_SPARED = frozenset(f"{why} ({NOT_INSTALLED})" for why in INSTALL.values())
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
        # In the order in which they began to.
        self._refusing: dict[str, None] = {}

    @property
    def refusing(self) -> int:
        """How many workspaces refuse the bot as a whole, and have taken no message since."""
        return len(self._refusing)

    def forget(self, place: str) -> None:
        """Drop what is remembered of a workspace: it removed the bot, or has it anew."""
        self._refusing.pop(place, None)

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
            return Ended(Gone(f"{error} ({NOT_INSTALLED})"), NOT_INSTALLED)
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
            self.forget(place)
        elif isinstance(outcome, Gone) and (end.code in INSTALL or outcome.why in _SPARED):
            self._refused(place, end.code)
        if isinstance(outcome, Later) and end.then in (Then.HOLD, Then.PAUSE):
            at = self._pacing.take(place, now, key) or outcome.at
            return replace(outcome, at=at)
        return outcome

    def _refused(self, place: str, code: str) -> None:
        # Every nudge there ends so, and one line says as much as hundreds.
        if place not in self._refusing:
            log.warning("workspace refuses us", workspace=place, code=code)
            if len(self._refusing) >= REFUSING:
                self.forget(next(iter(self._refusing)))
            self._refusing[place] = None

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
