"""Installations that were just looked up. Knows slack_sdk's interface; not where they are kept.

Bolt looks for the bot's token at every request, before any listener may answer: what is remembered
keeps a database that hangs from being noticed there.
"""

import time
from collections.abc import Callable

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from adapters.slack.workspace import Workspace

# As long as another process may go on with a token that this one has replaced; a dead one is
# refused by Slack anyway.
SECONDS = 300.0
WORKSPACES = 2000


class Remembering(AsyncInstallationStore):
    """`store`, asked once in a while for the same bot."""

    def __init__(
        self, store: AsyncInstallationStore, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[str, tuple[float, Bot]] = {}

    def forget(self, workspace: Workspace) -> None:
        """Ask anew: its token was deleted or replaced."""
        self._known.pop(workspace.key, None)

    async def async_save(self, installation: Installation) -> None:
        await self._store.async_save(installation)

    async def async_save_bot(self, bot: Bot) -> None:
        await self._store.async_save_bot(bot)
        whole = bot.is_enterprise_install
        self.forget(Workspace.installed(bot.team_id, bot.enterprise_id, whole))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        key = Workspace.installed(team_id, enterprise_id, is_enterprise_install).key
        until, bot = self._known.get(key, (0.0, None))
        if bot is not None and self._clock() < until:
            return bot
        bot = await self._store.async_find_bot(
            enterprise_id=enterprise_id,
            team_id=team_id,
            is_enterprise_install=is_enterprise_install,
        )
        if bot is not None:
            if len(self._known) >= WORKSPACES:
                del self._known[next(iter(self._known))]
            self._known[key] = self._clock() + SECONDS, bot
        return bot

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        return await self._store.async_find_installation(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            is_enterprise_install=is_enterprise_install,
        )
