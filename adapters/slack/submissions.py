"""Forms that were sent: problems under their fields, or the answer in their place.

Knows no other kind of request.
"""

from collections.abc import Awaitable

import structlog
from slack_bolt.async_app import AsyncAck

from adapters.answering import EXPIRED, SORRY
from adapters.slack import Json
from adapters.slack.answering import SlackAnswering, named
from adapters.slack.filled import errors, filled
from adapters.slack.front import STRANGER
from adapters.slack.meta import Meta
from adapters.slack.places import Window, settle
from adapters.slack.unsaved import anew, kept
from adapters.slack.windows import moment, window
from bot.message import Answer, Call, Form, Message

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


class Submissions:
    """The listener for them."""

    def __init__(self, answering: SlackAnswering) -> None:
        self._answering = answering

    async def submission(self, ack: AsyncAck, body: Json) -> None:
        """A form that was sent: problems under their fields, or the answer in its place."""
        shown = body["view"]
        meta = Meta.decode(shown.get("private_metadata", ""))
        if shown.get("callback_id") != "form" or meta.call is None:
            log.info("unknown view", callback=named(shown.get("callback_id")), outcome="told")
            await ack(response_action="update", view=window(EXPIRED, Meta()))
            return
        who = await self._answering.front.who(body)
        if who is None:
            await ack(response_action="update", view=window(STRANGER, meta))
            return
        around = await self._answering.around(body, who)
        call = filled(shown)
        answer, under_way = await self._answering.patiently(self._answering.answered(call, who))
        place = Window(around, view_id=shown["id"], meta=meta.whence)
        if answer is None:
            await ack(response_action="update", view=moment(place.meta))
            self._answering.front.background.start(
                self._answering.finish(place, self._or_anew(under_way, call))
            )
            return
        if isinstance(answer, Form):
            problems = errors(answer, shown)
            if problems is not None:
                await ack(response_action="errors", errors=problems)
            else:
                await ack(response_action="update", view=around.form(answer, place.meta))
            return
        if answer.failed:
            await ack(**kept(answer, shown))
            return
        await ack(response_action="update", view=window(answer, place.meta))
        if answer.changed and meta.origin:
            self._answering.front.background.start(settle(around, meta.origin, answer))

    async def _or_anew(self, under_way: Awaitable[Answer], call: Call) -> Answer:
        """The answer; the form with what was typed, when what it asks for could not be done."""
        try:
            answer = await under_way
        except Exception as error:
            log.error("submission failed", error=type(error).__name__)
            answer = SORRY
        return anew(answer, call) if isinstance(answer, Message) and answer.failed else answer
