"""Nonsense, doors that are closed, other people, and leaving: nothing breaks and nothing leaks."""

from tests.stories.chat import Chat

HOSTILE = (
    "<!channel> @everyone [bold]x[/bold] *stars* `code`",
    "=HYPERLINK(1)",
    "&lt;b&gt; &amp;amp; <b>",
    "عربي مرحبا",
    "👩‍👩‍👧 e\u0301",
    "{{7*7}} {% raw %}",
    "'; DROP TABLE applications; --",
)


async def nonsense_gets_a_useful_answer(chat: Chat) -> None:
    """Unknown words, options and values: the nearest, the usage, and what was typed is kept."""
    assert "Did you mean" in await chat.say("job aplied SRE at Acme")
    assert "What I can do" in await chat.say("")
    assert "help" in await chat.say("xyzzy")
    unknown = await chat.say("applied SRE at Acme compny=Globex")
    assert "Did you mean company?" in unknown.problems["compny"]
    assert unknown.fields["role"] == "SRE"
    several = await chat.say('applied SRE at Acme on=blursday via=pigeon fit="I fit"')
    assert set(several.problems) == {"on", "via"}
    assert "Logged: SRE at Acme" in await chat.fill(on="yesterday", via="cold")
    assert "I fit" in await chat.say("show acme")
    assert "Taken back" in await chat.say("undo")
    assert "Nothing is logged yet" in await chat.say("show nowhere")
    assert "Nothing is logged yet" in await chat.say("list")
    lost = await chat.say("today extra words")
    assert "I did not understand “extra words”" in lost
    assert (await chat.say("settings zone")).problems


async def a_question_answered_with_nothing_is_not_answered(chat: Chat) -> None:
    """Nobody has "none" for a proof, or was left with "nothing" to say."""
    await chat.say("applied SRE at Acme fit=none proof=n/a")
    await chat.say("interview acme yesterday 3pm with Dana Fox")
    letters = await chat.say('debrief acme themes="fewer pages" unsaid=nothing reasons=-')
    assert "none" not in letters.text.casefold()
    assert "nothing" not in letters.text.casefold()


async def a_missing_answer_opens_the_form(chat: Chat) -> None:
    """Prefilled with what was understood, and complete after it is filled in."""
    form = await chat.say("applied https://jobs.lever.co/acme-corp/123")
    assert form.fields["company"] == "Acme Corp"
    assert form.problems == {}
    assert "Logged: SRE at Acme Corp" in await chat.fill(role="SRE")
    empty = await chat.say("applied")
    assert set(empty.fields) >= {"company", "role", "fit"}
    again = await chat.fill(company="Globex", role="")
    assert "role" in again.problems
    assert again.fields["company"] == "Globex"


async def an_ambiguous_date_asks(chat: Chat) -> None:
    """11/12 may be two days, and is never taken for today."""
    asked = await chat.say("applied SRE at Acme decides=11/12")
    assert len(asked.buttons) == 2
    logged = await chat.press(asked.buttons[1], asked)
    assert "Logged: SRE at Acme" in logged
    assert "They decide by" in await chat.say("show acme")
    future = await chat.say("applied Editor at Globex on=tomorrow")
    assert "still ahead" in future.problems["on"]


async def what_is_typed_is_shown_as_typed(chat: Chat) -> None:
    """Whatever it looks like: stored, shown and exported as it was."""
    for number, text in enumerate(HOSTILE, 1):
        logged = await chat.call_with(company=f"Acme {number}", role=text, note=text)
        assert text in logged, text
        assert text in await chat.say(f"show {number}")
    whole = await chat.say("export")
    cells = whole.files["applications.csv"].decode()
    assert "'=HYPERLINK(1)" in cells
    assert "\n=HYPERLINK" not in cells
    assert ",=HYPERLINK" not in cells


async def long_text_is_kept_or_refused_with_its_length(chat: Chat) -> None:
    """Ten thousand characters are a note; more is asked to be shortened, and nothing is lost."""
    note = "n" * min(9_999, chat.longest)
    assert "Logged" in await chat.call_with(company="Acme", role="SRE", note=note)
    assert note in (await chat.say("export")).files["followthrough.json"].decode()
    if chat.longest > 10_000:
        refused = await chat.call_with(company="Globex", role="SRE", note="n" * 10_001)
        assert "10,001" in refused.problems["note"]
        assert refused.fields["company"] == "Globex"
    assert "200" in (await chat.call_with(company="x" * 201, role="SRE")).problems["company"]


async def what_could_not_be_delivered_is_shown_at_the_next_command(chat: Chat) -> None:
    """A closed door: nothing more is tried, everything is shown, and then it goes on."""
    await chat.say("applied SRE at Acme")
    await chat.unreachable(True)
    assert await chat.wait(days=8) == []
    await chat.unreachable(False)
    answer = await chat.say("list")
    assert "could not reach you" in answer
    shown = await chat.press("Show what I missed", answer)
    assert "could not reach you when it was due" in shown
    rest = shown
    while "Subject:" not in rest:
        rest = await chat.say("today")
    assert "I sent it" in rest.buttons
    assert "could not reach you" not in await chat.say("list")
    await chat.press("I sent it", rest)
    await chat.say("applied Editor at Globex")
    assert any("Editor at Globex" in seen for seen in await chat.wait(days=8))


async def everything_pressed_twice_happens_once(chat: Chat) -> None:
    """Double clicks, and buttons that are weeks old."""
    await chat.say("applied SRE at Acme")
    came = await chat.wait(days=7, hours=3)
    await chat.press("I sent it", came[-1])
    assert "Sent already" in await chat.press("I sent it", came[-1])
    assert "settled already" in await chat.press("Tomorrow", came[-1])
    replied = await chat.press("They replied", came[-1])
    assert "they replied" in replied
    assert "I have that already" in await chat.press("They replied", came[-1])
    whole = (await chat.say("export")).files["followthrough.json"].decode()
    assert whole.count('"sent_at": "2026') == 3  # the letter, and the two nudges that brought it
    assert whole.count('"what": "reply"') == 1


async def nobody_sees_anything_of_anybody_else(chat: Chat) -> None:
    """Somebody else's number, button or name is the same as one that never was."""
    await chat.say("applied SRE at Acme")
    letter = await chat.say("followup acme")
    dana = chat.other("dana")
    assert "Nothing is logged yet" in await dana.say("list")
    theirs = await dana.say("show 1")
    never = await dana.say("show 99")
    assert theirs.problems == never.problems
    await dana.say("applied Editor at Globex")
    for line in (
        "show 99",
        "sent 99",
        "heard 99 rejection",
        "remove 99",
        "show acme",
        "followup acme",
    ):
        answer = await dana.say(line)
        assert "Acme" not in answer, line
        assert answer.problems, line
    assert "Editor" not in await chat.say("list")
    assert "Sent: SRE at Acme" in await chat.press("I sent it", letter)
    assert "Acme" not in str((await dana.say("export")).files)


async def forgetting_is_complete(chat: Chat) -> None:
    """After a confirmation nothing is left, and nothing comes."""
    await chat.say("applied SRE at Acme")
    asked = await chat.say("forget")
    assert "Erase everything" in asked
    assert "SRE" in await chat.say("list")
    assert "Erased" in await chat.press("Erase everything", asked)
    assert await chat.wait(days=60) == []
    assert "Acme" not in (await chat.say("export")).files["followthrough.json"].decode()
    assert "nothing to take back" in await chat.say("undo")


async def through_an_agency_the_employer_may_be_unknown(chat: Chat) -> None:
    """The letter goes to the recruiter, names the role as they do, and asks for the employer."""
    logged = await chat.call_with(role="Data Engineer", agency="Hays", contact="Kim Lund")
    assert "Logged: Data Engineer at a client of Hays" in logged
    letter = await chat.say("followup hays")
    assert "Hello Kim" in letter
    assert "Data Engineer" in letter
    assert "Which company" in letter


async def a_no_in_a_title_is_no_answer(chat: Chat) -> None:
    """No reply is silence, and the no in Technology or Piano is none."""
    await chat.say("applied Technology Lead at Acme")
    await chat.say("applied Piano Teacher at Globex")
    assert "is closed" in await chat.say("heard acme no reply")
    assert "is closed" in await chat.say("heard globex no offer")
    assert (await chat.say("heard acme not a reply")).problems


async def closing_reopening_and_closing_again_is_believed(chat: Chat) -> None:
    """All on one day; and older news never moves an offer back."""
    await chat.say("applied SRE at Acme")
    await chat.say("heard acme closed")
    assert "they replied" in await chat.say("heard 1 reply")
    assert "is closed" in await chat.say("heard 1 closed")
    assert "0 open" in await chat.say("list")
    await chat.say("applied Editor at Globex")
    await chat.say("heard globex offer")
    await chat.say("heard globex reply")
    assert "Offer" in await chat.say("show globex")


STORIES = (
    a_no_in_a_title_is_no_answer,
    closing_reopening_and_closing_again_is_believed,
    nonsense_gets_a_useful_answer,
    a_question_answered_with_nothing_is_not_answered,
    a_missing_answer_opens_the_form,
    an_ambiguous_date_asks,
    what_is_typed_is_shown_as_typed,
    long_text_is_kept_or_refused_with_its_length,
    what_could_not_be_delivered_is_shown_at_the_next_command,
    everything_pressed_twice_happens_once,
    nobody_sees_anything_of_anybody_else,
    forgetting_is_complete,
    through_an_agency_the_employer_may_be_unknown,
)
