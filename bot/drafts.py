"""From records to letters: which facts go into which letter, and to whom. Invents nothing."""

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from bot.letters.draft import Draft, Letter, Letters
from bot.letters.facts import Facts
from bot.model import (
    Application,
    Case,
    Channel,
    FollowUp,
    Interview,
    LetterKind,
    Person,
    Seeker,
)


@dataclass(frozen=True)
class Drafted:
    """A letter ready to be copied: ours, or the person's own edit of it.

    `person` names an interviewer in a button, whatever their place in the list or their address
    becomes; it is empty for letters to nobody in particular.
    """

    kind: LetterKind
    channel: Channel
    facts: Facts
    letter: Letter
    interview: int = 0
    person: str = ""
    edited: bool = False
    draft: Draft | None = None


def after_applying(
    letters: Letters, seeker: Seeker, case: Case, channel: Channel | None = None
) -> Drafted:
    """The one follow-up after applying, by e-mail unless said otherwise."""
    edit = _edit(case, LetterKind.APPLICATION, channel)
    chosen = channel or (edit.channel if edit else Channel.EMAIL)
    contact = case.application.contact or Person("")
    facts = _facts(seeker, case.application, LetterKind.APPLICATION, chosen, contact)
    return _drafted(letters, facts, edit)


def to_lead(
    letters: Letters, seeker: Seeker, case: Case, lead: Person, channel: Channel | None = None
) -> Drafted:
    """A note that asks somebody with a tie to the employer for a word."""
    chosen = channel or Channel.EMAIL
    facts = _facts(seeker, case.application, LetterKind.LEAD, chosen, lead)
    return _drafted(letters, facts, None)


def after_interview(
    letters: Letters,
    seeker: Seeker,
    case: Case,
    interview: Interview,
    channel: Channel | None = None,
) -> list[Drafted]:
    """One letter for each interviewer, each different; after a missed meeting, the one for that."""
    kind = LetterKind.MISSED if interview.missed else LetterKind.INTERVIEW
    people = interview.interviewers or (case.application.contact or Person(""),)
    found = []
    for place, person in enumerate(people):
        number = marked(person.name) if interview.interviewers else ""
        edit = _edit(case, kind, channel, interview.number, person.name)
        chosen = channel or (edit.channel if edit else Channel.EMAIL)
        facts = _facts(seeker, case.application, kind, chosen, person, interview, place, people)
        found.append(_drafted(letters, facts, edit, interview.number, number))
    return found


def addressee(drafted: Drafted) -> str:
    """Whom a letter is for, as it is kept with the record of its sending."""
    return drafted.facts.to_name


def marked(name: str) -> str:
    """A name made short enough for a button."""
    return f"{crc32(name.casefold().encode()):x}"


def _edit(
    case: Case, kind: LetterKind, channel: Channel | None, interview: int = 0, to: str = ""
) -> FollowUp | None:
    mine = [
        f
        for f in case.followups
        if f.text and not f.sent_at and (f.kind, f.interview) == (kind, interview)
    ]
    mine = [f for f in mine if (channel is None or f.channel is channel) and (not to or f.to == to)]
    return mine[-1] if mine else None


def _drafted(
    letters: Letters, facts: Facts, edit: FollowUp | None, interview: int = 0, person: str = ""
) -> Drafted:
    if edit is not None:
        letter = Letter.of_text(edit.text, facts)
        return Drafted(facts.kind, facts.channel, facts, letter, interview, person, edited=True)
    draft = letters.draft(facts)
    return Drafted(facts.kind, facts.channel, facts, draft.letter, interview, person, draft=draft)


def _facts(
    seeker: Seeker,
    application: Application,
    kind: LetterKind,
    channel: Channel,
    to: Person,
    interview: Interview | None = None,
    place: int = 0,
    people: tuple[Person, ...] = (),
) -> Facts:
    own, shared = _themes(interview, to, people)
    return Facts(
        kind=kind,
        channel=channel,
        role=application.role,
        company=application.company,
        applied_on=application.applied_on,
        to_name=to.name,
        to_email=to.email,
        agency=application.agency,
        referred_by=application.referrer,
        fit=application.fit,
        proof=application.proof,
        why_here=application.why_here,
        strengths=seeker.strengths,
        reasons=interview.reasons if interview else "",
        themes=shared,
        own_themes=own,
        unsaid=interview.unsaid if interview else "",
        decision_on=application.decision_on,
        interview_on=_local(interview.starts_at, seeker).date() if interview else None,
        position_in_row=place,
        name=seeker.name,
        profile=seeker.profile,
        premium=seeker.premium,
    )


def _themes(
    interview: Interview | None, to: Person, people: tuple[Person, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What this interviewer cared about ("Dana: scaling"), and what is nobody's in particular."""
    own: list[str] = []
    shared: list[str] = []
    for theme in interview.themes if interview else ():
        name, colon, words = theme.partition(":")
        owner = next((p for p in people if colon and _is_called(p, name)), None)
        if owner is None:
            shared.append(theme)
        elif owner == to:
            own.append(words.strip())
    return tuple(own), tuple(shared)


def _is_called(person: Person, name: str) -> bool:
    said, full = name.strip().casefold(), person.name.casefold()
    return bool(said) and (said == full or said in full.split())


def _local(at: datetime, seeker: Seeker) -> datetime:
    return at.astimezone(seeker.tz)
