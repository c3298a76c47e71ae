"""Hypothesis strategies for the records of a job search, and a few ready-made ones for examples."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from bot.model import (
    Application,
    Case,
    Channel,
    FollowUp,
    Heard,
    Interview,
    LetterKind,
    Person,
    Reply,
    Seeker,
    Stage,
    Via,
)

# Ordinary ones, and those where naive arithmetic breaks: half-hour clock changes, odd offsets.
ZONES = (
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "UTC",
)

SEEKER = Seeker(id=1, name="Sam Rivera", zone="America/New_York")
MONDAY = date(2026, 6, 1)
LOGGED = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
APPLICATION = Application(1, 1, "Acme", "Site Reliability Engineer", MONDAY, LOGGED)

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
instants = st.integers(0, 730 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80)
names = words.filter(str.strip)
hours = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))


@st.composite
def seekers(draw: st.DrawFn) -> Seeker:
    """People in any of the zones, with any hours, some of them taking a rest."""
    paused_from = draw(st.none() | instants)
    paused_until = None
    if paused_from is not None and draw(st.booleans()):
        paused_until = paused_from + timedelta(hours=draw(st.integers(1, 24 * 60)))
    return Seeker(
        id=1,
        name=draw(words),
        zone=draw(st.sampled_from(ZONES)),
        hour=draw(hours),
        days=tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1)))),
        quiet_from=draw(hours),
        quiet_until=draw(hours),
        paused_from=paused_from,
        paused_until=paused_until,
        seen_at=draw(st.none() | instants),
    )


@st.composite
def cases(draw: st.DrawFn, *, open_only: bool = False) -> Case:
    """Applications with whatever may have happened to them."""
    applied_on = draw(days)
    logged_at = datetime.combine(applied_on, time(12), tzinfo=UTC) + timedelta(
        hours=draw(st.integers(0, 24 * 60))
    )
    stages = [stage for stage in Stage if stage.open or not open_only]
    application = Application(
        seeker_id=1,
        number=draw(st.integers(1, 10_000)),
        company=draw(words),
        role=draw(names),
        applied_on=applied_on,
        logged_at=logged_at,
        via=draw(st.sampled_from(Via)),
        fit=draw(words),
        proof=draw(words),
        no_contact=draw(st.booleans()),
        closes_on=draw(st.none() | days),
        decision_on=draw(st.none() | days),
        stage=draw(st.sampled_from(stages)),
    )
    about = application.number
    interviews = tuple(
        Interview(
            1,
            n,
            about,
            draw(instants),
            draw(instants),
            minutes=draw(st.integers(1, 480)),
            interviewers=draw(st.sampled_from(((), (Person("Dana Fox"),)))),
            debriefed_at=draw(st.none() | instants),
            missed=draw(st.booleans()),
            cancelled=draw(st.booleans()),
        )
        for n in range(1, draw(st.integers(0, 2)) + 1)
    )
    replies = tuple(
        Reply(1, n, about, draw(st.sampled_from(Heard)), draw(days), draw(instants))
        for n in range(1, draw(st.integers(0, 2)) + 1)
    )
    followups = tuple(
        FollowUp(
            1,
            n,
            about,
            draw(st.sampled_from(LetterKind)),
            draw(st.sampled_from(Channel)),
            draw(instants),
            interview=draw(st.integers(0, len(interviews))),
            sent_at=draw(st.none() | instants),
        )
        for n in range(1, draw(st.integers(0, 2)) + 1)
    )
    return Case(application, interviews, replies, followups)


def sent(kind: LetterKind, at: datetime, **more: object) -> FollowUp:
    """A letter that was sent."""
    letter = FollowUp(1, 1, 1, kind, Channel.EMAIL, at, sent_at=at)
    return replace(letter, **more)  # type: ignore[arg-type]  # field names are checked by replace
