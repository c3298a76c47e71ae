"""The letters: drafting, editing, checking, and the person's word that one was sent."""

from dataclasses import replace
from typing import Annotated

from bot.cards.letters import (
    follow_up_blocks,
    follow_up_buttons,
    interview_letter_blocks,
    letter_blocks,
)
from bot.cards.parts import button, day, of, title, when
from bot.command import Opt, Problems, Registry
from bot.commands.choices import WHICH, not_found
from bot.commands.interviews import letters_for
from bot.context import Context
from bot.drafts import Drafted, addressee, after_applying, after_interview, to_lead
from bot.hours import local_day
from bot.letters.check import check
from bot.message import Answer, Block, Buttons, Call, Form, Item, Items, Message, Span, Style, text
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
    kind = kind or (LetterKind.LEAD if lead else _next_kind(ctx, case, interview))
    if kind is LetterKind.LEAD:
        return _lead(ctx, case, lead, channel)
    if kind in (LetterKind.INTERVIEW, LetterKind.MISSED):
        found = interview or _last_interview(ctx, case)
        if found is None or found.application != application.number:
            raise Problems({"kind": Unfit("There has been no interview there yet.")})
        return letters_for(ctx, found, person, channel)
    if not again and (refusal := refused(ctx, case)):
        return refusal
    drafted = after_applying(ctx.letters, ctx.seeker, case, channel)
    blocks = follow_up_blocks(case, drafted, ctx.today)
    if case.follow_up:
        words = "This is the letter you sent. Before it goes out again, put in what is new since."
        blocks.insert(0, text(words))
    elif (ctx.today - application.applied_on).days > TOO_LATE_DAYS:
        words = "That is long ago, and the place may be taken. Somebody you know there can tell."
        blocks.insert(0, text(words))
    return Message(title(f"Follow up: {application.title}"), tuple(blocks))


def _next_kind(ctx: Context, case: Case, interview: Interview | None) -> LetterKind:
    last = interview or _last_interview(ctx, case)
    if last is None:
        return LetterKind.APPLICATION
    return LetterKind.MISSED if last.missed else LetterKind.INTERVIEW


def _last_interview(ctx: Context, case: Case) -> Interview | None:
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
    blocks = (first, *letter_blocks(drafted), Buttons((sent,)))
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
    """Edit a letter; it is read and what weakens it is said."""
    case = ctx.case(application.number) if application else None
    if case and not (interview or again) and (refusal := refused(ctx, case)):
        return refusal
    drafted = _drafted(ctx, case, channel, interview, person) if case else None
    if case is None or drafted is None:
        return not_found()
    a = case.application
    if "letter" not in ctx.given or not letter:
        return Form(ctx.call.plus(letter=drafted.letter.text), intro=f"The letter: {a.title}")
    number = interview.number if interview else 0
    to = addressee(drafted) if interview else ""
    mine = (drafted.kind, drafted.channel, number, to)
    for old in case.followups:
        if not old.sent_at and (old.kind, old.channel, old.interview, old.to) == mine:
            ctx.unit.followups.remove(old)
    ctx.unit.followups.add(
        FollowUp(
            ctx.seeker.id, 0, a.number, drafted.kind, drafted.channel, ctx.now, number, to, letter
        )
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


@commands.command(phrase="{application} [by {channel}]")
def job_sent(
    ctx: Context,
    application: Annotated[Application, WHICH],
    channel: Annotated[Channel | None, Opt("E-mail or LinkedIn note?")] = None,
    kind: Annotated[LetterKind | None, Opt("Which letter", hidden=True)] = None,
    interview: Annotated[Interview | None, Opt("Which interview", hidden=True)] = None,
    person: Annotated[str, Opt("Which interviewer", hidden=True)] = "",
    again: Annotated[bool, Opt("Although one was sent", hidden=True)] = False,
) -> Answer:
    """Say that you sent a follow-up."""
    case = ctx.case(application.number)
    if case is None:
        return not_found()
    kind = kind or _next_kind(ctx, case, interview)
    if kind in (LetterKind.INTERVIEW, LetterKind.MISSED):
        found = interview or _last_interview(ctx, case)
        if found is None or found.application != application.number:
            return not_found()
        return _sent_after_interview(ctx, case, found, channel, person)
    if kind is LetterKind.LEAD:
        _record(ctx, case, LetterKind.LEAD, channel or Channel.EMAIL)
        return _noted(ctx, case, "A note to a warm lead is the best move there is.")
    if case.follow_up and not again:
        return _sent_before(ctx, case)
    drafted = after_applying(ctx.letters, ctx.seeker, case, channel)
    to = addressee(drafted)
    _record(ctx, case, kind, drafted.channel, to=to, against_advice=case.follow_up is not None)
    return _noted(ctx, case, "That was the one follow-up that counts.")


def _record(
    ctx: Context,
    case: Case,
    kind: LetterKind,
    channel: Channel,
    interview: int = 0,
    to: str = "",
    *,
    against_advice: bool = False,
) -> None:
    """Note a letter as sent: the person's edit of it where there is one."""
    same = (kind, channel, interview)
    edits = [f for f in case.followups if f.text and not f.sent_at]
    edits = [f for f in edits if (f.kind, f.channel, f.interview) == same and f.to in ("", to)]
    if edits:
        ctx.unit.followups.save(
            replace(edits[-1], sent_at=ctx.now, to=to, against_advice=against_advice)
        )
        return
    ctx.unit.followups.add(
        FollowUp(
            ctx.seeker.id,
            0,
            case.application.number,
            kind,
            channel,
            ctx.now,
            interview,
            to,
            sent_at=ctx.now,
            against_advice=against_advice,
        )
    )


def _noted(ctx: Context, case: Case, words: str) -> Message:
    after = ctx.case(case.application.number) or case
    asks = next((w for w in ctx.wanted(after) if w.kind == "heard"), None)
    spans: tuple[Span, ...] = (words,)
    if asks and asks.due_at.year < 9999:
        spans = (
            words,
            " I will ask once whether you heard anything: ",
            when(asks.due_at, ctx.seeker),
            ".",
        )
    row = (
        button("They replied", "heard", what="reply", **of(case.application)),
        button("Undo", "undo"),
    )
    return Message(title(f"Sent: {case.application.title}"), (text(*spans), Buttons(row)))


def _sent_before(ctx: Context, case: Case) -> Message:
    a = case.application
    sent = case.follow_up
    sent_on = local_day(sent.sent_at, ctx.seeker) if sent and sent.sent_at else ctx.today
    row = (
        button("I sent another one", "sent", again="yes", **of(a)),
        button("They replied", "heard", what="reply", **of(a)),
    )
    words = f"You told me {day(sent_on, ctx.today)}, and it is noted once."
    return Message(title(f"Sent already: {a.title}"), (text(words), Buttons(row)))


def _sent_after_interview(
    ctx: Context, case: Case, interview: Interview, channel: Channel | None, person: str
) -> Message:
    drafts = after_interview(ctx.letters, ctx.seeker, case, interview, channel)
    chosen = [d for d in drafts if d.person == person] if person else drafts
    before = {f.to for f in case.thanked(interview)}
    todo = [d for d in chosen if addressee(d) not in before]
    if not todo:
        return Message(
            title(f"Sent already: {case.application.title}"),
            (text("It is noted once, and once is enough."),),
        )
    for drafted in todo:
        _record(ctx, case, drafted.kind, drafted.channel, interview.number, addressee(drafted))
    names = " and ".join(d.facts.to_name for d in todo if d.facts.to_name)
    left = [d for d in drafts if addressee(d) not in before and d not in todo]
    words = f"To {names}. " if names else ""
    words += f"{len(left)} to go." if left else "Few people send this one."
    return _noted(ctx, case, words)
