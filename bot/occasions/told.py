"""Which rule says what for each kind of a club's nudge: the one table of them. Decides nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.cards.nudges import Part
from bot.delivery import Outcome, Sent
from bot.model import Case, Nudge, NudgeKind, Seeker
from bot.occasions import landed, leads, meetings, partners
from bot.occasions.mending import mend_if_changed, mending
from bot.occasions.post import REPEATED, Post
from bot.occasions.removal import removed
from bot.ports import Unit

Telling = Callable[[Unit, Seeker, Nudge, datetime], Part | str]
Posting = Callable[[Unit, Nudge, datetime], Post | str | datetime]
Concluding = Callable[[Unit, Nudge, Outcome, datetime], None]

_TOLD: Mapping[NudgeKind, Telling] = {
    NudgeKind.ACTION: meetings.action,
    NudgeKind.REST: meetings.rest,
    NudgeKind.LOST: meetings.lost,
    NudgeKind.REMOVED: removed,
    NudgeKind.PARTNERS: partners.partners,
    NudgeKind.ASKED: leads.asked,
    NudgeKind.UNANSWERED: leads.unanswered,
    NudgeKind.GRATITUDE: leads.gratitude,
    NudgeKind.CONTACT: leads.contact,
    # What never came about is told to whoever waits for it.
    NudgeKind.INTRODUCTION: leads.contact,
}
_POSTS: Mapping[NudgeKind, tuple[Posting, Concluding]] = {
    NudgeKind.OPENING: (meetings.opening, meetings.answered),
    NudgeKind.NOTICE: (meetings.notice, meetings.answered),
    NudgeKind.MEETING: (meetings.meeting, meetings.answered),
    NudgeKind.MENDING: (mending, meetings.answered),
    NudgeKind.LANDED: (landed.landed, meetings.answered),
    NudgeKind.INTRODUCTION: (leads.introduction, leads.introduced),
}


def told(
    unit: Unit,
    seeker: Seeker,
    nudge: Nudge,
    now: datetime,
    everything: Sequence[Case] | None = None,
) -> Part | str:
    """What a private nudge of a club says now, or the reason why it is no longer wanted.

    `everything` is all their applications, where they were read already.
    """
    if nudge.kind is NudgeKind.REPORT:
        return meetings.report(unit, seeker, nudge, now, everything)
    return _TOLD[nudge.kind](unit, seeker, nudge, now)


def post(unit: Unit, nudge: Nudge, now: datetime) -> Post | str | datetime:
    """What a nudge posts, the reason why it is no longer wanted, or the instant to look again.

    It may hold its club and write, so it needs a transaction of its own.
    """
    found = _POSTS[nudge.kind][0](unit, nudge, now)
    if not isinstance(found, Post) or found.mends or not nudge.in_doubt:
        return found
    message = replace(found.message, blocks=(REPEATED, *found.message.blocks))
    return replace(found, message=message)


def concluded(unit: Unit, nudge: Nudge, posted: Post, outcome: Outcome, now: datetime) -> None:
    """Keep what follows from the platform's answer to a post.

    It comes before the nudge is settled, and perhaps twice; so a post that was answered, and not
    settled, is known as posted when it is tried again. What was changed or taken back while it was
    on its way is changed in it as well.
    """
    _POSTS[nudge.kind][1](unit, nudge, outcome, now)
    if isinstance(outcome, Sent) and nudge.kind is not NudgeKind.INTRODUCTION:
        mend_if_changed(unit, nudge, posted.message, now)
