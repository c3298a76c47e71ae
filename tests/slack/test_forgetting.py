"""Forgetting in Slack: the messages go too, since nobody but the bot could delete them."""

from storage.store import Store
from tests.slack.chat import SlackChat, workspace


async def test_the_messages_that_were_sent_go_with_the_records(store: Store) -> None:
    async with workspace(store, "http") as world:
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        await chat.person.open_home()
        await chat.wait(days=8)
        assert any("Acme" in message.shown for message in chat.person.dms)
        erased = await chat.press("Erase everything", await chat.say("forget"))
        assert "The nudges that I sent you go as well" in erased
        assert not any("Acme" in message.shown for message in chat.person.dms)
        assert chat.person.home is not None
        assert "Nothing is logged yet" in chat.person.home.shown
