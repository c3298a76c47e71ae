"""What the tests of the store do with clubs: make them, join them, share something there."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select

from bot.clubs.records import (
    Asked,
    Club,
    Landing,
    Member,
    Partnering,
)
from bot.model import Who
from bot.ports import Unit
from storage.models import ABOUT_PEOPLE
from storage.store import Store
from tests.samples import (
    NOW,
    SAM,
    action,
    asking,
    club,
    meeting,
    member,
    report,
)

TODAY = NOW.date()


def do(store: Store, work: Callable[[Unit], Any]) -> Any:
    """In one transaction."""
    return store.run(work)


def joined(store: Store, into: Club, who: Who = SAM, **more: Any) -> Member:
    """Somebody's new place in a club."""

    def join(unit: Unit) -> Member:
        _, account = unit.enter(who, NOW)
        unit.clubs.lock(into.seeker_id)
        place = member(into, account, **({"name": who.name} | more))
        unit.clubs.put_member(place)
        return place

    found: Member = do(store, join)
    return found


def made(store: Store, **more: Any) -> Club:
    """A new club."""
    found: Club = do(store, lambda u: u.clubs.add(club(**more), NOW))
    return found


def tables(store: Store) -> dict[str, list[str]]:
    """Every row about somebody, as text."""

    def read(connection: Connection) -> dict[str, list[str]]:
        return {
            table.name: [repr(row) for row in connection.execute(select(table))]
            for table in ABOUT_PEOPLE
        }

    return store.run_on_connection(read)


def share(store: Store, mine: Member, other: Member, at: Club) -> None:
    """All that somebody leaves in a club, beside what is another's."""
    who, whom, where = mine.seeker_id, other.seeker_id, at.seeker_id

    def work(unit: Unit) -> None:
        gathered = unit.clubs
        met = gathered.put_meeting(meeting(at, order=(whom, who), timekeeper=who))
        gathered.reports.add(report(mine, met, moved="canary"))
        gathered.actions.add(action(mine, met))
        gathered.landings.add(Landing(who, 0, where, 1, NOW, "canary"))
        gathered.put_partnering(Partnering(who, where, TODAY, (whom,)))
        gathered.put_partnering(Partnering(whom, where, TODAY, (who, where)))
        question = gathered.askings.add(asking(who))
        gathered.asked.add(Asked(whom, 0, who, question.number, where, NOW))
        gathered.asked.add(Asked(who, 0, whom, 1, where, NOW))

    do(store, work)
