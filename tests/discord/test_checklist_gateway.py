"""The checklist for a gateway that breaks while people act: nothing is lost, nothing done twice."""

from collections.abc import Awaitable, Callable

import pytest

from storage.store import Store
from tests.discord import standin
from tests.discord.chat import DiscordChat, World
from tests.discord.checks import companies, ends, letter, process


@pytest.fixture
def kind() -> str:
    return "sqlite"


Breaks = Callable[[standin.Discord], Awaitable[None]]
# Each is mended by RESUME, which brings what happened meanwhile.
RESUMED: dict[str, Breaks] = {
    "the connection is cut": lambda discord: discord.drop_gateway(),
    "closed with 4000": lambda discord: discord.drop_gateway(4000),
    "closed with 1001": lambda discord: discord.drop_gateway(1001),
    "asked to reconnect": lambda discord: discord.gateway.reconnect(),
}


@pytest.mark.parametrize("breaks", RESUMED.values(), ids=RESUMED)
async def test_what_people_do_while_it_is_broken_is_done_once(
    chat: DiscordChat, world: World, store: Store, breaks: Breaks
) -> None:
    discord, person = world.discord, chat.person
    note = await letter(chat)
    before, identified = discord.gateway.resumes, discord.identifies
    await breaks(discord)
    # As a person does: at once, one after the other.
    await person.slash("applied", where=world.server, company="Globex", role="Editor")
    await person.press("I sent it", note, nth=0)
    await person.slash("applied", where=world.server, company="Initech", role="Cook")
    await world.settle()
    await discord.until(lambda: discord.gateway.resumes > before)
    assert discord.identifies == identified
    assert await companies(store) == ["Acme", "Globex", "Initech"]
    assert "Sent: SRE at Acme" in note.shown
    assert not [act for act in person.acts if act.failed]


async def test_breaks_in_a_row_lose_nothing(chat: DiscordChat, world: World, store: Store) -> None:
    for number in range(2):
        await world.discord.drop_gateway()
        await chat.person.slash("applied", where=world.server, company=f"C{number}", role="SRE")
        await world.settle()
    assert await companies(store) == ["Acme", "C0", "C1"]


async def test_events_that_are_replayed_are_done_once(
    chat: DiscordChat, world: World, store: Store
) -> None:
    """A gateway that forgot how far it got tells the last events again."""
    discord = world.discord
    act = await chat.person.slash("applied", where=world.server, company="Globex", role="Editor")
    await world.settle()
    before = len(chat.person.messages)
    await discord.drop_gateway()
    await chat.person.send(act.interaction.body)
    await chat.person.slash("help", where=world.server)
    await world.settle()
    assert await companies(store) == ["Acme", "Globex"]
    assert len(chat.person.messages) == before + 1
    discord.forgive("a second response")


async def test_after_its_session_is_over_it_begins_anew_and_knows_its_servers(
    chat: DiscordChat, world: World, store: Store
) -> None:
    """Op 9: what happened in between was told to nobody; what happens afterwards is heard."""
    discord = world.discord
    identified = discord.identifies
    await discord.gateway.invalidate(resumable=False)
    await discord.until(lambda: discord.identifies > identified and discord.gateway.ready, 8)
    await chat.person.slash("applied", where=world.server, company="Globex", role="Editor")
    await world.settle()
    assert await companies(store) == ["Acme", "Globex"]


async def test_a_session_that_may_be_resumed_is(
    chat: DiscordChat, world: World, store: Store
) -> None:
    discord = world.discord
    before, identified = discord.gateway.resumes, discord.identifies
    await discord.gateway.invalidate(resumable=True)
    await chat.person.slash("applied", where=world.server, company="Globex", role="Editor")
    await discord.until(lambda: discord.gateway.resumes > before)
    await world.settle()
    assert discord.identifies == identified
    assert await companies(store) == ["Acme", "Globex"]


async def test_each_shard_answers_for_its_servers_and_the_first_for_messages(
    store: Store,
) -> None:
    async with standin.Discord() as discord:
        discord.gateway.shards = 2
        servers = [discord.server(f"Club {number}") for number in range(2)]
        people = [
            discord.person(f"p{number}", server=server, zone="America/New_York")
            for number, server in enumerate(servers)
        ]
        async with (
            process(discord, store, settings={"DISCORD_SHARDS": "0/2"}) as first,
            process(discord, store, settings={"DISCORD_SHARDS": "1/2"}, beside=first) as second,
        ):
            for person, server in zip(people, servers, strict=True):
                await person.slash("applied", where=server, company=server.name, role="SRE")
                await person.press("Yes, begin")
                await first.settle()
                await second.settle()
                assert f"Logged: SRE at {server.name}" in person.ephemeral.shown
            await first.write(people[1], "list")
            assert "Club 1" in people[1].dm.shown
            assert "Club 0" not in people[1].dm.shown
            await ends(first, people[1], 2)
        assert await companies(store) == ["Club 0", "Club 1"]
        discord.check()
