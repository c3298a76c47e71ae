"""The words people use: for the choices, and for what a command has a shorter way to say."""

import re
from enum import StrEnum

from bot.model import Channel, Heard, LetterKind, Via, Weekday

_LABELS: tuple[tuple[StrEnum, str], ...] = (
    (Via.COLD, "An advert or their site"),
    (Via.REFERRAL, "Somebody referred me"),
    (Via.AGENCY, "A recruiter or agency"),
    (Via.EVENT, "Met at an event"),
    (Via.APPROACHED, "They approached me"),
    (Heard.REPLY, "They replied"),
    (Heard.INTERVIEW, "They want an interview"),
    (Heard.OFFER, "An offer"),
    (Heard.REJECTION, "A no"),
    (Heard.ACCEPTED, "I accepted"),
    (Heard.WITHDRAWN, "I withdrew"),
    (Heard.CLOSED, "No answer: close it"),
    (Channel.EMAIL, "E-mail"),
    (Channel.LINKEDIN, "LinkedIn note"),
    (LetterKind.APPLICATION, "After applying"),
    (LetterKind.INTERVIEW, "After the interview"),
    (LetterKind.MISSED, "After a missed meeting"),
    (LetterKind.LEAD, "To somebody I know there"),
)

_ALIASES: tuple[tuple[StrEnum, tuple[str, ...]], ...] = (
    (Via.COLD, ("advert", "ad", "board", "job board", "site", "website", "linkedin", "indeed")),
    (Via.REFERRAL, ("referred", "friend", "network", "contact")),
    (Via.AGENCY, ("recruiter", "headhunter", "agent")),
    (Via.EVENT, ("meetup", "fair", "conference")),
    (Via.APPROACHED, ("approach", "inbound", "sourced")),
    (Heard.REPLY, ("replied", "answer", "answered", "they replied")),
    (Heard.INTERVIEW, ("invited", "invite", "call", "screening")),
    (Heard.OFFER, ("offered",)),
    (
        Heard.REJECTION,
        (
            *("rejected", "reject", "no", "no thanks", "no offer", "said no", "they said no"),
            *("rejected me", "they rejected me", "declined", "they declined", "turned down"),
            *("turned me down", "they turned me down", "passed", "they passed"),
        ),
    ),
    (Heard.ACCEPTED, ("accept", "hired", "landed", "got it")),
    (Heard.WITHDRAWN, ("withdraw", "withdrew", "pulled out")),
    (
        Heard.CLOSED,
        ("close", "ghosted", "quiet", "silence", "nothing", "no reply", "no answer"),
    ),
    (Channel.EMAIL, ("e-mail", "mail")),
    (Channel.LINKEDIN, ("li", "note", "linkedin note")),
    *((day, (day[:2], day[:3], f"{day}s")) for day in Weekday),
    (Weekday.TUESDAY, ("tu", "tue", "tues", "tuesdays")),
    (Weekday.THURSDAY, ("th", "thu", "thur", "thurs", "thursdays")),
)

# Members of two enums may be equal as strings, so the type is part of the key.
_BY_MEMBER = {(type(member), member.value): words for member, words in _LABELS}
_OTHER_WORDS = {(type(member), member.value): words for member, words in _ALIASES}


def label(member: StrEnum) -> str:
    """The words shown for a choice: ours, or those that a choice brings itself."""
    own = getattr(member, "label", member.value.capitalize())
    return _BY_MEMBER.get((type(member), member.value), own)


def understood(member: StrEnum) -> tuple[str, ...]:
    """Everything that a person may type for a choice, in lower case."""
    others = _OTHER_WORDS.get((type(member), member.value), getattr(member, "also", ()))
    return (member.value, label(member).casefold(), *others)


# What is said in passing, and the line that a command understands. The first that fits counts.
_IN_PASSING: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:my )?clubs$", re.IGNORECASE), "help club"),
    # A link alone is an advert.
    (re.compile(r"(?=<?https?://\S)"), "applied "),
    (
        re.compile(
            r"i(?:['’]ve| have)(?: got)? (?:an )?interview(?: (?:at|with))?(?=\s|$)", re.IGNORECASE
        ),
        "interview",
    ),
)
_TELLING = re.compile(
    r"(?:(?:hi|hello|hey)[,.!]? )?(?:today )?(?:(?:i['’]ve|i have|i) )?(?:just )?"
    r"(?=(?:applied|heard)\b)",
    re.IGNORECASE,
)
# Small words that are no part of a role or a name; with a capital they may be.
_FILLING: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i:(applied)) (?:to|for(?: (?:an?|the))?) (?=\S)"), r"\1 "),
    (re.compile(r"(?i:(heard)) (?:back )?from (?=\S)"), r"\1 "),
)


def plainly(line: str) -> str:
    """What was typed, as the line that a command understands; most lines stay as they are."""
    for pattern, plain in _IN_PASSING:
        if found := pattern.match(line):
            return f"{plain}{line[found.end() :]}"
    line = line[found.end() :] if (found := _TELLING.match(line)) else line
    for pattern, plain in _FILLING:
        line = pattern.sub(plain, line, count=1) if pattern.match(line) else line
    return line
