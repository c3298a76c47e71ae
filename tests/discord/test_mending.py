"""What is said where no form can be opened."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import Json
from adapters.discord.components import ACCENT
from adapters.discord.ids import read_id
from adapters.discord.mending import chooser, mend, unsaved
from adapters.discord.modals import nothing_missing, pages
from bot.commands import registry
from bot.fit import fit
from bot.message import Buttons, Call, File, Form, Message, Style, plain
from bot.message import text as paragraph
from tests.discord.limits import message_problems
from tests.discord.submitted import STASHED, forms

V2 = 1 << 15
FAILED = Message("That was not saved", (paragraph("Please try again in a minute."),), failed=True)


def mended(name: str, answers: dict[str, str] | None = None, **problems: str) -> Message:
    form = Form(Call(name, answers or {}), problems)
    return mend(form, registry.commands[name], STASHED)


def buttons(form: Form, again: Call = STASHED) -> list[Json]:
    parts: Any = chooser(form, registry.commands[form.call.name], again).view.to_components()
    payload = {"flags": V2, "components": parts, "allowed_mentions": {"parse": []}}
    assert message_problems(payload) == []
    (container,) = parts
    assert container["accent_color"] == ACCENT
    found: list[Json] = container["components"][-1]["components"]
    return found


def test_one_problem_is_said_with_its_question_and_a_button_opens_the_form() -> None:
    said = mended("job interview", {"at": "x"}, at="I could not read that.")
    assert plain(said) == (
        "One thing to mend\n"
        "When is it? I could not read that.\n"
        "What you typed is still there.\n"
        "Correct it"
    )
    (button,) = said.buttons
    assert (button.call, button.style) == (STASHED, Style.PRIMARY)


def test_several_problems_are_said_one_a_line() -> None:
    said = mended("job interview", at="Which day?", minutes="A number, please.", text="What?")
    lines = plain(said).split("\n")
    assert lines[0] == "A few things to mend"
    assert lines[1:4] == [
        "When is it? Which day?",
        "How long, in minutes? A number, please.",
        "What?",
    ]


def test_without_problems_it_is_only_said_which_form_it_is() -> None:
    assert plain(mended("job applied")) == (
        "Log a job application\nOne tap opens the form.\nOpen the form"
    )
    assert "What you typed is still there." in plain(mended("job applied", {"role": "SRE"}))
    assert mended("job applied", company=" ").buttons[0].label == "Open the form"


@given(form=forms())
def test_any_problems_make_a_message_that_fits(form: Form) -> None:
    said = mend(form, registry.commands[form.call.name], STASHED)
    assert fit(said).buttons == said.buttons
    assert said.title


def test_each_page_has_a_button_that_says_what_it_asks() -> None:
    edit = Form(Call("job edit", {"application": "#3"}), intro="SRE at *Acme*")
    again = Call("job edit", {"application": "#3"})
    found = buttons(edit, again)
    labels = ["The job", "Dates", "Reasons", "People and notes"]
    assert [button["label"] for button in found] == labels
    pressed = [read_id(button["custom_id"]) for button in found]
    assert [(each.call, each.page) for each in pressed] == [(again, n) for n in range(1, 5)]
    view: Any = chooser(edit, registry.commands["job edit"], again).view.to_components()
    (said, _) = view[0]["components"]
    assert said["content"] == "### SRE at \\*Acme\\*\nWhat would you like to change?"


def test_the_settings_are_chosen_from_by_what_they_are_about() -> None:
    found = buttons(Form(Call("job settings", {"zone": "Europe/Berlin"}), intro="Your settings"))
    assert [button["label"] for button in found] == [
        "Times and zone",
        "Name and letters",
        "Discreet messages",
    ]


def test_pages_that_are_all_of_one_part_say_what_they_ask() -> None:
    said = "One\nA sentence that stands above the fields takes the place of one of them."
    found = buttons(Form(Call("job edit", {"application": "#3"}), intro=said))
    labels = [button["label"] for button in found]
    assert labels[:2] == ["Employer, title", "Via, advert's address, agency"]
    assert len(set(labels)) == len(labels)


@given(form=forms())
def test_any_form_of_several_pages_can_be_chosen_from(form: Form) -> None:
    command = registry.commands[form.call.name]
    if nothing_missing(form, command):
        found = buttons(form)
        assert len(found) == len(pages(form, command))
        assert all(len(button["label"]) <= 75 for button in found if "label" in button)


def test_what_could_not_be_saved_can_be_tried_again() -> None:
    call = Call("job heard", {"application": "#3", "what": "offer"})
    said = unsaved(FAILED, call, registry)
    assert said.failed
    assert [(b.label, b.call) for b in said.buttons] == [("Try again", call)]


def test_what_a_button_has_no_room_for_is_shown_to_be_copied() -> None:
    story = "I ran the migration of forty services. " * 4
    call = Call("job reasons", {"fit": story, "why": "", "application": "#3"})
    said = plain(unsaved(FAILED, call, registry))
    assert said.endswith(f"This is what you typed:\nWhy are you a good fit?\n{story.strip()}")


def test_what_a_message_has_no_room_for_is_a_file() -> None:
    story = "x" * 3500
    said = unsaved(FAILED, Call("job go", {"call": "7", "fit": story}), registry)
    assert said.blocks[-1] == File("what-you-typed.txt", f"Fit\n{story}".encode())


@given(answers=st.dictionaries(st.sampled_from(("fit", "why", "zzz")), st.text(max_size=5000)))
def test_whatever_was_typed_is_still_there(answers: dict[str, str]) -> None:
    call = Call("job reasons", answers)
    said = unsaved(FAILED, call, registry)
    if any(button.call == call for button in said.buttons):
        return
    shown = plain(said) + "".join(
        block.data.decode() for block in said.blocks if isinstance(block, File)
    )
    for raw in answers.values():
        assert raw.strip() in shown or any(c < " " or c >= "\x7f" for c in raw)


@pytest.mark.parametrize("label", ["Try again", "Once more"])
def test_a_button_that_is_there_already_is_not_added(label: str) -> None:
    call = Call("job today")
    first = unsaved(FAILED, call, registry)
    assert unsaved(first, call, registry) == first
    assert isinstance(first.blocks[-1], Buttons)
