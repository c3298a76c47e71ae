"""How a private message is taken away. Knows chat.delete.

Nobody but their sender can delete them, more than 50 a minute in a workspace (Tier 3,
https://docs.slack.dev/apis/web-api/rate-limits).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from adapters.background import Background
from adapters.removing import Fate, Removing
from adapters.slack.clients import Clients
from adapters.slack.outcomes import Then, ended
from adapters.slack.pacing import tier_3
from adapters.slack.tokens import NotInstalled, NotNow
from bot.delivery import Later

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# The wait when Slack names none.
SOON = timedelta(seconds=30)


def remover(clients: Clients, background: Background, clock: Callable[[], datetime]) -> Removing:
    """Takes messages away, "channel:ts", in any workspace; a workspace is a place."""

    async def remove(ref: str, workspace: str) -> Fate | datetime:
        channel, _, ts = ref.partition(":")
        try:
            await clients.call(workspace, lambda client: client.chat_delete(channel=channel, ts=ts))
        except NotInstalled:
            log.info("message not removed", workspace=workspace, outcome="not_installed")
            return Fate.BARRED
        except NotNow:
            return clock() + SOON
        except Exception as error:
            now = clock()
            end = ended(error, now)
            if end.code == "message_not_found":
                return Fate.GONE
            log.warning("message not removed", workspace=workspace, code=end.code)
            if end.then is Then.HOLD and isinstance(end.outcome, Later):
                return end.outcome.at
            # Nothing is done twice by deleting twice.
            return now + SOON if end.then is Then.PAUSE else Fate.STAYS
        return Fate.GONE

    return Removing(remove, tier_3(), background, clock)
