"""Servers, and how the bot comes and goes. Knows the world and the gateway."""

from tests.discord.standin.gateway import GUILDS, Gateway
from tests.discord.standin.guilds import described
from tests.discord.standin.records import Guild
from tests.discord.standin.world import World


class Server:
    """A server of a test's."""

    def __init__(self, world: World, gateway: Gateway, guild: Guild) -> None:
        self.id = guild.id
        self.guild = guild
        self._world = world
        self._gateway = gateway

    @property
    def name(self) -> str:
        """Its name."""
        return self.guild.name

    @property
    def channel(self) -> str:
        """The id of its one channel."""
        return self.guild.channel

    async def add_bot(self) -> None:
        """Install the app here."""
        self.guild.joined = True
        await self._tell("GUILD_CREATE", described(self._world, self.guild))

    async def remove_bot(self) -> None:
        """Kick the bot, or remove the app."""
        self.guild.joined = False
        await self._tell("GUILD_DELETE", {"id": self.id})

    async def outage(self) -> None:
        """Let the server be unavailable for a while."""
        self.guild.available = False
        await self._tell("GUILD_DELETE", {"id": self.id, "unavailable": True})

    async def back(self) -> None:
        """Let it be available again."""
        self.guild.available = True
        whole = {**described(self._world, self.guild), "unavailable": False}
        await self._tell("GUILD_CREATE", whole)

    async def _tell(self, name: str, data: dict[str, object]) -> None:
        await self._gateway.tell(name, data, self.id, GUILDS)
        self._world.changed()
