"""How fast one person may go on, so that the others notice nothing."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import ports
from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.limits import TOO_FAST, TOO_LONG, Tokens
from bot.message import Answer, Call, Form, Message, plain
from bot.model import Who
from bot.welcome import BEGIN, Notice
from storage.store import Store
from tests.attacker.forging import everything

T = TypeVar("T")
NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)
ME, EVE = (Who("desk", user, zone="America/New_York") for user in ("me", "eve"))
NOTICE = Notice("Others may read this.", "Is it your employer's?", "Open your door.")
SRE = Call("job applied", {"company": "Acme", "role": "SRE"})
LIST = Call("job list")


takes = st.lists(st.integers(0, 90).map(lambda tenths: timedelta(seconds=tenths / 10)))


@given(takes, st.integers(1, 120), st.integers(1, 40))
def test_nobody_ever_gets_more_than_the_burst_and_the_rate_allow(
    waits: list[timedelta], a_minute: int, burst: int
) -> None:
    tokens, now = Tokens(a_minute, burst), NOW
    taken: list[datetime] = []
    for wait in waits:
        now += wait
        if tokens.take(ME, now):
            taken.append(now)
        else:
            assert not tokens.any_left(ME, now)
    for start, first in enumerate(taken):
        for count, last in enumerate(taken[start:], 1):
            minutes = (last - first).total_seconds() / 60
            assert count <= burst + minutes * a_minute + 1e-6


def test_a_clock_that_is_put_back_gives_nobody_anything() -> None:
    tokens = Tokens(60, 2)
    assert tokens.take(ME, NOW)
    assert tokens.take(ME, NOW - timedelta(days=1))
    assert not tokens.take(ME, NOW - timedelta(days=2))
    assert tokens.take(ME, NOW - timedelta(days=2) + timedelta(seconds=1))


def test_of_ever_so_many_people_only_the_latest_are_remembered() -> None:
    tokens = Tokens(60, 1, people=3)
    assert tokens.take(ME, NOW)
    for number in range(100):
        tokens.take(replace(EVE, user=str(number)), NOW)
        assert not tokens.take(ME, NOW), "whoever is there all the time is not forgotten"
    assert len(tokens) == 3


def test_the_same_id_elsewhere_is_somebody_else() -> None:
    tokens = Tokens(60, 1)
    assert tokens.take(ME, NOW)
    assert not tokens.take(replace(ME, name="Another name", zone="UTC"), NOW)
    assert tokens.take(replace(ME, workspace="T2"), NOW)
    assert tokens.take(replace(ME, platform="slack"), NOW)


class Watched:
    """A store that counts its transactions."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.transactions = 0

    async def transact(self, work: Callable[[ports.Unit], T]) -> T:
        self.transactions += 1
        return await self._store.transact(work)


async def pestered(desk: Desk, times: int, call: Call = LIST, now: datetime = NOW) -> list[Answer]:
    """Make the same call so often, all at once."""
    return [await desk.handle(call, ME, now) for _ in range(times)]


async def test_whoever_is_too_fast_is_told_so_kindly_and_costs_nobody_anything(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    watched = Watched(store)
    desk = Desk(watched, registry, Letters(), NOTICE)
    begin = Call(BEGIN, {"employer": "no"})
    for who in (ME, EVE):
        await desk.handle(begin, who, NOW)
    assert TOO_FAST not in await pestered(desk, 29)
    before, spent = everything(store, ME), watched.transactions
    lines = len(caplog.records)
    assert await pestered(desk, 50) == [TOO_FAST] * 50
    assert await pestered(desk, 50, SRE) == [TOO_FAST] * 50
    assert await desk.introduce(Form(SRE), ME, NOW) == TOO_FAST
    assert watched.transactions == spent
    assert everything(store, ME) == before
    assert len(caplog.records) == lines + 1
    assert await desk.handle(LIST, EVE, NOW) != TOO_FAST
    # A second later there is room for one, and a minute later for as many as before.
    answers = await pestered(desk, 3, now=NOW + timedelta(seconds=1))
    assert [answer == TOO_FAST for answer in answers] == [False, True, True]
    assert TOO_FAST not in await pestered(desk, 30, now=NOW + timedelta(minutes=1))
    said = plain(TOO_FAST)
    assert TOO_FAST.private
    assert TOO_FAST.failed, "so that a form keeps what was typed"
    assert len(said) < 150


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_whoever_types_too_fast_is_offered_nothing_and_may_still_say_it(
    store: Store,
) -> None:
    watched = Watched(store)
    desk = Desk(watched, registry, Letters(), NOTICE)
    await desk.handle(Call(BEGIN, {"employer": "no"}), ME, NOW)
    await desk.handle(SRE, ME, NOW)
    offered = [await desk.complete("job show", "application", "a", ME, NOW) for _ in range(61)]
    assert all(offered[:60])
    spent = watched.transactions
    assert not offered[60]
    assert not await desk.complete("job show", "application", "a", ME, NOW)
    assert watched.transactions == spent
    assert await desk.handle(LIST, ME, NOW) != TOO_FAST
    boards = [(await desk.board(ME, NOW)).failed for _ in range(61)]
    assert boards == [False] * 60 + [True]


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_at_a_terminal_of_ones_own_nobody_is_in_anybodys_way(store: Store) -> None:
    desk = Desk(store, registry, Letters())
    assert TOO_FAST not in await pestered(desk, 100)


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_what_is_too_much_for_any_form_is_not_even_looked_at(store: Store) -> None:
    watched = Watched(store)
    desk = Desk(watched, registry, Letters())
    many = Call("job applied", {f"x{n}": "1" for n in range(61)})
    long = Call("job applied", {"company": "x" * 200_001})
    for call in (many, long):
        assert await desk.handle(call, ME, NOW) == TOO_LONG
        assert await desk.introduce(Form(call), ME, NOW) == TOO_LONG
    assert not watched.transactions
    fields = ("fit", "proof", "why", "note")
    answer = await desk.handle(SRE.plus(**dict.fromkeys(fields, "x " * 5_000)), ME, NOW)
    assert isinstance(answer, Message)
    assert answer.changed
