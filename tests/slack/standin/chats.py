"""chat.* and conversations.open: messages to people. Knows the world and the judge; no network.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from tests.slack.standin.errors import ApiError
from tests.slack.standin.judge import Judge
from tests.slack.standin.reading import Json
from tests.slack.standin.scene import APP_ID, Inbox, Install, Posted, Room
from tests.slack.standin.world import World

# People in one conversation, the bot not counted.
TOGETHER = 8


def posted(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """chat.postMessage: to a person's id, the DM that it gave before, or where several read."""
    judge.message("chat.postMessage", args)
    judge.quiet("chat.postMessage", args)
    inbox = _addressee(world, judge, install, "chat.postMessage", str(args.get("channel", "")))
    _met(world, judge, inbox)
    _refuse_empty(args)
    message = world.post(inbox, args)
    return {"channel": inbox.channel, "ts": message.ts, "message": as_json(inbox, message)}


def whispered(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """chat.postEphemeral: to one person in a channel."""
    judge.message("chat.postEphemeral", args)
    _refuse_empty(args)
    inbox = _person(world, judge, install, "chat.postEphemeral", str(args.get("user", "")))
    return {"message_ts": world.post(inbox, args, ephemeral=True).ts}


def updated(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """chat.update: a message of the bot's own, by the id of the conversation."""
    judge.message("chat.update", args)
    judge.quiet("chat.update", args)
    inbox, message = _own(world, judge, install, "chat.update", args)
    _refuse_empty(args)
    world.edit(message, args)
    return {
        "channel": inbox.channel,
        "ts": message.ts,
        "text": message.text,
        "message": as_json(inbox, message),
    }


def deleted(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """chat.delete: a message of the bot's own."""
    inbox, message = _own(world, judge, install, "chat.delete", args)
    del inbox.messages[message.ts]
    world.changed()
    return {"channel": inbox.channel, "ts": message.ts}


def opened(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """conversations.open: the id of the DM with one person, or of a conversation of several."""
    where, users = "conversations.open", str(args.get("users") or "").split(",")
    scope = "mpim:write" if len(users) > 1 else "im:write"
    if scope not in install.scopes:
        judge.note(where, f"the scope {scope} is not granted")
        raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(install.scopes)))
    if len(users) > TOGETHER:
        judge.note(where, f"{len(users)} people, more than {TOGETHER}")
        raise ApiError("too_many_users")
    if len(set(users)) < len(users) or install.bot_user in users:
        judge.note(where, "somebody is named twice, or the bot itself, which is there anyway")
    inboxes = [_person(world, judge, install, where, user) for user in users]
    if len(inboxes) == 1:
        return {"channel": {"id": inboxes[0].channel}, "no_op": True, "already_open": True}
    return {"channel": {"id": world.gather(install, users).channel}}


def as_json(inbox: Inbox | Room, message: Posted) -> Json:
    """A message as answers and payloads hold it."""
    held: Json = {
        "type": "message",
        "user": inbox.install.bot_user,
        "bot_id": inbox.install.bot_id,
        "app_id": APP_ID,
        "team": inbox.team,
        "ts": message.ts,
        "text": message.text,
        "blocks": message.blocks,
    }
    if message.files:
        held["files"] = message.files
    return held


def _refuse_empty(args: Json) -> None:
    if not (args.get("text") or args.get("blocks") or args.get("attachments")):
        raise ApiError("no_text")


def _met(world: World, judge: Judge, inbox: Inbox | Room) -> None:
    """A message of its own accord goes to those who had to do with the bot.

    A channel had, whoever is in it: somebody invited the bot.
    """
    if isinstance(inbox, Inbox):
        readers = [inbox]
    else:
        readers = [world.inbox(inbox.install, user) for user in sorted(inbox.members)]
        readers = readers if inbox.group else []
    for each in readers:
        if not each.met:
            judge.note("chat.postMessage", f"{each.user} never had to do with the bot")


def _room(judge: Judge, room: Room, install: Install, where: str) -> Room:
    """The room, if the bot may write there now: it may have been put out at any moment."""
    if room.install is not install:
        judge.note(where, f"{room.channel} belongs to another install than the token")
        raise ApiError("channel_not_found")
    if not room.bot:
        # What is private is not even there for those outside.
        raise ApiError("not_in_channel" if room.channel.startswith("C") else "channel_not_found")
    if room.archived:
        raise ApiError("is_archived" if where == "chat.postMessage" else "is_inactive")
    return room


def _addressee(
    world: World, judge: Judge, install: Install, where: str, channel: str
) -> Inbox | Room:
    if channel in world.rooms:
        return _room(judge, world.rooms[channel], install, where)
    if channel[:1] in {"C", "G", "#"}:
        judge.note(where, f"a message to everybody in {channel}")
        raise ApiError("channel_not_found")
    if channel.startswith("D"):
        inbox = world.channels.get(channel)
        if inbox is None:
            raise ApiError("channel_not_found")
        if inbox.install is not install:
            judge.note(where, f"{channel} belongs to another install than the token")
            raise ApiError("channel_not_found")
        return inbox
    return _person(world, judge, install, where, channel)


def _person(world: World, judge: Judge, install: Install, where: str, user: str) -> Inbox:
    profile = world.profile(install, user)
    if profile is None:
        if any(user in place.people for place in world.places.values()):
            judge.note(where, f"{user} belongs to another workspace than the token")
        raise ApiError("user_not_found" if where != "chat.postMessage" else "channel_not_found")
    if profile.deleted:
        raise ApiError("user_disabled" if where != "chat.postMessage" else "channel_not_found")
    return world.inbox(install, user)


def _own(
    world: World, judge: Judge, install: Install, where: str, args: Json
) -> tuple[Inbox | Room, Posted]:
    channel, ts = str(args.get("channel", "")), str(args.get("ts", ""))
    inbox: Inbox | Room | None = world.channels.get(channel)
    if channel in world.rooms:
        inbox = _room(judge, world.rooms[channel], install, where)
    if inbox is None or inbox.install is not install:
        judge.note(where, f"{channel} is no conversation of the bot's")
        raise ApiError("channel_not_found")
    if any(ts == each.ts for each in inbox.ephemerals):
        judge.note(where, "an ephemeral message can only be changed by its response_url")
        raise ApiError("message_not_found")
    message = inbox.messages.get(ts)
    if message is None:
        if not any(ts == each.ts for each in inbox.received):
            judge.note(where, f"{ts} is no message of the bot's")
        raise ApiError("message_not_found")
    return inbox, message
