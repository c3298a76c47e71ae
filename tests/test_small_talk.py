"""What people type that asks for nothing, or for what cannot be: each is met with a next step."""

import pytest

from bot.message import Call, Form
from storage.store import Store
from tests.stories.chat import DeskChat


@pytest.fixture
def kind() -> str:
    """One database is enough: none of this is about storing."""
    return "sqlite"


@pytest.fixture
def chat(store: Store) -> DeskChat:
    return DeskChat(store)


@pytest.mark.parametrize("line", ["hello", "Hi!", "hey there", "Good morning", "job hello"])
async def test_a_greeting_is_returned_with_what_to_do_first(chat: DeskChat, line: str) -> None:
    seen = await chat.say(line)
    assert seen.text.startswith("Hello")
    assert "Tell me what you sent, such as “applied SRE at Acme”." in seen
    assert seen.buttons == ("Log an application", "Help")


@pytest.mark.parametrize("line", ["thanks", "Thank you!", "thanks a lot"])
async def test_thanks_are_taken_gladly_and_no_more_is_said(chat: DeskChat, line: str) -> None:
    assert (await chat.say(line)).text.strip() == "Gladly."


@pytest.mark.parametrize("line", ["stop", "Unsubscribe", "STOP messaging me", "leave me alone"])
async def test_whoever_wants_it_to_stop_can_rest_or_leave(chat: DeskChat, line: str) -> None:
    await chat.say("applied SRE at Acme")
    seen = await chat.say(line)
    assert seen.buttons == ("Pause", "Erase everything")
    assert "SRE at Acme" in await chat.say("list")
    assert "Erase everything" in (await chat.press("Erase everything", seen)).buttons
    assert "Resume" in (await chat.press("Pause", seen)).buttons


async def test_a_bare_link_opens_the_form_with_it(chat: DeskChat) -> None:
    form = await chat.say("https://jobs.lever.co/acme-corp/123")
    assert form.fields["company"] == "Acme Corp"
    assert "Logged: SRE at Acme Corp" in await chat.fill(role="SRE")


@pytest.mark.parametrize("line", ["how are you", "Wow", "the end", "no"])
async def test_a_short_word_that_looks_like_a_command_is_no_guess(
    chat: DeskChat, line: str
) -> None:
    seen = await chat.say(line)
    assert f"I do not know “{line}”." in seen
    assert "Did you mean" not in seen
    assert "“help” lists what I can do." in seen


@pytest.mark.parametrize(
    ("line", "said", "meant"),
    [
        *(("Aplied SRE at Acme", "Aplied", "applied"), ("job lsit", "lsit", "list")),
        *(("Sho acme", "Sho", "show"), ("remvoe 1", "remvoe", "remove")),
    ],
)
async def test_a_slip_is_guessed_and_quoted_as_it_was_typed(
    chat: DeskChat, line: str, said: str, meant: str
) -> None:
    seen = await chat.say(line)
    assert f"I do not know “{said}”." in seen
    assert f"Did you mean {meant}" in seen


LINES = ("show", "show acme", "heard acme blah", "heard acme", "interview acme tomorrow 3pm")


@pytest.mark.parametrize("line", [*LINES, "sent 1", "followup acme", "edit acme"])
async def test_with_nothing_logged_no_form_opens_that_can_never_be_right(
    chat: DeskChat, line: str
) -> None:
    seen = await chat.say(line)
    assert "Nothing is logged yet" in seen
    assert seen.buttons == ("Log an application",)


async def test_a_form_that_needs_an_application_is_not_opened_with_nothing_logged(
    chat: DeskChat,
) -> None:
    form = chat.desk.form(Call("job show"))
    assert form is not None
    answer = await chat.desk.introduce(form, chat.who, chat.now)
    assert "Nothing is logged yet" in chat.see(answer)
    await chat.say("applied SRE at Acme")
    assert isinstance(await chat.desk.introduce(form, chat.who, chat.now), Form)


async def test_once_the_application_is_clear_the_problem_is_what_was_said_of_it(
    chat: DeskChat,
) -> None:
    await chat.say("applied SRE at Acme")
    heard = await chat.say("heard acme blah")
    assert set(heard.problems) == {"what"}
    assert heard.fields["application"] == "acme"
    assert "SRE at Acme" in await chat.fill(what="rejected me")
    await chat.say("undo")
    met = await chat.say("interview sre at acme some time soon")
    assert set(met.problems) == {"at"}
    assert "“some time soon”" in met.problems["at"]
    lost = await chat.say("heard globex blah")
    assert "application" in lost.problems


async def test_a_timestamp_in_a_line_is_the_day_and_no_part_of_a_name(chat: DeskChat) -> None:
    at = int(chat.now.timestamp()) - 3 * 86_400
    logged = await chat.say(f"applied SRE at Acme on <t:{at}:D>")
    assert "Logged: SRE at Acme" in logged
    assert "<t:" not in logged
    assert "May 29" in logged


@pytest.mark.parametrize("typed", ["SRE at Acme (#1)", "#1", "SRE at Acme", "sre at acme #1"])
async def test_the_label_of_an_application_is_read_as_it(chat: DeskChat, typed: str) -> None:
    await chat.say("applied SRE at Acme")
    await chat.say("applied Editor at Acme")
    assert "is closed" in await chat.say(f"heard {typed} no reply")


async def test_hours_are_taken_as_people_type_them(chat: DeskChat) -> None:
    assert "10:00" in await chat.say("settings hour=10")
    assert "20:00-08:00" in await chat.say("settings quiet=20-08")
