"""Erasing oneself takes away what we wrote in private, also what nobody kept a note of."""

from storage.store import Store
from tests.discord import standin
from tests.discord.chat import SOON, DiscordChat, discord_world


async def test_everything_we_wrote_in_private_goes_and_what_they_wrote_stays(store: Store) -> None:
    async with discord_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        await chat.say("xyzzy")
        await chat.wait(days=8)
        texts = [message.shown for message in chat.person.dms]
        assert any("This is where I will write to you" in text for text in texts)
        assert any("Follow up" in text or "Subject:" in text for text in texts)
        asked = await chat.say("forget")
        erased = await chat.press("Erase everything", asked)
        assert "goes as well" in erased
        await world.app.background.finish(SOON)
        assert chat.person.dms == []


async def test_what_discord_does_not_let_us_look_for_goes_as_far_as_it_is_known(
    store: Store,
) -> None:
    async with discord_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        nudges = await chat.wait(days=8)
        assert nudges
        world.discord.fault("GET /channels/{}/messages", standin.Denied(50001), times=None)
        await chat.press("Erase everything", await chat.say("forget"))
        await world.app.background.finish(SOON)
        left = [message.shown for message in chat.person.dms]
        assert len(left) == 1
        assert "This is where I will write to you" in left[0]


async def test_a_nudge_of_this_very_minute_goes_as_well(store: Store) -> None:
    async with discord_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        due = await world.dispatcher.next_due()
        while not chat.person.dms[-1].shown.startswith("Follow up"):
            assert due is not None
            await world.at(due)
            await world.dispatcher.tick(world.now)
            due = await world.dispatcher.next_due()
        new = {chat.person.dms[-1].id}
        await chat.press("Erase everything", await chat.say("forget"))
        await world.app.background.finish(SOON)
        assert not new & {message.id for message in chat.person.dms}
