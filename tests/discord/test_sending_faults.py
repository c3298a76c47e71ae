"""Sending when something is wrong between Discord and us, with the real discord.py on a wire."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import discord
import pytest
from discord.http import Route

from adapters.discord.messenger import DiscordMessenger
from adapters.discord.outcomes import NotReached
from adapters.discord.pacing import REFUSALS, Rates
from bot.delivery import Gone, Later, Sent, Unknown
from tests.discord.mailing import HOUR, LETTER, Desk
from tests.discord.wire import (
    ACCOUNT,
    DROP,
    HOLD,
    LOSE,
    NOW,
    STRANGER,
    Clock,
    Reply,
    Wire,
    error,
    limited,
)


async def test_before_refused_requests_come_to_a_ban_nothing_is_sent_for_a_while(
    desk: Desk,
) -> None:
    for _ in range(REFUSALS):
        desk.rates.refused(NOW)
    assert isinstance(await desk.send("a"), Sent)
    desk.wire.answer("post", error(403, 50007))
    assert isinstance(await desk.send("b"), Gone)
    outcome = await desk.send("c")
    assert isinstance(outcome, Later)
    assert outcome.at > NOW + timedelta(minutes=10)


async def test_a_lost_answer_is_unknown_and_the_next_try_is_the_same_message(desk: Desk) -> None:
    # A connection is kept first, since it is on kept ones that libraries repeat a request.
    await desk.send("before")
    desk.wire.answer("post", LOSE)
    assert isinstance(await desk.send(), Unknown)
    desk.clock.now += timedelta(minutes=1)
    assert await desk.send() == Sent("5002:9001")
    assert len(desk.wire.made) == 2
    assert len(desk.wire.asked("post")) == 3


async def test_an_answer_that_takes_too_long_is_unknown(hasty: Desk) -> None:
    hasty.wire.answer("post", HOLD)
    assert isinstance(await hasty.send(), Unknown)
    assert len(hasty.wire.asked("post")) == 1


async def test_the_librarys_own_patience_is_not_ours(hasty: Desk) -> None:
    # It would sleep for a second, and then for longer each time.
    hasty.wire.answer("post", error(500, 0))
    assert isinstance(await hasty.send(), Unknown)
    hasty.wire.answer("open", error(502, 0))
    hasty.clock.now += timedelta(minutes=1)
    outcome = await hasty.send("b", STRANGER)
    assert isinstance(outcome, Later)
    assert not hasty.wire.made


async def test_a_global_limit_that_outlasts_us_does_not_leave_the_library_waiting_for_ever(
    hasty: Desk, client: discord.Client
) -> None:
    hasty.wire.answer("post", limited(0.3, everywhere=True))
    assert isinstance(await hasty.send(), Unknown)
    # The first one ends by itself, and this one is the same message.
    assert await Desk(hasty.wire, client).send() == Sent("5002:9000")
    assert len(hasty.wire.made) == 1


async def test_a_conversation_that_takes_too_long_to_open_is_not_written_to_behind_our_back(
    hasty: Desk, client: discord.Client
) -> None:
    hasty.wire.answer("open", HOLD)
    outcome = await hasty.send(account=STRANGER)
    assert isinstance(outcome, Later)
    hasty.wire.over.set()
    # The answer to the first comes back before this one's.
    assert isinstance(await Desk(hasty.wire, client).send("b", replace(STRANGER, id=9)), Sent)
    assert [post.what for post in hasty.wire.asked("post")] == ["post 5001"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply("upstream connect error", 503, kind="text/plain"),
        error(503, 0),
        Reply("ok", kind="text/plain"),
        Reply("{"),
        Reply([1]),
        Reply("null"),
        Reply({"id": "not a number"}),
        Reply(b"\xff\xfe\xff"),
        Reply("", 204),
        DROP,
    ],
    ids=lambda reply: f"{reply.status}-{str(reply.body)[:20]}",
)
async def test_an_answer_that_makes_no_sense_is_unknown_and_not_repeated(
    desk: Desk, reply: Reply
) -> None:
    desk.wire.answer("post", reply)
    assert isinstance(await desk.send(), Unknown)
    assert len(desk.wire.asked("post")) == 1


async def test_each_pause_is_longer_until_a_message_arrives_again(desk: Desk) -> None:
    waits: list[int] = []
    for trouble in (True, True, False, True):
        if trouble:
            desk.wire.answer("post", error(503, 0))
        await desk.send(f"k{len(waits)}")
        next_turn = desk.rates.message(desk.clock.now, f"next{len(waits)}") or desk.clock.now
        waits.append(round((next_turn - desk.clock.now).total_seconds()))
        desk.clock.now = next_turn + timedelta(minutes=3)
    assert waits == [30, 60, 0, 30]


async def test_what_there_is_no_time_left_for_is_not_begun(
    wire: Wire, client: discord.Client
) -> None:
    outcome = await Desk(wire, client, 0.0).send()
    assert isinstance(outcome, Later)
    assert not outcome.tried
    assert not wire.arrived


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_what_cannot_connect_was_not_sent(desk: Desk, scheme: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        Route.BASE = f"{scheme}://127.0.0.1:{closed.getsockname()[1]}"
    outcome = await desk.send()
    assert isinstance(outcome, Later)
    assert outcome.at == NOW + timedelta(seconds=30, milliseconds=25)


async def test_a_discord_that_cannot_be_reached_is_no_try(wire: Wire) -> None:
    async def reach() -> discord.Client:
        raise NotReached("ClientConnectorError")

    outcome = await DiscordMessenger(reach, Rates(), Clock()).send(ACCOUNT, LETTER, "k")
    assert isinstance(outcome, Later)
    assert not outcome.tried
    assert not wire.arrived


async def test_while_signing_in_takes_too_long_nothing_is_said_to_be_sent(wire: Wire) -> None:
    async def reach() -> discord.Client:
        await wire.over.wait()
        raise NotReached

    messenger = DiscordMessenger(reach, Rates(), Clock(), patience=0.05)
    assert isinstance(await messenger.send(ACCOUNT, LETTER, "k"), Later)


async def test_a_refused_token_stops_everything_and_is_told(desk: Desk) -> None:
    desk.wire.answer("post", error(401, 0))
    first, second = await desk.send("a"), await desk.send("b", STRANGER)
    assert isinstance(first, Later)
    assert isinstance(second, Later)
    assert min(first.at, second.at) >= NOW + HOUR
    assert not second.tried
    assert (len(desk.wire.arrived), desk.refused) == (1, 1)


async def test_a_token_that_is_refused_when_signing_in_is_told_too(wire: Wire) -> None:
    async def reach() -> discord.Client:
        raise discord.LoginFailure("Improper token")

    told: list[str] = []
    messenger = DiscordMessenger(reach, Rates(), Clock(), on_refused=lambda: told.append("refused"))
    assert isinstance(await messenger.send(ACCOUNT, LETTER, "k"), Later)
    assert told == ["refused"]


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (limited(61.0), timedelta(seconds=61)),
        (Reply("error code: 1015", 429, {"Retry-After": "30"}, "text/html"), timedelta(minutes=10)),
    ],
    ids=["discord", "cloudflare"],
)
async def test_a_wait_that_is_asked_for_holds_everything(
    desk: Desk, reply: Reply, wait: timedelta
) -> None:
    desk.wire.answer("post", reply)
    first, second = await desk.send("a"), await desk.send("b", replace(STRANGER, place="1"))
    assert isinstance(first, Later)
    assert isinstance(second, Later)
    assert first.at >= NOW + wait
    assert second.at > first.at
    assert (first.tried, second.tried) == (True, False)
    assert len(desk.wire.arrived) == 1
    desk.clock.now = second.at
    assert isinstance(await desk.send("b"), Sent)


async def test_opening_too_fast_slows_the_opener_and_nobody_whose_conversation_is_open(
    desk: Desk,
) -> None:
    desk.wire.answer("open", error(400, 40003))
    first, second = await desk.send("a", STRANGER), await desk.send("b", STRANGER)
    assert isinstance(first, Later)
    assert isinstance(second, Later)
    assert first.at >= NOW + timedelta(minutes=10)
    assert second.at == first.at + timedelta(seconds=10)
    assert (len(desk.wire.asked("open")), second.tried) == (1, False)
    assert isinstance(await desk.send("c"), Sent)
    desk.clock.now = second.at
    assert isinstance(await desk.send("b", STRANGER), Sent)


async def test_a_cancelled_send_is_cancelled(desk: Desk) -> None:
    desk.wire.answer("post", HOLD)
    sending = asyncio.ensure_future(desk.send())
    await desk.wire.came.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
