"""The letters: drafting, editing and checking them, and refusing one that would do harm."""

from dataclasses import replace
from typing import Annotated

from bot.cards.letters import (
    ask_button,
    follow_up_blocks,
    follow_up_buttons,
    interview_letter_blocks,
    letter_blocks,
    stronger,
    tie_words,
)
from bot.cards.parts import button, day, of, title
from bot.command import Opt, Problems, Registry
from bot.commands.choices import WHICH, not_found
from bot.commands.interviews import letters_for
from bot.context import Context
from bot.drafts import Drafted, addressee, after_applying, after_interview, to_lead
from bot.hours import local_day
from bot.leads import warm
from bot.letters.check import check
from bot.limits import add_to
from bot.message import Answer, Block, Buttons, Call, Form, Item, Items, Message, Style, text
from bot.model import (
    Application,
    Case,
    Channel,
    FollowUp,
    Interview,
    LetterKind,
    Person,
    Stage,
)
from bot.readers import Unfit

commands = Registry("job")

# From here on a follow-up after applying comes with a word of warning.
TOO_LATE_DAYS = 60


@commands.command(phrase="{application} [by {channel}] [to {lead}]")
def job_followup(
    ctx: Context,
    application: Annotated[Application, WHICH],
    channel: Annotated[Channel | None, Opt("E-mail or LinkedIn note?")] = None,
    kind: Annotated[
        LetterKind | None, Opt("Which letter? The one that is next if left out")
    ] = None,
    lead: Annotated[
        Person | None, Opt("Somebody you know there, for a note to them instead")
    ] = None,
    interview: Annotated[Interview | None, Opt("Which interview", hidden=True)] = None,
    person: Annotated[str, Opt("Which interviewer", hidden=True)] = "",
    again: Annotated[bool, Opt("Although one was sent", hidden=True)] = False,
) -> Answer:
    """The follow-up now: the finished letter, ready to send."""
    case = ctx.case(application.number)
    if case is None:
        return not_found()
    kind = kind or (LetterKind.LEAD if lead else next_kind(ctx, case, interview))
    if kind is LetterKind.LEAD:
        return _lead(ctx, case, lead, channel)
    if kind in (LetterKind.INTERVIEW, LetterKind.MISSED):
        found = interview or last_interview(ctx, case)
        if found is None or found.application != application.number:
            raise Problems({"kind": Unfit("There has been no interview there yet.")})
        return letters_for(ctx, found, person, channel)
    if not again and (refusal := refused(ctx, case)):
        return refusal
    drafted = after_applying(ctx.letters, ctx.seeker, case, channel)
    tied = bool(warm(ctx.unit, ctx.seeker.id, [case], ctx.today))
    blocks = follow_up_blocks(case, drafted, ctx.today, warm=tied)
    if case.follow_up:
        words = "This is the letter you sent. Before it goes out again, put in what is new since."
        blocks.insert(0, text(words))
    elif (ctx.today - application.applied_on).days > TOO_LATE_DAYS:
        words = "That is long ago, and the place may be taken. Somebody you know there can tell."
        blocks.insert(0, text(words))
    return Message(title(f"Follow up: {application.title}"), tuple(blocks))


def next_kind(ctx: Context, case: Case, interview: Interview | None) -> LetterKind:
    """The letter that an application is at now: after applying, or after its last interview."""
    last = interview or last_interview(ctx, case)
    if last is None:
        return LetterKind.APPLICATION
    return LetterKind.MISSED if last.missed else LetterKind.INTERVIEW


def last_interview(ctx: Context, case: Case) -> Interview | None:
    """The newest interview of an application that has begun."""
    begun = [i for i in case.interviews if not i.cancelled and i.starts_at <= ctx.now]
    return max(begun, key=lambda i: i.starts_at, default=None)


def _lead(ctx: Context, case: Case, lead: Person | None, channel: Channel | None) -> Answer:
    a = case.application
    if lead is None:
        call = Call("job followup", {**of(a), "kind": "lead"})
        return Form(call, {"lead": f"Whom do you know at {a.employer}?"})
    drafted = to_lead(ctx.letters, ctx.seeker, case, lead, channel)
    sent = button(
        "I sent it", "sent", Style.PRIMARY, kind="lead", channel=drafted.channel.value, **of(a)
    )
    first = text(f"A word from inside beats a second letter. For {lead.name}:")
    blocks = (first, *letter_blocks(drafted), Buttons((sent, *stronger(case, drafted))))
    return Message(title(f"A warm lead: {a.title}"), blocks)


def refused(ctx: Context, case: Case) -> Message | None:
    """Why no cold letter should go out, and the better moves; None when one may.

    Law 2: one cold follow-up per application. Law 5: what they said wins.
    """
    a = case.application
    anyway = button("Write it anyway", "followup", again="yes", **of(a))
    lead = button("Ask somebody I know there", "followup", Style.PRIMARY, kind="lead", **of(a))
    close = button("Close it", "heard", what="closed", **of(a))
    if not a.stage.open:
        heading, words = "That one is closed", "A letter would come after the end of it."
        row = [button("They replied", "heard", what="reply", **of(a)), anyway]
    elif case.follow_up:
        heading, words = "One follow-up is enough", _enough(ctx, case)
        row = [lead, button("They named a date", "edit", **of(a)), close, anyway]
    elif a.no_contact:
        heading, words = "They asked for no contact", "Keeping to that is the strong move."
        row = [lead, button("That has changed", "edit", **of(a)), anyway]
    elif case.interviews or a.stage is not Stage.APPLIED:
        heading, words = (
            "They have answered you",
            "A cold letter would read as if you missed it.",
        )
        first = button("Add an interview", "interview", Style.PRIMARY, **of(a))
        row = [first, button("What is known", "show", **of(a)), anyway]
    else:
        return None
    if lead in row and warm(ctx.unit, ctx.seeker.id, [case], ctx.today):
        words = f"{tie_words(a)} {words}"
        row[0] = replace(lead, style=Style.PLAIN)
        row.insert(0, ask_button(a, Style.PRIMARY))
    return Message(title(f"{heading}: {a.title}"), (text(words), Buttons(tuple(row))))


def _enough(ctx: Context, case: Case) -> str:
    decision = case.application.decision_on
    sent = case.follow_up
    sent_on = local_day(sent.sent_at, ctx.seeker) if sent and sent.sent_at else ctx.today
    words = (
        f"Yours went out {day(sent_on, ctx.today)}. A second cold letter reads as pressure and "
        "rarely helps; a word from somebody inside does."
    )
    if decision and decision >= ctx.today:
        words += f" They decide by {day(decision, ctx.today)}; until then, waiting is strong."
    return words


def _drafted(
    ctx: Context, case: Case, channel: Channel | None, interview: Interview | None, person: str
) -> Drafted | None:
    """The letter that a button on a card speaks of."""
    if interview is None:
        return after_applying(ctx.letters, ctx.seeker, case, channel)
    if interview.application != case.application.number:
        return None
    drafts = after_interview(ctx.letters, ctx.seeker, case, interview, channel)
    return next((d for d in drafts if d.person == person or len(drafts) == 1), None)


@commands.command(hidden=True)
def job_rewrite(
    ctx: Context,
    letter: Annotated[str, Opt("The letter, as you want to send it", long=True)] = "",
    application: Annotated[Application | None, Opt("Which application", hidden=True)] = None,
    channel: Annotated[Channel | None, Opt("How it travels", hidden=True)] = None,
    interview: Annotated[Interview | None, Opt("Which interview", hidden=True)] = None,
    person: Annotated[str, Opt("Which interviewer", hidden=True)] = "",
    again: Annotated[bool, Opt("Although one was sent", hidden=True)] = False,
) -> Answer:
    """Edit the letter: what weakens it is said when you save."""
    case = ctx.case(application.number) if application else None
    if case and not (interview or again) and (refusal := refused(ctx, case)):
        return refusal
    drafted = _drafted(ctx, case, channel, interview, person) if case else None
    if case is None or drafted is None:
        return not_found()
    a = case.application
    if "letter" not in ctx.given or not letter:
        return Form(ctx.call.plus(letter=drafted.letter.text), intro=a.title)
    number = interview.number if interview else 0
    to = addressee(drafted) if interview else ""
    mine = (drafted.kind, drafted.channel, number, to)
    for old in case.followups:
        if not old.sent_at and (old.kind, old.channel, old.interview, old.to) == mine:
            ctx.unit.followups.remove(old)
    add_to(
        ctx.unit.followups,
        FollowUp(
            ctx.seeker.id, 0, a.number, drafted.kind, drafted.channel, ctx.now, number, to, letter
        ),
    )
    changed = ctx.case(a.number) or case
    now = _drafted(ctx, changed, drafted.channel, interview, person) or drafted
    blocks: list[Block] = [*advice(now, case)]
    if interview:
        blocks += interview_letter_blocks(changed, interview, [now])
    else:
        blocks += [*letter_blocks(now), follow_up_buttons(changed, now)]
    return Message(title(f"Your letter: {a.title}"), tuple(blocks))


def advice(drafted: Drafted, case: Case) -> list[Block]:
    """What weakens a letter that the person edited; nothing when nothing does."""
    before = drafted.kind is LetterKind.APPLICATION and case.follow_up is not None
    found = check(drafted.letter.text, drafted.facts.about, sent_before=before)
    if not found:
        return [text("It reads well.")]
    rows = [
        Item((f"“{weak.excerpt}”: {weak.advice}" if weak.excerpt else weak.advice,))
        for weak in found
    ]
    return [text("It is yours to send as it is. Stronger still:"), Items(tuple(rows))]
