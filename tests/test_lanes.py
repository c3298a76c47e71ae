"""However many dispatchers there are, a platform sees one pace, and nobody is passed over."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.requests import PATIENCE
from bot.commands import registry
from bot.delivery import Lane, Outcome, Sent, Wanted
from bot.desk import Desk
from bot.dispatch import LEASE, Dispatcher
from bot.letters.draft import Letters
from bot.message import Call, Message
from bot.model import Account, Nudge, NudgeKind, NudgeState, Who
from bot.watch import Unwatched
from storage.store import Store
from tests.post import still

LETTERS = Letters()
BEGIN = datetime(2026, 6, 1, 14, tzinfo=UTC)
DUE = datetime(2026, 6, 8, 13, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BURST = 3


@dataclass
class Paced:
    """A platform that counts by workspace; notes when each message came to which."""

    clock: Callable[[], datetime]
    platform: str = "terminal"
    repeats_safely: bool = False
    came: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def stored(self, account: Account) -> None:
        return

    def lane(self, account: Account) -> Lane:
        return Lane(f"terminal:{account.workspace}", SECOND, BURST)

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        self.came[account.workspace].append(self.clock())
        await asyncio.sleep(0)
        return Sent(key)


class Hall:
    """Workspaces with so many people each, all with a follow-up due at the same time."""

    def __init__(self, store: Store, dispatchers: int = 1) -> None:
        self.store = store
        self.now = DUE
        self.paced = Paced(lambda: self.now)
        self.desk = Desk(store, registry, LETTERS)
        self.dispatchers = [
            Dispatcher(store, [self.paced], LETTERS, clock_from=still) for _ in range(dispatchers)
        ]

    async def fill(self, workspaces: int, people: int) -> None:
        for place in range(workspaces):
            for person in range(people):
                who = Who("terminal", f"u{person}", workspace=f"W{place}", zone="America/New_York")
                call = Call("job applied", {"company": "Acme", "role": "SRE"})
                await self.desk.handle(call, who, BEGIN)
        # The review of the first week is not what these tests are about.
        for second in range(people):
            await self.tick(DUE - timedelta(days=2) + second * SECOND)
        self.paced.came.clear()

    async def tick(self, now: datetime) -> None:
        self.now = now
        await asyncio.gather(*(one.tick(now) for one in self.dispatchers))

    async def wait(self, seconds: int) -> None:
        for second in range(seconds):
            await self.tick(DUE + second * SECOND)

    def nudges(self) -> list[Nudge]:
        def every(unit):
            people = unit.seekers(range(1, 100))
            found = [nudge for one in people for nudge in unit.nudges.of(one)]
            return [nudge for nudge in found if nudge.kind is NudgeKind.FOLLOW_UP]

        return self.store.run(every)


@pytest.mark.parametrize("dispatchers", [1, 3])
async def test_all_dispatchers_together_keep_the_pace_of_each_workspace(
    store: Store, dispatchers: int
) -> None:
    hall = Hall(store, dispatchers)
    await hall.fill(workspaces=2, people=8)
    await hall.wait(8)
    for came in hall.paced.came.values():
        seconds = [round((at - DUE) / SECOND) for at in came]
        assert seconds == [0] * BURST + [1, 2, 3, 4, 5], "a burst, then one each second"
    assert {nudge.state for nudge in hall.nudges()} == {NudgeState.SENT}


async def test_whoever_waits_for_a_turn_is_not_looked_at_before_it(store: Store) -> None:
    hall = Hall(store)
    await hall.fill(workspaces=1, people=6)
    await hall.tick(DUE)
    waiting = [nudge for nudge in hall.nudges() if nudge.state is NudgeState.PLANNED]
    turns = [nudge.turn_at for nudge in waiting]
    assert turns == [DUE + SECOND, DUE + 2 * SECOND, DUE + 3 * SECOND]
    assert [(n.ready_at, n.due_at, n.tries, n.claim) for n in waiting] == [
        (turn, DUE, 0, "") for turn in turns
    ]
    assert await hall.dispatchers[0].next_due() == DUE + SECOND


class Counted(Unwatched):
    """Somebody who counts how long messages have to wait."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def waited(self, platform: str, seconds: float) -> None:
        self.waits.append(seconds)


async def test_whoever_counts_is_told_how_long_each_waits_for_a_turn(store: Store) -> None:
    hall, counted = Hall(store), Counted()
    await hall.fill(workspaces=1, people=BURST + 2)
    await Dispatcher(store, [hall.paced], LETTERS, counted, clock_from=still).tick(DUE)
    assert counted.waits == [1, 2]


async def test_one_crowded_workspace_keeps_nobody_in_another_waiting(store: Store) -> None:
    hall = Hall(store)
    await hall.fill(workspaces=1, people=60)
    late = Who("terminal", "late", workspace="Quiet", zone="America/New_York")
    call = Call("job applied", {"company": "Acme", "role": "SRE"})
    await hall.desk.handle(call, late, BEGIN + timedelta(seconds=5))
    await hall.tick(DUE)
    assert hall.paced.came["Quiet"] == [DUE]


async def test_after_an_outage_those_who_waited_go_in_their_order_and_at_the_pace(
    store: Store,
) -> None:
    hall = Hall(store)
    await hall.fill(workspaces=1, people=8)
    await hall.tick(DUE)
    waited = [nudge.seeker_id for nudge in hall.nudges() if nudge.state is NudgeState.PLANNED]
    back = DUE + timedelta(hours=1)
    for second in range(5):
        await hall.tick(back + second * SECOND)
    late = [back + second * SECOND for second in range(5)]
    assert hall.paced.came["W0"] == [DUE] * BURST + late
    sent = sorted(hall.nudges(), key=lambda nudge: nudge.sent_at or DUE)
    assert [nudge.seeker_id for nudge in sent[BURST:]] == waited


async def test_what_a_dead_process_held_takes_turns_anew_and_all_of_it_comes(
    store: Store,
) -> None:
    """And says that it may have been seen, however long it had to wait for its turn."""
    hall = Hall(store)
    people = BURST + 4
    await hall.fill(workspaces=1, people=people)

    def hold(unit):
        due = unit.nudges.due(DUE, "terminal", people)
        unit.nudges.claim([replace(one, turn_at=DUE) for one in due], "dead", DUE + LEASE)

    store.run(hold)
    await hall.tick(DUE + SECOND)
    assert hall.paced.came == {}
    for second in range(5):
        await hall.tick(DUE + LEASE + second * SECOND)
    seconds = [round((at - DUE - LEASE) / SECOND) for at in hall.paced.came["W0"]]
    assert seconds == [0] * BURST + [1, 2, 3, 4]
    assert {(nudge.state, nudge.in_doubt) for nudge in hall.nudges()} == {(NudgeState.SENT, True)}


async def test_a_snooze_gives_the_turn_back(store: Store) -> None:
    hall = Hall(store)
    await hall.fill(workspaces=1, people=5)
    await hall.tick(DUE)
    (first, _) = [nudge for nudge in hall.nudges() if nudge.state is NudgeState.PLANNED]

    def snooze(unit):
        (found,) = [n for n in unit.nudges.of(first.seeker_id) if n.id == first.id]
        later = DUE + timedelta(hours=2)
        unit.nudges.save(replace(found, snoozed_until=later, ready_at=later))

    store.run(snooze)
    (after,) = [nudge for nudge in hall.nudges() if nudge.id == first.id]
    assert (after.turn_at, after.ready_at) == (None, DUE + timedelta(hours=2))


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 12)), min_size=1, max_size=12),
    st.integers(1, 20),
    st.integers(1, 3_000),
)
def test_in_no_window_are_there_more_turns_than_burst_and_pace_allow(
    asked: list[tuple[int, int]], burst: int, every: int
) -> None:
    """Law of the lane: whoever asks for however many turns whenever, their times keep the pace."""
    lane = Lane("lane", timedelta(milliseconds=every), burst)
    taken: list[datetime] = []
    now = DUE
    with Store.open("sqlite://") as store:
        for wait, count in asked:
            now += timedelta(milliseconds=wait)
            asked = {lane: Wanted(count=count)}
            given = store.run(lambda unit, asked=asked, now=now: unit.nudges.turns(asked, now))[
                "lane"
            ]
            turns = [turn + given.late for turn in given.turns]
            assert len(turns) == count
            # A turn of the past is taken now.
            taken += [max(turn, now) for turn in turns]
    assert taken == sorted(taken), "those who asked first go first"
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            most = burst + (taken[last] - taken[first]) / lane.every
            assert last - first + 1 <= most + 1e-6


@given(
    st.integers(1, 60),
    st.lists(st.integers(0, 40_000), min_size=1, max_size=20),
    st.integers(1, 8),
)
def test_turns_that_are_taken_too_late_put_back_those_behind_them_and_nobody_overtakes(
    count: int, waits: list[int], burst: int
) -> None:
    """Law of the lane: however late whoever takes the turns is, order and pace are kept."""
    lane = Lane("lane", SECOND, burst)
    now = DUE
    sent: list[tuple[datetime, int]] = []
    with Store.open("sqlite://") as store:

        def ask(*taken: datetime, count: int = 0):
            asked = {lane: Wanted(taken, count)}
            return store.run(lambda unit: unit.nudges.turns(asked, now))["lane"]

        left = list(enumerate(ask(count=count).turns))
        for wait in [*waits, *[1000] * 2 * count]:
            now += timedelta(milliseconds=wait)
            given = ask(*(turn for _, turn in left))
            going = [one for one in left if one[1] + given.late <= now]
            sent += [(now, place) for place, _ in going]
            left = left[len(going) :]
    assert [place for _, place in sent] == list(range(count))
    for first in range(count):
        for last in range(first, count):
            elapsed = sent[last][0] - sent[first][0]
            # A burst at the beginning, and one more of those that may be late without being missed.
            assert last - first + 1 <= 2 * burst + 1 + elapsed / SECOND + 1e-6


def test_a_lease_outlasts_what_a_platform_may_take_for_one_message() -> None:
    assert timedelta(seconds=PATIENCE) < LEASE / 4
