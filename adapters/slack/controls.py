"""One option of a command as the control that asks for it best. Knows Block Kit; no windows.

What somebody typed is never lost: an answer that a picker or a list cannot hold is shown in a text
field instead, and one that is too long for a field goes on in a second one.
https://docs.slack.dev/reference/block-kit/blocks/input-block
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from adapters.characters import as_typed, units
from adapters.questions import question
from adapters.slack import Json
from adapters.slack.literal import words
from bot.command import Option
from bot.kinds import KindName
from bot.model import Application, Interview
from bot.readers import Unfit

# The action_id of every control; the block_id is the option's name.
ACTION = "answer"
LABEL_LIMIT = 2000
FIELD_LIMIT = 3000
OPTION_LIMIT = 75
PLACEHOLDER_LIMIT = 150
VALUE_LIMIT = 150
# Once they have an answer there is no going back to none.
NEVER_EMPTY = (KindName.CHOICE, KindName.YES_NO, KindName.TIME, KindName.ZONE)
# Enough for the longest text that the core takes, 10,000 characters, even in the half fields of
# text beyond Unicode's first plane.
FIELDS = 8
# Slack takes an instant as ten digits: from September 2001.
FIRST_INSTANT = 1_000_000_000
# The block_id of the field in which a long answer goes on: the option, which field it is, and what
# stood where it was parted.
GOES_ON = re.compile(r"([a-z]+)\+(\d)([nsx])")
PARTED = {"n": "\n", "s": " ", "x": ""}

# For each control: where it holds its first answer, and where a submission holds the present one.
HOLDS = {
    "plain_text_input": ("initial_value", "value"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """What reading a day or a time depends on. It knows nobody's records.

    `sure` says that the zone is the person's own; else no day and no time is read off their words.
    """

    now: datetime
    zone: ZoneInfo
    sure: bool = True

    @classmethod
    def of(cls, now: datetime, zone: ZoneInfo | None) -> "Moment":
        """In that zone, or in one that nobody is sure of."""
        return cls(now, zone or ZoneInfo("UTC"), zone is not None)

    def application_choices(self) -> list[Application]:
        """None: a record is looked up where records are."""
        return []

    def interview_choices(self) -> list[Interview]:
        """None, likewise."""
        return []


def controls(option: Option, answer: str, moment: Moment, *, explained: bool = False) -> list[Json]:
    """The input block for an option with its present answer, and those in which that goes on.

    `explained` says that what is wrong with the answer stands beside it already; else a hint says
    why it could not be put into the option's own control.
    """
    answer = as_typed(answer)
    try:
        element = _element(option, answer, moment)
    except Unfit as unfit:
        first, *rest = _fields(option, answer)
        first.pop("hint", None)
        if not explained:
            first["hint"] = words(str(unfit), LABEL_LIMIT)
        return [first, *rest]
    return [_block(option, option.name, element)] if element else _fields(option, answer)


def again(option: Option, block: Json, state: Mapping[str, Any]) -> Json:
    """A block of ours as Slack sent it back, with what its control holds now."""
    kind = block["element"]["type"]
    first, held = HOLDS[kind]
    element: Json = {"type": kind, "action_id": ACTION}
    for key in ("multiline", "max_length", "min_query_length"):
        if key in block["element"]:
            element[key] = block["element"][key]
    if kind == "static_select":
        element["options"] = _choices(option)
    if value := state.get(held):
        # Only our own options are equal to one of the list, which Slack asks for.
        if kind == "static_select":
            value = next((o for o in _choices(option) if o["value"] == value["value"]), None)
        elif kind == "external_select":
            value = _choice(value["text"]["text"], value["value"])
        if value:
            element[first] = value
    made = _block(option, block["block_id"], element)
    return {**made, "hint": block["hint"]} if block.get("hint") else made


def _element(option: Option, answer: str, moment: Moment) -> Json | None:
    """The option's own control holding the answer, or None for a text field.

    Raises Unfit, with the reason, when the control cannot hold the answer.
    """
    kind = option.kind
    if kind.name in (KindName.DAY, KindName.INSTANT) and not (moment.sure or _certain(answer)):
        return None
    match kind.name:
        case KindName.CHOICE | KindName.YES_NO:
            chosen = _read(option, answer, moment)
            options = _choices(option)
            initial = next((o for o in options if o["value"] == chosen), None)
            return _control("static_select", initial, options=options)
        case KindName.DAY:
            return _control("datepicker", _read(option, answer, moment))
        case KindName.TIME:
            return _control("timepicker", _read(option, answer, moment))
        case KindName.INSTANT:
            raw = _read(option, answer, moment)
            at = int(datetime.fromisoformat(raw).timestamp()) if raw else 0
            if raw and at < FIRST_INSTANT:
                return None
            return _control("datetimepicker", at)
        case KindName.ZONE | KindName.APPLICATION | KindName.INTERVIEW:
            if option.opt.complete is None or units(answer) > VALUE_LIMIT:
                return None
            initial = _choice(answer, answer) if answer else None
            return _control("external_select", initial, min_query_length=0)
        case (
            KindName.TEXT
            | KindName.LONG
            | KindName.NUMBER
            | KindName.LINK
            | KindName.DAYS
            | KindName.HOURS
            | KindName.PERSON
            | KindName.PEOPLE
        ):
            return None
        case _:
            assert_never(kind.name)


def _certain(answer: str) -> bool:
    """Whether an answer is a day or an instant that means the same everywhere."""
    try:
        read = datetime.fromisoformat(answer) if answer else None
    except ValueError:
        return False
    return read is None or read.tzinfo is not None or len(answer) == len("2026-06-01")


def _read(option: Option, answer: str, moment: Moment) -> str:
    """The answer written out as its kind writes it, "" for none. Raises Unfit."""
    if not answer:
        return ""
    return option.kind.write(option.kind.read(answer, moment, option.opt.lean))


def _control(kind: str, initial: object, **more: object) -> Json:
    element: Json = {"type": kind, "action_id": ACTION, **more}
    if initial:
        element[HOLDS[kind][0]] = initial
    return element


def _choices(option: Option) -> list[Json]:
    return [_choice(label, raw) for label, raw in option.kind.choices]


def _choice(label: str, raw: str) -> Json:
    return {"text": words(label, OPTION_LIMIT), "value": raw}


def _block(option: Option, name: str, element: Json) -> Json:
    goes_on = name != option.name
    asked = question(option)
    needed = option.required or _settled(option, element)
    made: Json = {
        "type": "input",
        "block_id": name,
        "label": words(f"{asked.label} (continued)" if goes_on else asked.label, LABEL_LIMIT),
        "element": element,
        "optional": goes_on or not needed,
    }
    if asked.hint and not goes_on:
        made["hint"] = words(asked.hint, LABEL_LIMIT)
    if asked.example and element["type"] in ("plain_text_input", "static_select"):
        example = words(asked.example, PLACEHOLDER_LIMIT)
        made["element"] = {**element, "placeholder": example}
    return made


def _settled(option: Option, element: Json) -> bool:
    """Whether a field holds what can be changed but not be emptied, such as a time zone."""
    return option.kind.name in NEVER_EMPTY and HOLDS[element["type"]][0] in element


def _fields(option: Option, answer: str) -> list[Json]:
    """The answer in as many text fields as it needs, most often one."""
    several = option.kind.name is KindName.LONG or "\n" in answer
    blocks = []
    for number, (joint, part) in enumerate(_parts(answer)):
        name = f"{option.name}+{number}{joint}" if number else option.name
        field = _control("plain_text_input", part, multiline=several, max_length=FIELD_LIMIT)
        blocks.append(_block(option, name, field))
    return blocks


def _parts(answer: str) -> list[tuple[str, str]]:
    """The answer in parts that fit a field, each after what it was parted by (see PARTED)."""
    # A client may count a character beyond the first plane as two.
    limit = FIELD_LIMIT if max(answer, default="") <= "\uffff" else FIELD_LIMIT // 2
    parts: list[tuple[str, str]] = []
    joint = ""
    while len(answer) > limit and len(parts) < FIELDS - 1:
        start = answer[: limit + 1]
        # A field does not begin or end with a word cut in two where that can be helped.
        at, after = start.rfind("\n"), "n"
        if at < limit // 2:
            at, after = start.rfind(" "), "s"
        if at < limit // 2:
            at, after = limit, "x"
        parts.append((joint, answer[:at]))
        answer, joint = answer[at + len(PARTED[after]) :], after
    return [*parts, (joint, answer[:limit])]
