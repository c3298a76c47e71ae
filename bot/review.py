"""The weekly review: what came back for what was sent, never a count to beat. Pure.

High activity is not results. Everything is shown per submission, the warm and the followed-up
apart, and below a handful the honest words are "too early to say".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.message import Block, Bold, Button, Buttons, Call, Facts, Item, Items, Style, text
from bot.model import Case, LetterKind, Seeker
from bot.policy import HEARD_DAYS, follow_up_day

# Below this many, a share says more about luck than about what works.
ENOUGH = 5
# More than this in a week, with follow-ups left undone, is activity rather than results.
MANY = 10


@dataclass(frozen=True)
class Split:
    """How many of some applications were answered."""

    answered: int
    sent: int

    def __str__(self) -> str:
        early = " (too early to say)" if self.sent < ENOUGH else ""
        return f"{self.answered} of {self.sent} answered{early}"


def answered(case: Case) -> bool:
    """Whether the employer ever reacted."""
    return any(reply.what.from_them for reply in case.replies) or bool(case.interviews)


def split(cases: Sequence[Case], which: Callable[[Case], bool]) -> Split:
    """How the applications of one sort did."""
    chosen = [case for case in cases if which(case)]
    return Split(sum(map(answered, chosen)), len(chosen))


def review_blocks(
    seeker: Seeker, cases: Sequence[Case], today: date, weeks: int = 1, due: str = "“today”"
) -> list[Block]:
    """The review of the last `weeks` weeks, counted from Monday, and of everything so far.

    `due` is what people type to see what is due.
    """
    monday = today - timedelta(days=today.weekday() + 7 * (weeks - 1))
    sent = [c for c in cases if monday <= c.application.applied_on <= today]
    letters = [
        f
        for c in cases
        for f in c.sent
        if f.sent_at and f.sent_at.astimezone(seeker.tz).date() >= monday
    ]
    heard = sum(any(r.what.from_them and monday <= r.on <= today for r in c.replies) for c in cases)
    met = [
        i
        for c in cases
        for i in c.interviews
        if not i.cancelled and monday <= i.starts_at.astimezone(seeker.tz).date() <= today
    ]
    notes = sum(f.kind is LetterKind.INTERVIEW for f in letters)
    ups = sum(f.kind is LetterKind.APPLICATION for f in letters)
    label = "This week" if weeks == 1 else f"The last {weeks} weeks"
    week = f"{len(sent)} sent, {ups} followed up, {heard} answered, {len(met)} interviewed"
    if met:
        week += f", {notes} interview {'note' if notes == 1 else 'notes'}"
    whole = split(cases, lambda c: True)
    sorts = [
        ("Through people", split(cases, lambda c: c.application.via.warm)),
        ("Cold", split(cases, lambda c: not c.application.via.warm)),
        ("Followed up", split(cases, lambda c: c.follow_up is not None)),
        ("Not followed up", split(cases, lambda c: c.follow_up is None)),
    ]
    # A sort that all of them belong to says nothing that the whole does not.
    told = [("So far", whole), *((name, f) for name, f in sorts if f.sent < whole.sent)]
    rows = [(label, (week,)), *((name, (str(found),)) for name, found in told if found.sent)]
    blocks: list[Block] = [
        Facts(tuple(rows)),
        text(Bold("Next week: "), advice(seeker, cases, len(sent), today, due)),
    ]
    waiting = [c for c in cases if c.application.stage.open and not answered(c)]
    if waiting:
        oldest = sorted(waiting, key=lambda c: c.application.applied_on)[:3]
        blocks.append(text("Waiting longest:"))
        blocks.append(Items(tuple(_row(case, today) for case in oldest)))
    return blocks


def advice(
    seeker: Seeker, cases: Sequence[Case], this_week: int, today: date, where: str = "“today”"
) -> str:
    """What to do more and less of, from this person's own figures alone.

    `where` is what people type to see what is due.
    """
    due = [c for c in cases if _waits(c, seeker, today)]
    cold = split(cases, lambda c: not c.application.via.warm)
    old = today - timedelta(days=HEARD_DAYS)
    unheard = split(cases, lambda c: not c.application.via.warm and c.application.applied_on <= old)
    warm = split(cases, lambda c: c.application.via.warm)
    if this_week >= MANY and len(due) > this_week // 2:
        return (
            f"fewer applications. {this_week} went out and {len(due)} have had no follow-up; "
            "each of those is worth more than the next new one."
        )
    if due:
        count = "the follow-up that is" if len(due) == 1 else f"the {len(due)} follow-ups that are"
        return f"send {count} ready and waiting; {where} has the letters."
    # What is still young may yet be answered, and what was counted then would be discouraging.
    if unheard.sent >= 2 * ENOUGH and cold.answered == 0:
        return (
            f"fewer cold applications, more people. {unheard.sent} have had two weeks without an "
            "answer; ask one person you know at a place you want."
        )
    if (
        min(warm.sent, cold.sent) >= ENOUGH
        and warm.answered * cold.sent > cold.answered * warm.sent
    ):
        return "more through people: that is where your answers come from."
    if not cases:
        return "one application to a place you would like to work, and its follow-up."
    return "keep to it: a few that fit, each followed up once."


def _waits(case: Case, seeker: Seeker, today: date) -> bool:
    """Whether a follow-up is due and has not been sent."""
    a = case.application
    settled = case.follow_up or answered(case) or a.no_contact
    return a.stage.open and not settled and follow_up_day(a, seeker) <= today


def _row(case: Case, today: date) -> Item:
    a = case.application
    days = (today - a.applied_on).days
    call = Call("job show", {"application": str(a.number)})
    words = ": since today" if days < 1 else f": {days} {'day' if days == 1 else 'days'}"
    return Item((Bold(a.title), words), Button("Open", call, about=f"Open {a.title}"[:75]))


def more_button(weeks: int) -> Buttons:
    """The way to a longer look back."""
    return Buttons(
        (Button(f"Last {weeks} weeks", Call("job review", {"weeks": str(weeks)}), Style.PLAIN),)
    )
