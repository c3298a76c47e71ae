"""What a person's typing turns into: the state of one input element. Knows Slack's inputs; no app.

An input refuses what Slack's own control would not let a person do; that raises `Refused`.
https://docs.slack.dev/reference/block-kit/block-elements/
"""

import re
from datetime import date
from typing import Any

from tests.slack.standin.reading import Json, options_of, plain


class Refused(AssertionError):
    """Slack's own control does not accept this: nothing would have been sent to the app."""


_INITIAL = {
    "plain_text_input": ("initial_value", "value"),
    "email_text_input": ("initial_value", "value"),
    "url_text_input": ("initial_value", "value"),
    "number_input": ("initial_value", "value"),
    "rich_text_input": ("initial_value", "rich_text_value"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
    "checkboxes": ("initial_options", "selected_options"),
    "multi_static_select": ("initial_options", "selected_options"),
    "multi_external_select": ("initial_options", "selected_options"),
    "users_select": ("initial_user", "selected_user"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "channels_select": ("initial_channel", "selected_channel"),
}
_MANY = {"checkboxes", "multi_static_select", "multi_external_select"}
TEXT = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}


def is_input(element: Json) -> bool:
    """Whether the element keeps a value in a view's state."""
    return element.get("type") in _INITIAL


def untouched(element: Json) -> Json:
    """The state of an element that nobody has touched: its initial value."""
    kind = str(element["type"])
    initial, key = _INITIAL[kind]
    empty: Any = [] if kind in _MANY else None
    value = element.get(initial)
    return {"type": kind, key: empty if value is None else value}


def value_of(state: Json) -> Any:
    """The value inside an element's state; options as their values."""
    value = state[_INITIAL[str(state["type"])][1]]
    if isinstance(value, list):
        return [option["value"] for option in value]
    return value.get("value", value) if isinstance(value, dict) else value


def label_of(state: Json) -> str:
    """The value as it stands on the screen: options by their label."""
    value = state[_INITIAL[str(state["type"])][1]]
    if isinstance(value, list):
        return ", ".join(plain(option["text"]) for option in value)
    if isinstance(value, dict) and "text" in value:
        return plain(value["text"])
    return "" if value is None else str(value)


def is_empty(state: Json) -> bool:
    """Whether a required input in this state would be refused by Slack."""
    value = value_of(state)
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def entered(element: Json, answer: Any, offered: list[Json] | None = None) -> Json:
    """The state after a person gave `answer`; "" or None clears. Raises Refused.

    `offered` are the options that the app suggested, for an external select.
    """
    kind = str(element["type"])
    key = _INITIAL[kind][1]
    if kind in _MANY:
        wanted = [answer] if isinstance(answer, str) else list(answer or ())
        return {"type": kind, key: [_option(element, each, offered) for each in wanted if each]}
    if answer is None or answer == "":
        return {"type": kind, key: None}
    if kind in TEXT:
        return {"type": kind, key: _text(element, str(answer))}
    if kind in {"static_select", "external_select", "radio_buttons"}:
        return {"type": kind, key: _option(element, str(answer), offered)}
    if kind == "datepicker":
        return {"type": kind, key: _day(answer)}
    if kind == "timepicker":
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(answer)):
            raise Refused(f"a time picker gives HH:MM, not {answer!r}")
        return {"type": kind, key: str(answer)}
    if kind == "datetimepicker":
        return {"type": kind, key: int(answer)}
    return {"type": kind, key: answer}


def _day(answer: Any) -> str:
    try:
        day = date.fromisoformat(str(answer))
    except ValueError:
        raise Refused(f"a date picker gives YYYY-MM-DD, not {answer!r}") from None
    if day.isoformat() != str(answer):
        raise Refused(f"a date picker gives YYYY-MM-DD, not {answer!r}")
    return day.isoformat()


def _text(element: Json, answer: str) -> str:
    most = int(element.get("max_length", 3000))
    if element["type"] == "plain_text_input" and len(answer) > most:
        raise Refused(f"the field holds {most} characters, not {len(answer)}")
    if not element.get("multiline") and "\n" in answer:
        raise Refused("a field of one line holds no line break")
    if element["type"] == "number_input" and not re.fullmatch(r"-?\d+(\.\d+)?", answer):
        raise Refused(f"a number field holds no {answer!r}")
    if element["type"] == "url_text_input" and not re.match(r"https?://\S+$", answer):
        raise Refused(f"an address field holds no {answer!r}")
    if element["type"] == "email_text_input" and not re.match(r"\S+@\S+\.\S+$", answer):
        raise Refused(f"an e-mail field holds no {answer!r}")
    return answer


def _option(element: Json, answer: str, offered: list[Json] | None) -> Json:
    choices = options_of(element) if offered is None else offered
    for option in choices:
        if answer in {option.get("value"), plain(option.get("text"))}:
            # Slack returns the text and the value of a chosen option, and no description.
            return {"text": option["text"], "value": option["value"]}
    raise Refused(f"{answer!r} is not offered; there is {[plain(o.get('text')) for o in choices]}")
