"""Applications as they are shown: one with its history, and lists. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from bot.cards.parts import NUDGES, STAGES, button, day, of, when
from bot.hours import FOREVER
from bot.message import Bold, Button, Buttons, Facts, Item, Items, Link, Span, Style, shorten
from bot.model import Case, Nudge, NudgeKind, NudgeState, Seeker, Stage
from bot.words import label

# What was sent and is not settled yet, as it is said to be waiting.
WAITING = {
    NudgeKind.FOLLOW_UP: "your follow-up",
    NudgeKind.DEBRIEF: "the debrief",
    NudgeKind.THANKS: "your interview follow-up",
    NudgeKind.HEARD: "“heard anything?”",
    NudgeKind.QUIET: "“gone quiet?”",
}
# What falls due at one moment comes in this order, such as all that waits for the end of a rest.
_ORDER = tuple(NUDGES)


def next_step(nudges: Sequence[Nudge], seeker: Seeker, today: date | None = None) -> str:
    """What happens next about an application, in a few words; without `today` in the fewest.

    `nudges` are those that are planned and those that were sent and still wait, which come first.
    """
    waiting = [nudge for nudge in nudges if nudge.state is not NudgeState.PLANNED]
    coming = sorted(waiting or nudges, key=lambda nudge: (nudge.due_at, _ORDER.index(nudge.kind)))
    if not coming:
        return ""
    first = coming[0]
    words = NUDGES[first.kind].lower()
    if waiting:
        since = (first.sent_at or first.due_at).astimezone(seeker.tz).date()
        words = WAITING.get(first.kind, words)
        if today:
            return f"{words} waits for you, since {day(since, today)}"
        return f"{words} waits since {since:%B} {since.day}"
    if first.due_at >= FOREVER:
        return f"{words} when you resume"
    on = first.due_at.astimezone(seeker.tz).date()
    return f"{words} {day(on, today) if today else f'{on:%B} {on.day}'}"


def application_facts(case: Case, seeker: Seeker, today: date) -> Facts:
    """What is known about an application."""
    a = case.application
    rows: list[tuple[str, tuple[Span, ...]]] = [
        ("Stage", (STAGES[a.stage],)),
        ("Applied", (day(a.applied_on, today),)),
    ]
    optional: list[tuple[str, str]] = [
        ("Via", label(a.via) if a.via != "cold" else ""),
        ("Agency", a.agency),
        ("Referred by", a.referrer),
        ("Contact", str(a.contact or "")),
        ("Closes", day(a.closes_on, today) if a.closes_on else ""),
        ("They decide by", day(a.decision_on, today) if a.decision_on else ""),
        ("No contact", "they asked for none" if a.no_contact else ""),
        ("Good fit because", shorten(a.fit, 300)),
        ("Proof", shorten(a.proof, 300)),
        ("Drawn by", shorten(a.why_here, 300)),
        ("Note", shorten(a.note, 300)),
    ]
    rows += [(name, (value,)) for name, value in optional if value]
    if a.link:
        rows.insert(2, ("Advert", (Link(a.link, a.link),)))
    for i in case.interviews:
        who = f" with {', '.join(p.name for p in i.interviewers)}" if i.interviewers else ""
        state = " (called off)" if i.cancelled else " (they missed it)" if i.missed else ""
        rows.append(("Interview", (when(i.starts_at, seeker), who + state)))
    for r in case.replies:
        rows.append(
            (day(r.on, today), (label(r.what) + (f": {shorten(r.note, 120)}" if r.note else ""),))
        )
    for f in case.sent:
        if f.sent_at:
            to = f", to {f.to}" if f.to else ""
            kind = label(f.kind)
            rows.append((f"Sent {kind[0].lower()}{kind[1:]}", (when(f.sent_at, seeker), to)))
    return Facts(tuple(rows))


def application_buttons(case: Case) -> Buttons:
    """What can be done with an application."""
    a = case.application
    found = []
    if a.stage.open:
        first = Style.PRIMARY
        if not case.follow_up and not case.interviews and not a.no_contact:
            found.append(button("Draft the follow-up", "followup", first, **of(a)))
        found += [
            button("They replied", "heard", what="reply", **of(a)),
            button("Interview", "interview", **of(a)),
            button("A no", "heard", what="rejection", **of(a)),
            button("Close it", "heard", what="closed", **of(a)),
        ]
    found.append(button("Change", "edit", **of(a)))
    return Buttons(tuple(found))


def open_button(case: Case) -> Button:
    """The button that shows an application whole."""
    a = case.application
    return button("Open", "show", Style.PLAIN, f"Open {a.title}", **of(a))


def next_button(case: Case, now: datetime) -> Button:
    """The button that takes an application one step further, or shows it where none is due."""
    a = case.application
    happened = [i for i in case.interviews if not i.cancelled]
    if a.stage is Stage.APPLIED and not (case.follow_up or happened or a.no_contact):
        return button("Follow-up", "followup", Style.PLAIN, f"Follow-up: {a.title}", **of(a))
    over = [i for i in happened if i.starts_at <= now]
    asked = [i for i in over if i.debriefed_at is None and not i.missed]
    if a.stage is Stage.INTERVIEW and asked:
        here = {"interview": str(asked[0].number)}
        return button("Debrief", "debrief", Style.PLAIN, f"Debrief: {a.title}", **here)
    return open_button(case)


def listing(
    rows: Sequence[tuple[Case, Sequence[Nudge]]],
    seeker: Seeker,
    further: Callable[[Case], Button] = open_button,
    *,
    staged: bool = True,
    more: str = "… and more.",
) -> Items:
    """Applications as rows, each with what comes next and the button that takes it `further`.

    `staged` says each one's stage, where the heading does not; `more` where the rest is.
    """
    items = []
    for case, nudges in rows:
        a = case.application
        step = next_step(nudges, seeker)
        words = "; ".join(part for part in (STAGES[a.stage] if staged else "", step) if part)
        items.append(
            Item((Bold(a.title), f" #{a.number}" + (f": {words}" if words else "")), further(case))
        )
    return Items(tuple(items), more)
