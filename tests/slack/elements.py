"""The judge's rules for what can be pressed, chosen or filled in. Knows nothing of where it is."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tests.slack.texts import fault, text_faults, units, url_faults

Json = Mapping[str, Any]

BUTTON_STYLES = {"primary", "danger"}
SELECTS = {
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
}
PICKERS = {"datepicker", "timepicker", "datetimepicker"}
CHOICES = {"radio_buttons", "checkboxes"}
TYPED = {
    "plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"
}  # fmt: skip
SINGLE_SELECTS = {kind for kind in SELECTS if not kind.startswith("multi_")}
SECTION_ACCESSORIES = {"button", "overflow", "image"} | SELECTS | PICKERS | CHOICES
ACTION_ELEMENTS = {"button", "overflow"} | SINGLE_SELECTS | PICKERS | CHOICES
INPUT_ELEMENTS = TYPED | SELECTS | PICKERS | CHOICES | {"file_input"}
# How many options: at least, at most.
OPTIONS = {"overflow": (1, 5), "radio_buttons": (1, 10), "checkboxes": (1, 10)}

COMMON = {"type", "action_id", "confirm", "focus_on_load"}
CHOOSING = {"options", "initial_option", "initial_options"}
FIELDS = {
    "button": {"text", "url", "value", "style", "accessibility_label"},
    "overflow": {"options"},
    "radio_buttons": CHOOSING,
    "checkboxes": CHOOSING,
    "datepicker": {"initial_date", "placeholder"},
    "timepicker": {"initial_time", "placeholder", "timezone"},
    "datetimepicker": {"initial_date_time"},
    "file_input": {"filetypes", "max_files"},
    "number_input": {
        "is_decimal_allowed", "initial_value", "min_value", "max_value", "placeholder",
        "dispatch_action_config",
    },
    **{
        kind: {
            "initial_value", "placeholder", "dispatch_action_config",
            *(("multiline", "min_length", "max_length") if kind == "plain_text_input" else ()),
        }
        for kind in TYPED - {"number_input"}
    },
    **{
        kind: CHOOSING | {
            "placeholder", "option_groups", "min_query_length", "max_selected_items",
            "initial_user", "initial_users", "initial_channel", "initial_channels", "filter",
            "initial_conversation", "initial_conversations", "response_url_enabled",
            "default_to_current_conversation",
        }
        for kind in SELECTS
    },
}  # fmt: skip


def element_faults(element: Json, path: str, taken: Collection[str]) -> Iterator[str]:
    """What is wrong with an element where those of the types `taken` may stand."""
    kind = str(element.get("type"))
    if kind not in taken:
        yield f"{path}: no {kind!r} is taken here"
        return
    if kind == "image":
        yield from image_faults(element, path)
        return
    unknown = set(element) - COMMON - FIELDS[kind]
    yield from fault(unknown, path, f"a {kind} has no {sorted(unknown)}")
    action = element.get("action_id")
    known = isinstance(action, str) and 0 < units(action) <= 255
    yield from fault(not known, f"{path}.action_id", "has not 1 to 255 characters")
    if "placeholder" in element:
        yield from text_faults(element["placeholder"], f"{path}.placeholder", 150, plain=True)
    if "confirm" in element:
        yield from _confirm_faults(element["confirm"], f"{path}.confirm")
    if kind == "button":
        yield from _button_faults(element, path)
    elif kind in OPTIONS or kind.endswith("static_select"):
        yield from _choice_faults(element, path, *OPTIONS.get(kind, (1, 100)))
    elif kind in PICKERS:
        yield from _picker_faults(element, path)
    elif kind in TYPED:
        yield from _typed_faults(element, path)
    elif kind.endswith("external_select"):
        yield from _initial_faults(element, path, None)


def image_faults(image: Json, path: str) -> Iterator[str]:
    """What is wrong with a picture, in a block of its own or beside text."""
    yield from url_faults(image.get("image_url"), f"{path}.image_url")
    alt = image.get("alt_text")
    yield from fault(not alt or units(alt) > 2000, f"{path}.alt_text", "has not 1 to 2000")


def _button_faults(button: Json, path: str) -> Iterator[str]:
    yield from text_faults(button.get("text"), f"{path}.text", 75, plain=True)
    if "style" in button:
        yield from fault(button["style"] not in BUTTON_STYLES, f"{path}.style", "is unknown")
    if "accessibility_label" in button:
        label = button["accessibility_label"]
        fits = isinstance(label, str) and label.strip() and units(label) <= 75
        yield from fault(not fits, f"{path}.accessibility_label", "has not 1 to 75 characters")
    if "url" in button:
        yield from url_faults(button["url"], f"{path}.url")
    yield from fault(units(button.get("value", "")) > 2000, f"{path}.value", "is over 2000")


def _confirm_faults(confirm: Json, path: str) -> Iterator[str]:
    for name, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from text_faults(confirm.get(name), f"{path}.{name}", limit, plain=name != "text")


def _choice_faults(element: Json, path: str, least: int, most: int) -> Iterator[str]:
    groups = element.get("option_groups")
    both = groups is not None and "options" in element
    yield from fault(both, path, "has both options and groups")
    options = list(element.get("options") or ())
    if groups is not None:
        yield from fault(not 1 <= len(groups) <= 100, f"{path}.option_groups", "not 1 to 100")
        for number, group in enumerate(groups):
            where = f"{path}.option_groups[{number}]"
            yield from text_faults(group.get("label"), f"{where}.label", 75, plain=True)
            count = len(group.get("options") or ())
            yield from fault(not 1 <= count <= 100, where, f"has {count} options")
            options += group.get("options") or ()
    else:
        count = len(options)
        wrong = not least <= count <= most
        yield from fault(wrong, f"{path}.options", f"are {count}, not {least} to {most}")
    for number, option in enumerate(options):
        yield from option_faults(option, f"{path}.options[{number}]")
    values = [option.get("value") for option in options]
    yield from fault(len(values) > len(set(values)), f"{path}.options", "share a value")
    yield from _initial_faults(element, path, options)


def _initial_faults(element: Json, path: str, options: list[Json] | None) -> Iterator[str]:
    chosen = [*(element.get("initial_options") or ())]
    yield from fault(element.get("initial_options") == [], f"{path}.initial_options", "is empty")
    if "initial_option" in element:
        chosen.append(element["initial_option"])
    for option in chosen:
        yield from option_faults(option, f"{path}.initial_option")
        # Slack compares whole options, their texts included.
        stranger = options is not None and option not in options
        yield from fault(stranger, f"{path}.initial_option", "is none of the options")


def option_faults(option: Json, path: str) -> Iterator[str]:
    """What is wrong with one option of a choice."""
    yield from text_faults(option.get("text"), f"{path}.text", 75, plain=True)
    value = option.get("value")
    fits = isinstance(value, str) and 0 < units(value) <= 150
    yield from fault(not fits, f"{path}.value", "has not 1 to 150 characters")
    if "description" in option:
        yield from text_faults(option["description"], f"{path}.description", 75, plain=True)


def _picker_faults(element: Json, path: str) -> Iterator[str]:
    for name, shape in (
        ("initial_date", r"\d{4}-\d\d-\d\d"),
        ("initial_time", r"([01]\d|2[0-3]):[0-5]\d"),
        ("initial_date_time", r"\d{10}"),
    ):
        if name in element:
            fits = re.fullmatch(shape, str(element[name]), re.ASCII)
            yield from fault(not fits, f"{path}.{name}", f"is not {shape}")


def _typed_faults(element: Json, path: str) -> Iterator[str]:
    most, least = element.get("max_length", 3000), element.get("min_length", 0)
    yield from fault(not 1 <= most <= 3000, f"{path}.max_length", "is not 1 to 3000")
    yield from fault(not 0 <= least <= most, f"{path}.min_length", "is over the most")
    initial = element.get("initial_value")
    if isinstance(initial, str):
        yield from fault(units(initial) > most, f"{path}.initial_value", f"is over {most}")
    if element["type"] == "number_input":
        decimal = isinstance(element.get("is_decimal_allowed"), bool)
        yield from fault(not decimal, f"{path}.is_decimal_allowed", "is missing")
