"""What was typed behind a slash command, picked from a menu, or is being typed."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import Json
from adapters.discord.options import SAVE_JOB, commands
from adapters.discord.typed import called, choices, focused, links_of, menu, stamped
from bot.command import Bound, Problems
from bot.commands import registry
from bot.message import Call
from bot.model import Application, Interview
from bot.readers import Reading
from tests.discord.declared import choices_problems
from tests.records import APPLICATION, LOGGED

STRING, INTEGER, BOOLEAN, NUMBER = 3, 4, 5, 10


class Scene:
    """What reading an answer may look at."""

    now = datetime(2026, 6, 10, 14, tzinfo=UTC)
    zone = ZoneInfo("America/New_York")

    def application_choices(self) -> list[Application]:
        return [APPLICATION]

    def interview_choices(self) -> list[Interview]:
        return [Interview(1, 3, 1, LOGGED, LOGGED)]


SCENE: Reading = Scene()
KINDS = {
    f"{one['name']} {word['name']}": {option["name"]: option["type"] for option in word["options"]}
    for one in commands(registry)
    if one["type"] == 1
    for word in one["options"]
}


def option(name: str, value: Any, kind: int = STRING, **more: Any) -> Json:
    return {"name": name, "type": kind, "value": value, **more}


def slash(word: str, *options: Json, group: str = "job", **more: Any) -> Json:
    """The data of `/job word …` as Discord sends it."""
    typed = {"name": word, "type": 1, "options": list(options)}
    return {"id": "1", "type": 1, "name": group, "options": [typed], **more}


def test_a_slash_command_is_the_call_that_it_names() -> None:
    data = slash("applied", option("company", "Acme & Co"), option("role", "SRE"))
    assert called(data, registry) == Call("job applied", {"company": "Acme & Co", "role": "SRE"})


@pytest.mark.parametrize("typed", [{"options": []}, {}, {"options": None}])
def test_a_slash_command_may_have_no_answers(typed: Json) -> None:
    data = slash("today") | {"options": [{"name": "today", "type": 1, **typed}]}
    assert called(data, registry) == Call("job today")


@pytest.mark.parametrize(
    ("value", "kind", "raw"),
    [
        ("  as typed ", STRING, "  as typed "),
        (45, INTEGER, "45"),
        (0, INTEGER, "0"),
        (True, BOOLEAN, "yes"),
        (False, BOOLEAN, "no"),
        (45.0, NUMBER, "45"),
        (1.5, NUMBER, "1.5"),
    ],
)
def test_every_value_is_as_a_person_would_have_typed_it(value: Any, kind: int, raw: str) -> None:
    data = slash("interview", option("minutes", value, kind))
    assert called(data, registry).answers == {"minutes": raw}


def test_a_command_that_is_no_longer_there_is_called_by_its_name() -> None:
    data = slash("gone", option("at", "<t:1780318800>"))
    assert called(data, registry) == Call("job gone", {"at": "<t:1780318800>"})


NO_CALL: Mapping[str, Any] = {
    "nothing": {},
    "a command without a word": {"type": 1, "name": "job"},
    "plain options": {"type": 1, "name": "job", "options": [option("role", "SRE")]},
    "a group of words": {
        "type": 1,
        "name": "job",
        "options": [{"type": 2, "name": "more", "options": [{"type": 1, "name": "today"}]}],
    },
    "two words": {**slash("list"), "options": [{"type": 1, "name": "a"}, {"type": 1, "name": "b"}]},
    "a menu's entry": {"type": 3, "name": SAVE_JOB, "target_id": "1"},
    "a word with a number for a name": slash(7),
    "an option without a value": slash("list", {"name": "which", "type": STRING}),
    "an option without a name": slash("list", {"value": "all", "type": STRING}),
    "an option of many values": slash("list", option("which", ["all"])),
    "options that are none": {**slash("list"), "options": [{"type": 1, "name": "a", "options": 5}]},
}


@pytest.mark.parametrize("data", NO_CALL.values(), ids=NO_CALL.keys())
def test_what_we_never_registered_is_a_call_without_a_name(data: Json) -> None:
    assert called(data, registry) == Call("")
    assert focused(data) == ("", "", "", {})


def outcome(call: Call) -> Bound | dict[str, tuple[str, Any]]:
    """What the core makes of a call, or why it cannot."""
    try:
        return registry.bind(call, SCENE)
    except Problems as found:
        return {name: (str(why), why.choices) for name, why in found.problems.items()}


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Any answers to a command that people are told about, many of them good ones."""
    command = draw(st.sampled_from(registry.shown))
    good = (
        "#1",
        "Acme",
        "tomorrow",
        "next tue 3pm",
        "9:30",
        "Berlin",
        "mon-fri",
        "https://a.example",
    )
    answers = {}
    for asked in (
        draw(st.lists(st.sampled_from(command.asked), unique_by=lambda o: o.name))
        if command.asked
        else []
    ):
        if KINDS[command.name][asked.name] == INTEGER:
            answers[asked.name] = str(draw(st.integers(0, 999_999_999)))
        elif asked.kind.choices:
            answers[asked.name] = draw(st.sampled_from(asked.kind.choices))[1]
        else:
            answers[asked.name] = draw(st.sampled_from(good) | st.text(max_size=40))
    return Call(command.name, answers)


@given(calls())
def test_a_call_typed_into_discord_is_read_as_if_it_had_been_typed_anywhere(call: Call) -> None:
    group, _, word = call.name.partition(" ")
    kinds = KINDS[call.name]
    options = [
        option(name, int(raw) if kinds[name] == INTEGER else raw, kinds[name])
        for name, raw in call.answers.items()
    ]
    found = called(json.loads(json.dumps(slash(word, *options, group=group))), registry)
    assert outcome(found) == outcome(call)


AT = 1780318800  # 1 June 2026, 13:00 UTC


@pytest.mark.parametrize("style", ["", *(f":{letter}" for letter in "tTdDfFsSR")])
@pytest.mark.parametrize("around", ["", " ", "\n"])
def test_a_timestamp_of_any_style_is_the_instant_that_it_means(style: str, around: str) -> None:
    assert stamped(f"{around}<t:{AT}{style}>{around}") == "2026-06-01T13:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "",
        f"at <t:{AT}>",
        f"<t:{AT}> or so",
        f"<t:{AT}><t:{AT}>",
        f"<t:-{AT}>",
        f"<t:{AT}:x>",
        f"<t:{AT}:>",
        f"<t:{AT}.5>",
        "<t:>",
        "<t:0>",
        "<t:9999999999>",
        "<t:999999999999>",
        "<t:" + "9" * 4000 + ">",
        "<t:١٧٨٠>",
        "<@1780318800>",
    ],
)
def test_all_other_text_stays_as_it_was_typed(text: str) -> None:
    assert stamped(text) == text


@given(st.integers(631_152_000, 4_133_980_799), st.sampled_from(["", ":F", ":R"]))
def test_the_core_reads_the_instant_that_was_picked(unix: int, style: str) -> None:
    answers = {"application": "#1", "at": f"<t:{unix}{style}>"}
    data = slash("interview", *(option(name, value) for name, value in answers.items()))
    found = registry.bind(called(data, registry), SCENE)
    assert found.arguments["at"] == datetime.fromtimestamp(unix, UTC)


@given(st.text(max_size=40))
def test_no_text_at_all_breaks_the_reading_of_timestamps(text: str) -> None:
    assert stamped(text) == text
    assert stamped(f"<t:{text}>") == f"<t:{text}>" or text.strip(":tTdDfFsSR").isdigit()


@pytest.mark.parametrize(
    ("word", "name", "changes"),
    [
        ("applied", "on", True),
        ("interview", "at", True),
        ("settings", "hour", True),
        ("applied", "note", False),
        ("applied", "company", False),
        ("applied", "link", False),
    ],
)
def test_only_where_a_time_is_asked_for_is_a_timestamp_one(
    word: str, name: str, changes: bool
) -> None:
    picked = f"<t:{AT}:F>"
    found = called(slash(word, option(name, picked)), registry).answers[name]
    assert found == ("2026-06-01T13:00:00+00:00" if changes else picked)


def test_what_is_being_typed_comes_with_what_was_answered_before() -> None:
    data = slash(
        "interview",
        option("at", "tomorrow"),
        option("application", "ac", focused=True),
        option("minutes", 45, INTEGER),
    )
    assert focused(data) == (
        "job interview",
        "application",
        "ac",
        {"at": "tomorrow", "minutes": "45"},
    )


def test_nothing_typed_yet_is_an_empty_text() -> None:
    data = slash("show", option("application", "", focused=True))
    assert focused(data) == ("job show", "application", "", {})


def test_nothing_is_being_typed_where_nothing_is_focused() -> None:
    assert focused(slash("show", option("application", "ac"))) == ("", "", "", {})
    assert focused(slash("show", option("application", "ac", focused=False)))[1] == ""


def test_a_choice_has_the_label_and_the_answer_of_its_pair() -> None:
    assert choices([("SRE at Acme (#1)", "#1")]) == [{"name": "SRE at Acme (#1)", "value": "#1"}]


def test_no_more_choices_are_offered_than_discord_shows() -> None:
    found = choices((f"Number {n}", f"#{n}") for n in range(600))
    assert [choice["value"] for choice in found] == [f"#{n}" for n in range(25)]


def test_a_long_label_is_cut_and_a_long_answer_left_out() -> None:
    found = choices([("x" * 101, "x" * 101), ("y" * 101, "y" * 100)])
    assert found == [{"name": "y" * 99 + "…", "value": "y" * 100}]


@pytest.mark.parametrize(
    ("label", "raw"),
    [("", "x"), (" \n ", "x"), ("\u200b", "x"), ("x", ""), ("x", " x"), ("x", "\ud800")],
)
def test_what_discord_would_refuse_or_change_is_not_offered(label: str, raw: str) -> None:
    assert choices([(label, raw), ("Good", "good")]) == [{"name": "Good", "value": "good"}]


def test_the_same_is_offered_once() -> None:
    pairs = [("Acme", "#1"), ("Acme", "#2"), ("ACME", "#1"), ("Other", "#3")]
    assert [choice["value"] for choice in choices(pairs)] == ["#1", "#3"]


@given(st.lists(st.tuples(st.text(max_size=120), st.text(max_size=120)), max_size=40))
def test_whatever_could_be_offered_is_within_discords_limits(pairs: list[tuple[str, str]]) -> None:
    assert choices_problems(choices(pairs)) == []


LINK = "https://jobs.lever.co/acme/1"
FORWARDED = {"content": "", "message_snapshots": [{"message": {"content": f"look: {LINK}"}}]}
MESSAGES: Mapping[str, Json] = {
    "plain": {"content": f"see {LINK} now"},
    "in brackets": {"content": f"see <{LINK}>, they hire"},
    "at the end of a sentence": {"content": f"They hire: {LINK}."},
    "in parentheses": {"content": f"(they hire: {LINK})"},
    "behind words": {"content": f"they [hire]({LINK})"},
    "behind words, without a preview": {"content": f"they [hire](<{LINK}>)!"},
    "shown and followed": {"content": f"[{LINK}]({LINK})"},
    "bold": {"content": f"**{LINK}**"},
    "in italics": {"content": f"_{LINK}_"},
    "a spoiler": {"content": f"||{LINK}||"},
    "code": {"content": f"`{LINK}`"},
    "quoted": {"content": f'> "{LINK}"'},
    "forwarded": FORWARDED,
    "an embed's own": {"content": "", "embeds": [{"title": "SRE", "url": LINK}]},
    "an embed's text": {"content": "", "embeds": [{"description": f"Apply at {LINK}"}]},
    "an embed's field": {"embeds": [{"fields": [{"name": "Apply", "value": LINK}]}]},
    "a button": {"components": [{"type": 1, "components": [{"type": 2, "style": 5, "url": LINK}]}]},
    "a text in a container": {
        "components": [{"type": 17, "components": [{"type": 10, "content": f"[Apply]({LINK})"}]}]
    },
    "a button in a section": {
        "components": [
            {
                "type": 17,
                "components": [
                    {
                        "type": 9,
                        "components": [{"type": 10, "content": "SRE"}],
                        "accessory": {"type": 2, "style": 5, "url": LINK},
                    }
                ],
            }
        ]
    },
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES.keys())
def test_a_link_is_found_wherever_a_message_keeps_it(message: Json) -> None:
    assert links_of(message) == [LINK]


def test_what_belongs_to_an_address_stays_with_it() -> None:
    whole = [
        "https://en.wikipedia.org/wiki/Job_(role)",
        "https://a.example/?a=1&b=2#c_",
        "http://a.example:8080/~x/_y_/",
        "HTTPS://A.example/ä/求人",
    ]
    assert links_of({"content": " ".join(whole)}) == whole


def test_the_links_that_were_typed_come_first() -> None:
    message = {
        "components": [{"type": 2, "style": 5, "url": "https://button.example"}],
        "embeds": [{"url": "https://embed.example"}, {"url": "https://b.example"}],
        "content": "https://a.example, https://b.example",
    }
    found = ["https://a.example", "https://b.example", "https://embed.example"]
    assert links_of(message) == [*found, "https://button.example"]


NO_LINKS: Mapping[str, Json] = {
    "nothing": {},
    "words": {"content": "they hire"},
    "other schemes": {"content": "ftp://a.example mailto:a@b.example javascript:alert(1)"},
    "half an address": {"content": "https:// and https://."},
    "a password": {"content": "https://me:secret@a.example/"},
    "a broken host": {"content": "https://[a.example/"},
    "too long": {"content": "https://a.example/" + "x" * 2000},
    "pictures and files": {
        "embeds": [{"image": {"url": LINK}, "author": {"url": LINK}, "video": {"url": LINK}}],
        "attachments": [{"url": LINK}],
        "components": [{"type": 12, "items": [{"media": {"url": LINK}}]}],
    },
    "what it answers": {"content": "this one", "referenced_message": {"content": LINK}},
    "odd shapes": {"content": None, "embeds": [None, {"url": 5}, "x"], "components": {"url": "x"}},
}


@pytest.mark.parametrize("message", NO_LINKS.values(), ids=NO_LINKS.keys())
def test_a_message_without_a_link_to_follow_has_none(message: Json) -> None:
    assert links_of(message) == []


def test_a_picked_message_comes_with_the_name_of_the_entry() -> None:
    message = {"id": "7", "content": LINK}
    data = {
        "type": 3,
        "name": SAVE_JOB,
        "target_id": "7",
        "resolved": {"messages": {"6": {"content": "other"}, "7": message}},
    }
    assert menu(data) == (SAVE_JOB, message)
    for missing in ("name", "target_id", "resolved", "type"):
        assert menu({key: value for key, value in data.items() if key != missing}) == ("", {})
    assert menu({**data, "target_id": "8"}) == ("", {})
    assert menu({**data, "type": 2}) == ("", {})


def test_a_slash_command_picks_no_message() -> None:
    assert menu(slash("list")) == ("", {})
