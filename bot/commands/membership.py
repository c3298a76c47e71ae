"""What commands of a club share: which club is meant, and how it is spoken of."""

from collections.abc import Sequence
from datetime import timedelta

from bot.clubs.policy import coming, number_of, organizers
from bot.clubs.records import Club, Meeting, Member
from bot.command import Opt, Problems
from bot.context import Context
from bot.gathering import TOO_LATE, replan_club
from bot.message import Block, Button, Call, Message, Style, When, text
from bot.model import NudgeKind, NudgeState, Weekday
from bot.readers import Unfit

# As many as a platform offers while somebody types (Discord: 25).
CHOICES = 25
WHICH_CLUB = Opt("Which club, for a button", hidden=True)


def own_club(ctx: Context, club: int) -> tuple[Club, Member] | None:
    """The club meant, held until we are done, and one's place in it; None without any.

    The one of that id, or else the one that meets here, or the only one. Raises Problems where
    there are several, and where a button means one that they are no longer in.
    """
    own = ctx.unit.clubs.of(ctx.seeker.id)
    if not own:
        return None
    here = [pair for pair in own if ctx.channel and pair[0].channel == ctx.channel]
    chosen = one_of([one for one, _ in (here if here and not club else own)], club)
    held = ctx.unit.clubs.lock(chosen.seeker_id)
    return next(((held, m) for one, m in own if held and one.seeker_id == held.seeker_id), None)


def to_arrange(ctx: Context, club: int) -> tuple[Club, Meeting] | Message:
    """The club meant and its next meeting, for whoever organizes it."""
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, _ = found
    if not may_arrange(ctx, here):
        return Message(
            f"Ask whoever organizes {here.name}",
            (text("They can move a meeting, or call it off."),),
        )
    meeting = next(iter(next_ones(ctx, here)), None)
    return (here, meeting) if meeting else Message(f"{here.name} is resting")


def may_arrange(ctx: Context, club: Club) -> bool:
    """Whether they organize the club."""
    return ctx.seeker.id in organizers(ctx.unit.clubs.members([club.seeker_id])[club.seeker_id])


def arrangers(ctx: Context, club: Club) -> str:
    """Who organizes the club, by name."""
    members = ctx.unit.clubs.members([club.seeker_id])[club.seeker_id]
    them = organizers(members)
    return ", ".join(member.name for member in members if member.seeker_id in them)


def unlike_others(ctx: Context, club: Club, name: str) -> None:
    """Raises Problems where somebody else in the club has that name, whatever the capitals."""
    members = ctx.unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    others = {one.name.casefold(): one.name for one in members if one.seeker_id != ctx.seeker.id}
    if taken := others.get(name.casefold()):
        raise Problems({"called": Unfit(f"There is a {taken} here already. What else?")})


def one_of(clubs: list[Club], club: int) -> Club:
    """The one of that id, or without one the only one. Raises Problems otherwise."""
    named = next((one for one in clubs if one.seeker_id == club), None)
    if club and named is None:
        raise Problems({"club": Unfit("You are not in that club any more.")})
    if named is None and len(clubs) > 1:
        choices = tuple((one.name, str(one.seeker_id)) for one in clubs)
        raise Problems({"club": Unfit("Which club?", choices)})
    return named or clubs[0]


def in_none(ctx: Context) -> Message:
    """What is said to whoever has no club."""
    return Message(
        "You are in no club",
        (text(_how_to_find_one(ctx)),),
    )


def _how_to_find_one(ctx: Context) -> str:
    if ctx.organizes and not ctx.channel:
        return f"{ctx.named('club join')} takes you into one, {ctx.named('club start')} begins one."
    return f"{ctx.named('club join')}, in the channel where one meets, takes you in."


def next_ones(ctx: Context, club: Club) -> list[Meeting]:
    """The next meeting of a club, or none while it rests."""
    if club.resting:
        return []
    meeting = coming(ctx.unit.clubs.meetings(club.seeker_id), ctx.now)
    # There always is one ahead; should that ever have failed, it is planned now.
    return [meeting] if meeting else replan_club(ctx.unit, club, ctx.now)[:1]


def under_way(ctx: Context, club: Club) -> list[Meeting]:
    """The meeting that has begun and is not over, or whose late post is still to come."""
    known = ctx.unit.clubs.meetings(club.seeker_id)
    begun = [m for m in known if m.starts_at <= ctx.now < m.starts_at + TOO_LATE]
    waiting: set[int] = set()
    if any(not one.posted_at for one in begun):
        planned = ctx.unit.nudges.of(club.seeker_id, [NudgeState.PLANNED])
        waiting = {number_of(nudge) for nudge in planned if nudge.kind is NudgeKind.MEETING}
    length = timedelta(minutes=club.minutes)
    return [
        one
        for one in begun
        if (ctx.now < one.starts_at + length if one.posted_at else one.number in waiting)
    ]


def rhythm_words(club: Club) -> str:
    """When a club meets, in words."""
    day = list(Weekday)[club.weekday].value.capitalize()
    return f"{club.name} meets on {day}s at {club.at:%H:%M}"


def when_it_meets(ctx: Context, club: Club, ahead: list[Meeting]) -> Block:
    """The same with the next of the meetings ahead, as the reader's own clock shows it."""
    here = "" if club.zone == ctx.seeker.zone else f" ({club.zone})"
    if not ahead:
        return text(f"{rhythm_words(club)}{here}. It is resting.")
    yours = " your time" if here else ""
    next_ = When(ahead[0].starts_at, ctx.seeker.zone)
    return text(f"{rhythm_words(club)}{here}. Next: ", next_, f"{yours}.")


def club_button(
    label: str, word: str, club: Club, style: Style = Style.PLAIN, **answers: str
) -> Button:
    """A button that calls `club WORD` for this club."""
    return Button(label, Call(f"club {word}", {"club": str(club.seeker_id), **answers}), style)


def other_names(ctx: Context, typed: str) -> list[tuple[str, str]]:
    """The names of those in one's clubs that hold what was typed."""
    clubs = [one for one, _ in ctx.unit.clubs.of(ctx.seeker.id)]
    members = ctx.unit.clubs.members([one.seeker_id for one in clubs])
    names = [name for one in members.values() for name in distinct(one, ctx.seeker.id)]
    found = [name for name in dict.fromkeys(names) if typed.casefold() in name.casefold()]
    return [(name, name) for name in found[:CHOICES]]


def distinct(members: Sequence[Member], without: int) -> dict[str, Member]:
    """The members but one by a name of their own: of two Lees the second is "Lee (2)"."""
    found: dict[str, Member] = {}
    for member in members:
        if member.seeker_id == without:
            continue
        name, count = member.name, 1
        while name in found:
            count += 1
            name = f"{member.name} ({count})"
        found[name] = member
    return found


def one_named(others: dict[str, Member], who: str, option: str) -> Member:
    """The one of that name, whatever the capitals; raises Problems for the option otherwise."""
    alike = [member for name, member in others.items() if name.casefold() == who.casefold()]
    chosen = others.get(who) or (alike[0] if len(alike) == 1 else None)
    if chosen is None:
        choices = tuple((name, name) for name in others)
        raise Problems({option: Unfit("Whom do you mean?", choices)})
    return chosen
