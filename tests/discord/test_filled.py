"""Submitted modals as calls: nothing typed is lost, and nothing strange does harm."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.filled import filled
from adapters.discord.ids import id_of
from bot.commands import registry
from bot.message import Call
from tests.discord.submitted import INPUT, LABEL, RADIO, SELECT, STASHED

EDIT = Call("job edit", {"application": "#3", "fit": "Ten years"})


def submitted(call: Call, *held: dict[str, Any]) -> dict[str, Any]:
    parts = [{"type": LABEL, "id": n, "component": each} for n, each in enumerate(held, 1)]
    return {"custom_id": id_of(call), "components": parts}


def text(name: str, value: str) -> dict[str, Any]:
    return {"type": INPUT, "id": 9, "custom_id": name, "value": value}


def test_what_was_typed_is_laid_over_what_the_modal_carried() -> None:
    call = filled(submitted(EDIT, text("fit", " Twelve years\n"), text("note", "Call Dana")))
    answers = {"application": "#3", "fit": "Twelve years", "note": "Call Dana"}
    assert call == Call("job edit", answers)


def test_a_field_that_held_something_can_be_emptied_and_any_other_is_left_out() -> None:
    call = filled(submitted(EDIT, text("fit", ""), text("note", "")))
    assert call.answers == {"application": "#3", "fit": ""}


def test_of_a_stashed_call_the_desk_knows_what_was_there_before() -> None:
    assert filled(submitted(STASHED, text("fit", ""))).answers == {"call": "7", "fit": ""}


def test_a_field_of_blanks_is_answered_with_nothing() -> None:
    call = filled(submitted(Call("job applied"), text("company", "  "), text("role", "")))
    assert call.answers == {"company": ""}


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        ({"type": SELECT, "values": ["email"]}, {"channel": "email"}),
        ({"type": SELECT, "values": []}, {}),
        ({"type": RADIO, "value": "email"}, {"channel": "email"}),
        ({"type": RADIO, "value": None}, {}),
        ({"type": SELECT, "values": [7]}, {}),
        ({"type": SELECT, "values": "email"}, {}),
        ({"type": INPUT, "value": 7}, {}),
        ({"type": 23, "value": True}, {}),
        ({"type": 99, "value": "email"}, {}),
    ],
)
def test_each_kind_of_field_is_read_and_what_is_no_field_of_ours_is_not(
    part: dict[str, Any], answer: dict[str, str]
) -> None:
    call = filled(submitted(Call("job followup"), {**part, "custom_id": "channel"}))
    assert call.answers == answer


def test_a_choice_that_was_taken_can_be_let_go() -> None:
    nothing = {"type": SELECT, "custom_id": "channel", "values": []}
    call = filled(submitted(Call("job followup", {"channel": "email"}), nothing))
    assert call.answers == {"channel": ""}


def test_a_timestamp_that_was_pasted_is_an_instant() -> None:
    call = filled(submitted(Call("job interview"), text("at", " <t:1781636400:F> ")))
    assert call.answers == {"at": "2026-06-16T19:00:00+00:00"}
    said = filled(submitted(Call("job interview"), text("note", "at <t:1781636400:F>")))
    assert said.answers == {"note": "at <t:1781636400:F>"}


def test_fields_in_rows_as_older_modals_have_them_are_read_too() -> None:
    row = {"type": 1, "components": [text("role", "SRE")]}
    assert filled({"custom_id": "1:job applied", "components": [row]}).answers == {"role": "SRE"}


@pytest.mark.parametrize("name", ["ROLE", "role+x", "+", "", "a b", "x" * 33, "1:role"])
def test_a_field_without_the_name_of_an_option_counts_for_nothing(name: str) -> None:
    assert filled(submitted(Call("job applied"), text(name, "SRE"))) == Call("job applied")


@pytest.mark.parametrize("custom_id", ["", "9:job applied", "job applied", None, 7, "1:"])
def test_a_modal_of_another_version_makes_a_call_without_a_name(custom_id: object) -> None:
    data = {"custom_id": custom_id, "components": [{"type": LABEL, "component": text("role", "x")}]}
    assert filled(data) == Call("")


def test_no_option_could_be_taken_for_the_number_of_a_stashed_call() -> None:
    assert [c.name for c in registry.commands.values() if c.option("call")] == []


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from((1, 3, 4, 18)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("type", "custom_id", "component", "components", "value", "values")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(junk=JUNK)
def test_whatever_is_sent_makes_a_call(junk: object) -> None:
    call = filled({"custom_id": "1:job applied?role=SRE", "components": junk})
    assert call.name == "job applied"
    assert all(isinstance(raw, str) for raw in call.answers.values())
