"""The stories' chat, held in Slack: the real app, the real SDKs, and a stand-in on the loopback."""

import copy
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.background import Background
from adapters.slack.app import Slack
from adapters.slack.credentials import Credentials
from adapters.slack.requests import Signed
from adapters.web.guard import Guard
from adapters.web.server import Server
from adapters.web.site import starlette_app
from bot.command import Registry
from bot.commands import registry
from bot.dispatch import Dispatcher
from storage.store import Store
from tests.slack import standin
from tests.slack.standin import Person, Posted, Team, View
from tests.slack.standin.reading import Pressable
from tests.stories.chat import BEGIN, LETTERS, ZONE, Seen

# Seconds in which whatever the app does after its answer has long been done.
SOON = 20.0

# Those of the manifest with a club's commands.
SCOPES = ("chat:write", "commands", "files:write", "mpim:write", "users:read")


@dataclass
class World:
    """A workspace with the app in it, and the story's own time."""

    slack: standin.Slack
    team: Team
    app: Slack
    dispatcher: Dispatcher
    now: datetime = BEGIN


class Problems(dict[str, str]):
    """Problems by option; what has no field of its own is said on top, for whatever it is about."""

    def __missing__(self, name: str) -> str:
        if "" not in self:
            raise KeyError(name)
        return self[""]


@asynccontextmanager
async def workspace(
    store: Store,
    transport: str,
    *,
    scopes: tuple[str, ...] = SCOPES,
    hurried: bool = False,
    commands: Registry = registry,
    **how: Any,
) -> AsyncIterator[World]:
    """A workspace with the app, reached over "http" or "socket". Checks every call at the end.

    `hurried`: whatever waits for its time behind an answer lets the story's time pass instead.
    """
    async with standin.Slack(scopes=scopes, **how) as slack, AsyncExitStack() as stack:
        team = slack.team("T1")
        credentials = Credentials(
            bot_token=team.bot_token,
            app_token=slack.app_token if transport == "socket" else "",
            signing_secret=slack.signing_secret if transport == "http" else "",
            api_url=slack.api_url,
        )
        world: World

        async def pass_on(seconds: float) -> None:
            world.now += timedelta(seconds=seconds)

        background = Background(pass_on) if hurried else None
        app = Slack(
            credentials,
            store,
            commands,
            LETTERS,
            clock=lambda: world.now,
            background=background,
        )
        stack.push_async_callback(app.close)
        world = World(slack, team, app, Dispatcher(store, [app.messenger], LETTERS))
        await connect(stack, world, transport)
        yield world
        await app.background.finish(SOON)
        slack.check()


async def connect(stack: AsyncExitStack, world: World, transport: str) -> None:
    """Bring the app and the stand-in together."""
    slack, app = world.slack, world.app
    if transport == "socket":
        await stack.enter_async_context(app.socket())
        await slack.over_socket().at_least(1)
        return
    trust = Signed(slack.signing_secret)
    site = starlette_app(app.routes(lambda inner: Guard(inner, trust), lambda inner: inner))
    server = await stack.enter_async_context(Server(site, 0, "127.0.0.1"))
    slack.over_http(f"http://127.0.0.1:{server.port}/slack/events")


Surface = Posted | View
State = tuple[object, ...]


@dataclass
class SlackChat:
    """One person's chat in Slack."""

    world: World
    user: str = "U0YOU"
    zone: str = ZONE
    # Their name there, and the channel in which they speak; "" where it does not matter.
    called: str = "Dana Fox"
    room: str = ""
    shown: dict[int, tuple[Surface, list[Pressable]]] = field(default_factory=dict)
    kept: list[Seen] = field(default_factory=list)
    longest: int = 20_000
    # Answers what Slack's people are asked beforehand, so that a story need not.
    brisk: bool = True

    def __post_init__(self) -> None:
        self.person: Person = self.world.team.person(self.user, zone=self.zone, name=self.called)
        self._closed: Any = None

    async def say(self, line: str) -> Seen:
        """Type a line behind the slash command; whatever window was open is closed before."""
        await self._leave()
        command = "/club" if line.startswith("club ") else "/job"
        words = line.removeprefix(f"{command[1:]} ").replace("&", "&amp;")
        words = words.replace("<", "&lt;").replace(">", "&gt;")
        where = {"channel": self.room} if self.room else {}
        return await self._after(self.person.slash(words, command=command, **where))

    async def press(self, label: str, on: Seen | None = None) -> Seen:
        """Press a button, also one that was replaced since: an old click may still arrive."""
        surface, things = self.shown[id(on)] if on else self._last
        thing = next((t for t in things if t.label == label), None)
        assert thing, f"no {label!r} among {[t.label for t in things]}"
        payload = self.person.payloads.press(surface, thing)
        return await self._after(self.person.send(payload))

    async def fill(self, **answers: str) -> Seen:
        """Answer the form that is open."""
        window = self.person.window
        if answers.keys() - window.fields.keys() and "More details" in window.buttons:
            await self._after(self.person.press("More details"))
        return await self._after(self.person.fill(**answers))

    async def call_with(self, **answers: str) -> Seen:
        """Log an application through the shortcut, or in a line where no field could hold it."""
        if any(len(answer) > 3000 for answer in answers.values()):
            return await self.say("applied " + " ".join(f"{k}={v}" for k, v in answers.items()))
        await self._leave()
        await self._after(self.person.shortcut())
        return await self.fill(**answers)

    async def wait(self, **time: float) -> list[Seen]:
        """Let time pass; returns what arrived meanwhile, in order."""
        world = self.world
        until = world.now + timedelta(**time)
        found: list[Seen] = []
        before = {message.ts for message in self.person.dms}
        while (due := await world.dispatcher.next_due()) and due <= until:
            world.now = max(world.now, due)
            if not await world.dispatcher.tick(world.now):
                world.now += timedelta(minutes=1)
            await world.app.background.finish(SOON)
            for message in self.person.dms:
                if message.ts not in before:
                    before.add(message.ts)
                    found.append(self.see(message))
        world.now = max(world.now, until)
        return found

    async def unreachable(self, yes: bool) -> None:
        """Close this person's door to the bot, or open it."""
        slack = self.world.slack
        if yes:
            denied = standin.Denied("messages_tab_disabled")
            self._closed = slack.fault("chat.postMessage", denied, user=self.user, times=None)
        elif self._closed:
            self._closed.lift()

    def other(self, name: str) -> "SlackChat":
        """Another person in the same workspace."""
        return SlackChat(self.world, f"U0{name.upper()}", self.zone)

    def see(self, surface: Surface) -> Seen:
        """Look at a message or a window."""
        seen = Seen(
            surface.shown,
            tuple(thing.label for thing in surface.pressables),
            fields=_fields(surface),
            problems=_problems(surface),
            files=self._files(),
            at=self.world.now,
        )
        things = copy.deepcopy(surface.pressables)
        self.shown[id(seen)] = self._last = (surface, things)
        self.kept.append(seen)
        return seen

    async def _after(self, action: Any) -> Seen:
        before = self._states()
        self._files_before = {id(f) for message in self.person.dms for f in message.files}
        await action
        await self.world.app.background.finish(SOON)
        seen = self.see(self._newest(before))
        if self.brisk and "Before the first entry" in seen:
            return await self.press("No", seen)
        # Asked of whoever has not said who owns the workspace, as after forgetting.
        if self.brisk and "Send the files?" in seen:
            return await self.press("Send them all the same", seen)
        return seen

    def _newest(self, before: dict[int, State]) -> Surface:
        window = self.person.modal
        surfaces: list[Surface] = [*self.person.dms, *self.person.ephemerals]
        if window is not None:
            surfaces.append(window)
        changed = [s for s in surfaces if before.get(id(s)) != _state(s)]
        # Nothing new: they look at what is in front of them.
        return (changed or surfaces)[-1]

    def _states(self) -> dict[int, State]:
        window = self.person.modal
        surfaces: list[Surface] = [*self.person.dms, *self.person.ephemerals]
        return {id(s): _state(s) for s in [*surfaces, *([window] if window else [])]}

    async def _leave(self) -> None:
        while self.person.modal is not None:
            await self.person.close(everything=True)

    def _files(self) -> dict[str, bytes]:
        old: set[int] = getattr(self, "_files_before", set())
        files = [f for message in self.person.dms for f in message.files if id(f) not in old]
        return {f["name"]: f["content"] for f in files}


def _state(surface: Surface) -> State:
    if isinstance(surface, View):
        return (surface.id, surface.hash, str(surface.problems))
    return (surface.ts, surface.edits, str(surface.blocks))


def _fields(surface: Surface) -> dict[str, str]:
    if isinstance(surface, Posted):
        return {}
    found: dict[str, str] = {}
    for name, each in surface.fields.items():
        # What is too long for one field goes on in another.
        found[name.partition("+")[0]] = found.get(name.partition("+")[0], "") + str(
            each.value or ""
        )
    return found


def _problems(surface: Surface) -> dict[str, str]:
    if isinstance(surface, Posted):
        return {}
    found = Problems(surface.problems)
    for block in surface.blocks:
        name = str(block.get("block_id", ""))
        if name.startswith(":problem"):
            words = standin.reading.shown([block])
            found[name.removeprefix(":problems").removeprefix(":problem ")] = words
    return found
