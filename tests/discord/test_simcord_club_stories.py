"""Every club's story, told in a server in process, on PostgreSQL."""

import pytest

from storage.store import Store
from tests.discord.simtown import SimTown
from tests.discord.simworld import sim_world
from tests.stories.club import TownStory
from tests.test_club_stories import STORIES


@pytest.mark.parametrize("kind", ["postgres"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_story(story: TownStory, store: Store) -> None:
    async with sim_world(store) as world:
        await story(SimTown(world))
