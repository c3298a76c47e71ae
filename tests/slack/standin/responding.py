"""The response_url: late answers to a command or a press. Knows the world and the judge, aiohttp.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import json

from aiohttp import web

from tests.slack.standin.faults import Dropped, Faults, Held
from tests.slack.standin.judge import Judge
from tests.slack.standin.reading import Json
from tests.slack.standin.webapi import refusal
from tests.slack.standin.world import Reply, World

WHERE = "response_url"


class Responses:
    """Answers posts to /response/{name}."""

    def __init__(self, world: World, judge: Judge, faults: Faults) -> None:
        self._world = world
        self._judge = judge
        self._faults = faults

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One post."""
        world = self._world
        reply = world.replies.get(request.match_info["name"])
        world.counts[WHERE] += 1
        if reply is None:
            self._judge.note(WHERE, "there never was such an address")
            return self._gone("invalid_url")
        try:
            args: Json = json.loads(await request.read())
        except ValueError:
            self._judge.note(WHERE, "the body is no JSON")
            return web.Response(status=400, text="invalid_payload")
        if self._judge.on:
            world.calls.append((WHERE, args))
        self._judge.response(args, slash=reply.origin is None)
        fault = self._faults.take(WHERE, reply.inbox.user)
        if isinstance(fault, Held):
            fault.arrived.set()
            await fault.release.wait()
        elif fault is not None and fault != Dropped(kept=True):
            return refusal(request, fault)
        if reply.left < 1:
            self._judge.note(WHERE, "more than 5 posts")
            return self._gone("used_url")
        if world.clock() > reply.until:
            self._judge.note(WHERE, "used after 30 minutes")
            return self._gone("expired_url")
        reply.left -= 1
        self._applied(reply, args)
        world.changed()
        if fault == Dropped(kept=True):
            return refusal(request, fault)
        return web.json_response({"ok": True})

    def _gone(self, error: str) -> web.Response:
        return web.json_response({"ok": False, "error": error}, status=404)

    def _applied(self, reply: Reply, args: Json) -> None:
        inbox, origin = reply.inbox, reply.origin
        if origin is not None and args.get("delete_original"):
            if origin in inbox.ephemerals:
                inbox.ephemerals.remove(origin)
            inbox.messages.pop(origin.ts, None)
        elif origin is not None and args.get("replace_original"):
            self._world.edit(origin, args)
        elif args.get("text") or args.get("blocks"):
            self._world.post(inbox, args, ephemeral=args.get("response_type") != "in_channel")
        else:
            self._judge.note(WHERE, "nothing to say")
