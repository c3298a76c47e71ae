"""The small pieces that every card is made of: buttons, titles, days. Pure; knows no platform."""

from datetime import date, datetime

from bot import dates
from bot.message import Button, Call, Style, When, shorten
from bot.model import Application, NudgeKind, Seeker, Stage

STAGES = {
    Stage.APPLIED: "Applied",
    Stage.REPLIED: "They replied",
    Stage.INTERVIEW: "Interviewing",
    Stage.OFFER: "Offer",
    Stage.ACCEPTED: "Accepted",
    Stage.REJECTED: "They said no",
    Stage.WITHDRAWN: "Withdrawn",
    Stage.QUIET: "Closed, no answer",
}


NUDGES = {
    NudgeKind.FOLLOW_UP: "Follow-up",
    NudgeKind.BRIEF: "Interview brief",
    NudgeKind.DEBRIEF: "Debrief",
    NudgeKind.THANKS: "Interview follow-up",
    NudgeKind.HEARD: "Heard anything?",
    NudgeKind.QUIET: "Gone quiet?",
    NudgeKind.REVIEW: "Weekly review",
    NudgeKind.REPORT: "For your club",
    NudgeKind.ACTION: "You said you would",
    NudgeKind.PARTNERS: "Your partner",
    NudgeKind.REST: "Shall your club rest?",
    NudgeKind.LOST: "Your club’s channel",
    NudgeKind.REMOVED: "Your club",
    NudgeKind.ASKED: "Somebody asks for a word",
    NudgeKind.UNANSWERED: "Your question for a word",
    NudgeKind.GRATITUDE: "A thank-you",
    NudgeKind.CONTACT: "An introduction",
    NudgeKind.OPENING: "Your club’s first post",
    NudgeKind.NOTICE: "Club meeting",
    NudgeKind.MEETING: "Club meeting",
    NudgeKind.MENDING: "Club meeting",
    NudgeKind.LANDED: "Good news",
    NudgeKind.INTRODUCTION: "An introduction",
}


def button(
    label: str, name: str, style: Style = Style.PLAIN, about: str = "", /, **answers: str
) -> Button:
    """A button that calls `job NAME` with these answers; `about` is for screen readers."""
    return Button(shorten(label, 75), Call(f"job {name}", answers), style, shorten(about, 75))


def title(words: str) -> str:
    """A title that fits, whatever a person called their application."""
    return shorten(words, 150)


def when(at: datetime, seeker: Seeker) -> When:
    """An instant for this person."""
    return When(at, seeker.zone)


def day(value: date, today: date) -> str:
    """A day as people say it."""
    return dates.say_day(value, today)


def of(application: Application) -> dict[str, str]:
    """The answer that names an application in a button."""
    return {"application": str(application.number)}


def ago(then: date, today: date) -> str:
    """How long ago a day was, in words."""
    days = (today - then).days
    if days <= 0:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"
