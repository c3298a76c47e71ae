"""Knows how a follow-up letter is made from facts. Must not know who stores, shows or sends it.

The same facts give the same letter. Its sentences are in `templates`, one file for each kind and
channel.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bot.letters.check import About, check, length
from bot.letters.choice import Said, choose
from bot.letters.facts import NAMES, UNCUT, Facts, LeftOut, said, values
from bot.letters.names import ROOMS, Rooms
from bot.letters.phrases import WeaknessCode
from bot.letters.templating import BrokenTemplate, Templates
from bot.model import Channel, LetterKind

_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"]+\.[^\s@<>()\[\]\\,;:\"]+")
_LONGEST_MAILTO = 2000


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter. `body` is plain text; a LinkedIn note has no subject."""

    channel: Channel
    subject: str
    body: str
    to_name: str = ""
    to_email: str = ""

    @classmethod
    def of_text(cls, text: str, facts: Facts) -> "Letter":
        """A letter from its text, such as its user's edit: the inverse of `text`."""
        text = text.replace("\r\n", "\n").strip()
        head, _, body = text.partition("\n")
        label, colon, subject = head.partition(":")
        if facts.channel is Channel.LINKEDIN or not colon or label.strip().lower() != "subject":
            subject, body = "", text
        return cls(facts.channel, subject.strip(), body.strip(), facts.to_name, facts.to_email)

    @property
    def text(self) -> str:
        """The whole letter as one text to copy, a "Subject:" line first."""
        return f"Subject: {self.subject}\n\n{self.body}" if self.subject else self.body

    @property
    def mailto(self) -> str:
        """A link that opens this letter in a mail program (RFC 6068); empty without an address.

        Some programs cut links off at about 2,000 characters: a letter that would be longer
        (Cyrillic grows sixfold) is linked with its subject alone.
        """
        address = self.to_email.strip()
        if self.channel is not Channel.EMAIL or not _ADDRESS.fullmatch(address):
            return ""
        body = self.body.replace("\n", "\r\n")
        subject = [f"subject={quote(self.subject, safe='')}"] if self.subject else []
        for answers in ([*subject, f"body={quote(body, safe='')}"], subject):
            link = f"mailto:{quote(address, safe='@')}" + (
                "?" + "&".join(answers) if answers else ""
            )
            if len(link) <= _LONGEST_MAILTO:
                return link
        return ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter, what was left out of it, and the fields of Facts that would make it stronger."""

    letter: Letter
    left_out: tuple[LeftOut, ...] = ()
    missing: tuple[str, ...] = ()


class Letters:
    """Writes the letters. `overrides` is a folder of templates that replace ours, each by its name.

    A template of theirs that is broken, or whose own words `check` would call weak, raises
    BrokenTemplate here and now.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        known = values(_EXAMPLE, ROOMS[_EXAMPLE.channel][0], {})
        self._templates = Templates(overrides, frozenset(known))
        for name in self._templates.replaced:
            self._try(name)

    def draft(self, facts: Facts) -> Draft:
        """The letter for these facts. It passes `check`, whatever they say."""
        about = facts.about
        words, left_out = said(facts, about)
        trial = _Trial(self._write, facts, about)
        rooms, chosen = self._choose(trial, facts, words)
        for field, parts in words.items():
            rest = [part for part in parts if part not in chosen[field]]
            left_out += [LeftOut(field, part, WeaknessCode.TOO_LONG) for part in rest]
        return Draft(trial.letter(rooms, chosen), tuple(left_out), facts.missing)

    def prepare(self) -> None:
        """Compile every template now, which else holds up whoever needs it first."""
        self._templates.compile()

    def _choose(self, trial: "_Trial", facts: Facts, words: Said) -> tuple[Rooms, Said]:
        """The widest room for names that leaves some for the user's own words, and those words."""
        found: list[tuple[Rooms, Said]] = []
        for rooms in ROOMS[facts.channel]:
            chosen = choose(words, partial(trial.fits, rooms), UNCUT)
            if chosen is not None:
                found.append((rooms, chosen))
                if _own(chosen) or not _own(words):
                    return rooms, chosen
        return found[0] if found else (ROOMS[facts.channel][-1], {field: [] for field in words})

    def _write(self, facts: Facts, rooms: Rooms, words: Said) -> Letter:
        given = values(facts, rooms, words)
        text = self._templates.render(f"{facts.kind}.{facts.channel}.txt", given)
        company: str = given["company"]
        if company[:1].isalnum() and company.endswith((".", "!", "?")):
            text = text.replace(f"{company}.", company)  # "at Acme Inc." needs no second full stop
        return Letter.of_text(text, facts)

    def _try(self, name: str) -> None:
        """Raise BrokenTemplate unless a template of theirs gives good letters for any facts."""
        kind, channel, _ = name.split(".")
        path = self._templates.path(name)
        for facts in _examples(LetterKind(kind), Channel(channel)):
            words, _ = said(facts, facts.about)
            letter = self._write(facts, ROOMS[facts.channel][-1], words)
            if facts.channel is Channel.EMAIL and not letter.subject:
                raise BrokenTemplate(path, 1, 'an e-mail begins with a line "Subject: ..."')
            for weakness in check(letter.text, facts.about):
                if weakness.code is WeaknessCode.TOO_LONG and any(words.values()):
                    continue  # a draft would say less
                lines = path.read_text(encoding="utf-8").lower().splitlines()
                at = next(
                    (n for n, line in enumerate(lines, 1) if weakness.excerpt.lower() in line), 1
                )
                raise BrokenTemplate(path, at, f"{weakness.excerpt!r} {weakness.advice}")


class _Trial:
    """Letters written to see whether they fit; the last that did is likely the one to be sent."""

    def __init__(
        self, write: Callable[[Facts, Rooms, Said], Letter], facts: Facts, about: About
    ) -> None:
        self._write = write
        self._facts = facts
        self._about = about
        self._last: tuple[Rooms, Said, Letter] | None = None

    def fits(self, rooms: Rooms, words: Said) -> bool:
        """Whether the letter that says this is neither too long nor weak."""
        letter = self._write(self._facts, rooms, words)
        size, room = length(letter.body, self._about)  # first, being quick
        fit = size <= room and not check(letter.text, self._about)
        if fit:
            self._last = (rooms, dict(words), letter)
        return fit

    def letter(self, rooms: Rooms, words: Said) -> Letter:
        """The letter that says this, written anew only if another was tried last."""
        if self._last and self._last[:2] == (rooms, words):
            return self._last[2]
        return self._write(self._facts, rooms, words)


def _own(words: Said) -> bool:
    """Whether there is a word of the user's besides names."""
    return any(parts for field, parts in words.items() if field not in NAMES)


# Somebody whom every template can be tried on; nobody ever gets these letters.
_EXAMPLE = Facts(
    LetterKind.APPLICATION,
    Channel.EMAIL,
    role="Night Nurse",
    company="St. Clare",
    applied_on=date(2026, 9, 30),
    interview_on=date(2026, 9, 30),
    decision_on=date(2026, 9, 30),
    to_name="Dana Fox",
    agency="Brightstaff",
    referred_by="Ana Ruiz",
    reference="N-12",
    fit="Six years on nights.",
    proof="Half the falls.",
    why_here="Small wards.",
    reasons="My years on nights.",
    themes=("calm nights", "training"),
    own_themes=("safe staffing",),
    unsaid="I also teach.",
    times="Any morning.",
    name="Maya Osei",
    profile="https://example.org/maya",
)


def _examples(kind: LetterKind, channel: Channel) -> Iterator[Facts]:
    """Facts that lead through a template: all, none, all but one, only one; the longest names."""
    full = replace(_EXAMPLE, kind=kind, channel=channel, premium=True)
    bare = Facts(kind, channel, full.role)
    for turn in range(5):
        yield replace(full, position_in_row=turn)
        yield replace(bare, position_in_row=turn)
    for field in fields(Facts)[2:]:
        yield replace(bare, **{field.name: getattr(full, field.name)})
        yield replace(full, **{field.name: getattr(bare, field.name)})
    long = "W" * 99
    when = replace(bare, applied_on=full.applied_on, interview_on=full.interview_on)
    named = replace(when, role=long, company=long, to_name=long, name=long, agency=long)
    for turn in range(5):
        yield replace(named, position_in_row=turn)
