"""What the core asks of a store about clubs and warm leads. Knows none.

Whatever is one person's is asked for with their id. What a club may see of its members is asked
for with the club's, and holds nothing that they have not shared with it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

from bot.clubs.records import (
    Action,
    Asked,
    Asking,
    Club,
    Landing,
    Meeting,
    Member,
    Partnering,
    Report,
    Tie,
)

Own = TypeVar("Own", Report, Action, Landing, Tie, Asking, Asked)


class OwnRecords(Protocol[Own]):
    """One kind of a member's own records."""

    def get(self, seeker_id: int, number: int) -> Own | None:
        """This person's record of that number, or None: not theirs and not there are the same."""
        ...

    def all(self, seeker_id: int) -> list[Own]:
        """All of this person's, oldest first."""
        ...

    def add(self, record: Own) -> Own:
        """Store a new record; returned with its number, which is never used again."""
        ...

    def save(self, record: Own) -> None:
        """Store a changed record; raises LookupError when this person has none of its number."""
        ...

    def remove(self, record: Own) -> None:
        """Remove it."""
        ...


class Clubs(Protocol):
    """Clubs, their members and meetings, and what members shared with them."""

    @property
    def reports(self) -> OwnRecords[Report]: ...
    @property
    def actions(self) -> OwnRecords[Action]: ...
    @property
    def landings(self) -> OwnRecords[Landing]: ...
    @property
    def ties(self) -> OwnRecords[Tie]: ...
    @property
    def askings(self) -> OwnRecords[Asking]: ...
    @property
    def asked(self) -> OwnRecords[Asked]: ...

    def get(self, club: int) -> Club | None:
        """The club of that id."""
        ...

    def lock(self, club: int) -> Club | None:
        """As `get`, and nobody else changes it, its members or its meetings until we are done.

        To be called after `Unit.enter`, and for several clubs in the order of their ids.
        """
        ...

    def here(self, platform: str, workspace: str, channel: str) -> list[Club]:
        """The clubs of a channel; of a whole place where `channel` is "", as in a terminal."""
        ...

    def of(self, seeker_id: int) -> list[tuple[Club, Member]]:
        """This person's clubs, by the club's id, with their place in each."""
        ...

    def in_clubs(self, seeker_ids: Collection[int]) -> set[int]:
        """Those of these people who are in any club."""
        ...

    def add(self, club: Club, now: datetime) -> Club:
        """Store a new club, with its own row among the seekers and its channel as its account.

        `club.seeker_id` is 0; the club is returned with its id.
        """
        ...

    def save(self, club: Club) -> None:
        """Store a changed club; a changed zone, name or channel reaches its own row and account.

        A club that does not rest counts as reachable again.
        """
        ...

    def remove(self, club: int) -> None:
        """Erase a club and everything of it: its members' places, reports and actions there too."""
        ...

    def members(self, clubs: Collection[int]) -> Mapping[int, Sequence[Member]]:
        """The members of these clubs in the order in which they joined, by the club's id."""
        ...

    def put_member(self, member: Member) -> None:
        """Store somebody's place in a club, whether they had one there or not."""
        ...

    def drop_member(self, club: int, seeker_id: int) -> None:
        """Erase somebody's place in a club, and everything that they shared there."""
        ...

    def departing(self, before: datetime) -> list[Member]:
        """Those whose account was departed from before that instant, by the club's id.

        Locked, as `Unit.prune` then erases them.
        """
        ...

    def meetings(self, club: int, most: int = 60) -> list[Meeting]:
        """The newest `most` meetings of a club, oldest first, those ahead included."""
        ...

    def put_meeting(self, meeting: Meeting) -> Meeting:
        """Store a meeting; one whose number is 0 is new, and returned with the club's next."""
        ...

    def drop_meetings(self, club: int, after: datetime) -> None:
        """Erase the meetings that begin after that instant and were never posted."""
        ...

    def reported(self, club: int, meeting: int) -> list[Report]:
        """The reports for a meeting, in the order in which they were written."""
        ...

    def acted(self, club: int, meeting: int) -> list[Action]:
        """The action items of a meeting."""
        ...

    def outstanding(self, club: int) -> list[Action]:
        """The action items of a club's members, of any meeting, that are not done."""
        ...

    def partnerings(self, club: int, since: date) -> list[Partnering]:
        """Who was whose partner in the weeks since that day."""
        ...

    def put_partnering(self, partnering: Partnering) -> None:
        """Store somebody's partners for a week, whether they had some or not."""
        ...

    def excluded(self, seeker_ids: Collection[int]) -> set[tuple[int, int]]:
        """(who, whom) for everybody whom one of these does not want for a partner."""
        ...

    def exclude(self, seeker_id: int, other: int, *, yes: bool) -> None:
        """Note, or take back, that somebody does not want another for a partner."""
        ...

    def tied(self, key: str, clubs: Collection[int], on: date) -> list[tuple[int, Member]]:
        """(club, member) for every member of these clubs who helps and has a tie of that key.

        Only ties that hold on that day, of those who have not muted the employer.
        """
        ...

    def muted(self, seeker_id: int) -> list[str]:
        """The keys of the employers about which this person does not want to be asked."""
        ...

    def mute(self, seeker_id: int, key: str, *, yes: bool) -> None:
        """Note, or take back, that this person does not want to be asked about an employer."""
        ...

    def put_to(self, by: int, asking: int) -> list[Asked]:
        """Everybody's notes of that they were asked this question."""
        ...
