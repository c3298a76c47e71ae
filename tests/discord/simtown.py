"""A town in simcord's Discord: a server in this process with several people and channels."""

from collections.abc import Sequence
from datetime import datetime

import discord
import simcord
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from tests.discord.simworld import SimWorld
from tests.discord.town import ARRANGES, DiscordPerson
from tests.stories.chat import ZONE, Seen
from tests.stories.town import Somebody, Together, Town


class SimTown(Town):
    """A server with the app in it."""

    def __init__(self, world: SimWorld) -> None:
        assert world.server is not None
        self.world = world
        self.server = world.server
        self.dispatcher = world.dispatcher
        self.rooms: dict[str, simcord.ChannelHandle] = {}
        self._arranges = self.server.create_role("organizers", permissions=ARRANGES)
        self._names: dict[int, str] = {}
        self._reader = world.person("reader", ZONE)

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
            guild = self.world.env.backend.get_guild(self.server.id)
            guild.members[made.person.user.id].role_ids.append(self._arranges.id)
        self._names[made.person.user.id] = name
        return made

    def channel(self, name: str, people: Sequence[Somebody]) -> str:
        room = self.server.create_text_channel(name)
        self.rooms[str(room.id)] = room
        self.world.clubs.add(room.id)
        return str(room.id)

    async def standing(self, channel: str) -> list[Seen]:
        posts = [post for post in self._reader.reads(int(channel)) if not post.ephemeral]
        return [Seen(post.shown, tuple(post.buttons), at=self.now) for post in posts]

    def together(self) -> list[Together]:
        return [
            Together(
                frozenset(
                    name for user, name in self._names.items() if user in room.thread_members
                ),
                tuple(post.shown for post in self._reader.reads(room.id)),
            )
            for room in self.world.env.backend.channels.values()
            if room.is_thread
        ]

    async def lose(self, channel: str) -> None:
        self.world.env.backend.delete_channel(int(channel))

    async def put_out(self, channel: str) -> None:
        bot = self.world.env.backend.bot_user.id
        hidden = discord.Permissions(view_channel=True).value
        shut = Overwrite(target_id=bot, type=OverwriteType.MEMBER, allow=0, deny=hidden)
        self.world.env.backend.set_overwrite(int(channel), shut)

    async def invite(self, channel: str) -> None:
        bot = self.world.env.backend.bot_user.id
        self.world.env.backend.delete_overwrite(int(channel), bot)
