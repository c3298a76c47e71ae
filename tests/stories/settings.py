"""Rest, zones, editing and undo: what people change, and that everything follows."""

from tests.stories.chat import Chat


async def snoozing_brings_it_back_tomorrow(chat: Chat) -> None:
    """Tomorrow means the next working morning, with the letter again; twice is once."""
    await chat.say("applied SRE at Acme")
    came = await chat.wait(days=7, hours=3)
    later = await chat.press("Tomorrow", came[-1])
    assert "Tuesday, June 9, 09:30" in later
    assert "Tuesday, June 9, 09:30" in await chat.press("Tomorrow", came[-1])
    again = await chat.wait(days=2)
    assert len(again) == 1
    assert "Subject:" in again[0]


async def skipping_leaves_the_rest(chat: Chat) -> None:
    """A skipped follow-up never comes; the other questions do; undo brings it back."""
    await chat.say("applied SRE at Acme")
    came = await chat.wait(days=7, hours=3)
    assert "No follow-up: SRE at Acme" in await chat.press("Skip", came[-1])
    listed = await chat.say("show acme")
    assert "gone quiet?" in listed


async def a_pause_holds_and_a_resume_brings_it(chat: Chat) -> None:
    """Nothing comes while resting; afterwards it comes on a working morning."""
    await chat.say("applied SRE at Acme")
    rest = await chat.say("pause until june 22")
    assert "Monday, June 22" in rest
    assert await chat.wait(days=20) == []
    came = await chat.wait(days=2)
    assert any("Follow up: SRE at Acme" in seen for seen in came)
    await chat.say("pause")
    await chat.say("applied Editor at Globex")
    assert await chat.wait(days=30) == []
    assert "Welcome back" in await chat.say("resume")
    assert any("Editor at Globex" in seen for seen in await chat.wait(days=4))
    assert "You were not resting" in await chat.say("resume")


async def moving_to_another_zone_moves_the_mornings(chat: Chat) -> None:
    """The mornings are those of where the person is."""
    await chat.say("applied SRE at Acme")
    changed = await chat.say("settings zone=London hour=10:15")
    assert "Europe/London" in changed
    assert "Monday, June 8, 10:15" in await chat.say("today")
    which = await chat.say("settings zone=Kent")
    assert "America/Kentucky/Louisville" in str(which.buttons)
    assert "inside the quiet hours" in str((await chat.say("settings hour=23:00")).problems)


async def any_change_can_be_taken_back(chat: Chat) -> None:
    """The last one first, then the one before; the plan follows each time."""
    await chat.say("applied SRE at Acme")
    await chat.say("edit acme company=Globex decides=2026-06-16")
    assert "Globex" in await chat.say("list")
    await chat.say("heard globex rejection")
    assert "0 open" in await chat.say("list")
    assert "Taken back: SRE at Globex is closed" in await chat.say("undo")
    assert "Thursday, June 18" in await chat.say("show globex")
    assert "Taken back: Changed" in await chat.say("undo")
    assert "Monday, June 8" in await chat.say("show acme")
    assert "Taken back: Logged" in await chat.say("undo")
    assert "Nothing is logged yet" in await chat.say("list")
    assert "nothing to take back" in await chat.say("undo")
    assert await chat.wait(days=60) == []


async def a_removed_application_can_come_back_whole(chat: Chat) -> None:
    """Removing asks first, takes its interviews and nudges along, and undo returns them."""
    await chat.say("applied SRE at Acme")
    await chat.say("interview acme thu 3pm with Dana Fox")
    asked = await chat.say("remove acme")
    assert "Remove SRE at Acme?" in asked
    assert "Removed" in await chat.press("Remove it", asked)
    assert "Nothing is logged yet" in await chat.say("list")
    assert "Taken back: Removed" in await chat.say("undo")
    shown = await chat.say("show acme")
    assert "Thursday, June 4, 15:00 with Dana Fox" in shown
    assert any("Interview: SRE at Acme" in seen for seen in await chat.wait(days=3))


async def a_letter_of_ones_own_is_kept_and_read(chat: Chat) -> None:
    """Editing opens the letter; what weakens it is said; the edit is what arrives."""
    await chat.say("applied SRE at Acme")
    letter = await chat.say("followup acme")
    form = await chat.press("Edit", letter)
    assert "Subject:" in form.fields["letter"]
    mine = "Subject: SRE at Acme\n\nHello,\n\nI am just checking in on the SRE role at Acme."
    edited = await chat.fill(letter=mine)
    assert "checking in" in edited.text.split("Subject:")[0]
    came = await chat.wait(days=7, hours=3)
    assert "I am just checking in on the SRE role" in came[-1]
    await chat.press("I sent it", came[-1])
    whole = (await chat.say("export")).files["followthrough.json"].decode()
    assert "I am just checking in" in whole


async def the_other_channel_is_shorter(chat: Chat) -> None:
    """A LinkedIn note has 200 characters and no subject."""
    await chat.say('applied SRE at Acme fit="I ran on-call for forty services"')
    note = await chat.say("followup acme by linkedin")
    assert "as a LinkedIn note" in note
    assert "Subject:" not in note
    assert "As an e-mail" in note.buttons
    await chat.press("I sent it", note)
    assert (
        '"channel": "linkedin"' in (await chat.say("export")).files["followthrough.json"].decode()
    )


async def discreet_messages_name_nobody_until_opened(chat: Chat) -> None:
    """A lock screen, or an employer, learns nothing."""
    await chat.say("settings discreet=yes")
    await chat.say("applied SRE at Acme")
    came = await chat.wait(days=8)
    assert came
    assert not any(
        "Acme" in seen or "SRE" in seen or "job" in seen.text.casefold() for seen in came
    )
    letter = await chat.press("Open", came[-1])
    assert "SRE at Acme" in letter
    assert "Subject:" in letter


async def an_interview_moves_or_is_called_off(chat: Chat) -> None:
    """A second time asks whether it moved; what was planned moves with it or ends."""
    await chat.say("applied SRE at Acme")
    await chat.say("interview acme thu 3pm with Dana Fox")
    asked = await chat.say("interview acme fri 10am")
    assert "moved, or one more?" in asked
    moved = await chat.press("It moved", asked)
    assert "Friday, June 5, 10:00 with Dana Fox" in moved
    came = await chat.wait(days=3, hours=10)
    assert "Interview: SRE at Acme" in came[0]
    assert "The interview is off" in await chat.press("It is off", came[0])
    came = await chat.wait(days=3)
    assert not any("How did it go" in seen for seen in came)


async def news_is_met_with_the_next_step(chat: Chat) -> None:
    """An offer, then a yes: nothing more comes about it."""
    await chat.say("applied SRE at Acme")
    offer = await chat.say("heard acme offer")
    assert "Congratulations" in offer
    yes = await chat.press("I accepted", offer)
    assert "You got it" in yes
    assert not any("Acme" in seen for seen in await chat.wait(days=60))


async def a_moved_interview_is_briefed_and_asked_about_anew(chat: Chat) -> None:
    """What was sent for the old time does not stand in for the new one."""
    await chat.say("applied SRE at Acme")
    await chat.say("interview acme thu 3pm with Dana Fox")
    brief = (await chat.wait(days=2, hours=12))[0]
    assert "Interview: SRE at Acme" in brief
    moved = await chat.press("It moved", await chat.say("interview acme 2026-06-11 15:00"))
    assert "Wednesday, June 10, 18:00" in moved
    came = [seen.text.splitlines()[0] for seen in await chat.wait(days=8)]
    assert "Interview: SRE at Acme" in came
    assert "How did it go: SRE at Acme" in came


async def a_button_keeps_the_day_that_was_meant(chat: Chat) -> None:
    """Tomorrow, said on Monday, is Tuesday, whenever the button is pressed."""
    await chat.say("applied SRE at Acme")
    await chat.say("interview acme thu 3pm")
    asked = await chat.say("interview acme tomorrow 10am")
    await chat.wait(hours=20)
    assert "Tuesday, June 2, 10:00" in await chat.press("It moved", asked)


async def an_undo_button_takes_back_its_own_change_alone(chat: Chat) -> None:
    """Neither a later change nor, pressed twice, an earlier one."""
    first = await chat.say("applied SRE at Acme")
    second = await chat.say("applied Editor at Globex")
    assert "Something newer was changed" in await chat.press("Undo", first)
    assert "Taken back" in await chat.press("Undo", second)
    assert "taken back already" in await chat.press("Undo", second)
    assert "SRE at Acme" in await chat.say("list")


STORIES = (
    a_moved_interview_is_briefed_and_asked_about_anew,
    a_button_keeps_the_day_that_was_meant,
    an_undo_button_takes_back_its_own_change_alone,
    snoozing_brings_it_back_tomorrow,
    skipping_leaves_the_rest,
    a_pause_holds_and_a_resume_brings_it,
    moving_to_another_zone_moves_the_mornings,
    any_change_can_be_taken_back,
    a_removed_application_can_come_back_whole,
    a_letter_of_ones_own_is_kept_and_read,
    the_other_channel_is_shorter,
    discreet_messages_name_nobody_until_opened,
    an_interview_moves_or_is_called_off,
    news_is_met_with_the_next_step,
)
