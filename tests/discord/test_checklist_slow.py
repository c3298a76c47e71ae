"""The checklist for a database that hangs or is gone, for restarts, and for what breaks in us."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from bot.ports import Unit
from storage.store import Store
from tests.discord.chat import DiscordChat, World, discord_world
from tests.discord.checks import alone, companies, letter, process
from tests.discord.standin import Act
from tests.slack.test_checklist_faults import gone, stuck

T = TypeVar("T")


class Breaking:
    """A store in which everything breaks while it is `broken`, as by a mistake of ours."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.broken = False

    async def transact(self, work: Callable[[Unit], T]) -> T:
        if self.broken:
            raise RuntimeError("canary")
        return await self._store.transact(work)


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_slow_database_delays_no_answer_and_the_result_takes_its_place(
    chat: DiscordChat, store: Store, store_url: str
) -> None:
    person, world = chat.person, chat.world
    with stuck(store_url):
        act = await person.slash("applied", where=world.server, company="Globex", role="Editor")
        assert act.waiting
        assert act.seconds < 2
        asked = await person.slash("applied", where=world.server)
        assert person.modal is not None
        assert asked.seconds < 2
    await world.settle()
    assert not act.waiting
    assert "Logged: Editor at Globex" in person.ephemeral.shown
    assert "Undo" in person.ephemeral.buttons
    assert await companies(store) == ["Acme", "Globex"]


async def test_a_slow_click_on_a_nudge_settles_it_silently(
    chat: DiscordChat, store_url: str
) -> None:
    note = await letter(chat)
    before = len(chat.person.messages)
    with stuck(store_url):
        act = await chat.person.press("I sent it", note, nth=0)
        assert act.response == 6
        assert act.seconds < 2
        assert "I sent it" in note.buttons
    await chat.world.settle()
    assert "I sent it" not in note.buttons
    assert "Sent: SRE at Acme" in note.shown
    assert len(chat.person.messages) == before


async def test_a_slow_submission_is_answered_in_time_and_completed(
    chat: DiscordChat, store_url: str
) -> None:
    await chat.person.slash("applied", where=chat.world.server)
    with stuck(store_url):
        act = await chat.person.submit(company="Globex", role="Editor")
        assert act.seconds < 2
        assert act.waiting
    await chat.world.settle()
    assert "Logged: Editor at Globex" in chat.person.ephemeral.shown


async def test_a_slow_answer_that_is_a_form_gives_a_button_for_it(
    chat: DiscordChat, store_url: str
) -> None:
    with stuck(store_url):
        await chat.person.slash(
            "applied", where=chat.world.server, company="Globex", role="Editor", on="blursday"
        )
    await chat.world.settle()
    assert "Correct it" in chat.person.ephemeral.buttons
    await chat.person.press("Correct it")
    assert chat.person.modal is not None
    await chat.person.submit(on="yesterday")
    await chat.world.settle()
    assert "Logged: Editor at Globex" in chat.person.ephemeral.shown


async def test_a_slow_form_behind_a_nudge_leaves_the_nudge_as_it_is(
    chat: DiscordChat, store_url: str
) -> None:
    note = await letter(chat)
    buttons = list(note.buttons)
    with stuck(store_url):
        await chat.person.press("Edit", note, nth=0)
    await chat.world.settle()
    assert note.buttons == buttons
    await chat.person.press("Open the form", chat.person.ephemeral)
    assert chat.person.modal is not None
    assert "Hello" in chat.person.modal.fields["letter"].value


async def test_a_line_is_answered_when_the_database_is_there_again(
    chat: DiscordChat, store_url: str
) -> None:
    before = len(chat.person.dms)
    with stuck(store_url):
        await chat.person.write("applied Editor at Globex")
        # Later than the listener waits.
        await chat.person.slash("list", where=chat.world.server)
    await chat.world.settle()
    (said,) = chat.person.dms[before:]
    assert "Logged: Editor at Globex" in said.shown


async def test_a_database_that_is_gone_is_said_and_what_was_typed_is_kept(
    postgres: Any, postgres_url: str
) -> None:
    async with Store.open(postgres_url) as store, discord_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        long = "I ran on-call. " * 100
        with gone(postgres, postgres_url):
            said = await chat.say("applied Editor at Globex")
            assert "not saved" in said
            assert "Acme" not in said
            await chat.person.slash("applied", where=world.server)
            await chat.person.submit(company="Globex", role="Editor", fit=long)
            await world.settle()
            kept = chat.person.ephemeral
            assert "not saved" in kept.shown
            assert long.strip() in kept.shown + "".join(map(bytes.decode, kept.files.values()))
            await chat.person.slash("applied", where=world.server)
            await chat.person.submit(company="Globex", role="Editor")
            await world.settle()
            again = chat.person.pressable("Try again")
            assert chat.person.acts[-1].seconds < 3
            assert await chat.person.autocomplete("show", where=world.server, application="a") == []
        await chat.person.press(on=again)
        await world.settle()
        assert "Logged: Editor at Globex" in chat.person.ephemeral.shown


async def test_a_nudge_clicked_while_the_database_is_gone_keeps_its_buttons(
    postgres: Any, postgres_url: str
) -> None:
    async with Store.open(postgres_url) as store, discord_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        note = await letter(chat)
        before = len(chat.person.ephemerals)
        with gone(postgres, postgres_url):
            await chat.person.press("I sent it", note, nth=0)
            await world.settle()
        assert "I sent it" in note.buttons
        (said,) = chat.person.ephemerals[before:]
        assert "not saved" in said.shown
        await chat.person.press("I sent it", note, nth=0)
        await world.settle()
        assert "Sent: SRE at Acme" in note.shown


async def test_a_button_pressed_while_the_database_is_gone_is_there_afterwards(
    postgres: Any, postgres_url: str
) -> None:
    async with Store.open(postgres_url) as store, discord_world(store) as world:
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        person, why = chat.person, "I ran on-call for years. " * 40
        await person.slash("applied", where=world.server)
        await person.submit(company="Globex", role="Editor", on="blursday", fit=why)
        await world.settle()
        mend = person.pressable("Correct it")
        with gone(postgres, postgres_url):
            await person.press(on=mend)
            await world.settle()
            assert "not saved" in person.ephemeral.shown
        assert "Correct it" in mend.posted.buttons
        await person.press(on=mend)
        assert person.modal is not None
        assert person.modal.fields["fit"].value.strip() == why.strip()


async def test_a_form_too_long_for_its_id_is_not_lost_on_a_database_that_hangs(
    chat: DiscordChat, world: World, store_url: str
) -> None:
    link = "https://www.linkedin.com/jobs/view/4012345678/?refId=" + "x" * 60
    with stuck(store_url):
        act = await chat.person.menu("Save this job", message_content=link, where=world.server)
        assert act.waiting
        assert act.seconds < 2.5
    await world.settle()
    await chat.person.press("Open the form")
    assert chat.person.modal is not None


async def test_a_form_and_a_button_work_after_a_restart(store: Store) -> None:
    async with alone() as discord:
        server = discord.server("Job club")
        async with process(discord, store, server) as world:
            chat = DiscordChat(world)
            await chat.say("applied SRE at Acme")
            old = chat.person.pressable("Undo")
            await chat.person.slash("applied", where=server, via="referral")
        async with process(discord, store, server) as world:
            await chat.person.submit(company="Globex", role="Editor")
            await world.settle()
            assert "Logged: Editor at Globex" in chat.person.ephemeral.shown
            await chat.person.press("Undo")
            await world.settle()
            await chat.person.press(on=old)
            await world.settle()
            assert await companies(store) == []


async def test_whatever_breaks_in_us_gets_an_answer(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    breaking = Breaking(store)
    async with discord_world(breaking) as world:  # type: ignore[arg-type]  # it is used as the port
        chat = DiscordChat(world)
        await chat.say("applied SRE at Acme")
        note = await letter(chat)
        person = chat.person
        await person.slash("applied", where=world.server)
        breaking.broken = True
        await person.submit(company="Globex", role="Editor")
        await world.settle()
        assert "Sorry" in person.ephemeral.shown
        assert "Try again" in person.ephemeral.buttons
        doings: tuple[Callable[[], Awaitable[Act]], ...] = (
            lambda: person.press("I sent it", note, nth=0),
            lambda: person.slash("list", where=world.server),
            lambda: person.slash("applied", where=world.server),
            lambda: person.menu("Save this job", message_content="none", where=world.server),
        )
        for doing in doings:
            before = len(person.ephemerals)
            act = await doing()
            await world.settle()
            assert not act.failed
            assert "Sorry" in person.ephemeral.shown
            assert len(person.ephemerals) == before + 1
        assert await person.autocomplete("show", where=world.server, application="a") == []
        before = len(person.dms)
        await person.write("list")
        await world.discord.until(lambda: len(person.dms) > before)
        assert "Sorry" in person.dm.shown
        assert "I sent it" in note.buttons
    assert "canary" not in caplog.text
