"""What the stand-in notices by itself, tried with a bare discord.py client that misbehaves."""

import json

import aiohttp
import discord
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.discord.standin import Discord
from tests.discord.standin.trial import Interaction, running
from tests.discord.test_standin_rest import echo, send


async def test_a_public_answer_in_a_server_is_noticed() -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.send_message("Ana applied at Acme")
        await interaction.followup.send("And at Bolt")

    async with Discord() as world, running(world, answer):
        club = world.server("Club")
        ana = world.person("ana", server=club)
        await ana.slash("applied", where=club)
        await world.until(lambda: len(ana.messages) == 2)
        assert len(world.violations) == 2, world.violations
        with pytest.raises(AssertionError, match="Discord would object"):
            world.check()


async def test_in_a_dm_there_is_nobody_else_to_see_it() -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.send_message("You applied at Acme")

    async with Discord() as world, running(world, answer):
        ana = world.person("ana", installed=True)
        await ana.slash("applied")
        assert (ana.dm.shown, ana.received) == ("You applied at Acme", 0)
        world.check()


async def test_whoever_never_used_the_bot_is_left_alone() -> None:
    async with Discord() as world, running(world, echo) as client:
        club = world.server("Club")
        ana = world.person("ana", server=club)
        await send(client, ana, "Buy this", "n1")
        assert world.forgive("who never used the bot")
        await ana.slash("applied", where=club)
        await send(client, ana, "As you asked", "n2")
        world.check()


async def test_mentions_that_may_ping_are_noticed() -> None:
    everyone = discord.AllowedMentions.all()
    async with Discord() as world, running(world, echo, allowed_mentions=everyone):
        ana = world.person("ana", installed=True)
        await ana.slash("applied")
        assert world.forgive("allowed_mentions")


async def test_a_wrong_token_an_unknown_route_and_a_wrong_body_are_noticed() -> None:
    async with Discord() as world, aiohttp.ClientSession() as http:
        wrong = {"Authorization": "Bot wrong"}
        answer = await http.get(f"{world.api_url}/users/@me", headers=wrong)
        assert answer.status == 401
        assert answer.headers["Content-Type"] == "application/json"
        assert (await http.get(f"{world.api_url}/nowhere")).status == 404
        await http.post(f"{world.api_url}/users/@me/channels", json={"recipient_id": {}})
        assert world.rest.invalid == 2
        assert world.forgive("a wrong token")
        assert world.forgive("no such route")
        assert world.forgive("OpenAPI") or not world.violations


async def test_switched_off_it_says_nothing() -> None:
    async with Discord(judging=False) as world, running(world, echo) as client:
        ana = world.person("ana", installed=True)
        await send(client, ana, "Buy this", "n1")
        assert ana.received == 1
        world.check()


async def test_webhook_events_are_signed_with_the_apps_key() -> None:
    async with Discord() as world:
        ana = world.person("ana", installed=True)
        body = world.webhook_event("APPLICATION_DEAUTHORIZED", ana)
        told = json.loads(body)
        assert told["event"]["data"]["user"]["id"] == ana.id
        assert told["application_id"] == world.application_id
        headers = world.sign(body, at=1_780_000_000)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(world.public_key))
        signature = bytes.fromhex(headers["X-Signature-Ed25519"])
        key.verify(signature, b"1780000000" + body)
        with pytest.raises(InvalidSignature):
            key.verify(signature, b"1780000001" + body)
