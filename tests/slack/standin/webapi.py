"""The Web API over HTTP: arguments, tokens, scopes, faults, then the method. Knows aiohttp.

Arguments are taken as slack_sdk sends them: in the query, as a form, or as JSON; the token from the
Authorization header or the arguments. What was asked is judged before a fault can hide it.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.slack.standin import chats, installs, uploads, windows
from tests.slack.standin.arguments import METHODS
from tests.slack.standin.errors import ApiError
from tests.slack.standin.faults import Broken, Busy, Denied, Dropped, Fault, Faults, Garbage, Held
from tests.slack.standin.judge import Judge
from tests.slack.standin.reading import Json
from tests.slack.standin.scene import Install
from tests.slack.standin.world import World

DONE: dict[str, Callable[[World, Judge, Install, Json], Json]] = {
    "auth.test": installs.tested,
    "auth.revoke": installs.revoked,
    "apps.uninstall": installs.uninstalled,
    "chat.postMessage": chats.posted,
    "chat.postEphemeral": chats.whispered,
    "chat.update": chats.updated,
    "chat.delete": chats.deleted,
    "conversations.open": chats.opened,
    "views.open": windows.opened,
    "views.push": windows.stacked,
    "views.update": windows.updated,
    "views.publish": windows.published,
    "users.info": installs.described,
    "files.getUploadURLExternal": uploads.announced,
    "files.completeUploadExternal": uploads.completed,
}


class WebApi:
    """Answers /api/{method}. `sockets` makes the address that apps.connections.open gives."""

    def __init__(
        self,
        world: World,
        judge: Judge,
        faults: Faults,
        secrets: dict[str, str],
        sockets: Callable[[], str],
    ) -> None:
        self._world = world
        self._judge = judge
        self._faults = faults
        self._secrets = secrets
        self._sockets = sockets

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        method = request.match_info["method"]
        args, token = await arguments(request)
        self._world.counts[method] += 1
        if self._judge.on:
            self._world.calls.append((method, args))
        if method not in METHODS:
            self._judge.note(method, "there is no such method here")
            return web.json_response({"ok": False, "error": "unknown_method"})
        self._judge.arguments(method, args)
        fault = self._faults.take(method, self._about(args))
        if isinstance(fault, Held):
            fault.arrived.set()
            await fault.release.wait()
        elif fault is not None and fault != Dropped(kept=True):
            return refusal(request, fault)
        reply, scopes = self._done(method, args, token, request)
        self._world.changed()
        if fault == Dropped(kept=True):
            return refusal(request, fault)
        return web.json_response(reply, headers={"x-oauth-scopes": scopes})

    def _about(self, args: Json) -> str:
        named = (args.get(name) for name in ("user", "user_id", "users", "channel", "channel_id"))
        who = next((str(each) for each in named if each), "")
        if who in self._world.channels:
            return self._world.channels[who].user
        if args.get("view_id") in self._world.views:
            return self._world.views[args["view_id"]].inbox.user
        if args.get("trigger_id") in self._world.triggers:
            return self._world.triggers[args["trigger_id"]].inbox.user
        return who

    def _done(self, method: str, args: Json, token: str, request: web.Request) -> tuple[Json, str]:
        try:
            if METHODS[method].token == "app":
                return {"ok": True, "url": self._socket_url(method, token)}, ""
            if METHODS[method].token == "client":
                self._client(method, args, request)
                return {"ok": True, **installs.exchanged(self._world, self._judge, args)}, ""
            if method == "apps.uninstall":
                self._client(method, args, request)
            install = self._install(method, token)
            scopes = ",".join(sorted(install.scopes))
            if not self._judge.granted(method, install):
                needed = METHODS[method].scopes[0]
                raise ApiError("missing_scope", needed=needed, provided=scopes)
            return {"ok": True, **DONE[method](self._world, self._judge, install, args)}, scopes
        except ApiError as error:
            return error.reply, ""

    def _socket_url(self, method: str, token: str) -> str:
        if token != self._secrets["app_token"]:
            self._judge.note(method, "the token is not the app-level token")
            raise ApiError("invalid_auth")
        return self._sockets()

    def _client(self, method: str, args: Json, request: web.Request) -> None:
        given = (args.get("client_id"), args.get("client_secret"))
        kind, _, code = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            name, _, secret = base64.b64decode(code).decode().partition(":")
            given = (name, secret)
        if given != (self._secrets["client_id"], self._secrets["client_secret"]):
            self._judge.note(method, "wrong client_id or client_secret")
            raise ApiError("bad_client_secret")

    def _install(self, method: str, token: str) -> Install:
        if not token:
            self._judge.note(method, "no token")
            raise ApiError("not_authed")
        install = self._world.installs.get(token)
        if install is None:
            self._judge.note(method, "the token belongs to no workspace")
            raise ApiError("invalid_auth")
        if not install.active or install.bot_token != token:
            # A workspace may leave at any moment: that a call meets this is no mistake.
            raise ApiError("account_inactive" if not install.active else "token_revoked")
        return install


async def arguments(request: web.Request) -> tuple[Json, str]:
    """The arguments of a call, JSON decoded where they are JSON, and its token."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json() if request.can_read_body else {}
    else:
        args |= dict(await request.post())
    for name in ("blocks", "view", "attachments", "metadata"):
        if isinstance(args.get(name), str) and args[name][:1] in {"{", "["}:
            args[name] = json.loads(args[name])
    for name in ("unfurl_links", "unfurl_media"):
        if args.get(name) in ("0", "false", "False"):
            args[name] = False
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    given = str(args.pop("token", "") or "")
    return args, token if kind == "Bearer" else given


def refusal(request: web.Request, fault: Fault) -> web.StreamResponse:
    """What a fault looks like on the wire."""
    if isinstance(fault, Denied):
        return web.json_response({"ok": False, "error": fault.error})
    if isinstance(fault, Busy):
        return web.json_response(
            {"ok": False, "error": "ratelimited"},
            status=429,
            headers={"Retry-After": str(fault.retry_after)},
        )
    if isinstance(fault, Broken):
        return web.Response(
            text="<html>broken</html>", status=fault.status, content_type="text/html"
        )
    if isinstance(fault, Garbage):
        return web.Response(text="<html>maintenance</html>", content_type="application/json")
    transport: Any = request.transport
    if transport is not None:
        transport.abort()
    return web.Response()
