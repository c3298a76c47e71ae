"""What a club sees, and what its members are asked before that. Pure; knows no platform.

A member's preview and the meeting's message are made of the same rows, so that nothing is shown to
others that its owner has not seen in the same words. Nobody is ranked: whoever shows numbers stands
where the go-round has put them.
"""

from collections.abc import Mapping, Sequence

from bot.clubs.records import Action, Club, Landing, Meeting, Member, Report
from bot.message import (
    Block,
    Bold,
    Button,
    Buttons,
    Call,
    Facts,
    Item,
    Items,
    Message,
    Spans,
    Style,
    Text,
    When,
    shorten,
    text,
)
from bot.model import Weekday

# Characters of one answer that a club sees: eight members with three answers each are what Discord
# shows in one message (4,000 characters).
SHOWN = 110
# Minutes of a meeting that are nobody's turn: welcome, asks once more, goodbye.
TOGETHER = 10
# What the answers of a report are called.
MOVED, ASKS, NEXT = "Since last time", "Asks", "Next"
# How a club is joined where it has a channel.
JOIN = "/club join"
CONFIDENTIAL = "What is said here stays here."


def report_rows(report: Report) -> list[tuple[str, str]]:
    """What others see of a report, named; what was left out is not there."""
    answers = ((MOVED, report.moved), (ASKS, report.ask), (NEXT, report.next))
    rows = [(name, shorten(words, SHOWN)) for name, words in answers if words.strip()]
    if numbers := numbers_shown(report):
        rows.append(("Shows", numbers))
    return rows


def numbers_shown(report: Report) -> str:
    """The numbers that a member chose to show, in words; "" for none."""
    return ", ".join(
        _counted(count, *words)
        for count, words in (
            (report.conversations, ("conversation", "conversations")),
            (report.followups, ("follow-up", "follow-ups")),
        )
        if count is not None
    )


def preview(report: Report, member: Member) -> Block:
    """A report as its club will see it, row by row, for its owner alone."""
    rows: list[tuple[str, Spans]] = [("Your name", (member.name,))]
    rows += [(name, (words,)) for name, words in report_rows(report)]
    if report.absent:
        rows.append(("And", ("You cannot be there; somebody reads this out.",)))
    return Facts(tuple(rows))


def meeting_message(
    club: Club,
    meeting: Meeting,
    members: Sequence[Member],
    reports: Sequence[Report],
    *,
    late: bool = False,
) -> Message:
    """The one message of a meeting: go-round, timekeeper, asks, and the wall chart.

    `meeting.order` and `meeting.timekeeper` say whose turn it is; who is in `members` and not in
    the order comes after it. `late` when the meeting has begun a while ago.
    """
    names = {member.seeker_id: member.name for member in members}
    theirs = {report.seeker_id: report for report in reports if report.seeker_id in names}
    order = [one for one in meeting.order if one in names]
    order += [member.seeker_id for member in members if member.seeker_id not in order]
    absent = [one for one in order if one in theirs and theirs[one].absent]
    present = [one for one in order if one not in absent]
    blocks: list[Block] = [text("This comes late; I could not post it before.")] if late else []
    blocks.append(_opening(club, meeting, names, len(present)))
    if present:
        blocks += [
            text(Bold("Go-round")),
            Items(
                tuple(_turn(place, names[one], theirs.get(one)) for place, one in _from_1(present))
            ),
        ]
    if absent:
        blocks += [
            text(Bold("Not here today; whoever sits next reads it out")),
            Items(tuple(_spoken(names[one], theirs[one]) for one in absent)),
        ]
    asks = [(names[one], theirs[one].ask) for one in order if one in theirs and theirs[one].ask]
    if asks:
        rows = [Item((Bold(name), f": {shorten(words, SHOWN)}")) for name, words in asks]
        blocks += [text(Bold("Who can help?")), Items(tuple(rows))]
    blocks += wall_chart([(names[one], theirs[one]) for one in order if one in theirs])
    by = f" Set up by {club.posted_by}." if club.posted_by else ""
    blocks.append(text(f"{CONFIDENTIAL}{by}", small=True))
    return Message(shorten(f"{club.name}: today’s meeting", 150), tuple(blocks), private=False)


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
    heading = "the meeting is off" if meeting.cancelled else "the meeting is moved"
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


def action_part(action: Action, club: Club) -> tuple[str, list[Block]]:
    """What a member said they would do, back with them: its heading and its blocks."""
    number = str(action.number)
    row = (
        Button("Done", Call("club done", {"number": number}), Style.PRIMARY),
        Button("In a week", Call("club later", {"number": number})),
        Button("Let it go", Call("club done", {"number": number, "gone": "yes"})),
    )
    said = shorten(action.words, 600)
    return f"You said you would ({club.name})", [text(said), Buttons(row)]


def taken_back(club: Club) -> Message:
    """What stands in place of a post whose owner has left, or has taken it back."""
    words = "What stood here was taken back by whoever shared it."
    return Message(shorten(club.name, 150), (text(words, small=True),), private=False)


def post_is_over(club: Club) -> Message:
    """What stands in place of a word about a meeting that has had its time."""
    words = "This was about a meeting that is over."
    return Message(shorten(club.name, 150), (text(words, small=True),), private=False)


def wall_chart(shown: Sequence[tuple[str, Report]]) -> list[Block]:
    """The numbers that members chose to show, in the order given, and what they are together.

    Conversations with decision makers and follow-ups are results; applications are activity, and
    are counted nowhere (work teams chart the former: `docs/decisions.md`).
    """
    rows = [(name, numbers_shown(report)) for name, report in shown if numbers_shown(report)]
    if not rows:
        return []
    chart: list[tuple[str, Spans]] = [(name, (words,)) for name, words in rows]
    if len(rows) > 1:
        whole = Report(
            0, 0, 0, 0, shown[0][1].written_at,
            conversations=_sum([report.conversations for _, report in shown]),
            followups=_sum([report.followups for _, report in shown]),
        )  # fmt: skip
        chart.append(("Together", (numbers_shown(whole),)))
    return [
        text(Bold("Wall chart: talks with people who decide, and follow-ups")),
        Facts(tuple(chart)),
    ]


def minutes_each(club: Club, present: int) -> int:
    """How many minutes each has for their turn, at least two."""
    return max(2, (club.minutes - TOGETHER) // max(1, present))


def _opening(club: Club, meeting: Meeting, names: Mapping[int, str], present: int) -> Text:
    each = minutes_each(club, present)
    turn = f" Each: what moved, one ask, what next; about {each} minutes." if present else ""
    keeper = names.get(meeting.timekeeper, "")
    keeps = f" {keeper} keeps time, and says when a minute is left." if keeper else ""
    return text(When(meeting.starts_at, club.zone), f", {club.minutes} minutes.{turn}{keeps}")


def _turn(place: int, name: str, report: Report | None) -> Item:
    item = _spoken(name, report)
    return Item((f"{place}. ", *item.spans))


def _spoken(name: str, report: Report | None) -> Item:
    if report is None:
        return Item((Bold(name),))
    rows = dict(report_rows(report))
    said = [rows[MOVED]] if MOVED in rows else []
    said += [f"next: {rows[NEXT]}"] if NEXT in rows else []
    return Item((Bold(name), f": {'; '.join(said)}")) if said else Item((Bold(name),))


def _from_1(members: Sequence[int]) -> list[tuple[int, int]]:
    return list(enumerate(members, 1))


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _and(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
