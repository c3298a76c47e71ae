"""What a person types into a modal, and what the client makes of it. Knows components only.

https://docs.discord.com/developers/components/using-modal-components
"""

from typing import Any

from tests.discord.standin.commands import NotOnScreen, Refused
from tests.discord.standin.scene import (
    CHECKBOX,
    CHECKBOXES,
    LABEL,
    RADIO,
    ROW,
    STRING_SELECT,
    TEXT_INPUT,
    Field,
    Json,
    Modal,
)


def submitted(modal: Modal, answers: dict[str, Any]) -> Json:
    """`data` of the submission; untouched inputs keep what they hold.

    NotOnScreen for an input that is not there, Refused for what the client does not let pass.
    """
    fields = modal.fields
    for name in answers:
        if name not in fields:
            raise NotOnScreen(f"there is no input {name!r}; there is {list(fields)}")
    values = {n: _value(f, answers[n]) if n in answers else f.value for n, f in fields.items()}
    found = {name: wrong for name, each in fields.items() if (wrong := _wrong(each, values[name]))}
    if found:
        raise Refused(found)
    components = [_part(each, values) for each in modal.components]
    return {"custom_id": modal.custom_id, "components": components, "resolved": {}}


def _part(each: Json, values: dict[str, Any]) -> Json:
    whole = {"type": each["type"], "id": each["id"]}
    if each["type"] == LABEL:
        return {**whole, "component": _input(each["component"], values)}
    if each["type"] == ROW:
        return {**whole, "components": [_input(one, values) for one in each["components"]]}
    return whole


def _input(one: Json, values: dict[str, Any]) -> Json:
    value = values[one["custom_id"]]
    whole = {"type": one["type"], "id": one["id"], "custom_id": one["custom_id"]}
    if one["type"] in (TEXT_INPUT, CHECKBOX):
        return {**whole, "value": value}
    if one["type"] == RADIO:
        return {**whole, "value": value or None}
    return {**whole, "values": value}


def _value(field: Field, answer: Any) -> Any:
    if field.kind == TEXT_INPUT:
        if not isinstance(answer, str):
            raise Refused({field.name: f"{answer!r} is no text"})
        return answer
    if field.kind == CHECKBOX:
        return bool(answer)
    if field.kind not in (STRING_SELECT, RADIO, CHECKBOXES):
        raise Refused({field.name: f"the stand-in knows no inputs of type {field.kind}"})
    given = [answer] if isinstance(answer, str) else list(answer)
    chosen = [_option(field, each) for each in given if each != ""]
    return (chosen[0] if chosen else "") if field.kind == RADIO else chosen


def _option(field: Field, answer: str) -> str:
    for option in field.component["options"]:
        if answer in (option["value"], option["label"]):
            return str(option["value"])
    raise Refused({field.name: f"{answer!r} is none of {list(field.options)}"})


def _wrong(field: Field, value: Any) -> str:
    """What the client says under a field, "" when it lets it pass."""
    one = field.component
    if field.required and value in ("", []):
        return "This field is required"
    if field.kind == TEXT_INPUT and value:
        least, most = int(one.get("min_length") or 0), int(one.get("max_length") or 4000)
        if len(value) < least:
            return f"Must be at least {least} characters"
        if len(value) > most:
            return f"Must be {most} characters or fewer"
    if isinstance(value, list) and value:
        most = one.get("max_values") or (len(field.options) if field.kind == CHECKBOXES else 1)
        if not int(one.get("min_values") or 0) <= len(value) <= most:
            return f"Takes another number of choices than {len(value)}"
    return ""
