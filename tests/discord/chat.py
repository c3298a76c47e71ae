"""The stories' chat, held in Discord: the real app, discord.py, and a stand-in for Discord."""

import copy
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from adapters.background import Background
from adapters.discord.app import Discord
from adapters.discord.credentials import Credentials
from adapters.discord.fields import WRONG
from adapters.discord.orders import sync
from bot.command import Command
from bot.commands import registry
from bot.dispatch import Dispatcher
from bot.message import Call
from bot.phrase import read_line
from bot.welcome import greeting
from bot.zones import zones_like
from storage.store import Store
from tests.discord import standin
from tests.discord.standin import Modal, Posted, Refused
from tests.stories.chat import BEGIN, LETTERS, ZONE, Seen

# Seconds in which whatever the app does after its answer has long been done.
SOON = 20.0
GREETING = greeting().title
OPENERS = ("Correct it", "Open the form")


@dataclass
class World:
    """Discord with the app in it, and the story's own time."""

    discord: standin.Discord
    app: Discord
    dispatcher: Dispatcher
    server: standin.Server | None
    now: datetime = BEGIN

    def person(self, name: str, zone: str) -> standin.Person:
        """Somebody new, in the server if there is one, else with the app among their own."""
        server = self.server
        return self.discord.person(
            name, zone=zone, locale="en-US", server=server, installed=server is None
        )

    async def write(self, person: standin.Person, line: str) -> None:
        """Have somebody write to the app; returns when it has answered."""
        # Of what was there before, some may go at the same time.
        before = person.received
        await person.write(line)
        await self.discord.until(lambda: person.received > before)

    async def settle(self) -> None:
        """Return when the app has nothing left to do."""
        await self.app.background.finish(SOON)

    async def at(self, now: datetime) -> None:
        """Let it be this time."""
        self.now = now
        self.discord.clock.set(now)


class Problems(dict[str, str]):
    """Problems by option; what has no field of its own is said on top, for whatever it is about."""

    def __missing__(self, name: str) -> str:
        if "" not in self:
            raise KeyError(name)
        return self[""]


@asynccontextmanager
async def discord_world(store: Store, where: str = "server", **how: Any) -> AsyncIterator[World]:
    """The app in a "server", or in people's own apps ("dm"). Checks every request at the end."""
    async with standin.Discord(**how) as discord, AsyncExitStack() as stack:
        server = discord.server("Job club") if where == "server" else None
        credentials = Credentials.read(
            {
                "DISCORD_TOKEN": discord.token,
                "DISCORD_API_URL": discord.api_url,
                "DISCORD_GATEWAY_URL": discord.gateway_url,
            }
        )
        assert credentials is not None
        world: World

        async def pass_on(seconds: float) -> None:
            world.now += timedelta(seconds=seconds)
            discord.clock.move(seconds)

        app = Discord(
            credentials,
            store,
            registry,
            LETTERS,
            clock=lambda: world.now,
            background=Background(pass_on),
        )
        stack.push_async_callback(app.close)
        world = World(discord, app, Dispatcher(store, [app.messenger], LETTERS), server)
        discord.clock.set(world.now)
        await sync(credentials, registry)
        await stack.enter_async_context(app.gateway())
        await discord.connected()
        yield world
        await app.background.finish(SOON)
        discord.check()


class Setting(Protocol):
    """Where a chat is held: a Discord with the app in it and a time of its own, of whatever kind.

    Its people have the hands and eyes of `tests.discord.standin.Person`.
    """

    server: Any
    dispatcher: Dispatcher

    @property
    def now(self) -> datetime: ...
    def person(self, name: str, zone: str) -> Any: ...
    async def write(self, person: Any, line: str) -> None: ...
    async def settle(self) -> None: ...
    async def at(self, now: datetime) -> None: ...


Surface = Posted | Modal


@dataclass
class DiscordChat:
    """One person's chat in Discord."""

    world: Setting
    name: str = "you"
    zone: str = ZONE
    longest: int = 6000
    # Answers what Discord's people are asked beforehand, so that a story need not.
    brisk: bool = True
    shown: dict[int, Surface] = field(default_factory=dict)
    kept: list[Seen] = field(default_factory=list)
    # Where they speak: in a server, in a channel of one, or (None) in private with the bot.
    where: Any = None

    def __post_init__(self) -> None:
        self.person = self.world.person(self.name, self.zone)
        self.where = self.world.server

    async def say(self, line: str) -> Seen:
        """Choose a command and its options; what no client would send is written as a line."""
        self.person.dismiss()
        # There are no empty messages.
        call = read_line(registry, line or "help", self.world.now, ZoneInfo(self.zone))
        command = registry.get(call.name)
        if command is None or command.hidden or not _choosable(command, call):
            return await self._after(self.world.write(self.person, line))
        if call.name == "job settings" and "zone" in call.answers:
            # Whoever lives elsewhere has a clock of there.
            self.person.zone = zones_like(call.answers["zone"], 1, self.world.now)[0]
        work = self.person.slash(command.name, where=self.where, **call.answers)
        return await self._after(work)

    async def press(self, label: str, on: Seen | None = None) -> Seen:
        """Press a button, also one that was replaced since: an old click may still arrive."""
        surface = self.shown[id(on)] if on else self._last
        self.person.dismiss()
        return await self._after(self.person.press(label, on=surface))

    async def fill(self, **answers: str) -> Seen:
        """Answer the form that is open; what has no place on its first page goes on another."""
        modal = self.person.modal
        assert modal is not None, "no form is open"
        if answers.keys() - modal.fields.keys():
            modal = await self._page_with(answers)
        try:
            return await self._after(self.person.submit(**answers))
        except Refused as refused:
            # Discord leaves the form open, with what was typed and its own words under the field.
            assert self.person.modal is not None
            fields = {n: f.value for n, f in self.person.modal.fields.items()} | answers
            return Seen(self.person.modal.title, fields=fields, problems=dict(refused.problems))

    async def call_with(self, **answers: str) -> Seen:
        """Log an application by typing each answer behind the command."""
        self.person.dismiss()
        try:
            return await self._after(
                self.person.slash("applied", where=self.world.server, **answers)
            )
        except Refused as refused:
            # Discord says so itself, while it is being typed.
            return Seen("", fields=answers, problems=dict(refused.problems))

    async def wait(self, **time: float) -> list[Seen]:
        """Let time pass; returns what arrived meanwhile, in order."""
        world = self.world
        until = world.now + timedelta(**time)
        found: list[Seen] = []
        before = {message.id for message in self.person.dms}
        while (due := await world.dispatcher.next_due()) and due <= until:
            await world.at(max(world.now, due))
            if not await world.dispatcher.tick(world.now):
                await world.at(world.now + timedelta(minutes=1))
            await world.settle()
            for message in self.person.dms:
                if message.id not in before:
                    before.add(message.id)
                    found.append(await self.see(message))
        await world.at(max(world.now, until))
        return found

    async def unreachable(self, yes: bool) -> None:
        """Close this person's door to the bot, or open it."""
        self.person.dm_open = not yes

    def other(self, name: str) -> "DiscordChat":
        """Another person in the same place."""
        return DiscordChat(self.world, name, self.zone)

    async def see(self, surface: Surface) -> Seen:
        """Look at a message or a form."""
        if isinstance(surface, Modal):
            said = "\n".join((surface.title, *surface.texts))
            fields = {name.rstrip("+"): each.value for name, each in surface.fields.items()}
            seen = Seen(said, fields=fields, problems=_problems(surface), at=self.world.now)
        else:
            seen = Seen(
                surface.shown, tuple(surface.buttons), files=surface.files, at=self.world.now
            )
        self.shown[id(seen)] = self._last = copy.copy(surface)
        self.kept.append(seen)
        return seen

    async def _after(self, action: Any) -> Seen:
        before = self._states()
        await action
        await self.world.settle()
        surface = self._newest(before)
        seen = await self.see(surface)
        if self.brisk and "Before the first entry" in seen:
            # Whoever lives where their language lets us guess says yes.
            asked = await self.press(seen.buttons[0 if self.zone == ZONE else -1], seen)
            # What is written in private says nothing of a language, so nothing was guessed.
            return await self.fill(zone=self.zone) if asked.text == "Your time zone" else asked
        if any(label in OPENERS for label in seen.buttons):
            return await self._opened(seen)
        return seen

    async def _opened(self, mended: Seen) -> Seen:
        """The form behind a message that says what is wrong, as one thing."""
        label = next(label for label in mended.buttons if label in OPENERS)
        form = await self.press(label, mended)
        modal = self.person.modal
        if modal is None:
            return form
        problems = Problems(form.problems)
        if label == "Correct it" and not problems:
            # What belongs to no field was said above it.
            problems[""] = mended.text
        seen = Seen(form.text, fields=form.fields, problems=problems, at=form.at)
        self.shown[id(seen)] = self._last
        self.kept.append(seen)
        return seen

    async def _page_with(self, answers: dict[str, str]) -> Modal:
        raise AssertionError(f"no page asks {sorted(answers)}")

    def _newest(self, before: dict[int, Any]) -> Surface:
        changed = [s for s in self._surfaces() if before.get(id(s)) != _state(s)]
        # A greeting comes beside the answer, which they look at.
        answers = [s for s in changed if isinstance(s, Modal) or GREETING not in s.shown]
        # Nothing new: they look at what is in front of them.
        return (answers or changed or self._surfaces())[-1]

    def _surfaces(self) -> list[Surface]:
        found: list[Surface] = [*self.person.dms, *self.person.ephemerals]
        return [*found, self.person.modal] if self.person.modal else found

    def _states(self) -> dict[int, Any]:
        return {id(s): _state(s) for s in self._surfaces()}


def _state(surface: Surface) -> Any:
    if isinstance(surface, Modal):
        return id(surface)
    return (surface.id, surface.edits, str(surface.components))


def _problems(modal: Modal) -> dict[str, str]:
    """What the form says is wrong with what was answered, by field."""
    wrong = {n: f.description for n, f in modal.fields.items() if f.description.startswith(WRONG)}
    found = Problems({name: said.removeprefix(WRONG) for name, said in wrong.items()})
    if above := [words for words in modal.texts if WRONG in words]:
        found[""] = "\n".join(above)
    return found


def _choosable(command: Command, call: Call) -> bool:
    """Whether Discord's client lets somebody choose these options with these values."""
    for name, raw in call.answers.items():
        option = command.option(name)
        if option is None or option.opt.hidden or not raw:
            return False
        if option.kind.choices and raw not in {value for _, value in option.kind.choices}:
            return False
    return True
