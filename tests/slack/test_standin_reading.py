"""What the stand-in shows of blocks, and what typing into its controls gives."""

from typing import Any

import pytest

from tests.slack.standin.entering import Refused, entered, is_empty, label_of, untouched, value_of
from tests.slack.standin.reading import Json, labels, links, pressables, shown
from tests.slack.standin.trial import button, plain, row


def rich(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": kind, "elements": list(elements), **more}


def words(text: str) -> Json:
    return {"type": "text", "text": text}


def test_rich_text_reads_as_on_the_screen() -> None:
    date = {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "Mon 23 Nov"}
    link = {"type": "link", "url": "https://jobs.example", "text": "the advert"}
    items = rich(
        rich(words("one")),
        rich(words("two "), {"type": "user", "user_id": "U1"}),
        kind="rich_text_list",
        style="ordered",
    )
    block = {
        "type": "rich_text",
        "elements": [
            rich(words("Due "), date, words(", see "), link),
            items,
            rich(words("Dear Ms Ono"), kind="rich_text_quote"),
        ],
    }
    assert shown([block]) == "Due Mon 23 Nov, see the advert\n1. one\n2. two @U1\nDear Ms Ono"
    assert links([block]) == ["https://jobs.example"]


def test_mrkdwn_reads_as_on_the_screen() -> None:
    text = "*A* &lt;b&gt; &amp; <https://x.example|there> <!date^1^{date}|today> <@U1> <!channel>"
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    assert shown([block]) == "*A* <b> & there today @U1 @channel"
    assert links([block]) == ["https://x.example"]


def test_literal_text_is_shown_as_it_is() -> None:
    fields = [plain("Role"), plain("<b> &amp; welder")]
    blocks: list[Json] = [
        {"type": "header", "text": plain("Hi")},
        {"type": "section", "fields": fields},
        {"type": "divider"},
        {"type": "context", "elements": [plain("small")]},
        {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "A chart"},
        row(button("Go", "a")),
    ]
    assert shown(blocks) == "Hi\nRole\n<b> &amp; welder\nsmall\nA chart"


def test_everything_that_can_be_pressed_is_found() -> None:
    option = {"text": plain("Delete"), "value": "d"}
    menu = {"type": "overflow", "action_id": "m", "options": [option]}
    go = {**button("Go", "a"), "accessibility_label": "Go to Acme"}
    blocks = [row(go), {"type": "section", "text": plain("x"), "accessory": menu}]
    assert labels(blocks) == ["Go", "Delete"]
    assert [(each.about, each.action_id) for each in pressables(blocks)] == [
        ("Go to Acme", "a"),
        ("", "m"),
    ]


CHOICES = [{"text": plain("Cold"), "value": "cold"}, {"text": plain("Lead"), "value": "lead"}]


@pytest.mark.parametrize(
    ("element", "answer", "value", "label"),
    [
        ({"type": "plain_text_input"}, "Acme", "Acme", "Acme"),
        ({"type": "plain_text_input"}, "", None, ""),
        ({"type": "datepicker"}, "2026-02-28", "2026-02-28", "2026-02-28"),
        ({"type": "timepicker"}, "15:30", "15:30", "15:30"),
        ({"type": "static_select", "options": CHOICES}, "Lead", "lead", "Lead"),
        ({"type": "radio_buttons", "options": CHOICES}, "cold", "cold", "Cold"),
        (
            {"type": "checkboxes", "options": CHOICES},
            ["Cold", "lead"],
            ["cold", "lead"],
            "Cold, Lead",
        ),
        ({"type": "number_input"}, "3.5", "3.5", "3.5"),
        ({"type": "datetimepicker"}, 1_750_000_000, 1_750_000_000, "1750000000"),
    ],
)
def test_what_is_typed_is_what_the_app_gets(
    element: Json, answer: Any, value: Any, label: str
) -> None:
    state = entered(element, answer)
    assert value_of(state) == value
    assert label_of(state) == label
    assert is_empty(state) is (value is None)
    assert is_empty(untouched(element))


@pytest.mark.parametrize(
    ("element", "answer"),
    [
        ({"type": "datepicker"}, "tomorrow"),
        ({"type": "datepicker"}, "2026-02-30"),
        ({"type": "datepicker"}, "20260228"),
        ({"type": "timepicker"}, "3pm"),
        ({"type": "static_select", "options": CHOICES}, "friend"),
        ({"type": "plain_text_input", "max_length": 3}, "four"),
        ({"type": "plain_text_input"}, "two\nlines"),
        ({"type": "number_input"}, "many"),
        ({"type": "url_text_input"}, "nowhere"),
        ({"type": "email_text_input"}, "nobody"),
    ],
)
def test_what_the_control_refuses_is_refused(element: Json, answer: str) -> None:
    with pytest.raises(Refused):
        entered(element, answer)
