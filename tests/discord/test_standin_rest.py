"""The stand-in's HTTP API, tried with a bare discord.py client: messages, answers, their ends."""

import asyncio
from typing import Any

import aiohttp
import discord
import pytest
from discord.http import Route

from tests.discord.standin import Discord, Limit, Person
from tests.discord.standin.trial import Interaction, Small, running
from tests.discord.test_standin import card


async def echo(interaction: Interaction) -> None:
    await interaction.response.send_message("Yes", ephemeral=True)


async def send(client: Small, person: Person, text: str, nonce: str) -> discord.Message:
    """A private message, as one is sent to a channel that is known."""
    channel = client.get_partial_messageable(int(person.channel))
    return await channel.send(view=card(text, "Sent"), nonce=nonce)


def failure(caught: pytest.ExceptionInfo[discord.HTTPException]) -> tuple[int, int]:
    return caught.value.status, caught.value.code


async def test_a_private_message_arrives_and_the_same_nonce_again_is_the_same_message() -> None:
    async with Discord() as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        user = await client.http.start_private_message(int(ana.id))
        assert str(user["id"]) == ana.channel
        first = await send(client, ana, "Write to Acme", "n1")
        again = await send(client, ana, "Write to Acme", "n1")
        assert first.id == again.id
        assert (world.received[ana.id], ana.received, len(ana.dms)) == (1, 1, 1)
        assert (ana.dm.nonce, ana.dm.buttons) == ("n1", ["Sent"])
        world.clock.move(5 * 60)
        await send(client, ana, "Write to Acme", "n1")
        assert world.received == {ana.id: 2}
        world.check()


async def test_the_nonce_of_a_deleted_message_leads_nowhere() -> None:
    async with Discord() as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        sent = await send(client, ana, "Write to Acme", "n1")
        kept = ana.dm
        await sent.delete()
        assert kept.deleted
        assert ana.dms == []
        with pytest.raises(discord.NotFound) as caught:
            await send(client, ana, "Write to Acme", "n1")
        assert failure(caught) == (404, 10008)
        assert (ana.received, world.received[ana.id]) == (1, 1)


async def test_who_cannot_be_reached_is_refused_with_discords_codes() -> None:
    async with Discord() as world, running(world, echo) as client:
        club = world.server("Club")
        ana = world.person("ana", server=club, met=True)
        ana.dm_open = False
        with pytest.raises(discord.Forbidden) as caught:
            await send(client, ana, "Hello", "n1")
        assert failure(caught) == (403, 50007)
        ana.dm_open = True
        ana.leave(club)
        with pytest.raises(discord.Forbidden) as caught:
            await send(client, ana, "Hello", "n2")
        assert failure(caught) == (403, 50278)
        with pytest.raises(discord.NotFound) as caught_:
            await client.get_partial_messageable(999).send("Hello", nonce="n3")
        assert failure(caught_) == (404, 10003)
        with pytest.raises(discord.NotFound) as caught_:
            await client.http.start_private_message(999)
        assert failure(caught_) == (404, 10013)
        ana.installed = True
        await send(client, ana, "Hello", "n4")
        assert ana.dm.shown == "Hello"
        assert world.rest.invalid == 2
        world.check()


async def test_messages_are_edited_read_and_listed() -> None:
    async with Discord() as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        await ana.write("hello")
        sent = await send(client, ana, "Write to Acme", "n1")
        await sent.edit(view=card("Settled"))
        assert (ana.dm.shown, ana.dm.edits, ana.dm.buttons) == ("Settled", 1, [])
        channel = client.get_partial_messageable(int(ana.channel))
        assert (await channel.fetch_message(sent.id)).edited_at is not None
        history = [message async for message in channel.history(limit=10)]
        assert [message.content for message in history] == ["", "hello"]
        with pytest.raises(discord.HTTPException) as caught:
            await history[1].edit(content="no")
        assert failure(caught) == (403, 50005)
        assert world.forgive("allowed_mentions"), "the library adds them to its own messages only"
        world.check()


async def test_what_discord_takes_for_no_message_is_refused() -> None:
    async with Discord(judging=False) as world, running(world, echo) as client:
        ana = world.person("ana", installed=True, met=True)
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=int(ana.channel))
        text = {"type": 10, "content": "x"}
        button = {"type": 2, "style": 1, "label": "x", "custom_id": "1"}
        cases: list[tuple[dict[str, Any], int]] = [
            ({}, 50006),
            ({"content": "x", "components": [text], "flags": 1 << 15}, 50035),
            ({"components": [text] * 41, "flags": 1 << 15}, 50035),
            ({"components": [{"type": 10, "content": "x" * 4001}], "flags": 1 << 15}, 50035),
            ({"components": [{"type": 1, "components": [button] * 2}], "flags": 1 << 15}, 50035),
            ({"content": "x", "nonce": "n" * 26}, 50035),
            (
                {
                    "components": [{"type": 13, "file": {"url": "attachment://no.txt"}}],
                    "flags": 1 << 15,
                },
                50035,
            ),
        ]
        for body, code in cases:
            with pytest.raises(discord.HTTPException) as caught:
                await client.http.request(route, json=body)
            assert failure(caught) == (400, code), body
        assert ana.dms == []


async def test_one_interaction_is_answered_once_and_in_time() -> None:
    late = asyncio.Event()

    async def answer(interaction: Interaction) -> None:
        if len(client.heard) == 1:
            await interaction.response.send_message("Once", ephemeral=True)
            interaction.response._response_type = None
            await interaction.response.send_message("Twice", ephemeral=True)
        else:
            await late.wait()
            await interaction.response.send_message("Late", ephemeral=True)

    async with Discord(patience=0.05) as world, running(world, answer) as client:
        ana = world.person("ana", installed=True)
        ana.patience = 3.0
        await ana.slash("applied")
        await client.until(lambda: bool(client.failed))
        ana.patience = 0.05
        act = await ana.slash("applied")
        assert act.failed == "The application did not respond"
        late.set()
        await client.until(lambda: len(client.failed) == 2)
        twice, too_late = client.failed
        assert isinstance(twice, discord.HTTPException)
        assert isinstance(too_late, discord.HTTPException)
        assert (twice.status, twice.code) == (400, 40060)
        assert (too_late.status, too_late.code) == (404, 10062)
        assert [each.shown for each in ana.ephemerals] == ["Once"]
        assert len(world.forgive("a second response")) == 1
        assert len(world.forgive("no answer within")) == 1
        world.check()


async def test_a_token_ends_after_a_quarter_of_an_hour() -> None:
    kept: list[Interaction] = []

    async def answer(interaction: Interaction) -> None:
        kept.append(interaction)
        await echo(interaction)

    async with Discord() as world, running(world, answer):
        ana = world.person("ana", installed=True)
        await ana.slash("applied")
        world.clock.move(15 * 60 - 1)
        await kept[0].edit_original_response(content="Still")
        assert ana.ephemeral.shown == "Still"
        await kept[0].delete_original_response()
        assert ana.ephemerals == []
        world.clock.move(2)
        with pytest.raises(discord.HTTPException) as caught:
            await kept[0].followup.send("Too late", ephemeral=True)
        assert failure(caught) == (401, 50027)


@pytest.mark.parametrize("in_server", [True, False])
async def test_an_app_that_is_only_a_persons_own_follows_up_five_times(in_server: bool) -> None:
    async def answer(interaction: Interaction) -> None:
        await echo(interaction)
        for number in range(6):
            await interaction.followup.send(f"{number}", ephemeral=True)

    async with Discord() as world, running(world, answer) as client:
        club = world.server("Club", joined=in_server)
        ana = world.person("ana", server=club, installed=True)
        await ana.slash("applied", where=club)
        if in_server:
            await world.until(lambda: len(ana.ephemerals) == 7)
            return
        await client.until(lambda: bool(client.failed))
        error = client.failed[0]
        assert isinstance(error, discord.HTTPException)
        assert (error.status, error.code) == (400, 40094)
        assert len(ana.ephemerals) == 6


async def test_commands_keep_their_ids_and_come_back_with_discords_defaults() -> None:
    async with Discord() as world, running(world, echo) as client:
        app = int(world.application_id)
        before = {each["name"]: each["id"] for each in world.commands}
        plain = {"name": "job", "type": 1, "description": "Hunt", "contexts": [0, 1]}
        await client.http.bulk_upsert_global_commands(app, [plain])
        world.forgive("command_problems")
        (found,) = await client.http.get_global_commands(app)
        assert found["id"] == before["job"]
        assert (found["contexts"], found["integration_types"]) == ([0, 1], [0])
        assert found["nsfw"] is False


async def test_a_limit_that_is_really_exceeded_is_answered_with_429_and_a_violation() -> None:
    async with Discord() as world:
        world.buckets.limits["GET /users/@me"] = Limit(2, 0.05)
        headers = {"Authorization": f"Bot {world.token}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            url = f"{world.api_url}/users/@me"
            answers = [await http.get(url) for _ in range(3)]
            assert [each.status for each in answers] == [200, 200, 429]
            assert [each.headers["X-RateLimit-Remaining"] for each in answers] == ["1", "0", "0"]
            body = await answers[2].json()
            assert 0 < body["retry_after"] <= 0.05
            assert "Via" in answers[2].headers
        assert world.forgive("more requests than the rate limit allows")


async def test_the_library_keeps_to_the_limits_that_it_is_told() -> None:
    async with Discord() as world, running(world, echo) as client:
        world.buckets.limits["POST /channels/{}/messages"] = Limit(2, 0.05)
        ana = world.person("ana", installed=True, met=True)
        await asyncio.gather(*(send(client, ana, f"{n}", f"n{n}") for n in range(5)))
        assert ana.received == 5
        world.check()
