"""What a member tells their club before it meets: asked, shown as others will see it, shared."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from bot.cards.clubs import preview
from bot.clubs.progress import progress
from bot.clubs.records import Club, Meeting, Member, Report
from bot.command import Opt, Registry
from bot.commands.membership import WHICH_CLUB, club_button, in_none, next_ones, own_club
from bot.context import Context
from bot.gathering import replan_club
from bot.message import Answer, Button, Buttons, Call, Form, Message, Style, When, text

commands = Registry("club")

# Before a club's first meeting, what moved is what moved in a week.
WEEK = timedelta(weeks=1)
# More of either in a week is a slip of the finger.
MOST = 999


@commands.command()
def club_report(
    ctx: Context,
    moved: Annotated[str, Opt("What moved since last time?", long=True)] = "",
    ask: Annotated[str, Opt("One thing to ask the others for", long=True)] = "",
    next: Annotated[str, Opt("What next?", long=True)] = "",
    conversations: Annotated[
        int | None, Opt("Talks with people who decide, to show; empty shows none")
    ] = None,
    followups: Annotated[int | None, Opt("Follow-ups sent, to show; empty shows none")] = None,
    absent: Annotated[bool, Opt("Will you be away? Somebody then reads it out")] = False,
    names: Annotated[bool, Opt("Fill in with employers' names", hidden=True)] = False,
    change: Annotated[bool, Opt("Open the form", hidden=True)] = False,
    sure: Annotated[bool, Opt("Whether it may be shared", hidden=True)] = False,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Your answers for the next meeting; you see first what the club will see."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, mine = found
    coming = next_ones(ctx, here)
    if not coming:
        return Message(f"{here.name} is resting", (text("There is no meeting to report for."),))
    meeting = coming[0]
    answered = ctx.given - {"names", "change", "sure", "club"}
    if change or not answered:
        answers = dict(ctx.answers) if answered else _prefilled(ctx, here, meeting, names=names)
        answers |= {"club": str(here.seeker_id)}
        for name in ("names", "change", "sure"):
            answers.pop(name, None)
        return Form(Call("club report", answers), intro=f"For {here.name}")
    report = Report(
        ctx.seeker.id,
        0,
        here.seeker_id,
        meeting.number,
        ctx.now,
        moved,
        ask,
        next,
        _shown(conversations),
        _shown(followups),
        absent,
    )
    if not sure:
        return _preview(ctx, here, mine, meeting, report)
    _keep(ctx, report)
    replan_club(ctx.unit, here, ctx.now)
    row = (Button("Change", ctx.later(ctx.call.plus(change="yes", sure=""))),)
    return Message(
        f"Shared with {here.name}",
        (
            text("The club sees it when it meets, ", When(meeting.starts_at, ctx.seeker.zone), "."),
            Buttons((*row, Button("Undo", Call("job undo")))),
        ),
    )


def _preview(ctx: Context, club: Club, member: Member, meeting: Meeting, report: Report) -> Message:
    call = ctx.call.plus(club=str(club.seeker_id))
    row = (
        Button("Share it", ctx.later(call.plus(sure="yes")), Style.PRIMARY),
        Button("Change", ctx.later(call.plus(change="yes"))),
        club_button("Fill in with names", "report", club, names="yes"),
    )
    return Message(
        f"What {club.name} will see",
        (
            preview(report, member),
            text(
                "Exactly this, at the meeting ",
                When(meeting.starts_at, ctx.seeker.zone),
                "; nothing before you share it.",
            ),
            Buttons(row),
        ),
    )


def _prefilled(ctx: Context, club: Club, meeting: Meeting, *, names: bool) -> dict[str, str]:
    """The answers shared already for this meeting, or what one's own records say of the time since.

    Numbers are left empty: showing one is a choice each time.
    """
    mine = [r for r in ctx.unit.clubs.reports.all(ctx.seeker.id) if r.club == club.seeker_id]
    shared = next((r for r in mine if r.meeting == meeting.number), None)
    if shared is not None and not names:
        found = {"moved": shared.moved, "ask": shared.ask, "next": shared.next}
        numbers = {"conversations": shared.conversations, "followups": shared.followups}
        found |= {name: str(count) for name, count in numbers.items() if count is not None}
        return found | ({"absent": "yes"} if shared.absent else {})
    cases = list(ctx.cases({a.number for a in ctx.application_choices()}).values())
    moved = progress(cases, _last(ctx, club), ctx.now).words(names=names)
    last = max(mine, key=lambda report: report.written_at, default=None)
    said = f"Last time’s goal: {last.next}" if last and last.next else ""
    return {"moved": ". ".join(part for part in (moved, said) if part)}


def _last(ctx: Context, club: Club) -> datetime:
    """When the club last met, as far as it has posted a meeting."""
    met = [m.starts_at for m in ctx.unit.clubs.meetings(club.seeker_id) if m.posted_at]
    return max(met, default=ctx.now - WEEK)


def _keep(ctx: Context, report: Report) -> None:
    """Store the report in place of an earlier one for the same meeting."""
    reports = ctx.unit.clubs.reports
    same = (report.club, report.meeting)
    earlier = [r for r in reports.all(report.seeker_id) if (r.club, r.meeting) == same]
    if earlier:
        reports.save(replace(report, number=earlier[0].number))
    else:
        reports.add(report)


def _shown(count: int | None) -> int | None:
    return None if count is None else min(max(count, 0), MOST)
