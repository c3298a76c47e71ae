"""A small whole bot, and ways to run it, for trying out the stand-in. Knows nothing of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.standin.hands import Person
from tests.slack.standin.reading import Json
from tests.slack.standin.server import Slack

QUIET: Any = {"unfurl_links": False, "unfurl_media": False}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def button(label: str, action: str) -> Json:
    return {"type": "button", "text": plain(label), "action_id": action}


def row(*buttons: Json) -> Json:
    return {"type": "actions", "block_id": "row", "elements": list(buttons)}


def paragraph(text: str) -> Json:
    part = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [part]}


def asks(name: str, element: Json, *, optional: bool = False, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(name.title()),
        "optional": optional,
        "element": {"action_id": "answer", **element},
        **more,
    }


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Log it"),
        "submit": plain("Save"),
        "blocks": list(blocks),
        **more,
    }


FORM = modal(
    asks("company", {"type": "external_select", "min_query_length": 1}),
    asks("on", {"type": "datepicker", "initial_date": "2026-11-23"}),
    asks(
        "via",
        {
            "type": "static_select",
            "options": [
                {"text": plain("Cold"), "value": "cold"},
                {"text": plain("A lead"), "value": "lead"},
            ],
        },
        optional=True,
    ),
    asks("note", {"type": "plain_text_input", "multiline": True}, optional=True),
    row(button("More", "more")),
    notify_on_close=True,
)


def small_app(slack: Slack, token: str, log: list[Json]) -> AsyncApp:
    """A whole little bot: a command, a form, a DM with a button, a Home tab."""
    app = AsyncApp(
        signing_secret=slack.signing_secret,
        client=AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[]),
        process_before_response=True,
    )

    @app.command("/job")
    async def command(ack: Any, body: Json, client: AsyncWebClient) -> None:
        log.append(body)
        if body["text"] == "form":
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            await ack()
        elif body["text"] == "dm":
            await client.chat_postMessage(
                channel=body["user_id"],
                text="Write to Acme",
                blocks=[paragraph("Write to Acme"), row(button("Sent", "sent"))],
                **QUIET,
            )
            await ack()
        else:
            text = f"You said {body['text']}"
            await ack(text=text, blocks=[paragraph(text), row(button("Undo", "undo"))])

    @app.action("undo")
    async def undo(ack: Any, body: Json, respond: Any) -> None:
        log.append(body)
        await ack()
        await respond(text="Undone", replace_original=True)

    @app.action("sent")
    async def sent(ack: Any, body: Json, client: AsyncWebClient) -> None:
        log.append(body)
        await ack()
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        await client.chat_update(channel=channel, ts=ts, text="Settled")

    @app.action("more")
    async def more(ack: Any, body: Json, client: AsyncWebClient) -> None:
        log.append(body)
        await ack()
        seen = body["view"]
        wider = {**FORM, "blocks": [*FORM["blocks"], asks("fit", {"type": "plain_text_input"})]}
        await client.views_update(view_id=seen["id"], hash=seen["hash"], view=wider)

    @app.options("answer")
    async def options(ack: Any, body: Json) -> None:
        log.append(body)
        names = [
            n for n in ("Acme", "Acorn", "Bolt") if n.lower().startswith(body["value"].lower())
        ]
        await ack(options=[{"text": plain(n), "value": n.lower()} for n in names])

    @app.view("form")
    async def submitted(ack: Any, body: Json) -> None:
        log.append(body)
        values = body["view"]["state"]["values"]
        if (values["note"]["answer"]["value"] or "").startswith("bad"):
            await ack(response_action="errors", errors={"note": "Not that"})
        else:
            await ack()

    @app.view_closed("form")
    async def closed(ack: Any, body: Json) -> None:
        log.append(body)
        await ack()

    @app.shortcut("log_application")
    async def shortcut(ack: Any, body: Json, client: AsyncWebClient) -> None:
        log.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.shortcut("save_job")
    async def save(ack: Any, body: Json, respond: Any) -> None:
        log.append(body)
        await ack()
        await respond(text="Saved")

    @app.event("app_home_opened")
    async def home(event: Json, body: Json, client: AsyncWebClient) -> None:
        log.append(body)
        view = {"type": "home", "blocks": [paragraph("Due today: 1"), row(button("Go", "undo"))]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.event("app_uninstalled")
    async def gone(body: Json) -> None:
        log.append(body)

    @app.event("tokens_revoked")
    async def revoked(body: Json) -> None:
        log.append(body)

    return app


@asynccontextmanager
async def served(slack: Slack, handler: Any) -> AsyncIterator[None]:
    """An aiohttp application as the app's request URL."""
    runner = web.AppRunner(handler, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.over_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected(slack: Slack, app: AsyncApp) -> AsyncIterator[None]:
    """The app over Socket Mode."""
    client = AsyncWebClient(base_url=slack.api_url)
    handler = AsyncSocketModeHandler(app, slack.app_token, web_client=client, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    slack.over_socket()
    try:
        await slack.sockets.at_least(1)
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped


@asynccontextmanager
async def answering(answer: Any, status: int = 200) -> AsyncIterator[tuple[Slack, Person]]:
    """An app that answers everything the same."""

    async def same(request: web.Request) -> web.Response:
        await request.read()
        if answer is None or isinstance(answer, str):
            return web.Response(text=answer, status=status)
        return web.json_response(answer, status=status)

    app = web.Application()
    app.router.add_post("/slack/events", same)
    async with Slack() as slack:
        ana = slack.team("T1").person("U1")
        async with served(slack, app):
            yield slack, ana
