"""What became of every nudge: arrived, refused with a reason, waiting, or lost. Pure.

Three witnesses, who know nothing of one another: the platform's log of what really arrived, our
table, and what each worker told before it was killed. Whatever they cannot agree on is a fault.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from bot.model import Nudge, NudgeState
from faults.journal import Line

# For so long Discord shows a repeated message once, and so for so long none may be seen twice.
NONCE = timedelta(minutes=5)
# Where somebody sees a nudge that could not be sent: in the answer to their next command.
COMMAND = "the next command"
# What comes later than this after it was due says so (bot.cards.nudges), give or take a retry.
LATE, SLACK = timedelta(hours=6), timedelta(minutes=5)


@dataclass(frozen=True)
class Arrival:
    """A message that a person has, and which nudges' firms it names; or an answer that does."""

    platform: str
    at: datetime
    firms: frozenset[str]
    doubt: bool
    late: bool


class Fate(StrEnum):
    """How a nudge stands at the end of a trial."""

    ARRIVED = "arrived"
    SHOWN = "shown"
    REFUSED = "refused"
    WAITING = "waiting"
    LOST = "lost"


@dataclass(frozen=True)
class Told:
    """One nudge: how it stands, how often it was seen again, and what must not be."""

    fate: Fate
    repeats: int = 0
    problems: tuple[str, ...] = ()


@dataclass
class Account:
    """All nudges of a trial together."""

    due: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    # What those that never arrived were refused for.
    reasons: Counter[str] = field(default_factory=Counter)
    said: int = 0
    unsaid: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, nothing was repeated silently, and everything is there."""
        return not self.problems and self.due == sum(self.fates.values())


def draw_up(
    firms: Mapping[str, str],
    rows: Iterable[Nudge],
    arrivals: Iterable[Arrival],
    lines: Sequence[Line],
) -> Account:
    """The account of the nudges that were due. `firms` names each one's firm by its key."""
    by_key = {row.key: row for row in rows}
    by_firm: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in sorted(arrivals, key=lambda a: a.at):
        for firm in arrival.firms:
            by_firm[firm].append(arrival)
    # By a nudge's key, or its number, with the place in the order of all.
    told: dict[object, list[tuple[int, Line]]] = defaultdict(list)
    for place, line in enumerate(lines):
        for each in line.about:
            told[each].append((place, line))
    account = Account(due=len(firms))
    for key, firm in firms.items():
        row = by_key.get(key)
        mine = [*told[key], *(told[row.id] if row else [])]
        history = [line for _, line in sorted(mine, key=lambda each: each[0])]
        found = judge(row, by_firm[firm], history)
        account.fates[found.fate] += 1
        if row and found.fate in (Fate.REFUSED, Fate.SHOWN):
            account.reasons[f"{row.state}: {row.why}"] += 1
        unsaid = sum(not arrival.doubt for arrival in by_firm[firm][1:])
        account.unsaid += unsaid
        account.said += found.repeats - unsaid
        if found.problems:
            account.problems.append(_history(key, firm, row, by_firm[firm], history, found))
    strangers = set(by_firm) - set(firms.values())
    if strangers:
        account.problems.append(f"messages about what nobody planned: {sorted(strangers)}")
    return account


def judge(row: Nudge | None, arrivals: Sequence[Arrival], history: Sequence[Line]) -> Told:
    """One nudge: `arrivals` in their order, and what workers told of it in theirs."""
    problems = [*_repeated(arrivals, history), *_silent(row, arrivals)]
    repeats = max(0, len(arrivals) - 1)
    if row is None:
        return Told(Fate.LOST, repeats, (*problems, "it is in no table any more"))
    sent = [arrival for arrival in arrivals if arrival.platform != COMMAND]
    if sent:
        if row.state is NudgeState.PLANNED and not (row.in_doubt or row.claim):
            problems.append("it arrived, and would be sent again without a word")
        ended = (NudgeState.SENT, NudgeState.SHOWN, NudgeState.PLANNED)
        if row.state not in ended and not row.in_doubt:
            problems.append(f"it arrived, and is kept as {row.state} without a doubt")
        return Told(Fate.ARRIVED, repeats, tuple(problems))
    if arrivals:
        return Told(Fate.SHOWN, repeats, tuple(problems))
    if row.state is NudgeState.PLANNED:
        return Told(Fate.WAITING, repeats, tuple(problems))
    if row.state in (NudgeState.SENT, NudgeState.SHOWN):
        return Told(Fate.LOST, repeats, (*problems, "kept as sent, it never arrived"))
    if row.why:
        return Told(Fate.REFUSED, repeats, tuple(problems))
    return Told(Fate.LOST, repeats, (*problems, f"kept as {row.state} for no reason"))


def _repeated(arrivals: Sequence[Arrival], history: Sequence[Line]) -> list[str]:
    """A second message is honest only where the first was in doubt, and when it says so."""
    problems = ["it came again without a word" for again in arrivals[1:] if not again.doubt]
    for before, again in pairwise(arrivals):
        if again.platform == "discord" and again.at - before.at < NONCE:
            problems.append("Discord showed it twice within the time in which it knows a nonce")
    tries = 0
    known = False
    answered: set[int] = set()
    for line in history:
        match line.what:
            case "sends":
                tries += 1
                answered.discard(line.worker)
                if known:
                    problems.append("it was sent again after it was settled as sent")
            case "is answered" if line.more.startswith("Sent"):
                answered.add(line.worker)
            case "settled as sent":
                known = True
                if line.worker not in answered:
                    problems.append("it was settled as sent before the platform said so")
            case _:
                pass
    sent = sum(arrival.platform != COMMAND for arrival in arrivals)
    if sent > tries:
        problems.append(f"it arrived {sent} times, and was sent {tries} times")
    return problems


def _silent(row: Nudge | None, arrivals: Sequence[Arrival]) -> list[str]:
    """What comes late says so."""
    late = [a for a in arrivals if row and a.at - row.due_at > LATE + SLACK and not a.late]
    return ["it came late without a word"] * bool(late)


def _history(
    key: str,
    firm: str,
    row: Nudge | None,
    arrivals: Sequence[Arrival],
    history: Sequence[Line],
    found: Told,
) -> str:
    seen = [
        (a.at, f"{a.at:%a %H:%M:%S.%f} ARRIVES by {a.platform}{', in doubt' * a.doubt}")
        for a in arrivals
    ]
    told = [(line.at, str(line)) for line in history]
    steps = [f"    {words}" for _, words in sorted(seen + told, key=lambda each: each[0])]
    facts = f"{row.state}, tries={row.tries}, in_doubt={row.in_doubt}, {row.why}" if row else "gone"
    ends = [f"    at the end: {facts}", *(f"    WRONG: {each}" for each in found.problems)]
    return "\n".join([f"{key} ({firm}), due {row.due_at if row else ''}", *steps, *ends])
