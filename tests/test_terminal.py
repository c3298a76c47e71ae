"""Stories of the chat in a terminal, piped: what each line does, and what comes of it."""

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.terminal.chat import chat
from adapters.terminal.clock import MovableClock
from adapters.terminal.conversation import Conversation
from adapters.terminal.orders import ORDERS
from adapters.terminal.pages import PlainPage
from adapters.terminal.paper import Paper, scripted
from bot.command import Registry, merge
from bot.commands import registry as everything
from bot.letters.draft import Letters
from storage.store import Store
from tests import terminal_desk

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 6, 1, 9, tzinfo=NEW_YORK).astimezone(UTC)

Tell = Callable[..., Awaitable[str]]


@pytest.fixture
async def records(sqlite_file: Path, tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'jobs.db')}") as store:
        yield store


@pytest.fixture
def tell(records: Store, tmp_path: Path) -> Tell:
    """Plays lines on the test's records and returns the transcript."""

    async def play(
        *lines: str,
        registry: Registry = terminal_desk.commands,
        telling: bool = False,
        at: datetime = MONDAY,
    ) -> str:
        out = StringIO()
        screen = Paper(PlainPage(out), scripted(lines), telling=telling)
        talk = Conversation(
            records,
            merge([registry]),
            Letters(),
            screen,
            MovableClock(at),
            NEW_YORK,
            folder=tmp_path,
            orders=tuple(ORDERS),
        )
        await chat(talk)
        return out.getvalue()

    return play


async def test_a_line_is_echoed_and_answered_and_the_next_one_set_off(tell):
    assert await tell("undo", "/desk undo") == (
        "> undo\nTaken back:\n\n> /desk undo\nTaken back:\n"
    )


async def test_comments_and_empty_lines_are_passed_over(tell):
    assert await tell("# a comment", "", "   ", "#", "undo") == "> undo\nTaken back:\n"


async def test_a_story_tells_its_comments_as_prose_one_paragraph_at_a_time(tell):
    out = await tell("# One,", "# two.", "#", "# Three.", "undo", telling=True)
    assert out == "One, two.\n\nThree.\n\n> undo\nTaken back:\n"


async def test_an_escape_in_a_line_is_shown_in_the_echo_and_never_sent(tell):
    out = await tell("note \x1b]0;owned\x07 in red")
    assert "\x1b" not in out
    assert "> note ␛]0;owned␇ in red" in out


async def test_an_unknown_command_gets_the_nearest_ones(tell):
    assert "note" in (await tell("noet x")).partition("\n")[2]


# --- buttons


async def test_a_number_presses_that_button(tell):
    out = await tell("note tea in red", "2")
    assert "[1] Note it again  [2] Take it back" in out
    assert out.endswith("> 2\nTaken back: tea\n")


@pytest.mark.parametrize("line", ["[2]", "take it back", "  Take  it   BACK "])
async def test_brackets_or_the_buttons_own_words_press_it_too(tell, line):
    assert (await tell("note tea in red", line)).endswith("Taken back: tea\n")


async def test_pressing_twice_works_while_no_other_buttons_were_shown(tell):
    assert (await tell("note tea in red", "2", "2")).count("Taken back: tea") == 2


async def test_numbers_belong_to_the_newest_answer_with_buttons(tell):
    out = await tell("note tea in red", "note milk in red", "2")
    assert out.endswith("Taken back: milk\n")


@pytest.mark.parametrize("line", ["0", "3", "9999"])
async def test_a_number_without_a_button_says_so(tell, line):
    assert f"There is no button {line} here." in await tell("note tea in red", line)


async def test_a_button_shown_to_somebody_else_is_theirs_to_press(tell):
    out = await tell("note tea in red", ":as dana", "2", ":as you", "2")
    assert "dana> 2\nThat button is for you: “:as you” first.\n" in out
    assert out.endswith("> 2\nTaken back: tea\n")


# --- forms


async def test_a_form_asks_for_what_is_missing_and_for_longer_text(tell):
    out = await tell("note", "tea", "because\\nit is warm")
    assert out == (
        "> note\nWhat is it?\n> tea\nWhy, in your words?\n> because\\nit is warm\n"
        "Noted: tea\n|None|cold|because\nit is warm|what why\n[1] Note it again  [2] Take it back\n"
    )


async def test_skipped_questions_leave_no_answer(tell):
    assert "||what\n" in (await tell("note", "tea", "")).replace("|None|cold", "")


async def test_only_the_answer_with_a_problem_is_asked_again_and_the_rest_is_kept(tell):
    out = await tell("note tea in red via=agency on=yesterdayish", "2026-06-03")
    assert "Which day? [yesterdayish]\n> 2026-06-03\n" in out
    assert out.count("?") == 1
    assert "|2026-06-03|agency||" in out


async def test_a_problem_that_remains_is_asked_until_it_is_solved(tell):
    out = await tell("note bad in red", "bad", "good")
    assert out.count("Not bad, please. (:cancel leaves this.)\nWhat is it? [bad]\n") == 2
    assert "Noted: good" in out


@pytest.mark.parametrize("answer", ["3", "a recruiter or agency", "agency"])
async def test_a_choice_is_made_by_number_by_label_or_by_value(tell, answer):
    out = await tell("note tea in red via=nobody", answer)
    assert "How did it come about? [nobody]\n  1. An advert or their site\n" in out
    assert "|agency|" in out


async def test_a_form_opened_on_purpose_asks_everything_and_an_empty_line_keeps_what_was(tell):
    out = await tell("change", "", "")
    assert "Yours\n\nYour name? [Sam]\n> \nYour reasons? [one two]" in out.replace(">\n", "> \n")
    assert "'Sam' 'one\\ntwo' ['name', 'number', 'why']" in out


async def test_a_dash_empties_an_answer(tell):
    assert "None 'new' ['name', 'number', 'why']" in await tell("change", "-", "new")


@pytest.mark.parametrize("end", [(":cancel",), ()], ids=["cancelled", "end of input"])
async def test_a_form_that_is_left_saves_nothing(tell, end):
    out = await tell("note", "tea", *end)
    assert out.endswith("Nothing was saved.\n")
    assert "Noted" not in out


async def test_a_line_for_the_chat_leaves_the_form_and_is_done(tell):
    out = await tell("note", ":now", "undo")
    assert out.endswith(
        "> :now\nNothing was saved.\n\nIt is Mon, June 1, 2026, 09:00 (America/New_York).\n\n"
        "> undo\nTaken back:\n"
    )


async def test_an_option_that_does_not_exist_is_named_and_nothing_is_saved(tell):
    out = await tell("note tea in red viaa=agency")
    assert "Did you mean via?" in out
    assert out.endswith("Nothing was saved.\n")


async def test_answers_given_in_a_form_are_not_lost_over_an_option_that_does_not_exist(tell):
    out = await tell("note colr=red", "tea", "")
    assert "Did you mean colour?" in out
    assert "Noted: tea" in out


async def test_a_hidden_answer_that_is_wrong_ends_the_form(tell):
    assert "I cannot find that one." in await tell("change number=8")


# --- trouble


async def test_a_failing_command_is_an_apology_without_what_was_typed(tell, caplog):
    out = await tell("boom", "undo")
    assert "Something went wrong" in out
    assert "secret" not in out + caplog.text
    assert out.endswith("Taken back:\n")


async def test_records_that_cannot_be_read_are_a_message_and_the_chat_goes_on(tell, records):
    await records.close()
    out = await tell("undo", ":wait 1 day", ":now")
    assert out.count("The records are closed.") >= 2
    assert "It is Mon, June 1" in out.split("> :now")[1]


# --- files


async def test_files_are_saved_beside_each_other_for_their_owner_alone(tell, tmp_path):
    out = await tell("files", "files")
    saved = [Path(line.removeprefix("Saved ")) for line in out.splitlines() if "Saved" in line]
    assert [path.parent for path in saved] == [tmp_path, tmp_path]
    assert [path.name for path in saved] == ["_.._.my_ export.csv", "_.._.my_ export-1.csv"]
    assert {path.read_bytes() for path in saved} == {b"a,b"}
    assert {path.stat().st_mode & 0o777 for path in saved} == {0o600}
    assert "A chart of two weeks" in out


async def test_a_file_that_cannot_be_saved_is_said(tell, tmp_path):
    (tmp_path / "jobs.db").unlink()
    tmp_path.rename(tmp_path.with_name("elsewhere"))
    assert "Could not save ../../.my␛ export.csv (no such file or directory)." in await tell(
        "files"
    )


# --- the lines with a colon


async def test_an_unknown_order_gets_the_list(tell):
    out = await tell(":wiat 3 days")
    assert "I do not know :wiat.\n" in out
    assert all(word in out for word in (*ORDERS, ":cancel"))


async def test_quit_is_the_end(tell):
    assert await tell(":quit", "undo") == "> :quit\n"


async def test_the_clock_moves_by_days_at_the_same_time_of_day_and_never_back(tell):
    out = await tell(":wait 7 days", ":until wednesday", ":until 2026-06-01", ":wait soon", ":now")
    times = re.findall(r"It is (.*) \(", out)
    assert times == ["Mon, June 8, 2026, 09:00"] + ["Wed, June 10, 2026, 09:00"] * 2
    assert "The clock only moves forward." in out
    assert "How long?" in out


# --- nudges, with the real commands


async def test_what_is_due_arrives_in_order_each_under_its_own_time(tell):
    out = await tell(
        "applied Analyst at Acme",
        ":wait 1 day",
        "applied Baker at Globex",
        ":wait 9 days",
        registry=everything,
    )
    headings = re.findall(r"^— (.*) —\n(.*)$", out, re.MULTILINE)
    followups = [(at, what) for at, what in headings if what.startswith("Follow up")]
    assert followups == [
        ("Mon, June 8, 09:30", "Follow up: Analyst at Acme"),
        ("Tue, June 9, 09:30", "Follow up: Baker at Globex"),
    ]
    assert out.endswith("It is Thu, June 11, 2026, 09:00 (America/New_York).\n")


async def test_every_button_that_arrived_together_can_be_pressed(tell):
    story = ("applied Analyst at Acme", "applied Baker at Globex", ":wait 10 days")
    out = await tell(*story, registry=everything)
    numbers = [int(n) for n in re.findall(r"\[(\d+)\]", out.split(":wait")[1])]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 8


async def test_what_is_for_somebody_else_says_so(tell):
    out = await tell(
        "applied Analyst at Acme", ":as dana", ":wait 7 days", ":wait 1h", registry=everything
    )
    assert "— for you, Mon, June 8, 09:30 —\nFollow up: Analyst at Acme\n" in out


async def test_what_came_due_while_nobody_was_there_arrives_at_the_start(tell):
    await tell("applied Analyst at Acme", registry=everything)
    later = MONDAY + timedelta(days=9)
    out = await tell("# nothing is typed", registry=everything, at=later)
    assert out.startswith("— Wed, June 10, 09:00 —\n")
    assert "Follow up: Analyst at Acme\nThis comes late: it was due Monday, June 8, 09:30." in out
