"""The tokens of links, where in chat a link is offered, and what a host needs to offer any."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from adapters.settings import BadSetting, Outside
from bot.commands import registry
from bot.desk import Desk
from bot.exits import EXPORT, PATH, Exits
from bot.letters.draft import Letters
from bot.message import Call, File, Link, Message, Text, plain
from bot.model import Who
from storage.crypto import BadKey, derived
from storage.store import Store
from tests.discord.chat import DiscordChat, discord_world
from tests.leaving import EXITS, ROOT, hosted, kept
from tests.samples import KIM, NOW, SAM
from tests.slack.chat import SlackChat, workspace


def test_a_store_is_told_nothing_that_opens_a_link() -> None:
    class Told:
        def offer_link(self, *what: object) -> None:
            self.what = what

    told: Any = Told()
    token = EXITS.address(told, 7, EXPORT, NOW).removeprefix(ROOT + PATH)
    ticket = EXITS.read(token)
    assert ticket
    assert told.what == (7, EXPORT, ticket.fingerprint, ticket.until)
    assert not any(part in str(told.what) for part in token.split(".")[2:])
    assert re.fullmatch("[0-9a-f]{64}", ticket.fingerprint)


class Silent:
    """Keeps nothing."""

    def offer_link(self, *what: object) -> None:
        pass


TOKEN = EXITS.address(Silent(), 1, EXPORT, NOW).removeprefix(ROOT + PATH)  # type: ignore[arg-type]  # it does nothing else


@given(st.data())
def test_any_change_to_a_token_makes_it_nobodys(data: st.DataObject) -> None:
    assert EXITS.read(TOKEN)
    place = data.draw(st.integers(0, len(TOKEN)))
    cut = data.draw(st.integers(0, 3))
    put = data.draw(
        st.text(st.sampled_from("aAzZ09-_.=+/ \n\u0661") | st.characters(codec="utf-8"), max_size=3)
    )
    changed = TOKEN[:place] + put + TOKEN[place + cut :]
    if changed != TOKEN:
        assert EXITS.read(changed) is None


def test_the_last_letter_of_a_signature_counts_too() -> None:
    """Its two last bits say nothing, so in base64 four letters mean the same."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert [end for end in alphabet if EXITS.read(TOKEN[:-1] + end)] == [TOKEN[-1]]


async def asked(desk: Desk, who: Who, **answers: str) -> Message:
    answer = await desk.handle(Call("job export", answers), who, NOW)
    assert isinstance(answer, Message)
    return answer


def link_in(message: Message) -> str:
    spans = [span for b in message.blocks if isinstance(b, Text) for span in b.spans]
    (link,) = [span for span in spans if isinstance(span, Link)]
    return link.url


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("discreet", [False, True])
async def test_export_offers_the_link_first_and_the_files_on_one_tap(
    store: Store, discreet: bool
) -> None:
    desk = Desk(store, registry, Letters())
    desk.exits = EXITS
    who = replace(SAM, discreet=discreet)
    await desk.handle(Call("job applied", {"company": "Acme", "role": "SRE"}), who, NOW)
    answer = await asked(desk, who)
    assert not answer.changed, "a look, which undo has nothing to do with"
    assert ("Others who can read your messages" in plain(answer)) == discreet
    assert "Acme" not in plain(answer)
    (button,) = answer.buttons
    files = await asked(desk, who, **button.call.answers)
    found = {block.name: block.data for block in files.blocks if isinstance(block, File)}
    assert b"Acme" in found["followthrough.json"]
    async with hosted(store) as host:
        status, brought = await host.press(link_in(answer))
    assert status == 200
    assert isinstance(brought, dict)
    assert brought["applications.csv"] == found["applications.csv"]
    assert json.loads(brought["followthrough.json"])["links"] == []


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_where_nobody_can_open_an_address_there_is_no_link(store: Store) -> None:
    desk = Desk(store, registry, Letters())
    answer = await asked(desk, SAM)
    assert [b.name for b in answer.blocks if isinstance(b, File)]
    assert "http" not in plain(answer)
    answer = await asked(desk, replace(KIM, discreet=True))
    assert answer.title == "Send the files?"
    assert await kept(store) == 0


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_in_slack_the_link_comes_where_only_its_owner_sees_it(store: Store) -> None:
    async with workspace(store, "http") as world, hosted(store) as host:
        world.app.front.desk.exits = EXITS
        chat = SlackChat(world)
        await chat.say("applied SRE at Acme")
        before = len(chat.person.dms)
        seen = await chat.say("export")
        shown = chat.person.ephemerals[-1]
        assert shown.ephemeral
        (url,) = [url for url in shown.links if PATH in url]
        assert len(chat.person.dms) == before, "nothing of it stays in the workspace"
        host.now = world.now
        assert (await host.press(url))[0] == 200
        files = (await chat.press("Send the files here", seen)).files
        assert b"Acme" in files["applications.csv"]


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_in_discord_the_link_comes_where_only_its_owner_sees_it(store: Store) -> None:
    async with discord_world(store) as world, hosted(store) as host:
        world.app.desk.exits = EXITS
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        await chat.person.slash("export", where=world.server)
        await world.settle()
        found = re.search(rf"{ROOT}{PATH}[\w.-]+", str(chat.person.ephemeral.__dict__))
        assert found
        host.now = world.now
        assert (await host.press(found[0]))[0] == 200
        assert not chat.person.ephemeral.files


def test_links_need_an_address_and_keys_and_show_neither_key() -> None:
    keys = f"{Fernet.generate_key().decode()}, {Fernet.generate_key().decode()}"
    whole = {"PUBLIC_URL": f"{ROOT}/ ", "TOKEN_KEYS": keys}
    outside = Outside.read(whole)
    assert outside == Outside(ROOT, tuple(keys.split(", ")))
    assert outside.keys[0] not in repr(outside)
    for missing in whole:
        assert Outside.read({**whole, missing: " "}) is None
    for wrong in (
        "jobs.example.org",
        "http://jobs.example.org",
        f"{ROOT}/path",
        f"{ROOT}?a=b",
        "https://me@jobs.example.org",
        "https://[::1",
        "https://jöbs.example.org",
    ):
        with pytest.raises(BadSetting, match=r"^PUBLIC_URL is an address such as"):
            Outside.read({**whole, "PUBLIC_URL": wrong})
    assert Outside.read({**whole, "PUBLIC_URL": "http://localhost:8000"})


def test_keys_for_links_are_made_from_those_that_seal_and_tell_nothing_of_them() -> None:
    sealing = [Fernet.generate_key().decode() for _ in range(2)]
    keys = derived(sealing, "links")
    assert keys == derived(sealing, "links")
    assert len({*keys, *derived(sealing, "else")}) == 4
    assert all(len(key) == 32 for key in keys)
    assert str(keys[0]) not in repr(Exits(ROOT, keys))
    with pytest.raises(BadKey):
        derived([*sealing, "short"], "links")
    with pytest.raises(BadKey):
        derived([], "links")
    with pytest.raises(ValueError, match="keys of 32 bytes"):
        Exits(ROOT, ())
