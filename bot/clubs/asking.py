"""Who may be asked for a word at an employer, when, and what follows: the rules of it. Pure.

Whoever asks sees a yes or nothing: a no, a not-now, silence and a limit are all the same to them,
and so is the moment at which they hear of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.clubs.records import Answered, Asked, Asking, Club, Member
from bot.hours import FOREVER, allowed, local_day, morning, next_morning, paused
from bot.model import Application, Nudge, NudgeKind, Seeker
from bot.policy import Wanted, name_of

# A question that nobody said yes to ends after so long, whatever else was said.
OPEN_FOR = timedelta(days=7)
# Until then it goes on to the next one who may be asked, who so has two days to answer.
PASSED_ON_FOR = timedelta(days=5)
# Two who cannot be brought together yet are looked at again after so long: a rest may be over.
LOOKED_AT = timedelta(days=1)
# Nobody is asked more often than this, whoever asks.
MOST_ASKED, ASKED_WITHIN = 2, timedelta(days=7)
# Whoever says "not now" is not asked by anybody about that employer for so long.
NOT_NOW_FOR = timedelta(days=30)
# Nobody asks about the same employer more often than this, so that what became of the last
# question shows in no answer.
AGAIN_AFTER = timedelta(days=30)
# A yes is thanked for when there was time to put in a word.
THANKED_AFTER = timedelta(days=7)
# Questions that one person has open at a time.
MOST_OPEN = 5
# Characters of a question: with its buttons it fits every platform.
MOST_WORDS = 1000

_NAMED = re.compile(r"lead:([a-z]+):([0-9]+)")
_SHOWN, _HIDDEN = "with my name", "without my name"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who takes questions about an employer, and the club in which they do.

    `questions` are all that they were ever asked, each with the key of the employer that it was
    about, "" where nobody knows any more. `reached_at` is when they may next be written to.
    """

    club: Club
    member: Member
    questions: Sequence[tuple[Asked, str]] = ()
    reached_at: datetime | None = None


def kept(words: str, *, named: bool) -> str:
    """The words of a question as they are kept, with the choice whether their name is shown."""
    return f"{_SHOWN if named else _HIDDEN}\n{words}"


def spoken(asking: Asking) -> tuple[str, bool]:
    """The words of a question as others see them, and whether their writer is named."""
    choice, _, words = asking.words.partition("\n")
    return words, choice == _SHOWN


def first_words(application: Application | None) -> str:
    """What a question may say, from its writer's own record alone; "" without one."""
    if application is None:
        return ""
    said = f"I have applied for {application.role} at {application.company}."
    return f"{said}\n{application.fit}" if application.fit else said


def said_yes(put: Sequence[Asked]) -> Asked | None:
    """The answer that brings two people together, if there is one."""
    return next((one for one in put if one.answer is Answered.YES), None)


def ends_at(asking: Asking) -> datetime:
    """The instant from which on a yes comes too late."""
    return asking.asked_at + OPEN_FOR


def waits(asking: Asking, put: Sequence[Asked], now: datetime) -> bool:
    """Whether a yes still brings two people together."""
    return asking.settled_at is None and now < ends_at(asking) and said_yes(put) is None


def again_on(asking: Asking) -> date:
    """The day from which on its writer may ask about the same employer again."""
    return (asking.asked_at + AGAIN_AFTER).date()


def next_one(
    candidates: Sequence[Candidate], asking: Asking, put: Sequence[Asked], now: datetime
) -> Candidate | None:
    """Who is asked next: of those who may be, the one asked least lately. None: nobody is."""
    before = {one.seeker_id for one in put}
    free = [
        one
        for one in candidates
        if one.member.seeker_id not in before
        and _reached_in_time(one, asking)
        and _may_be_asked(one, asking.key, now)
    ]
    return min(free, key=_last_asked, default=None)


def _reached_in_time(one: Candidate, asking: Asking) -> bool:
    return one.reached_at is None or one.reached_at < asking.asked_at + PASSED_ON_FOR


def _may_be_asked(one: Candidate, about: str, now: datetime) -> bool:
    lately = [asked for asked, _ in one.questions if asked.asked_at > now - ASKED_WITHIN]
    return len(lately) < MOST_ASKED and not any(
        asked.answer is Answered.NOT_NOW
        and key == about
        and (asked.answered_at or asked.asked_at) > now - NOT_NOW_FOR
        for asked, key in one.questions
    )


def _last_asked(one: Candidate) -> tuple[bool, float, int]:
    last = max((asked.asked_at for asked, _ in one.questions), default=None)
    return last is not None, last.timestamp() if last else 0, one.member.seeker_id


def wanted_of_asker(
    seeker: Seeker,
    asking: Asking,
    put: Sequence[Asked],
    helper: Seeker | None = None,
    *,
    met: bool = False,
) -> list[Wanted]:
    """What should come to whoever asked: an introduction and its thanks, or that nobody could help.

    `helper` is who said yes; `met` whether the two were introduced, or told of each other.
    """
    if asking.settled_at is not None:
        return []
    yes = said_yes(put)
    if yes is None or yes.answered_at is None:
        if met:
            return []
        due = allowed(next_morning(ends_at(asking), seeker), seeker)
        return [Wanted(_name("unanswered", asking.number), NudgeKind.UNANSWERED, due)]
    thanks = morning(local_day(yes.answered_at + THANKED_AFTER, seeker), seeker)
    found = [
        Wanted(_name("gratitude", asking.number), NudgeKind.GRATITUDE, allowed(thanks, seeker))
    ]
    if not met:
        due = brought_together_at(yes.answered_at, seeker, helper or seeker, yes)
        if due >= FOREVER:
            due = allowed(yes.answered_at + LOOKED_AT, seeker)
        found.append(Wanted(_name("introduction", asking.number), NudgeKind.INTRODUCTION, due))
    return found


def wanted_of_helper(seeker: Seeker, asked: Asked, asking: Asking | None) -> list[Wanted]:
    """What should come to whoever is asked: the question, until they have answered."""
    if asking is None or asking.settled_at or asked.answer is not Answered.WAITING:
        return []
    due = allowed(asked.asked_at, seeker)
    return [Wanted(_name("asked", asked.number), NudgeKind.ASKED, due)]


def wanted_contact(seeker: Seeker, number: int, now: datetime, *, asker: bool) -> Wanted:
    """That somebody is told of the other, where the two could not be introduced.

    `number` is of their own record: of their question, or of their note that they were asked.
    """
    name = _name("contact" if asker else "contacted", number)
    return Wanted(name, NudgeKind.CONTACT, allowed(now, seeker))


def told_as_helper(nudge: Nudge) -> bool:
    """Whether a nudge about two who were not introduced is the helper's, not the asker's."""
    return name_of(nudge).startswith(_name("contacted", 0)[:-1])


def question_of(nudge: Nudge) -> int:
    """The number, within its owner's records, of what a nudge about a warm lead is about; or 0."""
    found = _NAMED.fullmatch(name_of(nudge))
    return int(found[2]) if found else 0


def introduces(nudges: Sequence[Nudge]) -> Mapping[int, Sequence[Nudge]]:
    """Of one person's nudges those that bring them together with a helper, by their question."""
    found: dict[int, list[Nudge]] = {}
    for nudge in nudges:
        theirs = nudge.kind is NudgeKind.CONTACT and not told_as_helper(nudge)
        if nudge.kind is NudgeKind.INTRODUCTION or theirs:
            found.setdefault(question_of(nudge), []).append(nudge)
    return found


def brought_together_at(at: datetime, asker: Seeker, helper: Seeker, yes: Asked) -> datetime:
    """The first instant from `at` on at which both may be written to; FOREVER while one rests so.

    The asker's where no hour is day for both.
    """
    helper = _as_they_meant(helper, yes)
    found = first = allowed(at, asker)
    for _ in range(14):
        then = allowed(found, helper)
        if max(found, then) >= FOREVER:
            return FOREVER
        found = allowed(then, asker)
        if found == then:
            return found
    return first


def rests_since(yes: Asked, helper: Seeker, now: datetime) -> bool:
    """Whether somebody asked for silence after their yes, and has it now."""
    return paused(now, _as_they_meant(helper, yes))


def _as_they_meant(helper: Seeker, yes: Asked) -> Seeker:
    """Whoever said yes while they rest is brought together all the same."""
    if helper.paused_from and yes.answered_at and helper.paused_from <= yes.answered_at:
        return replace(helper, paused_from=None, paused_until=None)
    return helper


def _name(what: str, number: int) -> str:
    return f"lead:{what}:{number}"
