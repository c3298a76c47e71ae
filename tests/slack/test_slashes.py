"""One slash command for each group of commands: in the manifest, and as it is typed in Slack."""

from typing import Annotated, Any

import pytest

from adapters.slack.manifest import BadManifest, manifest
from adapters.slack.slashes import line_of, slashes
from bot.command import Opt, Registry, merge
from bot.commands import registry
from bot.context import Context
from bot.message import Message
from storage.store import Store
from tests.slack.chat import SlackChat, workspace

circle = Registry("circle")


@circle.command(phrase="{day} [with {people}]")
def circle_start(
    ctx: Context,
    day: Annotated[str, Opt("Which day of the week")],
    people: Annotated[str, Opt("Who comes")] = "",
) -> Message:
    """Start a circle."""
    return Message(f"It meets on {day}")


@circle.command()
def circle_show(ctx: Context) -> Message:
    """Show the circle."""
    return Message("The circle, not the board")


BOTH = merge([registry, circle])


def test_each_group_has_a_slash_command_and_only_the_first_ones_word_is_chosen() -> None:
    assert slashes(BOTH, "/notes")["circle"] == "/circle"
    assert next(iter(slashes(BOTH, "/notes").items())) == ("job", "/notes")
    assert slashes(circle, "/notes") == {"circle": "/notes"}


@pytest.mark.parametrize("where", [{"socket": True}, {"url": "https://jobs.example.com"}])
def test_the_manifest_has_a_slash_command_for_each_group(where: dict[str, Any]) -> None:
    before = manifest(registry, command="/notes", **where)["features"]["slash_commands"]
    made = manifest(BOTH, command="/notes", **where)["features"]["slash_commands"]
    assert made[:-1] == before
    last = made[-1]
    assert (last["command"], last["usage_hint"]) == ("/circle", "[start | show]")
    assert last.keys() == made[0].keys()
    assert last.get("url") == made[0].get("url")
    assert last["description"].endswith("Only you see what it answers.")


def test_a_chosen_word_that_is_another_groups_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadManifest, match=r"/circle is a command of its own already.*\.$"):
        manifest(BOTH, command="/circle", socket=True)


@pytest.mark.parametrize(
    ("used", "words", "line"),
    [
        ("/circle", "start tuesday 18:00", "circle start tuesday 18:00"),
        ("/circle", "Start tuesday", "circle Start tuesday"),
        ("/circle", "circle start tuesday", "circle start tuesday"),
        ("/circle", "job show acme", "job show acme"),
        ("/circle", "nonsense", "circle nonsense"),
        ("/circle", "show", "circle show"),
        ("/circle", "", "circle"),
        ("/circle", "help", "circle help"),
        ("/notes", "show acme", "show acme"),
        ("/notes", "", ""),
        # An app whose manifest is older or newer than its settings.
        ("/job", "show acme", "show acme"),
        ("/other", "start", "start"),
        ("", "show", "show"),
    ],
)
def test_what_is_typed_behind_a_groups_command_is_of_that_group(
    used: str, words: str, line: str
) -> None:
    assert line_of(BOTH, "/notes", used, words) == line


def test_a_groups_own_help_comes_before_everybodys() -> None:
    helped = Registry("circle", dict(circle.commands))

    def circle_help(ctx: Context) -> Message:
        """Say what a circle is."""
        return Message("A circle")

    helped.command()(circle_help)
    whole = merge([registry, helped])
    assert line_of(whole, "/job", "/circle", "") == "circle"
    assert line_of(whole, "/job", "/circle", "help") == "circle help"


def test_with_one_group_nothing_is_put_before_what_is_typed() -> None:
    assert line_of(circle, "/notes", "/circle", "start tuesday") == "start tuesday"
    assert line_of(Registry(""), "/job", "/job", "help") == "help"


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_a_groups_command_answers_in_slack(store: Store, transport: str) -> None:
    async with workspace(store, transport, commands=BOTH) as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        person = chat.person
        await person.slash("start tuesday", command="/circle")
        assert person.answer.shown.startswith("It meets on tuesday")
        await person.slash("show", command="/circle")
        assert person.answer.shown.startswith("The circle, not the board")
        await person.slash("show acme")
        assert "Acme" in person.answer.shown
        await person.slash("start", command="/circle")
        assert set(person.window.fields) >= {"day"}


def test_what_only_a_club_needs_is_asked_for_only_where_there_are_clubs() -> None:
    asked = manifest(registry, socket=True)["oauth_config"]["scopes"]
    assert asked["bot"][-1] == "mpim:write"
    assert "mpim:write" in asked["bot_optional"]
    assert "mpim:write" not in manifest(circle, socket=True)["oauth_config"]["scopes"]["bot"]
