"""Messages in channels over REST: opened, sent, changed, deleted, read. Knows the world, no HTTP.

https://docs.discord.com/developers/resources/message
"""

from typing import Any

from tests.discord.standin import threads
from tests.discord.standin.errors import ApiError, malformed
from tests.discord.standin.judge import Rules
from tests.discord.standin.records import User
from tests.discord.standin.scene import LOADING, TEXT, V2, Json, Posted, walk
from tests.discord.standin.world import World

# "Within the past few minutes", says the documentation.
NONCE_SECONDS = 5 * 60
# https://docs.discord.com/developers/components/reference: of a message.
COMPONENTS, CHARACTERS = 40, 4000
SENDABLE = ("content", "embeds", "components", "sticker_ids", "poll")


def dm_opened(world: World, body: Json) -> Json:
    """POST /users/@me/channels."""
    user = world.users.get(str(body.get("recipient_id")))
    if user is None:
        raise ApiError(404, 10013)
    return dm(world, user)


def dm(world: World, user: User) -> Json:
    """The DM of a person with the bot."""
    rest = {"last_message_id": None, "flags": 0}
    return {"id": user.channel, "type": 1, "recipients": [world.user(user.id)], **rest}


def reachable(world: World, channel: str) -> User | None:
    """Whose DM it is, or None for a server's channel that the bot sees; refuses others."""
    user = world.recipient(channel)
    if user is not None:
        return user
    threads.need(world, channel, threads.VIEW)
    return None


def sound(body: Json, files: dict[str, bytes], new: bool = True) -> None:
    """Refuse what Discord would not take as a message."""
    flags = int(body.get("flags") or 0)
    if flags & V2 and any(body.get(key) for key in ("content", "embeds", "poll", "sticker_ids")):
        raise malformed("The 'content' field cannot be used with MessageFlags.IS_COMPONENTS_V2")
    if new and not any(body.get(key) for key in SENDABLE) and not files:
        raise ApiError(400, 50006)
    every = list(walk(body.get("components") or []))
    ids = [c["custom_id"] for c in every if "custom_id" in c]
    if len(set(ids)) < len(ids):
        raise malformed("Component custom id cannot be duplicated")
    if len(every) > COMPONENTS:
        raise malformed(f"Must have at most {COMPONENTS} components")
    if sum(len(c["content"]) for c in every if c["type"] == TEXT) > CHARACTERS:
        raise malformed(f"Components show more than {CHARACTERS} characters")
    names = {key.split("/", 1)[1] for key in files}
    known = {str(a.get("filename")) for a in body.get("attachments") or []} | names
    for each in every:
        for item in (each, *(each.get("items") or [])):
            for media in (item.get("media"), item.get("file")):
                url = str(media.get("url")) if isinstance(media, dict) else ""
                if new and url.startswith("attachment://") and url[13:] not in known:
                    raise malformed(f"The referenced attachment was not found: {url}")


def sent(world: World, rules: Rules, channel: str, body: Json, files: dict[str, bytes]) -> Json:
    """POST /channels/{id}/messages."""
    where = "POST /channels/{id}/messages"
    user = reachable(world, channel)
    rules.limits(where, "message_problems", body, to_channel=True)
    sound(body, files)
    if user is None:
        threads.writing(world, rules, channel, where, files=bool(files))
    else:
        rules.met(where, user)
        if not world.meets(user):
            raise ApiError(403, 50278)
        if not user.dm_open:
            raise ApiError(403, 50007)
    nonce = str(body.get("nonce") or "")
    if len(nonce) > 25:
        raise malformed("Must be 25 or fewer in length.", "nonce")
    earlier = world.nonces.get((channel, nonce))
    if nonce and body.get("enforce_nonce") and earlier:
        at, message = earlier
        if world.clock() - at < NONCE_SECONDS:
            if message.deleted:
                raise ApiError(404, 10008)
            return message.json()
    message = world.post(channel, world.application_id, body, files)
    world.tell("MESSAGE_CREATE", message)
    if nonce:
        world.nonces[channel, nonce] = (world.clock(), message)
    if user is not None:
        world.received[user.id] += 1
        world.show(user, message)
    else:
        for name in threads.readers(world, channel):
            world.users[name].messages.append(message)
    return message.json()


def one(world: World, channel: str, message_id: str) -> Posted:
    """A message that can be seen in a channel; ephemeral ones cannot."""
    reachable(world, channel)
    message = world.messages.get(message_id)
    if message is None or message.deleted or message.ephemeral or message.channel != channel:
        raise ApiError(404, 10008)
    return message


def changed(world: World, message: Posted, body: Json, files: dict[str, bytes]) -> Json:
    """Edit a message of the bot's: over its channel, or over an interaction."""
    if message.author != world.application_id:
        raise ApiError(403, 50005)
    if message.deleted:
        raise ApiError(404, 10008)
    threads.changing(world, message.channel)
    sound(body, files, new=False)
    flags = int(body.get("flags") or 0)
    if message.flags & V2 and body.get("content"):
        raise malformed("The 'content' field cannot be used with MessageFlags.IS_COMPONENTS_V2")
    # Who was told that the bot is thinking sees the first words, not an edit.
    message.edits += not message.loading
    # The new look may be taken on, never off; who sees a message cannot change.
    message.flags = (message.flags | flags & V2) & ~LOADING
    world.write(message, body, files)
    world.tell("MESSAGE_UPDATE", message)
    return message.json()


def deleted(world: World, message: Posted) -> None:
    """Take a message away."""
    if message.author != world.application_id:
        raise ApiError(403, 50005)
    message.deleted = True
    world.tell("MESSAGE_DELETE", message)
    world.changed()


def listed(world: World, channel: str, query: dict[str, str]) -> list[Json]:
    """GET /channels/{id}/messages: newest first."""
    reachable(world, channel)
    before, after = int(query.get("before") or 1 << 63), int(query.get("after") or 0)
    found = [
        message
        for message in world.messages.values()
        if message.channel == channel
        and not (message.deleted or message.ephemeral)
        and after < int(message.id) < before
    ]
    found.sort(key=lambda each: int(each.id), reverse=True)
    return [each.json() for each in found[: int(query.get("limit") or 50)]]


def described(world: World, channel: str) -> Any:
    """GET /channels/{id}."""
    user = reachable(world, channel)
    if user is not None:
        return dm(world, user)
    guild = world.guild_of(channel)
    return {"id": channel, "type": 0, "name": "general", "guild_id": guild.id if guild else None}
