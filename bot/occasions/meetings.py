"""A club's week: the questions before a meeting, its one post, and what comes of it.

A post is written while its club is held, so that it shows all that was shared until then.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.club_nudges import lost_part, report_part, rest_part
from bot.cards.clubs import action_part, notice_message, opening_message
from bot.cards.meetings import meeting_message
from bot.cards.nudges import Part
from bot.clubs.calendar import gone_quiet
from bot.clubs.policy import club_of, notice_name, number_of, organizers, still_means
from bot.clubs.promises import promise
from bot.clubs.records import Club, Meeting, Member
from bot.clubs.rotation import order, timekeeper
from bot.delivery import Gone, Outcome, Sent
from bot.gathering import TOO_LATE, platform_of, replan_club
from bot.hours import allowed
from bot.model import Case, Nudge, NudgeKind, Seeker
from bot.occasions.partners import pair
from bot.occasions.post import Post
from bot.occasions.reports import drafted
from bot.plan import write
from bot.policy import Wanted, changes, name_of
from bot.ports import Unit

ENDED = "the club was ended"
LEFT = "they have left the club"
# A post that comes later than this says so.
LATE = timedelta(minutes=15)
# A club's latest meetings, in which a sign of life is looked for.
LATEST = 5
# One meeting without a report is no silence.
SILENT = 2


def report(
    unit: Unit,
    seeker: Seeker,
    nudge: Nudge,
    now: datetime,
    everything: Sequence[Case] | None = None,
) -> Part | str:
    """The questions before a meeting, with what their owner's records say and nothing shared."""
    found = _place(unit, seeker, nudge)
    if isinstance(found, str):
        return found
    club, member = found
    meeting = meeting_of(unit, club, nudge)
    if meeting is None or meeting.cancelled or club.resting:
        return "the meeting was called off"
    if not still_means(nudge, club, meeting):
        return "the meeting was moved"
    if meeting.posted_at or meeting.starts_at <= now:
        return "the meeting has begun"
    draft = drafted(unit, seeker.id, club, meeting, now, everything=everything)
    if draft.number:
        return "they have reported"
    return report_part(club, member, meeting, draft, seeker.zone)


def action(unit: Unit, seeker: Seeker, nudge: Nudge, now: datetime) -> Part | str:
    """What somebody said they would do, on the day on which it comes back to them."""
    club: Club | None = None
    if club_of(nudge) != seeker.id:
        found = _place(unit, seeker, nudge)
        if isinstance(found, str):
            return found
        club = found[0]
    mine = unit.clubs.actions.get(seeker.id, number_of(nudge))
    return "it is done" if mine is None or mine.done_at else action_part(mine, club)


def rest(unit: Unit, seeker: Seeker, nudge: Nudge, now: datetime) -> Part | str:
    """Whether a quiet club shall rest, for whoever organizes it."""
    found = _place(unit, seeker, nudge)
    if isinstance(found, str):
        return found
    club, _ = found
    if club.resting or _quiet_since(unit, club, now) is None:
        return "the club goes on, or rests already"
    return rest_part(club)


def lost(unit: Unit, seeker: Seeker, nudge: Nudge, now: datetime) -> Part | str:
    """That a club's channel is gone, for whoever organizes it."""
    found = _place(unit, seeker, nudge)
    return found if isinstance(found, str) else lost_part(found[0])


def opening(unit: Unit, nudge: Nudge, now: datetime) -> Post | str:
    """That there is a club now, and how to join."""
    club = unit.clubs.lock(club_of(nudge))
    return ENDED if club is None else Post(opening_message(club))


def notice(unit: Unit, nudge: Nudge, now: datetime) -> Post | str:
    """That a meeting is moved, or off, as long as that is so and it is ahead."""
    club = unit.clubs.lock(club_of(nudge))
    found = meeting_of(unit, club, nudge) if club else None
    if club is None or found is None:
        return ENDED
    if found.posted_at or found.starts_at <= now or club.resting:
        return "the meeting is over"
    # One that stands already says what is so now.
    if not nudge.message_ref and name_of(nudge) != notice_name(club, found):
        return "it was changed again"
    return Post(notice_message(club, found))


def meeting(unit: Unit, nudge: Nudge, now: datetime) -> Post | str:
    """The one message of a meeting; whose turn it is, is decided and kept."""
    club = unit.clubs.lock(club_of(nudge))
    if club is None:
        return ENDED
    known = unit.clubs.meetings(club.seeker_id)
    found = _numbered(known, nudge)
    if found is None or found.cancelled or not still_means(nudge, club, found) or club.resting:
        return "the meeting was moved or called off"
    if found.posted_at:
        return "it was posted"
    if now - found.starts_at > TOO_LATE:
        return "the meeting is long over"
    members = unit.clubs.members([club.seeker_id])[club.seeker_id]
    reports = unit.clubs.reported(club.seeker_id, found.number)
    away = {report.seeker_id for report in reports if report.absent}
    present = [member.seeker_id for member in members if member.seeker_id not in away]
    met = [one for one in known if one.posted_at]
    turns = tuple(order(present, [one.order for one in met]))
    keepers = [one.timekeeper for one in met]
    keeper = timekeeper(present, keepers, turns[0]) if turns else 0
    found = unit.clubs.put_meeting(replace(found, order=turns, timekeeper=keeper))
    # Mostly somebody has reported, which is sign enough.
    if gone_quiet(max((one.written_at for one in reports), default=club.began_at), now):
        _ask_to_rest(unit, club, members, now)
    late = now - found.starts_at > LATE
    return Post(meeting_message(club, found, members, reports, late=late))


def answered(unit: Unit, nudge: Nudge, outcome: Outcome, now: datetime) -> None:
    """Keep what follows from the platform's answer to a club's post; twice is as once."""
    club = unit.clubs.lock(club_of(nudge))
    if club is None:
        return
    if isinstance(outcome, Gone) and nudge.kind is not NudgeKind.MENDING:
        _stop(unit, club, now)
        return
    found = meeting_of(unit, club, nudge)
    if nudge.kind is not NudgeKind.MEETING or found is None or found.posted_at:
        return
    if isinstance(outcome, Sent):
        found = unit.clubs.put_meeting(replace(found, posted_at=now, post_ref=outcome.ref))
        promise(unit.clubs, club, found, unit.clubs.reported(club.seeker_id, found.number))
        pair(unit, club, found, now)


def go_on(unit: Unit, nudge: Nudge, now: datetime) -> None:
    """Plan what follows a meeting, whatever became of its post."""
    club = unit.clubs.lock(club_of(nudge))
    if club is not None:
        replan_club(unit, club, now)


def _place(unit: Unit, seeker: Seeker, nudge: Nudge) -> tuple[Club, Member] | str:
    own = unit.clubs.of(seeker.id)
    return next((one for one in own if one[0].seeker_id == club_of(nudge)), LEFT)


def meeting_of(unit: Unit, club: Club, nudge: Nudge) -> Meeting | None:
    """The meeting that a nudge is about, as far as it is known."""
    # It is nearly always one of the latest.
    latest = _numbered(unit.clubs.meetings(club.seeker_id, LATEST), nudge)
    return latest or _numbered(unit.clubs.meetings(club.seeker_id), nudge)


def _numbered(known: Sequence[Meeting], nudge: Nudge) -> Meeting | None:
    return next((one for one in known if one.number == number_of(nudge)), None)


def _quiet_since(unit: Unit, club: Club, now: datetime) -> datetime | None:
    """When somebody last did something for a club that has gone quiet; None for any other.

    A sign is a report, somebody who joined, and a meeting that was called off. Where the club has
    met less than twice since, nobody could have reported.
    """
    members = unit.clubs.members([club.seeker_id])[club.seeker_id]
    signs = [club.began_at, *(member.joined_at for member in members)]
    latest = unit.clubs.meetings(club.seeker_id, LATEST)
    for one in latest:
        signs += [r.written_at for r in unit.clubs.reported(club.seeker_id, one.number)]
        signs += [min(one.starts_at, now)] if one.cancelled else []
    sign = max(signs)
    silent = [one for one in latest if one.posted_at and one.starts_at >= sign]
    return sign if gone_quiet(sign, now) and len(silent) >= SILENT else None


def _ask_to_rest(unit: Unit, club: Club, members: Sequence[Member], now: datetime) -> None:
    """Ask whoever organizes a club that has gone quiet, once in each silence."""
    sign = _quiet_since(unit, club, now)
    if sign is None or (club.asked_at and club.asked_at > sign):
        return
    unit.clubs.save(replace(club, asked_at=now))
    _tell_organizers(unit, club, NudgeKind.REST, now)


def _stop(unit: Unit, club: Club, now: datetime) -> None:
    """A club's channel is gone: it rests, and whoever organizes it hears of it once."""
    if club.resting:
        return
    resting = replace(club, resting=True)
    unit.clubs.save(resting)
    replan_club(unit, resting, now)
    _tell_organizers(unit, club, NudgeKind.LOST, now)


def _tell_organizers(unit: Unit, club: Club, kind: NudgeKind, now: datetime) -> None:
    members = unit.clubs.members([club.seeker_id])[club.seeker_id]
    accounts = unit.accounts({member.seeker_id for member in members})
    seekers = unit.seekers(organizers(members))
    for member in members:
        seeker = seekers.get(member.seeker_id)
        if seeker is None:
            continue
        platform = platform_of(club, member, accounts.get(seeker.id, ()))
        name = f"club:{kind.value}:{club.seeker_id}.{int(now.timestamp()) // 60}"
        wanted = [Wanted(name, kind, allowed(now, seeker))]
        write(unit, changes(wanted, [], seeker, platform, ""))
