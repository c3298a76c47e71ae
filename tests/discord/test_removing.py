"""Taking away what was sent to somebody who erased themselves, over a real connection."""

import logging
from datetime import datetime, timedelta

import discord
import pytest

from adapters.background import Background
from adapters.discord.pacing import Rates
from adapters.discord.removing import BURST, Sweeping, remover
from adapters.removing import TRIES
from tests.discord.wire import (
    NOW,
    Arrival,
    Clock,
    Reply,
    Wire,
    error,
    limited,
)

CANARY = "canarybird"


async def removed(client: discord.Client, *refs: str) -> Clock:
    """Take these away; the clock afterwards."""
    clock = Clock()
    background = Background(clock.sleep)

    async def reach() -> discord.Client:
        return client

    remover(reach, background, clock).begin(refs, "")
    while background._tasks:
        await next(iter(background._tasks))
    return clock


class Sweep:
    """Somebody erased themselves; what is done about it, and how long it took."""

    def __init__(self, client: discord.Client) -> None:
        self.clock = Clock()
        self.rates = Rates()
        self._background = Background(self.clock.sleep)

        async def reach() -> discord.Client:
            return client

        self._sweeping = Sweeping(reach, self.rates, self._background, self.clock)

    def openings(self, wire: Wire) -> list[datetime]:
        """When each conversation is opened from now on."""
        came: list[datetime] = []

        def listen(arrival: Arrival) -> None:
            if arrival.what == "open":
                came.append(self.clock.now)

        wire.listener = listen
        return came

    async def of(self, *users: str, refs: tuple[str, ...] = (), place: str = "") -> None:
        """Sweep, and return when all is done."""
        for user in users:
            self._sweeping.begin(refs, user, place)
        while self._background._tasks:
            await next(iter(self._background._tasks))


async def test_conversations_are_opened_to_be_swept_in_their_turn(
    wire: Wire, client: discord.Client
) -> None:
    sweep = Sweep(client)
    began = sweep.clock.now
    sweep.rates.opened_too_fast(began, began + timedelta(minutes=10))
    came = sweep.openings(wire)
    await sweep.of("4001", "4002", refs=("5001:9001",))
    assert wire.arrived[0].what == "delete 5001:9001", "what is known goes at once"
    assert min(came) - began >= timedelta(minutes=10)
    assert len(came) == 2


async def test_opening_too_fast_for_a_sweep_slows_everybody_and_is_tried_again(
    wire: Wire, client: discord.Client
) -> None:
    sweep = Sweep(client)
    wire.answer("open", error(400, 40003, CANARY))
    came = sweep.openings(wire)
    await sweep.of("4001")
    assert came[1] - came[0] >= timedelta(minutes=10)
    assert sweep.rates.opening(sweep.clock.now, "another") is not None


async def test_a_conversation_that_is_known_is_not_opened(
    wire: Wire, client: discord.Client
) -> None:
    await Sweep(client).of("4001", place="5001")
    assert [a.what for a in wire.arrived if a.what.startswith("open")] == []


async def test_each_message_is_deleted_in_its_conversation(
    wire: Wire, client: discord.Client
) -> None:
    await removed(client, "5001:9001", "5001:9002", "6001:9003")
    assert [a.what for a in wire.arrived] == [
        "delete 5001:9001",
        "delete 5001:9002",
        "delete 6001:9003",
    ]


async def test_many_go_one_a_second_behind_the_answer(wire: Wire, client: discord.Client) -> None:
    clock = await removed(client, *(f"5001:{number}" for number in range(BURST + 7)))
    assert len(wire.arrived) == BURST + 7
    assert clock.now - NOW == timedelta(seconds=7)


@pytest.mark.parametrize("reply", [error(404, 10008), error(404, 10003)], ids=["message", "place"])
async def test_what_is_gone_already_is_gone(
    wire: Wire, client: discord.Client, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    wire.answer("delete", reply)
    await removed(client, "5001:9001", "5001:9002")
    assert len(wire.arrived) == 2
    assert "left" not in caplog.text


async def test_what_may_not_be_deleted_stays_and_is_counted(
    wire: Wire, client: discord.Client, caplog: pytest.LogCaptureFixture
) -> None:
    wire.answer("delete", error(403, 50003, CANARY))
    await removed(client, "5001:9001", "5001:9002", "nonsense", "5001:", "")
    assert [a.what for a in wire.arrived] == ["delete 5001:9001", "delete 5001:9002"]
    assert "left=4" in caplog.text
    assert CANARY not in caplog.text


async def test_discords_trouble_is_waited_out_a_few_times(
    wire: Wire, client: discord.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    wire.answer("delete", *[Reply("no", 503, kind="text/plain")] * TRIES)
    clock = await removed(client, "5001:9001", "5001:9002")
    assert [a.what for a in wire.arrived] == ["delete 5001:9001"] * TRIES + ["delete 5001:9002"]
    assert clock.now - NOW >= timedelta(seconds=30) * TRIES
    assert "left=1" in caplog.text


async def test_a_limit_is_kept(wire: Wire, client: discord.Client) -> None:
    wire.answer("delete", limited(61.0))
    clock = await removed(client, "5001:9001")
    assert len(wire.arrived) == 2
    assert clock.now - NOW >= timedelta(seconds=61)


async def test_with_a_refused_token_nothing_more_is_tried(
    wire: Wire, client: discord.Client, caplog: pytest.LogCaptureFixture
) -> None:
    wire.answer("delete", error(401, 0))
    await removed(client, "5001:9001", "5001:9002", "5001:9003")
    assert len(wire.arrived) == 1
    assert "left=3" in caplog.text
