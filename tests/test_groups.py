"""Commands of a second group: typed with its name, and named as they are typed in each place."""

from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from adapters.discord.registration import CLUBS, NONE, permissions_for
from adapters.slack.manifest import CLUB_SCOPES, SCOPES, scopes_for
from adapters.terminal.chat import chat as converse
from adapters.terminal.clock import MovableClock
from adapters.terminal.completion import commands as offered
from adapters.terminal.completion import split
from adapters.terminal.conversation import Conversation
from adapters.terminal.orders import ORDERS
from adapters.terminal.pages import PlainPage
from adapters.terminal.paper import Paper, scripted
from bot.command import Registry
from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.message import Call, Form, Message, plain
from bot.model import Who
from bot.phrase import read_line
from storage.store import Store

ZONE = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 6, 1, 13, tzinfo=UTC)


@pytest.fixture
def kind() -> str:
    """One database is enough: none of this is about storing."""
    return "sqlite"


def read(line: str) -> Call:
    return read_line(registry, line, MONDAY, ZONE)


async def say(store: Store, line: str, prefix: str = "", *, lines: bool = True) -> Message:
    desk = Desk(store, registry, Letters(), prefix=prefix, lines=lines)
    answer = await desk.handle(read(line), Who("desk", "U1"), MONDAY)
    assert isinstance(answer, Message)
    return answer


async def play(store: Store, *lines: str) -> str:
    """What a terminal shows for these lines."""
    out = StringIO()
    screen = Paper(PlainPage(out), scripted(lines))
    clock = MovableClock(MONDAY)
    talk = Conversation(
        store, registry, Letters(), screen, clock, ZONE, practice=True, orders=tuple(ORDERS)
    )
    await converse(talk)
    return out.getvalue()


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("club start tuesday 18:00", Call("club start", {"day": "tuesday", "hour": "18:00"})),
        ("/club join", Call("club join")),
        ("Club Join", Call("club join")),
        ("club tie Acme", Call("club tie", {"employer": "Acme"})),
        ("settings", Call("job settings")),
        ("club settings", Call("club settings")),
        ("job show acme", Call("job show", {"application": "acme"})),
    ],
)
def test_a_groups_name_says_whose_command_a_word_is(line: str, call: Call) -> None:
    assert read(line) == call


@pytest.mark.parametrize("line", ["join", "leave me alone", "start", "move on", "members only"])
def test_a_second_groups_word_alone_calls_nothing(line: str) -> None:
    assert registry.get(read(line).name) is None


@pytest.mark.parametrize("line", ["club", "/club", "club help", "Club"])
async def test_a_groups_name_alone_explains_all_its_commands(store: Store, line: str) -> None:
    shown = plain(await say(store, line))
    assert shown.startswith("What I can do in a club")
    for command in registry.shown:
        assert (command.help in shown) == (command.group == "club"), command.name


@pytest.mark.parametrize("line", ["club help start", "help club start", "help /club start"])
async def test_help_explains_one_command_of_any_group(store: Store, line: str) -> None:
    shown = plain(await say(store, line))
    assert shown.startswith("club start DAY HOUR\nStart a club")


async def test_help_names_a_second_groups_commands_in_one_line(store: Store) -> None:
    (line,) = (row for row in plain(await say(store, "help")).splitlines() if "In a club" in row)
    assert "start, join, leave" in line
    assert "“help club”" in line
    (elsewhere,) = (
        row for row in plain(await say(store, "help", "/notes ")).splitlines() if "In a club" in row
    )
    assert "“/notes help club”" in elsewhere


@pytest.mark.parametrize(
    ("prefix", "named"),
    [("", "“club join”"), ("/job ", "“/club join”"), ("/notes ", "“/club join”")],
)
async def test_a_command_is_named_as_it_is_typed_in_this_place(
    store: Store, prefix: str, named: str
) -> None:
    assert named in plain(await say(store, "club members", prefix))
    command = registry.commands["club start"]
    for lines, usage in ((True, "club start DAY HOUR"), (False, "club start")):
        shown = plain(await say(store, "help club start", prefix, lines=lines))
        assert shown.splitlines()[0] == ("/" if prefix else "") + usage
    assert registry.said("list", prefix) == f"{prefix}list"
    assert registry.usage(command) == "club start DAY HOUR"


@pytest.mark.parametrize(
    ("line", "prefix", "meant", "labels"),
    [
        ("join", "", "club join?", ["Club join"]),
        ("club jion", "", "club join?", ["Club join"]),
        ("club jion", "/job ", "/club join?", ["Club join"]),
        ("job lsit", "/job ", "/job list?", ["List"]),
        ("setings", "/notes ", "/notes settings or /club settings", ["Settings", "Club settings"]),
    ],
)
async def test_a_slip_is_answered_with_the_command_as_it_is_typed(
    store: Store, line: str, prefix: str, meant: str, labels: list[str]
) -> None:
    answer = await say(store, line, prefix)
    assert f"Did you mean {meant}" in plain(answer)
    assert [button.label for button in answer.buttons][: len(labels)] == labels
    assert all(registry.get(button.call.name) for button in answer.buttons)


async def test_a_slip_in_a_groups_command_is_not_taken_for_another_groups(store: Store) -> None:
    answer = await say(store, "club setings")
    assert "I do not know “club setings”." in plain(answer)
    assert {button.call.name.partition(" ")[0] for button in answer.buttons} == {"club"}


async def test_what_nobody_understood_is_answered_with_the_usage_in_full(store: Store) -> None:
    desk = Desk(store, registry, Letters())
    answer = await desk.handle(read("club leave acme please"), Who("desk", "U1"), MONDAY)
    said = plain(answer) if isinstance(answer, Message) else " ".join(answer.problems.values())
    assert "Usage: club leave" in said


async def test_a_club_needs_no_channel_at_a_terminal_and_asks_nothing(store: Store) -> None:
    out = await play(
        store,
        *("club start tuesday 18:00", ":as dana", "club join", ":as kim lee", "club join"),
        "club members",
    )
    assert "Tuesday club is there" in out
    assert "Organized by: You" in out
    assert "you are here, as Dana, and nothing else" in out.replace("\n", " ").replace("  ", " ")
    members = out.rpartition("> club members")[2]
    assert [name in members for name in ("You", "Dana", "Kim Lee")] == [True] * 3
    assert "Nothing was saved" not in out


async def test_whoever_gave_no_name_signs_no_letter_as_you(store: Store) -> None:
    out = await play(store, "club start tuesday 18:00", "settings")
    assert "You]" not in out
    seeker = await store.transact(lambda unit: unit.look(Who("terminal", "you")))
    assert seeker is not None
    assert seeker[0].name == ""


async def test_a_whole_command_in_place_of_an_answer_is_meant_as_one(store: Store) -> None:
    out = await play(store, "applied", "club members")
    assert "Nothing was saved." in out
    assert "You are in no club" in out
    out = await play(store, "applied", "club manager", "Acme", ":cancel", "applied SRE at club x")
    assert "The title on the advert" in out
    assert "Logged: SRE at club x" in out


def test_what_could_be_typed_next_names_the_group_where_it_must() -> None:
    assert [s.shown for s in offered(registry, "joi")] == ["club join"]
    assert [s.shown for s in offered(registry, "club joi")] == ["join"]
    assert "settings" in [s.shown for s in offered(registry, "sett")]
    assert "club settings" in [s.shown for s in offered(registry, "sett")]
    assert split(registry, "club tie Ac") == (registry.commands["club tie"], "Ac")
    assert split(registry, "tie Ac") == (None, "")
    assert split(registry, "show Ac") == (registry.commands["job show"], "Ac")


def test_clubs_alone_ask_a_platform_for_more() -> None:
    job = Registry("", {n: c for n, c in registry.commands.items() if c.group == "job"})
    assert scopes_for(job) == SCOPES
    assert scopes_for(registry) == (*SCOPES, *CLUB_SCOPES)
    assert permissions_for(job) == NONE
    assert permissions_for(registry) == CLUBS


def test_a_form_is_not_asked_for_what_was_said() -> None:
    assert registry.unanswered(read("club start tuesday 18:00")) is None
    form = registry.unanswered(read("club start tuesday"))
    assert isinstance(form, Form)
    assert form.call.answers == {"day": "tuesday"}


def test_a_group_that_is_misspelled_is_still_meant() -> None:
    assert registry.nearest("clubb join")[0] == "club join"
    assert all(name.startswith("club ") for name in registry.nearest("clubb join"))


async def test_what_one_person_answers_leaves_the_buttons_of_the_others(store: Store) -> None:
    shown = await play(
        store,
        "club start tuesday 18:00",
        ":as ben",
        "club join",
        ":wait 10 hours",
        ":as you",
        "I will be away",
        "",
        "",
        "next thing",
        "Share it",
        ":as ben",
        "Answer",
    )
    assert "ben> Answer" in shown
    assert "What moved since last time?" in shown.rpartition("ben> Answer")[2]


def test_clubs_alone_explains_what_can_be_done_in_one() -> None:
    for line in ("clubs", "My clubs"):
        assert read_line(registry, line, MONDAY, ZONE) == read_line(
            registry, "help club", MONDAY, ZONE
        )
