"""Whoever can be reached is who the rules say, whatever happens in whatever order or at once."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from threading import Thread
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text

from bot.model import Who
from bot.ports import GRACE, Unit
from storage.models import accounts, departures, entrances
from storage.store import Store
from tests.samples import NOW

PEOPLE = ("ana", "ben", "cam")
WAYS = ("g1", "g2", "u1")
GONE = "gone"
_platforms = (f"platform {number}" for number in count(1))

Work = Callable[[Unit], Any]
HELD_UP = text("SELECT count(*) FROM pg_locks WHERE NOT granted")

who = st.sampled_from(PEOPLE)
way = st.sampled_from(WAYS)


@dataclass
class One:
    """What the rules say of one person: nothing of SQL, nothing of how it is stored."""

    on: bool = True
    departed: datetime | None = None
    ways: set[str] = field(default_factory=set)


class Comings(RuleBasedStateMachine):
    """People who come by several ways, ways that are shut and opened again, and time."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store, self.platform, self.now = store, next(_platforms), NOW
        self.people: dict[str, One] = {}
        # Departures by oneself of somebody of whom nothing is known.
        self.strangers: dict[str, datetime] = {}
        self.shut_at: dict[str, datetime] = {}

    def do(self, work: Work) -> Any:
        return self.store.run(work)

    def known(self) -> set[str]:
        return {way for one in self.people.values() for way in one.ways}

    def open_to(self, one: One) -> set[str]:
        return one.ways - self.shut_at.keys()

    def enter(self, user: str, ways: set[str], now: datetime) -> None:
        came = Who(self.platform, user, entrances=tuple(ways))

        def comes(unit: Unit) -> None:
            seeker, _ = unit.enter(came, now)
            unit.save_seeker(replace(seeker, began_at=NOW))

        self.do(comes)
        there = {way for way in ways if self.shut_at.get(way, now) <= now}
        for way in there & self.shut_at.keys():
            self.opens(way)
        one = self.people.setdefault(user, One(departed=self.strangers.pop(user, None)))
        one.on = one.departed is None or one.departed <= now
        if one.on:
            one.departed = None
            one.ways |= there

    def opens(self, way: str) -> None:
        self.shut_at.pop(way, None)
        for one in self.people.values():
            if way in one.ways and one.departed:
                one.on, one.departed = True, None

    @initialize(first=st.sets(way), second=st.sets(way))
    def begin(self, first: set[str], second: set[str]) -> None:
        self.enter("ana", first, self.now)
        self.enter("ben", second, self.now)

    @rule(user=who, ways=st.sets(way))
    def come(self, user: str, ways: set[str]) -> None:
        self.enter(user, ways, self.now)

    @rule(user=who, ways=st.sets(way), late=st.sampled_from((1, 60, 24 * 60)))
    def be_heard_late(self, user: str, ways: set[str], late: int) -> None:
        self.enter(user, ways, self.now - timedelta(minutes=late))

    @rule(way=way)
    def shut(self, way: str) -> None:
        self.do(lambda unit: unit.shut(self.platform, way, self.now, GONE))
        if way in self.known():
            self.shut_at.setdefault(way, self.now)
        for one in self.people.values():
            if way in one.ways and not self.open_to(one):
                one.on, one.departed = False, one.departed or self.now

    @rule(way=way)
    def reopen(self, way: str) -> None:
        self.do(lambda unit: unit.reopen(self.platform, way))
        self.opens(way)

    @rule(user=who)
    def depart(self, user: str) -> None:
        self.do(lambda unit: unit.depart(self.platform, "", user, self.now, "left"))
        if user in self.people:
            self.people[user] = One(False, self.now)
        else:
            self.strangers[user] = self.now

    @rule(user=who)
    def arrive(self, user: str) -> None:
        self.do(lambda unit: unit.arrive(self.platform, "", user))
        self.strangers.pop(user, None)
        if one := self.people.get(user):
            one.on, one.departed = True, None

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def cannot_be_reached(self, data: st.DataObject) -> None:
        user = data.draw(st.sampled_from(sorted(self.people)))

        def close(unit: Unit) -> None:
            found = unit.look(Who(self.platform, user))
            assert found is not None
            unit.close_account(found[1].id, "blocked")

        self.do(close)
        self.people[user].on = False

    @rule(hours=st.sampled_from((1, 24, 24 * 6, 24 * 7, 24 * 8)))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.do(lambda unit: unit.prune(self.now))
        before = self.now - GRACE
        self.people = {
            user: one
            for user, one in self.people.items()
            if one.departed is None or one.departed > before
        }
        self.strangers = {user: at for user, at in self.strangers.items() if at > before}

    @invariant()
    def whoever_can_be_reached_is_who_the_rules_say(self) -> None:
        for way in self.shut_at.keys() - self.known():
            del self.shut_at[way]  # with the last of its people it was forgotten

        def look(unit: Unit) -> dict[str, bool]:
            found = ((user, unit.look(Who(self.platform, user))) for user in PEOPLE)
            return {user: one[1].on for user, one in found if one}

        assert self.do(look) == {user: one.on for user, one in self.people.items()}

    @invariant()
    def the_entrances_are_those_by_which_somebody_came(self) -> None:
        ways = {way: way not in self.shut_at for way in self.known()}
        assert self.do(lambda unit: unit.entrances(self.platform)) == ways
        agree(self.store, self.platform)


def agree(store: Store, platform: str) -> None:
    """All rows of an entrance say the same, and nobody is half departed."""
    account = select(accounts).where(accounts.c.platform == platform)
    way = select(entrances).join(accounts).where(accounts.c.platform == platform)
    left = select(departures.c.user).where(departures.c.platform == platform)
    people, ways, gone = store.run_on_connection(
        lambda connection: [connection.execute(asked).all() for asked in (account, way, left)]
    )
    departed = {row.user for row in gone}
    said = {(row.entrance, row.shut_at) for row in ways}
    assert len(said) == len({entrance for entrance, _ in said}), said
    reachable = {row.account_id for row in ways if row.shut_at is None}
    for row in people:
        assert not (row.on and row.user in departed), "reached, and to be erased"
        assert not (row.id in reachable and row.user in departed), "departed beside an open way"


def test_whatever_happens_the_rules_say_who_can_be_reached(store: Store, kind: str) -> None:
    few = settings().max_examples // (5 if kind == "postgres" else 1)
    run_state_machine_as_test(
        lambda: Comings(store),  # type: ignore[arg-type]  # it is called, whatever it is
        settings=settings(max_examples=few, stateful_step_count=20),
    )


@pytest.mark.parametrize("seed", range(3))
async def test_many_at_once_leave_nobody_half_departed(store: Store, seed: int) -> None:
    chosen = random.Random(seed)
    platform, later = next(_platforms), NOW + GRACE
    users = [f"U{number}" for number in range(12)]

    def enters(user: str, *ways: str) -> Work:
        return lambda unit: unit.enter(Who(platform, user, entrances=ways), later)

    def first(unit: Unit) -> None:
        for user in users:
            seeker, _ = unit.enter(Who(platform, user, entrances=("g1",)), NOW)
            unit.save_seeker(replace(seeker, began_at=NOW))

    store.run(first)

    def reopens(way: str) -> Work:
        return lambda unit: unit.reopen(platform, way)

    def shuts(way: str) -> Work:
        return lambda unit: unit.shut(platform, way, NOW, GONE)

    def departs(user: str) -> Work:
        return lambda unit: unit.depart(platform, "", user, NOW, "left")

    def prunes(unit: Unit) -> None:
        unit.prune(later)

    works = [prunes, prunes, prunes, *map(reopens, WAYS), *map(shuts, WAYS * 3)]
    works += map(departs, users[:3])
    works += [enters(u, *chosen.sample(WAYS, chosen.randint(1, 3))) for u in users * 3]
    chosen.shuffle(works)
    await asyncio.gather(*(store.transact(work) for work in works))
    agree(store, platform)


def two_at_once(store: Store, first: Work, second: Work) -> None:
    """Run both, the second begun before the first has ended, which waits until it is held up."""

    def until_held_up(unit: Unit) -> None:
        first(unit)
        other.start()
        while other.is_alive() and not store.run_on_connection(
            lambda connection: connection.execute(HELD_UP).scalar_one()
        ):
            pass

    other = Thread(target=store.run, args=(second,))
    store.run(until_held_up)
    other.join()


@pytest.mark.parametrize("kind", ["postgres"], indirect=True)
def test_whoever_comes_a_new_way_while_they_depart_has_departed(store: Store) -> None:
    platform = next(_platforms)
    store.run(lambda unit: unit.enter(Who(platform, "U1", entrances=("g1",)), NOW))
    two_at_once(
        store,
        lambda unit: unit.enter(Who(platform, "U1", entrances=("g2",)), NOW),
        lambda unit: unit.depart(platform, "", "U1", NOW, "left"),
    )
    agree(store, platform)
    store.run(lambda unit: unit.reopen(platform, "g2"))
    assert store.run(lambda unit: unit.entrances(platform)) == {}


@pytest.mark.parametrize("kind", ["postgres"], indirect=True)
def test_whoever_moves_while_their_entrance_is_shut_has_departed(store: Store) -> None:
    platform = next(_platforms)
    came = Who(platform, "U1", place="D1", entrances=("g1",))
    store.run(lambda unit: unit.enter(came, NOW))
    two_at_once(
        store,
        lambda unit: unit.shut(platform, "g1", NOW, GONE),
        lambda unit: unit.enter(replace(came, place="D2"), NOW),
    )
    agree(store, platform)
    found = store.run(lambda unit: unit.look(came))
    assert found is not None
    assert (found[1].on, found[1].place) == (False, "D2")
