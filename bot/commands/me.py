"""What a club sees of one of its members, and what they take part in: each their own choice."""

from dataclasses import replace
from typing import Annotated

from bot.clubs.records import Club, Member
from bot.command import Opt, Registry
from bot.commands.clubs import NAMED
from bot.commands.membership import WHICH_CLUB, club_button, in_none, own_club, unlike_others
from bot.context import Context
from bot.gathering import mend_posts, met_with, replan_club
from bot.leads import hold_questions, pass_on
from bot.message import Answer, Buttons, Facts, Message, Spans, shorten, text

commands = Registry("club")

HELPS = (
    "Members may hear that somebody here has a tie to an employer, not who; I ask you first. "
    "As people come and go, it can be guessed who"
)
NAMES = "It may come out that it is you, as in a club of two; who found work may thank you by name"
PARTNERS = "A partner for each week, who sees your name and the goal that you chose to show"


@commands.command()
def club_me(
    ctx: Context,
    called: Annotated[str, NAMED] = "",
    helps: Annotated[bool | None, Opt("May I ask you for a word where you have a tie?")] = None,
    named: Annotated[bool | None, Opt("May it be clear that the tie is yours?")] = None,
    partners: Annotated[bool | None, Opt("Do you want a partner each week?")] = None,
    club: Annotated[int, WHICH_CLUB] = 0,
) -> Answer:
    """What your club sees of you, and what you take part in."""
    if helps is False:
        hold_questions(ctx.unit, ctx.seeker.id)
    found = own_club(ctx, club)
    if found is None:
        return in_none(ctx)
    here, mine = found
    changed = replace(
        mine,
        name=shorten(called, 60) or mine.name,
        helps=mine.helps if helps is None else helps,
        named=mine.named if named is None else named,
        partners=mine.partners if partners is None else partners,
        goal="" if partners is False else mine.goal,
    )
    if changed == mine:
        return Message(
            f"You in {here.name}", (_facts(mine), text(_SEEN, small=True), _row(here, mine))
        )
    if changed.name != mine.name:
        unlike_others(ctx, here, changed.name)
    if here.founder == mine.seeker_id and here.posted_by != changed.name:
        here = replace(here, posted_by=changed.name)
        ctx.unit.clubs.save(here)
    ctx.unit.clubs.put_member(changed)
    if mine.helps and not changed.helps:
        pass_on(ctx.unit, ctx.seeker, ctx.now)
    replan_club(ctx.unit, here, ctx.now)
    if changed.name != mine.name or (mine.named and not changed.named):
        # What was agreed to under another name, or by name, is taken back where it stands.
        mend_posts(ctx.unit, here, met_with(ctx.unit, mine), ctx.now, others=True)
    ctx.lasting = True
    return Message(f"You in {here.name}, from now on", (_facts(changed), _row(here, changed)))


_SEEN = "Beyond this the others see only what you share yourself, as you have seen it before."


def _facts(member: Member) -> Facts:
    rows: list[tuple[str, Spans]] = [("The others call you", (member.name,))]
    for label, yes, words in (
        ("Asked for a word", member.helps, HELPS),
        ("Known by name", member.named, NAMES),
        ("Partners", member.partners, PARTNERS),
    ):
        rows.append((label, (f"{'yes' if yes else 'no'}. {words}.",)))
    if member.partners and member.goal:
        rows.append(("Your goal", (member.goal,)))
    return Facts(tuple(rows))


def _row(club: Club, member: Member) -> Buttons:
    helps, named = member.helps, member.named
    partner = club_button("Take part in partners", "partner", club)
    if member.partners:
        partner = club_button("Stop partners", "partner", club, off="yes")
    return Buttons(
        (
            club_button(
                "Do not ask me for a word" if helps else "Ask me for a word",
                "me",
                club,
                helps="no" if helps else "yes",
            ),
            club_button(
                "Do not name me" if named else "You may name me",
                "me",
                club,
                named="no" if named else "yes",
            ),
            partner,
        )
    )
