"""What Discord knows: servers, people, channels, messages, interactions. Knows no network.

Ids are snowflakes as Discord's, by the stand-in's clock.
https://docs.discord.com/developers/reference#snowflakes
"""

import asyncio
import time
from collections import Counter
from itertools import count

from tests.discord.standin.clock import Clock
from tests.discord.standin.records import Call, Guild, Interaction, Thread, User
from tests.discord.standin.scene import EPHEMERAL, Json, Posted, numbered, walk

EPOCH = 1_420_070_400
# A snowflake of the year 2021; servers and people get the ones that follow.
FIRST = 800_000_000_000_000_000
TOKEN_SECONDS = 15 * 60


class World:
    """Everything that is and was, and what changes it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.root = ""
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        # By the id of their channel.
        self.dms: dict[str, User] = {}
        self.rooms: dict[str, Guild] = {}
        self.threads: dict[str, Thread] = {}
        # Channels and threads that were deleted.
        self.closed: set[str] = set()
        self.messages: dict[str, Posted] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[Json] = []
        self.calls: list[Call] = []
        self.received: Counter[str] = Counter()
        self.nonces: dict[tuple[str, str], tuple[float, Posted]] = {}
        self.bot = {
            "id": str(FIRST + (1 << 22)),
            "username": "followthrough",
            "discriminator": "0001",
            "global_name": None,
            "avatar": None,
            "bot": True,
            "public_flags": 0,
        }
        # What the gateway should tell as soon as it can: name, data.
        self.news: list[tuple[str, Json]] = []
        self._numbers = count(1)
        self._fixed = count(2)
        self._changes = asyncio.Event()

    @property
    def application_id(self) -> str:
        """The id of the app, which is also its bot's."""
        return str(self.bot["id"])

    def snowflake(self) -> str:
        """A new id that tells the clock's time."""
        milliseconds = int((self.clock() - EPOCH) * 1000)
        return str((max(milliseconds, 0) << 22) + next(self._numbers))

    def fixed_id(self) -> str:
        """The next of a row of ids that are the same in every run."""
        return str(FIRST + (next(self._fixed) << 22))

    def server_id(self) -> str:
        """The next of a row of ids for servers: each belongs one shard further."""
        return str(2 * FIRST // 3 + (len(self.guilds) << 22))

    def changed(self) -> None:
        """Wake who waits for something to appear."""
        self._changes.set()

    async def next_change(self) -> None:
        """Return at the next change."""
        self._changes.clear()
        await self._changes.wait()

    def meets(self, user: User) -> bool:
        """Whether the bot may write to this person: a common server, or its app is theirs."""
        return user.installed or self.mutual(user)

    def mutual(self, user: User) -> bool:
        """Whether the bot and a person share a server."""
        return any(g.joined and user.id in g.members for g in self.guilds.values())

    def recipient(self, channel: str) -> User | None:
        """Whose DM with the bot a channel is."""
        return self.dms.get(channel)

    def guild_of(self, channel: str) -> Guild | None:
        """The server that a channel is in."""
        return self.rooms.get(channel)

    def add_user(self, user: User) -> None:
        """Let there be a person."""
        self.users[user.id] = self.dms[user.channel] = user

    def add_guild(self, guild: Guild) -> None:
        """Let there be a server."""
        self.guilds[guild.id] = self.rooms[guild.channel] = guild

    def owners(self, user: User, guild: Guild | None) -> dict[str, str]:
        """`authorizing_integration_owners`: which installs let the person act here.

        https://docs.discord.com/developers/interactions/receiving-and-responding
        """
        found = {}
        if guild is not None and guild.joined:
            found["0"] = guild.id
        elif guild is None and self.mutual(user):
            found["0"] = "0"
        if user.installed:
            found["1"] = user.id
        return found

    def post(self, channel: str, author: str, body: Json, files: dict[str, bytes]) -> Posted:
        """Put a message into a channel. Whoever sees it is found by the caller."""
        reader = self.recipient(channel)
        guild = self.guild_of(channel)
        made = self.clock()
        message = Posted(
            self.snowflake(),
            channel,
            author,
            str(body.get("content") or ""),
            [],
            int(body.get("flags") or 0),
            reader.zone if reader else "UTC",
            guild.id if guild else "",
            nonce=str(body.get("nonce") or ""),
            made=made,
        )
        self.messages[message.id] = message
        self.write(message, body, files)
        return message

    def write(self, message: Posted, body: Json, files: dict[str, bytes]) -> None:
        """Let a message say what a request says; what the request leaves out stays."""
        if "content" in body:
            message.content = str(body["content"] or "")
        if "embeds" in body:
            message.embeds = list(body["embeds"] or [])
        if "attachments" in body or files:
            kept = {str(a.get("id")) for a in body.get("attachments") or []}
            message.attachments = [a for a in message.attachments if a["id"] in kept]
        self._attach(message, body, files)
        if "components" in body:
            message.components = numbered(list(body["components"] or []))
            self._resolve(message)
        message.body = self._json(message)
        self.changed()

    def _attach(self, message: Posted, body: Json, files: dict[str, bytes]) -> None:
        about = {str(a.get("id")): a for a in body.get("attachments") or []}
        for field_name, (name, content) in _named(files).items():
            told = about.get(field_name, {})
            key = self.snowflake()
            message.contents[key] = content
            url = f"{self.root}/attachments/{message.channel}/{key}/{name}"
            message.attachments.append(
                {
                    "id": key,
                    "filename": told.get("filename") or name,
                    "description": told.get("description"),
                    "size": len(content),
                    "url": url,
                    "proxy_url": url,
                    "ephemeral": message.ephemeral,
                }
            )

    def _resolve(self, message: Posted) -> None:
        named = {f"attachment://{a['filename']}": a for a in message.attachments}
        for each in walk(message.components):
            for item in (each, *(each.get("items") or [])):
                for media in (item.get("media"), item.get("file")):
                    found = named.get(str(media.get("url"))) if isinstance(media, dict) else None
                    if found:
                        media.update(url=found["url"], proxy_url=found["proxy_url"])
                        if media is each.get("file"):
                            each.update(name=found["filename"], size=found["size"])

    def _json(self, message: Posted) -> Json:
        edited = self.stamp(self.clock()) if message.edits else None
        return {
            "id": message.id,
            "type": 0,
            "channel_id": message.channel,
            "author": self.bot if message.author == self.bot["id"] else self.user(message.author),
            "content": message.content,
            "timestamp": self.stamp(message.made),
            "edited_timestamp": edited,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": message.attachments,
            "embeds": message.embeds,
            "components": message.components,
            "pinned": False,
            "flags": message.flags,
            **({"nonce": message.nonce} if message.nonce else {}),
        }

    def stamp(self, at: float) -> str:
        """An instant as Discord writes it."""
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + ".000000+00:00"

    def user(self, user_id: str) -> Json:
        """A person as payloads describe them."""
        known = self.users.get(user_id)
        name = known.name if known else f"somebody{user_id[-4:]}"
        return {
            "id": user_id,
            "username": name,
            "discriminator": "0",
            "global_name": name.title(),
            "avatar": None,
            "public_flags": 0,
        }

    def show(self, user: User, message: Posted) -> None:
        """Let a person see a message of the bot's."""
        message.owner, message.zone = user.id, user.zone
        user.messages.append(message)
        self.changed()

    def tell(self, name: str, message: Posted) -> None:
        """Let the app hear of a message in a DM, as far as others than one person see it."""
        if message.flags & EPHEMERAL or self.recipient(message.channel) is None:
            return
        gone = {"id": message.id, "channel_id": message.channel}
        data = gone if name == "MESSAGE_DELETE" else {**message.json(), "channel_type": 1}
        self.news.append((name, data))


def _named(files: dict[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """The uploads by their number. A key is "<number>/<file name>"."""
    return {key.split("/", 1)[0]: (key.split("/", 1)[1], data) for key, data in files.items()}
