"""Clubs, who is in them and when they meet, as the store keeps them."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.hours import allowed
from bot.model import Account, Seeker, Who
from bot.ports import GRACE, Unit
from storage.backup import backup
from storage.clubs import Taken
from storage.store import Store
from tests.gatherings import do, joined, made
from tests.samples import (
    KIM,
    NOW,
    SAM,
    arrive,
    meeting,
    member,
)

DAY, WEEK, YEAR = timedelta(days=1), timedelta(weeks=1), timedelta(days=365)


@pytest.fixture
def server(postgres_url: str) -> Iterator[Store]:
    """An open store where several write at a time."""
    with Store.open(postgres_url) as opened:
        yield opened


def test_a_club_is_reached_at_its_channel_and_has_no_quiet_hours(store: Store) -> None:
    thursdays = made(store)
    assert do(store, lambda u: u.clubs.get(thursdays.seeker_id)) == thursdays
    assert do(store, lambda u: u.clubs.lock(thursdays.seeker_id)) == thursdays
    own: Seeker = do(store, lambda u: u.seekers([thursdays.seeker_id]))[thursdays.seeker_id]
    assert (own.name, own.zone, own.zone_confirmed) == ("Thursdays", "America/New_York", True)
    assert (own.began_at, own.seen_at) == (NOW, None)
    for hour in range(24):
        at = NOW + timedelta(hours=hour)
        assert allowed(at, own) == at
    (account,) = do(store, lambda u: u.accounts([own.id]))[own.id]
    assert replace(account, id=0) == Account(0, own.id, "slack", "T1", "C1", "C1")
    assert account.shared
    assert do(store, lambda u: u.clubs.get(own.id + 1)) is None
    with pytest.raises(ValueError, match="gets its id here"):
        do(store, lambda u: u.clubs.add(thursdays, NOW))


def test_a_channel_has_one_club_and_a_terminal_many(store: Store) -> None:
    thursdays = made(store)
    with pytest.raises(Taken):
        made(store, name="Fridays")
    elsewhere = made(store, workspace="T2")
    home = {"platform": "terminal", "workspace": "", "channel": ""}
    one, two = made(store, **home), made(store, **home)
    here = {
        ("slack", "T1", "C1"): [thursdays],
        ("slack", "T1", ""): [thursdays],
        ("slack", "T2", "C1"): [elsewhere],
        ("slack", "T1", "C2"): [],
        ("terminal", "", ""): [one, two],
    }
    for at, found in here.items():
        assert do(store, lambda u, at=at: u.clubs.here(*at)) == found
    (account,) = do(store, lambda u: u.accounts([two.seeker_id]))[two.seeker_id]
    assert account.user == account.place == f"club:{two.seeker_id}"


def test_a_changed_name_zone_or_channel_reaches_the_clubs_own_row_and_account(
    store: Store,
) -> None:
    thursdays = made(store)
    made(store, channel="C9")

    def account() -> Account:
        found: Account = do(store, lambda u: u.accounts([thursdays.seeker_id]))[
            thursdays.seeker_id
        ][0]
        return found

    lost = account().id
    do(store, lambda u: u.close_account(lost, "gone"))
    resting = replace(thursdays, resting=True, asked_at=NOW)
    do(store, lambda u: u.clubs.save(resting))
    assert do(store, lambda u: u.clubs.get(resting.seeker_id)) == resting
    assert (account().user, account().on) == ("C1", False)
    moved = replace(resting, name="Fridays", zone="Europe/London", channel="C2")
    do(store, lambda u: u.clubs.save(moved))
    own = do(store, lambda u: u.seekers([moved.seeker_id]))[moved.seeker_id]
    assert (own.name, own.zone) == ("Fridays", "Europe/London")
    assert (account().user, account().place, account().on) == ("C2", "C2", True)
    with pytest.raises(Taken):
        do(store, lambda u: u.clubs.save(replace(moved, channel="C9")))
    assert do(store, lambda u: u.clubs.get(moved.seeker_id)) == moved
    with pytest.raises(LookupError, match="no club"):
        do(store, lambda u: u.clubs.save(replace(moved, seeker_id=99)))


def test_members_are_found_by_their_club_and_clubs_by_their_members(store: Store) -> None:
    thursdays, fridays = made(store), made(store, channel="C2", name="Fridays")
    kim = joined(store, thursdays, KIM, joined_at=NOW)
    sam = joined(store, thursdays, SAM, joined_at=NOW - DAY)
    there = joined(store, fridays, SAM)
    ids = [thursdays.seeker_id, fridays.seeker_id]
    found = do(store, lambda u: u.clubs.members(ids))
    assert found == {ids[0]: [sam, kim], ids[1]: [there]}
    assert do(store, lambda u: u.clubs.members([])) == {}
    assert do(store, lambda u: u.clubs.members([999])) == {999: []}
    assert do(store, lambda u: u.clubs.of(sam.seeker_id)) == [(thursdays, sam), (fridays, there)]
    assert do(store, lambda u: u.clubs.of(thursdays.seeker_id)) == []
    louder = replace(sam, organizes=True, name="Sammy")
    do(store, lambda u: u.clubs.put_member(louder))
    assert do(store, lambda u: u.clubs.members(ids[:1])) == {ids[0]: [louder, kim]}


def test_meetings_are_numbered_within_their_club_and_no_number_comes_twice(store: Store) -> None:
    thursdays, fridays = made(store), made(store, channel="C2")
    weeks = [NOW + WEEK * n for n in range(4)]
    put = [
        do(store, lambda u, at=at: u.clubs.put_meeting(meeting(thursdays, starts_at=at)))
        for at in weeks
    ]
    assert [met.number for met in put] == [1, 2, 3, 4]
    assert do(store, lambda u: u.clubs.put_meeting(meeting(fridays))).number == 1
    posted = replace(put[2], posted_at=NOW, post_ref="P1", order=(5, 7), timekeeper=7)
    assert do(store, lambda u: u.clubs.put_meeting(posted)) == posted
    assert do(store, lambda u: u.clubs.meetings(thursdays.seeker_id)) == [*put[:2], posted, put[3]]
    assert do(store, lambda u: u.clubs.meetings(thursdays.seeker_id, 2)) == [posted, put[3]]
    do(store, lambda u: u.clubs.drop_meetings(thursdays.seeker_id, weeks[0]))
    assert do(store, lambda u: u.clubs.meetings(thursdays.seeker_id)) == [put[0], posted]
    assert do(store, lambda u: u.clubs.put_meeting(meeting(thursdays))).number == 5


def test_a_club_is_erased_once_its_last_member_is_gone(store: Store) -> None:
    empty, full = made(store), made(store, channel="C2")
    joined(store, full, KIM)
    do(store, lambda u: u.prune(NOW))
    assert do(store, lambda u: u.clubs.get(empty.seeker_id)) is None
    assert do(store, lambda u: u.seekers([empty.seeker_id])) == {}
    assert do(store, lambda u: u.clubs.get(full.seeker_id)) == full
    do(store, lambda u: u.prune(NOW + 9 * YEAR))
    assert do(store, lambda u: u.clubs.get(full.seeker_id)) == full, "a club is never silent"
    assert do(store, lambda u: u.silent(NOW + 9 * YEAR, 0))[0] != []
    assert full.seeker_id not in {
        one.id for one in do(store, lambda u: u.silent(NOW + 9 * YEAR, 0))[0]
    }


def test_a_workspace_that_departed_takes_its_clubs_along(store: Store) -> None:
    thursdays, elsewhere = made(store), made(store, workspace="T2")
    joined(store, thursdays)
    visitor = replace(SAM, workspace="T2", user="U7")
    joined(store, elsewhere, visitor)
    do(store, lambda u: u.depart("slack", "T1", "", NOW, "gone"))
    do(store, lambda u: u.prune(NOW + GRACE))
    assert do(store, lambda u: u.clubs.get(thursdays.seeker_id)) is None
    assert do(store, lambda u: u.clubs.get(elsewhere.seeker_id)) == elsewhere
    assert len(do(store, lambda u: u.clubs.members([elsewhere.seeker_id]))) == 1


def test_those_who_join_at_once_take_turns(server: Store) -> None:
    """Each waits for those before, and then sees them: all would else be the first."""
    store = server
    thursdays = made(store)
    people = [replace(SAM, user=f"U{n}", name=f"N{n}") for n in range(6)]
    for who in people:
        arrive(store, who)
    ready = threading.Barrier(len(people))
    seen: list[int] = []

    def join(who: Who) -> None:
        first = True

        def work(unit: Unit) -> None:
            nonlocal first
            _, account = unit.enter(who, NOW)
            if first:
                first = False
                ready.wait(10)
            locked = unit.clubs.lock(thursdays.seeker_id)
            assert locked is not None
            unit.clubs.save(replace(locked, size=locked.size + 1))
            seen.append(len(unit.clubs.members([locked.seeker_id])[locked.seeker_id]))
            unit.clubs.put_member(member(locked, account, name=who.name))

        do(store, work)

    threads = [threading.Thread(target=join, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert sorted(seen) == [*range(6)]
    assert do(store, lambda u: u.clubs.get(thursdays.seeker_id)).size == thursdays.size + 6


def test_a_locked_club_can_still_be_written_to(server: Store) -> None:
    """Its nudges link to its row among the seekers, and a dispatcher waits for no meeting."""
    store = server
    thursdays = made(store)

    def work(unit: Unit) -> None:
        unit.clubs.lock(thursdays.seeker_id)
        # On another connection; it would wait for ours.
        do(store, lambda other: other.clubs.put_meeting(meeting(thursdays)))

    do(store, work)
    assert len(do(store, lambda u: u.clubs.meetings(thursdays.seeker_id))) == 1


def test_a_club_is_not_counted_as_a_person(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    with Store.open(url) as store:
        joined(store, made(store))
        made(store, platform="terminal", workspace="", channel="")
        assert backup(url, tmp_path / "copy.db").people == 1
