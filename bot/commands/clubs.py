"""A club: start it, join it, leave it, and when it meets."""

from dataclasses import replace
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from bot.cards.clubs import opening_message, shown_first
from bot.clubs.calendar import country_of, knows_holidays
from bot.clubs.policy import organizers
from bot.clubs.records import Club, Meeting, Member
from bot.command import Opt, Problems, Registry
from bot.commands.choices import zones
from bot.commands.membership import (
    WHICH_CLUB,
    club_button,
    distinct,
    in_none,
    may_arrange,
    next_ones,
    one_named,
    one_of,
    other_names,
    own_club,
    rhythm_words,
    unlike_others,
    when_it_meets,
)
from bot.context import Context
from bot.gathering import forget_member, replan_club
from bot.message import (
    Answer,
    Block,
    Button,
    Buttons,
    Call,
    Facts,
    Item,
    Items,
    Message,
    Spans,
    Style,
    When,
    shorten,
    text,
)
from bot.model import Weekday
from bot.occasions.removal import tell_removed
from bot.readers import Unfit

commands = Registry("club")

# Real clubs name 3 to 15 people; a go-round of more is no meeting any more.
MOST = 40
# More clubs than anybody can go to in a week.
MOST_CLUBS = 20
NAMED = Opt("What the others call you there")


@commands.command(phrase="{day} {hour}")
def club_start(
    ctx: Context,
    day: Annotated[Weekday, Opt("The day of the week on which it meets")],
    hour: Annotated[time, Opt("When it begins, for example 18:00")],
    name: Annotated[str, Opt("What it is called")] = "",
    zone: Annotated[
        ZoneInfo | None, Opt("Its time zone; yours if left out", complete=zones)
    ] = None,
    size: Annotated[int, Opt("How many it is meant for; 5 to 8 works well")] = 8,
    minutes: Annotated[int, Opt("How many minutes it takes")] = 60,
    called: Annotated[str, NAMED] = "",
) -> Answer:
    """Start a club that meets each week, here."""
    if not ctx.organizes:
        return Message(
            "A club lives in a channel",
            (
                text(
                    "Say this in the channel where it is to meet, after inviting me there. Whoever "
                    "may arrange things there can start one."
                ),
            ),
        )
    there = ctx.unit.clubs.here(ctx.account.platform, ctx.account.workspace, ctx.channel)
    # Where there are no channels several may meet; the same one said twice is one.
    same = there if ctx.channel else [c for c in there if (c.weekday, c.at) == (day.number, hour)]
    if same:
        own = {one.seeker_id for one, _ in ctx.unit.clubs.of(ctx.seeker.id)}
        join = f"{ctx.named('club join')} takes you in"
        what = "You are in it" if same[0].seeker_id in own else join
        return Message("There is a club here already", (text(f"{rhythm_words(same[0])}. {what}."),))
    if full := _too_many(ctx):
        return full
    where = str(zone or ctx.zone)
    country = country_of(where)
    club = ctx.unit.clubs.add(
        Club(
            0,
            shorten(name, 60) or f"{day.value.capitalize()} club",
            ctx.account.platform,
            ctx.account.workspace,
            ctx.channel,
            day.number,
            hour,
            where,
            ctx.now,
            country=country if knows_holidays(country) else "",
            minutes=min(max(minutes, 15), 240),
            size=min(max(size, 2), MOST),
            posted_by=_called(ctx, called),
            founder=ctx.seeker.id,
        ),
        ctx.now,
    )
    mine = _member(ctx, club, called, organizes=True)
    ctx.unit.clubs.put_member(mine)
    ahead = replan_club(ctx.unit, club, ctx.now)
    ctx.lasting = True
    blocks: list[Block] = [
        _facts(club, ahead, [mine]),
        text(f"The others join with {ctx.named('club join')}, each for themselves."),
    ]
    row: tuple[Button, ...] = (club_button("Settings", "settings", club),)
    if club.channel:
        blocks.append(text("The channel knows nothing yet. If you like, it reads exactly this:"))
        blocks += shown_first(opening_message(club))
        row = (club_button("Tell the channel", "announce", club, Style.PRIMARY), *row)
    return Message(f"{club.name} is there", (*blocks, Buttons(row)))


@commands.command()
def club_join(
    ctx: Context,
    called: Annotated[str, NAMED] = "",
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Join the club that meets here."""
    there = ctx.unit.clubs.here(ctx.account.platform, ctx.account.workspace, ctx.channel)
    if not there or not (ctx.channel or ctx.organizes):
        words = "Say this in the channel where your club meets."
        if ctx.organizes and not ctx.channel:
            words = f"{ctx.named('club start DAY HOUR')} begins one."
        return Message("There is no club here", (text(words),))
    found = ctx.unit.clubs.lock(one_of(there, club).seeker_id)
    if found is None:
        return Message("There is no club here", (text("It was closed just now."),))
    members = ctx.unit.clubs.members([found.seeker_id]).get(found.seeker_id, ())
    if any(member.seeker_id == ctx.seeker.id for member in members):
        return Message(
            f"You are in {found.name} already", (when_it_meets(ctx, found, next_ones(ctx, found)),)
        )
    if full := _too_many(ctx):
        return full
    if len(members) >= MOST:
        return Message(f"{found.name} is full", (text("A second one would do everybody good."),))
    mine = _member(ctx, found, called)
    unlike_others(ctx, found, mine.name)
    if not members and found.resting:
        # Nobody was left to wake it.
        found = replace(found, resting=False, asked_at=ctx.now)
        ctx.unit.clubs.save(found)
    ctx.unit.clubs.put_member(mine)
    ahead = replan_club(ctx.unit, found, ctx.now)
    ctx.lasting = True
    return Message(
        f"Welcome to {found.name}",
        (
            when_it_meets(ctx, found, ahead),
            text(
                f"The others see that you are here, as {mine.name}, and nothing else. The evening "
                "before a meeting I ask you three questions, and show you what the club will see."
            ),
            Buttons((club_button("Leave", "leave", found),)),
        ),
    )


@commands.command()
def club_leave(
    ctx: Context,
    sure: Annotated[bool, Opt("Whether you are sure", hidden=True)] = False,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Leave a club; everything that you shared there goes too."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, mine = found
    if not sure:
        stay = Button("Stay", Call("club members", {"club": str(here.seeker_id)}))
        leave = club_button("Leave", "leave", here, Style.DANGER, sure="yes")
        return Message(
            f"Leave {here.name}?",
            (
                text("What you shared there goes with you, and cannot be brought back."),
                Buttons((leave, stay)),
            ),
        )
    forget_member(ctx.unit, mine, ctx.now)
    ctx.lasting = True
    return Message(
        f"You have left {here.name}", (text("I take what was yours out of the posts now."),)
    )


@commands.command()
def club_members(ctx: Context, club: Annotated[int, WHICH_CLUB] = 0) -> Answer:
    """Who is in your club, and when it meets."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, _ = found
    members = ctx.unit.clubs.members([here.seeker_id])[here.seeker_id]
    organize = organizers(members)
    rows = tuple(
        Item((member.name + (", who organizes it" if member.seeker_id in organize else ""),))
        for member in members
    )
    return Message(here.name, (when_it_meets(ctx, here, next_ones(ctx, here)), Items(rows)))


@commands.command(phrase="{member}")
def club_remove(
    ctx: Context,
    member: Annotated[str, Opt("Who?", complete=other_names)],
    who: Annotated[int, Opt("Who, for a button", hidden=True)] = 0,
    sure: Annotated[bool, Opt("Whether you are sure", hidden=True)] = False,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """Take somebody out of a club that you organize."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, _ = found
    if not may_arrange(ctx, here):
        return Message(f"Ask whoever organizes {here.name}"[:150], (text("They can do that."),))
    members = ctx.unit.clubs.members([here.seeker_id])[here.seeker_id]
    chosen = next((one for one in members if one.seeker_id == who), None)
    if who and chosen is None:
        return Message("They are not in it any more")
    if chosen is None:
        chosen = one_named(distinct(members, ctx.seeker.id), member, "member")
    if not sure:
        # By id: once they are out, another of the same name is not meant.
        sure_of = {"sure": "yes", "who": str(chosen.seeker_id), "club": str(here.seeker_id)}
        call = ctx.later(ctx.call.plus(**sure_of))
        return Message(
            shorten(f"Take {chosen.name} out of {here.name}?", 150),
            (
                text(
                    "What they shared there goes with them. They can join again while they can "
                    "write in the channel."
                ),
                Buttons((Button("Take them out", call, Style.DANGER),)),
            ),
        )
    forget_member(ctx.unit, chosen, ctx.now)
    tell_removed(ctx.unit, here, chosen, ctx.now)
    ctx.lasting = True
    return Message(shorten(f"{chosen.name} is out of {here.name}", 150))


@commands.command(hidden=True)
def club_end(ctx: Context, club: Annotated[int, WHICH_CLUB] = 0) -> Answer:
    """How a club ends."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, _ = found
    row = [club_button("Leave", "leave", here)]
    if may_arrange(ctx, here):
        row.insert(0, club_button("Let it rest", "settings", here, rest="yes"))
    words = "A club ends when the last one leaves. Whoever organizes it can let it rest before."
    return Message(f"End {here.name}?"[:150], (text(words), Buttons(tuple(row))))


def _too_many(ctx: Context) -> Message | None:
    if len(ctx.unit.clubs.of(ctx.seeker.id)) < MOST_CLUBS:
        return None
    return Message("That is a lot of clubs", (text("Leave one before you go to another."),))


def _member(ctx: Context, club: Club, called: str, *, organizes: bool = False) -> Member:
    name = _called(ctx, called)
    return Member(ctx.seeker.id, club.seeker_id, ctx.account.id, name, ctx.now, organizes)


def _called(ctx: Context, called: str) -> str:
    """What others call this person; raises Problems when nobody knows."""
    name = shorten(called or ctx.seeker.name or ctx.called, 60)
    if not name:
        raise Problems({"called": Unfit("What shall the others call you?")})
    return name


def _facts(club: Club, ahead: list[Meeting], members: list[Member]) -> Facts:
    rows: list[tuple[str, Spans]] = [
        ("Meets", (rhythm_words(club).removeprefix(f"{club.name} meets "),)),
        ("Time zone", (club.zone,)),
        ("Leaves out", (f"public holidays ({club.country})" if club.country else "no holidays",)),
        ("Meant for", (f"{club.size} people",)),
        ("Organized by", (members[0].name,)),
    ]
    if ahead:
        rows.insert(1, ("Next", (When(ahead[0].starts_at, club.zone),)))
    return Facts(tuple(rows))
