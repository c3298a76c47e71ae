"""Private threads, and what a bot may do in a server's channel. Knows the world, no HTTP.

https://docs.discord.com/developers/topics/threads and /topics/permissions
"""

from collections.abc import Iterable

from tests.discord.standin.errors import ApiError, malformed
from tests.discord.standin.judge import Rules
from tests.discord.standin.records import Thread
from tests.discord.standin.scene import Json
from tests.discord.standin.world import World

VIEW, SEND, ATTACH = 1 << 10, 1 << 11, 1 << 15
PRIVATE_THREADS, SEND_IN_THREADS = 1 << 36, 1 << 38
PRIVATE = 12
MINUTES = (60, 1440, 4320, 10_080)


def need(world: World, channel: str, permission: int) -> None:
    """Refuse what the bot has no permission for in a server's channel."""
    guild = world.guild_of(channel)
    if guild is None or channel in world.closed:
        raise ApiError(404, 10003)
    if not (guild.joined and guild.bot_may & VIEW):
        raise ApiError(403, 50001)
    if not guild.bot_may & permission:
        raise ApiError(403, 50013)


def readers(world: World, channel: str) -> Iterable[str]:
    """The ids of who sees what is said in a server's channel or in a thread."""
    thread, guild = world.threads.get(channel), world.guild_of(channel)
    if thread is not None:
        return thread.members
    return sorted(guild.members) if guild is not None else ()


def writing(world: World, rules: Rules, channel: str, where: str, *, files: bool) -> None:
    """Refuse a message in a server that the bot may not write, and note one that nobody wants."""
    thread, guild = world.threads.get(channel), world.guild_of(channel)
    need(world, channel, SEND_IN_THREADS if thread is not None else SEND)
    if files:
        need(world, channel, ATTACH)
    if thread is None:
        if guild is not None and not guild.club:
            rules.private(where, False, 0)
        return
    if thread.locked:
        raise ApiError(400, 160005)
    # Who writes in an archived thread opens it again.
    thread.archived = False
    for name in thread.members:
        rules.met(where, world.users[name])
    if len(thread.members) < 2:
        rules.note(where, "a conversation with fewer than two people")


def changing(world: World, channel: str) -> None:
    """Refuse to change a message in a thread that is put away."""
    thread = world.threads.get(channel)
    if thread is not None and thread.archived:
        raise ApiError(400, 50083)


def started(world: World, rules: Rules, channel: str, body: Json) -> Json:
    """POST /channels/{id}/threads, without a message."""
    where = "POST /channels/{id}/threads"
    if channel in world.threads:
        raise ApiError(400, 50024)
    need(world, channel, PRIVATE_THREADS)
    if body.get("type") != PRIVATE:
        # Without a type Discord opens one that is private, for now.
        rules.note(where, "a thread that is not said to be private")
    if body.get("invitable") is not False:
        rules.note(where, "a private thread into which anybody in it brings others")
    name = str(body.get("name") or "")
    if not 1 <= len(name) <= 100:
        raise malformed("Must be between 1 and 100 in length.", "name")
    if body.get("auto_archive_duration", MINUTES[0]) not in MINUTES:
        raise malformed("Value must be one of 60, 1440, 4320, 10080.", "auto_archive_duration")
    guild = world.rooms[channel]
    thread = Thread(world.snowflake(), channel, name)
    world.threads[thread.id], world.rooms[thread.id] = thread, guild
    return described(world, thread)


def described(world: World, thread: Thread) -> Json:
    """A thread as Discord tells of it."""
    put_away: Json = {"archived": thread.archived, "locked": thread.locked, "invitable": False}
    about = {"auto_archive_duration": MINUTES[-1], "archive_timestamp": world.stamp(world.clock())}
    return {
        "id": thread.id,
        "type": PRIVATE,
        "guild_id": world.rooms[thread.id].id,
        "parent_id": thread.parent,
        "owner_id": world.application_id,
        "name": thread.name,
        "flags": 0,
        "thread_metadata": {**put_away, **about},
        "message_count": 0,
        "member_count": len(thread.members) + 1,
        "total_message_sent": 0,
    }


def brought(world: World, thread_id: str, user_id: str) -> None:
    """PUT /channels/{id}/thread-members/{id}."""
    thread = world.threads.get(thread_id)
    if thread is None:
        raise ApiError(404, 10003)
    need(world, thread_id, SEND_IN_THREADS)
    changing(world, thread_id)
    if user_id not in world.users:
        raise ApiError(404, 10013)
    guild = world.rooms[thread_id]
    if user_id not in guild.members:
        raise ApiError(404, 10007)
    if user_id not in thread.members:
        thread.members.append(user_id)


def let_go(world: World, thread_id: str, user_id: str) -> None:
    """DELETE /channels/{id}/thread-members/{id}: the thread is the bot's."""
    thread = world.threads.get(thread_id)
    if thread is None:
        raise ApiError(404, 10003)
    need(world, thread_id, VIEW)
    changing(world, thread_id)
    if user_id not in thread.members:
        raise ApiError(404, 10007)
    thread.members.remove(user_id)
