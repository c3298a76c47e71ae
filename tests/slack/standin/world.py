"""What Slack knows: workspaces, installs, people, messages, windows. Knows no network and no rules.

Ids look like Slack's: T (team), E (organization), U (user), B (bot), D (direct message), V (view).
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from tests.slack.standin.clock import Clock
from tests.slack.standin.reading import Json
from tests.slack.standin.scene import Inbox, Install, Posted, Room, View


@dataclass
class Trigger:
    """The right to open one window, for three seconds."""

    inbox: Inbox
    until: float
    inside: bool
    used: bool = False


@dataclass
class Reply:
    """A response_url: five posts in thirty minutes. `origin` is the message that was pressed."""

    inbox: Inbox
    channel: str
    until: float
    origin: Posted | None
    left: int = 5


@dataclass
class Profile:
    """What `users.info` tells of a person."""

    id: str
    team: str
    name: str
    zone: str = "UTC"
    locale: str = "en-US"
    real_name: str = ""
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False


@dataclass
class Place:
    """A workspace, inside an organization or not."""

    id: str
    name: str
    enterprise: str = ""
    by_org: bool = False
    people: dict[str, Profile] = field(default_factory=dict)


class World:
    """Everything that has been posted, opened and installed, and what changes it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.root = ""
        self.places: dict[str, Place] = {}
        self.installs: dict[str, Install] = {}
        self.inboxes: dict[tuple[str, str], Inbox] = {}
        self.channels: dict[str, Inbox] = {}
        self.rooms: dict[str, Room] = {}
        self.views: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.replies: dict[str, Reply] = {}
        self.uploads: dict[str, Json] = {}
        self.codes: dict[str, Json] = {}
        self.calls: list[tuple[str, Json]] = []
        self.counts: Counter[str] = Counter()
        self._numbers = count(1)
        self._changes = asyncio.Event()

    def number(self) -> int:
        """The next of a row of numbers that never repeats."""
        return next(self._numbers)

    def ts(self) -> str:
        """A time stamp that no other message has."""
        return f"{int(self.clock())}.{self.number():06d}"

    def changed(self) -> None:
        """Wake who waits for something to appear."""
        self._changes.set()

    async def next_change(self) -> None:
        """Return at the next change."""
        self._changes.clear()
        await self._changes.wait()

    def profile(self, install: Install, user: str) -> Profile | None:
        """A person that an install can see, by id."""
        for place in self.places.values():
            same = place.id == install.team or (
                install.whole_org and place.enterprise == install.enterprise
            )
            if same and user in place.people:
                return place.people[user]
        return None

    def inbox(self, install: Install, user: str, team: str = "") -> Inbox:
        """What an install shows to a person, made when first needed."""
        found = self.inboxes.get((install.key, user))
        if found is None:
            profile = self.profile(install, user)
            home = team or install.team or (profile.team if profile else "")
            channel = f"D{install.enterprise}{install.team}{user}"
            found = Inbox(install, home, user, channel)
            self.inboxes[install.key, user] = self.channels[channel] = found
        return found

    def together(self, install: Install, users: Iterable[str]) -> Room:
        """The conversation of exactly these people; KeyError when there is none."""
        wanted = set(users)
        for room in self.rooms.values():
            if room.group and room.install is install and room.members == wanted:
                return room
        raise KeyError(f"{sorted(wanted)} are not together")

    def gather(self, install: Install, users: Iterable[str]) -> Room:
        """The conversation of exactly these people, opened when it is not there."""
        wanted = set(users)
        try:
            return self.together(install, wanted)
        except KeyError:
            room = Room(install, install.team, f"G0{self.number():07d}", wanted, group=True)
            self.rooms[room.channel] = room
            return room

    def trigger(self, inbox: Inbox, inside: bool = False) -> str:
        """A new trigger_id, good for three seconds."""
        name = f"{self.number()}.{self.number()}.{inbox.user.lower()}"
        self.triggers[name] = Trigger(inbox, self.clock() + 3, inside)
        return name

    def reply(self, inbox: Inbox, channel: str, origin: Posted | None = None) -> str:
        """The name of a new response_url."""
        name = f"{inbox.team}/{self.number()}"
        self.replies[name] = Reply(inbox, channel, self.clock() + 30 * 60, origin)
        return name

    def named(self, blocks: list[Json]) -> list[Json]:
        """The blocks with the ids that Slack gives to those without."""
        return [b if b.get("block_id") else {**b, "block_id": f"b{self.number()}"} for b in blocks]

    def post(self, inbox: Inbox | Room, args: Json, *, ephemeral: bool = False) -> Posted:
        """Put a message before a person, or before several."""
        message = Posted(
            self.ts(),
            inbox.channel,
            str(args.get("text") or ""),
            self.named(args.get("blocks") or []),
            ephemeral,
        )
        if ephemeral:
            inbox.ephemerals.append(message)
        else:
            inbox.messages[message.ts] = message
            inbox.received.append(message)
        self.changed()
        return message

    def edit(self, message: Posted, args: Json) -> None:
        """Replace what a message says; text alone takes its blocks away."""
        message.text = str(args.get("text") or "")
        message.blocks = self.named(args.get("blocks") or [])
        message.edits += 1
        self.changed()

    def fresh_hash(self) -> str:
        """A hash that no view has had."""
        return f"{int(self.clock())}.{self.number():08x}"

    def show(self, inbox: Inbox, body: Json) -> View:
        """Open a view on top of a person's windows."""
        top = inbox.windows[-1] if inbox.windows else None
        name = f"V{self.number():08d}"
        body = {**body, "blocks": self.named(body.get("blocks") or [])}
        view = View(name, inbox, body, self.fresh_hash(), top.root if top else name)
        view.previous = top.id if top else None
        self.views[name] = view
        inbox.windows.append(view)
        self.changed()
        return view

    def publish(self, inbox: Inbox, body: Json) -> View:
        """Set a person's Home tab."""
        body = {**body, "blocks": self.named(body.get("blocks") or [])}
        if inbox.home is None:
            name = f"V{self.number():08d}"
            inbox.home = self.views[name] = View(name, inbox, body, self.fresh_hash(), name)
        else:
            self.rewrite(inbox.home, body)
        self.changed()
        return inbox.home

    def rewrite(self, view: View, body: Json) -> None:
        """Replace a view's content. What inputs with the same two ids hold, stays."""
        held = {
            (block, action): state
            for block, states in view.state()["values"].items()
            for action, state in states.items()
        }
        view.body = {**body, "blocks": self.named(body.get("blocks") or [])}
        view.hash = self.fresh_hash()
        view.problems = {}
        values = view.state()["values"]
        view.typed = {
            ids: state
            for ids, state in held.items()
            if values.get(ids[0], {}).get(ids[1], {}).get("type") == state["type"]
        }
        self.changed()

    def shut(self, views: list[View]) -> None:
        """Take windows away."""
        for view in list(views):
            view.open = False
            if view in view.inbox.windows:
                view.inbox.windows.remove(view)
        self.changed()
