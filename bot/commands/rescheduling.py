"""A meeting that is moved, or called off; and telling the club so."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from bot.cards.clubs import notice_message, shown_first
from bot.clubs.policy import following, mending_name, notice_name, number_of
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
from bot.gathering import mend_posts, replan_club
from bot.message import Answer, Block, Button, Buttons, Message, When, text
from bot.model import NudgeKind, NudgeState
from bot.plan import write
from bot.policy import Wanted, changes, key_of, name_of
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
    moved = ctx.unit.clubs.put_meeting(replace(meeting, starts_at=to))
    # Those that it passes take place all the same.
    known = ctx.unit.clubs.meetings(here.seeker_id)
    while (between := following(here, known, ctx.now)).starts_at < to:
        known.append(ctx.unit.clubs.put_meeting(between))
    ahead = replan_club(ctx.unit, here, ctx.now)
    ctx.lasting = True
    which = (When(meeting.starts_at, here.zone), " is now on ", When(to, here.zone), ".")
    return Message(
        "The meeting is moved",
        (
            text("The one on ", *which),
            when_it_meets(ctx, here, ahead),
            *_seen(here, moved),
            Buttons((_tell(here, moved),)),
        ),
    )


@commands.command()
def club_cancel(
    ctx: Context,
    sure: Annotated[bool, Opt("Whether one more is off", hidden=True)] = False,
    back: Annotated[int, Opt("Which one takes place after all", hidden=True)] = 0,
    about: Annotated[int, Opt("Which one is off, for a button", hidden=True)] = 0,
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
                        club_button(
                            "Call it off", "cancel", here, sure="yes", about=str(meeting.number)
                        ),
                        _after_all(here, latest),
                    )
                ),
            ),
        )
    if about:
        # Pressed twice it is the same one.
        named = [m for m in known if m.number == about and m.starts_at > ctx.now]
        if not named:
            over = text("There is nothing to call off any more.")
            return Message("That meeting is over", (over,))
        meeting = named[0]
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
    nudges = ctx.unit.nudges.standing(own.id)
    same = [one for one in nudges if one.key == key_of(own, named)]
    notices = [n for n in nudges if n.kind is NudgeKind.NOTICE and number_of(n) == about.number]
    stands = [one for one in notices if one.message_ref][-1:]
    told = stands or [one for one in same if one.state is not NudgeState.DROPPED]
    mended = tuple(f"{mending_name(here, one)}@" for one in stands)
    if told and told == same and not any(name_of(one).startswith(mended) for one in nudges):
        return Message("The club was told", (text("Once is enough."),))
    if stands:
        mend_posts(ctx.unit, here, stands, ctx.now)
    else:
        wanted = [Wanted(named, NudgeKind.NOTICE, ctx.now)]
        write(ctx.unit, changes(wanted, same, own, here.platform, ""))
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
