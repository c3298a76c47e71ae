"""Hands out, once, what a link from chat leads to. Knows pages and ZIP files, and no platform.

A GET shows a page with one button and changes nothing: previews and mail scanners open every
address that they see. Only pressing the button, a POST, takes the link and brings the file.
"""

import asyncio
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from adapters.web.guard import Guard, anyone
from adapters.web.pages import page
from bot.exits import EXPORT, PATH, Exits, Ticket
from bot.export import files
from bot.message import File, Message, text
from bot.ports import Store, Unavailable, Unit

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

NAME = "followthrough.zip"
# Bytes in the body of a request from a browser, which sends none.
SMALL = 1000

_READY = Message(
    "Ready to download",
    (
        text(
            "One ZIP file. It is yours alone: keep it where nobody else opens it. The button works "
            "once."
        ),
    ),
)
_ANOTHER = "Ask for another one where you got it, with “export”."
_NOTHING = Message("There is nothing here", (text("The address may have been mistyped."),))
_RUN_OUT = Message("This link has run out", (text(f"It was good for ten minutes. {_ANOTHER}"),))
_USED = Message(
    "This link was used already",
    (text(f"It works once, and ends when you ask for a newer one. {_ANOTHER}"),),
)
_AWAY = Message(
    "I could not get at the records",
    (text("The link may still be good. Please press again in a minute."),),
)
# Said of all that is answered here, the file included.
_HEADERS = {"x-robots-tag": "noindex", "cross-origin-resource-policy": "same-origin"}
_OF_A_FILE = {
    "cache-control": "no-store",
    "content-disposition": f'attachment; filename="{NAME}"',
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Downloads:
    """Serves the addresses that `exits` makes. `clock` tells the time, aware UTC."""

    def __init__(self, exits: Exits, store: Store, clock: Callable[[], datetime]) -> None:
        self._exits, self._store, self._clock = exits, store, clock

    def routes(self) -> Sequence[BaseRoute]:
        """What is served over HTTP."""
        served = Guard(self._serve, anyone, limit=SMALL)
        return (Route(f"{PATH}{{token}}", served, methods=["GET", "POST"]),)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request.path_params["token"], request.method == "POST")
        response.headers.update(_HEADERS)
        await response(scope, receive, send)

    async def _answer(self, token: str, pressed: bool) -> Response:
        ticket = self._exits.read(token)
        if ticket is None or ticket.purpose != EXPORT:
            return _refused("unknown", _NOTHING, HTTPStatus.NOT_FOUND)
        now = self._clock()
        if ticket.until <= now:
            return _refused("expired", _RUN_OUT, HTTPStatus.GONE)
        if not pressed:
            return page(_READY, press="Download")
        try:
            found = await self._taken(ticket, now)
        except Unavailable:
            return _refused("unavailable", _AWAY, HTTPStatus.SERVICE_UNAVAILABLE)
        if found is None:
            return _refused("used", _USED, HTTPStatus.GONE)
        # Half a second for thousands of applications, in which nobody else should have to wait.
        packed = await asyncio.to_thread(_packed, found, now)
        log.info("link used")
        return Response(packed, media_type="application/zip", headers=_OF_A_FILE)

    async def _taken(self, ticket: Ticket, now: datetime) -> Sequence[File] | None:
        """The files, as the records are now; the link is used up if they could be made."""

        def work(unit: Unit) -> Sequence[File] | None:
            whose = unit.spend_link(ticket.fingerprint, ticket.purpose, now)
            return None if whose is None else files(unit, unit.seekers([whose])[whose])

        return await self._store.transact(work)


def _refused(why: str, words: Message, status: HTTPStatus) -> Response:
    log.info("link refused", why=why)
    return page(words, status)


def _packed(found: Sequence[File], now: datetime) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in found:
            inside = zipfile.ZipInfo(file.name, now.timetuple()[:6])
            inside.compress_type = zipfile.ZIP_DEFLATED
            # For its owner to read and write; without it some systems make an unreadable file.
            inside.external_attr = 0o600 << 16
            archive.writestr(inside, file.data)
    return packed.getvalue()
