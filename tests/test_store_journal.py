"""Changes taken back: the records as they were, and nothing else with them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Application, Change, FollowUp, Interview, NudgeState, Reply, Seeker
from bot.ports import Unit
from storage.store import Store
from tests.samples import (
    CALL,
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

Work = Callable[[Unit], Any]


def do(store: Store, *changes: Work, what: str = "Did it", now: Any = NOW) -> None:
    """One call of Sam's: the changes, and the note of them."""

    def work(unit: Unit) -> None:
        seeker, _ = unit.enter(SAM, now)
        for change in changes:
            change(unit)
        unit.note_change(seeker.id, what, now)

    store.run(work)


def last(store: Store, seeker: Seeker) -> Change | None:
    return store.run(lambda unit: unit.last_change(seeker.id))


def undo(store: Store, seeker: Seeker) -> set[int]:
    """Take the last change back; which applications that touched."""

    def work(unit: Unit) -> set[int]:
        change = unit.last_change(seeker.id)
        assert change is not None
        unit.undo(change, LATER)
        unit.note_change(seeker.id, "An undo is no change of its own", LATER)
        return unit.touched()

    return store.run(work)


def records(store: Store, seeker: Seeker) -> dict[str, Any]:
    """All that a person would call their records."""
    tables = store.run(lambda unit: unit.export(seeker.id))
    kept = ("seekers", "applications", "interviews", "replies", "followups", "nudges")
    return {name: tables[name] for name in kept}


def test_what_changed_nothing_is_not_noted(store: Store) -> None:
    seeker = arrive(store)
    acme = store.run(lambda unit: unit.applications.add(application(seeker)))
    do(store, lambda u: u.applications.all(seeker.id), lambda u: u.applications.save(acme))
    added: list[Application] = []
    do(
        store,
        lambda u: added.append(u.applications.add(application(seeker))),
        lambda u: u.applications.remove(added[0]),
    )
    assert last(store, seeker) is None


def test_an_addition_taken_back_is_gone_with_all_about_it(store: Store) -> None:
    seeker = arrive(store)
    before = records(store, seeker)
    planned = nudge(seeker, "followup:1", application=1)
    do(
        store,
        lambda u: u.applications.add(application(seeker)),
        lambda u: u.nudges.add([planned]),
        what="Logged: Engineer at Acme",
    )
    change = last(store, seeker)
    assert change is not None
    assert (change.what, change.at, change.undone_at) == ("Logged: Engineer at Acme", NOW, None)
    assert undo(store, seeker) == {1}
    assert records(store, seeker) == before
    assert last(store, seeker) is None


def test_a_removed_application_comes_back_with_all_about_it(store: Store) -> None:
    acme = store.run(lambda unit: everything(unit, SAM))
    seeker = arrive(store)
    (planned,) = store.run(lambda unit: unit.nudges.of(seeker.id))
    sent = replace(planned, state=NudgeState.SENT, sent_at=NOW, message_ref="M1")
    store.run(lambda unit: unit.nudges.save(sent))
    before = records(store, seeker)
    do(store, lambda u: u.applications.remove(acme))
    assert not any(records(store, seeker)[table] for table in before if table != "seekers")
    assert undo(store, seeker) == {acme.number}
    assert records(store, seeker) == before


def test_only_what_the_change_changed_is_put_back(store: Store) -> None:
    seeker = arrive(store)
    acme = store.run(lambda unit: unit.applications.add(application(seeker)))
    do(
        store,
        lambda u: u.applications.save(replace(acme, note="changed", fit="changed")),
        lambda u: u.save_seeker(replace(seeker, name="Changed")),
    )
    changed = store.run(lambda unit: unit.applications.get(seeker.id, acme.number))
    assert changed is not None
    store.run(lambda unit: unit.applications.save(replace(changed, role="Chief")))
    later = NOW + timedelta(days=1)
    store.run(lambda unit: unit.enter(SAM, later))
    undo(store, seeker)
    after = store.run(lambda unit: unit.applications.all(seeker.id))
    assert after == [replace(acme, role="Chief")]
    people = store.run(lambda unit: unit.seekers([seeker.id]))
    assert people[seeker.id] == replace(seeker, seen_at=later)


def test_a_snooze_taken_back_is_due_as_before(store: Store) -> None:
    seeker = arrive(store)
    store.run(lambda unit: unit.nudges.add([nudge(seeker, "a")]))
    (planned,) = store.run(lambda unit: unit.nudges.of(seeker.id))
    do(store, lambda u: u.nudges.save(replace(planned, ready_at=LATER, snoozed_until=LATER)))
    undo(store, seeker)
    assert store.run(lambda unit: unit.nudges.of(seeker.id)) == [planned]


def test_a_nudge_that_was_sent_since_stays_sent(store: Store) -> None:
    seeker = arrive(store)
    store.run(lambda unit: unit.nudges.add([nudge(seeker, "a")]))
    (planned,) = store.run(lambda unit: unit.nudges.of(seeker.id))
    do(store, lambda u: u.nudges.save(replace(planned, due_at=LATER, ready_at=LATER)))
    (held,) = store.run(
        lambda u: u.nudges.claim(
            u.nudges.due(LATER, "slack", 1), "one", LATER + timedelta(minutes=2)
        )
    )
    sent = replace(held, state=NudgeState.SENT, sent_at=LATER)
    store.run(lambda unit: unit.nudges.settle([sent]))
    undo(store, seeker)
    assert store.run(lambda unit: unit.nudges.of(seeker.id)) == [replace(sent, claim="")]


def test_what_planning_did_is_not_noted(store: Store) -> None:
    seeker = arrive(store)
    store.run(lambda unit: unit.nudges.add([nudge(seeker, "a")]))
    (planned,) = store.run(lambda unit: unit.nudges.of(seeker.id))
    do(store, lambda u: u.nudges.replan(replace(planned, why="moved", due_at=LATER)))
    assert last(store, seeker) is None
    do(
        store,
        lambda u: u.nudges.save(replace(planned, snoozed_until=LATER)),
        lambda u: u.nudges.replan(replace(planned, snoozed_until=LATER, due_at=LATER)),
    )
    undo(store, seeker)
    (after,) = store.run(lambda unit: unit.nudges.of(seeker.id))
    assert after.snoozed_until is None


def test_changes_are_taken_back_newest_first_and_once(store: Store) -> None:
    seeker = arrive(store)

    def rename(name: str) -> None:
        do(store, lambda u: u.save_seeker(replace(seeker, name=name)), what=name)

    def name() -> str:
        return store.run(lambda unit: unit.seekers([seeker.id]))[seeker.id].name

    rename("One")
    rename("Two")
    change = last(store, seeker)
    assert change is not None
    undo(store, seeker)
    assert (change.what, name()) == ("Two", "One")
    rename("Three")
    store.run(lambda unit: unit.undo(change, LATER))
    assert name() == "Three"
    undo(store, seeker)
    undo(store, seeker)
    assert (name(), last(store, seeker)) == (seeker.name, None)


def test_taking_a_snooze_back_does_not_take_back_the_doubt(store: Store) -> None:
    """Law 6: whoever held it may have sent it, whatever its owner did and undid since."""
    seeker = arrive(store)
    store.run(lambda unit: unit.nudges.add([nudge(seeker, "a")]))
    (held,) = store.run(
        lambda unit: unit.nudges.claim(unit.nudges.due(NOW, "slack", 1), "one", LATER)
    )
    do(store, lambda u: u.nudges.save(replace(held, snoozed_until=LATER, ready_at=LATER, tries=0)))
    undo(store, seeker)
    (after,) = store.run(lambda unit: unit.nudges.of(seeker.id))
    assert (after.snoozed_until, after.in_doubt, after.claim, after.tries) == (None, True, "", 0)


def test_a_change_holds_only_its_owners_rows(store: Store) -> None:
    seeker, other = arrive(store, SAM), arrive(store, KIM)
    do(
        store,
        lambda u: u.applications.add(application(seeker)),
        lambda u: u.applications.add(application(other, company="Private")),
    )
    undo(store, seeker)
    theirs = store.run(lambda unit: unit.applications.all(other.id))
    assert [application.company for application in theirs] == ["Private"]


def test_twenty_changes_are_kept_for_thirty_days(store: Store) -> None:
    seeker = arrive(store)

    def kept() -> list[object]:
        return [row["what"] for row in store.run(lambda u: u.export(seeker.id))["changes"]]

    def change(what: str, now: Any = NOW) -> None:
        do(store, lambda u: u.save_seeker(replace(seeker, name=what)), what=what, now=now)

    # Older ones go ten at a time.
    for count in range(39):
        change(f"{count}")
    assert kept() == [str(count) for count in range(10, 39)]
    month = NOW + timedelta(days=30)
    change("edge", month)
    assert len(kept()) == 20
    after = [f"after {count}" for count in range(10)]
    for what in after:
        change(what, month + timedelta(days=1))
    assert kept() == ["edge", *after]


def test_a_call_is_stashed_for_its_owner_for_thirty_days(store: Store) -> None:
    seeker, other = arrive(store, SAM), arrive(store, KIM)
    number = store.run(lambda unit: unit.stash(seeker.id, CALL, NOW))
    assert store.run(lambda unit: unit.stashed(seeker.id, number)) == CALL
    assert store.run(lambda unit: unit.stashed(other.id, number)) is None
    later = NOW + timedelta(days=31)
    assert store.run(lambda unit: unit.stash(seeker.id, CALL, later)) == number + 1
    assert store.run(lambda unit: unit.stashed(seeker.id, number)) is None


def test_after_an_erasure_nothing_is_noted(store: Store) -> None:
    seeker = arrive(store)
    do(
        store,
        lambda u: u.applications.add(application(seeker)),
        lambda u: u.forget(seeker.id),
    )
    assert not any(store.run(lambda unit: unit.export(seeker.id)).values())


# What one call may do to the records of `everything`: any of it, in any order.
_STEPS: dict[str, Callable[[st.DataObject], Work]] = {
    "log": lambda draw: _add(draw, Application, "applications"),
    "edit": lambda draw: _edit(draw, Application, "applications"),
    "remove": lambda draw: lambda u: [u.applications.remove(a) for a in u.applications.all(1)[:1]],
    "book": lambda draw: _add(draw, Interview, "interviews", application=1),
    "move": lambda draw: _edit(draw, Interview, "interviews"),
    "call off": lambda draw: lambda u: [u.interviews.remove(i) for i in u.interviews.all(1)[:1]],
    "hear": lambda draw: _add(draw, Reply, "replies", application=1),
    "write": lambda draw: _add(draw, FollowUp, "followups", application=1),
    "rewrite": lambda draw: _edit(draw, FollowUp, "followups"),
    "settings": lambda draw: _settings(draw.draw(anything(Seeker, id=1))),
    "snooze": lambda draw: (
        lambda u: [
            u.nudges.save(replace(n, snoozed_until=LATER, ready_at=LATER, state=NudgeState.PLANNED))
            for n in u.nudges.of(1)
        ]
    ),
}


def _add(draw: st.DataObject, kind: type, shelf: str, **fixed: Any) -> Work:
    record = draw.draw(anything(kind, seeker_id=1, number=0, **fixed))
    return lambda unit: getattr(unit, shelf).add(record)


def _edit(draw: st.DataObject, kind: type, shelf: str) -> Work:
    record = draw.draw(anything(kind, seeker_id=1, number=1))

    def edit(unit: Unit) -> None:
        if getattr(unit, shelf).get(1, 1):
            getattr(unit, shelf).save(record)

    return edit


def _settings(seeker: Seeker) -> Work:
    return lambda unit: unit.save_seeker(replace(seeker, seen_at=NOW))


@given(data=st.data())
@settings(max_examples=40)
def test_whatever_a_call_did_taking_it_back_restores_every_record(data: st.DataObject) -> None:
    with Store.open("sqlite://") as store:
        acme = store.run(lambda unit: everything(unit, SAM))
        seeker = arrive(store)
        for extra in (interview(acme), reply(acme), letter(acme)):
            shelf = {Interview: "interviews", Reply: "replies", FollowUp: "followups"}[type(extra)]
            store.run(lambda unit, s=shelf, e=extra: getattr(unit, s).add(e))
        before = records(store, seeker)
        steps = data.draw(st.lists(st.sampled_from(sorted(_STEPS)), min_size=1, max_size=5))
        noted = last(store, seeker)
        do(store, *(_STEPS[step](data) for step in steps))
        if last(store, seeker) != noted:
            undo(store, seeker)
        assert records(store, seeker) == before
