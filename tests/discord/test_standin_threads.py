"""The stand-in's channels and private threads, tried with a bare discord.py client."""

import discord
import pytest
from discord.http import Route

from tests.discord.standin import Discord
from tests.discord.standin.records import MEMBER
from tests.discord.standin.trial import Small, running
from tests.discord.test_standin import card
from tests.discord.test_standin_rest import echo, failure

VIEW, SEND, PRIVATE_THREADS, SEND_IN_THREADS = 1 << 10, 1 << 11, 1 << 36, 1 << 38


async def post(client: Small, channel: str, text: str = "This week") -> discord.Message:
    return await client.get_partial_messageable(int(channel)).send(view=card(text), nonce=text)


async def start(client: Small, channel: str, kind: int = 12, *, invitable: bool = False) -> str:
    body = {"name": "Us", "type": kind, "invitable": invitable, "auto_archive_duration": 10_080}
    route = Route("POST", "/channels/{channel_id}/threads", channel_id=int(channel))
    return str((await client.http.request(route, json=body))["id"])


async def test_a_post_is_read_by_all_members_and_noticed_where_nobody_wants_it() -> None:
    async with Discord() as world, running(world, echo) as client:
        club = world.server("Club")
        ana, bob = (world.person(name, server=club) for name in ("ana", "bob"))
        await post(client, club.channel, "Unasked")
        assert world.forgive("a public message in a server")
        club.welcome()
        sent = await post(client, club.channel)
        await sent.edit(view=card("Next week"), allowed_mentions=discord.AllowedMentions.none())
        assert [each.shown for each in club.posts] == ["Unasked", "Next week"]
        assert ana.messages == bob.messages == club.posts
        assert (ana.dms, ana.received) == ([], 0)
        world.check()


async def test_a_channel_is_closed_to_a_bot_that_may_not_see_it_or_write_there_or_after_it() -> (
    None
):
    async with Discord() as world, running(world, echo) as client:
        club = world.server("Club")
        club.welcome()
        for may, code in ((MEMBER & ~SEND, (403, 50013)), (MEMBER & ~VIEW, (403, 50001))):
            club.allow(may)
            with pytest.raises(discord.HTTPException) as caught:
                await post(client, club.channel)
            assert failure(caught) == code
        club.delete(club.channel)
        with pytest.raises(discord.HTTPException) as caught:
            await post(client, club.channel)
        assert failure(caught) == (404, 10003)
        assert club.posts == []
        world.check()


async def test_a_private_thread_is_seen_by_those_who_were_brought_to_it() -> None:
    async with Discord() as world, running(world, echo) as client:
        club = world.server("Club")
        people = [world.person(name, server=club, met=True) for name in ("ana", "bob", "cleo")]
        thread = await start(client, club.channel)
        for person in people[:2]:
            await client.http.add_user_to_thread(int(thread), int(person.id))
            await client.http.add_user_to_thread(int(thread), int(person.id))
        assert club.threads[0].members == [person.id for person in people[:2]]
        await post(client, thread, "Meet")
        assert [len(person.messages) for person in people] == [1, 1, 0]
        await client.http.remove_user_from_thread(int(thread), int(people[1].id))
        assert club.threads[0].members == [people[0].id]
        world.check()


async def test_whoever_is_not_there_cannot_be_brought_to_a_thread() -> None:
    async with Discord() as world, running(world, echo) as client:
        club = world.server("Club")
        stranger, ana = world.person("bob"), world.person("ana", server=club)
        thread = await start(client, club.channel)
        for where, who, code in (
            (thread, "999", (404, 10013)),
            (thread, stranger.id, (404, 10007)),
            (club.channel, ana.id, (404, 10003)),
        ):
            with pytest.raises(discord.HTTPException) as caught:
                await client.http.add_user_to_thread(int(where), int(who))
            assert failure(caught) == code
        club.threads[0].archived = True
        with pytest.raises(discord.HTTPException) as caught:
            await client.http.add_user_to_thread(int(thread), int(ana.id))
        assert failure(caught) == (400, 50083)
        world.check()


async def test_threads_need_permissions_of_their_own_and_a_text_channel() -> None:
    async with Discord() as world, running(world, echo) as client:
        club = world.server("Club")
        thread = await start(client, club.channel)
        with pytest.raises(discord.HTTPException) as caught:
            await start(client, thread)
        assert failure(caught) == (400, 50024)
        club.allow(MEMBER & ~PRIVATE_THREADS & ~SEND_IN_THREADS)
        for work in (lambda: start(client, club.channel), lambda: post(client, thread)):
            with pytest.raises(discord.HTTPException) as caught:
                await work()
            assert failure(caught) == (403, 50013)
        world.check()


async def test_an_archived_thread_is_opened_by_a_message_and_a_locked_one_is_not() -> None:
    async with Discord() as world, running(world, echo) as client:
        club = world.server("Club")
        thread = await start(client, club.channel)
        for name in ("ana", "bob"):
            person = world.person(name, server=club, met=True)
            await client.http.add_user_to_thread(int(thread), int(person.id))
        sent = await post(client, thread, "Meet")
        club.threads[0].archived = True
        with pytest.raises(discord.HTTPException) as caught:
            await sent.edit(view=card("Met"), allowed_mentions=discord.AllowedMentions.none())
        assert failure(caught) == (400, 50083)
        await post(client, thread, "Again")
        assert not club.threads[0].archived
        club.threads[0].locked = True
        with pytest.raises(discord.HTTPException) as caught:
            await post(client, thread, "And again")
        assert failure(caught) == (400, 160005)
        world.check()


async def test_threads_that_are_not_private_or_hold_the_wrong_people_are_noticed() -> None:
    async with Discord() as world, running(world, echo) as client:
        club = world.server("Club")
        await start(client, club.channel, 11)
        assert world.forgive("not said to be private")
        thread = await start(client, club.channel, invitable=True)
        assert world.forgive("brings others")
        ana = world.person("ana", server=club)
        await client.http.add_user_to_thread(int(thread), int(ana.id))
        await post(client, thread, "Meet")
        assert world.forgive("who never used the bot")
        assert world.forgive("fewer than two people")
        world.check()
