"""Forms as windows: nothing typed is lost between a Form, its modal and the Call it makes."""

import copy
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.characters import as_typed, units
from adapters.slack import Json
from adapters.slack.controls import HOLDS, Moment, controls
from adapters.slack.filled import errors, filled
from adapters.slack.forms import view, with_more
from adapters.slack.literal import line, words
from adapters.slack.meta import Meta, Origin
from bot.command import Command, Option
from bot.commands import registry
from bot.kinds import KindName
from bot.message import Call, Form
from tests.slack.limits import judge_errors, judge_view
from tests.strategies import texts

NOW = datetime(2026, 6, 10, 14, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
ORIGIN = Origin(channel="D1", ts="1749560000.000100")
APPLIED = registry.commands["job applied"]
EDIT = registry.commands["job edit"]

GOOD = {
    KindName.NUMBER: ("45", "45 minutes"),
    KindName.YES_NO: ("yes", "No", "off"),
    KindName.DAY: ("2026-06-08", "yesterday", "next tuesday", "1 Feb"),
    KindName.INSTANT: ("2026-06-16T19:00:00+00:00", "tue 3pm", "1995-01-01 10:00"),
    KindName.TIME: ("9:30", "3pm"),
    KindName.ZONE: ("Europe/Berlin", "berlin"),
    KindName.APPLICATION: ("#3", "acme"),
    KindName.INTERVIEW: ("#1",),
}


def asked_anew(form: Form, *, more: bool = False) -> Json:
    """The form's modal, which has to please the judge."""
    made = view(form, registry.commands[form.call.name], Meta(None, ORIGIN), NOW, ZONE, more=more)
    assert judge_view(made) == []
    return made


def opened(name: str, answers: dict[str, str], *, more: bool = False, **problems: str) -> Json:
    return asked_anew(Form(Call(name, answers), problems), more=more)


def sent(made: Json, **typed: Any) -> Json:
    """The view as Slack sends it back: what each control holds at first, then what was typed."""
    back = copy.deepcopy(made)
    values: Json = {}
    for block in back["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        first, held = HOLDS[element["type"]]
        value = typed.get(block["block_id"], element.get(first))
        if element["type"] == "plain_text_input":
            element["dispatch_action_config"] = {"trigger_actions_on": ["on_enter_pressed"]}
        state = {"type": element["type"], held: value}
        values[block["block_id"]] = {element["action_id"]: state}
    return {**back, "id": "V1", "hash": "1.a", "state": {"values": values}}


def fields(made: Json) -> dict[str, Json]:
    return {b["block_id"]: b["element"] for b in made["blocks"] if b["type"] == "input"}


def chosen(label: str, raw: str) -> Json:
    return {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": raw}


def said(made: Json) -> list[str]:
    """The lines of text between the fields."""
    sections = [s for b in made["blocks"] if b["type"] == "rich_text" for s in b["elements"]]
    return [part["text"] for section in sections for part in section["elements"]]


def meant(call: Call) -> dict[str, str]:
    """What a call's answers come to, in the canonical form of each kind."""
    typed = {name: as_typed(raw) for name, raw in call.answers.items()}
    canonical = registry.canonical(Call(call.name, typed), Moment(NOW, ZONE))
    return {name: raw for name, raw in canonical.answers.items() if raw}


def answers_to(option: Option) -> st.SearchStrategy[str]:
    good = GOOD.get(option.kind.name, ())
    labels = tuple(word for choice in option.kind.choices for word in choice)
    long = st.builds(lambda text, n: text * n, texts(), st.integers(1, 60)).map(lambda t: t[:4000])
    known = [st.sampled_from(good + labels)] if good + labels else []
    if option.opt.hidden:
        # Set by buttons, whose whole call has 96 characters.
        return st.one_of(*known, texts().map(lambda text: text[:60]))
    return st.one_of(st.just(""), *known, texts(), long)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Any command's form with any answers, some of them with problems."""
    command = draw(st.sampled_from(list(registry.commands.values())))
    picked = [option for option in command.options if draw(st.booleans())]
    answers = {option.name: draw(answers_to(option)) for option in picked}
    names = [option.name for option in command.asked] or ["text"]
    wrong = draw(st.dictionaries(st.sampled_from(names), texts(2), max_size=3))
    return Form(Call(command.name, answers), wrong, draw(texts(2)))


@given(form=forms(), more=st.booleans())
def test_a_form_submitted_untouched_gives_back_the_answers_it_was_made_of(
    form: Form, more: bool
) -> None:
    made = asked_anew(form, more=more)
    assert meant(filled(sent(made))) == meant(form.call)


@given(form=forms())
def test_asking_for_more_details_keeps_every_field_and_what_is_in_it(form: Form) -> None:
    made = asked_anew(form)
    command = registry.commands[form.call.name]
    larger = with_more(sent(made), command, NOW, ZONE)
    assert judge_view(larger) == []
    assert {**fields(larger), **fields(made)} == fields(larger)
    assert {o.name for o in command.asked if o.opt.more} <= fields(larger).keys()
    assert not any(block["type"] == "actions" for block in larger["blocks"])
    assert filled(sent(larger)) == filled(sent(made))


@given(form=forms())
def test_problems_are_errors_when_all_have_a_field_and_are_told_on_top_when_not(form: Form) -> None:
    made = sent(asked_anew(Form(form.call)))
    told = errors(form, made)
    if told is None:
        assert not form.problems or not form.problems.keys() <= fields(made).keys()
    else:
        assert judge_errors(told, made) == []
        assert told.keys() == form.problems.keys()


def test_every_kind_has_the_control_that_asks_for_it_best() -> None:
    found = {
        option.kind.name: controls(option, "", Moment(NOW, ZONE))[0]["element"]["type"]
        for command in registry.commands.values()
        for option in command.asked
    }
    assert found == {
        KindName.TEXT: "plain_text_input",
        KindName.LONG: "plain_text_input",
        KindName.NUMBER: "plain_text_input",
        KindName.LINK: "plain_text_input",
        KindName.DAYS: "plain_text_input",
        KindName.HOURS: "plain_text_input",
        KindName.PERSON: "plain_text_input",
        KindName.PEOPLE: "plain_text_input",
        KindName.YES_NO: "static_select",
        KindName.CHOICE: "static_select",
        KindName.DAY: "datepicker",
        KindName.INSTANT: "datetimepicker",
        KindName.TIME: "timepicker",
        KindName.ZONE: "external_select",
        KindName.APPLICATION: "external_select",
    }


def test_the_first_form_is_short_and_the_rest_is_one_button_away() -> None:
    made = opened("job applied", {"role": "SRE"})
    assert list(fields(made)) == ["company", "role", "on", "via", "fit", "proof", "link"]
    assert made["title"]["text"] == "Log a job application"
    assert (made["submit"]["text"], made["close"]["text"]) == ("Save", "Cancel")
    button = made["blocks"][-1]["elements"][0]
    assert (button["action_id"], button["text"]["text"]) == ("more", "More details")
    assert fields(made)["role"]["initial_value"] == "SRE"
    assert [b["block_id"] for b in made["blocks"] if b.get("optional") is False] == [
        "company",
        "role",
    ]


def test_a_detail_that_has_an_answer_is_shown_at_once() -> None:
    assert fields(opened("job applied", {"agency": "Hays"}))["agency"]["initial_value"] == "Hays"


def test_yesterday_is_a_date_in_the_persons_own_zone() -> None:
    late = datetime(2026, 6, 10, 2, tzinfo=UTC)
    form = Form(Call("job applied", {"on": "yesterday"}))
    made = view(form, APPLIED, Meta(), late, ZONE)
    assert fields(made)["on"]["initial_date"] == "2026-06-08"


def test_a_day_that_cannot_be_read_stays_as_it_was_typed_and_a_hint_says_why() -> None:
    made = opened("job applied", {"on": "the other day"})
    assert fields(made)["on"] == {
        "type": "plain_text_input",
        "action_id": "answer",
        "initial_value": "the other day",
        "multiline": False,
        "max_length": 3000,
    }
    (hint,) = [b["hint"]["text"] for b in made["blocks"] if b["block_id"] == "on"]
    assert hint.startswith("I could not read “the other day” as a date.")
    assert filled(sent(made)).answers["on"] == "the other day"


def test_a_problem_stands_above_its_field_and_is_not_said_twice() -> None:
    made = opened("job applied", {"on": "the other day"}, on="Which day was it?")
    places = [block["block_id"] for block in made["blocks"]]
    assert places[places.index("on") - 1] == ":problem on"
    assert said(made) == ["Which day was it?"]
    assert not any("hint" in block for block in made["blocks"] if block["block_id"] == "on")


def test_a_question_has_its_explanation_below_the_field() -> None:
    shown = {b["block_id"]: b for b in opened("job applied", {})["blocks"]}
    assert shown["on"]["label"]["text"] == "The day you applied"
    assert shown["on"]["hint"]["text"] == "Today if left out"
    assert shown["fit"]["label"]["text"] == "Why are you a good fit?"
    assert shown["fit"]["hint"]["text"] == "Your own words go into the letter"


def test_an_example_and_what_is_taken_for_granted_stand_faintly_in_the_field() -> None:
    made = fields(opened("job applied", {}, more=True))
    assert made["contact"]["placeholder"]["text"] == "Dana Fox <dana@example.com>"
    assert made["via"]["placeholder"]["text"] == "An advert or their site"


def test_a_debrief_of_a_known_interview_does_not_ask_which_application() -> None:
    assert "application" in fields(opened("job debrief", {}))
    assert "application" not in fields(opened("job debrief", {"interview": "#1"}))


def test_a_letter_that_is_all_a_form_asks_for_is_not_called_optional() -> None:
    (block,) = (b for b in opened("job rewrite", {})["blocks"] if b["type"] == "input")
    assert block["optional"] is False


def test_what_cannot_be_empty_again_is_not_called_optional() -> None:
    made = asked_anew(Form(Call("job settings", {"zone": "Europe/Berlin", "name": "Kim"})))
    optional = {b["block_id"]: b["optional"] for b in made["blocks"] if "optional" in b}
    assert (optional["zone"], optional["name"]) == (False, True)


def test_a_choice_is_understood_by_its_label_and_by_other_words() -> None:
    for typed in ("agency", "A recruiter or agency", "headhunter"):
        initial = fields(opened("job applied", {"via": typed}))["via"]["initial_option"]
        assert initial == chosen("A recruiter or agency", "agency")


def test_what_is_picked_is_read_as_the_core_reads_it() -> None:
    made = sent(
        opened("job interview", {"application": "#3"}), at=1781636400, people="Dana", minutes="30"
    )
    call = filled(made)
    assert call == Call(
        "job interview",
        {"application": "#3", "at": "2026-06-16T19:00:00+00:00", "people": "Dana", "minutes": "30"},
    )
    option = registry.commands["job interview"].option("at")
    assert option is not None
    at = option.kind.read(call.answers["at"], Moment(NOW, ZONE), option.opt.lean)
    assert at == datetime(2026, 6, 16, 19, tzinfo=UTC)


def test_what_the_form_is_about_is_carried_and_asked_only_when_it_is_missing_or_wrong() -> None:
    about = opened("job heard", {"application": "#3"})
    assert "application" not in fields(about)
    assert filled(sent(about)).answers["application"] == "#3"
    assert Meta.decode(about["private_metadata"]).origin == ORIGIN
    assert "application" in fields(opened("job heard", {}))
    wrong = opened("job heard", {"application": "acem"}, application="I cannot find that one.")
    assert fields(wrong)["application"]["initial_option"] == chosen("acem", "acem")


def test_saying_which_record_is_meant_saves_nothing_yet() -> None:
    assert opened("job show", {})["submit"]["text"] == "Continue"
    assert opened("job heard", {})["submit"]["text"] == "Save"


def test_a_filled_field_can_be_emptied_even_across_more_details_and_a_problem() -> None:
    start = {"application": "#3", "company": "Acme", "fit": "Ten years of it", "note": ""}
    made = sent(opened("job edit", start), fit=None)
    assert filled(made).answers == {"application": "#3", "company": "Acme", "fit": ""}
    larger = sent(with_more(made, EDIT, NOW, ZONE), company="Acme Corp")
    assert filled(larger).answers == {"application": "#3", "company": "Acme Corp", "fit": ""}
    again = asked_anew(Form(filled(larger), {"on": "Which day was it?"}))
    assert filled(sent(again)) == filled(larger)


def test_a_required_field_of_blanks_is_answered_with_nothing() -> None:
    assert filled(sent(opened("job applied", {}), company="  ")).answers == {
        "company": "",
        "role": "",
    }


def test_more_details_keeps_what_has_been_typed_and_picked() -> None:
    made = opened("job applied", {"role": "SRE", "on": "the other day"})
    typed = {
        "company": "Acme",
        "on": "monday",
        "via": chosen("Met at an event", "event"),
        "fit": "One\nTwo",
    }
    larger = with_more(sent(made, **typed), APPLIED, NOW, ZONE)
    found = fields(larger)
    assert list(found)[7:] == [
        "why", "contact", "agency", "referrer", "closes", "decides", "nocontact", "note",
    ]  # fmt: skip
    assert found["company"]["initial_value"] == "Acme"
    # The control stays what it was, or Slack would throw away what it holds.
    assert (found["on"]["type"], found["on"]["initial_value"]) == ("plain_text_input", "monday")
    assert found["via"]["initial_option"] in found["via"]["options"]
    assert found["fit"]["initial_value"] == "One\nTwo"


def test_a_picked_application_keeps_its_name_when_more_is_asked() -> None:
    picked = chosen("SRE at Acme", "#3")
    larger = with_more(sent(opened("job edit", {}), application=picked), EDIT, NOW, ZONE)
    assert fields(larger)["application"]["initial_option"] == picked
    assert filled(sent(larger)).answers["application"] == "#3"


@pytest.mark.parametrize("letter", ["x", "\N{GRINNING FACE}"])
def test_an_answer_too_long_for_a_field_goes_on_in_the_next(letter: str) -> None:
    story = "\n\n".join(f"{n} {letter * 700} the end" for n in range(8))
    made = opened("job edit", {"application": "#3", "fit": story})
    parts = [name for name in fields(made) if name.startswith("fit")]
    assert len(parts) > 1
    assert filled(sent(made)).answers["fit"] == story
    shorter = dict.fromkeys(parts[1:])
    kept = filled(sent(made, **shorter)).answers["fit"]
    assert story.startswith(kept)
    assert 1000 < units(kept) <= 3000


def test_problems_without_a_field_are_told_on_top_and_the_stray_answer_goes() -> None:
    call = Call("job applied", {"text": "blah", "role": "SRE", "company": "Acme"})
    form = Form(call, {"text": "I did not understand “blah”."}, "Change a rather long-winded thing")
    made = asked_anew(form)
    assert said(made) == ["Change a rather long-winded thing", "I did not understand “blah”."]
    assert filled(sent(made)).answers == {"role": "SRE", "company": "Acme"}
    # Before anything was said of it, it is kept for that.
    assert filled(sent(opened("job applied", {"text": "blah"}))).answers["text"] == "blah"


def test_answers_to_nothing_we_know_never_make_a_window_too_large() -> None:
    stray = {f"stray{n}": "\N{GRINNING FACE}" * 3000 for n in range(50)}
    made = opened("job heard", {**stray, "application": "#3", "\ud800": "\ud800"})
    assert units(made["private_metadata"]) <= 3000
    assert filled(sent(made)).answers["application"] == "#3"
    long = opened("job heard", {"application": "acme " * 900})
    assert fields(long)["application"]["type"] == "plain_text_input"


def test_errors_belong_to_the_command_of_the_window() -> None:
    made = sent(opened("job heard", {"application": "#3"}))
    assert errors(Form(Call("job heard"), {"what": "One of these."}), made) == {
        "what": "One of these."
    }
    assert errors(Form(Call("job heard"), {"what": "No", "application": "No"}), made) is None
    assert errors(Form(Call("job edit"), {"note": "No"}), made) is None
    assert errors(Form(Call("job heard")), made) is None


def test_a_short_intro_is_the_title() -> None:
    made = asked_anew(Form(Call("job settings"), intro="Your settings"))
    assert made["title"]["text"] == "Your settings"
    assert said(made) == []


@pytest.mark.parametrize("command", registry.commands.values(), ids=lambda c: c.name)
def test_every_title_is_whole_words_of_the_help(command: Command) -> None:
    title = opened(command.name, {})["title"]["text"].removesuffix("…")
    assert command.help.startswith(title)
    assert command.help[len(title)] in " .:;,"


@given(text=texts(), limit=st.integers(2, 40))
def test_words_are_short_visible_and_literal(text: str, limit: int) -> None:
    made = words(text, limit)
    assert made["emoji"] is False
    assert 1 <= units(made["text"]) <= limit
    assert line(made["text"], limit) == made["text"]
    if units(text) <= limit and text.isprintable() and text == " ".join(text.split()):
        assert made["text"] == (text or "…")
