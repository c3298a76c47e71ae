"""Where a club's story is told: people, channels and a clock, whatever the platform.

A town is one platform with several people in it. What a story may do there is the same everywhere;
what a platform lacks it says in `channels` and `permits`. Knows no story.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.dispatch import Dispatcher
from bot.message import Message
from bot.model import Who
from bot.welcome import greeting
from storage.store import Store
from tests.stories.chat import ZONE, DeskChat, Seen

GREETING = greeting().title


@dataclass(frozen=True)
class Together:
    """A conversation that was opened for a few: who is in it, and what it reads now."""

    names: frozenset[str]
    said: tuple[str, ...]


class Somebody(Protocol):
    """One of several people in a town."""

    name: str
    zone: str

    async def say(self, line: str, channel: str = "") -> Seen:
        """Type a line, in a channel or (without one) in private; what they see."""
        ...

    async def press(self, label: str, on: Seen | None = None) -> Seen:
        """Press a button of what they saw last, or of something earlier."""
        ...

    async def fill(self, **answers: str) -> Seen:
        """Answer the form that is open; what is left out stays as it is in the form."""
        ...

    async def came(self) -> list[Seen]:
        """The private messages that came by themselves since they last looked, in order.

        Without the greeting, which only shows where they come.
        """
        ...

    async def unreachable(self, yes: bool) -> None:
        """Close this person's door to the bot, or open it."""
        ...


class Town(ABC):
    """One platform, with its own time.

    `channels`: a club lives in a channel there, and not in the whole of it. `permits`: the platform
    knows who may arrange things for others.
    """

    channels = True
    permits = True
    dispatcher: Dispatcher

    @property
    @abstractmethod
    def now(self) -> datetime:
        """What time it is there (aware UTC)."""

    @abstractmethod
    def person(self, name: str, zone: str = ZONE, *, organizes: bool = False) -> Somebody:
        """Somebody new, who may arrange things for others if it is said."""

    @abstractmethod
    def channel(self, name: str, people: Sequence[Somebody]) -> str:
        """The id of a new channel with these people, to which the bot was invited."""

    @abstractmethod
    async def standing(self, channel: str) -> list[Seen]:
        """What the bot's messages in a channel say now, oldest first, on New York's wall."""

    @abstractmethod
    def together(self) -> list[Together]:
        """The conversations that were opened for a few, oldest first."""

    @abstractmethod
    async def lose(self, channel: str) -> None:
        """Let a channel be archived or deleted."""

    @abstractmethod
    async def put_out(self, channel: str) -> None:
        """Take the bot out of a channel, which stays."""

    @abstractmethod
    async def invite(self, channel: str) -> None:
        """Let the bot in again where it was put out."""

    @abstractmethod
    async def at(self, now: datetime) -> None:
        """Let it be this time; nothing is sent."""

    async def settle(self) -> None:
        """Return when the app has nothing left to do."""
        return

    async def until(self, at: datetime) -> None:
        """Let time pass, up to a moment: whatever is due on the way is sent at its time."""
        while (due := await self.dispatcher.next_due()) and due <= at:
            await self.at(max(self.now, due))
            if not await self.dispatcher.tick(self.now):
                await self.at(self.now + timedelta(minutes=1))
            await self.settle()
        await self.at(max(self.now, at))

    async def wait(self, **time: float) -> None:
        """Let this much time pass."""
        await self.until(self.now + timedelta(**time))


class DeskPerson(DeskChat):
    """A person at the desk, who may speak in a channel."""

    def __init__(self, store: Store, town: "DeskTown", user: str, zone: str, organizes: bool):
        super().__init__(store, user, town.ground)
        self.name = user.capitalize()
        self.zone = zone
        self.organizes = organizes
        self.room = ""
        self._looked = 0

    @property
    def who(self) -> Who:
        """As the platform vouches for them."""
        return Who(
            *("desk", self.user),
            zone=self.zone,
            channel=self.room,
            organizes=bool(self.room) and self.organizes,
        )

    async def say(self, line: str, channel: str = "") -> Seen:
        self.room = channel
        return await super().say(line)

    async def came(self) -> list[Seen]:
        inbox = self.world.delivery.inbox.get(self.user, [])
        found, self._looked = inbox[self._looked :], len(inbox)
        return [self.see(message) for _, message in found]


class DeskTown(Town):
    """The desk itself, without any platform in between."""

    def __init__(self, store: Store) -> None:
        self.store = store
        # Holds the time and the post; nobody speaks here.
        self.ground = DeskChat(store)
        self.dispatcher = self.ground.dispatcher

    @property
    def now(self) -> datetime:
        return self.ground.now

    async def at(self, now: datetime) -> None:
        self.ground.now = now

    def person(self, name: str, zone: str = ZONE, *, organizes: bool = False) -> DeskPerson:
        return DeskPerson(self.store, self, name.lower(), zone, organizes)

    def channel(self, name: str, people: Sequence[Somebody]) -> str:
        return f"#{name}"

    async def standing(self, channel: str) -> list[Seen]:
        posts: list[tuple[str, Message]] = self.ground.delivery.inbox.get(channel, [])
        return [self.ground.see(message) for _, message in posts]

    def together(self) -> list[Together]:
        return [
            Together(frozenset(user.capitalize() for user in users), (said,))
            for users, said in self.ground.delivery.introduced
        ]

    async def lose(self, channel: str) -> None:
        self.ground.delivery.closed.add(channel)

    async def put_out(self, channel: str) -> None:
        await self.lose(channel)

    async def invite(self, channel: str) -> None:
        self.ground.delivery.closed.discard(channel)
