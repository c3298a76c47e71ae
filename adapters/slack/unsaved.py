"""A form whose work could not be done: it stays open, with what was typed. Knows no transport."""

from dataclasses import replace

from adapters.slack import Json
from adapters.slack.filled import ERROR_LIMIT
from adapters.slack.literal import line
from adapters.slack.meta import Meta
from adapters.slack.windows import window
from bot.message import Call, Form, Message, plain


def kept(answer: Message, shown: Json) -> Json:
    """The acknowledgement that leaves a submitted view as it is and says why it was not done.

    https://docs.slack.dev/surfaces/modals/#displaying_errors: under a field, for want of a place on
    top. A view without fields holds nothing that was typed, and shows the answer.
    """
    fields = [b["block_id"] for b in shown.get("blocks", ()) if b.get("type") == "input"]
    if not fields:
        return {"response_action": "update", "view": window(answer, Meta())}
    return {"response_action": "errors", "errors": {fields[0]: line(_why(answer), ERROR_LIMIT)}}


def anew(answer: Message, call: Call) -> Form:
    """The form of a call once more, when its window already shows something else."""
    return Form(call, intro=_why(answer))


def _why(answer: Message) -> str:
    said = f"{answer.title}. {plain(replace(answer, title=''))}".replace("\n", " ")
    return f"{said.rstrip('.')}. What you typed is still here."
