"""Settles a message where it stands, once what it asked is done. Knows chat.update; no nudge.

Done for looks: whoever cannot be shown it loses nothing.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.pacing import Pacing
from adapters.slack import Json, utc_now
from adapters.slack.clients import Clients
from adapters.slack.outcomes import TOO_LATE, Then, ended
from adapters.slack.pacing import tier_3
from adapters.slack.tokens import NotInstalled, NotNow
from bot.delivery import Later

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


class SentMessages:
    """What becomes of messages that were sent. Failing is logged, never raised: nothing is lost.

    `pacing` is that of chat.update, to be shared by all who call it.
    """

    def __init__(
        self,
        clients: Clients,
        clock: Callable[[], datetime] = utc_now,
        pacing: Pacing | None = None,
    ) -> None:
        self._clients = clients
        self._clock = clock
        self._pacing = pacing or tier_3()

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
            level = logging.INFO if end.code in TOO_LATE else logging.WARNING
            log.log(level, "message not mended", what=what, workspace=workspace, code=end.code)
            return False
        return True
