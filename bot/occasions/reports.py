"""A member's report before they have written it: what their own records say has moved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clubs.policy import last_met
from bot.clubs.progress import progress
from bot.clubs.records import Club, Meeting, Report
from bot.model import Case
from bot.ports import Unit

# Before a club's first meeting, what moved is what moved in a week.
WEEK = timedelta(weeks=1)
# Meetings among which the last one that was posted is nearly always.
LATEST = 5


def drafted(
    unit: Unit,
    seeker_id: int,
    club: Club,
    meeting: Meeting,
    now: datetime,
    *,
    names: bool = False,
    everything: Sequence[Case] | None = None,
) -> Report:
    """What somebody shared for this meeting already, or a draft of it from their own records.

    Employers are named on request alone. Numbers are left empty: showing one is a choice each time.
    `everything` is all their applications, where they were read already.
    """
    mine = [r for r in unit.clubs.reports.all(seeker_id) if r.club == club.seeker_id]
    shared = next((r for r in mine if r.meeting == meeting.number), None)
    if shared is not None and not names:
        return shared
    if everything is None:
        everything = list(unit.cases(unit.numbers([seeker_id])).values())
    moved = progress(everything, _last(unit, club, now), now).words(names=names)
    last = max(mine, key=lambda report: report.written_at, default=None)
    said = f"Last time’s goal: {last.next}" if last and last.next else ""
    words = ". ".join(part for part in (moved, said) if part)
    return Report(seeker_id, 0, club.seeker_id, meeting.number, now, words)


def _last(unit: Unit, club: Club, now: datetime) -> datetime:
    """When the club last met, as far as it has posted a meeting."""
    # It is nearly always one of the latest.
    latest = last_met(unit.clubs.meetings(club.seeker_id, LATEST))
    met = latest or last_met(unit.clubs.meetings(club.seeker_id))
    return met.starts_at if met else now - WEEK
