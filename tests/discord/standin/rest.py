"""The HTTP API on the wire: tokens, rate limits, faults, multipart, then the route. Knows aiohttp.

What was asked is judged before a fault can hide it.
"""

import json
import re
from typing import Any

from aiohttp import web

from tests.discord.standin import routes
from tests.discord.standin.buckets import Buckets
from tests.discord.standin.errors import ApiError
from tests.discord.standin.faults import (
    Broken,
    Busy,
    Cloudflare,
    Denied,
    Dropped,
    Fault,
    Faults,
    Garbage,
    Held,
)
from tests.discord.standin.gateway import Gateway
from tests.discord.standin.judge import Rules
from tests.discord.standin.records import Call
from tests.discord.standin.world import World

VIA = {"Via": "1.1 google"}
_FILE = re.compile(r"files\[(\d+)\]")


class Rest:
    """Answers /api/v10/..."""

    def __init__(
        self, world: World, rules: Rules, faults: Faults, gateway: Gateway, token: str
    ) -> None:
        self.buckets = Buckets()
        # Answers of 401, 403 and 429: ten thousand in ten minutes, and Discord bans the address.
        self.invalid = 0
        self._world = world
        self._rules = rules
        self._faults = faults
        self._gateway = gateway
        self._token = token

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        path = "/" + request.match_info["path"]
        body, files, multipart = await _content(request)
        found = routes.find(request.method, path)
        if found is None:
            self._rules.note(f"{request.method} {path}", "the stand-in has no such route")
            return _json(404, {"message": "404: Not Found", "code": 0}, {})
        route, parts = found
        name = f"{route.method} {route.path}"
        user = routes.concerns(self._world, route, parts, body)
        call = Call(request.method, path, name, body, files, user.id if user else "")
        self._world.calls.append(call)
        self._rules.request(request.method, request.path_qs, body, multipart=multipart)
        names = (name, name[:-2] + "@original") if path.endswith("/@original") else (name,)
        fault = self._faults.take(names, call.user)
        if isinstance(fault, Held):
            fault.arrived.set()
            await fault.released.wait()
        elif fault == Dropped():
            return refusal(request, Dropped())
        elif fault is not None and not isinstance(fault, Dropped):
            return self._counted(call, refusal(request, fault))
        allowed, headers = self.buckets.take(name, parts[0] if parts else "")
        wait = self.buckets.over_all() if route.token else 0.0
        if wait or not allowed:
            self._rules.note(name, "more requests than the rate limit allows")
            after = wait or float(headers["X-RateLimit-Reset-After"])
            return self._counted(call, _busy(after, headers, whole=bool(wait)))
        asked = routes.Asked(
            self._world, self._rules, self._gateway, parts, dict(request.query), body, files
        )
        status, reply = self._done(route, asked, request)
        await self._gateway.flush()
        self._world.changed()
        if isinstance(fault, Dropped):
            return refusal(request, fault)
        return self._counted(call, _json(status, reply, headers))

    def _done(self, route: routes.Route, asked: routes.Asked, request: web.Request) -> Any:
        if route.token and request.headers.get("Authorization") != f"Bot {self._token}":
            self._rules.note(f"{route.method} {route.path}", "a wrong token")
            return 401, {"message": "401: Unauthorized", "code": 0}
        try:
            return route.do(asked)
        except ApiError as error:
            return error.status, error.body
        except Exception as error:
            self._rules.note(f"{route.method} {route.path}", f"the stand-in broke: {error!r}")
            raise

    def _counted(self, call: Call, response: web.StreamResponse) -> web.StreamResponse:
        call.status = response.status
        self.invalid += response.status in (401, 403, 429)
        self._world.changed()
        return response


async def _content(request: web.Request) -> tuple[Any, dict[str, bytes], bool]:
    """The body, the files by "<number>/<name>", and whether it came in parts."""
    if request.content_type != "multipart/form-data":
        text = await request.text()
        return (json.loads(text) if text else None), {}, False
    body: Any = None
    files: dict[str, bytes] = {}
    reader = await request.multipart()
    async for part in reader:
        name = str(getattr(part, "name", ""))
        data: bytes = bytes(await part.read(decode=True))  # type: ignore[union-attr]  # parts of a form are not nested
        if name == "payload_json":
            body = json.loads(data)
        elif match := _FILE.fullmatch(name):
            files[f"{match[1]}/{getattr(part, 'filename', '')}"] = data
    return body, files, True


def _json(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    if body is None:
        return web.Response(status=status, headers={**headers, **VIA})
    # discord.py reads JSON only where this header says exactly so, without a charset.
    kind = {"Content-Type": "application/json"}
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={**headers, **VIA, **kind}
    )


def _busy(after: float, headers: dict[str, str], *, whole: bool, via: bool = True) -> web.Response:
    body = {"message": "You are being rate limited.", "retry_after": after, "global": whole}
    scope = {"X-RateLimit-Scope": "global" if whole else "user", "Retry-After": f"{after:.3f}"}
    said = {**headers, **scope, **({"X-RateLimit-Global": "true"} if whole else {})}
    answer = _json(429, body, said)
    if not via:
        del answer.headers["Via"]
    return answer


def refusal(request: web.Request, fault: Fault) -> web.StreamResponse:
    """What a fault looks like on the wire."""
    if isinstance(fault, Denied):
        return _json(fault.status, {"message": fault.words, "code": fault.code}, {})
    if isinstance(fault, Busy):
        return _busy(fault.retry_after, {}, whole=fault.global_, via=fault.via)
    if isinstance(fault, Cloudflare):
        after = {"Retry-After": str(fault.retry_after)}
        words = "error code: 1015"
        return web.Response(text=words, status=429, content_type="text/plain", headers=after)
    if isinstance(fault, Broken):
        html = "<html>broken</html>"
        return web.Response(text=html, status=fault.status, content_type="text/html")
    if isinstance(fault, Garbage):
        kind = {"Content-Type": "application/json"}
        return web.Response(body=b"<html>maintenance</html>", headers=kind)
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
