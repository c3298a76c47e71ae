"""Warm leads in the records: who could be asked, who is, and what that brings to whom.

Decides nothing itself (`bot.clubs.asking`). What it tells of others is what they agreed to: that
somebody in a shared club takes questions about an employer. Whoever changes a question holds every
club of whoever asked it (`hold`), so that two who do at once do it one after the other.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.clubs.asking import (
    PASSED_ON_FOR,
    Candidate,
    again_on,
    introduces,
    next_one,
    said_yes,
    waits,
    wanted_of_asker,
    wanted_of_helper,
)
from bot.clubs.employers import key
from bot.clubs.records import Answered, Asked, Asking, Club, Member
from bot.hours import local_day
from bot.model import Case, Nudge, NudgeKind, NudgeState, Seeker
from bot.plan import write
from bot.policy import Wanted, changes, key_of
from bot.ports import Unit

# What follows from the records at any time; a contact is planned once, when it comes about.
PLANNED = (NudgeKind.ASKED, NudgeKind.UNANSWERED, NudgeKind.GRATITUDE, NudgeKind.INTRODUCTION)
# Whatever was to follow from a question has followed by then, or nobody remembers it.
REMEMBERED = timedelta(days=60)
MET = (NudgeState.SENT, NudgeState.UNDELIVERED, NudgeState.SHOWN)


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


def ask_next(unit: Unit, asking: Asking, now: datetime) -> None:
    """Put a question to the next who may be asked, if there is anybody, which nobody is told."""
    asker = unit.seekers([asking.seeker_id])[asking.seeker_id]
    found = helpers(unit, asker.id, asking.employer, local_day(now, asker))
    candidates = [Candidate(club, one, _questions(unit, one.seeker_id)) for club, one in found]
    put = unit.clubs.put_to(asker.id, asking.number)
    chosen = next_one(candidates, asking, put, now)
    if chosen is None:
        return
    helper = chosen.member.seeker_id
    unit.clubs.asked.add(Asked(helper, 0, asker.id, asking.number, chosen.club.seeker_id, now))
    replan_leads(unit, unit.seekers([helper])[helper], now)


def _questions(unit: Unit, seeker_id: int) -> list[tuple[Asked, str]]:
    found = []
    for asked in unit.clubs.asked.all(seeker_id):
        refused = asked.answer is Answered.NOT_NOW
        asking = unit.clubs.askings.get(asked.by, asked.asking) if refused else None
        found.append((asked, asking.key if asking else ""))
    return found


def answer(unit: Unit, helper: Seeker, asked: Asked, said: Answered, now: datetime) -> bool:
    """Keep what a helper said to a question; whether it still counted.

    After anything but a yes the question goes on to the next one, while there is time.
    """
    hold(unit, asked.by)
    put = unit.clubs.put_to(asked.by, asked.asking)
    asking = unit.clubs.askings.get(asked.by, asked.asking)
    mine = next((one for one in put if one.seeker_id == helper.id), None)
    if mine is None or asking is None or mine.answer is not Answered.WAITING:
        return False
    counts = waits(asking, put, now)
    if counts or said is not Answered.YES:
        unit.clubs.asked.save(replace(mine, answer=said, answered_at=now))
        replan_leads(unit, helper, now)
    if counts and said is Answered.YES:
        replan_leads(unit, unit.seekers([asked.by])[asked.by], now)
    elif counts and now - asking.asked_at < PASSED_ON_FOR:
        ask_next(unit, asking, now)
    return counts


def decline(unit: Unit, helper: Seeker, named: str, now: datetime) -> None:
    """Answer whatever somebody was asked about an employer, of which they want to hear no more."""
    for asked in unit.clubs.asked.all(helper.id):
        asking = unit.clubs.askings.get(asked.by, asked.asking)
        if asked.answer is Answered.WAITING and asking and asking.key == named:
            answer(unit, helper, asked, Answered.NO, now)


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
    together = introduces(standing).get(asking.number, ())
    met = any(n.kind is NudgeKind.CONTACT or n.state in MET for n in together)
    for want in wanted_of_asker(seeker, asking, put, helper, met=met):
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
