"""A town in Discord: a server of the stand-in's with several people and channels."""

from collections.abc import Sequence
from datetime import datetime

import discord

from adapters.discord.registration import CLUBS
from tests.discord.chat import DiscordChat, World
from tests.discord.standin.places import Room
from tests.stories.chat import ZONE, Seen
from tests.stories.town import Somebody, Together, Town

CHOOSER = "What would you like to change?"
ARRANGES = discord.Permissions(manage_events=True).value


class DiscordPerson(DiscordChat):
    """A person in Discord, who may speak in a channel, or in private with the bot."""

    def __init__(self, town: "DiscordTown", name: str, zone: str, organizes: bool) -> None:
        super().__init__(town.world, name.lower(), zone)
        self.name = name
        self._town = town
        self._looked: set[str] = set()
        if organizes:
            town.server.empower(self.person.id, ARRANGES)

    async def say(self, line: str, channel: str = "") -> Seen:
        self.where = self._town.rooms.get(channel)
        return await super().say(line)

    async def press(self, label: str, on: Seen | None = None) -> Seen:
        seen = await super().press(label, on)
        # A form of several pages is chosen from; what matters most comes first.
        return await super().press(seen.buttons[0], seen) if CHOOSER in seen else seen

    async def fill(self, **answers: str) -> Seen:
        modal = self.person.modal
        assert modal is not None, "no form is open"
        here = {name: answer for name, answer in answers.items() if name in modal.fields}
        seen = await super().fill(**here)
        if here == answers:
            return seen
        pages = await super().press("Change", seen)
        await super().press(pages.buttons[-1], pages)
        return await self.fill(**{n: answer for n, answer in answers.items() if n not in here})

    async def came(self) -> list[Seen]:
        new = [message for message in self.person.dms if message.id not in self._looked]
        self._looked |= {message.id for message in new}
        return [await self.see(message) for message in new]


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
        made = DiscordPerson(self, name, zone, organizes)
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
