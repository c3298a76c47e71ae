"""What is due, and rest from it: today, tomorrow, skip, pause."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated

from bot.cards.nudges import WARNING, Part, aged, nudge_part, packed, together
from bot.cards.parts import NUDGES, button, day, of, title, when
from bot.command import Opt, Problems, Registry
from bot.commands.choices import not_found
from bot.context import Context
from bot.hours import FOREVER, allowed, at_local, local_day, morning, next_morning
from bot.leads import warm
from bot.message import Answer, Block, Bold, Buttons, Item, Items, Message, Style, Text, text
from bot.model import Case, Nudge, NudgeKind, NudgeState
from bot.occasions.told import told
from bot.policy import key_of, name_of
from bot.readers import Unfit
from bot.retention import is_warning
from bot.waiting import open_questions

commands = Registry("job")

AHEAD_DAYS = 7
SETTLED = text("That is settled already.")

# What is said when a nudge is left out, by what it was about.
SKIPPED = {
    NudgeKind.FOLLOW_UP: ("No follow-up", "Then none goes out here. The rest goes on as before."),
    NudgeKind.BRIEF: ("No brief", "Then none comes. The rest goes on as before."),
    NudgeKind.DEBRIEF: ("No questions", "Then I leave it at that. {debrief} has them at any time."),
    NudgeKind.THANKS: ("No letter", "Then none goes out here. The rest goes on as before."),
    NudgeKind.HEARD: ("Still waiting", "I will not ask about this silence again."),
    NudgeKind.QUIET: ("Kept open", "It stays in your list, and I will not ask again."),
    NudgeKind.REVIEW: ("No review", "Then none comes this week."),
}


@commands.command()
def job_today(ctx: Context) -> Answer:
    """What could not be delivered, what waits for you, and what comes this week."""
    nudges = ctx.unit.nudges.of(ctx.seeker.id)
    undelivered = [n for n in nudges if n.state is NudgeState.UNDELIVERED]
    if undelivered:
        return _missed(ctx, undelivered)
    open_ = open_questions(ctx, nudges)
    planned = [n for n in nudges if n.state is NudgeState.PLANNED]
    soon = ctx.now + timedelta(days=AHEAD_DAYS)
    coming = [n for n in planned if n.due_at <= soon]
    blocks: list[Block] = []
    if open_:
        rows = tuple(nudge_row(ctx, nudge, case) for nudge, case in open_)
        blocks += [text(Bold("Waiting for you")), Items(rows, more="… and more after these.")]
    if coming:
        cases = ctx.cases({n.application for n in coming if n.application})
        rows = tuple(nudge_row(ctx, nudge, cases.get(nudge.application)) for nudge in coming)
        blocks += [text(Bold("This week")), Items(rows, more="… and more after these.")]
    if not blocks:
        blocks.append(text("Nothing is due, and nothing waits for you this week."))
    if ctx.seeker.paused_from and ctx.is_paused:
        until = ctx.seeker.paused_until
        end = day(until.astimezone(ctx.zone).date(), ctx.today) if until else "you resume"
        blocks.append(text(f"You are taking a rest: nothing is sent until {end}."))
        blocks.append(Buttons((button("Resume", "resume", Style.PRIMARY),)))
    return Message("Today", tuple(blocks))


def _missed(ctx: Context, undelivered: list[Nudge]) -> Message:
    """Law 6: what could not be delivered is shown, whole, and counts as seen from now on."""
    cases = ctx.cases({n.application for n in undelivered if n.application})
    everything = tuple(ctx.cases({a.number for a in ctx.application_choices()}).values())
    pairs = [(n, cases.get(n.application)) for n in undelivered]
    open_person = replace(ctx.seeker, discreet=False)
    tied = _tied(ctx, list(cases.values()))

    def write(nudge: Nudge, case: Case | None) -> Part:
        if nudge.kind.of_club:
            said = told(ctx.unit, open_person, nudge, ctx.now)
            if isinstance(said, str):
                return NUDGES[nudge.kind], [SETTLED]
            return aged(said, nudge, open_person, ctx.now)
        about = nudge.application in tied
        return nudge_part(open_person, nudge, case, everything, ctx.letters, ctx.now, warm=about)

    lead = text("This could not reach you when it was due:")
    first, parts = next(packed(pairs, write, (lead, _rest(ctx, len(pairs)))))
    for nudge, _ in first:
        ctx.unit.nudges.replan(replace(nudge, state=NudgeState.SHOWN, sent_at=ctx.now))
    # Law 6: what may have arrived after all is not repeated without a word.
    doubts = [nudge.in_doubt for nudge, _ in first]
    shown = together(parts, doubt=any(doubts))
    if all(doubts):
        lead = text("Nobody can say whether this reached you when it was due:")
    rest = len(undelivered) - len(first)
    more = (_rest(ctx, rest),) if rest else ()
    return Message(shown.title, (lead, *shown.blocks, *more))


def _tied(ctx: Context, cases: list[Case]) -> set[int]:
    """The applications of these about which somebody could be asked for a word."""
    return warm(ctx.unit, ctx.seeker.id, cases, ctx.today) if cases else set()


def _rest(ctx: Context, count: int) -> Text:
    return text(f"{count} more: {ctx.named('today')} again.")


def nudge_row(ctx: Context, nudge: Nudge, case: Case | None) -> Item:
    """A nudge in a list: what it is about, when it is or was due, and the way to open it."""
    name = name_of(nudge)
    words = WARNING if is_warning(nudge) else NUDGES[nudge.kind]
    colon = "" if words.endswith("?") else ":"
    label = f"{words}{colon} {case.application.title}" if case else words
    due = "when you resume" if nudge.due_at >= FOREVER else when(nudge.due_at, ctx.seeker)
    about = f"Open {label}"
    return Item((Bold(label), ", ", due), button("Open", "open", Style.PLAIN, about, nudge=name))


def _named(ctx: Context, name: str) -> Nudge | None:
    key = key_of(ctx.seeker, name)
    return next((n for n in ctx.unit.nudges.of(ctx.seeker.id) if n.key == key), None)


@commands.command(hidden=True)
def job_open(
    ctx: Context,
    nudge: Annotated[str, Opt("Which nudge", hidden=True)] = "",
) -> Answer:
    """Show one nudge in full, due or not."""
    found = _named(ctx, nudge)
    if found is None:
        return not_found()
    case = ctx.case(found.application) if found.application else None
    if found.application and case is None:
        return not_found()
    if case and not any(key_of(ctx.seeker, w.name) == found.key for w in ctx.wanted(case)):
        row = Buttons((button("Open", "show", application=str(found.application)),))
        return Message(title(case.application.title), (SETTLED, row))
    if found.kind.of_club:
        said = told(ctx.unit, ctx.seeker, found, ctx.now)
        if isinstance(said, str):
            return Message(NUDGES[found.kind], (SETTLED,))
        return Message(title(said[0]), tuple(said[1]))
    everything = tuple(ctx.cases({a.number for a in ctx.application_choices()}).values())
    early = replace(found, due_at=max(found.due_at, ctx.now))
    tied = _tied(ctx, [case] if case else [])
    heading, blocks = nudge_part(
        ctx.seeker, early, case, everything, ctx.letters, ctx.now, warm=bool(tied)
    )
    return Message(title(heading), tuple(blocks))


@commands.command(hidden=True)
def job_snooze(
    ctx: Context,
    nudge: Annotated[str, Opt("Which nudge", hidden=True)] = "",
    until: Annotated[date | None, Opt("Until which day; tomorrow if left out")] = None,
) -> Answer:
    """Put it off: the nudge comes again another day."""
    found = _named(ctx, nudge)
    case = ctx.case(found.application) if found else None
    wants = (
        any(key_of(ctx.seeker, w.name) == found.key for w in ctx.wanted(case))
        if found and case
        else False
    )
    if found is None or case is None:
        return not_found()
    if not wants:
        words = "That is settled already, so there is nothing to bring back."
        return Message(title(case.application.title), (text(words),))
    chosen = until or ctx.today + timedelta(days=1)
    if chosen <= ctx.today:
        raise Problems({"until": Unfit("That day is over. Until when?")})
    at = allowed(_at_hour(ctx, chosen, working=until is None), ctx.seeker)
    same = found.snoozed_until == at and found.state is NudgeState.PLANNED
    if not same:
        ctx.unit.nudges.save(
            replace(
                found,
                state=NudgeState.PLANNED,
                snoozed_until=at,
                due_at=at,
                ready_at=at,
                tries=0,
                in_doubt=False,
                why="",
            )
        )
        ctx.replan.add(found.application)
    back = button("Undo", "undo")
    return Message(
        title(f"Later: {case.application.title}"),
        (text("It comes back ", when(at, ctx.seeker), "."), Buttons((back,))),
    )


def _at_hour(ctx: Context, chosen: date, *, working: bool) -> datetime:
    if working:
        return morning(chosen, ctx.seeker)
    return at_local(chosen, ctx.seeker.hour, ctx.zone)


@commands.command(hidden=True)
def job_skip(
    ctx: Context,
    nudge: Annotated[str, Opt("Which nudge", hidden=True)] = "",
) -> Answer:
    """Leave this one out."""
    found = _named(ctx, nudge)
    case = ctx.case(found.application) if found else None
    if found is None or case is None:
        return not_found()
    a = case.application
    if nudge not in a.skipped:
        if settled := _settled(ctx, found, case):
            return settled
        ctx.unit.applications.save(replace(a, skipped=(*a.skipped, nudge)))
    heading, words = SKIPPED[found.kind]
    undo = Buttons((button("Undo", "undo"),))
    words = words.format(debrief=ctx.named("debrief"))
    return Message(title(f"{heading}: {a.title}"), (text(words), undo))


def _settled(ctx: Context, nudge: Nudge, case: Case) -> Message | None:
    """What is said to a button of something that is settled already; None when it is not."""
    if any(key_of(ctx.seeker, w.name) == nudge.key for w in ctx.wanted(case)):
        return None
    a = case.application
    row = Buttons((button("Open", "show", **of(a)),))
    letter = case.follow_up if nudge.kind is NudgeKind.FOLLOW_UP else None
    interview = case.interview(nudge.interview)
    if interview and nudge.kind is NudgeKind.THANKS:
        letter = next(iter(case.thanked(interview)), None)
    if letter and letter.sent_at:
        on = day(local_day(letter.sent_at, ctx.seeker), ctx.today)
        words = f"You told me {on}, so there is nothing to skip."
        return Message(title(f"Sent already: {a.title}"), (text(words), row))
    return Message(title(a.title), (SETTLED, row))


@commands.command(phrase="[until {until}]")
def job_pause(
    ctx: Context,
    until: Annotated[date | None, Opt("Until which day; until you resume if left out")] = None,
) -> Answer:
    """Take a rest: nothing is sent until then."""
    if until is not None and until <= ctx.today:
        raise Problems({"until": Unfit(f"{day(until, ctx.today)} is no day ahead. Until when?")})
    start = at_local(until, time(0), ctx.zone) if until else None
    since = ctx.seeker.paused_from if ctx.is_paused else ctx.now
    ctx.save_seeker(replace(ctx.seeker, paused_from=since, paused_until=start))
    row = (button("Resume", "resume"), button("Undo", "undo"))
    if start is None:
        words = f"Nothing is sent until you say {ctx.named('resume')}. "
        words += "What falls due waits for you."
        return Message("Rest well", (text(words), Buttons(row)))
    back = next_morning(start - timedelta(microseconds=1), ctx.seeker)
    words = f"Nothing is sent until {day(local_day(back, ctx.seeker), ctx.today)}. "
    words += "What falls due meanwhile comes that morning."
    return Message("Rest well", (text(words), Buttons(row)))


@commands.command()
def job_resume(ctx: Context) -> Answer:
    """End the rest; what waited comes on the next working morning."""
    if not ctx.is_paused:
        return Message("You were not resting", (text("Everything goes on as planned."),))
    ctx.save_seeker(replace(ctx.seeker, paused_until=ctx.now))
    back = next_morning(ctx.now, ctx.seeker)
    words = ("Whatever waited comes ", when(back, ctx.seeker), ".")
    row = (button("What is due", "today", Style.PRIMARY), button("Undo", "undo"))
    return Message("Welcome back", (text(*words), Buttons(row)))
