"""What is said about a warm lead when it is due, read anew from the records. Knows no platform.

Each reason why something is not said any more is for the log of its owner alone; to whoever asked,
a question that nobody said yes to ends in one way.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards.leads import (
    asked_part,
    coming_part,
    contact_part,
    gratitude_part,
    introduction_message,
    unanswered_part,
    waiting_part,
)
from bot.cards.nudges import Part
from bot.clubs.asking import (
    LOOKED_AT,
    brought_together_at,
    ends_at,
    question_of,
    rests_since,
    said_yes,
    told_as_helper,
    waits,
    wanted_contact,
)
from bot.clubs.records import Answered, Asked, Asking, Club, Member
from bot.delivery import Gone, Outcome, Refused
from bot.hours import local_day
from bot.leads import REMEMBERED, closed, hold, met, replan_leads
from bot.model import Account, Case, Nudge, NudgeKind, NudgeState, Seeker
from bot.occasions.post import Post
from bot.plan import write
from bot.policy import changes
from bot.ports import Unit

GONE = "the question is no longer there"
OVER = "the question is over"
ANSWERED = "they have answered"
LEFT = "they are in no club together any more"
CLOSED = "the application is closed"
ENDED = (NudgeState.SENT, NudgeState.DROPPED)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Whoever asked and whoever said yes, as the club knows them, with their accounts there."""

    asking: Asking
    asked: Asked
    club: Club
    asker: tuple[Member, Account]
    helper: tuple[Member, Account]


def asked(unit: Unit, seeker: Seeker, nudge: Nudge, now: datetime) -> Part | str:
    """A question, for the one to whom it is put."""
    mine = unit.clubs.asked.get(seeker.id, question_of(nudge))
    if mine is None:
        return GONE
    if mine.answer is not Answered.WAITING:
        return ANSWERED
    asking, club = unit.clubs.askings.get(mine.by, mine.asking), unit.clubs.get(mine.club)
    if asking is None or club is None:
        return GONE
    if not waits(asking, unit.clubs.put_to(mine.by, mine.asking), now):
        return OVER
    asker = _places(unit, club).get(mine.by)
    if asker is None:
        return LEFT
    if closed(unit, asking):
        return CLOSED
    tied = unit.clubs.tied(asking.key, [club.seeker_id], local_day(now, seeker))
    if all(member.seeker_id != seeker.id for _, member in tied):
        return "they take no questions about it any more"
    return asked_part(mine, asking, club, asker)


def unanswered(unit: Unit, seeker: Seeker, nudge: Nudge, now: datetime) -> Part | str:
    """That nobody could help, for whoever asked."""
    asking = unit.clubs.askings.get(seeker.id, question_of(nudge))
    if asking is None:
        return GONE
    if asking.settled_at is not None or met(unit, asking):
        return OVER
    if said_yes(unit.clubs.put_to(seeker.id, asking.number)):
        return "somebody said yes"
    if not unit.clubs.of(seeker.id):
        return "they are in no club any more"
    case = _case(unit, asking)
    if case and not case.application.stage.open:
        return CLOSED
    return unanswered_part(asking, case) if now >= ends_at(asking) else waiting_part(asking)


def gratitude(unit: Unit, seeker: Seeker, nudge: Nudge, now: datetime) -> Part | str:
    """The thank-you, for whoever asked and was helped."""
    asking = unit.clubs.askings.get(seeker.id, question_of(nudge))
    if asking is None or asking.settled_at is not None:
        return OVER
    if not met(unit, asking):
        return "they were not brought together"
    pair = _pair(unit, asking)
    return LEFT if pair is None else gratitude_part(asking, pair.helper[0], pair.asker[0])


def contact(unit: Unit, seeker: Seeker, nudge: Nudge, now: datetime) -> Part | str:
    """The other one, for each of two who could not be introduced.

    Whoever opens an introduction that is still to come hears that it is.
    """
    number = question_of(nudge)
    if told_as_helper(nudge):
        mine = unit.clubs.asked.get(seeker.id, number)
        asking = unit.clubs.askings.get(mine.by, mine.asking) if mine else None
        pair = _pair(unit, asking) if asking else None
        if pair is None or pair.asked != mine:
            return LEFT
        return contact_part(pair.asking, pair.asker, asker=False)
    if nudge.kind is NudgeKind.INTRODUCTION and nudge.state in ENDED:
        return OVER
    asking = unit.clubs.askings.get(seeker.id, number)
    pair = _pair(unit, asking) if asking else None
    if pair is None:
        return LEFT
    if nudge.kind is NudgeKind.INTRODUCTION and nudge.state is NudgeState.PLANNED:
        return coming_part(pair.asking)
    return contact_part(pair.asking, pair.helper, asker=True)


def introduction(unit: Unit, nudge: Nudge, now: datetime) -> Post | str | datetime:
    """What brings the two together, or when to look again, if it is not day for both.

    Where one has left, or rests beyond the question's week, it ends as any other does.
    """
    hold(unit, nudge.seeker_id)
    asking = unit.clubs.askings.get(nudge.seeker_id, question_of(nudge))
    if asking is None or asking.settled_at is not None:
        return GONE
    if now - asking.asked_at >= REMEMBERED:
        return OVER
    if closed(unit, asking):
        return CLOSED
    asker = unit.seekers([nudge.seeker_id])[nudge.seeker_id]
    pair = _pair(unit, asking)
    if pair is None:
        replan_leads(unit, asker, now)
        return LEFT
    helper = unit.seekers([pair.asked.seeker_id])[pair.asked.seeker_id]
    due = brought_together_at(now, asker, helper, pair.asked)
    ends = ends_at(asking)
    if due > now >= ends and rests_since(pair.asked, helper, now):
        unit.clubs.asked.save(replace(pair.asked, answer=Answered.NO, answered_at=now))
        replan_leads(unit, asker, now)
        return "whoever said yes rests"
    if due > now:
        return min(due, now + LOOKED_AT, ends if ends > now else due)
    message = introduction_message(asking, pair.club, pair.asker, pair.helper)
    return Post(message, brings=(pair.asker[1], pair.helper[1]), channel=pair.club.channel)


def introduced(unit: Unit, nudge: Nudge, outcome: Outcome, now: datetime) -> None:
    """Where two cannot be brought together, tell each of the other; twice is as once."""
    if not isinstance(outcome, Gone | Refused):
        return
    asking = unit.clubs.askings.get(nudge.seeker_id, question_of(nudge))
    pair = _pair(unit, asking) if asking else None
    if pair is None:
        return
    seekers = unit.seekers([pair.asking.seeker_id, pair.asked.seeker_id])
    for (member, account), number, asks in (
        (pair.asker, pair.asking.number, True),
        (pair.helper, pair.asked.number, False),
    ):
        seeker = seekers[member.seeker_id]
        want = wanted_contact(seeker, number, now, asker=asks)
        write(unit, changes([want], [], seeker, account.platform, ""))


def _pair(unit: Unit, asking: Asking) -> _Pair | None:
    """The two who said yes to each other, while both are in the club in which they did."""
    yes = said_yes(unit.clubs.put_to(asking.seeker_id, asking.number))
    club = unit.clubs.get(yes.club) if yes else None
    if yes is None or club is None:
        return None
    places = _places(unit, club)
    asker, helper = places.get(asking.seeker_id), places.get(yes.seeker_id)
    if asker is None or helper is None:
        return None
    accounts = unit.accounts([asker.seeker_id, helper.seeker_id])
    by_id = {account.id: account for theirs in accounts.values() for account in theirs}
    ends = by_id.get(asker.account_id), by_id.get(helper.account_id)
    if ends[0] is None or ends[1] is None:
        return None
    return _Pair(asking, yes, club, (asker, ends[0]), (helper, ends[1]))


def _case(unit: Unit, asking: Asking) -> Case | None:
    """The application that a question is about, if its writer has logged it."""
    about = (asking.seeker_id, asking.application)
    return unit.cases([about]).get(about) if asking.application else None


def _places(unit: Unit, club: Club) -> dict[int, Member]:
    members = unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    return {member.seeker_id: member for member in members}
