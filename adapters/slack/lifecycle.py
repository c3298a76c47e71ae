"""The bot was removed from a workspace, or came back. Knows Slack's events; asks the store.

Only the first listener that matches an event runs, so everything that a removal means is here:
tokens go at once, nudges stop, and what people logged is erased after a grace
(https://docs.slack.dev/reference/events/app_uninstalled). Slack may bring an event hours late
(https://docs.slack.dev/apis/events-api/), when the bot is long installed again.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from slack_bolt import BoltResponse
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from adapters.slack import PLATFORM, Json
from adapters.slack.workspace import Workspace
from bot.ports import Store, Unit, Unreadable

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

REMOVED = "the bot was removed from the workspace"
# Seconds: news of a removal that is no older is believed where there is only one token.
FRESH = 60.0
# Slack tells the time of an event in whole seconds.
WHOLE = 1.0


class _New(Exception):
    """An event that was never done. Raised in a transaction, so that nothing is noted yet."""


class Lifecycle:
    """What becomes of a workspace.

    `installations` is None where the one token is in the environment.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        forget: Callable[[Workspace], None],
        works: Callable[[str], Awaitable[bool]],
        installations: AsyncInstallationStore | None = None,
    ) -> None:
        """`forget` drops whatever this process remembers of a workspace.

        `works` asks Slack whether it takes a token ("": the one in the environment); it raises when
        nobody can say.
        """
        self._store = store
        self._clock = clock
        self._installations = installations
        self._forget = forget
        self._works = works

    async def happened(self, body: Json) -> bool:
        """Do what an event asks for; whether it was one of ours. The same event is done once.

        Raises Unavailable, or what slack_sdk and aiohttp raise, having done nothing that a second
        delivery would not do again.
        """
        event = body.get("event") or {}
        removed = event.get("type") == "app_uninstalled" or (
            event.get("type") == "tokens_revoked" and bool((event.get("tokens") or {}).get("bot"))
        )
        if not removed:
            return False
        workspace = Workspace.of(body)
        if not workspace.key:
            log.warning("removal", outcome="nameless")
            return False
        key, now = f"slack:{body.get('event_id')}", self._clock()
        if not await self._is_new(key, now):
            # The bot may have been installed anew since; its new token is not to go.
            log.info("removal", workspace=workspace.key, outcome="known")
            return True
        if await self._outdated(workspace, _instant(body), now):
            log.info("removal", workspace=workspace.key, outcome="outdated")
            return True
        await self._remove_tokens(workspace)

        def depart(unit: Unit) -> bool:
            first = unit.first_time(key, now)
            if first:
                unit.depart(PLATFORM, workspace.key, "", now, REMOVED)
            return first

        first = await self._store.transact(depart)
        log.info("removal", workspace=workspace.key, outcome="removed", first=first)
        return True

    async def arrived(self, workspace: Workspace) -> None:
        """The bot was installed, perhaps again: nothing is erased, and people can be reached."""
        self._forget(workspace)
        await self._store.transact(lambda unit: unit.arrive(PLATFORM, workspace.key))

    async def _is_new(self, key: str, now: datetime) -> bool:
        """Whether the event was never done; it is noted only with the last of what it asks for."""

        def look(unit: Unit) -> None:
            if unit.first_time(key, now):
                raise _New

        try:
            await self._store.transact(look)
        except _New:
            return True
        return False

    async def _outdated(self, workspace: Workspace, at: float, now: datetime) -> bool:
        """Whether the bot was installed again after a removal at that time.

        Clocks differ, so a removal counts as outdated only when the token works.
        """
        if self._installations is None:
            return at < now.timestamp() - FRESH and await self._works("")
        try:
            bot = await self._installations.async_find_bot(
                enterprise_id=workspace.enterprise or None,
                team_id=workspace.team or None,
                is_enterprise_install=workspace.whole_org,
            )
        except Unreadable:
            # A workspace whose key was lost has to be able to go.
            if at >= now.timestamp() - FRESH:
                return False
            raise
        if bot is None or at >= bot.installed_at - WHOLE:
            return False
        return await self._works(bot.bot_token)

    async def _remove_tokens(self, workspace: Workspace) -> None:
        self._forget(workspace)
        if self._installations is not None:
            await self._installations.async_delete_all(
                enterprise_id=workspace.enterprise or None, team_id=workspace.team or None
            )

    @staticmethod
    def again() -> BoltResponse:
        """The answer that makes Slack bring the event once more."""
        return BoltResponse(status=503, body="")


def _instant(body: Json) -> float:
    """When an event happened, in seconds since 1970: the earliest time that it names."""
    named = (body.get("event_time"), (body.get("event") or {}).get("event_ts"))
    known = [str(each) for each in named]
    return min(
        (float(each) for each in known if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", each)),
        default=float("inf"),
    )
