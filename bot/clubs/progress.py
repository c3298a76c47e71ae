"""What moved in somebody's search since their club last met, from their own records. Pure.

Employers are named only on request: who applied where is nobody else's to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Case


@dataclass(frozen=True, slots=True)
class Progress:
    """Follow-ups sent, conversations held and answers had, each with its employer, in order."""

    followups: tuple[str, ...]
    conversations: tuple[str, ...]
    answers: tuple[str, ...]

    def words(self, *, names: bool) -> str:
        """The same in one line; "" when nothing moved."""
        parts = (
            (self.conversations, "interview", "interviews", "with"),
            (self.answers, "answer", "answers", "from"),
            (self.followups, "follow-up sent", "follow-ups sent", "to"),
        )
        return ", ".join(
            f"{len(who)} {one if len(who) == 1 else many}"
            + (f" ({link} {', '.join(dict.fromkeys(who))})" if names else "")
            for who, one, many, link in parts
            if who
        )


def progress(cases: Sequence[Case], since: datetime, now: datetime) -> Progress:
    """What moved after `since` and until `now`. An interview counts once it has begun."""
    followups, conversations, answers = [], [], []
    for case in cases:
        employer = case.application.employer
        followups += [employer for f in case.sent if f.sent_at and since < f.sent_at <= now]
        conversations += [
            employer
            for interview in case.interviews
            if since < interview.starts_at <= now and not (interview.cancelled or interview.missed)
        ]
        answers += [
            employer
            for reply in case.replies
            if reply.what.from_them and since < reply.logged_at <= now
        ]
    return Progress(tuple(followups), tuple(conversations), tuple(answers))
