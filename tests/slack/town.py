"""A town in Slack: a workspace of the stand-in's with several people and channels."""

from collections.abc import Sequence
from datetime import datetime

from tests.slack.chat import SOON, SlackChat, World
from tests.stories.chat import ZONE, Seen
from tests.stories.town import GREETING, Somebody, Together, Town


class SlackPerson(SlackChat):
    """A person in Slack, who may speak in a channel. A guest arranges nothing for others."""

    def __init__(self, world: World, name: str, zone: str, organizes: bool) -> None:
        super().__init__(world, f"U0{name.upper()}", zone, name)
        self.name = name
        self.person.profile.is_restricted = not organizes
        self._looked: set[str] = set()

    async def say(self, line: str, channel: str = "") -> Seen:
        # In private is in the conversation with the bot.
        self.room = channel or self.person.channel
        return await super().say(line)

    async def came(self) -> list[Seen]:
        new = [message for message in self.person.dms if message.ts not in self._looked]
        self._looked |= {message.ts for message in new}
        return [self.see(message) for message in new if GREETING not in message.shown]


class SlackTown(Town):
    """A workspace with the app in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dispatcher = world.dispatcher
        self._names: dict[str, str] = {}

    @property
    def now(self) -> datetime:
        return self.world.now

    async def at(self, now: datetime) -> None:
        self.world.now = now

    async def settle(self) -> None:
        await self.world.app.background.finish(SOON)

    def person(self, name: str, zone: str = ZONE, *, organizes: bool = False) -> SlackPerson:
        made = SlackPerson(self.world, name, zone, organizes)
        self._names[made.user] = name
        return made

    def channel(self, name: str, people: Sequence[Somebody]) -> str:
        known = {name: user for user, name in self._names.items()}
        members = [known[each.name] for each in people]
        return self.world.team.channel(f"C0{name.upper()}", *members).channel

    async def standing(self, channel: str) -> list[Seen]:
        room = self.world.team.channel(channel)
        return [
            Seen(message.shown, tuple(message.buttons), at=self.now)
            for message in room.messages.values()
        ]

    def together(self) -> list[Together]:
        return [
            Together(frozenset(self._names[user] for user in room.members), tuple(room.said))
            for room in self.world.slack.world.rooms.values()
            if room.group
        ]

    async def lose(self, channel: str) -> None:
        self.world.team.channel(channel).archived = True

    async def put_out(self, channel: str) -> None:
        self.world.team.channel(channel).bot = False

    async def invite(self, channel: str) -> None:
        self.world.team.channel(channel).bot = True
