"""chat.* and conversations.open: messages to one person. Knows the world and the judge; no network.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from tests.slack.standin.errors import ApiError
from tests.slack.standin.judge import Judge
from tests.slack.standin.reading import Json
from tests.slack.standin.scene import APP_ID, Inbox, Install, Posted
from tests.slack.standin.world import World


def posted(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """chat.postMessage: to a person's id, or to the DM that it gave before."""
    judge.message("chat.postMessage", args)
    inbox = _addressee(world, judge, install, "chat.postMessage", str(args.get("channel", "")))
    if not inbox.met:
        judge.note("chat.postMessage", f"{inbox.user} never had to do with the bot")
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
    """chat.update: a message of the bot's own, by the id of the DM."""
    judge.message("chat.update", args)
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
    """conversations.open: the id of the DM with one person."""
    users = str(args.get("users") or "")
    if "," in users:
        judge.note("conversations.open", "a group conversation")
        raise ApiError("method_not_supported_for_channel_type")
    inbox = _person(world, judge, install, "conversations.open", users)
    return {"channel": {"id": inbox.channel}, "no_op": True, "already_open": True}


def as_json(inbox: Inbox, message: Posted) -> Json:
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


def _addressee(world: World, judge: Judge, install: Install, where: str, channel: str) -> Inbox:
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
) -> tuple[Inbox, Posted]:
    channel, ts = str(args.get("channel", "")), str(args.get("ts", ""))
    inbox = world.channels.get(channel)
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
