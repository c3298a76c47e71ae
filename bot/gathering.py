"""Brings a club's nudges, and those of its members about it, in line with its records.

Decides nothing itself. Whoever calls holds the club (`Clubs.lock`), so that of two who change
something at once the second one plans by what the first has done.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.clubs.policy import (
    club_of,
    coming,
    following,
    last_met,
    mending_name,
    wanted_again,
    wanted_of_club,
    wanted_of_member,
    week_of,
)
from bot.clubs.promises import keep_to_reports
from bot.clubs.records import Club, Meeting, Member
from bot.leads import go_on_without, standing_with
from bot.model import Account, Nudge, NudgeKind, NudgeState, Seeker
from bot.plan import write
from bot.policy import Add, Drop, Move, Wanted, changes, key_of
from bot.ports import Unit

# A meeting that could not be posted is not posted when it is long over.
TOO_LATE = timedelta(hours=12)
# Changes of a post are gathered for so long.
MOMENT = timedelta(seconds=10)
# What follows from the records at any time; anything else is planned once, when it comes about.
TELLING = (NudgeKind.OPENING, NudgeKind.NOTICE, NudgeKind.LANDED)
PLANNED = (NudgeKind.REPORT, NudgeKind.MEETING, NudgeKind.ACTION, NudgeKind.PARTNERS)


def replan_club(unit: Unit, club: Club, now: datetime) -> list[Meeting]:
    """Plan a club's week anew; returns the meetings ahead, of which there is always one.

    None is ahead of a club that rests.
    """
    known = unit.clubs.meetings(club.seeker_id)
    if not club.resting and coming(known, now) is None:
        known.append(unit.clubs.put_meeting(following(club, known, now)))
    ahead = [
        meeting
        for meeting in known
        if meeting.starts_at > now - TOO_LATE and not (meeting.cancelled or meeting.posted_at)
    ]
    members = unit.clubs.members([club.seeker_id]).get(club.seeker_id, ())
    seekers = unit.seekers({club.seeker_id, *(member.seeker_id for member in members)})
    plans = [(seekers[club.seeker_id], club.platform, wanted_of_club(club, ahead))]
    met = last_met(known)
    paired = unit.clubs.partnerings(club.seeker_id, week_of(met)) if met else []
    accounts = unit.accounts(set(seekers) - {club.seeker_id})
    actions = unit.clubs.outstanding(club.seeker_id)
    reports = [one for m in ahead for one in unit.clubs.reported(club.seeker_id, m.number)]
    for member in members:
        seeker = seekers[member.seeker_id]
        platform = platform_of(club, member, accounts.get(seeker.id, ()))
        wanted = wanted_of_member(
            seeker,
            member,
            club,
            ahead,
            [report for report in reports if report.seeker_id == seeker.id],
            [action for action in actions if action.seeker_id == seeker.id],
            paired,
            met,
        )
        plans.append((seeker, platform, wanted))
    _plan(unit, club.seeker_id, plans, now)
    return [one for one in ahead if one.starts_at > now and not club.resting]


def platform_of(club: Club, member: Member, theirs: Sequence[Account]) -> str:
    """The platform on which a club reaches a member: that of the account by which they joined."""
    return next((one.platform for one in theirs if one.id == member.account_id), club.platform)


def forget_member(unit: Unit, member: Member, now: datetime) -> None:
    """Take somebody, and all that they shared, out of a club and its posts.

    Without members it ends.
    """
    club = unit.clubs.get(member.club)
    seeker = unit.seekers([member.seeker_id]).get(member.seeker_id)
    if club is None:
        return
    if seeker is not None:
        _plan(unit, club.seeker_id, [(seeker, club.platform, [])], now)
    named = met_with(unit, member)
    questions = standing_with(unit, member)
    unit.clubs.drop_member(club.seeker_id, member.seeker_id)
    go_on_without(unit, questions, member, now)
    if club.founder == member.seeker_id:
        club = replace(club, posted_by="", founder=0)
        unit.clubs.save(club)
    mended = mend_posts(unit, club, named, now, others=True)
    # What is just being posted is looked at again once it is (`bot.occasions.mending`).
    on_its_way = any(nudge.claim for nudge in unit.nudges.of(club.seeker_id, [NudgeState.PLANNED]))
    if unit.clubs.members([club.seeker_id]).get(club.seeker_id):
        replan_club(unit, club, now)
    elif mended or on_its_way:
        # It goes once its posts hold nobody's words any more (`Unit.prune`).
        resting = replace(club, resting=True)
        unit.clubs.save(resting)
        replan_club(unit, resting, now)
    else:
        unit.clubs.remove(club.seeker_id)


def met_with(unit: Unit, member: Member) -> list[Meeting]:
    """The meetings of a club whose posts may name a member."""
    theirs = unit.clubs.reports.all(member.seeker_id)
    reported = {report.meeting for report in theirs if report.club == member.club}
    known = unit.clubs.meetings(member.club)
    return [m for m in known if member.seeker_id in m.order or m.number in reported]


def replan_clubs(unit: Unit, seeker_id: int, now: datetime, *, unshared: bool = False) -> None:
    """Plan anew in each of a person's clubs, as when their zone or their quiet hours are others.

    And what they noted for themselves. `unshared` when they have taken back what they had shared,
    which may have been posted meanwhile.
    """
    replan_own(unit, seeker_id, now)
    for club, _ in unit.clubs.of(seeker_id):
        held = unit.clubs.lock(club.seeker_id)
        if held is None:
            continue
        latest = last_met(unit.clubs.meetings(club.seeker_id)) if unshared else None
        if latest:
            keep_to_reports(unit.clubs, held, latest)
        replan_club(unit, held, now)
        if unshared:
            mend_posts(unit, held, [latest] if latest else [], now, others=True)


def replan_own(unit: Unit, seeker_id: int, now: datetime) -> None:
    """Plan anew when what somebody noted for themselves comes back to them, club or no club."""
    mine = [one for one in unit.clubs.actions.all(seeker_id) if one.club == seeker_id]
    reached = [one for one in unit.accounts([seeker_id]).get(seeker_id, ()) if one.on]
    if reached:
        seeker = unit.seekers([seeker_id])[seeker_id]
        wanted = wanted_again(seeker, mine)
        _plan(unit, seeker_id, [(seeker, reached[0].platform, wanted)], now)


def leave_clubs(unit: Unit, seeker_id: int, now: datetime) -> None:
    """Take somebody out of all their clubs."""
    for club, member in unit.clubs.of(seeker_id):
        if unit.clubs.lock(club.seeker_id) is not None:
            forget_member(unit, member, now)


def mend_posts(
    unit: Unit, club: Club, met: Sequence[Meeting | Nudge], now: datetime, *, others: bool = False
) -> bool:
    """Plan that the posts of these meetings (or nudges) are changed in place, and all `others`.

    Once for all that changes in a moment. Whoever calls holds the club, and a post is written anew
    by whoever holds it later. Returns whether there is anything to change.
    """
    own = unit.seekers([club.seeker_id])[club.seeker_id]
    known = unit.nudges.of(own.id)
    taken = {n.key for n in known if n.claim or n.state is not NudgeState.PLANNED}
    about = [mending_name(club, one) for one in met if isinstance(one, Nudge) or one.post_ref]
    if others:
        about += [mending_name(club, n) for n in known if n.kind in TELLING and n.message_ref]
    wanted = []
    for stem in about:
        turn = int(now.timestamp() / MOMENT.total_seconds()) + 1
        while key_of(own, f"{stem}@{turn}") in taken:
            turn += 1
        due = datetime.fromtimestamp(turn * MOMENT.total_seconds(), UTC)
        wanted.append(Wanted(f"{stem}@{turn}", NudgeKind.MENDING, due))
    write(unit, changes(wanted, [], own, club.platform, ""))
    return bool(wanted)


def _plan(
    unit: Unit, club: int, plans: Sequence[tuple[Seeker, str, list[Wanted]]], now: datetime
) -> None:
    """Store what these people, or the club itself, should get on their platforms, all at once."""
    keys = [key_of(seeker, want.name) for seeker, _, wanted in plans for want in wanted]
    stored: dict[int, list[Nudge]] = defaultdict(list)
    for nudge in unit.nudges.among([seeker.id for seeker, _, _ in plans], keys):
        # Whoever holds one looks at the records again before it goes out.
        if nudge.kind in PLANNED and club_of(nudge) == club and not nudge.claim:
            stored[nudge.seeker_id].append(nudge)
    plan: list[Add | Move | Drop] = []
    for seeker, platform, wanted in plans:
        mine = stored[seeker.id]
        asked = [_not_late(want, key_of(seeker, want.name), mine, now) for want in wanted]
        plan += changes(asked, mine, seeker, platform, "the club's plans have changed")
    write(unit, plan)


def _not_late(want: Wanted, key: str, stored: Sequence[Nudge], now: datetime) -> Wanted:
    """The questions before a meeting, asked now where a new hour has made them due before."""
    if want.kind is not NudgeKind.REPORT or want.due_at >= now:
        return want
    planned = [n.due_at for n in stored if n.key == key and n.state is NudgeState.PLANNED]
    return replace(want, due_at=max([want.due_at, *(min(now, due) for due in planned or [now])]))
