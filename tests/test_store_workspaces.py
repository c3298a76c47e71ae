"""Workspaces and people that removed the bot, and events that come twice."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.message import Call
from bot.model import Account, Seeker, Who
from bot.ports import GRACE, Unit
from storage.models import ABOUT_PEOPLE, metadata, slack_oauth_states
from storage.store import Store
from storage.workspaces import ON_ITS_WAY, UNBEGUN
from tests.samples import CALL, KIM, LATER, NOW, SAM, application, arrive, everything, nudge

GONE = "The bot was removed from this workspace."
AFTER = NOW + GRACE
# The same human in another workspace, somebody there of the same id, and another platform's T1.
ELSEWHERE = replace(SAM, workspace="T2", user="U9")
SAME_ID = replace(SAM, workspace="T2")
OTHER_PLATFORM = replace(SAM, platform="discord")


def depart(store: Store, workspace: str = "T1", user: str = "", now: datetime = NOW) -> None:
    store.run(lambda unit: unit.depart("slack", workspace, user, now, GONE))


def back(store: Store, workspace: str = "T1", user: str = "") -> None:
    store.run(lambda unit: unit.arrive("slack", workspace, user))


def prune(store: Store, now: datetime) -> None:
    store.run(lambda unit: unit.prune(now))


def account(store: Store, who: Who = SAM) -> Account | None:
    found = store.run(lambda unit: unit.look(who))
    return found and found[1]


def reached(store: Store, *people: Who) -> list[bool]:
    """Whether each can be reached."""
    found = [account(store, who) for who in people]
    return [one is not None and one.on for one in found]


def rows(store: Store, names: Iterable[str]) -> dict[str, list[str]]:
    """Every row of these tables, as text."""

    def read(unit: Unit) -> dict[str, list[str]]:
        connection = unit._connection  # type: ignore[attr-defined]  # past the port: all rows of all
        return {
            name: [repr(row) for row in connection.execute(select(metadata.tables[name]))]
            for name in names
        }

    return store.run(read)


ALL = tuple(metadata.tables)
PEOPLES = tuple(table.name for table in ABOUT_PEOPLE)


def test_a_workspace_that_departs_closes_its_accounts_and_no_others(store: Store) -> None:
    for who in (SAM, KIM, ELSEWHERE, SAME_ID, OTHER_PLATFORM):
        arrive(store, who)
    depart(store)
    assert reached(store, SAM, KIM, ELSEWHERE, SAME_ID, OTHER_PLATFORM) == [False] * 2 + [True] * 3
    closed = account(store)
    assert closed is not None
    assert closed.why == GONE


def test_one_person_who_departs_is_closed_alone(store: Store) -> None:
    for who in (SAM, KIM, SAME_ID):
        arrive(store, who)
    depart(store, user=SAM.user)
    assert reached(store, SAM, KIM, SAME_ID) == [False, True, True]


def test_nothing_is_erased_within_the_grace(store: Store) -> None:
    store.run(lambda unit: everything(unit, SAM))
    depart(store)
    before = rows(store, ALL)
    prune(store, AFTER - timedelta(seconds=1))
    assert rows(store, ALL) == before
    assert all(before[name] for name in PEOPLES)


@pytest.mark.parametrize("user", ["", SAM.user])
def test_after_the_grace_nothing_of_them_is_left_in_any_table(store: Store, user: str) -> None:
    canary = replace(SAM, name="canary", place="canary")
    theirs = store.run(lambda unit: everything(unit, ELSEWHERE))
    others = store.run(lambda unit: unit.export(theirs.seeker_id))
    before = rows(store, ALL)
    gone = store.run(lambda unit: everything(unit, canary))
    depart(store, user=user)
    prune(store, AFTER)
    assert rows(store, ALL) == before
    assert not any(store.run(lambda unit: unit.export(gone.seeker_id)).values())
    assert store.run(lambda unit: unit.export(theirs.seeker_id)) == others


def test_what_the_grace_ended_is_in_no_corner_of_the_file(tmp_path: Path) -> None:
    def left() -> bool:
        return any(b"canary" in file.read_bytes() for file in tmp_path.iterdir())

    with Store.open(f"sqlite:///{tmp_path / 'jobs.db'}") as store:
        arrive(store, replace(SAM, name="canary" * 500))
        depart(store)
        assert left()
        prune(store, AFTER)
        assert not left()


def test_a_workspace_that_installs_again_has_everything_as_it_was(store: Store) -> None:
    acme = store.run(lambda unit: everything(unit, SAM))
    before = rows(store, ALL)
    depart(store)
    assert reached(store, SAM) == [False]
    back(store)
    assert rows(store, ALL) == before
    prune(store, AFTER)
    assert store.run(lambda unit: unit.applications.all(acme.seeker_id)) == [acme]


def test_installing_again_opens_every_account_there_and_none_elsewhere(store: Store) -> None:
    arrive(store)
    kim = store.run(lambda unit: unit.enter(KIM, NOW))[1]
    store.run(lambda unit: unit.close_account(kim.id, "blocked"))
    there = store.run(lambda unit: unit.enter(SAME_ID, NOW))[1]
    store.run(lambda unit: unit.close_account(there.id, "blocked"))
    back(store, "T9")
    assert reached(store, SAM, KIM) == [True, False]
    depart(store)
    back(store)
    assert reached(store, SAM, KIM) == [True, True]
    assert account(store, KIM) == kim
    assert account(store, SAME_ID) == replace(there, on=False, why="blocked")


def test_installing_again_opens_what_a_dead_token_closed_though_nobody_told_of_a_departure(
    store: Store,
) -> None:
    arrive(store)
    sam = store.run(lambda unit: unit.enter(SAM, NOW))[1]
    store.run(lambda unit: unit.close_account(sam.id, "token_revoked"))
    back(store)
    assert account(store) == sam


def test_installing_again_does_not_speak_for_a_person_who_departed(store: Store) -> None:
    arrive(store)
    depart(store, user=SAM.user)
    depart(store)
    back(store)
    assert reached(store, SAM) == [False]
    back(store, user=SAM.user)
    assert reached(store, SAM) == [True]


def test_a_departure_that_is_told_twice_is_one_and_counts_from_the_last(store: Store) -> None:
    arrive(store)
    depart(store)
    store.run(lambda unit: unit.depart("slack", "T1", "", NOW + timedelta(days=1), "revoked"))
    prune(store, AFTER)
    assert account(store) is not None
    back(store)
    assert reached(store, SAM) == [True]


def test_a_person_who_uses_the_bot_again_is_not_erased(store: Store) -> None:
    arrive(store)
    depart(store, user=SAM.user)
    arrive(store, now=LATER)
    assert reached(store, SAM) == [True]
    prune(store, AFTER)
    assert account(store) is not None
    assert rows(store, ["departures"]) == {"departures": []}


@pytest.mark.parametrize("who", [SAM, replace(SAM, user="U77")], ids=["known", "new"])
def test_a_request_that_was_on_its_way_does_not_bring_a_workspace_back(
    store: Store, who: Who
) -> None:
    arrive(store)
    depart(store)
    arrive(store, who, LATER)
    assert reached(store, who) == [False]
    prune(store, AFTER)
    assert not any(rows(store, PEOPLES).values())


@pytest.mark.parametrize("who", [SAM, replace(SAM, user="U77")], ids=["known", "new"])
def test_a_workspace_whose_people_use_the_bot_has_it_again(store: Store, who: Who) -> None:
    """A token in the environment is renewed without anybody telling us of the installation."""
    arrive(store)
    arrive(store, KIM)
    depart(store)
    arrive(store, who, NOW + ON_ITS_WAY)
    assert reached(store, SAM, KIM, who) == [True] * 3
    prune(store, AFTER)
    assert reached(store, SAM, KIM, who) == [True] * 3


def test_who_is_reached_elsewhere_too_loses_only_the_account_there(store: Store) -> None:
    acme = store.run(lambda unit: everything(unit, SAM))

    def link(unit: Unit) -> None:
        row = {"platform": "slack", "workspace": "T2", "user": "U9", "place": "", "why": ""}
        unit._connection.execute(  # type: ignore[attr-defined]  # no command links two accounts yet
            insert(metadata.tables["accounts"]), row | {"seeker_id": acme.seeker_id, "on": True}
        )

    store.run(link)
    depart(store)
    prune(store, AFTER)
    assert account(store) is None
    assert reached(store, ELSEWHERE) == [True]
    assert store.run(lambda unit: unit.applications.all(acme.seeker_id)) == [acme]
    depart(store, "T2", now=AFTER)
    prune(store, AFTER + GRACE)
    assert not any(rows(store, PEOPLES).values())


def test_who_was_asked_first_and_walked_away_is_forgotten_with_what_they_had_said(
    store: Store,
) -> None:
    before = rows(store, ALL)
    seeker = arrive(store)
    store.run(lambda unit: unit.stash(seeker.id, CALL, NOW))
    prune(store, NOW + UNBEGUN)
    assert account(store) is not None
    prune(store, NOW + UNBEGUN + timedelta(seconds=1))
    assert rows(store, ALL) == before


def test_who_came_back_meanwhile_or_has_begun_is_not_forgotten(store: Store) -> None:
    arrive(store)
    arrive(store, now=NOW + timedelta(days=1))
    kim = arrive(store, KIM)
    store.run(lambda unit: unit.save_seeker(replace(kim, began_at=NOW)))
    prune(store, NOW + UNBEGUN + timedelta(seconds=1))
    assert reached(store, SAM, KIM) == [True, True]


def _applies(unit: Unit, seeker: Seeker) -> None:
    unit.applications.add(application(seeker))


def _changes_settings(unit: Unit, seeker: Seeker) -> None:
    unit.save_seeker(replace(seeker, profile="example.org/sam"))
    unit.note_change(seeker.id, "Settings", NOW)


def _is_nudged(unit: Unit, seeker: Seeker) -> None:
    unit.nudges.add([nudge(seeker, "review:2026-W23")])


def _took_everything_back(unit: Unit, seeker: Seeker) -> None:
    unit.applications.add(application(seeker))
    unit.note_change(seeker.id, "Logged", NOW)
    change = unit.last_change(seeker.id)
    assert change is not None
    unit.undo(change, NOW)


@pytest.mark.parametrize("does", [_applies, _changes_settings, _is_nudged, _took_everything_back])
def test_nobody_with_anything_of_their_own_is_forgotten_where_nothing_is_asked_first(
    store: Store, does: Callable[[Unit, Seeker], None]
) -> None:
    seeker = arrive(store)
    store.run(lambda unit: does(unit, seeker))
    before = rows(store, PEOPLES)
    prune(store, NOW + timedelta(days=29))
    assert rows(store, PEOPLES) == before
    for years in range(1, 4):
        prune(store, NOW + timedelta(days=365 * years))
    after = rows(store, PEOPLES)
    assert {name: len(after[name]) for name in PEOPLES} == {
        name: len(before[name]) for name in PEOPLES
    }


def test_what_who_walked_away_had_said_is_in_no_corner_of_the_file(tmp_path: Path) -> None:
    def left() -> bool:
        return any(b"canary" in file.read_bytes() for file in tmp_path.iterdir())

    with Store.open(f"sqlite:///{tmp_path / 'jobs.db'}") as store:
        seeker = arrive(store)
        typed = Call("job applied", {"fit": "canary" * 500})
        store.run(lambda unit: unit.stash(seeker.id, typed, NOW))
        assert left()
        prune(store, NOW + UNBEGUN + timedelta(seconds=1))
        assert not left()


async def test_many_at_once_leave_whole_people_or_none(store: Store) -> None:
    people = [replace(SAM, user=f"U{number}") for number in range(12)]
    for who in people:
        store.run(lambda unit, who=who: everything(unit, who))
    depart(store)
    erase = [store.transact(lambda unit: unit.prune(AFTER)) for _ in range(3)]
    use = [store.transact(lambda unit, who=who: unit.enter(who, AFTER)) for who in people]
    again = [store.transact(lambda unit: unit.arrive("slack", "T1"))]
    await asyncio.gather(*use[:6], *erase, *again, *use[6:])
    assert reached(store, *people) == [True] * 12
    assert rows(store, ["departures"]) == {"departures": []}
    left = rows(store, PEOPLES)
    assert len(left["seekers"]) == len(left["accounts"]) == 12
    assert len(left["applications"]) == len(left["interviews"]) == len(left["nudges"])


def test_an_event_is_new_once(store: Store) -> None:
    def first(key: str, now: datetime = NOW) -> bool:
        return store.run(lambda unit: unit.first_time(key, now))

    assert [first("Ev1"), first("Ev1"), first("Ev2"), first("Ev1", LATER)] == [
        True,
        False,
        True,
        False,
    ]


def test_an_event_whose_work_failed_is_new_again(store: Store) -> None:
    def work(unit: Unit) -> None:
        assert unit.first_time("Ev1", NOW)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        store.run(work)
    assert store.run(lambda unit: unit.first_time("Ev1", NOW))


async def test_of_several_who_see_an_event_at_once_one_is_the_first(
    store: Store, kind: str
) -> None:
    at_once = threading.Barrier(8 if kind == "postgres" else 1)

    def see(unit: Unit) -> bool:
        at_once.wait(10)
        return unit.first_time("Ev1", NOW)

    told = await asyncio.gather(*(store.transact(see) for _ in range(8)))
    assert sorted(told) == [False] * 7 + [True]


def test_events_and_unfinished_installations_are_forgotten_in_time(store: Store) -> None:
    week = timedelta(days=7)

    def fill(unit: Unit) -> None:
        for number in range(3):
            unit.first_time(f"Ev{number}", NOW + timedelta(hours=number))
            at = (NOW + timedelta(hours=number)).astimezone(UTC).replace(tzinfo=None)
            unit._connection.execute(  # type: ignore[attr-defined]  # as slack_sdk writes it
                insert(slack_oauth_states), {"state": f"state{number}", "expire_at": at}
            )

    def left(table: str) -> list[str]:
        return rows(store, [table])[table]

    store.run(fill)
    prune(store, NOW + timedelta(hours=1))
    assert len(left("slack_oauth_states")) == 2
    assert "state0" not in str(left("slack_oauth_states"))
    assert len(left("seen_events")) == 3
    prune(store, NOW + week + timedelta(hours=1))
    assert len(left("seen_events")) == 2
    assert "Ev0" not in str(left("seen_events"))
