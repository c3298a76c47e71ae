"""Every club's story, told to the desk itself, on SQLite and on PostgreSQL."""

import pytest

from storage.store import Store
from tests.stories import club, club_apart, club_choices, club_life, club_trouble, leads
from tests.stories.club import TownStory
from tests.stories.town import DeskTown

STORIES = (
    *club.STORIES,
    *club_life.STORIES,
    *club_choices.STORIES,
    *club_trouble.STORIES,
    *club_apart.STORIES,
    *leads.STORIES,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_story(story: TownStory, store: Store) -> None:
    await story(DeskTown(store))
