"""Forms as modals: every page fits, shows what was understood, and asks what matters first."""

from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import Json
from adapters.discord.filled import filled
from adapters.discord.modals import carried_call, modal, nothing_missing, offered_for, pages, title
from bot.commands import registry
from bot.kinds import KindName
from bot.message import Call, Form, TooLong
from tests.discord.judge import Judge
from tests.discord.limits import modal_problems
from tests.discord.submitted import (
    ASKING,
    INPUT,
    LABEL,
    NOW,
    RADIO,
    SELECT,
    STASHED,
    TEXT,
    ZONE,
    fields,
    forms,
    labels,
    laid,
    meant,
    sent,
)
from tests.strategies import texts

APPLIED = registry.commands["job applied"]
LIMITS = {"title": 45, "label": 45, "description": 100, "placeholder": 100, "value": 4000}
SPEC = Judge()


def shown(form: Form, page: int = 1, carried: Call | None = None, **offered: Any) -> Json:
    """A page of the form, which has to please the judge."""
    command = registry.commands[form.call.name]
    page_of = pages(form, command)[page - 1]
    if carried is None:
        carried = carried_call(form, command)
    made = modal(form, command, page_of, carried, NOW, offered).to_dict()
    assert modal_problems(made) == []
    return made


def opened(name: str, answers: dict[str, str] | None = None, **problems: str) -> Json:
    return shown(Form(Call(name, answers or {}), problems, zone=ZONE))


def names(form: Form) -> list[list[str]]:
    command = registry.commands[form.call.name]
    return [[option.name for option in page] for page in pages(form, command)]


def widths(part: Any) -> list[tuple[str, int]]:
    """Every text that Discord limits, in UTF-16 units."""
    if isinstance(part, list):
        return list(chain.from_iterable(map(widths, part)))
    if not isinstance(part, dict):
        return []
    own = [(n, len(v.encode("utf-16-le")) // 2) for n, v in part.items() if isinstance(v, str)]
    return own + list(chain.from_iterable(map(widths, part.values())))


@given(form=forms())
def test_every_page_of_any_form_is_one_that_discord_takes(form: Form) -> None:
    command = registry.commands[form.call.name]
    for number in range(len(pages(form, command))):
        made = shown(form, number + 1, STASHED)
        assert [n for n, width in widths(made) if width > LIMITS.get(n, 4000)] == []
        assert len(made["components"]) <= 5


def test_a_modal_is_as_discords_own_description_of_requests_has_it() -> None:
    for command in ASKING:
        form = Form(Call(command.name), {"text": "I did not understand that."})
        answer = {"type": 9, "data": shown(form)}
        assert SPEC.request("POST", "/interactions/1/token/callback", answer) == []


@given(form=forms())
def test_every_page_submitted_untouched_gives_back_the_answers_it_was_made_of(form: Form) -> None:
    command = registry.commands[form.call.name]
    known = carried_call(form, command)
    for number in range(len(pages(form, command))):
        made = shown(form, number + 1, STASHED)
        call = filled(sent(made))
        assert call.answers["call"] == "7"
        assert meant(laid(call, known)) == meant(form.call)


@given(form=forms())
def test_a_form_that_fits_its_id_needs_no_stash(form: Form) -> None:
    known = carried_call(form, registry.commands[form.call.name])
    try:
        made = shown(form)
    except TooLong:
        assert len(known.wire().encode("utf-16-le")) // 2 > 96
        return
    assert meant(filled(sent(made))) == meant(form.call)


@given(form=forms())
def test_the_pages_ask_everything_once_except_what_the_form_is_about(form: Form) -> None:
    command = registry.commands[form.call.name]
    asked = list(chain.from_iterable(names(form)))
    assert len(asked) == len(set(asked))
    left = {o for o in command.asked if o.name not in asked}
    assert asked
    assert {o.kind.name for o in left} <= {KindName.APPLICATION, KindName.INTERVIEW}
    assert not {o.name for o in left} & form.problems.keys()
    if nothing_missing(form, command) or not any(option.opt.part for option in command.asked):
        found = pages(form, command)
        rest = found if nothing_missing(form, command) else found[1:]
        assert all(len({option.opt.part for option in page}) <= 1 for page in rest)
        for part in {page[0].opt.part for page in rest if page}:
            sizes = [len(page) for page in rest if page[0].opt.part == part]
            assert max(sizes) - min(sizes) <= 1


@given(form=forms())
def test_what_is_wrong_is_on_the_first_page_and_before_what_is_missing(form: Form) -> None:
    first = names(form)[0]
    wrong = [n for n in first if n in form.problems]
    assert first[: len(wrong)] == wrong
    fields_wrong = form.problems.keys() & {o.name for o in registry.commands[form.call.name].asked}
    assert len(wrong) == min(5, len(fields_wrong))


def test_the_first_page_asks_what_is_required_and_then_what_makes_the_letter() -> None:
    assert names(Form(Call("job applied"))) == [
        ["company", "role", "on", "fit", "proof"],
        ["via", "why", "link", "contact", "agency"],
        ["referrer", "closes", "decides", "nocontact", "note"],
    ]


def test_what_was_understood_of_what_is_required_is_shown_beside_what_is_missing() -> None:
    known = {"company": "SRE", "link": "https://acme.example"}
    form = Form(Call("job applied", known))
    assert names(form)[0] == ["company", "role", "on", "fit", "proof"]
    assert fields(shown(form))["company"]["value"] == "SRE"


def test_a_problem_comes_first_and_then_what_was_typed_as_it_was_declared() -> None:
    known = {"company": "Acme", "role": "SRE", "closes": "the other day"}
    form = Form(Call("job applied", known), {"closes": "Which day?"})
    assert names(form)[0] == ["closes", "company", "role", "on", "fit"]
    typed = Form(form.call.plus(note="Said by Lee", agency="Hays"), form.problems)
    assert names(typed)[0] == ["closes", "company", "role", "agency", "note"]


def test_what_was_typed_is_mended_before_what_is_missing_is_asked() -> None:
    typed = {"at": "blursday", "people": "Dana Fox", "minutes": "45"}
    form = Form(Call("job interview", typed), {"at": "Which day?"})
    assert names(form)[0] == ["at", "application", "people", "minutes"]
    crowded = dict.fromkeys(("role", "on", "via", "fit", "proof"), "x")
    assert names(Form(Call("job applied", crowded), {"on": "?"}))[0] == [
        *("on", "role", "via", "fit", "proof"),
    ]


def test_a_change_with_a_problem_shows_nothing_empty_that_is_on_record() -> None:
    typed = {"application": "#3", "closes": "blursday", "company": "Acme"}
    form = Form(Call("job edit", typed), {"closes": "Which day?"})
    assert names(form)[0] == ["closes", "company"]
    assert set(fields(shown(form))) == {"closes", "company"}
    settings = Form(Call("job settings", {"quiet": "late"}), {"quiet": "Which hours?"})
    assert names(settings)[0] == ["quiet"]
    debrief = Form(Call("job debrief", {"interview": "#1"}), {"themes": "Please answer this one."})
    assert names(debrief)[0] == ["themes", "reasons", "unsaid", "decides"]


def test_a_form_with_nothing_missing_has_the_same_pages_whatever_it_holds() -> None:
    edit = {"application": "#3", "company": "Acme"}
    found = names(Form(Call("job edit", edit)))
    assert found == names(Form(Call("job edit", {**edit, "note": "x", "via": "agency"})))
    assert found == [
        ["company", "role", "via", "link", "agency"],
        ["on", "closes", "decides"],
        ["fit", "proof", "why"],
        ["contact", "referrer", "nocontact", "note"],
    ]


def test_the_record_that_a_form_is_about_is_asked_only_when_missing_or_wrong() -> None:
    assert "application" in names(Form(Call("job heard")))[0]
    assert "application" not in names(Form(Call("job heard", {"application": "#3"})))[0]
    wrong = Form(Call("job heard", {"application": "acem"}), {"application": "Which one?"})
    assert names(wrong)[0][0] == "application"
    assert "application" not in names(Form(Call("job debrief", {"interview": "#1"})))[0]


def test_a_form_that_would_ask_nothing_asks_what_it_is_about() -> None:
    form = Form(Call("job show", {"application": "#3", "text": "x"}), {"text": "What is x?"})
    assert names(form) == [["application"]]
    assert names(Form(Call("job resume"))) == [[]]


def test_the_first_form_of_all() -> None:
    made = opened("job applied")
    assert (made["title"], made["custom_id"]) == ("Log a job application", "1:job applied")
    said = {n: (p["label"], p.get("description")) for n, p in labels(made).items()}
    assert said == {
        "company": ("Where did you apply?", None),
        "role": ("The title on the advert", None),
        "on": ("The day you applied", "Today if left out"),
        "fit": ("Why are you a good fit?", "Your own words go into the letter"),
        "proof": ("What proves it?", "One result, number or project"),
    }
    needed = {name: field["required"] for name, field in fields(made).items()}
    assert [name for name, must in needed.items() if must] == ["company", "role"]
    styles = {name: field["style"] for name, field in fields(made).items()}
    assert styles == {"company": 1, "role": 1, "on": 1, "fit": 2, "proof": 2}


def test_a_short_intro_is_the_title_and_a_long_one_is_said_above() -> None:
    short = Form(Call("job followup"), intro="SRE at Acme")
    assert shown(short)["title"] == "SRE at Acme"
    said = "There is *no* link in that message, as it seems to me."
    long = Form(Call("job followup"), intro=said)
    top, *_ = shown(long)["components"]
    assert top == {"type": TEXT, "content": said.replace("*", "\\*")}
    assert shown(long)["title"] == "The follow-up now"
    both = Form(Call("job followup"), intro=f"Save this job\n{said}")
    assert shown(both)["title"] == "Save this job"
    assert shown(both)["components"][0] == top


def test_the_title_of_a_long_job_is_shortened_and_stays_a_title() -> None:
    job = "Senior Site Reliability Engineer, Payments at Acme Payments"
    form = Form(Call("job edit", {"application": "#3"}), intro=job)
    made = shown(form)
    assert made["title"].startswith("Senior Site Reliability Engineer, ")
    assert [part["type"] for part in made["components"]] == [LABEL] * 5


def test_what_record_a_form_is_about_is_in_front_of_what_it_asks() -> None:
    debrief = registry.commands["job debrief"]
    form = Form(Call("job debrief", {"application": "#3"}))
    assert title(form, debrief, "SRE at Acme") == "SRE at Acme: after an interview"
    long = title(form, debrief, "Senior Site Reliability Engineer at Acme Payments")
    assert long.startswith("Senior Site ")
    assert long.endswith("…: after an interview")
    assert title(form, debrief) == "After an interview"


def test_what_is_said_above_takes_the_place_of_a_field_and_of_no_hint() -> None:
    said = "There is no link in that message, so I begin with an empty form."
    made = shown(Form(Call("job applied"), intro=said))
    assert made["components"][0] == {"type": TEXT, "content": said}
    assert list(fields(made)) == ["company", "role", "on", "fit"]
    assert "description" not in labels(made)["company"]


@given(intro=texts(3), about=texts(2))
def test_any_record_and_any_intro_make_a_title_that_fits(intro: str, about: str) -> None:
    for command in ASKING:
        made = title(Form(Call(command.name), intro=intro), command, about)
        assert 0 < len(made.encode("utf-16-le")) // 2 <= 45


def test_the_title_is_never_over_its_limit() -> None:
    for command in registry.commands.values():
        assert 0 < len(title(Form(Call(command.name)), command)) <= 45
    assert title(Form(Call("job remove")), registry.commands["job remove"]) == (
        "Remove an application"
    )
    assert opened("job applied")["title"] == "Log a job application"


def test_a_problem_stands_beside_its_field_instead_of_the_hint() -> None:
    made = opened("job applied", {"on": "the other day"}, on="Which day was it?")
    assert labels(made)["on"]["description"] == "⚠ Which day was it?"
    assert fields(made)["on"]["value"] == "the other day"
    assert "Today if left out" not in str(made)


def test_a_problem_that_has_no_field_is_said_above_and_its_answer_goes() -> None:
    call = Call("job pause", {"text": "blah", "until": "friday"})
    form = Form(call, {"text": "I did not understand “blah”."})
    made = shown(form)
    assert made["components"][0]["content"] == "⚠ I did not understand “blah”."
    assert filled(sent(made)) == Call("job pause", {"until": "friday"})


def test_an_instant_is_shown_in_the_persons_own_zone_and_means_what_it_meant() -> None:
    at = "2026-06-16T19:00:00+00:00"
    for typed in (at, "tue 3pm"):
        form = Form(Call("job interview", {"at": typed}), zone=ZONE)
        made = shown(form)
        assert fields(made)["at"]["value"] == "2026-06-16 15:00"
        assert meant(filled(sent(made)))["at"] == at


def test_where_the_zone_is_not_known_a_time_stays_as_it_was_typed() -> None:
    for typed in ("2026-06-16T19:00:00+00:00", "tue 3pm", "yesterday"):
        form = Form(Call("job interview", {"at": typed}))
        assert fields(shown(form))["at"]["value"] == typed
    day = fields(shown(Form(Call("job applied", {"on": "yesterday"}), {"on": "?"})))["on"]
    assert day["value"] == "yesterday"


@pytest.mark.parametrize("zone", ["Nowhere/At_All", "../etc", "America"])
def test_a_zone_that_this_machine_does_not_know_is_no_zone(zone: str) -> None:
    form = Form(Call("job interview", {"at": "tue 3pm"}), zone=zone)
    assert fields(shown(form))["at"]["value"] == "tue 3pm"


def test_an_hour_that_comes_twice_keeps_its_offset() -> None:
    second = "2026-11-01T06:30:00+00:00"
    first = "2026-11-01T05:30:00+00:00"
    for at, expected in ((first, "2026-11-01 01:30"), (second, second)):
        form = Form(Call("job interview", {"at": at}), zone=ZONE)
        assert fields(shown(form))["at"]["value"] == expected


def test_yesterday_is_a_date_in_the_persons_own_zone() -> None:
    late = datetime(2026, 6, 10, 2, tzinfo=UTC)
    form = Form(Call("job applied", {"on": "yesterday"}), {"on": "Are you sure?"}, zone=ZONE)
    page = pages(form, APPLIED)[0]
    made = modal(form, APPLIED, page, STASHED, late).to_dict()
    assert fields(made)["on"]["value"] == "2026-06-08"


def test_what_may_be_left_out_is_a_list_that_can_be_left_empty() -> None:
    via = fields(shown(Form(Call("job applied")), 2))["via"]
    assert (via["type"], via["required"], via["min_values"]) == (SELECT, False, 0)
    assert via["placeholder"] == "An advert or their site"
    assert not any(option["default"] for option in via["options"] if "default" in option)


def test_what_must_be_chosen_from_a_few_is_all_in_sight() -> None:
    what = fields(opened("job heard", {"what": "turned down"}))["what"]
    assert (what["type"], what["required"]) == (RADIO, True)
    taken = [option["value"] for option in what["options"] if option.get("default")]
    assert taken == ["rejection"]


def test_what_cannot_be_empty_again_must_be_answered() -> None:
    answers = {"zone": "Europe/Berlin", "hour": "9:30", "premium": "no", "name": "Kim"}
    form = Form(Call("job settings", answers))
    first, second, third = (fields(shown(form, page, STASHED)) for page in (1, 2, 3))
    assert (first["zone"]["required"], first["hour"]["required"]) == (True, True)
    assert (second["premium"]["type"], second["premium"]["required"]) == (RADIO, True)
    assert (second["name"]["required"], third["discreet"]["required"]) == (False, False)
    edit = Form(Call("job edit", {"application": "#3", "via": "agency"}))
    via = fields(shown(edit))["via"]
    assert (via["type"], via["required"], via["min_values"]) == (SELECT, True, 1)


def test_a_choice_that_cannot_be_read_is_chosen_anew() -> None:
    made = opened("job followup", {"channel": "pigeon"}, channel="One of: email, linkedin.")
    channel = fields(made)["channel"]
    assert (channel["type"], channel["required"]) == (SELECT, False)
    assert filled(sent(made)).answers == {"channel": ""} | {}
    assert filled(sent(made, channel="email")).answers["channel"] == "email"


def test_an_employer_that_follows_from_the_agency_can_be_left_out() -> None:
    form = Form(Call("job applied", {"role": "SRE"}), {"agency": "Which agency?"})
    company = fields(shown(form))["company"]
    assert company["required"] is False
    assert fields(opened("job applied"))["company"]["required"] is True


def test_a_letter_that_is_all_a_form_asks_for_must_not_be_empty() -> None:
    assert fields(opened("job rewrite"))["letter"]["required"] is True
    long = Form(Call("job edit", {"application": "#3", "fit": "x"}), {"fit": "Please be brief."})
    assert fields(shown(long))["fit"]["required"] is False


def test_a_zone_that_is_asked_for_is_typed_and_not_left_out() -> None:
    made = opened("job begin", {"ask": "yes"})
    zone = fields(made)["zone"]
    assert (zone["required"], zone["placeholder"]) == (True, "Berlin")
    assert "value" not in zone
    label = labels(made)["zone"]
    assert (label["label"], label["description"]) == (
        "Which time zone are you in?",
        "Type your city",
    )
    again = opened("job begin", {"zone": "Nowhereville"}, zone="I know no such city.")
    assert (made["title"], again["title"]) == ("Your time zone", "Your time zone")


RECORDS = [("SRE at Acme", "#3"), ("Editor at Globex", "#4")]


def test_a_few_records_are_picked_from_a_list() -> None:
    form = Form(Call("job heard"))
    command = registry.commands["job heard"]
    page = pages(form, command)[0]
    assert offered_for(form, command, page) == ("application",)
    field = fields(shown(form, application=RECORDS))["application"]
    assert (field["type"], field["required"], field["min_values"]) == (SELECT, True, 1)
    assert [(o["label"], o["value"]) for o in field["options"]] == RECORDS
    debrief = fields(shown(Form(Call("job debrief")), application=RECORDS))["application"]
    assert (debrief["required"], debrief["min_values"]) == (False, 0)


@pytest.mark.parametrize(
    ("answer", "offered", "kind", "held"),
    [
        ("#4", RECORDS, SELECT, "#4"),
        ("acme", RECORDS, INPUT, "acme"),
        ("", [], INPUT, ""),
        ("", [(f"Job {n}", f"#{n}") for n in range(24)], SELECT, ""),
        ("", [(f"Job {n}", f"#{n}") for n in range(25)], INPUT, ""),
        ("", [("One", "#1"), ("Two", "#1")], INPUT, ""),
        ("", [("One", "#" * 101)], INPUT, ""),
        ("", [("", "#1")], INPUT, ""),
    ],
)
def test_records_are_typed_where_a_list_could_not_hold_them_all(
    answer: str, offered: list[tuple[str, str]], kind: int, held: str
) -> None:
    form = Form(Call("job heard", {"application": answer}), {"application": "Which one?"})
    made = shown(form, application=offered)
    assert fields(made)["application"]["type"] == kind
    assert filled(sent(made)).answers["application"] == held


@given(pairs=st.lists(st.tuples(texts(), texts()), max_size=30))
def test_any_records_offered_make_a_form_that_discord_takes(pairs: list[tuple[str, str]]) -> None:
    shown(Form(Call("job heard")), application=pairs)


def test_lines_are_shown_in_a_field_that_has_lines() -> None:
    form = Form(Call("job attendees", {"people": "Dana Fox\nLee Park"}), {"people": "Who?"})
    made = shown(form, carried=STASHED)
    assert fields(made)["people"]["style"] == 2
    assert filled(sent(made)).answers["people"] == "Dana Fox\nLee Park"


def test_an_answer_too_long_to_be_shown_stays_until_something_is_typed() -> None:
    story = "word " * 1000
    form = Form(Call("job reasons", {"fit": story}), {"fit": "Please be brief."})
    made = shown(form, carried=STASHED)
    field = fields(made)["fit+"]
    assert "value" not in field
    assert field["placeholder"].startswith("4,999 characters")
    assert field["required"] is False
    assert filled(sent(made)).answers == {"call": "7", "proof": "", "why": "", "contact": ""}
    typed = {"fit+": "Ten years of it"}
    assert filled(sent(made, **typed)).answers["fit"] == "Ten years of it"


def test_an_id_without_room_for_the_call_is_refused() -> None:
    with pytest.raises(TooLong):
        shown(Form(Call("job reasons", {"fit": "x" * 100})))


def test_what_was_emptied_is_carried_only_while_something_is_wrong() -> None:
    call = Call("job edit", {"application": "#3", "fit": "", "company": "Acme"})
    edit = registry.commands["job edit"]
    assert carried_call(Form(call), edit).answers == {"application": "#3", "company": "Acme"}
    assert carried_call(Form(call, {"on": "Which day?"}), edit) == call
