"""What members share with a club: seen there, taken back, erased with their place there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.clubs.records import (
    Answered,
    Asked,
    How,
    Member,
    Partnering,
)
from bot.ports import Unit
from storage.clubs import KEPT_MEETINGS
from storage.models import metadata
from storage.store import Store
from tests.gatherings import do, joined, made, share, tables
from tests.samples import (
    KIM,
    LATER,
    NOW,
    SAM,
    action,
    application,
    arrive,
    asking,
    meeting,
    report,
    tie,
)

DAY, WEEK, YEAR = timedelta(days=1), timedelta(weeks=1), timedelta(days=365)
TODAY = NOW.date()


def test_a_club_sees_the_reports_and_action_items_of_its_members_only(store: Store) -> None:
    thursdays, fridays = made(store), made(store, channel="C2")
    sam, kim = joined(store, thursdays), joined(store, thursdays, KIM)
    there = joined(store, fridays)
    late, early, _, _ = (
        do(store, lambda u, one=one: u.clubs.reports.add(one))
        for one in (
            report(sam, 1, written_at=LATER, moved="Later"),
            report(kim, 1, conversations=3),
            report(sam, 2),
            report(there, 1),
        )
    )
    mine = do(store, lambda u: u.clubs.actions.add(action(sam)))
    do(store, lambda u: u.clubs.actions.add(action(there)))
    at = thursdays.seeker_id
    assert do(store, lambda u: u.clubs.reported(at, 1)) == [early, late]
    assert do(store, lambda u: u.clubs.acted(at, 1)) == [mine]
    assert [one.number for one in do(store, lambda u: u.clubs.reports.all(sam.seeker_id))] == [
        1, 2, 3,
    ]  # fmt: skip
    done = replace(mine, done_at=LATER)
    do(store, lambda u: u.clubs.actions.save(done))
    assert do(store, lambda u: u.clubs.actions.get(sam.seeker_id, mine.number)) == done
    assert do(store, lambda u: u.clubs.actions.get(kim.seeker_id, mine.number)) is None
    do(store, lambda u: u.clubs.actions.remove(done))
    assert do(store, lambda u: u.clubs.acted(at, 1)) == []
    with pytest.raises(LookupError):
        do(store, lambda u: u.clubs.actions.save(done))


def test_partners_of_a_week_and_whom_somebody_does_not_want(store: Store) -> None:
    thursdays = made(store)
    sam, kim = joined(store, thursdays), joined(store, thursdays, KIM)
    ids = sam.seeker_id, kim.seeker_id
    before = Partnering(ids[0], thursdays.seeker_id, TODAY - WEEK, (ids[1],))
    now = Partnering(ids[0], thursdays.seeker_id, TODAY, (ids[1],))
    for one in (now, before, replace(now, partners=()), now):
        do(store, lambda u, one=one: u.clubs.put_partnering(one))

    def since(day: date) -> list[Partnering]:
        found: list[Partnering] = do(store, lambda u: u.clubs.partnerings(thursdays.seeker_id, day))
        return found

    assert since(TODAY - WEEK) == [before, now]
    assert since(TODAY) == [now]
    for _ in range(2):
        do(store, lambda u: u.clubs.exclude(*ids, yes=True))
    assert do(store, lambda u: u.clubs.excluded(ids)) == {ids}
    assert do(store, lambda u: u.clubs.excluded(ids[1:])) == set()
    for _ in range(2):
        do(store, lambda u: u.clubs.exclude(*ids, yes=False))
    assert do(store, lambda u: u.clubs.excluded(ids)) == set()


def test_who_leaves_a_club_leaves_nothing_there_and_keeps_the_others(store: Store) -> None:
    thursdays = made(store, posted_by=SAM.name)
    fridays = made(store, channel="C2")
    sam, kim, there = (
        joined(store, thursdays), joined(store, thursdays, KIM), joined(store, fridays)
    )  # fmt: skip
    do(store, lambda u: u.clubs.save(replace(thursdays, founder=sam.seeker_id)))
    share(store, kim, sam, thursdays)
    share(store, there, replace(kim, club=fridays.seeker_id), fridays)
    share(store, sam, kim, thursdays)
    do(store, lambda u: u.clubs.drop_member(thursdays.seeker_id, sam.seeker_id))
    at = thursdays.seeker_id
    assert do(store, lambda u: u.clubs.members([at])) == {at: [kim]}
    assert do(store, lambda u: u.clubs.get(at)).posted_by == ""
    assert {one.seeker_id for one in do(store, lambda u: u.clubs.reported(at, 1))} == {
        kim.seeker_id
    }
    for met in do(store, lambda u: u.clubs.meetings(at)):
        assert met.order == (kim.seeker_id,)
        assert met.timekeeper in {0, kim.seeker_id}
    (left,) = do(store, lambda u: u.clubs.partnerings(at, TODAY))
    assert (left.seeker_id, left.partners) == (kim.seeker_id, (at,))
    for who in (sam, kim):
        asked = do(store, lambda u, who=who: u.clubs.asked.all(who.seeker_id))
        assert {one.club for one in asked} == {fridays.seeker_id}
    assert do(store, lambda u: u.clubs.of(sam.seeker_id)) == [(fridays, there)]
    for kind in ("reports", "actions", "landings"):
        mine = do(store, lambda u, kind=kind: getattr(u.clubs, kind).all(sam.seeker_id))
        assert {one.club for one in mine} == {fridays.seeker_id}
    assert do(store, lambda u: u.clubs.get(fridays.seeker_id)).posted_by == "Sam"


def test_leaving_a_club_cannot_be_undone_and_an_older_change_there_is_left_alone(
    store: Store,
) -> None:
    thursdays = made(store)
    sam = joined(store, thursdays)
    written = do(store, lambda u: u.clubs.reports.add(report(sam)))

    def remove(unit: Unit) -> None:
        unit.enter(SAM, NOW)
        unit.clubs.reports.remove(written)
        assert unit.note_change(sam.seeker_id, "Took it back", NOW)

    def leave(unit: Unit) -> None:
        unit.enter(SAM, NOW)
        unit.clubs.drop_member(thursdays.seeker_id, sam.seeker_id)
        assert unit.note_change(sam.seeker_id, "Left", NOW) == 0

    do(store, remove)
    do(store, leave)
    undo(store, sam)
    assert do(store, lambda u: u.clubs.reports.all(sam.seeker_id)) == []
    do(store, lambda u: u.clubs.remove(thursdays.seeker_id))
    assert do(store, lambda u: u.clubs.get(thursdays.seeker_id)) is None


def undo(store: Store, who: Member) -> None:
    """Take somebody's last change back."""

    def work(unit: Unit) -> None:
        change = unit.last_change(who.seeker_id)
        assert change is not None
        unit.undo(change, LATER)
        assert unit.touched() == set()

    do(store, work)


def test_reports_action_items_and_ties_are_taken_back(store: Store) -> None:
    sam = joined(store, made(store))

    def stored() -> list[list[Any]]:
        kinds = ("reports", "actions", "ties")
        return [do(store, lambda u, k=k: getattr(u.clubs, k).all(sam.seeker_id)) for k in kinds]

    def change(work: Callable[[Unit], Any]) -> None:
        def noted(unit: Unit) -> None:
            unit.enter(SAM, NOW)
            work(unit)
            assert unit.note_change(sam.seeker_id, "Did it", NOW)

        before = stored()
        do(store, noted)
        after = stored()
        assert after != before
        undo(store, sam)
        assert stored() == before
        do(store, noted)

    mine = report(sam), action(sam), tie(sam.seeker_id)
    change(lambda u: u.clubs.reports.add(mine[0]))
    change(lambda u: u.clubs.actions.add(mine[1]))
    change(lambda u: u.clubs.ties.add(mine[2]))
    (said,), (doing,), (tied,) = stored()
    change(lambda u: u.clubs.reports.save(replace(said, moved="More", absent=True)))
    change(lambda u: u.clubs.actions.save(replace(doing, done_at=NOW)))
    change(lambda u: u.clubs.ties.save(replace(tied, until=TODAY, how=How.KNOWS)))
    change(lambda u: u.clubs.reports.remove(u.clubs.reports.get(sam.seeker_id, said.number)))
    change(lambda u: u.clubs.ties.remove(u.clubs.ties.get(sam.seeker_id, tied.number)))


def test_forgetting_a_member_leaves_nothing_of_them_and_the_club_to_the_others(
    store: Store,
) -> None:
    thursdays = made(store, posted_by=SAM.name)
    kim = joined(store, thursdays, KIM)
    kims = tables(store)
    sam = joined(store, thursdays)
    do(store, lambda u: u.clubs.save(replace(thursdays, founder=sam.seeker_id)))
    share(store, sam, kim, thursdays)
    do(store, lambda u: u.clubs.exclude(kim.seeker_id, sam.seeker_id, yes=True))
    do(store, lambda u: u.clubs.ties.add(tie(sam.seeker_id)))
    do(store, lambda u: u.forget(sam.seeker_id))
    left = tables(store)
    ours = {"clubs", "meetings", "partnerings", "counters"}
    assert {name: rows for name, rows in left.items() if name not in ours} == {
        name: rows for name, rows in kims.items() if name not in ours
    }
    assert not any(SAM.name in row or "canary" in row for rows in left.values() for row in rows)
    (met,) = do(store, lambda u: u.clubs.meetings(thursdays.seeker_id))
    assert (met.order, met.timekeeper) == ((kim.seeker_id,), 0)


def test_removing_a_club_leaves_its_members_as_they_were_before_it(store: Store) -> None:
    seeker, _ = arrive(store), arrive(store, KIM)
    kept = do(store, lambda u: u.applications.add(application(seeker)))
    before = tables(store)
    thursdays = made(store)
    sam, kim = joined(store, thursdays), joined(store, thursdays, KIM)
    share(store, sam, kim, thursdays)
    do(store, lambda u: u.clubs.remove(thursdays.seeker_id))
    # Numbers are never given again, and what somebody asked is theirs.
    own = {"counters", "askings"}
    after = tables(store)
    assert {n: sorted(r) for n, r in after.items() if n not in own} == {
        n: sorted(r) for n, r in before.items() if n not in own
    }
    do(store, lambda u: u.clubs.remove(kept.seeker_id))
    assert do(store, lambda u: u.applications.all(kept.seeker_id)) == [kept], "that is no club"


def test_what_was_shared_goes_with_the_account_at_which_its_person_was_there(
    store: Store,
) -> None:
    thursdays = made(store)
    joined(store, thursdays, KIM)
    sam = joined(store, thursdays)
    do(store, lambda u: u.clubs.reports.add(report(sam)))

    def move(connection: Connection) -> None:
        accounts = metadata.tables["accounts"]
        connection.execute(accounts.delete().where(accounts.c.id == sam.account_id))

    store.run_on_connection(move)
    assert do(store, lambda u: u.clubs.of(sam.seeker_id)) == []
    assert do(store, lambda u: u.clubs.reported(thursdays.seeker_id, 1)) == []
    assert len(do(store, lambda u: u.clubs.reports.all(sam.seeker_id))) == 1
    do(store, lambda u: u.prune(NOW))
    assert do(store, lambda u: u.clubs.reports.all(sam.seeker_id)) == []


def test_what_has_had_its_use_is_forgotten(store: Store) -> None:
    thursdays = made(store)
    sam, kim = joined(store, thursdays), joined(store, thursdays, KIM)
    who, at = sam.seeker_id, thursdays.seeker_id
    old, new = (Partnering(who, at, TODAY - WEEK * n, (kim.seeker_id,)) for n in (61, 59))

    def fill(unit: Unit) -> None:
        for one in (old, new):
            unit.clubs.put_partnering(one)
        for n in range(KEPT_MEETINGS + 2):
            unit.clubs.put_meeting(meeting(thursdays, starts_at=NOW + n * WEEK))
        for number in (1, 2, 3):
            unit.clubs.reports.add(report(sam, number))
            unit.clubs.actions.add(action(sam, number))
        for number, when in ((1, NOW - YEAR - DAY), (2, NOW - YEAR + DAY), (3, None)):
            unit.clubs.askings.add(asking(who, settled_at=when))
            said = Asked(kim.seeker_id, 0, who, number, at, NOW - 2 * YEAR)
            unit.clubs.asked.add(said)
            unit.clubs.asked.add(replace(said, answer=Answered.NO, answered_at=when))

    do(store, fill)
    do(store, lambda u: u.prune(NOW))
    assert do(store, lambda u: u.clubs.partnerings(at, date(2000, 1, 1))) == [new]
    kept = [met.number for met in do(store, lambda u: u.clubs.meetings(at, 999))]
    assert kept == [*range(3, KEPT_MEETINGS + 3)]
    assert [one.meeting for one in do(store, lambda u: u.clubs.reports.all(who))] == [3]
    assert [one.meeting for one in do(store, lambda u: u.clubs.actions.all(who))] == [3]
    assert [one.number for one in do(store, lambda u: u.clubs.askings.all(who))] == [2, 3]
    asked = do(store, lambda u: u.clubs.asked.all(kim.seeker_id))
    assert [one.asking for one in asked] == [2, 2, 3, 3]
