"""Whatever goes wrong with one record, one answer or one statement, the others' letters go out."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError

from bot.delivery import Later, Outcome, Sent, Unknown
from bot.dispatch import LEASE, PRUNE_AGAIN
from bot.message import Message, plain
from bot.model import Account, NudgeState
from bot.parcels import SPACED
from bot.settle import TRIES, UNKNOWN_TRIES
from storage.models import links, nudges
from storage.store import Store
from tests.conftest import Server
from tests.post import Killed, Post
from tests.test_dispatch import World
from tests.troubles import DUE, SOON, dispatching, due_for, followups, refused, run

MINUTE = timedelta(minutes=1)


async def test_pruning_that_fails_keeps_no_letter_back_and_is_tried_again_in_an_hour(
    store: Store,
) -> None:
    await due_for(store, 1)
    store.run(lambda unit: unit.offer_link(1, "export", "of u0", DUE - MINUTE))

    def left() -> int:
        return len(store.run_on_connection(lambda c: c.execute(select(links)).all()))

    post = Post()
    dispatcher = dispatching(store, post)
    run(store, "ALTER TABLE stash RENAME TO gone")
    assert await dispatcher.tick(DUE) == 1
    run(store, "ALTER TABLE gone RENAME TO stash")
    assert len(post.arrived) == 1
    await dispatcher.tick(DUE + PRUNE_AGAIN - MINUTE)
    assert left() == 1
    await dispatcher.tick(DUE + PRUNE_AGAIN)
    assert left() == 0


async def test_pruning_that_waits_for_somebody_else_keeps_no_letter_back(
    postgres: Server, postgres_url: str
) -> None:
    """Whoever makes an index on a large table locks it for longer than we wait."""
    name = make_url(postgres_url).database
    postgres.run(f"ALTER DATABASE {name} SET lock_timeout = '50ms'")
    async with Store.open(postgres_url) as store:
        await due_for(store, 1)
        post = Post()
        with store._engine.connect() as other:
            other.execute(text("LOCK TABLE stash IN SHARE MODE"))
            assert await dispatching(store, post).tick(DUE) == 1
    assert len(post.arrived) == 1


async def test_an_answer_is_kept_until_the_database_takes_it(store: Store) -> None:
    await due_for(store, 1)
    post = Post()
    dispatcher = dispatching(store, post)
    with refused(store, "new.state = 'sent'"), pytest.raises(DBAPIError):
        await dispatcher.tick(DUE)
    # Its lease is over, and the same process still knows what the platform said.
    assert await dispatcher.tick(DUE + LEASE) == 1
    (nudge,) = followups(store)
    assert (nudge.state, nudge.sent_at, nudge.in_doubt) == (NudgeState.SENT, DUE, False)
    assert post.times(nudge.key) == 1


class OddReference(Post):
    """A platform that names one message by what is no text for any database."""

    async def send(self, account: Account, message: Message, key: str) -> Outcome:
        outcome = await super().send(account, message, key)
        return Sent("a\ud800") if account.user == "u3" else outcome


async def test_one_answer_that_no_database_takes_spoils_no_other(store: Store) -> None:
    await due_for(store, 8)
    post = OddReference()
    dispatcher = dispatching(store, post)
    assert await dispatcher.tick(DUE) == 8
    await dispatcher.tick(DUE + LEASE)
    assert len(post.arrived) == 8
    assert [(n.state, n.message_ref) for n in followups(store)] == [
        (NudgeState.SENT, "" if place == 3 else "ref") for place in range(8)
    ]


async def test_statements_that_a_pool_in_between_has_forgotten_make_nobody_get_it_twice(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A pool that lends its sessions to several programs forgets what was prepared in them."""

    class Forgetful(Post):
        async def send(self, account: Account, message: Message, key: str) -> Outcome:
            # In a block, so that our driver does not see it.
            run(store, "DO 'BEGIN EXECUTE ''DEALLOCATE ALL''; END'")
            return await super().send(account, message, key)

    async with Store.open(postgres_url, threads=1) as store:
        # So often that the driver prepares what is needed to settle.
        await due_for(store, 8)
        for place in range(8):
            await dispatching(store, Post()).tick(DUE - (8 - place) * MINUTE)
        post = Forgetful()
        dispatcher = dispatching(store, post)
        for tries in range(4):
            try:
                await dispatcher.tick(DUE + tries * LEASE)
            except DBAPIError:
                continue
        assert [post.times(nudge.key) for nudge in followups(store)] == [1] * 8
        assert {nudge.state for nudge in followups(store)} == {NudgeState.SENT}
        assert "error=ProgrammingError" in caplog.text, "nothing was forgotten that we needed"


async def test_a_message_that_its_process_does_not_survive_is_not_sent_for_ever(
    store: Store,
) -> None:
    world = World(store)
    await world.do("applied", company="Acme", role="SRE")
    await dispatching(store, Post()).tick(DUE - timedelta(days=2))
    world.post.orders.extend(["killed after"] * 3 * TRIES)
    at = DUE
    for _ in range(TRIES):
        with pytest.raises(Killed):
            await dispatching(store, world.post).tick(at)
        at += LEASE
    assert await dispatching(store, world.post).tick(at) == 1
    nudge = await world.nudge()
    assert world.post.times(nudge.key) == TRIES
    assert nudge.state is NudgeState.UNDELIVERED
    shown = await world.do("today", at=at)
    assert "Follow up: SRE at Acme" in shown
    assert "may have seen this" in shown


async def test_where_repeating_is_safe_a_process_that_ends_again_and_again_gives_nothing_up(
    store: Store,
) -> None:
    await due_for(store, 1)
    post = Post(repeats_safely=True)
    post.orders.extend(["killed after"] * (TRIES + 2))
    at = DUE
    for _ in range(TRIES + 2):
        with pytest.raises(Killed):
            await dispatching(store, post).tick(at)
        at += LEASE
    assert await dispatching(store, post).tick(at) == 1
    assert [nudge.state for nudge in followups(store)] == [NudgeState.SENT]


async def test_the_first_lost_answer_is_tried_again_however_often_it_had_to_wait(
    store: Store,
) -> None:
    await due_for(store, 1)
    post = Post()
    dispatcher = dispatching(store, post)
    at = DUE
    for _ in range(UNKNOWN_TRIES + 1):
        post.orders.append(Later(at + MINUTE, "rate limited"))
        await dispatcher.tick(at)
        at += 2 * MINUTE
    post.orders.append(Unknown("the answer was lost"))
    await dispatcher.tick(at)
    (nudge,) = followups(store)
    assert (nudge.state, nudge.in_doubt) == (NudgeState.PLANNED, True)
    await dispatcher.tick(nudge.ready_at)
    assert len(post.arrived) == 1
    assert "may have seen this" in plain(post.arrived[0][1])


async def test_what_a_newer_version_planned_is_left_to_it_and_keeps_nobody_back(
    store: Store,
) -> None:
    await due_for(store, 3)
    newer = followups(store)[0].id
    run(store, f"UPDATE nudges SET kind = 'newer' WHERE id = {newer}")
    post = Post()
    dispatcher = dispatching(store, post)
    assert await dispatcher.tick(DUE) == 2
    assert len(post.arrived) == 2
    kept = text(f"SELECT state, claim, tries FROM nudges WHERE id = {newer}")
    assert store.run_on_connection(lambda c: c.execute(kept).one()) == ("planned", "", 0)
    # Nor is it looked at again at once, and for ever.
    due = await dispatcher.next_due()
    assert due is None or due > DUE


@pytest.mark.parametrize("place", [0, 1])
async def test_a_record_that_cannot_be_read_keeps_back_its_own_persons_letter_alone(
    store: Store, place: int
) -> None:
    await due_for(store, 4)
    theirs = followups(store)[place]

    def become(stage: str) -> None:
        run(store, f"UPDATE applications SET stage='{stage}' WHERE seeker_id={theirs.seeker_id}")

    post = Post()
    dispatcher = dispatching(store, post)
    become("newer")
    async with asyncio.timeout(SOON):
        assert await dispatcher.tick(DUE) == 3
    waits = select(nudges.c.ready_at, nudges.c.claim, nudges.c.tries).where(
        nudges.c.id == theirs.id
    )
    assert store.run_on_connection(lambda c: c.execute(waits).one()) == (DUE + SPACED, "", 0)
    become("applied")
    assert await dispatcher.tick(DUE + SPACED) == 1
    assert post.times(theirs.key) == 1
    assert len(post.arrived) == 4
