"""From a typed line to a Call, by the phrase that a command declares. Looks at no records.

"SRE at Acme yesterday via referral https://…" is taken apart from its end: what is certainly a
link, a day or a choice is cut off, and the rest is split at the phrase's own words. What nothing
claims goes to the first required option still open, so a form opens with it filled in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import dates
from bot.command import LEFT_OVER, Command, Option, Registry
from bot.kinds import KindName
from bot.message import Call
from bot.words import plainly

_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”')
_LINK = re.compile(r"<?(https?://[^\s<>|]+)(?:\|[^<>]*)?>?")
# What looks like a date without being one, such as "31 Feb".
_NAMED = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
_DATE_LIKE = rf"(?i:\d.*|<t:.*|(?:{_NAMED})\w*\b.*)"
_PART = re.compile(r"\[(\w+) \{(\w+)\}\]|\{(\w+)\}|([^\s\[\]{}]+)")


@dataclass
class _Line:
    """What is left of a line, and the answers found so far."""

    command: Command
    rest: str
    now: datetime
    zone: ZoneInfo
    kept: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    def give(self, name: str, value: str) -> None:
        restored = re.sub(r"\ue000(\d+)\ue001", lambda m: self.kept[int(m[1])], value)
        self.answers[name] = restored.strip()

    def cut_date(self, option: Option, text: str) -> tuple[str, str]:
        if option.kind.name is KindName.DAY:
            today = self.now.astimezone(self.zone).date()
            return dates.split_day(text, today, option.opt.lean)
        return dates.split_instant(text, self.now, self.zone)

    def is_value(self, option: Option, text: str) -> bool:
        if option.kind.name in (KindName.DAY, KindName.INSTANT):
            return self.cut_date(option, f"x {text}")[0] == "x"
        return option.kind.fits(text)


def read_line(registry: Registry, line: str, now: datetime, zone: ZoneInfo) -> Call:
    """The call that a typed line makes.

    The slash and the first group's name may be left out; the words of any other group are too
    common ("leave me alone") to mean a command by themselves. An empty line asks for help, and a
    group's name alone for help about it; an unknown command gives a call that no registry knows, in
    the spelling it was typed in, which the desk answers with the nearest ones.
    """
    line = line.strip().removeprefix("/").strip()
    if not line:
        return Call("job help")
    first, _, rest = line.partition(" ")
    main, *others = registry.groups or ("",)
    group = first.casefold() if first.casefold() in registry.groups else ""
    first, _, rest = plainly(rest.strip() or "help" if group else line).partition(" ")
    word = first.casefold()
    command = registry.get(f"{group or main} {word}")
    if command is None and word == "help" and group in others:
        command, rest = registry.get(f"{main} help"), f"{group} {rest}"
    if command is None:
        first = f"{group} {first}" if group in others else first
        return Call(first, {LEFT_OVER: rest.strip()} if rest.strip() else {})
    return _read(registry, command, rest.strip(), now, zone)


def _read(registry: Registry, command: Command, rest: str, now: datetime, zone: ZoneInfo) -> Call:
    line = _Line(command, rest, now, zone)
    _take_named(line)
    _keep_quoted(line)
    _take_link(line)
    main = _take_optional(line)
    derived = registry.complete(Call(command.name, line.answers)).answers
    _take_main(line, main, dict(derived))
    return Call(command.name, line.answers)


def _keep_quoted(line: _Line) -> None:
    def keep(found: re.Match[str]) -> str:
        line.kept.append(found[1] or found[2] or "")
        return f"\ue000{len(line.kept) - 1}\ue001"

    line.rest = _QUOTED.sub(keep, line.rest)


def _take_named(line: _Line) -> None:
    """Cut `name=value` and `name="some value"`; an unquoted value runs to the next name."""
    names = "|".join(option.name for option in line.command.options) or r"(?!)"
    quoted = rf'(?:^|(?<=\s))({names}|[a-z_]+)=("[^"]*"|“[^”]*”)(?=\s|$)'
    plain = rf"(?:^|(?<=\s))({names}|[a-z_]+)=(.*?)(?=\s+[a-z_]+=|\s*$)"

    def take(found: re.Match[str]) -> str:
        line.answers[found[1]] = found[2].strip().strip('"“”')
        return " "

    line.rest = re.sub(quoted, take, line.rest, flags=re.DOTALL)
    line.rest = re.sub(plain, take, line.rest, flags=re.DOTALL).strip()


def _take_link(line: _Line) -> None:
    for option in line.command.options:
        if option.kind.name is KindName.LINK and option.name not in line.answers:
            if found := _LINK.search(line.rest):
                line.answers[option.name] = found[1]
                line.rest = " ".join(
                    (line.rest[: found.start()] + line.rest[found.end() :]).split()
                )
            return


def _take_optional(line: _Line) -> list[str]:
    """Cut the phrase's bracketed parts, in any order; returns its main parts."""
    main: list[str] = []
    parts: list[tuple[str, Option]] = []
    for keyword, bracketed, name, literal in _PART.findall(line.command.phrase):
        option = line.command.option(bracketed)
        if option is not None:
            parts.append((keyword, option))
        elif not name or not _is_link(line, name):
            main.append(f"{{{name}}}" if name else literal)
    # Free text swallows whatever stands behind its keyword, so the certain kinds are cut first.
    parts.sort(
        key=lambda part: part[1].kind.name in (KindName.TEXT, KindName.PEOPLE, KindName.PERSON)
    )
    cutting = True
    while cutting:
        open_ = [part for part in parts if part[1].name not in line.answers]
        cutting = any(_cut(line, keyword, option) for keyword, option in open_)
        cutting = cutting or _cut_unread(line, open_)
    return main


def _cut_unread(line: _Line, parts: list[tuple[str, Option]]) -> bool:
    """Cut what was surely meant for an option and cannot be read, so that it is asked about.

    It would end up in the name of an employer otherwise. Only behind the phrase's last word: a
    role may well be "Engineer on call".
    """
    head, at, tail = line.rest.rpartition(" at ")
    found = [
        (place.start(), option.name)
        for keyword, option in parts
        if at and option.kind.name in (KindName.CHOICE, KindName.DAY)
        for meant in [r"\S" if option.kind.name is KindName.CHOICE else _DATE_LIKE]
        for place in re.finditer(rf"\s{keyword}\s+(?={meant})", tail)
    ]
    if not found:
        return False
    start, name = max(found)
    line.give(name, tail[start:].split(maxsplit=1)[1])
    line.rest = f"{head} at {tail[:start]}"
    return True


def _is_link(line: _Line, name: str) -> bool:
    """Whether a part is a link, which is recognised wherever it stands."""
    option = line.command.option(name)
    return option is not None and option.kind.name is KindName.LINK


def _cut(line: _Line, keyword: str, option: Option) -> bool:
    if keyword == "on":
        head, value = line.cut_date(option, line.rest)
        if value:
            line.give(option.name, value)
            line.rest = head
        return bool(value)
    for found in reversed(list(re.finditer(rf"(?:^|\s){keyword}\s+", line.rest, re.IGNORECASE))):
        value = line.rest[found.end() :]
        if value and line.is_value(option, value):
            line.give(option.name, value)
            line.rest = line.rest[: found.start()]
            return True
    return False


def _take_main(line: _Line, main: list[str], derived: dict[str, str]) -> None:
    rest = line.rest.strip()
    while main and rest:
        last = main[-1]
        if last.startswith("{") and len(main) > 1 and not main[-2].startswith("{"):
            before, found, value = _rpartition_word(rest, main[-2])
            if not found:
                break
            _give(line, last, value)
            rest, main = before, main[:-2]
        elif last.startswith("{") and len(main) > 1:
            option = line.command.option(last.strip("{}"))
            head, value = _suffix(line, option, rest) if option else (rest, "")
            if value:
                _give(line, last, value)
            rest, main = head, main[:-1]
        else:
            _give(line, last, rest)
            rest, main = "", []
    if rest:
        open_ = [o for o in line.command.options if o.required and not derived.get(o.name)]
        free = [o for o in open_ if o.name not in line.answers]
        # Where a command asks one thing alone, whatever is said is meant for that.
        asked = line.command.asked
        only = asked if len(asked) == 1 and asked[0].name not in line.answers else ()
        meant = [*free, *only]
        name = meant[0].name if meant else LEFT_OVER
        # "until" in "until the cows come home" was understood.
        keywords = {part[1]: part[0] for part in _PART.findall(line.command.phrase)}
        word = keywords.get(name, "")
        line.give(name, re.sub(rf"^{word}\s+", "", rest, flags=re.IGNORECASE) if word else rest)


def _give(line: _Line, part: str, value: str) -> None:
    name = part.strip("{}")
    if name not in line.answers:
        line.give(name, value)


def _suffix(line: _Line, option: Option, text: str) -> tuple[str, str]:
    """Split off the longest run of words at the end that is a value of the option."""
    if option.kind.name in (KindName.DAY, KindName.INSTANT):
        return line.cut_date(option, text)
    starts = [0, *(found.end() for found in re.finditer(r"\s+", text))]
    fits: Callable[[str], bool] = option.kind.fits
    for start in starts:
        if fits(text[start:]):
            return text[:start].strip(), text[start:]
    return text, ""


def _rpartition_word(text: str, word: str) -> tuple[str, str, str]:
    found = list(re.finditer(rf"\s+{re.escape(word)}\s+", f" {text} ", re.IGNORECASE))
    if not found:
        return text, "", ""
    padded = f" {text} "
    return padded[: found[-1].start()].strip(), word, padded[found[-1].end() :].strip()
