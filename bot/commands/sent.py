"""The person's word that a letter went out: the only way in which one counts as sent."""

from dataclasses import replace
from typing import Annotated

from bot.cards.letters import interview_letter_blocks
from bot.cards.parts import button, day, of, title, when
from bot.command import Opt, Registry
from bot.commands.choices import WHICH, not_found
from bot.commands.followups import last_interview, next_kind
from bot.context import Context
from bot.drafts import addressee, after_applying, after_interview
from bot.hours import local_day
from bot.limits import add_to
from bot.message import Answer, Buttons, Message, Span, text
from bot.model import (
    Application,
    Case,
    Channel,
    FollowUp,
    Interview,
    LetterKind,
)

commands = Registry("job")


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
    """Note a sent follow-up."""
    case = ctx.case(application.number)
    if case is None:
        return not_found()
    kind = kind or next_kind(ctx, case, interview)
    if kind in (LetterKind.INTERVIEW, LetterKind.MISSED):
        found = interview or last_interview(ctx, case)
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
    add_to(
        ctx.unit.followups,
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
        ),
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
    if not left:
        return _noted(ctx, case, f"{words}Few people send this one.")
    count = "One" if len(left) == 1 else str(len(left))
    noted = _noted(ctx, case, f"{words}{count} to go.")
    first, *rest = noted.blocks
    after = ctx.case(case.application.number) or case
    # What is left to send stays in sight until it is sent.
    letters = interview_letter_blocks(after, interview, left)
    return replace(noted, blocks=(first, *letters, *rest))
