"""What Discord remembers of each: a person, a server, an interaction, a request. No behaviour."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from tests.discord.standin.scene import Json, Modal, Posted, Pressable

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
# What an ordinary member may do in a channel, as Discord adds it up; and the bot if nobody says
# otherwise.
MEMBER = 2248473465835073


@dataclass(eq=False)
class User:
    """A person as Discord knows them."""

    id: str
    name: str
    channel: str
    locale: str = "en-US"
    zone: str = "UTC"
    installed: bool = False
    dm_open: bool = True
    met: bool = False
    messages: list[Posted] = field(default_factory=list)
    modal: Modal | None = None


@dataclass(eq=False)
class Guild:
    """A server. `joined`: the bot is in it.

    `club`: its people want posts of the bot's in their channel. `bot_may` is what the bot may do
    there, and `powers` what single people may besides what all may.
    """

    id: str
    name: str
    channel: str
    joined: bool = True
    available: bool = True
    locale: str = "en-US"
    members: set[str] = field(default_factory=set)
    club: bool = False
    bot_may: int = MEMBER
    powers: dict[str, int] = field(default_factory=dict)


@dataclass(eq=False)
class Thread:
    """A private thread of the bot's. `members` are the ids of the others, as they came."""

    id: str
    parent: str
    name: str
    members: list[str] = field(default_factory=list)
    archived: bool = False
    locked: bool = False


@dataclass(eq=False)
class Interaction:
    """Something that a person did, and what came of it. `began` is by the real clock."""

    id: str
    token: str
    kind: int
    user: User
    guild: Guild | None
    channel: str
    made: float
    owners: dict[str, str]
    source: Pressable | None = None
    body: Json = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)
    over: bool = False
    response: int | None = None
    original: Posted | None = None
    followups: int = 0
    choices: list[Json] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Call:
    """A request of the app's. `status` is 0 while it has no answer, or when it never got one."""

    method: str
    path: str
    route: str
    body: Any
    files: dict[str, bytes]
    user: str = ""
    status: int = 0
