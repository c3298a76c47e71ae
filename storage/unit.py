"""All that one transaction can do, over one connection. Knows no thread and no driver."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.model import Account, Case, Seeker, Who
from storage.cases import gather
from storage.clubs import Clubs
from storage.entrances import Entrances
from storage.events import Events
from storage.images import Images
from storage.journal import Journal
from storage.lanes import prune as prune_lanes
from storage.links import Links
from storage.nudges import Plan
from storage.people import People
from storage.records import (
    OF_FOLLOWUPS,
    OF_INTERVIEWS,
    OF_REPLIES,
    Applications,
    Shelf,
)
from storage.workspaces import Workspaces

# Dispatchers look by themselves at least this often (`adapters.metronome`).
SOON = timedelta(seconds=15)


class Unit(People, Journal, Events, Workspaces, Entrances, Links):
    """One transaction; fulfils `ports.Unit`."""

    def __init__(self, connection: Connection) -> None:
        images = Images()
        self._entered: datetime | None = None
        People.__init__(self, connection, images)
        Events.__init__(self, connection)
        Workspaces.__init__(self, connection, images)
        Entrances.__init__(self, connection)
        Links.__init__(self, connection)
        self.nudges = Plan(connection, images)
        self.interviews = Shelf(OF_INTERVIEWS, connection, images)
        self.replies = Shelf(OF_REPLIES, connection, images)
        self.followups = Shelf(OF_FOLLOWUPS, connection, images)
        belongings = (self.interviews, self.replies, self.followups, self.nudges)
        self.applications = Applications(
            connection, images, tuple(shelf.remove_about for shelf in belongings)
        )
        self.clubs = Clubs(connection, images)
        gathered = (self.clubs.reports, self.clubs.actions, self.clubs.landings, self.clubs.ties)
        shelves = (self._settings, self.applications, *belongings, *gathered)
        Journal.__init__(self, connection, images, {shelf.name: shelf for shelf in shelves})

    def enter(self, who: Who, now: datetime) -> tuple[Seeker, Account]:
        self._entered = now
        return super().enter(who, now)

    @property
    def hurried(self) -> bool:
        """Whether somebody has planned what is due before a dispatcher looks by itself."""
        if self._entered is None or self.nudges.soonest is None:
            return False
        return self.nudges.soonest <= self._entered + SOON

    def cases(self, about: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], Case]:
        return gather(about, self.applications, self.interviews, self.replies, self.followups)

    def touched(self) -> set[int]:
        return set(self._images.touched)

    def prune(self, now: datetime) -> None:
        for part in (Links, Journal, Events, Workspaces):
            part.prune(self, now)
        self.clubs.prune(now)
        prune_lanes(self._connection, now)

    def forget(self, seeker_id: int) -> None:
        # Links between rows do not reach a number in a list, such as a go-round.
        self.clubs.leave_all(seeker_id)
        super().forget(seeker_id)

    @property
    def forgot(self) -> bool:
        """Whether somebody was erased."""
        return self._images.forgot
