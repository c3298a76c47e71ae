"""Every story, told in Discord: in a server on SQLite, in people's own apps on PostgreSQL."""

import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat, discord_world
from tests.stories.chat import Story
from tests.test_stories import STORIES

PLACES = {"sqlite": "server", "postgres": "dm"}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_story(story: Story, store: Store, kind: str) -> None:
    async with discord_world(store, PLACES[kind]) as world:
        await story(DiscordChat(world))
