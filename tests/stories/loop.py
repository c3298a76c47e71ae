"""The main job: apply, one follow-up, interview, debrief, the note that reinforces, and the end."""

import re

from tests.stories.chat import Chat

REASONS = 'fit="I ran on-call for forty services" proof="I cut pages by 60 % in a year"'


async def one_follow_up_and_no_more(chat: Chat) -> None:
    """Logged once, reminded once with the finished letter, settled with one tap, then silence."""
    logged = await chat.say(f"applied SRE at Acme {REASONS}")
    assert "Logged: SRE at Acme (#1)" in logged
    assert "Monday, June 8, 09:30" in logged
    came = await chat.wait(days=8)
    letters = [seen for seen in came if "Follow up" in seen]
    assert len(letters) == 1
    assert "I ran on-call for forty services" in letters[0]
    assert "I cut pages by 60 % in a year" in letters[0]
    assert {"I sent it", "Tomorrow", "They replied", "Edit", "Skip", "Close it"} <= set(
        letters[0].buttons
    )
    sent = await chat.press("I sent it", letters[0])
    assert "Sent: SRE at Acme" in sent
    refused = await chat.say("followup acme")
    assert "One follow-up is enough" in refused
    assert "Ask somebody I know there" in refused.buttons
    asked = await chat.wait(days=15)
    assert ["Heard anything from Acme?" in seen for seen in asked].count(True) == 1
    await chat.press("A no", next(seen for seen in asked if "Heard anything" in seen))
    assert [seen for seen in await chat.wait(days=90) if "Acme" in seen] == []


async def a_second_letter_needs_a_decision(chat: Chat) -> None:
    """The guard can be overridden, aloud, and that is on record."""
    await chat.say("applied SRE at Acme")
    await chat.say("sent acme")
    refused = await chat.say("followup acme")
    letter = await chat.press("Write it anyway", refused)
    assert "Subject:" in letter
    again = await chat.press("I sent it", letter)
    assert "Sent already" in again
    noted = await chat.press("I sent another one", again)
    assert "Sent: SRE at Acme" in noted
    whole = (await chat.say("export")).files["followthrough.json"].decode()
    assert whole.count('"against_advice": true') == 1


async def interview_debrief_and_a_note_for_each(chat: Chat) -> None:
    """The brief the evening before, the debrief, one letter each with appreciation last."""
    await chat.say(f"applied SRE at Acme {REASONS}")
    booked = await chat.say("interview acme thu 3pm with Dana Fox <dana@acme.example>, Lee Park")
    assert "Thursday, June 4, 15:00" in booked
    brief, debrief = await chat.wait(days=3, hours=10)
    assert "Interview: SRE at Acme" in brief
    assert "I ran on-call for forty services" in brief
    assert "How did it go" in debrief
    form = await chat.press("Answer", debrief)
    assert set(form.fields) >= {"themes", "reasons", "unsaid"}
    assert form.problems == {}
    letters = await chat.fill(
        themes="Dana: fewer pages at night\nLee: growing the team",
        reasons="a migration to Kubernetes without downtime",
        unsaid="I have run three such migrations",
    )
    assert "To Dana Fox" in letters
    assert "To Lee Park" in letters
    first, second = letters.text.split("To Lee Park")
    assert "fewer pages at night" in first
    assert "fewer pages at night" not in second
    for letter in (first.partition("Hello")[2], second):
        where = [letter.index(words) for words in ("migration to Kubernetes", "three such")]
        assert where == sorted(where)
        thanks = [found.start() for found in re.finditer("hank|appreciat", letter)]
        assert min(thanks) > max(where)
    one = await chat.press("I sent it to Dana", letters)
    assert "One to go" in one
    await chat.press("I sent them all", letters)
    came = await chat.wait(days=1)
    assert not any("Interview follow-up" in seen for seen in came)
    asked = await chat.wait(days=8)
    assert any("Heard anything from Acme?" in seen for seen in asked)


async def nothing_sent_after_an_interview_is_brought_back_once(chat: Chat) -> None:
    """Twenty hours after its end, with what is known."""
    await chat.say(f"applied SRE at Acme {REASONS}")
    await chat.say("interview acme thu 3pm with Dana Fox")
    came = await chat.wait(days=5)
    notes = [seen for seen in came if "Interview follow-up" in seen]
    assert len(notes) == 1
    assert notes[0].at is not None
    assert f"{notes[0].at:%a %H:%M}" == "Fri 16:00"


async def a_missed_call_gets_a_letter_of_its_own(chat: Chat) -> None:
    """They had confirmed and did not show up: the same day, without reproach."""
    await chat.say("applied SRE at Acme")
    await chat.say("interview acme thu 3pm with Dana Fox")
    came = await chat.wait(days=3, hours=10)
    letter = await chat.press("They did not show up", came[-1])
    assert "way to a new one" in letter
    assert "sorry" not in letter.text.casefold()
    assert "Sent: SRE at Acme" in await chat.press("I sent it to Dana", letter)
    assert not any("Interview follow-up" in seen for seen in await chat.wait(days=2))


async def what_they_said_wins(chat: Chat) -> None:
    """A named date moves the follow-up; no contact ends it; a reply calls it off."""
    await chat.say("applied SRE at Acme decides=2026-06-16")
    await chat.say("applied Editor at Globex nocontact=yes")
    await chat.say("applied Nurse at Initech")
    await chat.say("heard initech reply")
    came = [seen for seen in await chat.wait(days=20) if "Follow up" in seen]
    assert len(came) == 1
    assert "SRE at Acme" in came[0]
    assert came[0].at is not None
    assert f"{came[0].at:%Y-%m-%d}" == "2026-06-18"


async def two_roles_at_one_employer_never_collide(chat: Chat) -> None:
    """Naming the employer alone asks which one; each keeps its own history."""
    await chat.say("applied SRE at Acme")
    await chat.say("applied Editor at Acme")
    which = await chat.say("heard acme rejection")
    assert "Which one?" in which
    closed = await chat.press("SRE at Acme (#1)", which)
    assert "SRE at Acme is closed" in closed
    listed = await chat.say("list")
    assert "Editor at Acme" in listed
    assert "SRE at Acme" not in listed


async def the_same_thing_twice_asks(chat: Chat) -> None:
    """Logging it again shows the first; a second one is a choice."""
    first = await chat.say(f"applied SRE at Acme yesterday {REASONS}")
    assert "Logged" in first
    twin = await chat.say(f"applied SRE at Acme yesterday {REASONS}")
    assert "You logged SRE at Acme before" in twin
    another = await chat.press("Log another", twin)
    assert "Logged: SRE at Acme (#2)" in another
    assert "Sunday, May 31" in another
    assert (await chat.say("show 2")).text.count("forty services") == 1


async def several_due_together_become_one_message(chat: Chat) -> None:
    """Three letters in one message, the fourth in the next, and each can be settled."""
    for company in ("Acme", "Globex", "Initech", "Umbrella"):
        await chat.say(f"applied SRE at {company}")
    came = [seen for seen in await chat.wait(days=7, hours=3) if "Follow up" in seen]
    assert [seen.text.count("Follow up:") for seen in came] == [3, 1]
    assert came[0].buttons.count("I sent it") == 3
    assert all("Subject:" in seen for seen in came)


async def a_warm_lead_is_better_than_a_second_letter(chat: Chat) -> None:
    """The refusal leads to a note to somebody inside, and that may be sent."""
    await chat.say(f"applied SRE at Acme {REASONS}")
    await chat.say("sent acme")
    refused = await chat.say("followup acme")
    form = await chat.press("Ask somebody I know there", refused)
    assert "lead" in form.problems
    note = await chat.fill(lead="Kim Lund")
    assert "Hello Kim" in note
    assert "SRE" in note
    assert "Sent: SRE at Acme" in await chat.press("I sent it", note)


async def no_cold_letter_goes_where_it_would_do_harm(chat: Chat) -> None:
    """After an answer, an end, or a wish for no contact, the letter needs a second word."""
    quiet = await chat.say("applied SRE at Acme nocontact=yes")
    assert "Draft the follow-up" not in quiet.buttons
    assert "They asked for no contact" in await chat.say("followup acme")
    await chat.say("applied Editor at Globex")
    await chat.say("heard globex reply")
    assert "They have answered you" in await chat.say("followup globex")
    await chat.say("heard globex rejection")
    closed = await chat.say("followup globex")
    assert "That one is closed" in closed
    assert "Subject:" in await chat.press("Write it anyway", closed)
    old = await chat.say("applied Cook at Initech on 30 may 2019")
    assert "may be taken" in await chat.press("Draft the follow-up", old)


STORIES = (
    no_cold_letter_goes_where_it_would_do_harm,
    one_follow_up_and_no_more,
    a_second_letter_needs_a_decision,
    interview_debrief_and_a_note_for_each,
    nothing_sent_after_an_interview_is_brought_back_once,
    a_missed_call_gets_a_letter_of_its_own,
    what_they_said_wins,
    two_roles_at_one_employer_never_collide,
    the_same_thing_twice_asks,
    several_due_together_become_one_message,
    a_warm_lead_is_better_than_a_second_letter,
)
