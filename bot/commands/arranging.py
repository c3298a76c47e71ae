"""What whoever organizes a club may set: when it meets, where, and whether it rests."""

from dataclasses import replace
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.cards.clubs import opening_message, shown_first
from bot.clubs.calendar import country_of, knows_holidays
from bot.clubs.policy import coming, following, opening_name, rhythm
from bot.clubs.records import Club, Meeting
from bot.command import Opt, Problems, Registry
from bot.commands.choices import zones
from bot.commands.clubs import MOST
from bot.commands.membership import (
    WHICH_CLUB,
    arrangers,
    club_button,
    in_none,
    may_arrange,
    next_ones,
    own_club,
    rhythm_words,
    when_it_meets,
)
from bot.context import Context
from bot.gathering import replan_club
from bot.message import (
    Answer,
    Block,
    Buttons,
    Call,
    Facts,
    Form,
    Message,
    Spans,
    Style,
    When,
    shorten,
    text,
)
from bot.model import NudgeKind, Weekday
from bot.plan import write
from bot.policy import Wanted, changes, key_of
from bot.readers import Unfit

commands = Registry("club")

# The parts of the form.
WHEN, CLUB = "When it meets", "The club"
YES, NO = {"yes", "y", "on", "true"}, {"", "no", "n", "off", "false", "none"}


@commands.command()
def club_settings(
    ctx: Context,
    day: Annotated[Weekday | None, Opt("On which day of the week?", part=WHEN)] = None,
    hour: Annotated[time | None, Opt("When does it begin? For example 18:00", part=WHEN)] = None,
    zone: Annotated[ZoneInfo | None, Opt("In which time zone?", complete=zones, part=WHEN)] = None,
    minutes: Annotated[int | None, Opt("How many minutes does it take?", part=WHEN)] = None,
    holidays: Annotated[
        str | None, Opt("Leave public holidays out? Yes, no, or a country such as US", part=WHEN)
    ] = None,
    name: Annotated[str | None, Opt("What is it called?", part=CLUB)] = None,
    size: Annotated[int | None, Opt("How many is it meant for?", part=CLUB)] = None,
    rest: Annotated[bool | None, Opt("Shall it rest until you wake it?", part=CLUB)] = None,
    here: Annotated[bool | None, Opt("Move it to this channel?", part=CLUB)] = None,
    change: Annotated[bool, Opt("Open the form", hidden=True)] = False,
    kept: Annotated[bool, Opt("Whether it goes on", hidden=True)] = False,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """When your club meets, where, and whether it rests."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    old, _ = found
    given = ctx.given - {"change", "kept", "club"}
    if not may_arrange(ctx, old):
        if not (given or change or kept):
            return Message(
                old.name, (_facts(ctx, old), text(f"{arrangers(ctx, old)} can change it."))
            )
        words = f"{arrangers(ctx, old)} can change this; {ctx.named('club settings')} shows it."
        return Message(f"Ask whoever organizes {old.name}"[:150], (text(words),))
    if change:
        return Form(Call("club settings", _answers(old)), intro=f"For {old.name}")
    if kept:
        ctx.unit.clubs.save(replace(old, asked_at=ctx.now))
        ctx.lasting = True
        return Message(f"{old.name} goes on", (when_it_meets(ctx, old, next_ones(ctx, old)),))
    if not given:
        return Message(old.name, (_facts(ctx, old), _row(old)))
    where = str(zone or old.zone)
    new = replace(
        old,
        weekday=day.number if day else old.weekday,
        at=hour or old.at,
        zone=where,
        country=_country(old, where, holidays, asked="holidays" in given),
        minutes=old.minutes if minutes is None else min(max(minutes, 15), 240),
        size=old.size if size is None else min(max(size, 2), MOST),
        name=shorten(name or "", 60) or old.name,
        resting=old.resting if rest is None else rest,
    )
    if here:
        refused = _refused(ctx, old)
        if refused:
            return refused
        # Where its channel was lost it rests; whoever calls it here wants it to meet here.
        new = replace(new, channel=ctx.channel, resting=bool(rest))
    if old.resting and not new.resting:
        new = replace(new, asked_at=ctx.now)
    if new == old:
        replan_club(ctx.unit, old, ctx.now)
        return Message(f"{old.name} stays as it was", (_facts(ctx, old), _row(old)))
    ctx.unit.clubs.save(new)
    _set_anew(ctx, old, new)
    replan_club(ctx.unit, new, ctx.now)
    ctx.lasting = True
    heading = f"{new.name} is changed"
    if new.resting != old.resting:
        heading = f"{new.name} rests" if new.resting else f"{new.name} is awake again"
    return Message(heading, (_facts(ctx, new), _row(new)))


@commands.command(hidden=True)
def club_announce(ctx: Context, club: Annotated[int, WHICH_CLUB] = 0) -> Answer:
    """Tell the channel that the club is there, once."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, _ = found
    if not may_arrange(ctx, here):
        words = f"{arrangers(ctx, here)} can tell the channel."
        return Message(f"Ask whoever organizes {here.name}"[:150], (text(words),))
    if not here.channel:
        return Message("There is no channel to tell", (text(f"{rhythm_words(here)}."),))
    own = ctx.unit.seekers([here.seeker_id])[here.seeker_id]
    named = opening_name(here.seeker_id)
    stored = [n for n in ctx.unit.nudges.standing(own.id) if n.key == key_of(own, named)]
    plan = changes(
        [Wanted(named, NudgeKind.OPENING, ctx.now)] if not stored else [], [], own,
        here.platform, "",
    )  # fmt: skip
    if not plan:
        return Message("The channel was told", (text("Once is enough."),))
    write(ctx.unit, plan)
    ctx.lasting = True
    return Message("The channel will see this now", tuple(shown_first(opening_message(here))))


def _set_anew(ctx: Context, old: Club, new: Club) -> None:
    """Bring the meetings ahead in line with a changed rhythm.

    The next one keeps its number, so that what members have shared for it stays theirs; what was
    called off stays so.
    """
    clubs = ctx.unit.clubs
    if rhythm(new) == rhythm(old):
        return
    known = clubs.meetings(new.seeker_id)
    due = coming(known, ctx.now)
    off = [one for one in known if one.cancelled and one.starts_at > ctx.now]
    clubs.drop_meetings(new.seeker_id, ctx.now)
    for meeting in off:
        clubs.put_meeting(meeting)
    if due:
        left = clubs.meetings(new.seeker_id)
        clubs.put_meeting(replace(following(new, left, ctx.now), number=due.number))


def _refused(ctx: Context, club: Club) -> Message | None:
    """Why the club cannot move to where this was said, if it cannot."""
    if not (ctx.channel and ctx.organizes):
        words = "Say this in the channel, where you may arrange things and after inviting me."
        return Message("A club lives in a channel", (text(words),))
    account = ctx.account
    if (account.platform, account.workspace) != (club.platform, club.workspace):
        return Message("A club stays in its workspace", (text("A new one can begin here."),))
    there = ctx.unit.clubs.here(account.platform, account.workspace, ctx.channel)
    if any(one.seeker_id != club.seeker_id for one in there):
        return Message("There is a club here already", (text("One channel, one club."),))
    return None


def _country(club: Club, zone: str, holidays: str | None, *, asked: bool) -> str:
    """Whose public holidays the club leaves out; raises Problems where nobody knows."""
    if not asked:
        if zone == club.zone or club.country != country_of(club.zone):
            return club.country
        moved = country_of(zone)
        return moved if knows_holidays(moved) else ""
    said = (holidays or "").strip().casefold()
    # "no" is an answer, and Norway is known by its capitals.
    if said in NO and (holidays or "").strip() != "NO":
        return ""
    country = country_of(zone) if said in YES else said.upper()
    if not knows_holidays(country):
        raise Problems({"holidays": Unfit("Whose? Two letters, such as US or DE; or no.")})
    return country


def _answers(club: Club) -> dict[str, str]:
    return {
        "club": str(club.seeker_id),
        "day": list(Weekday)[club.weekday].value,
        "hour": f"{club.at:%H:%M}",
        "zone": club.zone,
        "minutes": str(club.minutes),
        "holidays": club.country or "no",
        "name": club.name,
        "size": str(club.size),
        "rest": "yes" if club.resting else "no",
    }


def _facts(ctx: Context, club: Club) -> Block:
    ahead: list[Meeting] = next_ones(ctx, club)
    next_: Spans = (When(ahead[0].starts_at, club.zone),) if ahead else ("none; it is resting",)
    rows: list[tuple[str, Spans]] = [
        ("Meets", (rhythm_words(club).removeprefix(f"{club.name} meets "),)),
        ("Next", next_),
        ("Takes", (f"{club.minutes} minutes",)),
        ("Time zone", (club.zone,)),
        ("Leaves out", (f"public holidays ({club.country})" if club.country else "no holidays",)),
        ("Meant for", (f"{club.size} people",)),
        ("Organized by", (arrangers(ctx, club),)),
    ]
    return Facts(tuple(rows))


def _row(club: Club) -> Buttons:
    change = club_button("Change", "settings", club, Style.PRIMARY, change="yes")
    if club.resting:
        return Buttons((change, club_button("Wake it", "settings", club, rest="no")))
    return Buttons((change, club_button("Let it rest", "settings", club, rest="yes")))
