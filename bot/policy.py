"""What should be nudged and when: the one place for the rules of when. Records in, a plan out.

A plan depends on records alone, never on the present moment, so planning again changes nothing
until a record does. (A rule that clamped to "now" would push a nudge ahead of itself for ever.)
Every default has its evidence in the design notes; docs/decisions.md names the surveys.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.hours import (
    FOREVER,
    after_working_days,
    allowed,
    at_local,
    last_before_quiet,
    local_day,
    morning,
    next_morning,
    paused,
)
from bot.model import (
    Application,
    Case,
    Heard,
    Interview,
    LetterKind,
    Nudge,
    NudgeKind,
    NudgeState,
    Seeker,
    Stage,
)

# Most managers surveyed said "within two weeks" (Accountemps 2006-2017, 65 to 82 %); day 7 is the
# edge that both of their favourite answers share.
FOLLOW_UP_DAYS = 7
# A decision date they named, and the grace it gets.
GRACE_WORKING_DAYS = 2
# Longer ago than this, a follow-up is offered but not planned.
OLD_DAYS = 21
# "Heard anything?" after a letter without a date; after an interview sooner.
HEARD_DAYS, HEARD_DAYS_INTERVIEW = 14, 7
# Silence after which closing is suggested.
QUIET_DAYS = 30
BRIEF_AT = time(18, 0)
BRIEF_SAME_DAY = timedelta(hours=2)
DEBRIEF_AFTER = timedelta(hours=1)
# Interviewers expect the note within a day (TopResume 2017, Accountemps).
THANKS_AFTER = timedelta(hours=20)
REVIEW_AT = time(16, 0)
REVIEW_WEEKDAY = 4
# A person who has not been here for this long is not reviewed.
AWAY_DAYS = 14


@dataclass(frozen=True, slots=True)
class Wanted:
    """A nudge that should come: its name within one person's nudges, and the instant (UTC)."""

    name: str
    kind: NudgeKind
    due_at: datetime
    application: int = 0
    interview: int = 0


def wanted(seeker: Seeker, case: Case) -> list[Wanted]:
    """Everything that should come about one application, as its records stand."""
    application = case.application
    if not application.stage.open:
        return []
    found = [*_follow_up(seeker, case), *_heard(seeker, case), *_quiet(seeker, case)]
    for interview in case.interviews:
        if not interview.cancelled:
            found += _interview(seeker, case, interview)
    skipped = {name.partition("@")[0] for name in application.skipped}
    return [w for w in found if w.name.partition("@")[0] not in skipped]


def _follow_up(seeker: Seeker, case: Case) -> Iterable[Wanted]:
    application = case.application
    silent = application.stage is Stage.APPLIED and not case.interviews
    if not silent or application.no_contact or case.follow_up:
        return
    day = follow_up_day(application, seeker)
    logged_on = local_day(application.logged_at, seeker)
    if day < logged_on and (logged_on - application.applied_on).days > OLD_DAYS:
        return
    due = morning(day, seeker)
    if due <= application.logged_at:
        due = next_morning(application.logged_at, seeker)
    # A date they named after the nudge had come gets a nudge of its own.
    dated = f"@{application.decision_on}" if application.decision_on else ""
    name = f"followup:{application.number}{dated}"
    yield Wanted(name, NudgeKind.FOLLOW_UP, allowed(due, seeker), application.number)


def follow_up_day(application: Application, seeker: Seeker) -> date:
    """The day on which the follow-up is due: a date they named wins over our own rule."""
    if application.decision_on:
        return after_working_days(application.decision_on, GRACE_WORKING_DAYS, seeker)
    return (application.closes_on or application.applied_on) + timedelta(days=FOLLOW_UP_DAYS)


def _interview(seeker: Seeker, case: Case, interview: Interview) -> Iterable[Wanted]:
    end = interview.starts_at + timedelta(minutes=interview.minutes)
    about = (case.application.number, interview.number)
    # A moved interview is asked about anew.
    about_time = f"{interview.number}@{int(interview.starts_at.timestamp()) // 60}"
    brief = _brief(seeker, interview)
    if brief:
        yield Wanted(f"brief:{about_time}", NudgeKind.BRIEF, brief, *about)
    if interview.missed:
        return
    if not interview.debriefed_at and interview.logged_at < end + DEBRIEF_AFTER:
        due = allowed(end + DEBRIEF_AFTER, seeker)
        yield Wanted(f"debrief:{about_time}", NudgeKind.DEBRIEF, due, *about)
    if not case.thanked(interview) and interview.logged_at < end + THANKS_AFTER:
        due = allowed(end + THANKS_AFTER, seeker)
        yield Wanted(f"thanks:{about_time}", NudgeKind.THANKS, due, *about)


def _brief(seeker: Seeker, interview: Interview) -> datetime | None:
    """The evening before, or two hours before; None when it was logged later than that."""
    starts = interview.starts_at
    evening = at_local(local_day(starts, seeker) - timedelta(days=1), BRIEF_AT, seeker.tz)
    for intended in (evening, starts - BRIEF_SAME_DAY):
        for quietly in (last_before_quiet(intended, seeker), intended):
            due = allowed(quietly, seeker)
            if interview.logged_at < due < starts:
                return due
    return None


def _heard(seeker: Seeker, case: Case) -> Iterable[Wanted]:
    """Whether they heard anything, once after each letter or answer that nothing followed."""
    application = case.application
    moments = [(local_day(f.sent_at, seeker), f.kind) for f in case.sent if f.sent_at]
    letters = {(f.kind, f.interview) for f in case.sent if f.kind is not LetterKind.LEAD}
    # An answer that is told late has not been silence since.
    replies = [
        max(r.on, local_day(r.logged_at, seeker))
        for r in case.replies
        if r.what in (Heard.REPLY, Heard.INTERVIEW)
    ]
    if not (letters or replies) or application.stage is Stage.OFFER:
        return
    last = max([day for day, _ in moments] + replies)
    coming = [i for i in case.interviews if not (i.cancelled or case.thanked(i))]
    if any(local_day(i.starts_at, seeker) >= last for i in coming):
        return
    after_interview = any(d == last and k is LetterKind.INTERVIEW for d, k in moments)
    day = last + timedelta(days=HEARD_DAYS_INTERVIEW if after_interview else HEARD_DAYS)
    if application.decision_on and application.decision_on >= last:
        day = after_working_days(application.decision_on, GRACE_WORKING_DAYS, seeker)
    name = f"heard:{application.number}.{len(letters) + len(replies)}"
    yield Wanted(name, NudgeKind.HEARD, allowed(morning(day, seeker), seeker), application.number)


def _quiet(seeker: Seeker, case: Case) -> Iterable[Wanted]:
    """Whether to close what has gone quiet, once in each silence."""
    application = case.application
    if application.stage is Stage.OFFER:
        return
    days = [application.applied_on, local_day(application.logged_at, seeker)]
    days += [local_day(f.sent_at, seeker) for f in case.sent if f.sent_at]
    days += [max(reply.on, local_day(reply.logged_at, seeker)) for reply in case.replies]
    met = [local_day(i.starts_at, seeker) for i in case.interviews if not i.cancelled]
    days += met + [d for d in (application.decision_on, application.closes_on) if d]
    due = allowed(morning(max(days) + timedelta(days=QUIET_DAYS), seeker), seeker)
    name = f"quiet:{application.number}.{len(case.replies) + len(met)}"
    yield Wanted(name, NudgeKind.QUIET, due, application.number)


def wanted_review(
    seeker: Seeker, now: datetime, active: bool, stored: Collection[str] = ()
) -> list[Wanted]:
    """The week's review: this week's while it is ahead or stored already, then the next one.

    `active` says whether there is anything to review. Nobody who has stayed away is reviewed.
    """
    if not active:
        return []
    found = []
    monday = local_day(now, seeker) - timedelta(days=local_day(now, seeker).weekday())
    # Weeks that a rest covers are not reviewed, so the next one may be some way ahead.
    for weeks in range(-1, 9):
        start = monday + timedelta(weeks=weeks)
        weekday = REVIEW_WEEKDAY if REVIEW_WEEKDAY in seeker.days else max(seeker.days or (4,))
        day = start + timedelta(days=weekday)
        year, week, _ = day.isocalendar()
        name = f"review:{year}-W{week:02}"
        at = at_local(day, REVIEW_AT, seeker.tz)
        if paused(at, seeker):
            continue
        due = allowed(at, seeker)
        seen = seeker.seen_at or now
        if (due > now or name in stored) and due - seen <= timedelta(days=AWAY_DAYS):
            found.append(Wanted(name, NudgeKind.REVIEW, due))
        if due > now:
            break
    return found


@dataclass(frozen=True, slots=True)
class Add:
    """Plan a nudge that was not there."""

    nudge: Nudge


@dataclass(frozen=True, slots=True)
class Move:
    """Plan a nudge for another time, or again after it had been dropped."""

    nudge: Nudge


@dataclass(frozen=True, slots=True)
class Drop:
    """End a nudge that is no longer wanted, with the reason."""

    nudge: Nudge


def changes(
    wanted: Sequence[Wanted], stored: Sequence[Nudge], seeker: Seeker, platform: str, why: str
) -> list[Add | Move | Drop]:
    """What must change in the stored nudges so that they are the wanted ones.

    A nudge that has been sent is never planned again by itself; a snooze holds until its time
    unless what they said puts the nudge later still. `why` is the reason kept with what is dropped.
    """
    by_key = {nudge.key: nudge for nudge in stored}
    found: list[Add | Move | Drop] = []
    names = set()
    for want in wanted:
        key = key_of(seeker, want.name)
        names.add(key)
        nudge = by_key.get(key)
        if nudge is None:
            found.append(Add(_planned(want, key, seeker, platform)))
        elif nudge.state in (NudgeState.PLANNED, NudgeState.DROPPED):
            due = max(want.due_at, nudge.snoozed_until or want.due_at)
            # What the dispatcher put off for a night or a pause is looked at again: that may be
            # over.
            put_off = not nudge.claim and nudge.tries == 0 and nudge.ready_at > due
            if nudge.state is NudgeState.DROPPED or nudge.due_at != due or put_off:
                found.append(Move(_moved(nudge, due, seeker)))
    for nudge in stored:
        live = nudge.state in (NudgeState.PLANNED, NudgeState.UNDELIVERED)
        if live and nudge.key not in names:
            found.append(Drop(replace(nudge, state=NudgeState.DROPPED, why=why)))
    return found


def name_of(nudge: Nudge) -> str:
    """The name that a nudge has among its person's own."""
    return nudge.key.partition("/")[2]


def key_of(seeker: Seeker, name: str) -> str:
    """The key of one person's nudge, the same whenever it is planned."""
    return f"{seeker.id}/{name}"


def _planned(want: Wanted, key: str, seeker: Seeker, platform: str) -> Nudge:
    return Nudge(
        id=0,
        key=key,
        seeker_id=seeker.id,
        platform=platform,
        kind=want.kind,
        due_at=want.due_at,
        ready_at=want.due_at,
        local=_local(want.due_at, seeker),
        application=want.application,
        interview=want.interview,
    )


def _moved(nudge: Nudge, due: datetime, seeker: Seeker) -> Nudge:
    return replace(
        nudge,
        state=NudgeState.PLANNED,
        due_at=due,
        ready_at=due,
        local=_local(due, seeker),
        tries=0,
        why="",
    )


def _local(at: datetime, seeker: Seeker) -> str:
    if at >= FOREVER:
        return f"when resumed ({seeker.zone})"
    return f"{at.astimezone(seeker.tz):%Y-%m-%d %H:%M} {seeker.zone}"


def why_not(case: Case) -> str:
    """The reason kept with a nudge about this application that is no longer wanted."""
    application = case.application
    if not application.stage.open:
        return f"the application is {application.stage}"
    if application.no_contact:
        return "they asked for no contact"
    if case.replies:
        return "they answered"
    if case.sent:
        return "the letter was sent"
    return "it was changed, skipped or called off"
