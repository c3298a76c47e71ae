"""Warm leads in the records: who could be asked, who is, and what that brings to whom.

Decides nothing itself (`bot.clubs.asking`). What it tells of others is what they agreed to: that
somebody in a shared club takes questions about an employer. Whoever changes a question holds every
club of whoever asked it (`hold`), so that two who do at once do it one after the other.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import Enum

from bot.clubs.asking import (
    PASSED_ON_FOR,
    Candidate,
    again_on,
    ends_at,
    introduces,
    next_one,
    said_yes,
    waits,
    wanted_of_asker,
    wanted_of_helper,
)
from bot.clubs.employers import key
from bot.clubs.records import Answered, Asked, Asking, Club, Member
from bot.hours import allowed, local_day
from bot.model import Case, Nudge, NudgeKind, NudgeState, Seeker
from bot.plan import write
from bot.policy import Wanted, changes, key_of
from bot.ports import Unit

# What follows from the records at any time; a contact is planned once, when it comes about.
PLANNED = (NudgeKind.ASKED, NudgeKind.UNANSWERED, NudgeKind.GRATITUDE, NudgeKind.INTRODUCTION)
# Whatever was to follow from a question has followed by then, or nobody remembers it.
REMEMBERED = timedelta(days=60)
MET = (NudgeState.SENT, NudgeState.UNDELIVERED, NudgeState.SHOWN)
# What can still be taken back, until the two were brought together.
STANDING = (Answered.WAITING, Answered.YES)


class Came(Enum):
    """What came of an answer."""

    COUNTED = "counted"
    OVER = "over"
    # The two were brought together already, or are just being.
    TOGETHER = "together"


def helpers(unit: Unit, seeker_id: int, company: str, today: date) -> list[tuple[Club, Member]]:
    """Who in a club of this person's takes questions about an employer, each once.

    With one other member "somebody" is a name, so there it takes a helper who may be named. A club
    that rests counts as well.
    """
    named = key(company)
    own = [club for club, _ in unit.clubs.of(seeker_id)] if named else []
    return _among(unit, seeker_id, own, named, today)


def _among(
    unit: Unit, seeker_id: int, own: Sequence[Club], named: str, today: date
) -> list[tuple[Club, Member]]:
    clubs = {club.seeker_id: club for club in own}
    tied = unit.clubs.tied(named, list(clubs), today) if clubs else []
    tied = [(club, member) for club, member in tied if member.seeker_id != seeker_id]
    members = unit.clubs.members({club for club, _ in tied}) if tied else {}
    found: dict[int, tuple[Club, Member]] = {}
    for club, member in tied:
        several = len(members[club]) > 2
        if several or member.named:
            found.setdefault(member.seeker_id, (clubs[club], member))
    return list(found.values())


def warm(unit: Unit, seeker_id: int, cases: Collection[Case], today: date) -> set[int]:
    """Of this person's applications those with an employer about which somebody could be asked.

    Not those about which they asked lately. Who is in no club costs one statement; for many people
    at once `Clubs.in_clubs` says who is in any.
    """
    about = {c.application.number: key(c.application.company) for c in cases}
    own = [club for club, _ in unit.clubs.of(seeker_id)] if any(about.values()) else []
    if not own:
        return set()
    lately = {a.key for a in unit.clubs.askings.all(seeker_id) if today < again_on(a)}
    keys = set(about.values()) - lately - {""}
    known = {named for named in keys if _among(unit, seeker_id, own, named, today)}
    return {number for number, named in about.items() if named in known}


def hold(unit: Unit, seeker_id: int) -> None:
    """Hold every club of this person's until we are done."""
    for club, _ in unit.clubs.of(seeker_id):
        unit.clubs.lock(club.seeker_id)


def hold_questions(unit: Unit, seeker_id: int) -> None:
    """Hold every club of whoever put this person a question that still stands, and their own.

    All in one order, as `bot.clubs.keeping.Clubs.lock` asks. Without such a question, none.
    """
    who = {one.by for one in unit.clubs.asked.all(seeker_id) if one.answer in STANDING}
    who |= {seeker_id} if who else set()
    for held in sorted({club.seeker_id for one in who for club, _ in unit.clubs.of(one)}):
        unit.clubs.lock(held)


def ask_next(unit: Unit, asking: Asking, now: datetime, *, without: int = 0) -> None:
    """Put a question to the next who may be asked, if there is anybody, which nobody is told."""
    asker = unit.seekers([asking.seeker_id])[asking.seeker_id]
    found = helpers(unit, asker.id, asking.employer, local_day(now, asker))
    found = [(club, one) for club, one in found if one.seeker_id != without]
    seekers = unit.seekers([one.seeker_id for _, one in found]) if found else {}
    candidates = [
        Candidate(
            club,
            one,
            _questions(unit, one.seeker_id),
            allowed(now, seekers[one.seeker_id]),
        )
        for club, one in found
    ]
    put = unit.clubs.put_to(asker.id, asking.number)
    chosen = next_one(candidates, asking, put, now)
    if chosen is None:
        return
    helper = chosen.member.seeker_id
    unit.clubs.asked.add(Asked(helper, 0, asker.id, asking.number, chosen.club.seeker_id, now))
    replan_leads(unit, seekers[helper], now)


def _questions(unit: Unit, seeker_id: int) -> list[tuple[Asked, str]]:
    found = []
    for asked in unit.clubs.asked.all(seeker_id):
        refused = asked.answer is Answered.NOT_NOW
        asking = unit.clubs.askings.get(asked.by, asked.asking) if refused else None
        found.append((asked, asking.key if asking else ""))
    return found


def answer(unit: Unit, helper: Seeker, asked: Asked, said: Answered, now: datetime) -> Came:
    """Keep what a helper said to a question, and tell what came of it.

    A yes can be taken back until it has brought two together. After anything else than a yes the
    question goes on to the next one, while there is time.
    """
    hold(unit, asked.by)
    return _answer(unit, helper, asked, said, now)


def _answer(unit: Unit, helper: Seeker, asked: Asked, said: Answered, now: datetime) -> Came:
    put = unit.clubs.put_to(asked.by, asked.asking)
    asking = unit.clubs.askings.get(asked.by, asked.asking)
    mine = next((one for one in put if one.seeker_id == helper.id), None)
    if mine is None or asking is None or mine.answer not in STANDING:
        return Came.OVER
    if mine.answer is Answered.YES:
        if asking.settled_at is not None or together(unit, asking):
            return Came.TOGETHER
        if said is Answered.YES:
            return Came.COUNTED
    counts = not closed(unit, asking) and waits(asking, [o for o in put if o != mine], now)
    if counts or said is not Answered.YES:
        unit.clubs.asked.save(replace(mine, answer=said, answered_at=now))
        replan_leads(unit, helper, now)
    if Answered.YES in (said, mine.answer) and (counts or said is not Answered.YES):
        replan_leads(unit, unit.seekers([asked.by])[asked.by], now)
    if counts and said is not Answered.YES:
        _go_on(unit, asking, now)
    return Came.COUNTED if counts else Came.OVER


def pass_on(unit: Unit, helper: Seeker, now: datetime) -> int:
    """Pass on what a person cannot answer any more, as if they had said no; how many that were.

    That is what they take no questions about, or cannot read in time for they rest.
    To be called before anything that holds a club of theirs, or after `hold_questions`.
    """
    hold_questions(unit, helper.id)
    passed = 0
    for asked in unit.clubs.asked.all(helper.id):
        asking = unit.clubs.askings.get(asked.by, asked.asking)
        if asked.answer not in STANDING or asking is None:
            continue
        tied = unit.clubs.tied(asking.key, [asked.club], local_day(now, helper))
        takes = any(member.seeker_id == helper.id for _, member in tied)
        if not takes or _unread_till_over(unit, helper, asked, asking, now):
            passed += _answer(unit, helper, asked, Answered.NO, now) is Came.COUNTED
    return passed


def _unread_till_over(
    unit: Unit, helper: Seeker, asked: Asked, asking: Asking, now: datetime
) -> bool:
    """Whether somebody rests for so long that they never read a question while it is open."""
    if asked.answer is not Answered.WAITING or allowed(now, helper) < ends_at(asking):
        return False
    keys = {key_of(helper, want.name) for want in wanted_of_helper(helper, asked, asking)}
    standing = unit.nudges.standing(helper.id)
    return any(n.key in keys and n.state is NudgeState.PLANNED for n in standing)


def standing_with(unit: Unit, member: Member) -> list[Asking]:
    """The questions whose answer is lost with a place in a club: put to its member, or theirs."""
    put = [one for one in unit.clubs.asked.all(member.seeker_id) if one.club == member.club]
    found = [unit.clubs.askings.get(one.by, one.asking) for one in put if one.answer in STANDING]
    for asking in unit.clubs.askings.all(member.seeker_id):
        theirs = unit.clubs.put_to(asking.seeker_id, asking.number)
        if any(one.club == member.club and one.answer in STANDING for one in theirs):
            found.append(asking)
    return [one for one in found if one and one.settled_at is None and not together(unit, one)]


def go_on_without(unit: Unit, askings: Iterable[Asking], member: Member, now: datetime) -> None:
    """Pass on questions once a place in a club is gone (`standing_with`, read before)."""
    for asking in askings:
        if not closed(unit, asking):
            _go_on(unit, asking, now, without=member.seeker_id)
        replan_leads(unit, unit.seekers([asking.seeker_id])[asking.seeker_id], now)


def _go_on(unit: Unit, asking: Asking, now: datetime, *, without: int = 0) -> None:
    if now - asking.asked_at < PASSED_ON_FOR:
        ask_next(unit, asking, now, without=without)


def together(unit: Unit, asking: Asking) -> bool:
    """Whether the two were introduced or told of each other, or are just being.

    So they are once their introduction is claimed, and where an earlier try may have arrived.
    """
    found = introduces(unit.nudges.standing(asking.seeker_id)).get(asking.number, ())
    return _met(found) or any(
        n.state is NudgeState.PLANNED and (n.claim or n.in_doubt) for n in found
    )


def met(unit: Unit, asking: Asking) -> bool:
    """Whether the two were introduced, or told of each other, though one may have left since."""
    return _met(introduces(unit.nudges.standing(asking.seeker_id)).get(asking.number, ()))


def _met(found: Iterable[Nudge]) -> bool:
    return any(n.kind is NudgeKind.CONTACT or n.state in MET for n in found)


def closed(unit: Unit, asking: Asking) -> bool:
    """Whether the application that a question is about is closed: then so is the question."""
    about = (asking.seeker_id, asking.application)
    case = unit.cases([about]).get(about) if asking.application else None
    return case is not None and not case.application.stage.open


def replan_leads(unit: Unit, seeker: Seeker, now: datetime) -> None:
    """Bring what is planned for a person about questions, theirs or put to them, in line."""
    standing = unit.nudges.standing(seeker.id)
    # Whoever holds one looks at the records again before it goes out.
    stored = [nudge for nudge in standing if nudge.kind in PLANNED and not nudge.claim]
    own = [a for a in unit.clubs.askings.all(seeker.id) if a.settled_at is None]
    askings = [a for a in own if now - a.asked_at < REMEMBERED]
    asked = [a for a in unit.clubs.asked.all(seeker.id) if now - a.asked_at < REMEMBERED]
    if not (stored or askings or asked):
        return
    places = {club.seeker_id: member for club, member in unit.clubs.of(seeker.id)}
    accounts = {a.id: a.platform for a in unit.accounts([seeker.id]).get(seeker.id, ())}
    platforms = {club: accounts.get(place.account_id, "") for club, place in places.items()}
    wanted: list[tuple[str, Wanted]] = []
    for question in askings if places else ():
        wanted += _of_asker(unit, seeker, question, standing, platforms)
    for one in asked:
        asking = unit.clubs.askings.get(one.by, one.asking)
        wanted += [(platforms.get(one.club, ""), w) for w in wanted_of_helper(seeker, one, asking)]
    _write(unit, seeker, wanted, stored)


def _of_asker(
    unit: Unit,
    seeker: Seeker,
    asking: Asking,
    standing: Sequence[Nudge],
    platforms: dict[int, str],
) -> Iterable[tuple[str, Wanted]]:
    put = unit.clubs.put_to(seeker.id, asking.number)
    yes = said_yes(put)
    helper = unit.seekers([yes.seeker_id]).get(yes.seeker_id) if yes else None
    platform = platforms.get(yes.club, "") if yes else ""
    introduced = _met(introduces(standing).get(asking.number, ()))
    for want in wanted_of_asker(seeker, asking, put, helper, met=introduced):
        yield platform or next(iter(platforms.values())), want


def _write(
    unit: Unit, seeker: Seeker, wanted: Sequence[tuple[str, Wanted]], stored: Sequence[Nudge]
) -> None:
    why = "the question was answered, or is over"
    names = {key_of(seeker, want.name) for _, want in wanted}
    plan = changes([], [n for n in stored if n.key not in names], seeker, "", why)
    for platform in dict.fromkeys(platform for platform, _ in wanted if platform):
        theirs = [want for on, want in wanted if on == platform]
        keys = {key_of(seeker, want.name) for want in theirs}
        plan += changes(theirs, [n for n in stored if n.key in keys], seeker, platform, why)
    write(unit, plan)
