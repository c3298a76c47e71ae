"""What a story may do, whatever it is told on: say, press, fill in, wait, and read what came."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.commands import registry
from bot.delivery import Gone, Outcome, Refused, Sent
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.fit import fit, fits
from bot.letters.draft import Letters
from bot.message import Answer, Call, File, Form, Message, plain
from bot.model import Account, Who
from bot.phrase import read_line
from storage.store import Store

ZONE = "America/New_York"
BEGIN = datetime(2026, 6, 1, 13, 0, tzinfo=UTC)
LETTERS = Letters()


@dataclass(frozen=True)
class Seen:
    """What a person sees: the words, the buttons' labels, or a form with its fields."""

    text: str
    buttons: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    at: datetime | None = None

    def __contains__(self, words: str) -> bool:
        return words in self.text


class Chat(Protocol):
    """One person at one platform."""

    # Characters of the longest text that can be typed there.
    longest: int

    async def say(self, line: str) -> Seen: ...
    async def press(self, label: str, on: Seen | None = None) -> Seen: ...
    async def fill(self, **answers: str) -> Seen: ...
    async def call_with(self, **answers: str) -> Seen: ...
    async def wait(self, **time: float) -> list[Seen]: ...
    async def unreachable(self, yes: bool) -> None: ...
    def other(self, name: str) -> "Chat": ...


Story = Callable[[Chat], Coroutine[Any, Any, None]]


@dataclass
class Delivery:
    """The other end of the desk's own platform: an inbox for each person."""

    platform: str = "desk"
    repeats_safely: bool = False
    inbox: dict[str, list[tuple[str, Message]]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    # Who was brought together, and what they read there.
    introduced: list[tuple[tuple[str, ...], str]] = field(default_factory=list)

    def stored(self, account: Account) -> None:
        return

    def lane(self, account: Account) -> None:
        return None

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        """Deliver, unless this person has closed their door."""
        if account.user in self.closed:
            return Gone("they cannot be reached")
        self.inbox.setdefault(account.user, []).append((key, message))
        return Sent(key)

    async def edit(self, account: Account, ref: str, message: Message, key: str) -> Outcome:
        """Put the message in the place of the one that was sent under that key."""
        if account.user in self.closed:
            return Gone("they cannot be reached")
        inbox = self.inbox.get(account.user, [])
        place = next((n for n, (sent, _) in enumerate(inbox) if sent == ref), None)
        if place is None:
            return Refused("it is no longer there")
        inbox[place] = (ref, message)
        return Sent(ref)

    async def introduce(
        self, accounts: Sequence[Account], channel: str, message: Message, key: str
    ) -> Outcome:
        """Say it where these people and nobody else are."""
        users = tuple(account.user for account in accounts)
        if self.closed.intersection(users):
            return Gone("one of them cannot be reached")
        self.introduced.append((users, plain(message)))
        return Sent(key)


class DeskChat:
    """A chat with the desk itself, without any platform in between."""

    longest = 20_000

    def __init__(self, store: Store, user: str = "you", world: "DeskChat | None" = None) -> None:
        self.store = store
        self.desk = Desk(store, registry, LETTERS)
        self.user = user
        self.world = world or self
        if world is None:
            self.now = BEGIN
            self.delivery = Delivery()
            self.dispatcher = Dispatcher(store, [self.delivery], LETTERS)
        self.shown: dict[int, Message] = {}
        self.form: Form | None = None
        self.last: Message | None = None

    @property
    def who(self) -> Who:
        """As the platform vouches for them."""
        return Who("desk", self.user, zone=ZONE)

    async def call(self, call: Call) -> Seen:
        """Make a call, and see the answer."""
        return self.see(await self.desk.handle(call, self.who, self.world.now))

    def see(self, answer: Answer) -> Seen:
        """Look at an answer as a person would, after checking what every answer must be."""
        if isinstance(answer, Form):
            self.form = answer
            command = registry.commands[answer.call.name]
            fields = {o.name: answer.call.answers.get(o.name, "") for o in command.asked}
            return Seen(answer.intro, fields=fields, problems=dict(answer.problems))
        assert fits(fit(answer)), "no platform could carry this"
        for button in answer.buttons:
            name = Call.decode(button.call.encode()).name
            assert name == "job go" or registry.get(name), f"no command for {button.label!r}"
        self.last = answer
        files = {b.name: b.data for b in answer.blocks if isinstance(b, File)}
        seen = Seen(
            plain(answer), tuple(b.label for b in answer.buttons), files=files, at=self.world.now
        )
        self.shown[id(seen)] = answer
        self._keep = seen
        return seen

    async def say(self, line: str) -> Seen:
        """Type a line."""
        zone = ZoneInfo(self.who.zone)
        return await self.call(read_line(registry, line, self.world.now, zone))

    async def press(self, label: str, on: Seen | None = None) -> Seen:
        """Press the first button of that label, on what was last seen or on something earlier."""
        message = self.shown[id(on)] if on else self.last
        assert message is not None
        found = next((b for b in message.buttons if b.label == label), None)
        assert found, f"no {label!r} among {[b.label for b in message.buttons]}"
        return await self.call(Call.decode(found.call.encode()))

    async def fill(self, **answers: str) -> Seen:
        """Answer the form that is open."""
        assert self.form is not None, "no form is open"
        call, self.form = self.form.call.plus(**answers), None
        return await self.call(call)

    async def call_with(self, **answers: str) -> Seen:
        """Send the form for an application, with exactly these answers."""
        return await self.call(Call("job applied", answers))

    async def wait(self, **time: float) -> list[Seen]:
        """Let time pass; returns what arrived meanwhile, in order."""
        world = self.world
        until = world.now + timedelta(**time)
        before = len(world.delivery.inbox.get(self.user, []))
        times: list[datetime] = []
        while (due := await world.dispatcher.next_due()) and due <= until:
            world.now = max(world.now, due)
            arrived = len(world.delivery.inbox.get(self.user, []))
            if not await world.dispatcher.tick(world.now):
                world.now += timedelta(minutes=1)
            more = len(world.delivery.inbox.get(self.user, [])) - arrived
            times += [world.now] * more
        came = world.delivery.inbox.get(self.user, [])[before:]
        found = []
        for (_, message), at in zip(came, times, strict=True):
            world.now = at
            found.append(self.see(message))
        self._kept = found
        world.now = max(world.now, until)
        return found

    async def unreachable(self, yes: bool) -> None:
        """Close this person's door to the bot, or open it."""
        closed = self.world.delivery.closed
        closed.add(self.user) if yes else closed.discard(self.user)

    def other(self, name: str) -> "DeskChat":
        """Another person at the same place."""
        return DeskChat(self.store, name, self.world)
