"""What one person sees, kept page by page. Knows Slack's stand-in; tells no story."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from docs.pictures import slack_page
from docs.pictures.slack_blocks import Reader
from docs.pictures.slack_page import Said
from tests.slack.chat import SOON, SlackChat, World
from tests.slack.standin import Person, Posted, View


@dataclass
class Album:
    """The pages by name, in the order of the story."""

    chat: SlackChat
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """Where the story is told."""
        return self.chat.world

    @property
    def person(self) -> Person:
        """Whose story it is."""
        return self.chat.person

    def reader(self) -> Reader:
        """Whoever looks at it now."""
        zone, window = ZoneInfo(self.chat.zone), self.person.modal
        if window is None:
            return Reader(self.world.now, zone)
        typed = {name: state for (name, _), state in window.typed.items()}
        return Reader(self.world.now, zone, typed, window.problems)

    def keep(self, name: str, posted: Sequence[Posted]) -> None:
        """Keep messages as they look now, with the time at which they came."""
        said = [
            Said(p.blocks, self.came(p), p.ephemeral, tuple(f["name"] for f in p.files))
            for p in posted
        ]
        now = max(message.at for message in said)
        self.pages[name] = slack_page.chat(said, Reader(now, ZoneInfo(self.chat.zone)))

    def came(self, posted: Posted) -> datetime:
        """When a message was first seen."""
        seen = (s for s in self.chat.kept if self.chat.shown[id(s)][0] is posted)
        return next((s.at for s in seen if s.at), self.world.now)

    def answer(self, name: str) -> None:
        """Keep the newest answer that only this person sees."""
        self.keep(name, [self.person.answer])

    def letter(self, name: str, words: str) -> Posted:
        """Keep the newest private message that says these words."""
        found = next(m for m in reversed(self.person.dms) if words in m.shown)
        self.keep(name, [found])
        return found

    async def press(self, label: str, on: Posted | View) -> None:
        """Press a button of a private message or a window, and wait until everything is done."""
        await self.person.press(label, on)
        await self.world.app.background.finish(SOON)

    def window(self, name: str) -> None:
        """Keep the open window."""
        self.pages[name] = slack_page.window(self.person.window.body, self.reader())

    def home(self, name: str) -> None:
        """Keep the Home tab."""
        view = self.person.home
        assert view is not None, "the Home tab was never shown"
        self.pages[name] = slack_page.home(view.body, self.reader())
