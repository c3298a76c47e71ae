"""Every club's story, told in one terminal."""

from pathlib import Path

import pytest

from storage.store import Store
from tests.stories.club import TownStory
from tests.terminal_town import TerminalTown
from tests.test_club_stories import STORIES


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_story(story: TownStory, store: Store, tmp_path: Path) -> None:
    await story(TerminalTown(store, tmp_path))
