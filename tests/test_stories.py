"""Every story, told to the desk itself, on SQLite and on PostgreSQL."""

import pytest

from storage.store import Store
from tests.stories import loop, settings, trouble
from tests.stories.chat import DeskChat, Story

STORIES = (*loop.STORIES, *settings.STORIES, *trouble.STORIES)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_story(story: Story, store: Store) -> None:
    await story(DeskChat(store))
