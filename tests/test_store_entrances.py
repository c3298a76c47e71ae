"""By which installations people came: one that is gone takes only those who have no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from bot.model import Account, Who
from bot.ports import GRACE
from storage.engine import connect
from storage.models import metadata
from storage.store import Store
from storage.workspaces import UNBEGUN
from tests.samples import NOW, SAM, application, arrive, everything

HERE = "discord"
GONE = "The bot was removed from the server."
AFTER = NOW + GRACE
TICK = timedelta(seconds=1)
ANA = Who(HERE, "1", place="D1", name="Ana", entrances=("g1",))
BEN = Who(HERE, "2", place="D2", name="Ben", entrances=("g1", "u2"))
CAM = Who(HERE, "3", place="D3", name="Cam", entrances=("g2",))
DEE = Who(HERE, "4", place="D4", name="Dee")
ALL = (ANA, BEN, CAM, DEE)


@pytest.fixture
def full(store: Store) -> Store:
    """A store that has met everybody."""
    for who in ALL:
        arrive(store, who)
    return store


def shut(store: Store, entrance: str, now: Any = NOW, platform: str = HERE) -> None:
    store.run(lambda unit: unit.shut(platform, entrance, now, GONE))


def reopen(store: Store, entrance: str, platform: str = HERE) -> None:
    store.run(lambda unit: unit.reopen(platform, entrance))


def depart(store: Store, who: Who, now: Any = NOW) -> None:
    store.run(lambda unit: unit.depart(HERE, "", who.user, now, "left"))


def prune(store: Store, now: Any) -> None:
    store.run(lambda unit: unit.prune(now))


def known(store: Store) -> dict[str, bool]:
    return dict(store.run(lambda unit: unit.entrances(HERE)))


def account(store: Store, who: Who) -> Account | None:
    found = store.run(lambda unit: unit.look(who))
    return found and found[1]


def reached(store: Store, *people: Who) -> str:
    """The names of those who can be reached."""
    found = {who.name: account(store, who) for who in people or ALL}
    return " ".join(name for name, one in found.items() if one and one.on)


def rows(store: Store, table: str) -> list[Any]:
    asked = select(metadata.tables[table]).order_by(*metadata.tables[table].primary_key)
    return store.run_on_connection(lambda connection: list(connection.execute(asked)))


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    heard: list[str] = []

    def hear(_c: Any, _cursor: Any, sql: str, _values: Any, _context: Any, _many: bool) -> None:
        heard.append(sql)

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


def test_every_entrance_by_which_somebody_came_is_known_and_open(full: Store) -> None:
    arrive(full, replace(SAM, entrances=("g7",)))
    assert known(full) == {"g1": True, "u2": True, "g2": True}
    assert full.run(lambda unit: unit.entrances("slack")) == {"g7": True}
    assert full.run(lambda unit: unit.entrances("terminal")) == {}


def test_a_shut_entrance_takes_whoever_has_no_other(full: Store) -> None:
    shut(full, "g1")
    assert known(full) == {"g1": False, "u2": True, "g2": True}
    assert reached(full) == "Ben Cam Dee"
    closed = account(full, ANA)
    assert closed is not None
    assert (closed.on, closed.why) == (False, GONE)
    shut(full, "u2")
    assert reached(full) == "Cam Dee"


def test_whoever_was_shut_out_is_erased_when_the_grace_has_passed(full: Store) -> None:
    full.run(lambda unit: everything(unit, ANA))
    others = [rows(full, table)[1:] for table in ("seekers", "accounts")]
    shut(full, "g1")
    prune(full, AFTER - TICK)
    assert account(full, ANA) is not None
    prune(full, AFTER)
    assert account(full, ANA) is None
    assert [rows(full, table) for table in ("seekers", "accounts")] == others
    assert rows(full, "applications") == rows(full, "departures") == []
    assert [row.account_id for row in rows(full, "entrances")] == [2, 2, 3]


def test_an_entrance_of_the_same_name_on_another_platform_is_another(full: Store) -> None:
    other = replace(SAM, entrances=("g1",))
    arrive(full, other)
    shut(full, "g1", platform="slack")
    assert known(full)["g1"] is True
    assert reached(full, *ALL, other) == "Ana Ben Cam Dee"
    shut(full, "g1")
    reopen(full, "g1", platform="slack")
    assert known(full)["g1"] is False
    assert reached(full, *ALL, other) == "Ben Cam Dee Sam Rivera"


def test_an_entrance_that_nobody_came_by_is_nobodys_news(full: Store) -> None:
    before = [rows(full, name) for name in metadata.tables]
    shut(full, "g9")
    reopen(full, "g9")
    assert [rows(full, name) for name in metadata.tables] == before


def test_reopening_leaves_everything_as_it_was(full: Store) -> None:
    before = [rows(full, name) for name in metadata.tables]
    shut(full, "g1")
    shut(full, "u2", NOW + TICK)
    assert reached(full) == "Cam Dee"
    reopen(full, "u2")
    assert reached(full) == "Ben Cam Dee"
    reopen(full, "g1")
    assert [rows(full, name) for name in metadata.tables] == before


def test_reopening_opens_nobody_who_is_closed_for_another_reason(full: Store) -> None:
    ben = full.run(lambda unit: unit.enter(BEN, NOW))[1]
    full.run(lambda unit: unit.close_account(ben.id, "blocked"))
    shut(full, "g1")
    reopen(full, "g1")
    assert account(full, BEN) == replace(ben, on=False, why="blocked")
    assert reached(full) == "Ana Cam Dee"


def test_a_removal_that_is_told_again_counts_from_the_first_time(full: Store) -> None:
    shut(full, "g1")
    shut(full, "g1", NOW + timedelta(days=6))
    assert {row.shut_at for row in rows(full, "entrances") if row.entrance == "g1"} == {NOW}
    prune(full, AFTER)
    assert account(full, ANA) is None


def test_no_reopening_brings_back_whoever_departed_by_themselves(full: Store) -> None:
    depart(full, ANA)
    depart(full, BEN)
    shut(full, "g1")
    depart(full, BEN, NOW + TICK)
    reopen(full, "g1")
    assert reached(full) == "Cam Dee"
    assert known(full) == {"g2": True}
    arrive(full, ANA, NOW + TICK)
    assert reached(full) == "Ana Cam Dee"
    prune(full, AFTER + TICK)
    assert reached(full) == "Ana Cam Dee"


def test_whoever_was_shut_out_first_and_then_departed_stays_away(full: Store) -> None:
    shut(full, "g1")
    depart(full, ANA, NOW + TICK)
    reopen(full, "g1")
    assert reached(full) == "Ben Cam Dee"
    prune(full, AFTER)
    assert account(full, ANA) is not None
    prune(full, AFTER + TICK)
    assert account(full, ANA) is None


def test_coming_through_a_shut_entrance_opens_it_for_everybody(full: Store) -> None:
    shut(full, "g1")
    shut(full, "u2")
    _, back = full.run(lambda unit: unit.enter(ANA, NOW + TICK))
    assert (back.on, back.why) == (True, "")
    assert reached(full) == "Ana Ben Cam Dee"
    assert known(full) == {"g1": True, "u2": False, "g2": True}
    assert rows(full, "departures") == []


def test_coming_another_way_brings_back_oneself_alone(full: Store) -> None:
    shut(full, "g1")
    shut(full, "u2")
    arrive(full, replace(ANA, entrances=("g3",)), NOW + TICK)
    assert reached(full) == "Ana Cam Dee"
    assert known(full) == {"g1": False, "u2": False, "g2": True, "g3": True}
    shut(full, "g3", NOW + 2 * TICK)
    assert reached(full) == "Cam Dee"


@pytest.mark.parametrize("who", [ANA, BEN, replace(DEE, user="5", entrances=("g1",))])
def test_what_was_sent_before_an_entrance_was_shut_does_not_open_it(full: Store, who: Who) -> None:
    shut(full, "g1")
    before = reached(full)
    arrive(full, who, NOW - TICK)
    assert known(full)["g1"] is False
    assert reached(full) == before


def test_what_was_sent_before_departing_does_not_take_it_back(full: Store) -> None:
    depart(full, ANA)
    arrive(full, ANA, NOW - TICK)
    assert reached(full) == "Ben Cam Dee"
    prune(full, AFTER)
    assert account(full, ANA) is None


def test_somebody_without_a_known_entrance_is_left_alone(full: Store) -> None:
    for entrance in ("g1", "g2", "u2"):
        shut(full, entrance)
    assert reached(full) == "Dee"


def test_a_way_that_is_open_again_does_not_open_a_workspace_that_departed(store: Store) -> None:
    both = replace(ANA, workspace="W1")
    arrive(store, both)
    shut(store, "g1")
    store.run(lambda unit: unit.depart(HERE, "W1", "", NOW, "uninstalled"))
    reopen(store, "g1")
    assert reached(store, both) == ""
    store.run(lambda unit: unit.arrive(HERE, "W1"))
    assert reached(store, both) == "Ana"


def test_using_the_bot_by_known_entrances_is_one_statement(store_url: str) -> None:
    engine = connect(store_url, 1)
    store = Store(engine, 1)
    for who in ALL:
        arrive(store, who)
    arrive(store, replace(BEN, entrances=("g1",)))
    for who in (*ALL, replace(BEN, entrances=("u2",)), replace(ANA, entrances=("g1", "g1"))):
        with statements(engine) as heard:
            arrive(store, who)
        assert len(heard) == 1, heard
        assert ("entrances" in heard[0]) is bool(who.entrances)
    engine.dispose()


def test_many_are_shut_out_brought_back_and_erased_in_as_many_statements_as_few(
    store_url: str,
) -> None:
    engine = connect(store_url, 1)
    store = Store(engine, 1)
    counted = []
    for number, many in enumerate((1, 50)):
        for n in range(many):
            arrive(store, replace(ANA, user=f"{number}.{n}"))
        with statements(engine) as heard:
            shut(store, "g1")
            reopen(store, "g1")
            shut(store, "g1")
            prune(store, AFTER)
        counted.append(len(heard))
    assert counted[0] == counted[1]
    assert rows(store, "accounts") == rows(store, "departures") == []
    engine.dispose()


def test_entrances_are_exported_and_erased_with_their_person(full: Store) -> None:
    ben, cam = arrive(full, BEN), arrive(full, CAM)
    full.run(lambda unit: unit.applications.add(application(ben)))
    shut(full, "u2")
    theirs = full.run(lambda unit: unit.export(cam.id))
    assert [(row["entrance"], row["shut_at"]) for row in theirs["entrances"]] == [("g2", None)]
    mine = full.run(lambda unit: unit.export(ben.id))["entrances"]
    assert [(row["entrance"], row["shut_at"]) for row in mine] == [
        ("g1", None),
        ("u2", "2026-06-01T14:00:00.000000+00:00"),
    ]
    full.run(lambda unit: unit.forget(ben.id))
    assert full.run(lambda unit: unit.export(ben.id))["entrances"] == []
    assert full.run(lambda unit: unit.export(cam.id)) == theirs
    assert known(full) == {"g1": True, "g2": True}


def test_having_come_by_an_entrance_is_not_yet_having_begun(full: Store) -> None:
    prune(full, NOW + UNBEGUN + TICK)
    assert rows(full, "seekers") == rows(full, "entrances") == []
