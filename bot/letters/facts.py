"""Knows what a letter may say, as facts and as a template gets them. Must not know our sentences.

Nothing is invented here: an unknown fact becomes an empty text, and the template drops its
sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from bot.letters.check import About
from bot.letters.choice import Said, sound
from bot.letters.names import ROOMS, Rooms, called, day, greeting, position
from bot.letters.phrases import WeaknessCode
from bot.letters.words import listing, paste, sentences, shorten, tidy, units
from bot.model import Channel, LetterKind

# What a letter says in its user's words, what matters most first: what does not fit is left out
# from behind.
_SAYS = {
    LetterKind.APPLICATION: ("referred_by", "fit", "proof", "why_here", "reference"),
    LetterKind.INTERVIEW: ("own_themes", "reasons", "themes", "unsaid"),
    LetterKind.MISSED: ("times", "fit"),
    LetterKind.LEAD: ("fit", "proof", "reference"),
}
# What to ask for when it is missing, what helps most first.
_ASKS = {
    LetterKind.APPLICATION: ("role", "fit", "proof", "why_here", "to_name", "name", "profile"),
    LetterKind.INTERVIEW: ("role", "reasons", "themes", "unsaid", "to_name", "name"),
    LetterKind.MISSED: ("role", "times", "to_name", "name"),
    LetterKind.LEAD: ("role", "fit", "proof", "to_name", "name"),
}
NAMES = ("role", "company", "agency", "to_name", "name", "profile", "referred_by", "reference")
_LISTS = ("themes", "own_themes")
# Goes into a letter whole or not at all: a result or a time cut short may say something else.
UNCUT = (*NAMES, *_LISTS, "proof", "times")
_LONGEST_LINK = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What a letter may say. Every text is as its user typed it; an empty one is simply not known.

    company: empty when an agency has not named the employer.   agency: given, the letter goes to
    its recruiter. fit, why_here, reasons, unsaid, times: the user's own words, a note or whole
    sentences. proof: one concrete result.   strengths: from the profile, used where `fit` says
    nothing. reasons: why they were invited.   themes: what they stressed.   own_themes: what this
    interviewer cared about. times: when a missed meeting could take place.   reference: the job's
    number, or a link to the advert. position_in_row: which of several interviewers this letter is
    for, so that no two get the same one.
    """

    kind: LetterKind
    channel: Channel
    role: str
    company: str = ""
    applied_on: date | None = None
    interview_on: date | None = None
    decision_on: date | None = None
    to_name: str = ""
    to_email: str = ""
    agency: str = ""
    referred_by: str = ""
    reference: str = ""
    fit: str = ""
    proof: str = ""
    why_here: str = ""
    strengths: str = ""
    reasons: str = ""
    themes: tuple[str, ...] = ()
    own_themes: tuple[str, ...] = ()
    unsaid: str = ""
    times: str = ""
    position_in_row: int = 0
    name: str = ""
    profile: str = ""
    premium: bool = False

    @property
    def about(self) -> About:
        """What `check` has to know to read this letter, or its user's edit of it."""
        cuts = [_names(self, rooms) for rooms in ROOMS[self.channel]]
        roles = dict.fromkeys([tidy(self.role), *(names["role"] for names in cuts)])
        names = {tidy(getattr(self, field)) for field in NAMES} | {called(self.to_name)}
        names = names.union(*(cut.values() for cut in cuts)) - {""}
        return About(
            self.kind, self.channel, tuple(filter(None, roles)), tuple(sorted(names)), self.premium
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that would make this letter stronger, what helps most first."""
        instead = {
            "fit": self.strengths,
            "themes": self.own_themes,
            "why_here": self.agency or not self.company,
        }
        return tuple(
            field for field in _ASKS[self.kind] if not (getattr(self, field) or instead.get(field))
        )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence of the user's that is not in the draft, or (TOO_LONG) not all of it, and why."""

    field: str
    words: str
    why: WeaknessCode


def said(facts: Facts, about: About) -> tuple[Said, list[LeftOut]]:
    """What the user said, sentence by sentence; what would weaken the letter is apart."""
    good: dict[str, list[str]] = {}
    left_out: list[LeftOut] = []
    for field in _SAYS[facts.kind]:
        if field == "why_here" and facts.agency:
            continue  # it is addressed to the employer, and the recruiter is not
        for source in ("fit", "strengths") if field == "fit" else (field,):
            if not good.get(field):
                good[field], left = sound(_parts(facts, source), about)
                left_out += [LeftOut(source, part, why) for part, why in left]
    if units(tidy(facts.profile)) > _LONGEST_LINK:
        left_out.append(LeftOut("profile", tidy(facts.profile), WeaknessCode.TOO_LONG))
    return good, left_out


def values(facts: Facts, rooms: Rooms, chosen: Said) -> dict[str, Any]:
    """All a template may use: texts, empty when not known or not chosen; `turn`, `vary` by turn."""
    turn = facts.position_in_row
    texts = {field: "" for fields in _SAYS.values() for field in fields}
    for field, parts in chosen.items():
        if field in NAMES:
            texts[field] = "".join(parts)
        else:
            texts[field] = listing(parts) if field in _LISTS else paste(parts)
    return {
        **_names(facts, rooms),
        **texts,
        "greeting": greeting(facts.to_name, rooms.person),
        "position": position(shorten(tidy(facts.role), rooms.role)),
        "applied_on": day(facts.applied_on),
        "interview_on": day(facts.interview_on),
        "decision_on": day(facts.decision_on),
        "turn": turn,
        "vary": lambda *ways: ways[turn % len(ways)],
    }


def _parts(facts: Facts, field: str) -> list[str]:
    """The pieces that one field's words may be divided into."""
    if field in NAMES:
        name = _names(facts, ROOMS[facts.channel][0])[field]
        return [name] if name else []
    if field not in _LISTS:
        return sentences(getattr(facts, field))
    own = [tidy(theme) for theme in facts.own_themes]
    items = own if field == "own_themes" else [t for t in map(tidy, facts.themes) if t not in own]
    turn = facts.position_in_row % len(items) if items and field == "themes" else 0
    return [item for item in items[turn:] + items[:turn] if item]


# One letter asks several times; few are kept, since they are about people.
@lru_cache(maxsize=4)
def _names(facts: Facts, rooms: Rooms) -> Mapping[str, str]:
    """The names as they stand in a letter with that much room. A link is whole or not there."""
    name, reference, profile = tidy(facts.name), tidy(facts.reference), tidy(facts.profile)
    return {
        "role": shorten(tidy(facts.role), rooms.role),
        "company": shorten(tidy(facts.company), rooms.company),
        "agency": shorten(tidy(facts.agency), rooms.person),
        "name": shorten(name, rooms.person),
        "first_name": shorten(name.split(" ")[0], rooms.person),
        "profile": profile if units(profile) <= _LONGEST_LINK else "",
        "referred_by": shorten(tidy(facts.referred_by), rooms.person),
        "reference": reference if "://" in reference else shorten(reference, rooms.person),
    }
