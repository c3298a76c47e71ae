"""Every club's story, told in a server over a real connection, on SQLite."""

import pytest

from storage.store import Store
from tests.discord.chat import discord_world
from tests.discord.town import DiscordTown
from tests.stories.club import TownStory
from tests.test_club_stories import STORIES


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_story(story: TownStory, store: Store) -> None:
    async with discord_world(store) as world:
        await story(DiscordTown(world))
