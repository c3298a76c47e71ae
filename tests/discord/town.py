"""A town in Discord: a server of the stand-in's with several people and channels."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import discord

from adapters.discord.registration import CLUBS
from tests.discord.chat import DiscordChat, Setting, World
from tests.discord.standin.places import Room
from tests.stories.chat import ZONE, Seen
from tests.stories.town import GREETING, Somebody, Together, Town

ARRANGES = discord.Permissions(manage_events=True)


class DiscordPerson(DiscordChat):
    """A person in Discord, who may speak in a channel, or in private with the bot."""

    def __init__(self, world: Setting, rooms: Mapping[str, Any], name: str, zone: str) -> None:
        super().__init__(world, name.lower(), zone)
        self.name = name
        self._rooms = rooms
        self._looked: set[str] = set()

    async def say(self, line: str, channel: str = "") -> Seen:
        self.where = self._rooms.get(channel)
        return await super().say(line)

    async def came(self) -> list[Seen]:
        new = [message for message in self.person.dms if message.id not in self._looked]
        self._looked |= {message.id for message in new}
        return [await self.see(message) for message in new if GREETING not in message.shown]


class DiscordTown(Town):
    """A server with the app in it, installed by the link that we give out."""

    def __init__(self, world: World) -> None:
        assert world.server is not None
        self.world = world
        self.server = world.server
        self.server.welcome()
        self.server.allow(CLUBS.value)
        self.dispatcher = world.dispatcher
        self.rooms: dict[str, Room] = {}
        self._names: dict[str, str] = {}

    @property
    def now(self) -> datetime:
        return self.world.now

    async def at(self, now: datetime) -> None:
        await self.world.at(now)

    async def settle(self) -> None:
        await self.world.settle()

    def person(self, name: str, zone: str = ZONE, *, organizes: bool = False) -> DiscordPerson:
        made = DiscordPerson(self.world, self.rooms, name, zone)
        if organizes:
            self.server.empower(made.person.id, ARRANGES.value)
        self._names[made.person.id] = name
        return made

    def channel(self, name: str, people: Sequence[Somebody]) -> str:
        room = self.server.room()
        self.rooms[room.channel] = room
        return room.channel

    async def standing(self, channel: str) -> list[Seen]:
        posts = self.rooms[channel].posts
        for post in posts:
            post.zone = ZONE
        return [Seen(post.shown, tuple(post.buttons), at=self.now) for post in posts]

    def together(self) -> list[Together]:
        every = self.world.discord.world.messages.values()
        return [
            Together(
                frozenset(self._names[user] for user in thread.members),
                tuple(m.shown for m in every if m.channel == thread.id and not m.deleted),
            )
            for thread in self.world.discord.world.threads.values()
        ]

    async def lose(self, channel: str) -> None:
        self.server.delete(channel)

    async def put_out(self, channel: str) -> None:
        # Discord's people take away what it may see.
        self.server.allow(0)

    async def invite(self, channel: str) -> None:
        self.server.allow(CLUBS.value)
