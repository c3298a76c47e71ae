"""A modal as Discord sends it back, and forms of every command with whatever people type."""

import copy
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from adapters.characters import as_typed
from adapters.discord import Json
from adapters.discord.prefilled import Moment
from bot.command import Option
from bot.commands import registry
from bot.kinds import KindName
from bot.message import Call, Form
from tests.strategies import texts

NOW = datetime(2026, 6, 10, 14, tzinfo=UTC)
ZONE = "America/New_York"
STASHED = Call("job go", {"call": "7"})
# The commands that have a form.
ASKING = [command for command in registry.commands.values() if command.asked]
LABEL, TEXT, SELECT, INPUT, RADIO = 18, 10, 3, 4, 21

GOOD = {
    KindName.NUMBER: ("45", "45 minutes"),
    KindName.DAY: ("2026-06-08", "yesterday", "next tuesday", "1 Feb"),
    KindName.INSTANT: ("2026-06-16T19:00:00+00:00", "tue 3pm", "1995-01-01 10:00"),
    KindName.TIME: ("9:30", "3pm"),
    KindName.ZONE: ("Europe/Berlin", "berlin"),
    KindName.APPLICATION: ("#3", "acme"),
    KindName.INTERVIEW: ("#1",),
}


def fields(made: Json) -> dict[str, Json]:
    """The inputs of a modal by their id."""
    inputs = [part["component"] for part in made["components"] if part["type"] == LABEL]
    return {each["custom_id"]: each for each in inputs}


def labels(made: Json) -> dict[str, Json]:
    """The labels of a modal by the id of what they name."""
    parts = [part for part in made["components"] if part["type"] == LABEL]
    return {part["component"]["custom_id"]: part for part in parts}


def sent(made: Json, **typed: str) -> Json:
    """`interaction.data` of the modal: what each input holds at first, then what was typed."""
    parts: list[Json] = []
    for number, part in enumerate(copy.deepcopy(made["components"]), 1):
        if part["type"] != LABEL:
            parts.append({"type": part["type"], "id": number})
            continue
        there = part["component"]
        name = there["custom_id"]
        state: dict[str, Any] = {"type": there["type"], "id": 10 * number, "custom_id": name}
        taken = [each["value"] for each in there.get("options", ()) if each.get("default")]
        if there["type"] == INPUT:
            state["value"] = typed.get(name, there.get("value", ""))
        elif there["type"] == SELECT:
            state["values"] = [typed[name]] if typed.get(name) else [] if name in typed else taken
        else:
            state["value"] = typed.get(name) or (taken[0] if taken else None)
        parts.append({"type": LABEL, "id": number, "component": state})
    return {"custom_id": made["custom_id"], "components": parts}


def laid(call: Call, over: Call) -> Call:
    """What the desk makes of a stashed call with answers beside its number."""
    given = {
        n: raw for n, raw in call.answers.items() if n != "call" and (raw or n in over.answers)
    }
    return Call(over.name, {**over.answers, **given})


def meant(call: Call) -> dict[str, str]:
    """What a call's answers come to, in the canonical form of each kind."""
    typed = {name: as_typed(raw) for name, raw in call.answers.items()}
    canonical = registry.canonical(Call(call.name, typed), Moment(NOW, ZoneInfo(ZONE)))
    return {name: raw for name, raw in canonical.answers.items() if raw}


def answers_to(option: Option) -> st.SearchStrategy[str]:
    """What people may answer; of a choice only what can be read, for a list can hold no more."""
    good = GOOD.get(option.kind.name, ())
    words = tuple(word for choice in option.kind.choices for word in choice)
    if option.opt.hidden:
        # Set by buttons, whose whole call has 96 characters.
        return texts().map(lambda text: text[:60])
    if words:
        return st.sampled_from(("", *words))
    long = st.builds(lambda text, n: (text * n)[:5000], texts(), st.sampled_from((9, 700, 5000)))
    paragraphs = st.sampled_from(("One\n\nTwo", "😀" * 2100, "a\r\nb", "\n"))
    known = [st.sampled_from(good)] if good else []
    return st.one_of(st.just(""), *known, texts(), long, paragraphs)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Any command's form with any answers, some of them with problems."""
    command = draw(st.sampled_from(ASKING))
    picked = [option for option in command.options if draw(st.booleans())]
    answers = {option.name: draw(answers_to(option)) for option in picked}
    names = [*(option.name for option in command.asked), "text"]
    wrong = draw(st.dictionaries(st.sampled_from(names), texts(3), max_size=3))
    zone = draw(st.sampled_from(("", ZONE)))
    return Form(Call(command.name, answers), wrong, draw(texts(2)), zone)
