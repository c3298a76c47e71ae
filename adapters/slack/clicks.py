"""Clicks on buttons: what was pressed, where, and by whom. Knows no other kind of request."""

import structlog
from slack_bolt.async_app import AsyncAck

from adapters.answering import EXPIRED, NOT_YOURS, Place
from adapters.slack import Json
from adapters.slack.answering import SlackAnswering
from adapters.slack.blocks import read_action
from adapters.slack.channels import channel_of
from adapters.slack.filled import filled
from adapters.slack.forms import MORE, with_more
from adapters.slack.front import STRANGER
from adapters.slack.meta import Meta, Origin
from adapters.slack.offered import calls_in
from adapters.slack.places import Aside, Letter, Surroundings, Window
from bot.model import Who

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


class Clicks:
    """The listener for them."""

    def __init__(self, answering: SlackAnswering) -> None:
        self._answering = answering

    async def action(self, ack: AsyncAck, body: Json) -> None:
        """A click."""
        await ack()
        self._answering.front.background.start(self._clicked(body))

    async def _clicked(self, body: Json) -> None:
        who = await self._answering.front.who(body)
        around = await self._answering.around(body, who)
        await self._answering.excused(
            at(body, around), lambda place: self._press(body, place, around, who)
        )

    async def _press(self, body: Json, place: Place, around: Surroundings, who: Who | None) -> None:
        pressed = body["actions"][0]
        if who is None:
            await place.say(STRANGER)
        elif elsewhere(body.get("container") or {}):
            await place.say(NOT_YOURS)
        elif pressed["action_id"] == MORE and body.get("view"):
            fuller = self._fuller(body, around)
            if fuller is None:
                await place.say(EXPIRED)
            else:
                await Window(around, view_id=body["view"]["id"]).show(fuller)
        elif pressed.get("type") == "button" and not pressed.get("url"):
            call = read_action(pressed["action_id"])
            if call.name:
                await self._answering.open_or_answer(place, call, who)
            else:
                log.info("unknown action: a button of another version", outcome="told")
                await place.say(EXPIRED)

    def _fuller(self, body: Json, around: Surroundings) -> Json | None:
        command = around.registry.get(filled(body["view"]).name)
        if command is None:
            log.info("unknown form: a window of another version", outcome="told")
            return None
        return with_more(body["view"], command, around.now)


def at(body: Json, around: Surroundings) -> Place:
    """The place where a click was made."""
    container = body.get("container") or {}
    shown = body.get("view") or {}
    trigger = body.get("trigger_id", "")
    if shown.get("type") == "modal":
        meta = Meta.decode(shown.get("private_metadata", ""))
        return Window(around, view_id=shown["id"], meta=meta.whence)
    url = body.get("response_url", "")
    if container.get("type") == "message" and container.get("is_ephemeral"):
        return Aside(Window(around, trigger, meta=Meta(channel=channel_of(body))), url)
    if container.get("type") == "message":
        origin = Origin(container["channel_id"], container["message_ts"])
        offered = calls_in((body.get("message") or {}).get("blocks") or [])
        pressed = read_action(str(body["actions"][0].get("action_id", "")))
        above = Window(around, trigger, meta=Meta(origin=origin))
        return Letter(above, origin, url, pressed, offered)
    return Window(around, trigger)


def elsewhere(container: Json) -> bool:
    """Whether a message was pressed outside of its reader's own messages with us.

    We write there alone, but people may pass a message on.
    """
    shown_to_all = container.get("type") == "message" and not container.get("is_ephemeral")
    return shown_to_all and not str(container.get("channel_id", "")).startswith("D")
