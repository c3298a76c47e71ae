"""Interviews: when they are, how they went, and what follows."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated

from bot.cards.letters import interview_letter_blocks
from bot.cards.nudges import brief_blocks
from bot.cards.parts import button, of, title, when
from bot.command import Opt, Problems, Registry
from bot.commands.choices import WHICH, not_found
from bot.context import Context
from bot.drafts import after_interview
from bot.limits import THEMES, add_to, room_for_nudges
from bot.message import Answer, Block, Button, Buttons, Call, Form, Message, Span, Style, text
from bot.model import Application, Case, Channel, Interview, NudgeKind, Person, Stage
from bot.policy import wanted
from bot.readers import Unfit

commands = Registry("job")

LONGEST = 8 * 60


@commands.command(phrase="{application} {at} [with {people}]")
def job_interview(
    ctx: Context,
    application: Annotated[Application, WHICH],
    at: Annotated[datetime, Opt('When is it? For example "next tue 3pm"')],
    people: Annotated[
        tuple[Person, ...], Opt("Who will be there? Dana Fox <dana@example.com>, Lee Park")
    ] = (),
    minutes: Annotated[int, Opt("How long, in minutes?")] = 60,
    move: Annotated[Interview | None, Opt("The interview that is moved", hidden=True)] = None,
    another: Annotated[bool, Opt("Whether it is one more", hidden=True)] = False,
) -> Answer:
    """Log an interview, or move it."""
    if not 0 < minutes <= LONGEST:
        raise Problems({"minutes": Unfit(f"Between 1 and {LONGEST} minutes, please.")})
    a = application
    case = ctx.case(a.number) or Case(a)
    if move is not None and move.application == a.number:
        room_for_nudges(ctx.unit, a)
        changed = replace(move, starts_at=at, logged_at=ctx.now, cancelled=False, missed=False)
        if "minutes" in ctx.given:
            changed = replace(changed, minutes=minutes)
        if not a.stage.open:
            ctx.unit.applications.save(replace(a, stage=Stage.INTERVIEW))
        changed = replace(changed, interviewers=people or move.interviewers, debriefed_at=None)
        ctx.unit.interviews.save(changed)
        return _booked(ctx, a, changed, "Moved")
    ahead = [i for i in case.interviews if not i.cancelled and i.starts_at > ctx.now]
    same = next((i for i in case.interviews if not i.cancelled and i.starts_at == at), None)
    if same:
        return Message(
            title(f"{a.title}: I have that interview"),
            (text(when(at, ctx.seeker)), Buttons((button("Open", "show", **of(a)),))),
        )
    if ahead and not another:
        return _ask_which(ctx, a, ahead[0])
    new = Interview(ctx.seeker.id, 0, a.number, at, ctx.now, minutes, people)
    interview = add_to(ctx.unit.interviews, new)
    if a.stage in (Stage.APPLIED, Stage.REPLIED) or not a.stage.open:
        ctx.unit.applications.save(replace(a, stage=Stage.INTERVIEW))
    return _booked(ctx, a, interview, "Interview")


def _ask_which(ctx: Context, a: Application, ahead: Interview) -> Message:
    call = ctx.call
    return Message(
        title(f"{a.title}: moved, or one more?"),
        (
            text("There is one on ", when(ahead.starts_at, ctx.seeker), " already."),
            Buttons(
                (
                    Button(
                        "It moved", ctx.later(call.plus(move=f"#{ahead.number}")), Style.PRIMARY
                    ),
                    Button("One more", ctx.later(call.plus(another="yes"))),
                )
            ),
        ),
    )


def _booked(ctx: Context, a: Application, interview: Interview, word: str) -> Message:
    blocks: list[Block] = []
    case = ctx.case(a.number) or Case(a)
    over = interview.starts_at + timedelta(minutes=interview.minutes) <= ctx.now
    here = str(interview.number)
    row = [button("Change", "edit", **of(a)), button("Undo", "undo")]
    who = ", ".join(p.name for p in interview.interviewers)
    blocks.append(text(when(interview.starts_at, ctx.seeker), f" with {who}." if who else "."))
    if over:
        blocks.append(text("It is over, so: three short questions, and the follow-up is written."))
        row.insert(0, button("Answer", "debrief", Style.PRIMARY, interview=here))
    else:
        coming = {
            w.kind: w.due_at for w in wanted(ctx.seeker, case) if w.interview == interview.number
        }
        if brief := coming.get(NudgeKind.BRIEF):
            blocks.append(text("A short brief comes ", when(brief, ctx.seeker), "."))
        else:
            blocks += brief_blocks(ctx.seeker, case, interview)[:-1]
        if after := coming.get(NudgeKind.DEBRIEF):
            blocks.append(text("I will ask how it went ", when(after, ctx.seeker), "."))
        if not interview.interviewers:
            row.insert(0, button("Who will be there?", "attendees", interview=here))
        row.insert(0, button("It is off", "calloff", interview=here))
    return Message(title(f"{word}: {a.title}"), (*blocks, Buttons(tuple(row))))


@commands.command(hidden=True)
def job_attendees(
    ctx: Context,
    people: Annotated[
        tuple[Person, ...], Opt("Who will be there? Dana Fox <dana@example.com>, Lee Park")
    ],
    interview: Annotated[Interview | None, Opt("Which interview", hidden=True)] = None,
) -> Answer:
    """Name the interviewers: who will be there."""
    if interview is None:
        return not_found()
    ctx.unit.interviews.save(replace(interview, interviewers=people))
    names = ", ".join(person.name for person in people)
    every = "They get a letter" if len(people) == 1 else "Each of them gets a letter"
    words = f"{every} of their own afterwards."
    return Message(title(f"Noted: {names}"), (text(words), Buttons((button("Undo", "undo"),))))


@commands.command(phrase="{application} [by {decides}]")
def job_debrief(
    ctx: Context,
    themes: Annotated[
        str, Opt("What did they care about? One a line; “Dana: …” for one person", long=True)
    ] = "",
    reasons: Annotated[str, Opt("Why did they bring you in?", long=True)] = "",
    unsaid: Annotated[str, Opt("What was left unsaid that you want to add?", long=True)] = "",
    decides: Annotated[date | None, Opt("When will they decide, if they said?")] = None,
    application: Annotated[Application | None, WHICH] = None,
    interview: Annotated[Interview | None, Opt("Which interview", hidden=True)] = None,
) -> Answer:
    """After an interview: three questions, and the follow-up is written."""
    found = interview or _latest(ctx, application)
    case = ctx.case(found.application) if found else None
    if found is None or case is None:
        ahead = [i for i in ctx.interview_choices() if not i.cancelled and i.starts_at > ctx.now]
        said = ctx.named("interview COMPANY WHEN" if ctx.lines else "interview")
        spans: tuple[Span, ...] = (f"Log it first: {said}",)
        if ahead:
            spans = ("The next one is still ahead: ", when(ahead[0].starts_at, ctx.seeker), ".")
        return Message("There is no interview to look back on yet", (text(*spans),))
    if not ctx.given & {"themes", "reasons", "unsaid"}:
        known = {**ctx.answers, **of(case.application), "interview": str(found.number)}
        return Form(Call("job debrief", known), intro=f"{case.application.title}: how did it go")
    if not themes.strip():
        raise Problems({"themes": Unfit("Please answer this one.")})
    listed = (part.strip(" -*•\t") for part in themes.replace(";", "\n").split("\n"))
    kept = tuple(part for part in listed if part)
    if len(kept) > THEMES:
        raise Problems({"themes": Unfit(f"Up to {THEMES} of them, please: those that matter.")})
    done = replace(
        found,
        themes=kept,
        reasons=reasons if "reasons" in ctx.given else found.reasons,
        unsaid=unsaid if "unsaid" in ctx.given else found.unsaid,
        debriefed_at=ctx.now,
        missed=False,
    )
    ctx.unit.interviews.save(done)
    if decides:
        room_for_nudges(ctx.unit, case.application)
        ctx.unit.applications.save(replace(case.application, decision_on=decides))
    return letters_for(ctx, done)


def _latest(ctx: Context, application: Application | None) -> Interview | None:
    """The newest interview that has begun, of one application or of all."""
    begun = [
        i
        for i in ctx.interview_choices()
        if not i.cancelled
        and i.starts_at <= ctx.now
        and (application is None or i.application == application.number)
    ]
    return max(begun, key=lambda i: i.starts_at, default=None)


def letters_for(
    ctx: Context, interview: Interview, chosen: str = "", channel: Channel | None = None
) -> Answer:
    """The letters after an interview (or the one to the interviewer counted `chosen`)."""
    case = ctx.case(interview.application)
    if case is None:
        return not_found()
    drafts = after_interview(ctx.letters, ctx.seeker, case, interview, channel)
    drafts = [d for d in drafts if d.person == chosen] if chosen else drafts
    blocks = interview_letter_blocks(case, interview, drafts)
    if not blocks:
        words = "Every letter for this interview is sent. Well done."
        return Message(title(case.application.title), (text(words),))
    missed = "You kept the time; here is the way to a new one:"
    ready = "Interest first, appreciation last. Best sent within a day:"
    lead = text(missed if interview.missed else ready)
    return Message(title(f"Interview follow-up: {case.application.title}"), (lead, *blocks))


@commands.command(hidden=True)
def job_missed(
    ctx: Context,
    interview: Annotated[Interview | None, Opt("Which interview", hidden=True)] = None,
) -> Answer:
    """They did not keep the time: the letter that asks for a new one."""
    if interview is None:
        return not_found()
    changed = replace(interview, missed=True)
    ctx.unit.interviews.save(changed)
    answer, case = letters_for(ctx, changed), ctx.case(interview.application)
    if case is None or not isinstance(answer, Message):
        return answer
    heading = title(f"They did not show up: {case.application.title}")
    return replace(answer, title=heading).and_then(Buttons((button("Undo", "undo"),)))


@commands.command(hidden=True)
def job_calloff(
    ctx: Context,
    interview: Annotated[Interview | None, Opt("Which interview", hidden=True)] = None,
) -> Answer:
    """An interview does not take place."""
    if interview is None:
        return not_found()
    if not interview.cancelled:
        ctx.unit.interviews.save(replace(interview, cancelled=True))
    case = ctx.case(interview.application)
    row = [button("Undo", "undo")]
    if case:
        row.insert(0, button("New time", "interview", Style.PRIMARY, **of(case.application)))
    words = "Everything planned for it is called off."
    return Message("The interview is off", (text(words), Buttons(tuple(row))))
