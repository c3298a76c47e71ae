"""Misfortunes that the stand-in brings on, as a bare discord.py client meets them."""

import asyncio

import aiohttp
import discord
import pytest

from tests.discord.standin import (
    Broken,
    Busy,
    Cloudflare,
    Denied,
    Discord,
    Dropped,
    Garbage,
    Held,
)
from tests.discord.standin.trial import Interaction, running
from tests.discord.test_standin_rest import echo, send

SEND = "POST /channels/{id}/messages"


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Denied(50007), 403, 50007),
        (Denied(40003, status=400), 400, 40003),
        (Broken(503), 503, 0),
        (Cloudflare(60), 429, 0),
        (Busy(30, via=False), 429, 0),
    ],
)
async def test_a_refusal_is_met_so_many_times_by_whom_it_is_about(
    fault: Denied | Broken | Cloudflare | Busy, status: int, code: int
) -> None:
    async with Discord() as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        bob = world.person("bob", installed=True, met=True)
        plan = world.fault(SEND, fault, user=ana)
        await send(client, bob, "Hello", "n1")
        with pytest.raises(discord.HTTPException) as caught:
            await send(client, ana, "Hello", "n2")
        assert (caught.value.status, caught.value.code) == (status, code)
        assert (ana.received, bob.received, plan.met) == (0, 1, 1)
        await send(client, ana, "Hello", "n2")
        assert ana.received == 1
        world.check()


async def test_a_fault_for_ever_is_lifted() -> None:
    async with Discord() as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        plan = world.fault(SEND, Denied(50007), times=None)
        for _ in range(3):
            with pytest.raises(discord.Forbidden):
                await send(client, ana, "Hello", "n1")
        plan.lift()
        await send(client, ana, "Hello", "n1")
        assert plan.met == 3


@pytest.mark.parametrize("everything", [True, False])
async def test_the_library_waits_when_discord_is_busy(everything: bool) -> None:
    async with Discord() as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        world.fault(SEND, Busy(0.01, global_=everything), times=2)
        await send(client, ana, "Hello", "n1")
        assert ana.received == 1
        assert [call.status for call in world.calls][-3:] == [429, 429, 200]


@pytest.mark.parametrize("kept", [True, False])
async def test_a_connection_breaks_before_or_after_the_message_was_kept(kept: bool) -> None:
    async with Discord() as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        world.fault(SEND, Dropped(kept=kept))
        with pytest.raises((aiohttp.ClientError, OSError)):
            await send(client, ana, "Hello", "n1")
        assert ana.received == int(kept)
        await send(client, ana, "Hello", "n1")
        assert ana.received == 1
        assert [call.status for call in world.calls if call.route.startswith(SEND[:16])] == [0, 200]


async def test_a_held_call_waits_until_it_is_let_go() -> None:
    async with Discord() as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        held = Held()
        world.fault(SEND, held)
        sending = asyncio.create_task(send(client, ana, "Hello", "n1"))
        await held.arrived.wait()
        assert ana.received == 0
        held.release()
        await sending
        assert ana.received == 1


async def test_an_answer_that_is_no_json_breaks_the_caller() -> None:
    async with Discord() as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        world.fault(SEND, Garbage())
        with pytest.raises(ValueError, match=r"Expecting value|unexpected character"):
            await send(client, ana, "Hello", "n1")


async def test_the_callback_and_the_edit_of_an_answer_can_fail_too() -> None:
    async def answer(interaction: Interaction) -> None:
        try:
            await interaction.response.defer(ephemeral=True)
        except discord.NotFound:
            return
        with pytest.raises(discord.NotFound):
            await interaction.edit_original_response(content="Gone")
        await interaction.edit_original_response(content="There")

    async with Discord(patience=0.05) as world, running(world, answer):
        ana = world.person("ana", installed=True)
        callback = "POST /interactions/{id}/{token}/callback"
        world.fault(callback, Denied(10062, status=404), user=ana)
        world.fault("PATCH /webhooks/{id}/{token}/messages/@original", Denied(10008, status=404))
        assert (await ana.slash("applied")).failed
        assert world.forgive("no answer within")
        assert not (await ana.slash("applied")).failed
        await world.until(lambda: ana.ephemerals)
        assert ana.ephemeral.shown == "There"
        world.check()
