"""What members said comes next, as action items of theirs. Knows the records, and no storage."""

from collections.abc import Sequence
from dataclasses import replace

from bot.clubs.keeping import Clubs
from bot.clubs.policy import action_due
from bot.clubs.records import Action, Club, Meeting, Report


def promise(clubs: Clubs, club: Club, meeting: Meeting, reports: Sequence[Report]) -> None:
    """Make what these reports say comes next action items of their owners.

    Does nothing to one that is done.
    """
    keep_to_reports(clubs, club, meeting)
    promised = {one.seeker_id for one in clubs.acted(club.seeker_id, meeting.number)}
    due = action_due(meeting, club)
    for report in reports:
        if report.next and report.seeker_id not in promised:
            action = Action(report.seeker_id, 0, club.seeker_id, meeting.number, report.next, due)
            clubs.actions.add(action)


def keep_to_reports(clubs: Clubs, club: Club, meeting: Meeting) -> None:
    """Take back the open action items of a meeting whose report is gone, or says nothing of it.

    What a report says otherwise than before is changed.
    """
    said = {one.seeker_id: one.next for one in clubs.reported(club.seeker_id, meeting.number)}
    for action in clubs.acted(club.seeker_id, meeting.number):
        words = said.get(action.seeker_id, "")
        if action.done_at is not None or words == action.words:
            continue
        if words:
            clubs.actions.save(replace(action, words=words))
        else:
            clubs.actions.remove(action)
