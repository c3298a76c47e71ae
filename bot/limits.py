"""What one person may keep and do, so that nobody is in another's way. Knows no platform, no SQL.

Each is far beyond a real search of years; a script meets them. Texts are counted in characters.

    what                              at most                                 bounded in
    an answer of one line             200; an address 2,000                   bot.readers
    an answer with paragraphs         10,000                                  bot.readers
    words that name an application    500, of which 24 words count            bot.readers
    a call's answers                  60, of 200,000 together                 here, at the desk
    a line written in Discord         4,000                                   adapters.discord
    a request over HTTP               1 MB, in ten seconds                    adapters.web.guard
    people at an interview            10                                      bot.readers
    themes of an interview            50                                      here
    applications                      2,000 at a time, of 10 million          here
    interviews                        100 an application, 5,000 ever          here
    replies                           500 an application, 10,000 ever         here
    letters, drafts included          500 an application, 10,000 ever         here
    nudges about an application       1,000 ever, the dropped included        here
    nudges about none                 one review a week                       bot.policy
    people in a club                  40                                      bot.commands.clubs
    clubs a person is in              20                                      bot.commands.clubs
    employers nobody asks about       200                                     bot.commands.ties
    ties to employers                 200                                     bot.commands.ties
    what one means to do next         200                                     bot.commands.actions
    words asked for                   5 open at a time, in 1,000 characters   bot.clubs.asking
    changes that can be undone        the last 29, 30 days, of 5 million      storage.journal
    calls kept for buttons            the last 100, 30 days                   storage.journal
    an address to leave by            one of a kind, ten minutes              bot.exits
    a message, its buttons            as the tightest platform has it         bot.message, bot.fit
    answers offered while typing      25                                      bot.looking
    commands                          60 a minute, 30 at once                 here, at the desk
    answers asked for while typing    240 a minute, 60 at once                here, at the desk
    drawings of the board             120 a minute, 60 at once                here, at the desk

"Ever" is by number: numbers are never given twice, so that nothing has to be counted. What is
counted is counted only for those whose numbers are that high.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bot.message import Call, Message, text
from bot.model import Application, FollowUp, Interview, Reply, Who
from bot.ports import Records, Unavailable, Unit

CALL_ANSWERS, CALL_TEXT = 60, 200_000
APPLICATIONS = 2_000
APPLICATIONS_TEXT = 10_000_000
# No application holds more than 45,000 characters, so fewer than these cannot be too long.
CANNOT_BE_TOO_LONG = 200
INTERVIEWS, INTERVIEWS_EVER = 100, 5_000
REPLIES, REPLIES_EVER = 500, 10_000
LETTERS, LETTERS_EVER = 500, 10_000
NUDGES = 1_000
THEMES = 50
# Whose pace is remembered in a process. Whoever has long done nothing is forgotten first, which
# gives them no more than they have by then anyway.
PEOPLE = 10_000

TOO_FAST = Message(
    "One moment, please",
    (text("That was a lot at once, so this one was left out. Give me a minute, then go on."),),
    failed=True,
)
TOO_LONG = Message(
    "That is too much for one go",
    (text("Nothing was changed. A shorter one, please."),),
)

Belonging = TypeVar("Belonging", Interview, Reply, FollowUp)
_WORDS = {Interview: "interviews", Reply: "replies", FollowUp: "letters"}
_MOST = {
    Interview: (INTERVIEWS, INTERVIEWS_EVER),
    Reply: (REPLIES, REPLIES_EVER),
    FollowUp: (LETTERS, LETTERS_EVER),
}


class Full(Unavailable):
    """There is no room for what is to be kept. Raised inside the work, so nothing is changed."""


def add_application(unit: Unit, application: Application) -> Application:
    """Store a new application; raises Full when this person keeps as many as they may."""
    added = unit.applications.add(application)
    if added.number > CANNOT_BE_TOO_LONG:
        kept = unit.applications.all(added.seeker_id)
        if len(kept) > APPLICATIONS:
            raise Full(
                f"You have {APPLICATIONS:,} applications here, and that is as many as I keep. "
                "Remove one that you no longer need, and there is room again."
            )
        weigh(kept)
    return added


def weigh(applications: Iterable[Application]) -> None:
    """Raises Full when what is written in a person's applications is too much altogether."""
    whole = sum(len(words) for a in applications for words in _texts(a))
    if whole > APPLICATIONS_TEXT:
        raise Full(
            "Your applications hold more words than I keep. Shorten or remove some that you no "
            "longer need, and there is room again."
        )


def _texts(a: Application) -> Iterable[str]:
    yield from (a.company, a.role, a.link, a.fit, a.proof, a.why_here)
    yield from (a.agency, a.referrer, str(a.contact or ""), a.note)


def add_to(records: Records[Belonging], record: Belonging) -> Belonging:
    """Store what belongs to an application; raises Full when it has as many as it may."""
    added = records.add(record)
    words, (most, ever) = _WORDS[type(record)], _MOST[type(record)]
    if added.number > ever:
        raise Full(
            f"That is more than {ever:,} {words} since you began, and I keep no more. "
            "Export what you have; after erasing it you can begin anew."
        )
    if added.number > most and len(records.about(added.seeker_id, added.application)) > most:
        raise Full(f"This application has {most} {words}, and that is as many as I keep of one.")
    return added


def save_application(unit: Unit, known: Iterable[Application], changed: Application) -> None:
    """Store an application that has other words now; raises Full when they are too many.

    `known` are all of this person's, as they were.
    """
    others = [a for a in known if a.number != changed.number]
    if len(others) >= CANNOT_BE_TOO_LONG:
        weigh([*others, changed])
    unit.applications.save(changed)


def room_for_nudges(unit: Unit, application: Application) -> None:
    """Raises Full when too much has been planned and planned anew about an application.

    To be asked before a date changes that gives what is planned by it another name.
    """
    if len(unit.nudges.about(application.seeker_id, application.number)) >= NUDGES:
        raise Full("The dates of this application were changed too often to plan by them anew.")


def too_long(call: Call) -> bool:
    """Whether no form and no line could have such answers."""
    answers = call.answers
    return (
        len(answers) > CALL_ANSWERS
        or sum(map(len, answers)) + sum(map(len, answers.values())) > CALL_TEXT
    )


@dataclass
class _Purse:
    left: float
    at: datetime
    told: bool = False


@dataclass
class Tokens:
    """How often each person may do something: `burst` at once, and `a_minute` in the long run.

    In memory and by process, so several processes allow that much each.
    """

    a_minute: int
    burst: int
    people: int = PEOPLE
    _purses: "OrderedDict[tuple[str, str, str], _Purse]" = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        """How many people are remembered."""
        return len(self._purses)

    def any_left(self, who: Who, now: datetime) -> bool:
        """Whether they may do it now; takes nothing."""
        return self._purse(who, now).left >= 1

    def take(self, who: Who, now: datetime) -> bool:
        """Whether they may do it now, which is then counted."""
        purse = self._purse(who, now)
        if purse.left < 1:
            return False
        purse.left -= 1
        return True

    def first_refusal(self, who: Who, now: datetime) -> bool:
        """Whether they are refused for the first time since they last had all of it left."""
        purse = self._purse(who, now)
        first, purse.told = not purse.told, True
        return first

    def _purse(self, who: Who, now: datetime) -> _Purse:
        key = (who.platform, who.workspace, who.user)
        purse = self._purses.get(key)
        if purse is None:
            purse = self._purses[key] = _Purse(self.burst, now)
            if len(self._purses) > self.people:
                self._purses.popitem(last=False)
            return purse
        self._purses.move_to_end(key)
        # A clock that is put back gives nothing, and takes nothing away.
        minutes = max((now - purse.at).total_seconds(), 0.0) / 60
        purse.left, purse.at = min(purse.left + minutes * self.a_minute, self.burst), now
        purse.told = purse.told and purse.left < self.burst
        return purse


@dataclass
class Pace:
    """How fast one person may go on, where others are served by the same process."""

    commands: Tokens = field(default_factory=lambda: Tokens(60, 30))
    typing: Tokens = field(default_factory=lambda: Tokens(240, 60))
    boards: Tokens = field(default_factory=lambda: Tokens(120, 60))
