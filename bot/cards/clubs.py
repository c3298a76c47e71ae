"""What a club's channel reads between meetings, and what comes back to a member. Pure."""

from collections.abc import Sequence

from bot.clubs.calendar import meeting_at
from bot.clubs.policy import rhythm
from bot.clubs.records import Action, Club, Landing, Meeting
from bot.message import (
    Block,
    Bold,
    Button,
    Buttons,
    Call,
    Facts,
    Message,
    Style,
    When,
    shorten,
    text,
)
from bot.model import Weekday

# How a club is joined where it has a channel.
JOIN = "/club join"
CONFIDENTIAL = "What is said here stays here."


def opening_message(club: Club, join: str = JOIN) -> Message:
    """The first post of a club: when it meets, who set it up, and how to join.

    `join` is the command as it is typed there.
    """
    day = list(Weekday)[club.weekday].value.capitalize()
    by = f"Set up by {club.posted_by}. " if club.posted_by else ""
    blocks = (
        text(
            "We meet each week, go round, and help each other on: what moved, one ask, what next."
        ),
        Facts(
            (
                ("Meets", (f"{day}s at {club.at:%H:%M} ({club.zone}), {club.minutes} minutes",)),
                ("To join", (f"Type {join} here, each for yourself. Leave whenever you like.",)),
            )
        ),
        text(f"{by}{CONFIDENTIAL}", small=True),
    )
    return Message(shorten(f"{club.name}: a job-search club, here", 150), blocks, private=False)


def notice_message(club: Club, meeting: Meeting) -> Message:
    """That the next meeting is at another time than always, or that there is none."""
    at = When(meeting.starts_at, club.zone)
    said = text("There is none on ", at, ".") if meeting.cancelled else text("It is on ", at, ".")
    by = (text(f"Set up by {club.posted_by}.", small=True),) if club.posted_by else ()
    moved = meeting.starts_at != meeting_at(rhythm(club), meeting.intended_on)
    heading = "the meeting is moved" if moved else "the meeting takes place"
    heading = "the meeting is off" if meeting.cancelled else heading
    return Message(shorten(f"{club.name}: {heading}", 150), (said, *by), private=False)


def landed_message(club: Club, name: str, landing: Landing, thanked: Sequence[str]) -> Message:
    """That somebody found work: their words, and whom they thank; nothing else of them.

    `thanked` are helpers who agreed to be named.
    """
    at = f" at {shorten(landing.employer, 60)}" if landing.employer else ""
    blocks: list[Block] = []
    if landing.words.strip():
        blocks.append(text(shorten(landing.words, 600)))
    if thanked:
        blocks.append(text(f"Thank you for a word: {_and(thanked)}."))
    blocks.append(text(f"From {club.name}: congratulations, {name}!"))
    return Message(shorten(f"{name} has found a job{at}", 150), tuple(blocks), private=False)


def shown_first(message: Message) -> list[Block]:
    """A post word for word, for whoever decides about it."""
    return [text(Bold(message.title)), *message.blocks]


def action_part(action: Action, club: Club | None = None) -> tuple[str, list[Block]]:
    """What a member said they would do, back with them: its heading and its blocks.

    `club` is where they said it, if it was not for themselves alone.
    """
    number = str(action.number)
    row = (
        Button("Done", Call("club done", {"number": number}), Style.PRIMARY),
        Button("In a week", Call("club later", {"number": number})),
        Button("Let it go", Call("club done", {"number": number, "gone": "yes"})),
    )
    said = shorten(action.words, 600)
    heading = "You said you would" + (f" ({club.name})" if club else "")
    return heading, [text(said), Buttons(row)]


def taken_back(club: Club) -> Message:
    """What stands in place of a post whose owner has left, or has taken it back."""
    words = "What stood here was taken back by whoever shared it."
    return Message(shorten(club.name, 150), (text(words, small=True),), private=False)


def post_is_over(club: Club) -> Message:
    """What stands in place of a word about a meeting that has had its time."""
    words = "This was about a meeting that is over."
    return Message(shorten(club.name, 150), (text(words, small=True),), private=False)


def _and(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
