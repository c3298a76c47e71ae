"""All that one transaction can do, over one connection. Knows no thread and no driver."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from bot.model import Case
from storage.cases import gather
from storage.images import Images
from storage.journal import Journal
from storage.nudges import Plan
from storage.people import People
from storage.records import (
    OF_FOLLOWUPS,
    OF_INTERVIEWS,
    OF_REPLIES,
    Applications,
    Shelf,
)


class Unit(People, Journal):
    """One transaction; fulfils `ports.Unit`."""

    def __init__(self, connection: Connection) -> None:
        images = Images()
        People.__init__(self, connection, images)
        self.nudges = Plan(connection, images)
        self.interviews = Shelf(OF_INTERVIEWS, connection, images)
        self.replies = Shelf(OF_REPLIES, connection, images)
        self.followups = Shelf(OF_FOLLOWUPS, connection, images)
        belongings = (self.interviews, self.replies, self.followups, self.nudges)
        self.applications = Applications(
            connection, images, tuple(shelf.remove_about for shelf in belongings)
        )
        shelves = (self._settings, self.applications, *belongings)
        Journal.__init__(self, connection, images, {shelf.name: shelf for shelf in shelves})

    def cases(self, about: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], Case]:
        return gather(about, self.applications, self.interviews, self.replies, self.followups)

    def touched(self) -> set[int]:
        return set(self._images.touched)

    @property
    def forgot(self) -> bool:
        """Whether somebody was erased."""
        return self._images.forgot
