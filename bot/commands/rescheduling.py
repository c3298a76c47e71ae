"""A meeting that is moved, or called off; and telling the club so."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from bot.cards.clubs import notice_message, shown_first
from bot.clubs.policy import notice_name
from bot.clubs.records import Club, Meeting
from bot.command import Opt, Problems, Registry
from bot.commands.membership import (
    WHICH_CLUB,
    club_button,
    in_none,
    may_arrange,
    next_ones,
    own_club,
    to_arrange,
    when_it_meets,
)
from bot.context import Context
from bot.gathering import replan_club
from bot.message import Answer, Block, Button, Buttons, Message, When, text
from bot.model import NudgeKind
from bot.plan import write
from bot.policy import Wanted, changes, key_of
from bot.readers import Unfit

commands = Registry("club")


@commands.command(phrase="{to}")
def club_move(
    ctx: Context,
    to: Annotated[datetime, Opt("To when? For example “thu 6pm”")],
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Move the next meeting to another time, once."""
    found = to_arrange(ctx, club)
    if isinstance(found, Message):
        return found
    here, meeting = found
    if not ctx.now < to < ctx.now + timedelta(weeks=4):
        raise Problems({"to": Unfit("A time in the next four weeks, please.")})
    ctx.unit.clubs.put_meeting(replace(meeting, starts_at=to))
    ahead = replan_club(ctx.unit, here, ctx.now)
    ctx.lasting = True
    moved = replace(meeting, starts_at=to)
    tell = Buttons((_tell(here, moved),))
    return Message(
        "The meeting is moved", (when_it_meets(ctx, here, ahead), *_seen(here, moved), tell)
    )


@commands.command()
def club_cancel(
    ctx: Context,
    sure: Annotated[bool, Opt("Whether one more is off", hidden=True)] = False,
    back: Annotated[int, Opt("Which one takes place after all", hidden=True)] = 0,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Call off the next meeting; the week after goes on as always."""
    found = to_arrange(ctx, club)
    if isinstance(found, Message):
        return found
    here, meeting = found
    known = ctx.unit.clubs.meetings(here.seeker_id)
    off = [one for one in known if one.cancelled and one.starts_at > ctx.now]
    again = next((one for one in off if one.number == back), None)
    if back:
        if again is not None:
            ctx.unit.clubs.put_meeting(replace(again, cancelled=False))
            ctx.lasting = True
        replan_club(ctx.unit, here, ctx.now)
        ahead = next_ones(ctx, here)
        blocks: list[Block] = [when_it_meets(ctx, here, ahead)]
        if again is not None:
            on = replace(again, cancelled=False)
            blocks += [*_seen(here, on), Buttons((_tell(here, on),))]
        return Message(f"{here.name} meets", tuple(blocks))
    if off and not sure:
        latest = off[-1]
        return Message(
            "One is off already",
            (
                text("There is none on ", When(latest.starts_at, here.zone), "."),
                text("Call off the one on ", When(meeting.starts_at, here.zone), " too?"),
                Buttons(
                    (
                        club_button("Call it off", "cancel", here, sure="yes"),
                        _after_all(here, latest),
                    )
                ),
            ),
        )
    off_now = ctx.unit.clubs.put_meeting(replace(meeting, cancelled=True))
    ahead = replan_club(ctx.unit, here, ctx.now)
    ctx.lasting = True
    none = When(meeting.starts_at, here.zone)
    return Message(
        "The meeting is off",
        (
            text("There is none on ", none, "."),
            when_it_meets(ctx, here, ahead),
            *_seen(here, off_now),
            Buttons((_tell(here, off_now), _after_all(here, meeting))),
        ),
    )


def _after_all(club: Club, meeting: Meeting) -> Button:
    return club_button("It takes place after all", "cancel", club, back=str(meeting.number))


@commands.command(hidden=True)
def club_tell(
    ctx: Context,
    meeting: Annotated[int, Opt("Which meeting, for a button", hidden=True)] = 0,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Tell the club that a meeting is moved or off."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, _ = found
    if not may_arrange(ctx, here):
        return Message(f"Ask whoever organizes {here.name}"[:150], (text("They can tell it."),))
    known = ctx.unit.clubs.meetings(here.seeker_id)
    about = next((one for one in known if one.number == meeting), None)
    if about is None or about.posted_at or about.starts_at <= ctx.now:
        return Message("That meeting is over", (text("There is nothing to tell any more."),))
    own = ctx.unit.seekers([here.seeker_id])[here.seeker_id]
    named = notice_name(here, about)
    if any(nudge.key == key_of(own, named) for nudge in ctx.unit.nudges.standing(own.id)):
        return Message("The club was told", (text("Once is enough."),))
    wanted = [Wanted(named, NudgeKind.NOTICE, ctx.now)]
    write(ctx.unit, changes(wanted, [], own, here.platform, ""))
    ctx.lasting = True
    return Message(
        "The club reads this in a moment", tuple(shown_first(notice_message(here, about)))
    )


def _seen(club: Club, meeting: Meeting) -> list[Block]:
    """What the club would read, for whoever may tell it."""
    lead = text("The club knows nothing yet. If you like, it reads exactly this:")
    return [lead, *shown_first(notice_message(club, meeting))]


def _tell(club: Club, meeting: Meeting) -> Button:
    return club_button("Tell the club", "tell", club, meeting=str(meeting.number))
