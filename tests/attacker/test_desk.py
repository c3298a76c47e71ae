"""An attacker at the desk itself: nothing they send reads or changes what is somebody else's."""

import asyncio
import shutil
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import registry
from bot.context import STASHED
from bot.message import Call
from bot.model import Who
from storage.store import Store
from tests.attacker.forging import (
    NONSENSE,
    Host,
    Recorder,
    accomplices,
    armed,
    distinct,
    everything,
    forged,
    in_a_club,
    innocent,
    kinds,
    leaks,
    numbers,
    seen,
    stolen,
    told_calls,
    victim,
    whole,
)
from tests.stories.chat import DeskChat

MALLORY = Who("desk", "mallory", zone="America/New_York")
NOBODY = Who("desk", "nobody at all")
# Made once: the stories take a second or two.
ONCE = pytest_asyncio.fixture(scope="module", loop_scope="module")


@ONCE
async def told() -> list[Call]:
    """Every call of every story."""
    return await told_calls()


async def test_the_stories_offer_nearly_everything_that_can_be_forged(told: list[Call]) -> None:
    """Or else the tests below would say less than they seem to."""
    assert {call.name for call in told} >= {*registry.commands, STASHED} - {
        "job begin",
        "job review",
    }
    assert len(kinds(told)) > 60


async def test_nothing_that_is_forged_reads_or_changes_what_is_anothers(
    store: Store, told: list[Call]
) -> None:
    chat = Host(store)
    await victim(chat)
    await in_a_club(chat, chat.other("lee"))
    theirs = numbers(store, chat.who)
    before = everything(store, chat.who)
    assert leaks(before)
    calls = [*stolen(theirs), *kinds(distinct([*told, *chat.made, *whole()]))]
    # Somebody with nothing of their own, before anybody has done anything since.
    for call in calls:
        assert not leaks(seen(await chat.desk.handle(call, NOBODY, chat.now))), call
        assert everything(store, chat.who) == before, call
    # Each command is turned against the victim by somebody who has not lost anything to another.
    for name, some in groupby(calls, lambda call: call.name):
        mallory = replace(MALLORY, user=f"mallory {name}")
        await armed(chat.desk, mallory, chat)
        for forgery in forged(some, (1, 2, theirs[-1])):
            said = seen(await chat.desk.handle(forgery, mallory, chat.now))
            assert not leaks(said), forgery
        assert everything(store, chat.who) == before, name
    # Whoever seems to be the victim tries what was offered: each a part, all of it together twice.
    for start, who in enumerate(accomplices(chat.user)):
        await armed(chat.desk, who, chat)
        for call in calls[start % 3 :: 3]:
            assert not leaks(seen(await chat.desk.handle(call, who, chat.now))), (call, who)
    assert everything(store, chat.who) == before


async def test_nothing_that_only_looks_shows_what_is_anothers(store: Store) -> None:
    chat = Host(store)
    await victim(chat)
    await in_a_club(chat, chat.other("lee"))
    before = everything(store, chat.who)
    refs = await chat.desk.sent(chat.who)
    assert refs
    for who in accomplices(chat.user):
        assert not await chat.desk.sent(who)
        answer = await chat.desk.handle(Call("job help"), who, chat.now)
        drawn = [await chat.desk.redraw(ref, answer, who, chat.now) for ref in refs]
        assert drawn == [None] * len(refs)
        assert not leaks(seen(await chat.desk.board(who, chat.now)))
        for number in numbers(store, chat.who):
            kept = Call(STASHED, {"call": str(number)})
            assert not leaks((await chat.desk.recalled(kept, who)).wire())
        for command in registry.commands.values():
            for option in command.options:
                for typed in ("", "zor", "Zorblaxcorp", "#1", "1", "%"):
                    found = await chat.desk.complete(
                        command.name, option.name, typed, who, chat.now
                    )
                    assert not leaks(str(found)), (command.name, option.name, typed)
    assert everything(store, chat.who) == before


async def test_an_old_button_names_nothing_of_who_began_anew(store: Store) -> None:
    """A button that was stolen, or left behind, from before somebody erased themselves."""
    chat = Recorder(store)
    await victim(chat)
    old = [*stolen(numbers(store, chat.who)), *kinds(distinct(chat.made))]
    await chat.say("forget sure=yes")
    await chat.say("applied Zorblaxnew at Zorblaxelse")
    await chat.say('applied Zorblaxnew at Zorblaxelse note="kept anew"')
    before = everything(store, chat.who)
    await armed(chat.desk, MALLORY, chat)
    for call in old:
        assert not leaks(seen(await chat.desk.handle(call, MALLORY, chat.now))), call
    assert everything(store, chat.who) == before
    # Neither do their own: what was kept or can be taken back has another number now.
    for call in old:
        if call.name in (STASHED, "job undo") and call.answers:
            said = seen(await chat.desk.handle(call, chat.who, chat.now))
            assert "Zorblaxcorp" not in said
            assert "Zorblaxinn" not in said
            assert "Logged" not in said.partition("\n")[0], call
    kept = ("applications", "interviews", "replies", "followups", "nudges", "changes")
    after = everything(store, chat.who)
    assert [part for part in kept if part in after] == list(kept)
    assert after.count("Zorblaxelse") == before.count("Zorblaxelse")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, sqlite_file: Path) -> Path:
    """A file in which the victim and an attacker have records."""
    path = tmp_path_factory.mktemp("attacker") / "jobs.db"
    shutil.copy(sqlite_file, path)

    async def play() -> None:
        async with Store.open(f"sqlite:///{path}") as store:
            chat = DeskChat(store)
            await victim(chat)
            await armed(chat.desk, MALLORY, chat)

    asyncio.run(play())
    return path


raw = st.one_of(
    st.integers(-2, 40).map(str),
    st.integers(-2, 40).map(lambda number: f"#{number}"),
    st.sampled_from(NONSENSE),
    st.sampled_from(("yes", "no", "acme", "globex", "tomorrow 3pm", "lead", "reply", "email")),
    st.sampled_from(("followup:1", "heard:1.1", "quiet:1.0", "1/followup:1", "2/followup:1")),
    st.text(max_size=20),
)


@st.composite
def forgeries(draw: st.DrawFn) -> Call:
    """Any command with anything in any of its options."""
    name = draw(st.sampled_from([*sorted(registry.commands), STASHED]))
    command = registry.get(name)
    options = [option.name for option in command.options] if command else ["call", "application"]
    chosen = draw(st.sets(st.sampled_from(options), max_size=5)) if options else set()
    return Call(name, {option: innocent(draw(raw)) for option in sorted(chosen)})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(forgeries(), min_size=5, max_size=20))
def test_no_call_whatever_reads_or_changes_what_is_anothers(
    stage: Path, tmp_path: Path, said: list[Call]
) -> None:
    copy = shutil.copy(stage, tmp_path / "copy.db")

    async def attack() -> None:
        async with Store.open(f"sqlite:///{copy}", migrate=False) as store:
            chat = DeskChat(store)
            before = everything(store, chat.who)
            for call in said:
                assert not leaks(seen(await chat.desk.handle(call, MALLORY, chat.now))), call
            assert everything(store, chat.who) == before

    asyncio.run(attack())
