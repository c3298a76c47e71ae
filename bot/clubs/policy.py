"""What a club's week should bring to whom and when: the one place for the rules of when of a club.

As in `bot.policy`, a plan depends on records alone. What is wanted of a member is theirs, and what
is wanted of a club is posted in its channel.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from bot.clubs.calendar import Rhythm, next_meeting, report_due
from bot.clubs.records import Action, Club, Landing, Meeting, Member, Partnering, Report
from bot.hours import allowed, morning
from bot.model import Nudge, NudgeKind, Seeker
from bot.policy import Wanted, name_of

# What was said in a meeting comes back in the middle of the time until the next one.
ACTION_DAYS = 3
# Every name of a club's nudge begins so, that it is told apart from a search's own.
_PREFIX = "club:"
_RETELLING = "retelling"
_NAMED = re.compile(rf"{_PREFIX}[a-z]+:([0-9]+)\.([0-9]+)")


def rhythm(club: Club) -> Rhythm:
    """When a club meets."""
    return Rhythm(club.weekday, club.at, club.zone, club.country)


def coming(meetings: Sequence[Meeting], now: datetime) -> Meeting | None:
    """The next meeting that is neither cancelled nor posted."""
    ahead = [m for m in meetings if m.starts_at > now and not m.cancelled and not m.posted_at]
    return min(ahead, key=lambda m: m.starts_at, default=None)


def following(club: Club, meetings: Sequence[Meeting], now: datetime) -> Meeting:
    """The meeting after all that are known, as it would be by the rhythm; its number is 0."""
    taken = {meeting.intended_on for meeting in meetings}
    day, starts_at = next_meeting(rhythm(club), now, taken)
    return Meeting(club.seeker_id, 0, day, starts_at)


def organizers(members: Sequence[Member]) -> set[int]:
    """Who organizes a club, by their ids: where nobody does any more, whoever joined first."""
    found = {member.seeker_id for member in members if member.organizes}
    return found or {member.seeker_id for member in members[:1]}


def still_means(nudge: Nudge, club: Club, meeting: Meeting) -> bool:
    """Whether a nudge about a meeting is about it at the time, or on the day, that it has now."""
    about = _report if nudge.kind is NudgeKind.REPORT else _meeting
    return name_of(nudge) == about(club, meeting)


def mending_name(club: Club, about: Meeting | Nudge) -> str:
    """How the name begins of a nudge that changes a post: a meeting's, or what a nudge posted."""
    what = "mending" if isinstance(about, Meeting) else _RETELLING
    number = about.number if isinstance(about, Meeting) else about.id
    return f"{_PREFIX}{what}:{club.seeker_id}.{number}"


def retells(nudge: Nudge) -> bool:
    """Whether it changes what another nudge has posted, and not a meeting's post."""
    return name_of(nudge).startswith(f"{_PREFIX}{_RETELLING}:")


def wanted_of_club(club: Club, meetings: Iterable[Meeting]) -> list[Wanted]:
    """What its channel should see: each meeting at its hour. A club that rests posts nothing."""
    if club.resting:
        return []
    return [
        Wanted(_meeting(club, meeting), NudgeKind.MEETING, meeting.starts_at)
        for meeting in meetings
        if not meeting.cancelled and not meeting.posted_at
    ]


def wanted_of_member(
    seeker: Seeker,
    member: Member,
    club: Club,
    meetings: Iterable[Meeting],
    reports: Iterable[Report] = (),
    actions: Iterable[Action] = (),
    partnerings: Iterable[Partnering] = (),
    met: Meeting | None = None,
) -> list[Wanted]:
    """What a member should get: the questions before a meeting, and what they said they would do.

    `reports` and `actions` are their own. Who has reported is not asked; who joined after the
    moment at which they would have been asked is asked later, if there is time. Of the
    `partnerings` those of the week in which the club last `met` are told of once it is over.
    """
    found: list[Wanted] = []
    answered = {report.meeting for report in reports if report.club == club.seeker_id}
    for meeting in () if club.resting else meetings:
        if meeting.cancelled or meeting.posted_at or meeting.number in answered:
            continue
        due = report_due(meeting.starts_at, seeker, member.joined_at)
        if due is not None:
            found.append(Wanted(_report(club, meeting), NudgeKind.REPORT, due))
    found += wanted_again(seeker, [one for one in actions if one.club == club.seeker_id])
    for partnering in partnerings if met and member.partners else ():
        mine = (partnering.seeker_id, partnering.club) == (seeker.id, club.seeker_id)
        if met and mine and partnering.week == week_of(met):
            over = met.starts_at + timedelta(minutes=club.minutes)
            name = f"{_PREFIX}partners:{club.seeker_id}.{partnering.week.toordinal()}"
            found.append(Wanted(name, NudgeKind.PARTNERS, allowed(over, seeker)))
    return found


def wanted_again(seeker: Seeker, actions: Iterable[Action]) -> list[Wanted]:
    """What somebody said they would do, and has not done, on the morning on which it comes back."""
    found = []
    for action in actions:
        if action.done_at is None:
            due = allowed(morning(action.due_on, seeker), seeker)
            # One that was put off comes back, although it came before.
            about = f"{action.club}.{action.number}@{action.due_on.toordinal()}"
            found.append(Wanted(f"{_PREFIX}action:{about}", NudgeKind.ACTION, due))
    return found


def last_met(meetings: Iterable[Meeting]) -> Meeting | None:
    """The latest meeting that was posted."""
    posted = [meeting for meeting in meetings if meeting.posted_at]
    return max(posted, key=lambda meeting: meeting.starts_at, default=None)


def week_of(meeting: Meeting) -> date:
    """The Monday of the week to which a meeting belongs, also when it was moved out of it."""
    return meeting.intended_on - timedelta(days=meeting.intended_on.weekday())


def landed_name(club: int, landing: Landing) -> str:
    """The name of the post by which a club hears of a landing."""
    return f"{_PREFIX}landed:{club}.{landing.seeker_id}@{landing.number}"


def landing_of(nudge: Nudge) -> tuple[int, int]:
    """Whose landing, and which, a nudge of that name is about."""
    return number_of(nudge), int(name_of(nudge).partition("@")[2] or 0)


def opening_name(club: int) -> str:
    """The name of the post that opens a club; there is one of it."""
    return f"{_PREFIX}opening:{club}.1"


def notice_name(club: Club, meeting: Meeting) -> str:
    """The name of the post that a meeting is moved to when it is now, or that it is off."""
    state = "off" if meeting.cancelled else str(_minute(meeting.starts_at))
    return f"{_PREFIX}notice:{club.seeker_id}.{meeting.number}@{state}"


def action_due(meeting: Meeting, club: Club) -> date:
    """The day on which an action item of a meeting comes back to its owner."""
    return meeting.starts_at.astimezone(rhythm(club).tz).date() + timedelta(days=ACTION_DAYS)


def club_of(nudge: Nudge) -> int:
    """The id of the club that a nudge is about; 0 when it is about none."""
    found = _NAMED.match(name_of(nudge))
    return int(found[1]) if found else 0


def number_of(nudge: Nudge) -> int:
    """The number, within its club or its owner's records, of what a club's nudge is about; or 0."""
    found = _NAMED.match(name_of(nudge))
    return int(found[2]) if found else 0


def _meeting(club: Club, meeting: Meeting) -> str:
    """The name of a meeting's post; a moved one is posted anew."""
    return f"{_PREFIX}meeting:{club.seeker_id}.{meeting.number}@{_minute(meeting.starts_at)}"


def _report(club: Club, meeting: Meeting) -> str:
    """The name of the questions before a meeting; nobody is asked anew for another hour of a day.

    The day is the club's.
    """
    day = meeting.starts_at.astimezone(rhythm(club).tz).date().toordinal()
    return f"{_PREFIX}report:{club.seeker_id}.{meeting.number}@{day}"


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60
