"""The plan in the store: claimed by lease, settled by the same hand, one holder at a time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from bot.model import Nudge, NudgeKind, NudgeState, Seeker
from bot.ports import Unit
from storage.engine import connect
from storage.store import Store
from tests.samples import KIM, LATER, NOW, SAM, arrive, nudge

HERE = ["slack", "discord"]


def plan(store: Store, *nudges: Nudge) -> None:
    store.run(lambda unit: unit.nudges.add(nudges))


def claim(
    store: Store, token: str = "one", now: datetime = NOW, until: datetime = LATER, limit: int = 100
) -> list[Nudge]:
    return store.run(lambda unit: taken(unit, token, now, until, limit))


def taken(
    unit: Unit, token: str, now: datetime = NOW, until: datetime = LATER, limit: int = 100
) -> list[Nudge]:
    return unit.nudges.claim(unit.nudges.due(now, HERE[0], limit), token, until)


def settle(store: Store, token: str, *nudges: Nudge, **outcome: Any) -> int:
    settled = [replace(nudge, claim=token, **outcome) for nudge in nudges]
    return store.run(lambda unit: unit.nudges.settle(settled))


def stored(store: Store, seeker: Seeker) -> dict[str, Nudge]:
    nudges = store.run(lambda unit: unit.nudges.of(seeker.id))
    return {nudge.key.partition("/")[2]: nudge for nudge in nudges}


def names(nudges: list[Nudge]) -> list[str]:
    return [nudge.key.partition("/")[2] for nudge in nudges]


def test_a_key_that_was_planned_stays_as_it_is(store: Store) -> None:
    seeker = arrive(store)
    plan(store, nudge(seeker, "a"))
    before = stored(store, seeker)
    plan(store, nudge(seeker, "a", LATER, why="again"), nudge(seeker, "b"))
    after = stored(store, seeker)
    assert after["a"] == before["a"]
    assert set(after) == {"a", "b"}


def test_a_persons_nudges_are_found_by_state_and_by_application_in_order_of_due_time(
    store: Store,
) -> None:
    seeker = arrive(store)
    early = NOW - timedelta(days=1)
    plan(store, nudge(seeker, "late", application=1), nudge(seeker, "early", early, application=1))
    plan(store, nudge(seeker, "done", state=NudgeState.SENT), nudge(arrive(store, KIM), "other"))
    assert names(store.run(lambda unit: unit.nudges.about(seeker.id, 1))) == ["early", "late"]
    assert names(store.run(lambda unit: unit.nudges.about(seeker.id, 0))) == ["done"]
    planned = [NudgeState.PLANNED, NudgeState.DROPPED]
    assert names(store.run(lambda u: u.nudges.of(seeker.id, planned))) == ["early", "late"]


def test_what_stands_is_about_nothing_or_undelivered_and_as_it_was_left(store: Store) -> None:
    seeker = arrive(store)
    lost = nudge(seeker, "lost", application=2, state=NudgeState.UNDELIVERED)
    plan(store, nudge(seeker, "review"), nudge(seeker, "letter", application=1), lost)
    plan(store, nudge(arrive(store, KIM), "other"))

    def work(unit: Unit) -> list[list[str]]:
        seen = [names(unit.nudges.standing(seeker.id))]
        unit.nudges.add([nudge(seeker, "next")])
        seen.append(names(unit.nudges.standing(seeker.id)))
        every = unit.nudges.of(seeker.id)
        seen.append(names(unit.nudges.standing(seeker.id)))
        found = next(n for n in every if n.state is NudgeState.UNDELIVERED)
        unit.nudges.replan(replace(found, state=NudgeState.SHOWN))
        seen.append(names(unit.nudges.standing(seeker.id)))
        unit.forget(seeker.id)
        return [*seen, names(unit.nudges.standing(seeker.id))]

    assert store.run(work) == [
        ["review", "lost"],
        ["review", "lost", "next"],
        ["review", "lost", "next"],
        ["review", "next"],
        [],
    ]


def test_a_clubs_questions_that_came_to_an_end_stand_no_more(store: Store) -> None:
    seeker = arrive(store)
    for kind in (NudgeKind.REPORT, NudgeKind.ASKED):
        for state in (NudgeState.PLANNED, NudgeState.SENT, NudgeState.UNDELIVERED):
            plan(store, replace(nudge(seeker, f"{kind} {state}", state=state), kind=kind))
    expected = {"report planned", "report undelivered"}
    expected |= {"asked planned", "asked sent", "asked undelivered"}
    assert set(names(store.run(lambda unit: unit.nudges.standing(seeker.id)))) == expected
    keys = [nudge(seeker, "report sent").key]
    found = store.run(lambda unit: unit.nudges.among([seeker.id], keys))
    assert "report sent" in names(found)
    assert "asked sent" not in names(found)


def test_only_what_is_due_here_is_claimed_earliest_first(store: Store) -> None:
    seeker = arrive(store)
    plan(
        store,
        nudge(seeker, "second"),
        nudge(seeker, "first", NOW - timedelta(hours=1)),
        nudge(seeker, "tomorrow", NOW + timedelta(seconds=1)),
        nudge(seeker, "elsewhere", platform="terminal"),
        nudge(seeker, "over", state=NudgeState.DROPPED),
    )
    claimed = claim(store)
    assert names(claimed) == ["first", "second"]
    assert {(n.claim, n.ready_at, n.tries, n.in_doubt) for n in claimed} == {
        ("one", LATER, 1, False)
    }


def test_one_persons_due_nudges_are_claimed_together(store: Store) -> None:
    sam, kim = arrive(store, SAM), arrive(store, KIM)
    earlier = NOW - timedelta(hours=1)
    plan(store, nudge(sam, "sam1", earlier), nudge(kim, "kim"), nudge(sam, "sam2"))
    assert names(claim(store, "one", limit=1)) == ["sam1", "sam2"]
    assert names(claim(store, "two", limit=1)) == ["kim"]


def test_a_claim_holds_until_its_lease_runs_out_and_is_in_doubt_then(store: Store) -> None:
    plan(store, nudge(arrive(store), "a"))
    claim(store, "one")
    assert claim(store, "two", now=LATER - timedelta(microseconds=1)) == []
    (again,) = claim(store, "two", now=LATER, until=LATER + timedelta(minutes=2))
    assert (again.claim, again.tries, again.in_doubt) == ("two", 2, True)


def test_what_was_settled_is_not_in_doubt_when_it_is_tried_again(store: Store) -> None:
    plan(store, nudge(arrive(store), "a"))
    held = claim(store, "one")
    assert settle(store, "one", *held, ready_at=LATER, why="try later") == 1
    (again,) = claim(store, "two", now=LATER, until=LATER + timedelta(minutes=2))
    assert (again.in_doubt, again.why) == (False, "try later")


def test_settling_keeps_what_became_of_each(store: Store) -> None:
    seeker = arrive(store)
    plan(store, nudge(seeker, "a"), nudge(seeker, "b"))
    first, second = claim(store, "one")
    outcome = {"state": NudgeState.SENT, "sent_at": NOW, "message_ref": "M1", "why": "delivered"}
    sent = replace(first, **outcome)
    moved = replace(second, due_at=LATER, ready_at=LATER, tries=0, local="x", snoozed_until=LATER)
    assert store.run(lambda unit: unit.nudges.settle([sent, moved])) == 2
    after = stored(store, seeker)
    assert after["a"] == replace(sent, claim="")
    assert after["b"] == replace(moved, claim="")


def test_a_holder_whose_lease_ran_out_settles_nothing(store: Store) -> None:
    seeker = arrive(store)
    plan(store, nudge(seeker, "a"), nudge(seeker, "b"))
    held = claim(store, "one")
    (kept, _) = claim(store, "two", now=LATER, until=LATER + timedelta(minutes=2))
    before = stored(store, seeker)
    assert settle(store, "one", *held, state=NudgeState.SENT) == 0
    assert stored(store, seeker) == before
    assert settle(store, "two", kept, state=NudgeState.SENT) == 1


def test_only_what_is_still_held_and_planned_is_renewed(store: Store) -> None:
    seeker = arrive(store)
    plan(store, nudge(seeker, "a"), nudge(seeker, "b"), nudge(seeker, "c"))
    held = claim(store, "one")
    settle(store, "one", held[0], state=NudgeState.DROPPED)
    until = LATER + timedelta(minutes=1)
    store.run(lambda unit: unit.nudges.save(replace(held[1], ready_at=until, why="snoozed")))
    assert store.run(lambda unit: unit.nudges.renew(held, until)) == {held[2].id}
    assert claim(store, "two", now=LATER) == []
    others = [replace(nudge, claim="two") for nudge in held]
    assert store.run(lambda unit: unit.nudges.renew(others, until)) == set()
    assert {nudge.id for nudge in claim(store, "two", now=until)} == {held[1].id, held[2].id}


@pytest.mark.parametrize("change", ["save", "replan"])
def test_what_a_person_changes_is_taken_from_its_holder_and_is_in_doubt(
    store: Store, change: str
) -> None:
    seeker = arrive(store)
    plan(store, nudge(seeker, "a"), nudge(seeker, "free"))
    held = claim(store, "one", limit=1)
    settle(store, "one", held[1])
    for name, old in stored(store, seeker).items():
        moved = replace(old, due_at=LATER, ready_at=LATER, local=name)
        store.run(lambda unit, moved=moved: getattr(unit.nudges, change)(moved))
    assert settle(store, "one", *held, state=NudgeState.SENT) == 0
    after = stored(store, seeker)
    assert (after["a"].claim, after["a"].in_doubt, after["a"].local) == ("", True, "a")
    assert after["free"].in_doubt is False


def test_what_was_sent_while_a_person_decided_is_judged_again(postgres_url: str) -> None:
    """Law 6: else the older image would overwrite "sent", and the nudge would come twice."""
    with Store.open(postgres_url) as store, Store.open(postgres_url) as other:
        seeker = arrive(store)
        plan(store, nudge(seeker, "a"))
        runs: list[NudgeState] = []

        def snooze(unit: Unit) -> None:
            (found,) = unit.nudges.of(seeker.id)
            runs.append(found.state)
            if len(runs) == 1:
                settle(other, "one", *claim(other, "one"), state=NudgeState.SENT, sent_at=NOW)
            if found.state is NudgeState.PLANNED:
                unit.nudges.save(replace(found, ready_at=LATER))

        store.run(snooze)
        assert runs == [NudgeState.PLANNED, NudgeState.SENT]
        assert stored(store, seeker)["a"].state is NudgeState.SENT


async def test_eight_claimers_at_once_never_hold_the_same_nudge(store: Store) -> None:
    people = [arrive(store, replace(SAM, user=f"U{n}")) for n in range(10)]
    plan(store, *(nudge(seeker, f"{n}") for seeker in people for n in range(3)))

    async def take(token: str) -> list[int]:
        mine: list[int] = []
        while batch := await store.transact(lambda unit: taken(unit, token, limit=2)):
            mine += [nudge.id for nudge in batch]
        return mine

    shares = await asyncio.gather(*(take(f"claimer {n}") for n in range(8)))
    every = [id for share in shares for id in share]
    assert len(every) == len(set(every)) == 30


def test_the_next_due_time_is_that_of_the_earliest_planned_here(store: Store) -> None:
    seeker = arrive(store)
    assert store.run(lambda unit: unit.nudges.next_due(HERE)) is None
    plan(
        store,
        nudge(seeker, "a", LATER),
        nudge(seeker, "b", LATER + timedelta(days=1)),
        nudge(seeker, "elsewhere", platform="terminal"),
        nudge(seeker, "over", state=NudgeState.SENT),
    )
    assert store.run(lambda unit: unit.nudges.next_due(HERE)) == LATER
    assert store.run(lambda unit: unit.nudges.next_due([])) is None


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile."""
    heard: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        heard.append((sql, values))

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


def test_a_tick_reads_the_index_of_what_is_due_and_never_the_whole_table(store_url: str) -> None:
    engine = connect(store_url, 1)
    store = Store(engine, 1)
    people = [arrive(store, replace(SAM, user=f"U{n}")) for n in range(20)]
    later = [NOW + timedelta(minutes=n) for n in range(1, 201)]
    plan(store, *(nudge(s, f"{at}", at) for s in people for at in later))
    plan(store, *(nudge(s, f"old {at}", state=NudgeState.SENT) for s in people for at in later))
    plan(store, *(nudge(seeker, "due") for seeker in people))
    with engine.connect() as connection:
        connection.execute(text("ANALYZE nudges"))
        connection.commit()
    with statements(engine) as heard:
        held = claim(store, "one", limit=10)
        settle(store, "one", *held, state=NudgeState.SENT)
        store.run(lambda unit: unit.nudges.next_due(HERE[:1]))
    turned, first, rest, held_now, done, following = (_explained(engine, *one) for one in heard)
    for steps in (turned, first, rest, held_now, done, following):
        assert not any("Seq Scan on nudges" in step for step in steps), steps
        scans = [step for step in steps if step.startswith("SCAN nudges")]
        assert scans in ([], ["SCAN nudges USING INDEX ix_nudges_due"]), steps
    assert any("ix_nudges_turned" in step for step in turned), turned
    assert any("ix_nudges_due" in step for step in first), first
    assert any("ix_nudges_due" in step for step in rest), rest
    assert any("ix_nudges_due" in step for step in following), following
    assert not any("Sort" in step or "TEMP B-TREE" in step for step in following), following
    engine.dispose()


def _explained(engine: Engine, sql: str, values: Any) -> list[str]:
    prefix = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    values = values[0] if isinstance(values, list) else values
    with engine.connect() as connection:
        return [str(row[-1]) for row in connection.exec_driver_sql(f"{prefix} {sql}", values)]
