"""Who departs, or is erased without a word of theirs, and what becomes of their club."""

from collections.abc import Awaitable, Callable

import pytest

from bot.erasing import look, prune
from storage.store import Store
from tests.stories.club import meetings, on, order, report, started
from tests.stories.town import DeskTown

Erase = Callable[[DeskTown], Awaitable[None]]


async def departs(town: DeskTown) -> None:
    """They removed the bot, and the grace is over."""
    await town.store.transact(lambda unit: unit.depart("desk", "", "ana", town.now, "removed"))
    await town.wait(days=8)
    await town.store.transact(lambda unit: prune(unit, town.now))


async def falls_silent(town: DeskTown) -> None:
    """They say nothing for a year, the warning included; the others do."""
    others = [town.person(name) for name in ("Ben", "Cleo")]
    for _ in range(57):
        await town.wait(weeks=1)
        for each in others:
            await each.say("club members")
        await town.store.transact(lambda unit: look(town.now, 12, 0, unit))


@pytest.mark.parametrize("erase", [departs, falls_silent])
async def test_what_an_erased_member_shared_goes_from_the_channel(
    store: Store, erase: Erase
) -> None:
    town = DeskTown(store)
    members, channel = await started(town, "Ana", "Ben", "Cleo")
    await town.until(on("06-01", "19:00"))
    await report(members["Ana"], moved="Her canary", ask="", next="")
    await town.until(on("06-02", "19:00"))
    assert "Her canary" in (await meetings(town, channel))[0]
    await erase(town)
    assert "Ben, who organizes it" in await members["Cleo"].say("club members")
    await town.wait(weeks=1)
    posts = await meetings(town, channel)
    assert sorted(order(posts[-1])) == ["Ben", "Cleo"]
    for post in posts:
        assert "canary" not in post
        assert "Ana" not in post


async def test_a_club_whose_last_member_was_erased_posts_nothing_more(store: Store) -> None:
    town = DeskTown(store)
    _, channel = await started(town, "Ana")
    await town.until(on("06-02", "19:00"))
    await departs(town)
    posted = len(await meetings(town, channel))
    await town.wait(weeks=3)
    assert len(await meetings(town, channel)) == posted


async def test_a_club_goes_on_when_the_bot_is_back_after_a_meeting_that_it_missed(
    store: Store,
) -> None:
    town = DeskTown(store)
    members, channel = await started(town, "Ana", "Ben", "Cleo")
    await town.until(on("06-01", "20:00"))
    await store.transact(lambda unit: unit.depart("desk", "", "", town.now, "uninstalled"))
    await town.until(on("06-03", "20:00"))
    await store.transact(lambda unit: unit.arrive("desk", ""))
    await members["Ben"].came()
    await town.until(on("06-09", "18:05"))
    assert any("For Tuesday club" in seen for seen in await members["Ben"].came())
    (post,) = await meetings(town, channel)
    assert sorted(order(post)) == ["Ana", "Ben", "Cleo"]
