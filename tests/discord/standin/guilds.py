"""A server as the gateway tells of it, and the shard it belongs to. Knows no network."""

from tests.discord.standin.records import MEMBER, Guild
from tests.discord.standin.scene import Json
from tests.discord.standin.world import World


def described(world: World, guild: Guild) -> Json:
    """A server as GUILD_CREATE tells of it."""
    everyone = {
        "id": guild.id,
        "name": "@everyone",
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "permissions": str(MEMBER),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    channel = {"id": guild.channel, "type": 0, "name": "general", "position": 0}
    rest: Json = {"permission_overwrites": [], "parent_id": None, "nsfw": False, "flags": 0}
    me = {"user": world.bot, "roles": [], "joined_at": world.stamp(0), "flags": 0}
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "owner_id": str(int(guild.id) + 1),
        "preferred_locale": guild.locale,
        "features": [],
        "roles": [everyone],
        "emojis": [],
        "stickers": [],
        "channels": [{**channel, **rest}],
        "threads": [],
        "members": [{**me, "deaf": False, "mute": False}],
        "member_count": len(guild.members) + 1,
        "voice_states": [],
        "presences": [],
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "joined_at": world.stamp(0),
        "large": False,
    }


def shard_of(guild: str, shards: int) -> int:
    """https://docs.discord.com/developers/events/gateway#sharding-sharding-formula"""
    return (int(guild) >> 22) % shards
