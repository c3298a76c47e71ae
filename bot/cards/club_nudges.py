"""What a club brings to one member in private, as the parts of a nudge. Pure; no platform."""

from bot.cards.meetings import preview
from bot.clubs.records import Club, Meeting, Member, Report
from bot.message import Block, Button, Buttons, Call, Style, When, text

Part = tuple[str, list[Block]]


def report_part(club: Club, member: Member, meeting: Meeting, draft: Report, zone: str) -> Part:
    """The three questions before a meeting, with what the member's own records say."""
    blocks: list[Block] = [
        text(
            f"{club.name} meets ",
            When(meeting.starts_at, zone),
            ". What moved since last time? What is your one ask? What next?",
        )
    ]
    if draft.moved:
        blocks += [
            text("From your own records, for you alone; it would read:"),
            preview(draft, member),
        ]
    blocks.append(text("The club sees nothing until you have seen it, and said so.", small=True))
    answer = _call("report", club, change="yes")
    away = _call("report", club, absent="yes", change="yes")
    blocks.append(
        Buttons((Button("Answer", answer, Style.PRIMARY), Button("I will be away", away)))
    )
    return f"For {club.name}", blocks


def rest_part(club: Club) -> Part:
    """Whether a club that nobody has reported to for weeks shall rest."""
    return f"Shall {club.name} rest?", [
        text(
            "Nobody has reported for three weeks. A club that rests posts nothing and asks nobody; "
            "you wake it whenever you like. I ask this once."
        ),
        Buttons(
            (
                Button("Let it rest", _call("settings", club, rest="yes")),
                Button("It goes on", _call("settings", club, kept="yes")),
            )
        ),
    ]


def lost_part(club: Club) -> Part:
    """That a club's channel is gone."""
    return f"I cannot post for {club.name}", [
        text(
            "Its channel was archived or deleted, or I am not in it any more. The club rests now, "
            "and nobody is asked for a report. Once I am in a channel of yours again, say there "
            "that the club meets in it: the settings of the club have “here” for that."
        ),
        Buttons((Button("Settings", _call("settings", club), Style.PRIMARY),)),
    ]


def removed_part(club: Club) -> Part:
    """That somebody has been taken out of a club, for them alone."""
    return f"You are not in {club.name} any more", [
        text(
            "Whoever organizes it took you out, and what you shared there is gone. What you noted "
            "for yourself is still here."
        )
    ]


def _call(word: str, club: Club, **answers: str) -> Call:
    return Call(f"club {word}", {"club": str(club.seeker_id), **answers})
