"""What waits for a person: the message drawn anew after an answer, and what comes next."""

from datetime import timedelta

import pytest

from bot.message import Buttons, Message, Quote, Text, plain, say
from storage.store import Store
from tests.stories.chat import DeskChat, Seen

REASONS = 'fit="I ran on-call for forty services" proof="I cut pages by 60 % in a year"'


@pytest.fixture
def chat(store: Store) -> DeskChat:
    return DeskChat(store)


async def redrawn(chat: DeskChat, came: Seen, answer: Seen) -> Message:
    """A private message as it is drawn after the answer."""
    inbox = chat.delivery.inbox[chat.user]
    ref = next(ref for ref, message in inbox if message is chat.shown[id(came)])
    drawn = await chat.desk.redraw(ref, chat.shown[id(answer)], chat.who, chat.now)
    assert drawn is not None
    return drawn


def letters(message: Message) -> list[str]:
    return [block.text for block in message.blocks if isinstance(block, Quote)]


async def test_an_edited_letter_stands_in_its_message_once(chat: DeskChat) -> None:
    await chat.say(f'applied SRE at Acme contact="Dana Fox <dana@example.com>" {REASONS}')
    came = await chat.wait(days=7, hours=3)
    form = await chat.press("Edit", came[-1])
    answer = await chat.fill(letter=form.fields["letter"].replace("Kind", "Very kind"))
    drawn = await redrawn(chat, came[-1], answer)
    assert len(letters(drawn)) == 1
    said = plain(drawn)
    assert said.count("Open it in your mail program") == 1
    assert "Your letter:" not in said
    assert drawn.title == "Follow up: SRE at Acme"
    place = next(n for n, block in enumerate(drawn.blocks) if isinstance(block, Quote))
    above = drawn.blocks[place - 1]
    assert isinstance(above, Text)
    assert say(above.spans) == "It reads well."
    assert [isinstance(b, Buttons) for b in drawn.blocks].count(True) == 1


async def test_what_weakens_one_letter_of_several_stands_above_that_letter(
    chat: DeskChat,
) -> None:
    for company in ("Acme", "Globex"):
        await chat.say(f"applied SRE at {company} {REASONS}")
    came = await chat.wait(days=7, hours=3)
    shown = chat.shown[id(came[-1])]
    edits = [button for button in shown.buttons if button.label == "Edit"]
    await chat.call(edits[1].call)
    answer = await chat.fill(letter="Hello, just checking in about SRE at Globex.")
    drawn = await redrawn(chat, came[-1], answer)
    assert len(letters(drawn)) == 2
    words = plain(drawn)
    assert words.count("Stronger still") == 1
    assert (
        words.index("Follow up: SRE at Globex")
        < words.index("Stronger still")
        < words.index("Hello, just checking in about SRE at Globex.")
    )


async def test_letters_of_the_same_words_are_told_apart_by_their_buttons(chat: DeskChat) -> None:
    for company in ("Acme", "Globex"):
        await chat.say(f"applied SRE at {company} {REASONS}")
    came = await chat.wait(days=7, hours=3)
    for edit in [b for b in chat.shown[id(came[-1])].buttons if b.label == "Edit"]:
        await chat.call(edit.call)
        answer = await chat.fill(letter="Hello, just checking in.")
    words = plain(await redrawn(chat, came[-1], answer))
    assert words.index("Follow up: SRE at Globex") < words.index("Stronger still")


async def test_a_letter_to_one_of_two_interviewers_stands_there_once(chat: DeskChat) -> None:
    await chat.say(f"applied SRE at Acme {REASONS}")
    await chat.say("interview acme thu 3pm with Dana Fox, Lee Park")
    came = await chat.wait(days=5)
    note = next(seen for seen in came if "Interview follow-up" in seen)
    form = await chat.press("Edit", note)
    answer = await chat.fill(letter=form.fields["letter"] + "\nBy the way: it was fun.")
    drawn = await redrawn(chat, note, answer)
    assert len(letters(drawn)) == 2
    assert plain(drawn).count("To Dana Fox") == 1


async def test_an_answer_without_a_letter_stays_above_what_is_open(chat: DeskChat) -> None:
    for company in ("Acme", "Globex"):
        await chat.say(f"applied SRE at {company} {REASONS}")
    came = await chat.wait(days=7, hours=3)
    drawn = await redrawn(chat, came[-1], await chat.press("I sent it", came[-1]))
    assert plain(drawn).splitlines()[1] == "Sent: SRE at Acme"
    assert len(letters(drawn)) == 1


async def test_a_discreet_person_s_message_names_nobody_after_an_edit(chat: DeskChat) -> None:
    await chat.say(f"applied SRE at Acme {REASONS}")
    await chat.say("settings discreet=yes")
    came = await chat.wait(days=7, hours=3)
    await chat.press("Edit", await chat.press("Open", came[-1]))
    drawn = await redrawn(chat, came[-1], await chat.fill(letter="Hello, just checking in."))
    assert "SRE" not in plain(drawn)
    assert "checking" not in plain(drawn)


@pytest.mark.parametrize("command", ["show acme", "list", "board"])
async def test_a_follow_up_that_was_not_sent_is_what_comes_next(
    chat: DeskChat, command: str
) -> None:
    await chat.say("applied SRE at Acme")
    await chat.wait(days=9)
    said = await chat.say(command)
    assert "your follow-up waits" in said
    assert "since Monday, June 8" in said or "since June 8" in said
    assert "gone quiet?" not in said
    await chat.say("sent acme")
    assert "heard anything?" in await chat.say(command)


async def test_a_follow_up_that_could_not_be_delivered_waits_as_well(chat: DeskChat) -> None:
    await chat.say("applied SRE at Acme")
    await chat.unreachable(True)
    await chat.wait(days=9)
    assert "your follow-up waits for you" in await chat.say("show acme")


@pytest.mark.parametrize("command", ["show acme", "list", "board"])
async def test_while_resting_the_first_of_what_waits_for_its_end_is_named(
    chat: DeskChat, command: str
) -> None:
    await chat.say("applied SRE at Acme")
    await chat.say("pause")
    said = (await chat.say(command)).text.casefold()
    assert "follow-up when you resume" in said
    assert "gone quiet? when" not in said
    await chat.say("sent acme")
    assert "heard anything? when you resume" in (await chat.say(command)).text.casefold()


async def test_the_board_says_no_number_that_a_platform_could_make_wrong(chat: DeskChat) -> None:
    for number in range(12):
        await chat.say(f"applied SRE at Acme{number}")
        chat.now += timedelta(minutes=1)
    board = await chat.say("board")
    assert "Applied (12)" in board
    assert "… and more in “list”" in board
    assert "4 more" not in board
