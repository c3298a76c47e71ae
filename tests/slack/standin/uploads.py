"""files.*: an upload in three steps. Knows the world and the judge; no network.

https://docs.slack.dev/messaging/working-with-files#upload
"""

import json
from typing import Any

from tests.slack.standin.errors import ApiError
from tests.slack.standin.judge import Judge
from tests.slack.standin.reading import Json
from tests.slack.standin.scene import Install
from tests.slack.standin.world import World


def announced(world: World, _judge: Judge, install: Install, args: Json) -> Json:
    """files.getUploadURLExternal: where to send the bytes."""
    name = f"F{world.number():08d}"
    world.uploads[name] = {
        "id": name,
        "name": str(args.get("filename", "")),
        "length": int(args.get("length") or 0),
        "install": install.key,
        "content": None,
    }
    return {"upload_url": f"{world.root}/upload/{name}", "file_id": name}


def completed(world: World, judge: Judge, install: Install, args: Json) -> Json:
    """files.completeUploadExternal: show the files in a conversation."""
    where = "files.completeUploadExternal"
    listed: Any = args.get("files")
    listed = json.loads(listed) if isinstance(listed, str) else listed
    files = [world.uploads.get(str(each.get("id"))) for each in listed or ()]
    if not files or any(f is None or f["install"] != install.key for f in files):
        raise ApiError("file_not_found")
    if any(f["content"] is None for f in files if f):
        judge.note(where, "a file was not uploaded")
        raise ApiError("file_not_found")
    channel = str(args.get("channel_id") or args.get("channels") or "")
    if not channel:
        judge.note(where, "the file is shown to nobody: channel_id is missing")
        return {"files": [{"id": f["id"]} for f in files if f]}
    inbox = world.channels.get(channel)
    if inbox is None or inbox.install is not install:
        judge.note(where, f"{channel} is no conversation of the bot's")
        raise ApiError("channel_not_found")
    if not inbox.met:
        judge.note(where, f"{inbox.user} never had to do with the bot")
    message = world.post(inbox, {"text": args.get("initial_comment") or ""})
    titles = {str(each.get("id")): each.get("title") for each in listed}
    message.files = [
        {"id": f["id"], "name": f["name"], "title": titles[f["id"]], "content": f["content"]}
        for f in files
        if f
    ]
    return {"files": [{"id": f["id"], "title": titles[f["id"]]} for f in files if f]}
