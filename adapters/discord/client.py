"""The client of discord.py as we want it: what it asks for, remembers and says. Knows no command.

What it logs itself may quote people, tokens of interactions and addresses, so it says only what
kind of thing went wrong, in the library's own words.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import structlog
from discord.http import Route

from adapters.background import Background
from adapters.discord import slim
from adapters.discord.credentials import Credentials, Shards

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

# Seconds of a rate limit that a request waits for by itself; discord.py takes no less.
PATIENCE = 30.0
# The events that mean something to us.
HEARD = {"READY", "RESUMED", "GUILD_CREATE", "GUILD_DELETE", "INTERACTION_CREATE", "MESSAGE_CREATE"}


class _Words(logging.Handler):
    """Takes from what the library says all that it quotes; numbers, such as ids, stay.

    It comes before the handlers that write, which are further up. A filter would not do: one of
    `discord` is not asked about what `discord.http` says.
    """

    def emit(self, record: logging.LogRecord) -> None:
        # One line of it: the library hangs a traceback on some.
        words = str(record.msg).partition("\n")[0]
        values = record.args if isinstance(record.args, tuple) else ()
        known = (value if isinstance(value, (int, float)) else "…" for value in values)
        # If they do not fit, it is said without the numbers too.
        with suppress(TypeError, ValueError):
            words %= tuple(known)
        if record.exc_info and record.exc_info[0]:
            words += f" error={record.exc_info[0].__name__}"
        record.msg, record.args = words, ()
        record.exc_info = record.exc_text = record.stack_info = None


def _hush() -> None:
    """Let discord.py say nothing in anybody's words, whatever LOG_LEVEL is."""
    library = logging.getLogger("discord")
    # What is below quotes every request and every event.
    library.setLevel(logging.WARNING)
    library.addHandler(_Words())
    # It looks for every button and form in a memory where we keep none, and misses them.
    logging.getLogger("discord.ui.view").setLevel(logging.CRITICAL)
    # Twice at every start: that it cannot speak in voice channels.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


_hush()


class Client(discord.AutoShardedClient):
    """Discord's REST, and what its shards bring; without privileged intents, remembering little.

    `alarm` is set whenever Discord refuses the token, and `signed_in` says whether it took it; see
    adapters.discord.reach.
    """

    def __init__(self, credentials: Credentials, background: Background) -> None:
        """Handlers of events run in `background`, where the end of the program waits for them."""
        # Where every request of this process goes: the library has it in the class.
        Route.BASE = credentials.api_url
        intents = discord.Intents.none()
        intents.guilds = True
        # A line that somebody writes to us in private is read as a command.
        intents.dm_messages = True
        self.alarm = asyncio.Event()
        self.signed_in = False
        self._background = background
        self._began = False
        # Shards whose session has begun, so that their servers were named.
        self._told: set[int] = set()
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._answered)
        super().__init__(
            intents=intents,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            # How long a limit lasts is told in seconds too, so our clock need not be Discord's.
            assume_unsync_clock=True,
            max_ratelimit_timeout=PATIENCE,
            http_trace=trace,
        )
        self._forget_what_is_in_servers()

    def _forget_what_is_in_servers(self) -> None:
        """Have the library keep of a server that it is there: no channel, role, emoji or thread.

        An interaction brings what it is about. The events that would add to them, or would want
        them there, go by unread, as those that the library does not know.
        """
        parsers = self._connection.parsers
        told, asked = parsers["GUILD_CREATE"], parsers["INTERACTION_CREATE"]
        parsers["GUILD_CREATE"] = lambda data: told(slim.server(data))
        parsers["INTERACTION_CREATE"] = lambda data: asked(slim.interaction(data))
        for name in list(parsers):
            if name not in HEARD:
                del parsers[name]

    def servers_of(self, shard: int) -> Collection[int] | None:
        """The servers that Discord says a shard of ours has; None until it has said so."""
        if shard not in self._told:
            return None
        return {guild.id for guild in self.guilds if guild.shard_id == shard}

    async def _answered(
        self,
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        ended: aiohttp.TraceRequestEndParams,
    ) -> None:
        # Requests about one interaction carry no token but its own, which may have expired.
        if ended.response.status == 401 and "Authorization" in ended.headers:
            self.alarm.set()

    def take(self, shards: Shards) -> None:
        """Be these shards from now on."""
        self.shard_ids = list(shards.ids)
        self.shard_count = shards.count
        # What comes in is taken for the shard's by these, which `connect` would set.
        self._connection.shard_ids = self.shard_ids
        self._connection.shard_count = shards.count

    def _schedule_event(
        self,
        coro: Callable[..., Coroutine[Any, Any, Any]],
        event_name: str,
        *args: Any,
        **kwargs: Any,
    ) -> "asyncio.Task[Any]":
        # The library's own tasks are kept by nobody.
        task = self._background.start(self._run_event(coro, event_name, *args, **kwargs))
        task.set_name(event_name)
        return task

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log which handler failed and how; its arguments and its words are people's."""
        error = sys.exc_info()[0]
        log.error("event failed", kind=event_method, error=error.__name__ if error else "none")

    async def on_shard_connect(self, shard_id: int) -> None:
        """Say that a session began."""
        self._told.add(shard_id)
        log.info("shard connected", shard=shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Say that a session went on where it broke off."""
        log.info("shard resumed", shard=shard_id)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Forget the servers of a shard whose session begins: it tells which there are now.

        Nothing is waited for here: adapters.discord.starts did, before there was a connection.
        """
        self._told.discard(shard_id or 0)
        for guild in self.guilds:
            if guild.shard_id == shard_id:
                # The library would keep one that was left meanwhile for ever.
                self._connection._remove_guild(guild)

    async def login(self, token: str) -> None:
        """As the library's; when it fails, it may be tried again."""
        self._began = True
        try:
            await super().login(token)
        except BaseException:
            # The next one would leave this one's connections open.
            await self.http.close()
            self.http.clear()
            self.http.connector = discord.utils.MISSING
            raise
        self.signed_in = True

    async def close(self) -> None:
        """Let go of the network; of one that was never touched, too."""
        if self._began:
            await super().close()
