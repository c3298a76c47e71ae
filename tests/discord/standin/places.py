"""Servers, and how the bot comes and goes. Knows the world and the gateway."""

from tests.discord.standin.gateway import GUILDS, Gateway
from tests.discord.standin.guilds import described
from tests.discord.standin.records import Guild, Thread
from tests.discord.standin.scene import Posted
from tests.discord.standin.world import World


def posted(world: World, channel: str) -> list[Posted]:
    """What the bot posted in a channel and has not taken away, oldest first."""
    mine = world.application_id
    return [
        m
        for m in world.messages.values()
        if m.channel == channel and m.author == mine and not m.deleted and not m.ephemeral
    ]


class Room:
    """One more channel of a server's."""

    def __init__(self, world: World, guild: Guild) -> None:
        self.guild = guild
        self.channel = world.fixed_id()
        self._world = world

    @property
    def posts(self) -> list[Posted]:
        """As `Server.posts`."""
        return posted(self._world, self.channel)


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

    @property
    def posts(self) -> list[Posted]:
        """What the bot posted in the channel and has not taken away, oldest first."""
        return posted(self._world, self.channel)

    @property
    def threads(self) -> list[Thread]:
        """The private threads in the channel, oldest first."""
        every = self._world.threads.values()
        return [t for t in every if t.parent == self.channel and t.id not in self._world.closed]

    def room(self) -> "Room":
        """Another channel, which everybody in the server sees."""
        made = Room(self._world, self.guild)
        self._world.rooms[made.channel] = self.guild
        return made

    def welcome(self) -> None:
        """Be a club, whose people want posts in the channel; anywhere else one is a violation."""
        self.guild.club = True

    def allow(self, permissions: int) -> None:
        """Let the bot do this in the channel and nothing else."""
        self.guild.bot_may = permissions

    def empower(self, user: str, permissions: int) -> None:
        """Let a person do this in the channel besides what all may."""
        self.guild.powers[user] = permissions

    def delete(self, channel: str) -> None:
        """Delete the channel, or a thread in it."""
        gone = {t.id for t in self.threads} if channel == self.channel else set()
        self._world.closed |= {channel, *gone}

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
