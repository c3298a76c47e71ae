"""Takes private messages away, all of somebody's who erased themselves. Knows chat.delete.

Nobody but their sender can delete them. Each waits for its turn, as the method takes more than 50
a minute in a workspace (Tier 3, https://docs.slack.dev/apis/web-api/rate-limits). Where they are
is remembered here alone, since the records are erased: should the program end before, the rest
stays, and the log says how many.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from adapters.background import Background
from adapters.slack.clients import Clients, NotInstalled, NotNow
from adapters.slack.outcomes import Then, ended
from adapters.slack.pacing import TIER_3, TIER_3_BURST, Pacing
from bot.ports import Later

log = logging.getLogger(__name__)

# How often one message is tried, and the seconds between when Slack names none.
TRIES, SOON = 5, 30.0


class Removing:
    """The messages of any workspace that are to go. Instants are aware UTC."""

    def __init__(
        self, clients: Clients, background: Background, clock: Callable[[], datetime]
    ) -> None:
        self._clients = clients
        self._background = background
        self._clock = clock
        self._pacing = Pacing(TIER_3, TIER_3_BURST)

    def begin(self, refs: Sequence[str], workspace: str) -> None:
        """Take these messages away ("channel:ts"), in this order and behind the answer."""
        self._background.start(self._all(refs, workspace))

    async def _all(self, refs: Sequence[str], workspace: str) -> None:
        left = len(refs)
        try:
            for ref in refs:
                await self._turn(workspace, ref)
                if await self._removed(workspace, ref):
                    left -= 1
        except NotInstalled:
            log.info("remove workspace=%s outcome=not_installed", workspace)
        finally:
            if left:
                log.warning("remove workspace=%s left=%s", workspace, left)

    async def _turn(self, workspace: str, ref: str) -> None:
        while (at := self._pacing.take(workspace, self._clock(), ref)) is not None:
            await self._background.pause((at - self._clock()).total_seconds())

    async def _removed(self, workspace: str, ref: str) -> bool:
        """Whether the message is gone. Raises NotInstalled."""
        channel, _, ts = ref.partition(":")
        for _ in range(TRIES):
            try:
                await self._clients.call(
                    workspace, lambda client: client.chat_delete(channel=channel, ts=ts)
                )
                return True
            except NotInstalled:
                raise
            except NotNow:
                await self._background.pause(SOON)
            except Exception as error:
                now = self._clock()
                end = ended(error, now)
                if end.code == "message_not_found":
                    return True
                log.warning("remove workspace=%s code=%s", workspace, end.code)
                if end.then is Then.HOLD and isinstance(end.outcome, Later):
                    self._pacing.blocked(workspace, now, end.outcome.at)
                    await self._turn(workspace, ref)
                elif end.then is Then.PAUSE:
                    # Nothing is done twice by deleting twice.
                    await self._background.pause(SOON)
                else:
                    return False
        return False
