"""The app that is served: its routes, and a page for whatever goes wrong. Knows no platform."""

import traceback
from collections.abc import Sequence

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.web.pages import page
from bot.message import Message as Words
from bot.message import text

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

_TROUBLE = Words(
    "Something went wrong on our side",
    (text("It has been noted. Please try again in a moment."),),
)
_NOTHING_HERE = Words("There is nothing here", (text("The address may have been mistyped."),))


def starlette_app(routes: Sequence[BaseRoute]) -> Starlette:
    """An app of these routes and of `/healthz`, which says "ok" without asking anybody.

    Whatever else is asked for gets a short page, and an error never shows, nor logs, its words.
    """
    app = Starlette(
        routes=[Route("/healthz", _healthy), *routes],
        exception_handlers={HTTPException: _explained},
        middleware=[Middleware(_Contained)],
    )
    # It would send people to an address made of what a proxy says about itself.
    app.router.redirect_slashes = False
    return app


async def _healthy(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _explained(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException) or error.status_code >= 500:
        return page(_TROUBLE, 500)
    if error.status_code == 404:
        return page(_NOTHING_HERE, 404)
    response = page(Words("That cannot be done here"), error.status_code)
    response.headers.update(error.headers or {})
    return response


class _Contained:
    """Answers in place of a route that fails. The traceback may quote what somebody typed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            spot = traceback.extract_tb(error.__traceback__)[-1]
            log.error(
                "request failed", error=type(error).__name__, at=f"{spot.filename}:{spot.lineno}"
            )
            if not begun:
                await page(_TROUBLE, 500)(scope, receive, send)
