"""A submitted form as the Call it makes, and problems as errors under its fields.

Knows what `forms` puts into a window; reads no answer, the core does that.
https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.slack import Json
from adapters.slack.controls import GOES_ON, HOLDS, PARTED
from adapters.slack.literal import line
from adapters.slack.meta import Meta
from bot.message import Call, Form

ERROR_LIMIT = 500


def filled(view: Json) -> Call:
    """The call of a submitted view (`payload["view"]`), with what the view carried unseen.

    A field that is empty is left out, unless it is required or held something before: then it is
    there as "", so that a person can empty what was filled in.
    """
    carried = Meta.decode(view.get("private_metadata", "")).call or Call("")
    states = view.get("state", {}).get("values", {})
    answers: dict[str, str] = {}
    held = set(carried.answers)
    for block in view.get("blocks", ()):
        if block["type"] != "input":
            continue
        element = block["element"]
        state = states.get(block["block_id"], {}).get(element["action_id"], {})
        answer = _answer(element["type"], state)
        parted = GOES_ON.fullmatch(block["block_id"])
        name = parted[1] if parted else block["block_id"]
        if HOLDS[element["type"]][0] in element or not block.get("optional", False):
            held.add(name)
        if parted and answers.get(name) and answer:
            answer = f"{answers[name]}{PARTED[parted[3]]}{answer}"
        answers[name] = answer or answers.get(name, "")
    given = {
        n: raw if raw.strip() else "" for n, raw in answers.items() if raw.strip() or n in held
    }
    return Call(carried.name, {**carried.answers, **given})


def errors(form: Form, view: Json) -> dict[str, str] | None:
    """The form's problems by block_id, as Slack's `response_action: errors` takes them.

    None when some have no field in the view, or there are none: then the form is shown anew.
    """
    carried = Meta.decode(view.get("private_metadata", "")).call
    fields = {block["block_id"] for block in view.get("blocks", ()) if block["type"] == "input"}
    if not form.problems or not form.problems.keys() <= fields:
        return None
    if carried is None or carried.name != form.call.name:
        return None
    return {name: line(why, ERROR_LIMIT) for name, why in form.problems.items()}


def _answer(kind: str, state: Mapping[str, Any]) -> str:
    """What a control holds, as the core reads it; "" for nothing."""
    value = state.get(HOLDS[kind][1])
    if not value:
        return ""
    if isinstance(value, dict):
        return str(value["value"])
    if kind == "datetimepicker":
        return datetime.fromtimestamp(int(value), UTC).isoformat()
    return str(value)
