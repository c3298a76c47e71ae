"""The bot was removed from a workspace, or came back. Knows Slack's events; asks the store.

Only the first listener that matches an event runs, so everything that a removal means is here:
tokens go at once, nudges stop, and what people logged is erased after a grace
(https://docs.slack.dev/reference/events/app_uninstalled).
"""

import logging
from collections.abc import Callable
from datetime import datetime

from slack_bolt import BoltResponse
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from adapters.slack import PLATFORM, Json
from adapters.slack.workspace import Workspace
from bot.ports import Store, Unit

log = logging.getLogger(__name__)

REMOVED = "the bot was removed from the workspace"


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
        installations: AsyncInstallationStore | None = None,
    ) -> None:
        """`forget` drops whatever this process remembers of a workspace."""
        self._store = store
        self._clock = clock
        self._installations = installations
        self._forget = forget

    async def happened(self, body: Json) -> bool:
        """Do what an event asks for; whether it was one of ours. The same event is done once.

        Raises Unavailable, having done nothing that a second delivery would not do again.
        """
        event = body.get("event") or {}
        removed = event.get("type") == "app_uninstalled" or (
            event.get("type") == "tokens_revoked" and bool((event.get("tokens") or {}).get("bot"))
        )
        if not removed:
            return False
        workspace = Workspace.of(body)
        key, now = f"slack:{body.get('event_id')}", self._clock()
        if not await self._is_new(key, now):
            # The bot may have been installed anew since; its new token is not to go.
            log.info("workspace=%s outcome=known", workspace.key)
            return True
        await self._remove_tokens(workspace)

        def depart(unit: Unit) -> bool:
            first = unit.first_time(key, now)
            if first:
                unit.depart(PLATFORM, workspace.key, "", now, REMOVED)
            return first

        first = await self._store.transact(depart)
        log.info("workspace=%s outcome=removed first=%s", workspace.key, first)
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
