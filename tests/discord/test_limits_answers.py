"""Forms and answers: what Discord takes passes, and what is over a limit is named."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.discord.limits import EPHEMERAL, V2, modal_problems, response_problems
from tests.discord.shapes import (
    NOBODY,
    Json,
    button,
    field,
    label,
    options,
    row,
    select,
    text,
)

Spoil = Callable[[Json], object]


def modal() -> Json:
    """Everything that a form may hold, each as large as it may be."""
    longest = field(
        style=2, value="v" * 4000, max_length=4000, placeholder="p" * 100, custom_id="c" * 100
    )
    return {
        "title": "t" * 45,
        "custom_id": "i" * 100,
        "components": [
            {**label(longest, "l" * 45), "description": "d" * 100},
            label(select(options=options(25), required=False, min_values=0)),
            label({"type": 21, "custom_id": "via", "options": options(10)}),
            label({"type": 22, "custom_id": "days", "options": options(10), "min_values": 1}),
            text("Nothing is sent for you."),
        ],
    }


def asked(data: Json, number: int) -> Json:
    component: Json = data["components"][number]["component"]
    return component


def test_a_form_as_large_as_it_may_be_is_fine() -> None:
    assert modal_problems(modal()) == []


@pytest.mark.parametrize("kind", [5, 6, 7, 8, 19, 23])
def test_a_form_may_ask_with_any_field_that_discord_has(kind: int) -> None:
    data = {"title": "t", "custom_id": "i", "components": [label({"type": kind, "custom_id": "c"})]}
    assert modal_problems(data) == []


BAD_MODALS: dict[str, tuple[Spoil, str]] = {
    "a title of 46": (lambda d: d.update(title="t" * 46), "title: is over 45"),
    "no title": (lambda d: d.pop("title"), "title: is blank"),
    "an id of 101": (lambda d: d.update(custom_id="i" * 101), "custom_id: is over 100"),
    "no id": (lambda d: d.update(custom_id=""), "custom_id: is blank"),
    "six fields": (lambda d: d["components"].append(text()), "are 6, not 1 to 5"),
    "no fields": (lambda d: d.update(components=[]), "are 0, not 1 to 5"),
    "nothing but text": (lambda d: d.update(components=[text()]), "ask nothing"),
    "a field in a row": (lambda d: d["components"].append(row(field())), "no 1 in a modal"),
    "a bare field": (lambda d: d["components"].append(field()), "no 4 in a modal"),
    "a button": (lambda d: d["components"][0].update(component=button()), "no 2 in a label"),
    "a label of 46": (lambda d: d["components"][0].update(label="l" * 46), "label: is over 45"),
    "no label": (lambda d: d["components"][0].pop("label"), "label: is blank"),
    "a hint of 101": (
        lambda d: d["components"][0].update(description="d" * 101), "description: is over 100"
    ),
    "an empty hint": (lambda d: d["components"][0].update(description=""), "is blank"),
    "a field without an id": (lambda d: asked(d, 0).pop("custom_id"), "custom_id: is blank"),
    "a field's id of 101": (lambda d: asked(d, 0).update(custom_id="c" * 101), "is over 100"),
    "a blank text": (lambda d: d["components"][4].update(content=" "), "content: is blank"),
    "a number twice": (lambda d: [c.update(id=7) for c in d["components"][:2]], "same id"),
    "an id twice": (lambda d: asked(d, 1).update(custom_id="via"), "same custom_id"),
    "a field without a style": (lambda d: asked(d, 0).pop("style"), "of no style"),
    "a field with a label": (lambda d: asked(d, 0).update(label="x"), "beside its Label"),
    "a placeholder of 101": (lambda d: asked(d, 0).update(placeholder="p" * 101), "is over 100"),
    "a value over the field": (lambda d: asked(d, 0).update(max_length=3999), "over its 3999"),
    "a value under the field": (
        lambda d: asked(d, 0).update(min_length=9, value="short"), "under its 9"
    ),
    "a value of 4001": (
        lambda d: (asked(d, 0).pop("max_length"), asked(d, 0).update(value="v" * 4001)), "its 4000"
    ),
    "a field of 4001": (lambda d: asked(d, 0).update(max_length=4001), "1 to 4000"),
    "a field of none": (lambda d: asked(d, 0).update(max_length=0), "1 to 4000"),
    "a field from -1": (lambda d: asked(d, 0).update(min_length=-1), "0 to 4000"),
    "a field of 2 to 1": (
        lambda d: asked(d, 0).update(min_length=2, max_length=1, value=""), "over max_length"
    ),
    "26 options": (lambda d: asked(d, 1).update(options=options(26)), "not 1 to 25"),
    "no options": (lambda d: asked(d, 1).update(options=[]), "not 1 to 25"),
    "required, and none taken": (lambda d: asked(d, 1).update(required=True), "takes nothing"),
    "one to choose from": (lambda d: asked(d, 2).update(options=options(1)), "not 2 to 10"),
    "eleven to choose from": (lambda d: asked(d, 2).update(options=options(11)), "not 2 to 10"),
    "two chosen of one": (
        lambda d: [o.update(default=True) for o in asked(d, 2)["options"][:2]], "2 defaults"
    ),
    "eleven boxes": (lambda d: asked(d, 3).update(options=options(11)), "not 1 to 10"),
    "eleven boxes to tick": (lambda d: asked(d, 3).update(max_values=11), "max_values is no such"),
    "eleven files": (
        lambda d: d["components"].append(
            label({"type": 19, "custom_id": "cv", "max_values": 11})), "max_values is no such"
    ),
    "disabled": (lambda d: asked(d, 0).update(disabled=True), "is disabled"),
    "a disabled select": (lambda d: asked(d, 1).update(disabled=True), "is disabled"),
    "half a letter": (lambda d: asked(d, 0).update(value="\ude00"), "half a letter"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_MODALS)
def test_a_form_over_one_limit_is_told_which(name: str) -> None:
    spoil, told = BAD_MODALS[name]
    data = modal()
    spoil(data)
    assert any(told in problem for problem in modal_problems(data))


def said(**more: Any) -> Json:
    return {
        "flags": V2 | EPHEMERAL, "allowed_mentions": NOBODY, "components": [text()], **more
    }  # fmt: skip


@pytest.mark.parametrize(
    ("type", "data", "to", "dm"),
    [
        (4, said(), 2, False),
        (4, said(flags=V2), 2, True),
        (4, said(), 5, False),
        (5, {"flags": EPHEMERAL}, 2, False),
        (5, None, 2, True),
        (6, None, 3, False),
        (6, None, 5, False),
        (7, said(flags=V2), 3, False),
        (8, {"choices": [{"name": "Acme", "value": "a"}] * 25}, 4, False),
        (8, {"choices": []}, 4, True),
        (9, modal(), 2, False),
        (9, modal(), 3, True),
    ],
)
def test_answers_as_discord_takes_them_are_fine(
    type: int, data: Json | None, to: int, dm: bool
) -> None:
    assert response_problems(type, data, to=to, dm=dm) == []


@pytest.mark.parametrize(
    ("type", "data", "to", "told"),
    [
        (4, said(flags=V2), 2, "show to everybody"),
        (4, said(components=[]), 2, "nothing is said"),
        (4, said(nonce="n"), 2, "nonce: is only for"),
        (5, {}, 2, "show to everybody"),
        (5, {"flags": EPHEMERAL | V2}, 2, "hold more than EPHEMERAL"),
        (5, {"flags": EPHEMERAL, "content": "x"}, 2, "says something"),
        (6, {"flags": EPHEMERAL}, 3, "says something"),
        (6, None, 2, "updates a message where there is none"),
        (7, said(), 2, "updates a message where there is none"),
        (7, said(components=[]), 3, "nothing is said"),
        (8, {"choices": [{"name": "Acme", "value": "a"}] * 26}, 4, "are 26, over 25"),
        (8, {"choices": []}, 2, "answered with choices"),
        (4, said(), 4, "answered with choices"),
        (9, modal(), 4, "answered with choices"),
        (9, modal(), 5, "a modal answers a submitted modal"),
        (9, {**modal(), "title": ""}, 2, "title: is blank"),
        (1, None, 2, "no answer of ours"),
        (10, None, 2, "no answer of ours"),
    ],
)
def test_answers_that_discord_refuses_are_told_why(
    type: int, data: Json | None, to: int, told: str
) -> None:
    assert any(told in problem for problem in response_problems(type, data, to=to))
