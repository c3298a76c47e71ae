"""What is registered with Discord: every command that people are told about, within its limits."""

import inspect
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from itertools import cycle, islice
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.discord import Json
from adapters.discord.options import (
    NUMBER_LIMIT,
    SAVE_JOB,
    TooLarge,
    commands,
    size,
)
from bot.command import BadCommand, Command, Opt, Option, Registry, declare_command
from bot.commands import registry
from bot.dates import Lean
from bot.kinds import KindName, kind_of
from bot.message import Answer, Message
from bot.model import Application, Interview, Person
from bot.readers import Reading, Unfit, Url
from tests.discord.declared import command_problems, weigh
from tests.discord.judge import Judge


class Scene:
    """What reading an answer may look at."""

    now = datetime(2026, 6, 10, 14, tzinfo=UTC)
    zone = ZoneInfo("America/New_York")

    def application_choices(self) -> list[Application]:
        return []

    def interview_choices(self) -> list[Interview]:
        return []


SCENE: Reading = Scene()
ALL = [(command, option) for command in registry.shown for option in command.asked]
each_option = pytest.mark.parametrize(
    ("command", "option"), ALL, ids=[f"{c.name} {o.name}" for c, o in ALL]
)


@cache
def payload() -> list[Json]:
    return commands(registry)


def registered(command: Command, option: Option) -> Json:
    """An option of ours as Discord is told of it."""
    (slash,) = (one for one in payload() if one["name"] == command.group)
    (word,) = (one for one in slash["options"] if one["name"] == command.word)
    (found,) = (one for one in word["options"] if one["name"] == option.name)
    return dict(found)


def nothing(ctx: Any, **answers: Any) -> Answer:
    """Says nothing."""
    return Message("")


def declared(group: str, word: str, summary: str, *options: tuple[Any, Opt, Any]) -> Command:
    """A command with options a, b, c … of these types, questions and defaults."""

    def handler(ctx: Any, **answers: Any) -> Answer:
        return nothing(ctx)

    plain: Any = handler
    plain.__name__, plain.__doc__ = f"{group}_{word}", summary
    hints = {letters(n): Annotated[kind, opt] for n, (kind, opt, _) in enumerate(options)}
    plain.__annotations__ = {"ctx": Any, **hints, "return": Answer}
    plain.__signature__ = inspect.Signature(
        [inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
        + [
            inspect.Parameter(letters(n), inspect.Parameter.KEYWORD_ONLY, default=default)
            for n, (_, _, default) in enumerate(options)
        ]
    )
    return declare_command(group, handler)


def letters(number: int) -> str:
    """A different short name for each number."""
    return chr(ord("a") + number % 26) * (number // 26 + 1)


def shelf(*members: Command) -> Registry:
    return Registry("", {command.name: command for command in members})


def test_what_is_registered_is_within_discords_limits() -> None:
    assert [fault for one in payload() for fault in command_problems(one)] == []
    assert len({(one["type"], one["name"]) for one in payload()}) == len(payload())


def test_discords_own_description_takes_what_is_registered() -> None:
    judge = Judge()
    if not judge.here:
        pytest.skip("Discord's description of its requests is not beside this repository")
    assert judge.request("PUT", "/applications/1/commands", payload()) == []
    assert judge.request("PUT", "/applications/1/commands", [{"type": 1}])


def test_there_is_room_left_for_more_commands() -> None:
    assert all(size(one) == weigh(one) for one in payload())
    assert max(map(size, payload())) < 6000


def test_every_command_that_people_are_told_about_is_there_with_all_that_is_asked() -> None:
    slash = [one for one in payload() if one["type"] == 1]
    found = {
        f"{one['name']} {word['name']}": [option["name"] for option in word["options"]]
        for one in slash
        for word in one["options"]
    }
    assert found == {c.name: [option.name for option in c.asked] for c in registry.shown}
    assert list(found) == [command.name for command in registry.shown]


def test_nothing_is_offered_where_other_people_talk() -> None:
    for one in payload():
        assert (one["integration_types"], one["contexts"]) == ([0, 1], [0, 1])


def test_the_menu_of_a_message_has_one_entry() -> None:
    (menu,) = (one for one in payload() if one["type"] != 1)
    assert (menu["type"], menu["name"]) == (3, SAVE_JOB)
    assert "description" not in menu


@each_option
def test_no_answer_is_required_and_each_has_its_question(command: Command, option: Option) -> None:
    made = registered(command, option)
    assert made["required"] is False
    assert made["description"] == option.opt.question


@each_option
def test_each_choice_that_is_offered_is_one_that_is_read(command: Command, option: Option) -> None:
    made = registered(command, option)
    pairs = [(choice["name"], choice["value"]) for choice in made.get("choices", [])]
    assert tuple(pairs) == option.kind.choices
    for _, raw in pairs:
        assert option.kind.write(option.kind.read(raw, SCENE, Lean.FUTURE)) == raw


@each_option
def test_what_can_be_completed_is_completed_while_it_is_typed(
    command: Command, option: Option
) -> None:
    completed = registered(command, option).get("autocomplete", False)
    assert completed == bool(option.opt.complete)


@each_option
def test_no_text_is_cut_shorter_than_it_may_be(command: Command, option: Option) -> None:
    limit = registered(command, option).get("max_length")
    if limit is None:
        return
    longest = {
        KindName.LINK: "https://acme.example/".ljust(limit, "x"),
    }.get(option.kind.name, "x" * limit)
    option.kind.read(longest, SCENE, Lean.FUTURE)
    with pytest.raises(Unfit):
        option.kind.read(longest + "x", SCENE, Lean.FUTURE)


@given(st.integers(0, NUMBER_LIMIT))
def test_every_number_that_discord_lets_through_is_read(number: int) -> None:
    assert kind_of(int).read(str(number), SCENE, Lean.FUTURE) == number


@pytest.mark.parametrize("number", [-1, NUMBER_LIMIT + 1])
def test_every_number_that_discord_holds_back_would_be_refused(number: int) -> None:
    minutes = shelf(declared("job", "long", "How long.", (int, Opt("Minutes?"), 0)))
    (made,) = commands(minutes)[0]["options"][0]["options"]
    assert (made["type"], made["min_value"], made["max_value"]) == (4, 0, NUMBER_LIMIT)
    with pytest.raises(Unfit):
        kind_of(int).read(str(number), SCENE, Lean.FUTURE)


def complete(ctx: Any, typed: str) -> list[tuple[str, str]]:
    return []


def test_a_number_that_is_completed_is_text_because_answers_are() -> None:
    option = (int, Opt("Which week?", complete=complete), 0)
    (made,) = commands(shelf(declared("job", "week", "One week.", option)))[0]["options"]
    assert (made["options"][0]["type"], made["options"][0]["autocomplete"]) == (3, True)


def test_a_choice_is_never_completed_as_well() -> None:
    option = (bool, Opt("Sure?", complete=complete), False)
    (made,) = commands(shelf(declared("job", "sure", "Be sure.", option)))[0]["options"]
    assert "autocomplete" not in made["options"][0]


def test_what_nobody_is_told_about_is_not_registered() -> None:
    hidden = declared("job", "open", "Open one.", (str, Opt("Which?", hidden=True), ""))
    (made,) = commands(shelf(hidden))[0]["options"]
    assert made["options"] == []


def test_a_question_of_nothing_but_space_becomes_the_options_name() -> None:
    (made,) = commands(shelf(declared("job", "odd", "Odd.", (str, Opt("  "), ""))))[0]["options"]
    assert made["options"][0]["description"] == "a"


def crowd(count: int) -> list[Command]:
    return [declared("job", letters(n), "One of many.") for n in range(count)]


def test_as_many_sub_commands_as_discord_takes_are_registered_and_no_more() -> None:
    assert len(commands(shelf(*crowd(25)))[0]["options"]) == 25
    with pytest.raises(TooLarge, match="job: 26 sub-commands"):
        commands(shelf(*crowd(26)))


def test_each_group_says_in_words_of_its_own_what_it_is_for() -> None:
    groups = ("job", "club", "other")
    made = commands(shelf(*(declared(group, "begin", "Begin.") for group in groups)))
    assert {one["name"]: one["description"] for one in made if one["type"] == 1} == {
        "job": "Your job search. Only you see what it answers.",
        "club": "Your job-search club: meetings, partners and warm leads.",
        "other": "Only you see what it answers.",
    }
    assert [fault for one in made for fault in command_problems(one)] == []


def test_each_group_is_a_slash_command_and_discord_takes_a_hundred() -> None:
    groups = [declared("g" + letters(n), "one", "One of many.") for n in range(100)]
    assert len(commands(shelf(*groups))) == 101
    with pytest.raises(TooLarge, match="101 slash commands"):
        commands(shelf(*groups, *crowd(1)))


def bulky(last: int) -> Registry:
    """24 commands of three long questions, and one whose help has `last` characters."""
    options = [(str, Opt("x" * 100), "")] * 3
    many = [declared("job", letters(n), "One of many.", *options) for n in range(24)]
    return shelf(*many, declared("job", "z", "x" * last, *options))


def test_a_command_is_as_large_as_discord_takes_it_and_no_larger() -> None:
    small = size(commands(bulky(1))[0])
    assert 8000 - 100 < small < 8000
    assert size(commands(bulky(8001 - small))[0]) == 8000
    with pytest.raises(TooLarge, match="8,001 characters"):
        commands(bulky(8002 - small))


def choosing(*values: str) -> Registry:
    """A command that asks for one of these."""
    kind = StrEnum("kind", {f"m{n}": value for n, value in enumerate(values)})
    return shelf(declared("job", "pick", "Pick one.", (kind, Opt("Which?"), None)))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["x" * 101], "1 to 100 characters"),
        ([" x "], "1 to 100 characters"),
        (["x", ""], "a name"),
        (["x", "X"], "two choices look the same"),
    ],
)
def test_choices_that_discord_refuses_are_refused_by_us(values: list[str], why: str) -> None:
    with pytest.raises(TooLarge, match=why):
        commands(choosing(*values))


def test_a_choice_may_be_as_long_as_discord_takes_it() -> None:
    assert command_problems(commands(choosing("x" * 100))[0]) == []


TYPES: tuple[Any, ...] = (
    *(str, int, bool, date, datetime, time, ZoneInfo, Url),
    *(Person, tuple[Person, ...], Application, Interview),
)
names = st.from_regex("[a-z]{1,32}", fullmatch=True)
enums = st.lists(st.text(max_size=120), min_size=1, max_size=27, unique=True).map(
    lambda values: StrEnum("kind", {f"m{n}": value for n, value in enumerate(values)})
)
opts = st.builds(
    Opt,
    st.text(min_size=1, max_size=100),
    long=st.booleans(),
    complete=st.none() | st.just(complete),
    hidden=st.booleans(),
)
templates = st.tuples(st.sampled_from(TYPES) | enums, opts, st.just(None))


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    """Any commands that can be declared: few or many of them, with few or many options."""
    found: dict[str, Command] = {}
    for group in draw(st.lists(names, max_size=2, unique=True)):
        helps = draw(st.lists(st.text(min_size=1, max_size=100), min_size=1, max_size=3))
        options = cycle(draw(st.lists(templates, min_size=1, max_size=4)))
        count = draw(st.integers(0, 25))
        for number in range(draw(st.integers(0, 27))):
            try:
                summary = helps[number % len(helps)]
                made = declared(group, letters(number), summary, *islice(options, count))
            except BadCommand:
                continue
            found[made.name] = made
    return Registry("", found)


@given(registries())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_can_be_declared_is_within_the_limits_or_refused(whole: Registry) -> None:
    try:
        made = commands(whole)
    except TooLarge:
        return
    assert [fault for one in made for fault in command_problems(one)] == []
    assert {one["name"] for one in made} == {c.group for c in whole.shown} | {SAVE_JOB}
