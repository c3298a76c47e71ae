"""What people call the choices: the label that is shown, and other words that are understood."""

from enum import StrEnum

from bot.model import Channel, Heard, LetterKind, Via

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
        ("rejected", "reject", "no", "declined", "turned down", "no offer"),
    ),
    (Heard.ACCEPTED, ("accept", "hired", "landed", "got it")),
    (Heard.WITHDRAWN, ("withdraw", "withdrew", "pulled out")),
    (
        Heard.CLOSED,
        ("close", "ghosted", "quiet", "silence", "nothing", "no reply", "no answer"),
    ),
    (Channel.EMAIL, ("e-mail", "mail")),
    (Channel.LINKEDIN, ("li", "note", "linkedin note")),
)

# Members of two enums may be equal as strings, so the type is part of the key.
_BY_MEMBER = {(type(member), member.value): words for member, words in _LABELS}
_OTHER_WORDS = {(type(member), member.value): words for member, words in _ALIASES}


def label(member: StrEnum) -> str:
    """The words shown for a choice."""
    return _BY_MEMBER.get((type(member), member.value), member.value.capitalize())


def understood(member: StrEnum) -> tuple[str, ...]:
    """Everything that a person may type for a choice, in lower case."""
    others = _OTHER_WORDS.get((type(member), member.value), ())
    return (member.value, label(member).casefold(), *others)
