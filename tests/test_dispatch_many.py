"""Whoever has many letters due at once gets a few at a time, and holds up nobody else."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.nudges import MOST, Pair, Part, packed, together
from bot.commands import registry
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.fit import fits
from bot.letters.draft import Draft, Letters
from bot.letters.facts import Facts
from bot.message import Call, Message, Quote, plain, text
from bot.model import Nudge, NudgeKind, NudgeState, Who
from bot.parcels import AT_A_TIME, SPACED
from storage.store import Store
from tests.post import Post, still

WHO = Who("terminal", "you", zone="America/New_York")
BEGIN = datetime(2026, 6, 1, 14, tzinfo=UTC)
DUE = datetime(2026, 6, 8, 13, 30, tzinfo=UTC)
MANY = 40


class Counted(Letters):
    """Letters that know in which turn of the event loop each was drafted; one may be broken."""

    def __init__(self, broken: str = "") -> None:
        super().__init__()
        self.broken = broken
        self.turn = 0
        self.turns: list[int] = []

    def draft(self, facts: Facts) -> Draft:
        self.turns.append(self.turn)
        if facts.company == self.broken:
            raise ZeroDivisionError
        return super().draft(facts)

    async def count(self) -> None:
        while True:
            self.turn += 1
            await asyncio.sleep(0)


class Crowd:
    """One person or some, each with the same number of follow-ups due on one morning."""

    def __init__(self, store: Store, letters: Letters | None = None) -> None:
        self.store = store
        self.letters = letters or Letters()
        self.desk = Desk(store, registry, self.letters)
        self.post = Post(repeats_safely=True)
        self.dispatcher = Dispatcher(store, [self.post], self.letters, clock_from=still)

    async def do(self, name: str, who: Who = WHO, **answers: str) -> None:
        await self.desk.handle(Call(f"job {name}", answers), who, BEGIN)

    async def apply(self, many: int = MANY, who: Who = WHO) -> None:
        for n in range(many):
            await self.do("applied", who, company=f"Acme {n}", role="SRE")

    async def review(self) -> None:
        """Lets the review of the first week, which is not what these tests are about, come."""
        await self.dispatcher.tick(datetime(2026, 6, 5, 20, tzinfo=UTC))
        self.post.arrived.clear()
        self.post.tried.clear()

    async def nudges(self) -> list[Nudge]:
        nudges = await self.store.transact(
            lambda unit: unit.nudges.of(unit.enter(WHO, BEGIN)[0].id)
        )
        return [n for n in nudges if n.kind is NudgeKind.FOLLOW_UP]

    @property
    def keys(self) -> list[str]:
        return [key for keys, _ in self.post.arrived for key in keys.split("+")]


@pytest.fixture
async def crowd(store: Store) -> Crowd:
    made = Crowd(store)
    await made.apply()
    await made.review()
    return made


async def test_a_few_messages_come_at_a_time_and_the_rest_follow_later(crowd: Crowd) -> None:
    await crowd.dispatcher.tick(DUE)
    await crowd.dispatcher.tick(DUE + SPACED - timedelta(seconds=1))
    assert len(crowd.post.arrived) == AT_A_TIME
    sent = len(crowd.keys)
    assert sent == AT_A_TIME * MOST
    waiting = [n for n in await crowd.nudges() if n.state is NudgeState.PLANNED]
    assert len(waiting) == MANY - sent
    assert {(n.ready_at, n.due_at, n.tries) for n in waiting} == {(DUE + SPACED, DUE, 0)}
    assert await crowd.dispatcher.next_due() == DUE + SPACED
    await crowd.dispatcher.tick(DUE + SPACED)
    assert len(crowd.post.arrived) == 2 * AT_A_TIME


async def test_of_many_each_comes_once_with_its_letter(crowd: Crowd) -> None:
    for hours in range(4):
        await crowd.dispatcher.tick(DUE + hours * SPACED)
    nudges = await crowd.nudges()
    assert {n.state for n in nudges} == {NudgeState.SENT}
    # The oldest first, as they were logged.
    assert crowd.keys == [n.key for n in sorted(nudges, key=lambda n: n.id)]
    for keys, message in crowd.post.arrived:
        letters = [block for block in message.blocks if isinstance(block, Quote)]
        assert len(letters) == len(keys.split("+"))
        assert fits(message)


async def test_the_last_message_of_a_time_says_how_many_more_there_are(crowd: Crowd) -> None:
    for hours in range(3):
        await crowd.dispatcher.tick(DUE + hours * SPACED)
    lines = [
        line for _, m in crowd.post.arrived for line in plain(m).splitlines() if "more are" in line
    ]
    assert [line.partition(" ")[0] for line in lines] == ["25", "10"]
    assert "25 more are due" in plain(crowd.post.arrived[AT_A_TIME - 1][1])


async def test_what_is_bound_to_a_day_comes_before_many_letters(store: Store) -> None:
    crowd = Crowd(store)
    await crowd.apply()
    at = (DUE - timedelta(hours=1)).isoformat()
    await crowd.do("interview", application=str(MANY), at=at, another="yes")
    await crowd.review()
    await crowd.dispatcher.tick(DUE + timedelta(hours=2))
    # Its questions became due after all the letters had.
    assert "/debrief:" in crowd.keys[0]


async def test_a_message_of_many_whose_answer_was_lost_is_tried_again_as_it_was(
    crowd: Crowd,
) -> None:
    crowd.post.orders.extend(["ok", "lost answer", "ok", "lost answer"])
    await crowd.dispatcher.tick(DUE)
    lost = [crowd.post.tried[1], crowd.post.tried[3]]
    await crowd.dispatcher.tick(DUE + SPACED)
    assert crowd.post.tried[AT_A_TIME : AT_A_TIME + 2] == lost


async def test_no_letter_is_drafted_twice_nor_before_its_turn(store: Store) -> None:
    letters = Counted()
    crowd = Crowd(store, letters)
    await crowd.apply()
    await crowd.review()
    letters.turns.clear()
    await crowd.dispatcher.tick(DUE)
    assert len(letters.turns) == len(crowd.keys) == AT_A_TIME * MOST


async def test_between_two_messages_the_event_loop_does_other_things(store: Store) -> None:
    letters = Counted()
    crowd = Crowd(store, letters)
    for n in range(8):
        await crowd.apply(7, Who("terminal", f"u{n}", zone="America/New_York"))
    await crowd.review()
    letters.turns.clear()
    counting = asyncio.create_task(letters.count())
    await crowd.dispatcher.tick(DUE)
    counting.cancel()
    with suppress(asyncio.CancelledError):
        await counting
    assert len(letters.turns) == 8 * 7
    assert max(letters.turns.count(turn) for turn in letters.turns) <= MOST


async def test_a_letter_that_cannot_be_written_keeps_no_other_back(store: Store) -> None:
    crowd = Crowd(store)
    await crowd.apply(7)
    await crowd.review()
    broken = Dispatcher(store, [crowd.post], Counted(broken="Acme 1"), clock_from=still)
    await broken.tick(DUE)
    states = [n.state for n in sorted(await crowd.nudges(), key=lambda n: n.id)]
    assert states == [NudgeState.SENT, NudgeState.UNDELIVERED, *[NudgeState.SENT] * 5]
    assert len(crowd.keys) == 6


async def test_several_discreet_notes_come_a_few_at_a_time_too(store: Store) -> None:
    letters = Counted()
    crowd = Crowd(store, letters)
    await crowd.apply()
    await crowd.do("settings", discreet="yes")
    await crowd.review()
    letters.turns.clear()
    await crowd.dispatcher.tick(DUE)
    assert len(crowd.keys) == AT_A_TIME * MOST
    assert not letters.turns


def part(size: int) -> Part:
    return "A heading", [text("x" * size)]


def pair(number: int, application: int) -> Pair:
    key = f"1/followup:{number}"
    kind = NudgeKind.FOLLOW_UP
    return Nudge(number, key, 1, "terminal", kind, DUE, DUE, application=application), None


def drawn(parts: Sequence[Part]) -> Message:
    return together(parts, doubt=True)


@given(st.lists(st.tuples(st.integers(1, 4500), st.integers(1, 4)), max_size=20))
def test_packing_keeps_the_order_and_every_letter_whole(sizes: list[tuple[int, int]]) -> None:
    pairs = [pair(n, application) for n, (_, application) in enumerate(sizes)]
    written: list[int] = []

    def write(nudge: Nudge, case: object) -> Part:
        written.append(nudge.id)
        return part(sizes[nudge.id][0])

    found = list(packed(pairs, write))
    assert [p for chunk, _ in found for p in chunk] == pairs
    assert written == list(range(len(pairs)))
    for chunk, parts in found:
        about = [nudge.application for nudge, _ in chunk]
        assert len(about) == len(set(about)) <= MOST
        assert len(about) == 1 or fits(drawn(parts))
    for (chunk, parts), (after, first) in pairwise(found):
        # Nothing begins another message that would have had room in the one before.
        same = any(nudge.application == after[0][0].application for nudge, _ in chunk)
        assert len(chunk) == MOST or same or not fits(drawn([*parts, first[0]]))
