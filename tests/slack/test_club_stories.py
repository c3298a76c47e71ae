"""Every club's story, told in Slack: over signed HTTP on SQLite, over a socket on PostgreSQL."""

import pytest

from storage.store import Store
from tests.slack.chat import workspace
from tests.slack.test_slack_stories import MODES
from tests.slack.town import SlackTown
from tests.stories.club import TownStory
from tests.test_club_stories import STORIES


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_story(story: TownStory, store: Store, kind: str) -> None:
    async with workspace(store, MODES[kind]) as world:
        await story(SlackTown(world))
