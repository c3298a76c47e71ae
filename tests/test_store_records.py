"""Records in and out of the store: equal, numbered, and their owner's alone."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import (
    Account,
    Application,
    Case,
    FollowUp,
    Interview,
    Nudge,
    Reply,
    Seeker,
)
from bot.ports import Unit
from storage.models import ABOUT_PEOPLE, APART, metadata, seekers
from storage.store import Store
from tests.samples import (
    DANA,
    KIM,
    LATER,
    NOW,
    SAM,
    anything,
    application,
    arrive,
    everything,
    interview,
    letter,
    nudge,
    reply,
)

SHELVES = {
    Application: "applications",
    Interview: "interviews",
    Reply: "replies",
    FollowUp: "followups",
}


@pytest.fixture(scope="module")
def memory() -> Iterator[Store]:
    """A store that one test's many examples share."""
    with Store.open("sqlite://") as store:
        arrive(store)
        yield store


@given(data=st.data())
@pytest.mark.parametrize("kind", SHELVES)
def test_a_record_comes_back_as_it_went_in(memory: Store, kind: type, data: st.DataObject) -> None:
    record = data.draw(anything(kind, seeker_id=1, number=0))
    added = memory.run(lambda unit: getattr(unit, SHELVES[kind]).add(record))
    found = memory.run(lambda unit: getattr(unit, SHELVES[kind]).get(1, added.number))
    assert found == replace(record, number=added.number)
    assert all(at.tzinfo is UTC for at in _instants(found))


@given(data=st.data())
@pytest.mark.parametrize("kind", SHELVES)
def test_a_saved_record_comes_back_as_it_was_saved(
    memory: Store, kind: type, data: st.DataObject
) -> None:
    record = data.draw(anything(kind, seeker_id=1, number=0))
    added = memory.run(lambda unit: getattr(unit, SHELVES[kind]).add(record))
    changed = data.draw(anything(kind, seeker_id=1, number=added.number))
    memory.run(lambda unit: getattr(unit, SHELVES[kind]).save(changed))
    found = memory.run(lambda unit: getattr(unit, SHELVES[kind]).all(1))
    assert found[-1] == changed


@given(seeker=anything(Seeker, id=1), account=anything(Account, id=1, seeker_id=1))
def test_people_and_their_accounts_come_back_as_they_were_saved(
    memory: Store, seeker: Seeker, account: Account
) -> None:
    memory.run(lambda unit: (unit.save_seeker(seeker), unit._save_account(account)))
    people, accounts = memory.run(lambda unit: (unit.seekers([1]), unit.accounts([1])))
    assert people == {1: seeker}
    assert accounts == {1: [account]}


@given(record=anything(Nudge, id=0, seeker_id=1))
def test_a_nudge_comes_back_as_it_was_planned(memory: Store, record: Nudge) -> None:
    def plan(unit: Unit) -> None:
        for old in unit.nudges.of(1):
            unit.nudges.replan(replace(old, key=f"{old.id} was {old.key}"))
        unit.nudges.add([record])

    memory.run(plan)
    found = memory.run(lambda unit: unit.nudges.of(1))
    assert record in [replace(nudge, id=0) for nudge in found]


def test_a_record_with_everything_set_comes_back_on_every_database(store: Store) -> None:
    seeker = arrive(store)
    far = datetime(2026, 6, 1, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    record = application(
        seeker, company="Łódź “Works” 🏭", logged_at=far, contact=DANA, skipped=("a:1", 'b"\\')
    )
    added = store.run(lambda unit: unit.applications.add(record))
    found = store.run(lambda unit: unit.applications.get(seeker.id, added.number))
    assert found == replace(record, number=added.number)
    assert found.logged_at.tzinfo is UTC


def test_a_naive_instant_is_refused(store: Store) -> None:
    seeker = arrive(store)
    naive = application(seeker, logged_at=NOW.replace(tzinfo=None))
    with pytest.raises(Exception, match="naive"):
        store.run(lambda unit: unit.applications.add(naive))
    assert store.run(lambda unit: unit.applications.all(seeker.id)) == []


def test_numbers_count_within_one_person_and_kind_and_are_never_used_again(store: Store) -> None:
    sam, kim = arrive(store, SAM), arrive(store, KIM)

    def add(seeker: Seeker) -> Application:
        return store.run(lambda unit: unit.applications.add(application(seeker)))

    first, second = add(sam), add(sam)
    store.run(lambda unit: unit.applications.remove(second))
    third = add(sam)
    assert [first.number, second.number, third.number, add(kim).number] == [1, 2, 3, 1]
    assert store.run(lambda unit: unit.interviews.add(interview(first))).number == 1


def test_a_record_cannot_bring_its_own_number(store: Store) -> None:
    seeker = arrive(store)
    with pytest.raises(ValueError, match="number"):
        store.run(lambda unit: unit.applications.add(replace(application(seeker), number=7)))


def test_twins_share_employer_and_role_in_any_capitals_or_the_advert(store: Store) -> None:
    sam, kim = arrive(store, SAM), arrive(store, KIM)
    mine = [
        application(sam, company="STRASSE & Co", role="İngineer"),
        application(sam, company="Straße & Co", role="Designer", link="https://jobs.example.com/1"),
        application(sam, company="straße & co", role="i̇ngineer"),
        application(sam, company="Acme", role="i̇ngineer"),
    ]
    store.run(lambda unit: [unit.applications.add(a) for a in mine])
    store.run(lambda unit: unit.applications.add(application(kim, company="Straße & Co")))

    def twins(company: str, role: str, link: str = "") -> list[int]:
        found = store.run(lambda unit: unit.applications.twins(sam.id, company, role, link))
        return [a.number for a in found]

    assert twins("Strasse & CO", "İNGINEER") == [1, 3]
    assert twins("Acme", "İngineer", "https://jobs.example.com/1") == [2, 4]
    assert twins("Acme", "Engineer") == []


def test_nobody_gets_saves_or_removes_what_is_somebody_elses(store: Store) -> None:
    sam, kim = arrive(store, SAM), arrive(store, KIM)
    theirs = store.run(lambda unit: unit.applications.add(application(sam)))
    forged = replace(theirs, seeker_id=kim.id, company="Mine")
    assert store.run(lambda unit: unit.applications.get(kim.id, theirs.number)) is None
    with pytest.raises(LookupError):
        store.run(lambda unit: unit.applications.save(forged))
    with pytest.raises(LookupError):
        store.run(lambda unit: unit.applications.remove(forged))
    assert store.run(lambda unit: unit.applications.all(sam.id)) == [theirs]


def test_nobody_saves_a_nudge_of_somebody_else(store: Store) -> None:
    sam, kim = arrive(store, SAM), arrive(store, KIM)
    store.run(lambda unit: unit.nudges.add([nudge(sam, "a")]))
    (planned,) = store.run(lambda unit: unit.nudges.of(sam.id))
    with pytest.raises(LookupError):
        store.run(lambda unit: unit.nudges.save(replace(planned, seeker_id=kim.id, why="mine")))
    assert store.run(lambda unit: unit.nudges.of(sam.id)) == [planned]


def test_removing_an_application_removes_all_about_it_and_nothing_else(store: Store) -> None:
    kept = store.run(lambda unit: everything(unit, SAM))
    gone = store.run(lambda unit: unit.applications.add(replace(kept, number=0)))

    def fill(unit: Unit) -> None:
        unit.interviews.add(interview(gone))
        unit.replies.add(reply(gone))
        unit.followups.add(letter(gone))
        seeker = unit.seekers([gone.seeker_id])[gone.seeker_id]
        unit.nudges.add([nudge(seeker, "followup:2", application=gone.number)])

    store.run(fill)
    store.run(lambda unit: unit.applications.remove(gone))
    left = store.run(lambda unit: unit.export(kept.seeker_id))
    assert [row["number"] for row in left["applications"]] == [kept.number]
    for table in ("interviews", "replies", "followups", "nudges"):
        assert [row["application"] for row in left[table]] == [kept.number], table


@pytest.mark.parametrize("asked", [[1], [2, 1], [3, 2, 1, 9]])
def test_cases_hold_what_belongs_to_each_application(store: Store, asked: list[int]) -> None:
    seeker = arrive(store)

    def fill(unit: Unit) -> dict[int, Case]:
        cases = {}
        for count in range(1, 4):
            about = unit.applications.add(application(seeker))
            cases[about.number] = Case(
                about,
                tuple(unit.interviews.add(interview(about)) for _ in range(count)),
                tuple(unit.replies.add(reply(about)) for _ in range(count - 1)),
                tuple(unit.followups.add(letter(about)) for _ in range(count)),
            )
        return cases

    cases = store.run(fill)
    other = arrive(store, KIM)
    store.run(lambda unit: unit.applications.add(application(other)))
    pairs = [(seeker.id, number) for number in asked]
    found = store.run(lambda unit: unit.cases(pairs))
    assert list(found) == [pair for pair in pairs if pair[1] in cases]
    assert all(found[pair] == cases[pair[1]] for pair in found)


def test_touched_names_the_applications_that_something_was_changed_about(store: Store) -> None:
    seeker = arrive(store)

    def touched(*changes: Any) -> set[int]:
        def work(unit: Unit) -> set[int]:
            for change in changes:
                change(unit)
            return unit.touched()

        return store.run(work)

    first = store.run(lambda unit: unit.applications.add(application(seeker)))
    second = store.run(lambda unit: unit.applications.add(application(seeker)))
    talk = store.run(lambda unit: unit.interviews.add(interview(first)))
    lead = replace(letter(first), application=0)
    assert touched() == set()
    assert touched(lambda u: u.applications.all(seeker.id)) == set()
    assert touched(lambda u: u.applications.save(first)) == set()
    assert touched(lambda u: u.applications.save(replace(first, note="x"))) == {first.number}
    assert touched(lambda u: u.replies.add(reply(second))) == {second.number}
    assert touched(lambda u: u.followups.add(lead)) == set()
    moved = replace(talk, application=second.number)
    assert touched(lambda u: u.interviews.save(moved)) == {first.number, second.number}
    assert touched(lambda u: u.applications.remove(second)) == {second.number}


def test_a_persons_first_command_makes_them_known(store: Store) -> None:
    seeker, account = store.run(lambda unit: unit.enter(SAM, NOW))
    assert (seeker.name, seeker.zone, seeker.seen_at, seeker.began_at) == (
        "Sam Rivera",
        "America/New_York",
        NOW,
        None,
    )
    assert (account.platform, account.user, account.place, account.on) == (
        "slack",
        "U1",
        "D1",
        True,
    )
    again, same = store.run(lambda unit: unit.enter(replace(SAM, place="", name="X"), LATER))
    assert again == replace(seeker, seen_at=LATER)
    assert same == account


def test_looking_finds_a_person_and_leaves_no_trace(store: Store) -> None:
    assert store.run(lambda unit: unit.look(SAM)) is None
    entered = store.run(lambda unit: unit.enter(SAM, NOW))
    assert store.run(lambda unit: unit.look(SAM)) == entered


@pytest.mark.parametrize(
    "zone", ["", "Nowhere/At_All", "../../etc/passwd", "Europe", "a\nb", "x" * 999]
)
def test_a_zone_that_is_none_becomes_utc(store: Store, zone: str) -> None:
    assert arrive(store, replace(SAM, zone=zone)).zone == "UTC"


def test_whoever_uses_the_bot_can_be_reached_again_where_they_are_now(store: Store) -> None:
    _, account = store.run(lambda unit: unit.enter(SAM, NOW))
    store.run(lambda unit: unit.close_account(account.id, "left"))
    closed = replace(account, on=False, why="left")
    assert store.run(lambda unit: unit.accounts([account.seeker_id])) == {
        account.seeker_id: [closed]
    }
    _, back = store.run(lambda unit: unit.enter(replace(SAM, place="D9"), LATER))
    assert back == replace(account, place="D9")
    assert store.run(lambda unit: unit.accounts([account.seeker_id])) == {account.seeker_id: [back]}


def test_export_and_erasure_reach_every_table(store: Store) -> None:
    mine = store.run(lambda unit: everything(unit, SAM))
    theirs = store.run(lambda unit: everything(unit, KIM))
    exported = store.run(lambda unit: unit.export(mine.seeker_id))
    assert set(exported) == {table.name for table in ABOUT_PEOPLE}
    assert all(exported.values()), "every table is filled, so that a forgotten one would show"
    assert exported["applications"][0]["contact"] == str(DANA)
    assert exported["applications"][0]["logged_at"] == "2026-06-01T14:00:00.000000+00:00"

    others = store.run(lambda unit: unit.export(theirs.seeker_id))
    store.run(lambda unit: unit.forget(mine.seeker_id))
    assert not any(store.run(lambda unit: unit.export(mine.seeker_id)).values())
    assert store.run(lambda unit: unit.export(theirs.seeker_id)) == others


def test_every_table_says_whose_its_rows_are_or_is_named_as_about_nobody() -> None:
    assert {*ABOUT_PEOPLE, *APART} == set(metadata.sorted_tables)
    assert not any("seeker_id" in table.c for table in APART)
    for table in ABOUT_PEOPLE:
        if table is not seekers:
            (link,) = table.c.seeker_id.foreign_keys
            assert link.column is seekers.c.id, table.name
            assert link.ondelete == "CASCADE", table.name


def _instants(record: Any) -> list[datetime]:
    values = [getattr(record, field.name) for field in fields(record)]
    return [value for value in values if isinstance(value, datetime)]
