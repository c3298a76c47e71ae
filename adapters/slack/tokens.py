"""The token of each workspace: found, renewed before it ends, kept. Knows no message.

Token rotation: https://docs.slack.dev/authentication/using-token-rotation. A refresh token works
once, so whoever renews has to keep what Slack answers, whatever becomes of the one who asked.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.outcomes import code_of
from adapters.slack.workspace import Workspace

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# How long a token is taken for granted.
REMEMBERED = timedelta(minutes=5)
# A token is renewed this long before it ends. Slack gives 12 hours; Bolt renews at two as well.
AHEAD = timedelta(hours=2)
# A token that could not be renewed but still works is used this long before the next attempt.
MEANWHILE = timedelta(minutes=1)
_EVER = 60 * 24 * 365 * 100


class NotInstalled(Exception):
    """There is no working installation for this workspace; the string says why, for people."""


class NotNow(Exception):
    """The token could not be fetched or renewed just now. Nothing was sent."""


class Tokens:
    """The tokens of an installation store.

    `rotation` is the app's client id and secret, without which none is renewed; `asking` makes a
    client without a token. One workspace is to be asked for by one task at a time.
    """

    def __init__(
        self,
        store: AsyncInstallationStore | None,
        rotation: tuple[str, str] | None,
        asking: Callable[[], AsyncWebClient],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._rotation = rotation
        self._asking = asking
        self._clock = clock
        # Renewed at Slack, but the store would not take them: the old ones are already void.
        self._unsaved: dict[str, Bot] = {}

    async def usable(self, key: str, expired: str | None) -> tuple[str, datetime]:
        """The workspace's token and until when it may be taken for granted (aware UTC).

        `expired` is one that Slack no longer takes. Raises NotInstalled and NotNow.
        """
        bot = await self._find(key)
        now = self._clock()
        ends = bot.bot_token_expires_at
        if expired == bot.bot_token or (ends and ends <= (now + AHEAD).timestamp()):
            try:
                bot = await self._renew(key, bot)
            except (NotNow, NotInstalled):
                # The old token is as good as ever until it ends.
                if expired == bot.bot_token or (ends and ends <= now.timestamp()):
                    raise
                return bot.bot_token or "", now + MEANWHILE
        return bot.bot_token or "", now + REMEMBERED

    def drop(self, key: str, token: str) -> None:
        """Forget that token alone: one that was renewed meanwhile is kept nowhere else."""
        unsaved = self._unsaved.get(key)
        if unsaved is not None and unsaved.bot_token == token:
            del self._unsaved[key]

    def forget(self, key: str) -> None:
        """Drop what is remembered of a workspace."""
        self._unsaved.pop(key, None)

    async def _find(self, key: str) -> Bot:
        if self._store is None:
            raise NotInstalled("the bot has no token for this workspace")
        if key in self._unsaved:
            return await self._save(key, self._unsaved[key])
        place = Workspace.parse(key)
        try:
            bot = await self._store.async_find_bot(
                enterprise_id=place.enterprise or None,
                team_id=place.team or None,
                is_enterprise_install=place.whole_org,
            )
        except Exception as error:
            # Whatever kind of store it is: nothing was sent, and its words may hold a secret.
            log.error("token not found", workspace=key, error=type(error).__name__)
            raise NotNow("the installation could not be read") from error
        if bot is None or not bot.bot_token:
            raise NotInstalled("the bot is not installed in this workspace")
        return bot

    async def _renew(self, key: str, bot: Bot) -> Bot:
        if self._rotation is None or not bot.bot_refresh_token or not bot.bot_token_expires_at:
            if bot.bot_token_expires_at and bot.bot_token_expires_at > self._clock().timestamp():
                return bot
            raise NotInstalled("the bot's token has expired and cannot be renewed")
        app, secret = self._rotation
        rotator = AsyncTokenRotator(client_id=app, client_secret=secret, client=self._asking())
        try:
            new = await rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=_EVER)
        except SlackTokenRotationError as error:
            said = code_of(error.api_error.response)
            log.warning("token not renewed", workspace=key, code=said)
            if said != "invalid_refresh_token":
                raise NotNow("Slack did not renew the token") from None
            # Another process may have been quicker.
            found = await self._find(key)
            if found.bot_refresh_token == bot.bot_refresh_token:
                raise NotInstalled("Slack no longer renews the bot's token") from None
            return found
        except Exception as error:
            log.warning("token not renewed", workspace=key, error=type(error).__name__)
            raise NotNow("the token could not be renewed") from error
        if new is None:
            raise NotNow("Slack renewed another kind of token")
        log.info("token renewed", workspace=key)
        return await self._save(key, new)

    async def _save(self, key: str, bot: Bot) -> Bot:
        self._unsaved[key] = bot
        try:
            assert self._store is not None
            await self._store.async_save_bot(bot)
        except Exception as error:
            # The new token works meanwhile; it is saved when it is next looked up.
            log.error("token not saved", workspace=key, error=type(error).__name__)
        else:
            del self._unsaved[key]
        return bot
