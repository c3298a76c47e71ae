"""What Discord sends about what a person does. Knows the world; no network and no rules.

https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
"""

from tests.discord.standin import channels
from tests.discord.standin.records import MEMBER, Guild, Interaction, User
from tests.discord.standin.scene import Json, Pressable
from tests.discord.standin.world import FIRST, World

PERMISSIONS = str(MEMBER)
FILE_LIMIT = 10 * 1024 * 1024


def begun(
    world: World,
    user: User,
    guild: Guild | None,
    kind: int,
    data: Json,
    source: Pressable | None = None,
    channel: str = "",
) -> Interaction:
    """A new interaction, with the payload that tells of it.

    `channel` is where it happens, if that is not the server's first one or the DM.
    """
    name = world.snowflake()
    channel = channel or (guild.channel if guild is not None else user.channel)
    if source is not None:
        channel = source.posted.channel
    known = Interaction(
        name,
        f"aW50ZXJhY3Rpb246{name}",
        kind,
        user,
        guild,
        channel,
        world.clock(),
        world.owners(user, guild),
        source,
    )
    world.interactions[known.token] = known
    known.body = _payload(world, known, data)
    return known


def _payload(world: World, known: Interaction, data: Json) -> Json:
    user, guild = known.user, known.guild
    body: Json = {
        "id": known.id,
        "application_id": world.application_id,
        "type": known.kind,
        "data": data,
        "token": known.token,
        "version": 1,
        "channel_id": known.channel,
        "app_permissions": str(guild.bot_may) if guild is not None else PERMISSIONS,
        "locale": user.locale,
        "entitlements": [],
        "authorizing_integration_owners": known.owners,
        "context": 0 if guild is not None else 1,
        "attachment_size_limit": FILE_LIMIT,
    }
    if guild is None:
        body["channel"] = channels.dm(world, user)
        body["user"] = world.user(user.id)
    else:
        channel = {"id": known.channel, "type": 0, "name": "general", "guild_id": guild.id}
        may = str(MEMBER | guild.powers.get(user.id, 0))
        rest = {"permissions": may, "position": 0, "parent_id": None, "flags": 0}
        body["channel"] = {**channel, **rest, "nsfw": False}
        body["guild_id"] = guild.id
        body["guild"] = {"id": guild.id, "locale": guild.locale, "features": []}
        body["guild_locale"] = guild.locale
        body["member"] = {
            "user": world.user(user.id),
            "roles": [],
            "joined_at": world.stamp(0),
            "premium_since": None,
            "permissions": may,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
            "avatar": None,
            "pending": False,
        }
    if known.source is not None:
        body["message"] = known.source.snapshot
    return body


def written(world: World, user: User, content: str) -> Json:
    """MESSAGE_CREATE of what a person wrote to the bot."""
    message = world.post(user.channel, user.id, {"content": content}, {})
    return {**message.json(), "channel_type": 1}


def pressed(thing: Pressable) -> Json:
    """`data` of a click, or of a choice."""
    kind = thing.component["type"]
    data: Json = {"custom_id": thing.custom_id, "component_type": kind, "id": thing.component["id"]}
    return {**data, "values": list(thing.values)} if kind != 2 else data


def on_message(world: World, menu: Json, content: str, channel: str) -> Json:
    """`data` of a message menu, used on what somebody wrote."""
    author = world.user(str(FIRST))
    name = world.snowflake()
    message = {
        "id": name,
        "type": 0,
        "channel_id": channel,
        "author": author,
        "content": content,
        "timestamp": world.stamp(world.clock()),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
    }
    whole = {k: menu[k] for k in ("id", "name", "type")}
    return {**whole, "target_id": name, "resolved": {"messages": {name: message}}}
