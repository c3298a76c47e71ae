"""Block Kit as HTML, about as Slack draws it. Knows blocks as JSON; no page around them.

Only what this project sends is drawn; anything else is an error, so that no picture leaves
something out. https://docs.slack.dev/reference/block-kit/blocks
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

Json = Mapping[str, Any]

_BOLD = re.compile(r"\*([^*\n]+)\*")
_ENTITY = re.compile(r"<!date\^(\d+)\^([^|>]+)\|[^>]*>")
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


@dataclass(frozen=True)
class Reader:
    """Whoever looks at it: when, and in which zone. `typed` and `problems` are by block_id.

    `typed` holds the states of a window's inputs as Slack would submit them.
    """

    now: datetime
    zone: ZoneInfo
    typed: Mapping[str, Json] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def date(self, stamp: int, form: str) -> str:
        """An instant by Slack's template, for this reader; 12 hours, Slack's first setting."""
        at = datetime.fromtimestamp(stamp, UTC).astimezone(self.zone)
        today = self.now.astimezone(self.zone).date()
        near = {
            today - timedelta(days=1): "yesterday",
            today: "today",
            today + timedelta(days=1): "tomorrow",
        }.get(at.date())
        short = f"{at:%A}, {at:%B} {at.day}{_ORDINALS.get(at.day, 'th')}"
        long = f"{short}, {at.year}"
        shown = {
            "{date_short_pretty}": near or _day(at),
            "{day_divider_pretty}": near or (short if at.year == today.year else long),
            "{time}": hour(at),
        }
        words = re.sub(r"{\w+}", lambda token: shown[token[0]], form)
        # What begins a date is capitalized; an invisible character before it prevents that.
        return words[:1].upper() + words[1:]


def hour(at: datetime | time) -> str:
    """A time of day as Slack first shows it, with 12 hours."""
    return f"{at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"


def shown(blocks: Iterable[Json], reader: Reader) -> str:
    """The blocks below one another."""
    return "\n".join(_block(block, reader) for block in blocks)


def button(element: Json) -> str:
    """A button."""
    style = escape(element.get("style", ""))
    return f'<span class="button {style}">{text(element["text"])}</span>'


def text(value: Json) -> str:
    """A text object without markup."""
    return escape(value["text"])


def _block(block: Json, reader: Reader) -> str:
    match block["type"]:
        case "header":
            return f"<h3>{text(block['text'])}</h3>"
        case "rich_text":
            parts = "".join(_rich(part, reader) for part in block["elements"])
            return f'<div class="rich">{parts}</div>'
        case "section":
            accessory = button(block["accessory"]) if "accessory" in block else ""
            said = _marked(block["text"], reader)
            return f'<div class="section"><p>{said}</p>{accessory}</div>'
        case "actions":
            row = "".join(map(button, block["elements"]))
            return f'<div class="actions">{row}</div>'
        case "context":
            words = " ".join(_marked(element, reader) for element in block["elements"])
            return f'<div class="context">{words}</div>'
        case "divider":
            return "<hr>"
        case "input":
            return _input(block, reader)
        case other:
            raise ValueError(f"no picture of a block {other!r} is known")


def _rich(part: Json, reader: Reader) -> str:
    match part["type"]:
        case "rich_text_section":
            return f"<p>{_run(part['elements'], reader)}</p>"
        case "rich_text_preformatted":
            return f"<pre>{_run(part['elements'], reader)}</pre>"
        case "rich_text_list":
            rows = (f"<li>{_run(row['elements'], reader)}</li>" for row in part["elements"])
            return f"<ul>{''.join(rows)}</ul>"
        case other:
            raise ValueError(f"no picture of {other!r} is known")


def _run(elements: Iterable[Json], reader: Reader) -> str:
    return "".join(_element(element, reader) for element in elements)


def _element(element: Json, reader: Reader) -> str:
    match element["type"]:
        case "text":
            words = escape(element["text"])
            return f"<b>{words}</b>" if element.get("style", {}).get("bold") else words
        case "link":
            return f"<a>{escape(element.get('text') or element['url'])}</a>"
        case "date":
            return escape(reader.date(element["timestamp"], element["format"]))
        case "user":
            return f"<a>@{escape(element['user_id'])}</a>"
        case other:
            raise ValueError(f"no picture of {other!r} is known")


def _marked(value: Json, reader: Reader) -> str:
    if value["type"] == "plain_text":
        return text(value)
    dated = _ENTITY.sub(lambda m: reader.date(int(m[1]), m[2]), value["text"])
    return _BOLD.sub(r"<b>\1</b>", dated)


def _input(block: Json, reader: Reader) -> str:
    name, element = block["block_id"], block["element"]
    state = reader.typed.get(name, {})
    optional = " <span>(optional)</span>" if block.get("optional") else ""
    hint = f"<small>{text(block['hint'])}</small>" if "hint" in block else ""
    fault = reader.problems.get(name, "")
    said = f'<small class="fault">{escape(fault)}</small>' if fault else ""
    return (
        f'<div class="input{" fault" if fault else ""}">'
        f"<label>{text(block['label'])}{optional}</label>"
        f"{_field(element, state, reader)}{said}{hint}</div>"
    )


def _field(element: Json, state: Json, reader: Reader) -> str:
    held = {**{key.replace("initial_", "selected_"): v for key, v in element.items()}, **state}
    match element["type"]:
        case "plain_text_input":
            value = state.get("value") or element.get("initial_value") or ""
            several = " several" if element.get("multiline") else ""
            return f'<div class="field{several}">{escape(value) or _faint(element, "")}</div>'
        case "static_select" | "external_select":
            option = held.get("selected_option")
            words = text(option["text"]) if option else _faint(element, "Select an option")
            return f'<div class="field list">{words}</div>'
        case "datepicker":
            chosen = held.get("selected_date")
            day = _day(date.fromisoformat(chosen)) if chosen else _faint(element, "Select a date")
            return f'<div class="field list">{day}</div>'
        case "timepicker":
            chosen = held.get("selected_time")
            clock = hour(time.fromisoformat(chosen)) if chosen else _faint(element, "Select a time")
            return f'<div class="field list">{clock}</div>'
        case "datetimepicker":
            stamp = held.get("selected_date_time")
            at = datetime.fromtimestamp(int(stamp), UTC).astimezone(reader.zone) if stamp else None
            day = _day(at) if at else "<em>Select a date</em>"
            clock = hour(at) if at else "<em>Select a time</em>"
            fields = (f'<div class="field list">{words}</div>' for words in (day, clock))
            return f'<div class="both">{"".join(fields)}</div>'
        case other:
            raise ValueError(f"no picture of a field {other!r} is known")


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _faint(element: Json, instead: str) -> str:
    words = element["placeholder"]["text"] if "placeholder" in element else instead
    return f"<em>{escape(words)}</em>"
