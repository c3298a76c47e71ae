"""Servers, people and interactions as Discord describes them. Knows no network and no app.

https://docs.discord.com/developers/resources/guild, of a community of ordinary size.
"""

from typing import Any

from bench.seeding import FIRST_DAY

Json = dict[str, Any]

BOT = 800_000_000_000_000_000
SERVERS = 810_000_000_000_000_000
USERS = 900_000_000_000_000_000
_PARTS = 820_000_000_000_000_000
_INTERACTIONS = 1_200_000_000_000_000_000

CHANNELS, ROLES, EMOJIS, THREADS = 30, 20, 20, 3
_PERMISSIONS = "2248473465835073"
_TEXT, _VOICE, _CATEGORY, _FORUM, _THREAD = 0, 2, 4, 15, 11
_SINCE = FIRST_DAY.isoformat()

ME: Json = {
    "id": str(BOT),
    "username": "followthrough",
    "discriminator": "0001",
    "global_name": None,
    "avatar": None,
    "bot": True,
    "public_flags": 0,
}
APPLICATION: Json = {"id": str(BOT), "flags": 1 << 23}


def server_id(number: int) -> int:
    """The id of a server, from 0; all belong to shard 0 of 1."""
    return SERVERS + (number << 22)


def user_id(number: int) -> int:
    """The id of a person, from 1."""
    return USERS + number


def server(number: int) -> Json:
    """GUILD_CREATE of a server, as the intent for servers lets one see it."""
    whole = server_id(number)
    # So many ids are set apart for what is in each.
    first = _PARTS + number * 1000
    return {
        "id": str(whole),
        "name": f"Job search club number {number}",
        "icon": f"{whole:032x}",
        "description": "Where people who look for work help each other",
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "owner_id": str(USERS),
        "application_id": None,
        "region": "us-east",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": str(first + 1),
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "rules_channel_id": str(first + 1),
        "public_updates_channel_id": str(first + 2),
        "safety_alerts_channel_id": None,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 2,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 1,
        "premium_subscription_count": 3,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "features": ["COMMUNITY", "NEWS", "ANIMATED_ICON", "INVITE_SPLASH"],
        "vanity_url_code": None,
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "incidents_data": None,
        "roles": [_role(whole, first, each) for each in range(ROLES)],
        "emojis": [_emoji(first, each) for each in range(EMOJIS)],
        "stickers": [],
        "channels": [_channel(whole, first, each) for each in range(CHANNELS)],
        "threads": [_thread(whole, first, each) for each in range(THREADS)],
        "members": [_member(ME)],
        "member_count": 240,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "joined_at": _SINCE,
        "large": False,
        "unavailable": False,
    }


def _role(whole: int, first: int, each: int) -> Json:
    return {
        "id": str(first + 500 + each if each else whole),
        "name": f"Role number {each}" if each else "@everyone",
        "description": None,
        "color": 1000 * each,
        "colors": {"primary_color": 1000 * each, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": each,
        "permissions": _PERMISSIONS,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def _emoji(first: int, each: int) -> Json:
    rest: Json = {"roles": [], "require_colons": True, "managed": False, "available": True}
    return {"id": str(first + 600 + each), "name": f"emoji_{each}", "animated": False, **rest}


def _channel(whole: int, first: int, each: int) -> Json:
    """Four categories, a forum, a few voices, and texts; as many have exceptions as not."""
    kind = _CATEGORY if each % 8 == 0 else _VOICE if each % 8 == 7 else _TEXT
    kind = _FORUM if each == CHANNELS - 1 else kind
    rest: Json = {"rtc_region": None, "bitrate": 64_000, "user_limit": 0}
    if kind in (_TEXT, _FORUM):
        topic = f"What this channel is for, and what it is not for; see rule {each}"
        rest = {"topic": topic, "last_message_id": str(_INTERACTIONS + each)}
    if kind == _FORUM:
        rest |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
    everyone = {"id": str(whole), "type": 0, "allow": "0", "deny": "2048"}
    some = {"id": str(first + 500 + each % ROLES), "type": 0, "allow": "3072", "deny": "0"}
    return {
        "id": str(first + each),
        "type": kind,
        "name": f"channel-number-{each}",
        "position": each,
        "parent_id": str(first + each // 8 * 8) if each % 8 else None,
        "permission_overwrites": [everyone, some] if each % 2 else [],
        "nsfw": False,
        "flags": 0,
        "rate_limit_per_user": 0,
        **rest,
    }


def _thread(whole: int, first: int, each: int) -> Json:
    about = {"archived": False, "auto_archive_duration": 1440, "locked": False}
    return {
        "id": str(first + 700 + each),
        "type": _THREAD,
        "name": f"thread {each}",
        "guild_id": str(whole),
        "parent_id": str(first + 1),
        "owner_id": str(USERS),
        "last_message_id": None,
        "message_count": 12,
        "total_message_sent": 12,
        "member_count": 4,
        "rate_limit_per_user": 0,
        "flags": 0,
        "thread_metadata": {**about, "archive_timestamp": _SINCE, "create_timestamp": _SINCE},
    }


def _member(user: Json) -> Json:
    return {
        "user": user,
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [],
        "joined_at": _SINCE,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
    }


def applied(number: int, person: int, place: int) -> Json:
    """INTERACTION_CREATE of `/job applied …` by a person, typed in a server; `number` from 0."""
    name = str(_INTERACTIONS + number)
    whole = str(server_id(place))
    channel = _channel(server_id(place), _PARTS + place * 1000, 1)
    user = {**ME, "id": str(user_id(person)), "username": f"sam{person}", "discriminator": "0"}
    user |= {"bot": False, "global_name": "Sam Rivera", "avatar": f"{person:032x}"}
    said = {
        "company": f"Employer{number}",
        "role": "Platform Engineer",
        "on": "yesterday",
        "via": "referral",
        "link": f"https://jobs.example.com/{number}",
    }
    options = [{"type": 3, "name": option, "value": value} for option, value in said.items()]
    return {
        "id": name,
        "application_id": str(BOT),
        "type": 2,
        "version": 1,
        "token": f"aW50ZXJhY3Rpb246{name}{'x' * 160}",
        "locale": "en-US",
        "guild_locale": "en-US",
        "app_permissions": _PERMISSIONS,
        "attachment_size_limit": 10_485_760,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": {"0": whole},
        "context": 0,
        "channel_id": channel["id"],
        "channel": {**channel, "guild_id": whole, "permissions": _PERMISSIONS},
        "guild_id": whole,
        "guild": {"id": whole, "locale": "en-US", "features": ["COMMUNITY", "NEWS"]},
        "member": {
            **_member(user),
            "permissions": _PERMISSIONS,
            "unusual_dm_activity_until": None,
        },
        "data": {
            "id": str(BOT + 1),
            "name": "job",
            "type": 1,
            "options": [{"type": 1, "name": "applied", "options": options}],
        },
    }
