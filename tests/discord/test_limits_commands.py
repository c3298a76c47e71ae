"""Commands and choices: what Discord takes passes, and what is over a limit is named."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.discord.limits import choices_problems, command_problems

Json = dict[str, Any]
Spoil = Callable[[Json], object]


def option(name: str = "company", **more: Any) -> Json:
    return {"type": 3, "name": name, "description": "Where you applied", **more}


def command() -> Json:
    """A command as we register it, with everything that it may hold."""
    choices = [{"name": f"{n}".rjust(100, "x"), "value": f"{n}".rjust(100, "x")} for n in range(9)]
    applied = {
        "type": 1, "name": "n" * 32, "description": "d" * 100,
        "options": [
            option("via", required=True, choices=choices),
            option(autocomplete=True, min_length=0, max_length=6000),
            *(option(f"o{n}") for n in range(23)),
        ],
    }  # fmt: skip
    group = {"type": 2, "name": "club", "description": "Clubs", "options": [
        {"type": 1, "name": "join", "description": "Join a club", "options": [option()]}
    ]}  # fmt: skip
    return {
        "type": 1, "name": "job", "description": "Your job search",
        "contexts": [0, 1], "integration_types": [0, 1],
        "name_localizations": {"pt-BR": "emprego"},
        "options": [applied, group],
    }  # fmt: skip


def menu(**more: Any) -> Json:
    place = {"contexts": [0, 1], "integration_types": [0, 1]}
    return {"type": 3, "name": "Save this job", **place, **more}


def test_commands_as_discord_takes_them_are_fine() -> None:
    assert command_problems(command()) == []
    assert command_problems(menu(description="")) == []


def sub(payload: Json) -> Json:
    inside: Json = payload["options"][0]
    return inside


BAD_COMMANDS: dict[str, tuple[Spoil, str]] = {
    "a name in capitals": (lambda c: c.update(name="Job"), "no name in Discord's sense"),
    "a name with a space": (lambda c: sub(c).update(name="a b"), "no name in Discord's sense"),
    "a name of 33": (lambda c: sub(c).update(name="n" * 33), "no name in Discord's sense"),
    "no name": (lambda c: sub(c)["options"][2].update(name=""), "no name in Discord's sense"),
    "a name with a dot": (lambda c: c.update(name="a.b"), "no name in Discord's sense"),
    "a translated name in capitals": (
        lambda c: c["name_localizations"].update(de="Stelle"), "no name in Discord's sense"
    ),
    "no description": (lambda c: c.update(description=""), "description: is blank"),
    "a description of 101": (lambda c: sub(c).update(description="d" * 101), "over 100"),
    "a translated description of 101": (
        lambda c: c.update(description_localizations={"de": "d" * 101}), "description in de"
    ),
    "26 options": (lambda c: sub(c)["options"].append(option("o99")), "are 26, over 25"),
    "26 sub-commands": (
        lambda c: c["options"].extend(
            {"type": 1, "name": f"s{n}", "description": "x"} for n in range(24)
        ), "are 26, over 25"
    ),
    "a name twice": (lambda c: sub(c)["options"][2].update(name="via"), "same name"),
    "plain options beside sub-commands": (lambda c: c["options"].append(option()), "at once"),
    "a required one last": (lambda c: sub(c)["options"][9].update(required=True), "too late"),
    "a sub-command in a sub-command": (
        lambda c: sub(c).update(options=[
            {"type": 1, "name": "x", "description": "x", "options": [
                {"type": 1, "name": "x", "description": "x"}]}]), "nested too deep"
    ),
    "a group in a group": (
        lambda c: c["options"][1]["options"].append(
            {"type": 2, "name": "x", "description": "x", "options": []}), "nested too deep"
    ),
    "an empty group": (lambda c: c["options"][1].update(options=[]), "is a group of"),
    "26 choices": (
        lambda c: sub(c)["options"][0].update(
            choices=[{"name": f"{n}", "value": f"{n}"} for n in range(26)]), "are 26, over 25"
    ),
    "a choice of 101": (
        lambda c: sub(c)["options"][0]["choices"][0].update(name="x" * 101), "over 100"
    ),
    "a value of 101": (
        lambda c: sub(c)["options"][0]["choices"][0].update(value="x" * 101), "over 100"
    ),
    "a number for a text": (
        lambda c: sub(c)["options"][0]["choices"][0].update(value=1), "another type"
    ),
    "a choice twice": (
        lambda c: sub(c)["options"][0]["choices"].append(sub(c)["options"][0]["choices"][0]),
        "same choice",
    ),
    "a value twice": (
        lambda c: sub(c)["options"][0]["choices"][0].update(value="8".rjust(100, "x")), "same value"
    ),
    "options of an option": (
        lambda c: sub(c)["options"][0].update(options=[option()]), "plain option has options"
    ),
    "choices and completion": (
        lambda c: sub(c)["options"][0].update(autocomplete=True), "and is completed"
    ),
    "choices for a user": (lambda c: sub(c)["options"][0].update(type=6), "cannot have choices"),
    "an unknown type": (lambda c: sub(c)["options"][2].update(type=12), "of no type"),
    "a length of 6001": (lambda c: sub(c)["options"][1].update(max_length=6001), "max_length"),
    "a length from 6001": (lambda c: sub(c)["options"][1].update(min_length=6001), "min_length"),
    "other people's messages": (lambda c: c.update(contexts=[0, 1, 2]), "where we do not"),
    "no contexts": (lambda c: c.pop("contexts"), "Discord's default holds"),
    "a context twice": (lambda c: c.update(contexts=[0, 0]), "same place"),
    "no installs": (lambda c: c.update(integration_types=[]), "Discord's default holds"),
    "an unknown install": (lambda c: c.update(integration_types=[2]), "where we do not"),
    "an unknown kind": (lambda c: c.update(type=4), "no kind that we use"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_COMMANDS)
def test_a_command_over_one_limit_is_told_which(name: str) -> None:
    spoil, told = BAD_COMMANDS[name]
    payload = command()
    spoil(payload)
    assert any(told in problem for problem in command_problems(payload))


@pytest.mark.parametrize(
    "name", ["job", "größe", "l'emploi", "仕事", "job-list", "job_2", "नौकरी", "งานที่"]
)
def test_names_in_any_script_are_names(name: str) -> None:
    assert command_problems({**command(), "name": name}) == []


def test_a_command_has_eight_thousand_characters_of_the_longest_languages() -> None:
    payload = menu(type=1, name="job", description="d" * 97, options=[])
    for number in range(25):
        payload["options"].append(option(f"o{number:02}", description="d" * 97))
        payload["options"][-1]["choices"] = [
            {"name": f"{n}".rjust(100, "x"), "value": f"{n}".rjust(100, "x")} for n in range(1)
        ]
    # 100 of its own, and 25 times 100 of an option and 200 of its choice.
    assert command_problems(payload) == []
    payload["options"][0]["choices"] = [
        {"name": f"{n}".rjust(100, "x"), "value": f"{n}".rjust(100, "x")} for n in range(3)
    ]
    assert command_problems(payload) == []
    payload["description_localizations"] = {"de": "d" * 98, "fr": "d" * 98}
    assert command_problems(payload) == ["command: has 8001 characters, over 8000"]


def test_a_menu_has_a_name_and_nothing_else() -> None:
    assert command_problems(menu(name="n" * 33)) == ["name: is over 32 characters"]
    translated = menu(name_localizations={"de": "n" * 33})
    assert command_problems(translated) == ["command.name in de: is over 32 characters"]
    assert command_problems(menu(description="x")) == ["description: is not shown in a menu"]
    assert command_problems(menu(options=[option()])) == ["options: are not for a menu"]


def test_choices_have_names_and_values_of_a_hundred_characters() -> None:
    good = [{"name": "n" * 100, "value": "v" * 100}] * 25
    assert choices_problems(good) == []
    assert choices_problems([{"name": "3", "value": 3}], of=4) == []
    for bad, told in (
        ([*good, good[0]], "over 25"),
        ([{"name": "", "value": "v"}], "name: is blank"),
        ([{"name": "n", "value": ""}], "value: is blank"),
        ([{"name": "n" * 101, "value": "v"}], "over 100"),
        ([{"name": "n", "value": "v" * 101}], "over 100"),
        ([{**good[0], "name_localizations": {"de": "n" * 101}}], "name in de: is over 100"),
        ([{"name": "n"}], "another type"),
        ([{"name": "n\ud800", "value": "v"}], "half a letter"),
    ):
        assert any(told in problem for problem in choices_problems(bad)), told
    assert choices_problems([{"name": "n", "value": "v"}], of=4)
    assert choices_problems([{"name": "n", "value": True}], of=4)
