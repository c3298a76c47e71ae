"""The follow-up letters as they are shown: text to copy, and the buttons that settle them. Pure."""

from collections.abc import Sequence
from datetime import date

from bot.cards.parts import ago, button, of
from bot.drafts import Drafted, addressee
from bot.letters.phrases import ADVICE, WeaknessCode
from bot.message import (
    Block,
    Bold,
    Button,
    Buttons,
    Call,
    Item,
    Items,
    Link,
    Quote,
    Span,
    Style,
    shorten,
    text,
)
from bot.model import Application, Case, Channel, Interview, Stage
from bot.words import label

# Letters shown in full in one message; more are one tap away.
LETTERS_IN_FULL = 3


def letter_blocks(drafted: Drafted) -> list[Block]:
    """A letter to copy, how it can be opened at once, and what would make it stronger."""
    notes: list[Span] = [*_left_out(drafted), _hint(drafted)]
    if drafted.letter.mailto:
        notes.insert(0, Link("Open it in your mail program", drafted.letter.mailto))
    # One paragraph, so that three letters fit into one message.
    spans = [span for note in notes if note for span in ("\n", note)][1:]
    return [Quote(drafted.letter.text), *([text(*spans)] if spans else [])]


def _left_out(drafted: Drafted) -> list[str]:
    """Which of the person's own words are not in the letter, and why."""
    parts = drafted.draft.left_out if drafted.draft else ()
    said = [
        f"Left out “{shorten(part.words, 60)}”: {ADVICE[part.why]}"
        for part in parts
        if part.why is not WeaknessCode.TOO_LONG
    ]
    long = [f"“{shorten(p.words, 60)}”" for p in parts if p.why is WeaknessCode.TOO_LONG]
    # A LinkedIn note has room for next to nothing, and everybody knows it.
    if long and drafted.channel is Channel.EMAIL:
        said.append(f"No room for {'; '.join(long)}. A short letter gets read.")
    return said


def _hint(drafted: Drafted) -> str:
    missing = drafted.draft.missing if drafted.draft else ()
    said = []
    if "name" in missing:
        said.append("Not signed yet: your settings have a place for your name.")
    if "fit" in missing:
        result = " and one concrete result" if "proof" in missing else ""
        said.append(f"Stronger with your own reasons{result}.")
    elif "proof" in missing:
        said.append("Stronger with one concrete result of yours.")
    return " ".join(said)


def stronger(case: Case, drafted: Drafted) -> list[Button]:
    """The button for what is missing most: the reasons, or one result."""
    a = case.application
    missing = drafted.draft.missing if drafted.draft else ()
    if "fit" in missing:
        about = f"Add my reasons: {a.title}"
        return [button("Add my reasons", "reasons", Style.PLAIN, about, **of(a))]
    if "proof" in missing:
        return [button("Add a result", "result", Style.PLAIN, f"Add a result: {a.title}", **of(a))]
    return []


def tie_words(application: Application) -> str:
    """That somebody could be asked for a word, which names nobody and says no number."""
    return f"Someone in your club has a tie to {application.company}."


def ask_button(application: Application, style: Style = Style.PLAIN) -> Button:
    """The button that asks in one's club for a word at the employer."""
    label = "Ask for a word"
    about = shorten(f"{label}: {application.title}", 75)
    return Button(label, Call("club ask", of(application)), style, about)


def follow_up_buttons(
    case: Case, drafted: Drafted, nudge: str = "", *, warm: bool = False
) -> Buttons:
    """What settles a follow-up, with what a nudge adds to it.

    Three nudges in one message leave room for seven buttons each: where the letter lacks something,
    or somebody could be asked for a word (`warm`), the button for that takes the place of the one
    that closes the application.
    """
    a = case.application
    other = Channel.LINKEDIN if drafted.channel is Channel.EMAIL else Channel.EMAIL
    here = {**of(a), "channel": drafted.channel.value}
    sent = {**here, "kind": drafted.kind.value}
    cold = a.stage is Stage.APPLIED and not (case.follow_up or a.no_contact or case.interviews)
    edit = here if cold else {**here, "again": "yes"}
    found = [
        button("I sent it", "sent", Style.PRIMARY, f"I sent it: {a.title}", **sent),
        button("Edit", "rewrite", Style.PLAIN, f"Edit the letter: {a.title}", **edit),
    ]
    lacking = stronger(case, drafted)
    found += lacking
    if warm:
        found.append(ask_button(a))
    if nudge:
        found.append(button("Tomorrow", "snooze", Style.PLAIN, f"Tomorrow: {a.title}", nudge=nudge))
    found += [
        button(
            "They replied", "heard", Style.PLAIN, f"They replied: {a.title}", what="reply", **of(a)
        ),
        button(
            "As a LinkedIn note" if other is Channel.LINKEDIN else "As an e-mail",
            "followup",
            Style.PLAIN,
            f"{label(other)}: {a.title}",
            channel=other.value,
            **of(a),
        ),
    ]
    if nudge:
        found.append(button("Skip", "skip", Style.PLAIN, f"Skip: {a.title}", nudge=nudge))
    if not (nudge and (lacking or warm)):
        found.append(
            button("Close it", "heard", Style.PLAIN, f"Close {a.title}", what="closed", **of(a))
        )
    return Buttons(tuple(found))


def follow_up_blocks(
    case: Case, drafted: Drafted, today: date, nudge: str = "", *, warm: bool = False
) -> list[Block]:
    """The one follow-up after applying, finished, with the buttons that settle it.

    `warm` says that somebody in a club of theirs could be asked for a word at the employer.
    """
    a = case.application
    lead = f"You applied {ago(a.applied_on, today)}. One confident follow-up, ready to send"
    tie = [text(f"{tie_words(a)} A word from inside goes well with it.")] if warm else []
    return [
        text(f"{lead}{_to(drafted)}:"),
        *letter_blocks(drafted),
        *tie,
        follow_up_buttons(case, drafted, nudge, warm=warm),
    ]


def _to(drafted: Drafted) -> str:
    who = drafted.facts.to_name or drafted.facts.agency
    way = "as a LinkedIn note" if drafted.channel is Channel.LINKEDIN else "by e-mail"
    return f" {way} to {who}" if who else f" {way}"


def interview_letter_blocks(
    case: Case, interview: Interview, drafts: Sequence[Drafted], nudge: str = ""
) -> list[Block]:
    """One letter for each interviewer who has not had theirs, and the buttons that settle them."""
    a = case.application
    sent = {f.to for f in case.thanked(interview)}
    todo = [d for d in drafts if addressee(d) not in sent] if sent else list(drafts)
    here = {**of(a), "interview": str(interview.number)}
    blocks: list[Block] = []
    for drafted in todo[:LETTERS_IN_FULL]:
        who = drafted.facts.to_name
        mine = {**here, "person": drafted.person} if drafted.person else here
        if who:
            blocks.append(text(Bold(f"To {who}")))
        blocks += letter_blocks(drafted)
        first = f"I sent it to {who.split()[0]}" if who else "I sent it"
        blocks.append(
            Buttons(
                (
                    button(first, "sent", Style.PRIMARY, **mine),
                    button("Edit", "rewrite", Style.PLAIN, f"Edit the letter to {who}", **mine),
                )
            )
        )
    rest = todo[LETTERS_IN_FULL:]
    if rest:
        rows = [
            Item(
                (f"To {d.facts.to_name}",),
                button("Show", "followup", **here, person=d.person),
            )
            for d in rest
        ]
        blocks.append(Items(tuple(rows)))
    last = []
    if not interview.debriefed_at and not interview.missed:
        # Three answers make it the note that reinforces; without them it is a bare thank-you.
        last.append(
            button("Answer three questions first", "debrief", interview=str(interview.number))
        )
    if len(todo) > 1:
        last.append(button("I sent them all", "sent", **here))
    if nudge:
        last.append(button("Tomorrow", "snooze", Style.PLAIN, f"Tomorrow: {a.title}", nudge=nudge))
        last.append(button("Skip", "skip", Style.PLAIN, f"Skip: {a.title}", nudge=nudge))
    return [*blocks, Buttons(tuple(last))] if last else blocks
