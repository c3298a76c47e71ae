"""The nudges as they are sent, alone or several together. Pure."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType

from bot.cards.letters import follow_up_blocks, interview_letter_blocks
from bot.cards.parts import ago, button, day, of, title, when
from bot.dates.saying import month_day
from bot.drafts import after_applying, after_interview
from bot.fit import fits
from bot.letters.draft import Letters
from bot.message import (
    Block,
    Bold,
    Buttons,
    Facts,
    Message,
    Span,
    Style,
    Text,
    shorten,
    text,
)
from bot.model import Case, Interview, Nudge, NudgeKind, Seeker
from bot.policy import name_of
from bot.retention import erased_on, is_warning, still_silent, whole_months
from bot.review import review_blocks

# A nudge that comes later than this says so.
LATE = timedelta(hours=6)
# A morning brings no more than this in one message.
MOST = 3

# The heading of the warning before the erasure of what nobody uses.
WARNING = "Shall I keep your records?"

# A nudge and the application that it is about (a review is about none).
Pair = tuple[Nudge, Case | None]
# What is said for one nudge: its heading and its blocks, never empty.
Part = tuple[str, list[Block]]


def digest(
    seeker: Seeker,
    pairs: Sequence[tuple[Nudge, Case | None]],
    everything: Sequence[Case],
    letters: Letters,
    now: datetime,
    *,
    doubt: bool = False,
    told: Mapping[int, Part] = MappingProxyType({}),
    warm: Collection[int] = (),
) -> Message:
    """One private message for everything that is due to one person together.

    `everything` is all their applications, for the review; `told` what a club's nudges say, by
    their ids; `warm` the applications about which somebody could be asked for a word. Discreet
    people get a message that names nobody, with the button that opens the rest.
    """
    if seeker.discreet:
        return discreet([nudge for nudge, _ in pairs], doubt=doubt)
    parts = [
        told.get(nudge.id)
        or nudge_part(seeker, nudge, case, everything, letters, now, warm=nudge.application in warm)
        for nudge, case in pairs
    ]
    return together(parts, doubt=doubt)


def together(parts: Sequence[Part], *, doubt: bool = False) -> Message:
    """One message of these parts. Raises TooLong when two of their buttons make the same call."""
    notes: list[Block] = [text("You may have seen this already.")] if doubt else []
    if len(parts) == 1:
        heading, blocks = parts[0]
        return Message(title(heading), (*notes, *blocks))
    merged: list[Block] = [*notes]
    for heading, blocks in parts:
        first, *rest = blocks
        if isinstance(first, Text):
            merged += [text(Bold(heading), "\n", *first.spans), *rest]
        else:
            merged += [text(Bold(heading)), *blocks]
    return Message(f"{len(parts)} things for today", tuple(merged))


def packed(
    pairs: Sequence[Pair],
    write: Callable[[Nudge, Case | None], Part | None] | None,
    beside: Sequence[Block] = (),
) -> Iterator[tuple[list[Pair], list[Part]]]:
    """One person's due nudges, in order, in messages of at most three, each with its letters whole.

    What does not fit the tightest platform begins another message. Two nudges about one application
    never share one: their buttons would make the same call. Each part is written once, when its
    message is asked for. One of which `write` makes None goes alone and without a part; without
    `write`, as for the discreet, nothing is written. `beside` is what else each message will hold.
    """
    chunk: list[Pair] = []
    parts: list[Part] = []
    for nudge, case in pairs:
        part = write(nudge, case) if write else None
        alone = write is not None and part is None
        same = nudge.application and any(nudge.application == n.application for n, _ in chunk)
        if chunk and (alone or same or (part and not _together_fit([*parts, part], beside))):
            yield chunk, parts
            chunk, parts = [], []
        chunk.append((nudge, case))
        if part:
            parts.append(part)
        if alone or len(chunk) == MOST:
            yield chunk, parts
            chunk, parts = [], []
    if chunk:
        yield chunk, parts


def _together_fit(parts: Sequence[Part], beside: Sequence[Block]) -> bool:
    try:
        return fits(together(parts, doubt=True).and_then(*beside))
    except Exception:
        # Two may offer the same; or one cannot be said at all, and alone keeps no other back.
        return False


def kept_until(seeker: Seeker, nudges: Sequence[Nudge], now: datetime) -> date | None:
    """Until which day there is anything to open, where one of these warns of the erasure."""
    if not any(is_warning(nudge) for nudge in nudges):
        return None
    return erased_on(seeker, now) - timedelta(days=1)


def discreet(nudges: Sequence[Nudge], *, doubt: bool = False, until: date | None = None) -> Message:
    """A message that tells a lock screen, or an employer, nothing; a tap opens what came.

    `until` is the last day on which it can be opened, if there is one.
    """
    count = len(nudges)
    words = "One private item is ready." if count == 1 else f"{count} private items are ready."
    if until:
        words += f" Please open it by {until:%B} {until.day}; after that it is gone for good."
    if doubt:
        words += " You may have seen this already."
    many = len(nudges) > 1
    calls = [
        button(f"Open {place}" if many else "Open", "open", Style.PRIMARY, nudge=name_of(nudge))
        for place, nudge in enumerate(nudges, 1)
    ]
    return Message("A note for you", (text(words), Buttons(tuple(calls))))


def nudge_part(
    seeker: Seeker,
    nudge: Nudge,
    case: Case | None,
    everything: Sequence[Case],
    letters: Letters,
    now: datetime,
    *,
    warm: bool = False,
) -> tuple[str, list[Block]]:
    """A nudge's heading and blocks. What comes late says how late it is.

    `warm` says that somebody in a club of theirs could be asked for a word at the employer.
    """
    part = _nudge(seeker, nudge, case, everything, letters, now, warm=warm)
    return aged(part, nudge, seeker, now)


def aged(part: Part, nudge: Nudge, seeker: Seeker, now: datetime) -> Part:
    """What a nudge says, and how late it comes, if it does."""
    if now - nudge.due_at <= LATE:
        return part
    heading, blocks = part
    return heading, [text("This comes late: it was due ", when(nudge.due_at, seeker), "."), *blocks]


def _nudge(
    seeker: Seeker,
    nudge: Nudge,
    case: Case | None,
    everything: Sequence[Case],
    letters: Letters,
    now: datetime,
    *,
    warm: bool = False,
) -> tuple[str, list[Block]]:
    today = now.astimezone(seeker.tz).date()
    if is_warning(nudge):
        return _warning(nudge, seeker, now)
    if nudge.kind is NudgeKind.REVIEW or case is None:
        return "Your week", review_blocks(seeker, everything, min(today, _last_day(nudge, today)))
    a = case.application
    name = name_of(nudge)
    interview = case.interview(nudge.interview)
    match nudge.kind:
        case NudgeKind.FOLLOW_UP:
            drafted = after_applying(letters, seeker, case)
            blocks = follow_up_blocks(case, drafted, today, name, warm=warm)
            return f"Follow up: {a.title}", blocks
        case NudgeKind.BRIEF if interview:
            return f"Interview: {a.title}", brief_blocks(seeker, case, interview)
        case NudgeKind.DEBRIEF if interview:
            return f"How did it go: {a.title}", _debrief(interview, name)
        case NudgeKind.THANKS if interview:
            drafts = after_interview(letters, seeker, case, interview)
            lead = text("The note that reinforces your interest, best sent within a day:")
            blocks = interview_letter_blocks(case, interview, drafts, name)
            return f"Interview follow-up: {a.title}", [lead, *blocks]
        case NudgeKind.HEARD:
            return f"Heard anything from {a.employer}?", _heard(case, name, today)
        case _:
            return f"Gone quiet: {a.title}", _quiet(case, name, today)


def _warning(nudge: Nudge, seeker: Seeker, now: datetime) -> tuple[str, list[Block]]:
    """Whether to keep what nobody uses; that it is kept, for whoever is back."""
    keep = button("Keep it", "open", Style.PRIMARY, nudge=name_of(nudge))
    if seeker.seen_at is None or not still_silent(nudge, seeker):
        words = "It is all as you left it. Should I not hear from you for long again, I will ask."
        row = (button("What is open", "list", Style.PRIMARY), button("Export", "export"))
        return "Everything is kept", [text(words), Buttons(row)]
    count = whole_months(seeker.seen_at, now)
    silence = "a month" if count <= 1 else f"{count} months"
    on = month_day(erased_on(seeker, now), now.astimezone(seeker.tz).date())
    words = (
        f"You have not used me for {silence}. On {on} I will erase everything about you, unless "
        "you want it kept."
    )
    erase = button("Erase now", "forget", Style.DANGER)
    return WARNING, [
        text(words),
        Buttons((keep, button("Export first", "export"), erase)),
    ]


def _last_day(nudge: Nudge, today: date) -> date:
    """The Sunday of the week that a review is about, which may come late."""
    found = re.search(r"review:(\d+)-W(\d+)", nudge.key)
    return date.fromisocalendar(int(found[1]), int(found[2]), 7) if found else today


def brief_blocks(seeker: Seeker, case: Case, interview: Interview) -> list[Block]:
    """A short brief before an interview: their reasons, your proof, who is there."""
    a = case.application
    rows: list[tuple[str, tuple[Span, ...]]] = [("When", (when(interview.starts_at, seeker),))]
    who = ", ".join(p.name for p in interview.interviewers)
    earlier = [i for i in case.interviews if i.starts_at < interview.starts_at]
    known = [
        ("Who", who),
        ("Why you fit", a.fit or seeker.strengths),
        ("Your proof", a.proof),
        ("Why they brought you in", next((i.reasons for i in earlier if i.reasons), "")),
        ("What mattered to them", "; ".join(t for i in earlier for t in i.themes)),
        ("Your note", a.note),
    ]
    rows += [(name, (shorten(value, 400),)) for name, value in known if value]
    here = str(interview.number)
    return [
        Facts(tuple(rows)),
        text(
            "Stress the same two or three themes throughout; the note afterwards will carry them."
        ),
        Buttons(
            (
                button("It moved", "interview", **of(a)),
                button("It is off", "calloff", interview=here),
            )
        ),
    ]


def _debrief(interview: Interview, name: str) -> list[Block]:
    here = {"interview": str(interview.number)}
    return [
        text(
            "Three short questions while it is fresh: what did they care about, why did they "
            "bring you in, what was left unsaid? The follow-up is written from your answers."
        ),
        Buttons(
            (
                button("Answer", "debrief", Style.PRIMARY, **here),
                button("They did not show up", "missed", **here),
                button("It was called off", "calloff", **here),
                button("Skip", "skip", nudge=name),
            )
        ),
    ]


def _heard(case: Case, name: str, today: date) -> list[Block]:
    a = case.application
    sent = case.sent[-1].sent_at.date() if case.sent and case.sent[-1].sent_at else None
    answer = max((r.on for r in case.replies if r.what.from_them), default=None)
    since = f"Your letter went out {ago(sent, today)}. " if sent else ""
    if answer and (sent is None or answer >= sent):
        since = f"They answered {ago(answer, today)}. Anything since? "
    named = f"They named {day(a.decision_on, today)}. " if a.decision_on else ""
    return [
        text(f"{since}{named}Whatever you heard, one tap notes it."),
        Buttons(
            (
                button("They replied", "heard", Style.PRIMARY, what="reply", **of(a)),
                button("Interview", "heard", what="interview", **of(a)),
                button("A no", "heard", what="rejection", **of(a)),
                button("Nothing yet", "skip", nudge=name),
                button("Close it", "heard", what="closed", **of(a)),
            )
        ),
    ]


def _quiet(case: Case, name: str, today: date) -> list[Block]:
    a = case.application
    return [
        text(
            f"Nothing has moved here for a while; you applied {ago(a.applied_on, today)}. "
            "Most applications end this way, and closing one makes room for the next."
        ),
        Buttons(
            (
                button("Close it", "heard", Style.PRIMARY, what="closed", **of(a)),
                button("They replied", "heard", what="reply", **of(a)),
                button("Ask somebody I know there", "followup", kind="lead", **of(a)),
                button("Keep it open", "skip", nudge=name),
            )
        ),
    ]
