"""Discord put together: what listens, what sends, what is told over HTTP. Knows the store's ports.

One client serves REST and gateway; a process that only sends never opens the gateway.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NoReturn

import discord
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from adapters.background import Background
from adapters.checks import State
from adapters.discord import PLATFORM, utc_now
from adapters.discord.client import Client
from adapters.discord.condition import condition
from adapters.discord.credentials import Credentials
from adapters.discord.events import EVENTS_PATH, REMOVED, events_app
from adapters.discord.listening import Listening
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.notice import GONE, NOTICE
from adapters.discord.pacing import Rates
from adapters.discord.reach import BadToken, Reach
from adapters.discord.removing import Sweeping
from adapters.discord.running import Gateway
from adapters.discord.servers import Servers
from adapters.discord.surroundings import Surroundings
from adapters.front import Answered, Front, uncounted
from adapters.redrawing import Turns
from bot.command import Registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Block, text
from bot.model import Account, Who
from bot.ports import Store


class Discord:
    """Discord, ready to listen and to send. To be made inside a running event loop."""

    def __init__(
        self,
        credentials: Credentials,
        store: Store,
        registry: Registry,
        letters: Letters,
        clock: Callable[[], datetime] = utc_now,
        background: Background | None = None,
        answered: Answered = uncounted,
    ) -> None:
        self._credentials = credentials
        self._gateway: Gateway | None = None
        self.background = background or Background()
        self.client = Client(credentials, self.background)
        self.reach = Reach(self.client, credentials.token)
        rates = Rates()
        self.messenger = DiscordMessenger(
            self.reach,
            rates,
            clock,
            on_opened=self._opened,
            on_refused=lambda: self.reach.give_up(BadToken()),
        )
        sweeping = Sweeping(self.reach, rates, self.background, clock)

        def remove(refs: Sequence[str], who: Who) -> Sequence[Block]:
            sweeping.begin(refs, who.user, who.place)
            return (text(GONE, small=True),)

        self.desk = Desk(store, registry, letters, NOTICE, "/job ", lines=False)
        front = Front(
            self.desk,
            self.messenger,
            self.background,
            clock,
            remove,
            answered,
        )
        self._servers = Servers(store, self.background, clock)
        self._listen(Listening(Surroundings(front, Turns())))

    def _listen(self, listening: Listening) -> None:
        """Have the client bring us what happens; the library finds handlers by these names."""
        client, servers = self.client, self._servers

        async def on_shard_ready(shard: int) -> None:
            count = client.shard_count or 1

            def mine(server: int) -> bool:
                # https://docs.discord.com/developers/events/gateway#sharding-sharding-formula
                return (server >> 22) % count == shard

            await servers.present(lambda: client.servers_of(shard), mine)

        async def on_guild_join(guild: discord.Guild) -> None:
            await servers.added(guild.id)

        async def on_guild_remove(guild: discord.Guild) -> None:
            await servers.removed(guild.id)

        async def on_interaction(interaction: discord.Interaction[Any]) -> None:
            await listening.interaction(interaction)

        async def on_message(message: discord.Message) -> None:
            await listening.message(message)

        for handler in (on_shard_ready, on_guild_join, on_guild_remove, on_interaction, on_message):
            client.event(handler)

    async def _opened(self, account: Account, place: str) -> None:
        """Remember a conversation, so that it need not be opened again."""
        await self.desk.opened(Who(PLATFORM, account.user, account.workspace, place))

    def gateway(self) -> Gateway:
        """The connections over which Discord brings what happens; to be entered."""
        self._gateway = Gateway(self.reach, self._credentials)
        return self._gateway

    def state(self) -> State:
        """How the connections to Discord are; without a gateway, whether it took our token."""
        latencies = self._gateway.latencies if self._gateway else None
        return condition(self.client.signed_in, latencies)

    def routes(self, public: Callable[[ASGIApp], ASGIApp]) -> Sequence[BaseRoute]:
        """What is served over HTTP; `public` turns away what Discord has not signed."""
        if not self._credentials.webhook:
            return ()

        async def happened(kind: str, user: str, at: datetime | None) -> None:
            if kind == REMOVED:
                await self._servers.deauthorized(user, at)
            else:
                await self._servers.authorized(user, at)

        return (Route(EVENTS_PATH, public(events_app(happened)), methods=["POST"]),)

    async def ended(self) -> NoReturn:
        """Wait for what only another setting can mend, and raise that BadSetting."""
        await self.reach.ended()

    async def close(self, seconds: float = 15) -> None:
        """Finish what is under way, for at most so many seconds, and let go of the network.

        Whoever waits for an answer reads for ever that it comes, if it is broken off.
        """
        await self.background.finish(seconds)
        await self.client.close()
