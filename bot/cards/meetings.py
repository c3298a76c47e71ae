"""What a club reads at its meeting, and each member before that. Pure; knows no platform.

A member's preview and the meeting's message are made of the same rows, so that nothing is shown to
others that its owner has not seen in the same words. Nobody is ranked: whoever shows numbers stands
where the go-round has put them.
"""

from collections.abc import Iterable, Mapping, Sequence

from bot.cards.clubs import CONFIDENTIAL
from bot.clubs.records import Club, Meeting, Member, Report
from bot.fit import fits
from bot.message import Block, Bold, Facts, Message, Span, Spans, Text, When, shorten, text

# Characters of one answer that a club sees: eight members with three answers each are what Discord
# shows in one message (4,000 characters). Where more people say more, each has fewer.
SHOWN = 110
SHORTER = (SHOWN, 80, 55, 35, 20)
# Minutes of a meeting that are nobody's turn: welcome, asks once more, goodbye.
TOGETHER = 10
# What the answers of a report are called.
MOVED, ASKS, NEXT = "Since last time", "Asks", "Next"


def report_rows(report: Report, shown: int = SHOWN) -> list[tuple[str, str]]:
    """What others see of a report, named; what was left out is not there.

    `shown` is how many characters of an answer.
    """
    answers = ((MOVED, report.moved), (ASKS, report.ask), (NEXT, report.next))
    rows = [(name, shorten(words, shown)) for name, words in answers if words.strip()]
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
    the order comes after it. `late` when the meeting has begun a while ago. Everybody has their
    turn in it: where there are too many words for one message each answer is shortened, then the
    chart shows what all are together, and at last there are the names alone.
    """
    for shown in SHORTER:
        for each in (True, False):
            message = _meeting(club, meeting, members, reports, late, shown, each=each)
            if fits(message):
                return message
    return _meeting(club, meeting, members, (), late, 0, each=False)


def _meeting(
    club: Club,
    meeting: Meeting,
    members: Sequence[Member],
    reports: Sequence[Report],
    late: bool,
    shown: int,
    *,
    each: bool,
) -> Message:
    """The message with `shown` characters of an answer, and each one's numbers or only the sum."""
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
            _lines(
                (f"{place}. ", *_spoken(names[one], theirs.get(one), shown))
                for place, one in enumerate(present, 1)
            ),
        ]
    if absent:
        blocks += [
            text(Bold("Not here today; whoever sits next reads it out")),
            _lines(_spoken(names[one], theirs[one], shown) for one in absent),
        ]
    asks = [(names[one], theirs[one].ask) for one in order if one in theirs and theirs[one].ask]
    if asks:
        said = ((Bold(name), f": {shorten(words, shown)}") for name, words in asks)
        blocks += [text(Bold("Who can help?")), _lines(said)]
    chart = [(names[one], theirs[one]) for one in order if one in theirs]
    blocks += wall_chart(chart, each=each)
    by = f" Set up by {club.posted_by}." if club.posted_by else ""
    blocks.append(text(f"{CONFIDENTIAL}{by}", small=True))
    return Message(shorten(f"{club.name}: today’s meeting", 150), tuple(blocks), private=False)


def wall_chart(shown: Sequence[tuple[str, Report]], *, each: bool = True) -> list[Block]:
    """The numbers that members chose to show, in the order given, and what they are together.

    Conversations with decision makers and follow-ups are results; applications are activity, and
    are counted nowhere (work teams chart the former: `docs/decisions.md`). Without `each`, what
    they are together stands alone.
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
        chart = [*(chart if each else ()), ("Together", (numbers_shown(whole),))]
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


def _lines(rows: Iterable[Spans]) -> Text:
    """One line each, in one piece: as many people as a club has are more than a list may have."""
    spans: list[Span] = []
    for row in rows:
        spans += ("\n", *row) if spans else row
    return text(*spans)


def _spoken(name: str, report: Report | None, shown: int) -> Spans:
    if report is None:
        return (Bold(name),)
    said = [shorten(report.moved, shown)] if report.moved.strip() else []
    said += [f"next: {shorten(report.next, shown)}"] if report.next.strip() else []
    return (Bold(name), f": {'; '.join(said)}") if said else (Bold(name),)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
