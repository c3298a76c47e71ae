"""A club in a server, with the real app and the stand-in: posts, introductions, who may arrange."""

from typing import Any

import discord
import pytest

from adapters.discord import slim
from adapters.discord.introducing import NAME
from adapters.discord.listening import who_is
from adapters.discord.registration import CLUBS
from bot.delivery import Gone, Refused, Sent
from bot.message import File, Message, Text
from bot.model import Account, Who
from tests.discord.chat import World
from tests.discord.standin import Discord, Person, Server
from tests.discord.standin.trial import Interaction, running
from tests.discord.test_standin_rest import echo

POST = Message("This week", (Text(("We meet on Thursday, @everyone.",)),))
MET = Message("Meet each other", (Text(("You both look for work in logistics.",)),))
CHANGED = Message("This week", (Text(("We meet on Friday.",)),))


def club_of(world: World) -> tuple[Server, Account]:
    server = world.server
    assert server is not None
    server.welcome()
    # What the link that installs it asks for, and nothing else.
    server.allow(CLUBS.value)
    return server, Account(90, 90, "discord", "", server.channel, server.channel)


def members(world: World, *names: str) -> list[tuple[Person, Account]]:
    found = []
    for number, name in enumerate(names):
        person = world.discord.person(name, server=world.server, met=True)
        found.append((person, Account(number, number, "discord", "", person.id, person.channel)))
    return found


async def test_what_the_invitation_asks_for_is_enough_for_a_club(world: World) -> None:
    server, club = club_of(world)
    people = members(world, "ana", "bob")
    messenger = world.app.messenger
    message = POST.and_then(File("meeting.ics", b"BEGIN:VCALENDAR"))
    sent = await messenger.send(club, message, "k")
    assert isinstance(sent, Sent)
    assert isinstance(await messenger.edit(club, sent.ref, CHANGED, "k"), Sent)
    (post,) = server.posts
    assert "Friday" in post.shown
    assert post.files == {}
    together = await messenger.introduce([a for _, a in people], server.channel, MET, "k")
    assert isinstance(together, Sent)
    (thread,) = server.threads
    assert (thread.name, thread.members) == (NAME, [person.id for person, _ in people])
    assert together.ref.startswith(f"{thread.id}:")
    assert all(
        person.messages[-1].shown
        == "\n".join(("Meet each other", "You both look for work in logistics."))
        for person, _ in people
    )
    assert all(person.received == 0 for person, _ in people)


@pytest.mark.parametrize("name", [name for name, asked in CLUBS if asked])
async def test_each_permission_that_is_asked_for_is_needed(world: World, name: str) -> None:
    server, club = club_of(world)
    people = [account for _, account in members(world, "ana", "bob")]
    server.allow((CLUBS & ~discord.Permissions(**{name: True})).value)
    message = POST.and_then(File("meeting.ics", b"BEGIN:VCALENDAR"))
    sent = await world.app.messenger.send(club, message, "k")
    together = await world.app.messenger.introduce(people, server.channel, MET, "k")
    assert [isinstance(sent, Gone), isinstance(together, Gone)] == {
        "read_messages": [True, True],
        "send_messages": [True, False],
        "attach_files": [True, False],
        "create_private_threads": [False, True],
        "send_messages_in_threads": [False, True],
    }[name]


async def test_a_club_whose_channel_was_deleted_is_gone(world: World) -> None:
    server, club = club_of(world)
    sent = await world.app.messenger.send(club, POST, "k")
    assert isinstance(sent, Sent)
    server.delete(server.channel)
    assert isinstance(await world.app.messenger.send(club, POST, "another"), Gone)
    assert isinstance(await world.app.messenger.edit(club, sent.ref, CHANGED, "k"), Gone)
    assert all("/users/@me/channels" not in call.path for call in world.discord.calls)


async def test_a_post_that_was_taken_away_cannot_be_changed(world: World) -> None:
    server, club = club_of(world)
    sent = await world.app.messenger.send(club, POST, "k")
    assert isinstance(sent, Sent)
    server.posts[0].deleted = True
    assert isinstance(await world.app.messenger.edit(club, sent.ref, CHANGED, "k"), Refused)


async def test_a_nudge_to_a_person_can_be_changed_where_it_is(world: World) -> None:
    ((ana, account),) = members(world, "ana")
    sent = await world.app.messenger.send(account, POST, "k")
    assert isinstance(sent, Sent)
    assert await world.app.messenger.edit(account, sent.ref, CHANGED, "k") == sent
    assert (len(ana.dms), ana.dm.edits) == (1, 1)
    assert "Friday" in ana.dm.shown


async def test_whoever_left_the_server_is_not_introduced_and_nobody_is_left_in_a_thread(
    world: World,
) -> None:
    server, _ = club_of(world)
    (_, here), (bob, gone) = members(world, "ana", "bob")
    bob.leave(server)
    outcome = await world.app.messenger.introduce([here, gone], server.channel, MET, "k")
    assert isinstance(outcome, Gone)
    assert [thread.members for thread in server.threads] == [[]]
    assert outcome.why == "somebody is no longer in the server (10007)"


async def heard_in(where: str, powers: int, *, installed: bool = False) -> Who:
    """Who somebody with these powers is to us, by what is kept of what Discord sends."""
    heard: list[Who] = []
    async with Discord() as world:

        async def answer(interaction: Interaction) -> None:
            body: Any = act_of(world, interaction)
            slimmed = slim.interaction(body)
            again: Interaction = discord.Interaction(data=slimmed, state=client._connection)  # type: ignore[arg-type]  # as Discord sends it
            heard.append(who_is(again))
            await echo(interaction)

        async with running(world, answer) as client:
            club = world.server("Club", joined=where != "another server")
            ana = world.person("ana", server=club, installed=installed)
            club.empower(ana.id, powers)
            await ana.slash("applied", where=None if where == "private" else club)
            (who,) = heard
            expected = club.channel if where == "club" else ""
            assert who.channel == expected
            return who


def act_of(world: Discord, interaction: Interaction) -> Any:
    return world.world.interactions[interaction.token].body


@pytest.mark.parametrize(
    "power", ["manage_channels", "manage_events", "manage_guild", "administrator"]
)
async def test_whoever_may_arrange_things_in_the_channel_organizes(power: str) -> None:
    bits = discord.Permissions(**{power: True}).value
    who = await heard_in("club", bits)
    assert who.organizes
    assert who.place == ""


async def test_an_ordinary_member_organizes_nothing() -> None:
    assert not (await heard_in("club", 0)).organizes
    assert not (await heard_in("club", discord.Permissions(manage_messages=True).value)).organizes


async def test_nobody_organizes_where_the_bot_is_only_their_own_or_in_private() -> None:
    everything = discord.Permissions.all().value
    assert not (await heard_in("another server", everything, installed=True)).organizes
    assert not (await heard_in("private", everything, installed=True)).organizes
