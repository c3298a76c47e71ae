"""What becomes of a nudge by what the platform says, and by what changed in the meantime."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.commands import registry
from bot.delivery import Gone, Later, Outcome, Refused, Unknown
from bot.desk import Desk
from bot.dispatch import LEASE, Dispatcher
from bot.letters.draft import Letters
from bot.message import Call, Message, plain
from bot.model import Account, Case, Interview, Nudge, NudgeKind, NudgeState, Stage, Who
from bot.parcels import judge
from bot.sending import AT_ONCE
from bot.settle import UNKNOWN_TRIES
from storage.store import Store
from tests.post import Killed, Post, still
from tests.records import APPLICATION, SEEKER

LETTERS = Letters()
WHO = Who("terminal", "you", zone="America/New_York")
BEGIN = datetime(2026, 6, 1, 14, tzinfo=UTC)
DUE = datetime(2026, 6, 8, 13, 30, tzinfo=UTC)


class World:
    """One person with one application, a post office, and a dispatcher."""

    def __init__(self, store: Store, post: Post | None = None) -> None:
        self.store = store
        self.desk = Desk(store, registry, LETTERS)
        self.post = post or Post()
        self.dispatcher = Dispatcher(store, [self.post], LETTERS, clock_from=still)

    async def do(self, name: str, at: datetime = BEGIN, **answers: str) -> str:
        answer = await self.desk.handle(Call(f"job {name}", answers), WHO, at)
        assert isinstance(answer, Message)
        return plain(answer)

    async def nudge(self, kind: str = "followup") -> Nudge:
        nudges = await self.store.transact(
            lambda unit: unit.nudges.of(unit.enter(WHO, BEGIN)[0].id)
        )
        return next(nudge for nudge in nudges if nudge.kind == kind)


@pytest.fixture
async def world(store: Store) -> World:
    made = World(store)
    await made.do("applied", company="Acme", role="SRE")
    # The review of the first week is not what these tests are about.
    await made.dispatcher.tick(datetime(2026, 6, 5, 20, tzinfo=UTC))
    made.post.arrived.clear()
    return made


async def test_a_dispatcher_that_is_stopped_finishes_what_is_on_its_way_and_no_more(
    world: World,
) -> None:
    others = [Who("terminal", f"u{n}", zone="America/New_York") for n in range(20)]
    for who in others:
        await world.desk.handle(Call("job applied", {"company": "Acme", "role": "SRE"}), who, BEGIN)
    world.post.on_send = world.dispatcher.stop
    await world.dispatcher.tick(DUE)
    sent = len(world.post.arrived)
    assert 0 < sent <= AT_ONCE
    world.post.on_send = None
    await Dispatcher(world.store, [world.post], LETTERS, clock_from=still).tick(DUE)
    assert len(world.post.arrived) == 21


async def test_waiting_for_a_turn_uses_up_no_try(world: World) -> None:
    at = DUE
    for _ in range(UNKNOWN_TRIES + 1):
        world.post.orders.append(Later(at + timedelta(minutes=1), "busy", tried=False))
        await world.dispatcher.tick(at)
        at += timedelta(minutes=2)
    assert (await world.nudge()).tries == 0
    world.post.orders.append(Unknown("the answer was lost"))
    await world.dispatcher.tick(at)
    nudge = await world.nudge()
    assert (nudge.state, nudge.in_doubt) == (NudgeState.PLANNED, True)


async def test_a_confirmed_message_is_sent_once_and_names_where(world: World) -> None:
    assert await world.dispatcher.tick(DUE) >= 1
    nudge = await world.nudge()
    assert (nudge.state, nudge.message_ref, nudge.sent_at) == (NudgeState.SENT, "ref", DUE)
    await world.dispatcher.tick(DUE + timedelta(days=1))
    assert world.post.times(nudge.key) == 1


async def test_nothing_is_sent_before_it_is_due(world: World) -> None:
    assert await world.dispatcher.tick(DUE - timedelta(seconds=1)) == 0
    assert world.post.arrived == []


async def test_later_means_at_the_time_the_platform_named(world: World) -> None:
    again = DUE + timedelta(minutes=5)
    world.post.orders.append(Later(again, "rate limited"))
    await world.dispatcher.tick(DUE)
    await world.dispatcher.tick(again - timedelta(seconds=1))
    assert world.post.arrived == []
    await world.dispatcher.tick(again)
    assert len(world.post.arrived) == 1
    assert not world.post.warned((await world.nudge()).key)


async def test_a_person_who_is_gone_is_not_tried_again(store: Store) -> None:
    world = World(store)
    await world.do("applied", company="Acme", role="SRE")
    world.post.orders.append(Gone("their door is closed"))
    friday = datetime(2026, 6, 5, 20, tzinfo=UTC)
    await world.dispatcher.tick(friday)
    await world.dispatcher.tick(DUE)
    assert len(world.post.tried) == 1
    answer = await world.do("list", at=DUE)
    assert "2 messages could not reach you" in answer
    await world.do("applied", company="Globex", role="Editor", at=DUE)
    await world.dispatcher.tick(DUE + timedelta(days=7))
    assert len(world.post.arrived) == 1


async def test_refused_is_not_tried_again_and_is_shown_at_the_next_command(world: World) -> None:
    world.post.orders.append(Refused("too long"))
    await world.dispatcher.tick(DUE)
    await world.dispatcher.tick(DUE + timedelta(days=1))
    assert len(world.post.tried) == 2  # the review, and this one
    shown = await world.do("today", at=DUE + timedelta(days=1))
    assert "Follow up: SRE at Acme" in shown
    assert (await world.nudge()).state is NudgeState.SHOWN


async def test_a_lost_answer_is_tried_again_and_says_so(world: World) -> None:
    world.post.orders.append("lost answer")
    await world.dispatcher.tick(DUE)
    await world.dispatcher.tick(DUE + timedelta(hours=1))
    key = (await world.nudge()).key
    assert (world.post.times(key), world.post.warned(key)) == (2, 1)


async def test_where_repeating_is_safe_it_is_tried_until_the_answer_comes(store: Store) -> None:
    world = World(store, Post(repeats_safely=True))
    await world.do("applied", company="Acme", role="SRE")
    world.post.orders.extend(["lost answer"] * 6)
    for hours in range(10):
        await world.dispatcher.tick(DUE + timedelta(hours=hours))
    assert (await world.nudge()).state is NudgeState.SENT


async def test_doubt_does_not_go_on_for_ever(world: World) -> None:
    world.post.orders.extend(["lost answer"] * 10)
    for hours in range(20):
        await world.dispatcher.tick(DUE + timedelta(hours=hours))
    nudge = await world.nudge()
    assert nudge.state is NudgeState.UNDELIVERED
    assert nudge.why.startswith("it may have arrived")
    assert world.post.times(nudge.key) == UNKNOWN_TRIES


async def test_a_platform_that_is_down_for_hours_loses_nothing(world: World) -> None:
    for hours in range(9):
        at = DUE + timedelta(hours=hours)
        world.post.orders.append(Later(at + timedelta(minutes=59), "down"))
        await world.dispatcher.tick(at)
    await world.dispatcher.tick(DUE + timedelta(hours=10))
    assert world.post.times((await world.nudge()).key) == 1
    assert "This comes late" in plain(world.post.arrived[-1][1])


@pytest.mark.parametrize(
    ("order", "arrivals", "warnings"), [("killed before", 1, 1), ("killed after", 2, 1)]
)
async def test_a_killed_process_leaves_a_lease_that_runs_out(
    world: World, order: str, arrivals: int, warnings: int
) -> None:
    world.post.orders.append(order)
    with pytest.raises(Killed):
        await world.dispatcher.tick(DUE)
    after = Dispatcher(world.store, [world.post], LETTERS, clock_from=still)
    await after.tick(DUE + LEASE - timedelta(seconds=1))
    before = world.post.times((await world.nudge()).key)
    await after.tick(DUE + LEASE)
    key = (await world.nudge()).key
    assert world.post.times(key) == arrivals
    assert before == arrivals - 1
    assert world.post.warned(key) == warnings


async def test_what_changed_after_it_was_claimed_is_looked_at_again(world: World) -> None:
    """A reply that arrives between planning and sending ends the nudge, with the reason."""
    claimed = await world.store.transact(
        lambda unit: unit.nudges.claim(unit.nudges.due(DUE, "terminal", 10), "slow", DUE + LEASE)
    )
    assert len(claimed) == 1
    await world.do("heard", at=DUE, application="1", what="reply")
    nudge = await world.nudge()
    assert (nudge.state, nudge.why) == (NudgeState.DROPPED, "they answered")
    settled = await world.store.transact(
        lambda unit: unit.nudges.settle([replace(claimed[0], state=NudgeState.SENT)])
    )
    assert settled == 0


async def test_the_night_is_kept_even_after_a_late_start(world: World) -> None:
    night = datetime(2026, 6, 9, 2, tzinfo=UTC)
    await world.dispatcher.tick(night)
    assert world.post.arrived == []
    morning = await world.dispatcher.next_due()
    assert morning == datetime(2026, 6, 9, 12, tzinfo=UTC)
    await world.dispatcher.tick(morning)
    assert "This comes late" in plain(world.post.arrived[0][1])


async def test_one_persons_trouble_does_not_hold_up_another(store: Store) -> None:
    class OneIsBroken(Post):
        async def send(self, account: Account, message: Message, key: str) -> Outcome:
            if account.user == "you":
                raise ConnectionResetError
            return await super().send(account, message, key)

    world = World(store, OneIsBroken())
    call = Call("job applied", {"company": "Acme", "role": "SRE"})
    for user in ("you", "dana", "kim"):
        await world.desk.handle(call, replace(WHO, user=user), BEGIN)
    await world.dispatcher.tick(DUE)
    assert len([keys for keys, _ in world.post.arrived if "followup" in keys]) == 2


async def test_two_dispatchers_at_once_send_each_nudge_once(store: Store) -> None:
    world = World(store)
    for n in range(12):
        call = Call("job applied", {"company": f"Acme {n}", "role": "SRE"})
        await world.desk.handle(call, replace(WHO, user=f"u{n}"), BEGIN)
    others = [Dispatcher(store, [world.post], LETTERS, clock_from=still) for _ in range(3)]
    await asyncio.gather(*(d.tick(DUE) for d in (world.dispatcher, *others)))
    keys = [key for keys, _ in world.post.arrived for key in keys.split("+")]
    assert len(keys) == len(set(keys)) == 24


def planned(kind: NudgeKind, due: datetime, name: str, interview: int = 0) -> Nudge:
    return Nudge(1, f"1/{name}", 1, "terminal", kind, due, due, application=1, interview=interview)


def test_a_nudge_that_is_no_longer_wanted_ends_with_the_reason() -> None:
    nudge = planned(NudgeKind.FOLLOW_UP, DUE, "followup:1")
    assert judge(nudge, SEEKER, Case(APPLICATION), (), DUE) is None
    closed = Case(replace(APPLICATION, stage=Stage.REJECTED))
    for case, why in (
        (closed, "the application is rejected"),
        (None, "the application was removed"),
    ):
        ended = judge(nudge, SEEKER, case, (), DUE)
        assert ended is not None
        assert (ended.state, ended.why) == (NudgeState.DROPPED, why)


def test_a_nudge_whose_day_has_moved_waits_for_it() -> None:
    nudge = planned(NudgeKind.FOLLOW_UP, DUE, "followup:1")
    later = Case(replace(APPLICATION, closes_on=DUE.date()))
    moved = judge(nudge, SEEKER, later, (), DUE)
    assert moved is not None
    assert moved.state is NudgeState.PLANNED
    assert moved.ready_at == moved.due_at > DUE


def test_a_brief_that_missed_its_interview_is_not_sent() -> None:
    starts = DUE + timedelta(hours=30)
    interview = Interview(1, 1, 1, starts, BEGIN)
    case = Case(replace(APPLICATION, stage=Stage.INTERVIEW), (interview,))
    name = f"brief:1@{int(starts.timestamp()) // 60}"
    nudge = planned(NudgeKind.BRIEF, DUE, name, interview=1)
    late = judge(nudge, SEEKER, case, (), starts)
    assert late is not None
    assert (late.state, late.why) == (NudgeState.DROPPED, "the interview had begun")
