"""What a member tells their club before it meets: asked, shown as others will see it, shared."""

from dataclasses import replace
from typing import Annotated

from bot.cards.meetings import preview
from bot.clubs.promises import promise
from bot.clubs.records import Club, Meeting, Member, Report
from bot.command import Opt, Registry
from bot.commands.membership import (
    WHICH_CLUB,
    in_none,
    next_ones,
    own_club,
    under_way,
)
from bot.context import Context
from bot.gathering import mend_posts, replan_club
from bot.message import Answer, Button, Buttons, Call, Form, Message, Style, When, text
from bot.occasions.reports import drafted

commands = Registry("club")

# More of either in a week is a slip of the finger.
MOST = 999
ANSWERS = frozenset(("moved", "ask", "next", "conversations", "followups", "absent"))


@commands.command(phrase="{moved}")
def club_report(
    ctx: Context,
    moved: Annotated[str, Opt("What moved since last time?", long=True)] = "",
    ask: Annotated[str, Opt("One thing to ask the others for", long=True)] = "",
    next: Annotated[str, Opt("What next?", long=True)] = "",
    conversations: Annotated[
        int | None, Opt("Talks with people who decide, to show; empty shows none")
    ] = None,
    followups: Annotated[int | None, Opt("Follow-ups sent, to show; empty shows none")] = None,
    absent: Annotated[bool, Opt("Will you be away?", hidden=True)] = False,
    names: Annotated[bool, Opt("Fill in with employers' names", hidden=True)] = False,
    change: Annotated[bool, Opt("Open the form", hidden=True)] = False,
    sure: Annotated[bool, Opt("Whether it may be shared", hidden=True)] = False,
    whole: Annotated[bool, Opt("Whether nothing is left as it was", hidden=True)] = False,
    about: Annotated[int, Opt("Which meeting, for a button", hidden=True)] = 0,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Your answers for the next meeting; you see first what the club will see."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, mine = found
    coming = under_way(ctx, here) or next_ones(ctx, here)
    if not coming:
        return Message(f"{here.name} is resting", (text("There is no meeting to report for."),))
    meeting = coming[0]
    draft = drafted(ctx.unit, ctx.seeker.id, here, meeting, ctx.now)
    given = ctx.given & ANSWERS
    said = Report(
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
    # Whoever adds something to what they have shared keeps the rest of it.
    left = ANSWERS - given if draft.number and not whole else set()
    report = replace(said, **{name: getattr(draft, name) for name in left})
    if change or not given:
        if given <= {"absent"}:
            report = replace(draft, absent=absent or draft.absent)
        if names:
            named = drafted(ctx.unit, ctx.seeker.id, here, meeting, ctx.now, names=True)
            report = replace(report, moved=named.moved)
        away = "; you will be away, and somebody reads it out" if report.absent else ""
        return Form(_call(here, report), intro=f"For {here.name}{away}")
    if not sure or about not in (0, meeting.number):
        return _preview(ctx, here, mine, meeting, report, instead=sure)
    _keep(ctx, report)
    row = [Button("Change", ctx.later(_call(here, report).plus(change="yes")))]
    if meeting.posted_at:
        # What stands in the channel is not taken back by `undo`; `Change` changes it there.
        ctx.lasting = True
        promise(ctx.unit.clubs, here, meeting, [report])
        mend_posts(ctx.unit, here, [meeting], ctx.now)
        seen = text("The meeting’s message shows it in a moment.")
    else:
        when = When(meeting.starts_at, ctx.seeker.zone)
        seen = text("The club sees it when it meets, ", when, ".")
        if meeting.starts_at <= ctx.now:
            seen = text("The meeting’s message shows it as soon as I can post it.")
        row.append(Button("Undo", Call("job undo")))
    replan_club(ctx.unit, here, ctx.now)
    return Message(f"Shared with {here.name}", (seen, Buttons(tuple(row))))


def _preview(
    ctx: Context,
    club: Club,
    member: Member,
    meeting: Meeting,
    report: Report,
    *,
    instead: bool = False,
) -> Message:
    """The report as the club will see it; `instead` of sharing it for a meeting that is over."""
    call = _call(club, report)
    away = not report.absent
    row = [
        Button("Share it", ctx.later(call.plus(sure="yes")), Style.PRIMARY),
        Button("Change", ctx.later(call.plus(change="yes"))),
        Button(
            "I will be away" if away else "I will be there",
            ctx.later(_call(club, replace(report, absent=away))),
        ),
    ]
    named = drafted(ctx.unit, ctx.seeker.id, club, meeting, ctx.now, names=True)
    if "(" in named.moved and named.moved != report.moved:
        row.append(Button("Fill in with names", ctx.later(call.plus(names="yes", change="yes"))))
    return Message(
        f"What {club.name} will see",
        (
            *((text("That meeting is over; this would be for the next one."),) if instead else ()),
            preview(report, member),
            text(
                "Exactly this, in the message of the meeting ",
                When(meeting.starts_at, ctx.seeker.zone),
                "; nothing before you share it.",
            ),
            Buttons(tuple(row)),
        ),
    )


def _call(club: Club, report: Report) -> Call:
    """The call that says all of a report, and leaves nothing as it was."""
    found = {"moved": report.moved, "ask": report.ask, "next": report.next}
    numbers = {"conversations": report.conversations, "followups": report.followups}
    found |= {name: str(count) for name, count in numbers.items() if count is not None}
    if report.absent:
        found["absent"] = "yes"
    for_ = {"club": str(club.seeker_id), "about": str(report.meeting)}
    return Call("club report", {**found, **for_, "whole": "yes"})


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
