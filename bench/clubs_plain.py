"""What a meeting leaves behind, written in plain statements: one transaction a club, no reading."""

from datetime import timedelta
from time import perf_counter

from sqlalchemy import bindparam, update

from bench.clubs_people import ASKED, BACK, OVER, Town, a_report, sent, starts_at
from bench.laps import Times
from bot.clubs.records import Action, Meeting, Partnering
from bot.model import NudgeKind
from storage.engine import begin, connect
from storage.models import counters, nudges
from storage.shapes import ACTIONS, MEETINGS, NUDGES, PARTNERINGS

_COUNT = (
    update(counters)
    .where(counters.c.seeker_id == bindparam("whose"), counters.c.kind == bindparam("of_kind"))
    .values(last=counters.c.last + 1)
)
_SETTLE = update(nudges).where(nudges.c.key == bindparam("of_key")).values(why="delivered")


def write(url: str, town: Town, week: int) -> Times:
    """The rows of one meeting of each club, of a week that has none; how long it took.

    The meeting itself with its order, the next one, what each member said, their partners, the
    nudges about all that, and the numbers that were given.
    """
    engine = connect(url, 1)
    number, at = town.weeks + week, starts_at(week)
    began = perf_counter()
    with engine.connect() as connection:
        for club, theirs in town:
            before = Meeting(club, number - 1, (at - timedelta(days=7)).date(), at, False,
                             tuple(theirs), theirs[0], at, "reference")  # fmt: skip
            coming = Meeting(club, number, at.date(), at)
            said = [
                Action(i, number, club, number, a_report(club, i, number, at).next, at.date())
                for i in theirs
            ]
            paired = [Partnering(i, club, at.date(), (theirs[0],)) for i in theirs]
            planned = [sent(club, NudgeKind.MEETING, f"meeting:{club}.{number}", at)]
            for i in theirs:
                planned += [
                    sent(i, NudgeKind.REPORT, f"report:{club}.{number}", at + ASKED),
                    sent(i, NudgeKind.ACTION, f"action:{club}.{number}", at + BACK),
                    sent(i, NudgeKind.PARTNERS, f"partners:{club}.{number}", at + OVER),
                ]
            given = [{"whose": club, "of_kind": "meetings"}]
            given += [{"whose": i, "of_kind": "actions"} for i in theirs]
            with begin(connection):
                connection.execute(MEETINGS.update, MEETINGS.changed_row(before))
                connection.execute(MEETINGS.insert, MEETINGS.row(coming))
                connection.execute(ACTIONS.insert, [ACTIONS.row(one) for one in said])
                connection.execute(PARTNERINGS.insert, [PARTNERINGS.row(one) for one in paired])
                connection.execute(NUDGES.insert, [NUDGES.row(one, "id") for one in planned])
                connection.execute(_COUNT, given)
                connection.execute(_SETTLE, {"of_key": planned[0].key})
    took = perf_counter() - began
    engine.dispose()
    return Times(took, town.clubs)
