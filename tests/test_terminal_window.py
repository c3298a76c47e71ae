"""The chat of somebody who sits at a terminal: keys, completion, and what arrives meanwhile."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.terminal.chat import chat, take
from adapters.terminal.clock import MovableClock
from adapters.terminal.colors import ColorPage
from adapters.terminal.completion import being_typed, suggestions
from adapters.terminal.conversation import Conversation
from adapters.terminal.orders import ORDERS, sure
from adapters.terminal.screen import Cancelled, nothing
from adapters.terminal.window import Window
from bot.command import merge
from bot.letters.draft import Letters
from bot.message import Message, Quote
from storage.store import Store
from tests import terminal_desk

UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
CTRL_C, CTRL_D, ENTER, ALT_ENTER = "\x03", "\x04", "\r", "\x1b\r"


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield keys


@pytest.fixture
def out() -> StringIO:
    return StringIO()


@pytest.fixture
def window(keys: PipeInput, out: StringIO) -> Window:
    return Window(ColorPage(out))


@pytest.fixture
async def talk(sqlite_file: Path, tmp_path: Path, window: Window) -> AsyncIterator[Conversation]:
    async with Store.open(f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'jobs.db')}") as store:
        yield Conversation(
            store,
            merge([terminal_desk.commands]),
            Letters(),
            window,
            MovableClock(NOW),
            UTC_ZONE,
            folder=tmp_path,
            orders=tuple(ORDERS),
        )


async def test_a_line_is_read_and_the_end_of_input_ends_it(window, keys):
    keys.send_text(f"hello{ENTER}{CTRL_D}")
    assert await window.line("", nothing) == "hello"
    assert await window.line("", nothing) is None


async def test_ctrl_c_empties_a_line_and_leaves_from_an_empty_one(window, keys):
    keys.send_text(f"oops{CTRL_C}better{ENTER}{CTRL_C}")
    assert await window.line("", nothing) == "better"
    with pytest.raises(Cancelled):
        await window.line("", nothing)


async def test_what_was_understood_is_there_to_be_edited(window, keys):
    keys.send_text(f" and more{ENTER}")
    assert await window.answer("Acme", nothing, long=False) == "Acme and more"


async def test_alt_enter_begins_another_line_of_an_answer(window, keys):
    keys.send_text(f"one{ALT_ENTER}two{ENTER}")
    assert await window.answer("", nothing, long=True) == "one\ntwo"


async def test_ctrl_c_in_an_answer_leaves_the_form_whatever_was_typed(window, keys):
    keys.send_text(f"half{CTRL_C}")
    with pytest.raises(Cancelled):
        await window.answer("", nothing, long=False)


async def test_stopping_ends_the_line_that_is_being_read_and_every_later_one(window):
    reading = asyncio.create_task(window.line("", nothing))
    asyncio.get_running_loop().call_later(0.05, window.stop)
    assert await asyncio.wait_for(reading, 5) is None
    assert await window.line("", nothing) is None


async def test_what_arrives_is_printed_while_a_line_is_being_typed(window, keys, out):
    reading = asyncio.create_task(window.line("", nothing))
    keys.send_text("half a li")
    await asyncio.sleep(0)
    await window.show(Message("News", (Quote("Dear Dana,"),)), "Fri, June 19, 09:30", 1)
    keys.send_text(f"ne{ENTER}")
    assert await asyncio.wait_for(reading, 5) == "half a line"
    assert "Fri, June 19, 09:30" in out.getvalue()
    assert "\nDear Dana,\n" in out.getvalue()


def test_a_letter_is_left_for_the_terminal_to_break(out):
    paragraph = "One confident sentence after another. " * 20
    ColorPage(out).show(Message("", (Quote(paragraph),)), "", 1)
    assert f"\n{paragraph}\n" in out.getvalue()


async def test_a_whole_conversation_by_keys(talk, keys, out):
    keys.send_text(f"note{ENTER}tea{ENTER}{ENTER}2{ENTER}{CTRL_D}")
    await chat(talk)
    assert "Noted: tea" in out.getvalue()
    assert "Taken back: tea" in out.getvalue()


async def test_an_answer_that_was_emptied_is_emptied(talk, keys, out):
    keys.send_text(f"change{ENTER}\x15{ENTER}{ENTER}{CTRL_D}")
    await chat(talk)
    assert "None 'one\\ntwo'" in out.getvalue()


async def test_a_picture_is_kept_where_it_cannot_be_shown(talk, out, tmp_path):
    await take(talk, "files")
    assert (tmp_path / "followthrough.png").read_bytes() == b"PNG"


@pytest.mark.parametrize(("answer", "moved"), [("y", True), ("n", False), (CTRL_C, False)])
async def test_moving_the_clock_of_ones_own_records_is_asked_about_once(talk, keys, answer, moved):
    keys.send_text(f"{answer}{ENTER}")
    await take(talk, ":wait 3h")
    assert (talk.now() > NOW) is moved
    assert talk.practice is moved


async def test_practice_is_never_asked_about(talk):
    talk.practice = True
    assert await sure(talk)


async def test_the_mark_shows_a_moved_clock_and_who_speaks(talk):
    assert talk.mark == "Mon, June 1, 09:00"
    talk.become("dana")
    assert talk.mark == "dana, Mon, June 1, 09:00"


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("no", ["note "]),
        ("desk ch", ["change "]),
        ("/desk un", ["undo "]),
        ("xyz", []),
        (":w", [":wait"]),
        ("note tea vi", ["via="]),
        ("note tea via=", ["cold", "referral", "agency", "event", "approached"]),
        ("note tea via=ref", ["referral"]),
        ("note tea in ro", ['"rose red"']),
        ("note tea colour=g", ["green"]),
        ('note tea colour="rose r', ['"rose red"']),
    ],
)
async def test_what_could_be_typed_next_is_offered(talk, typed, texts):
    found = [s.text for s in await suggestions(talk)(typed)]
    assert found == texts


async def test_a_suggestion_replaces_exactly_what_it_completes(talk):
    for typed, whole in [
        ("note tea in ro", 'note tea in "rose red"'),
        ('note tea colour="rose r', 'note tea colour="rose red"'),
        ("desk ch", "desk change "),
        ("note tea vi", "note tea via="),
    ]:
        first = (await suggestions(talk)(typed))[0]
        assert typed[: len(typed) - first.back] + first.text == whole


async def test_every_suggestion_says_what_it_means(talk):
    found = await suggestions(talk)("")
    assert all(s.help for s in found)
    assert [s.shown for s in await suggestions(talk)("note x in re")] == ["The colour red"]


async def test_records_that_cannot_be_read_offer_nothing(sqlite_file, window, tmp_path):
    async with Store.open(f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'other.db')}") as store:
        closed = Conversation(
            store, merge([terminal_desk.commands]), Letters(), window, MovableClock(NOW), UTC_ZONE
        )
    assert await closed.complete("desk note", "colour", "r") == ()


@pytest.mark.parametrize(
    ("rest", "name", "typed"),
    [
        ("te", "what", "te"),
        ("tea in ", "colour", ""),
        ("tea in the morning in re", "colour", "re"),
        ("tea in red on mon", "on", "mon"),
        ("in ", "what", "in "),
    ],
)
def test_the_part_of_the_phrase_being_typed_is_known(rest, name, typed):
    command = terminal_desk.commands.commands["desk note"]
    assert being_typed(command, rest) == (name, typed)
