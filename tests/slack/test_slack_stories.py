"""Every story, told in Slack: over signed HTTP on SQLite, over a socket on PostgreSQL."""

import pytest

from storage.store import Store
from tests.slack.chat import SlackChat, workspace
from tests.stories.chat import Story
from tests.test_stories import STORIES

MODES = {"sqlite": "http", "postgres": "socket"}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_story(story: Story, store: Store, kind: str) -> None:
    async with workspace(store, MODES[kind]) as world:
        await story(SlackChat(world))
