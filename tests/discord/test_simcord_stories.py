"""Every story, told in process: on SQLite in a server, on PostgreSQL in people's own apps."""

import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat
from tests.discord.simworld import sim_world
from tests.stories.chat import Story
from tests.test_stories import STORIES

PLACES = {"sqlite": "server", "postgres": "dm"}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_story(story: Story, store: Store, kind: str) -> None:
    async with sim_world(store, PLACES[kind]) as world:
        await story(DiscordChat(world))
