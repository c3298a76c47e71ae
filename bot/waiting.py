"""What was sent to a person and still waits for them: as a list, and the message drawn anew."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.cards.nudges import Part, digest
from bot.context import Context
from bot.leads import warm
from bot.message import (
    Block,
    Bold,
    Button,
    Buttons,
    Call,
    File,
    Message,
    Picture,
    Quote,
    Style,
    text,
)
from bot.model import Case, Nudge, NudgeKind, NudgeState
from bot.occasions.told import told
from bot.policy import key_of
from bot.retention import is_warning

# The states of what has come, or would have come if it could be delivered.
CAME = (NudgeState.SENT, NudgeState.SHOWN, NudgeState.UNDELIVERED)


def open_questions(ctx: Context, nudges: Sequence[Nudge]) -> list[tuple[Nudge, Case]]:
    """Of these nudges what was sent and still waits for an answer."""
    sent = [n for n in nudges if n.state in (NudgeState.SENT, NudgeState.SHOWN) and n.application]
    # A brief asks nothing.
    sent = [n for n in sent if n.kind is not NudgeKind.BRIEF]
    cases = ctx.cases({n.application for n in sent})
    found = []
    for nudge in sent:
        case = cases.get(nudge.application)
        if case and any(key_of(ctx.seeker, w.name) == nudge.key for w in ctx.wanted(case)):
            found.append((nudge, case))
    return found


def ahead(ctx: Context, case: Case, nudges: Sequence[Nudge]) -> list[Nudge]:
    """Of these nudges about an application what is planned, and what came and still waits."""
    names = {key_of(ctx.seeker, want.name) for want in ctx.wanted(case)}
    mine = [n for n in nudges if n.application == case.application.number]
    return [
        n
        for n in mine
        if n.state is NudgeState.PLANNED
        or (n.state in CAME and n.kind is not NudgeKind.BRIEF and n.key in names)
    ]


def _left(
    ctx: Context, mine: Sequence[Nudge], said: Mapping[int, Part]
) -> list[tuple[Nudge, Case | None]]:
    """What a message still has to say: its open questions, the review, a brief until it is time.

    `said` is what a club's nudges still say.
    """
    asked = {nudge.id: case for nudge, case in open_questions(ctx, mine)}
    briefs = {n.application for n in mine if n.kind is NudgeKind.BRIEF}
    cases = ctx.cases(briefs) if briefs else {}
    found: list[tuple[Nudge, Case | None]] = []
    for nudge in mine:
        case = cases.get(nudge.application)
        interview = case.interview(nudge.interview) if case else None
        ahead = interview and not interview.cancelled and interview.starts_at > ctx.now
        if is_warning(nudge):
            continue
        if nudge.id in said:
            found.append((nudge, None))
        elif nudge.id in asked:
            found.append((nudge, asked[nudge.id]))
        elif nudge.kind is NudgeKind.REVIEW or (nudge.kind is NudgeKind.BRIEF and ahead):
            found.append((nudge, case))
    return found


def redrawn(ctx: Context, ref: str, answer: Message) -> Message | None:
    """The message of that reference as it is after the answer: what was done, then what is open.

    What waits no longer goes, buttons and all; taking the answer back brings it again. None when
    no nudge was sent under the reference.
    """
    mine = [n for n in ctx.unit.nudges.of(ctx.seeker.id) if n.message_ref == ref]
    if not mine:
        return None
    said_by_club: dict[int, Part] = {}
    for nudge in mine:
        if nudge.kind.of_club and not nudge.kind.posted:
            part = told(ctx.unit, ctx.seeker, nudge, ctx.now)
            if not isinstance(part, str):
                said_by_club[nudge.id] = part
    pairs = _left(ctx, mine, said_by_club)
    followed = [case for nudge, case in pairs if case and nudge.kind is NudgeKind.FOLLOW_UP]
    tied = warm(ctx.unit, ctx.seeker.id, followed, ctx.today) if followed else set()
    said = [block for block in answer.blocks if not isinstance(block, File | Picture)]
    done: list[Block] = [text("Done.")]
    if not ctx.seeker.discreet:
        done = [text(Bold(answer.title)), *said]
    if not pairs:
        title = "A note for you" if ctx.seeker.discreet else answer.title
        return Message(title, tuple(done if ctx.seeker.discreet else done[1:]))
    # Not late and not in doubt: the person is looking at it.
    fresh = [(replace(nudge, due_at=ctx.now), case) for nudge, case in pairs]
    everything: tuple[Case, ...] = ()
    if any(case is None and nudge.id not in said_by_club for nudge, case in fresh):
        numbers = {a.number for a in ctx.application_choices()}
        everything = tuple(ctx.cases(numbers).values())
    rest = digest(ctx.seeker, fresh, everything, ctx.letters, ctx.now, told=said_by_club, warm=tied)
    place = _same_letter(rest, answer)
    if place is not None:
        # What is said about a letter stands above it; the letter itself stands there once.
        said = [b for b in said if not isinstance(b, Buttons) and b not in rest.blocks]
        return replace(rest, blocks=(*rest.blocks[:place], *said, *rest.blocks[place:]))
    used = {button.call for button in answer.buttons}
    if any(button.call in used for button in rest.buttons):
        done = [block for block in done if not isinstance(block, Buttons)]
    return replace(rest, blocks=(*done, *rest.blocks))


def _same_letter(rest: Message, answer: Message) -> int | None:
    """Where among the open parts a letter stands that the answer shows as well; None if nowhere."""
    letters = {block.text for block in answer.blocks if isinstance(block, Quote)}
    calls = {button.call for button in answer.buttons}

    def settles(place: int) -> bool:
        """Whether the buttons below are those of the answer: letters may be the same."""
        below = next((b for b in rest.blocks[place:] if isinstance(b, Buttons)), Buttons(()))
        return any(button.call in calls for button in below.buttons)

    places = [
        place
        for place, block in enumerate(rest.blocks)
        if isinstance(block, Quote) and block.text in letters
    ]
    return next((p for p in places if settles(p)), places[0] if places else None)


def with_waiting(ctx: Context, call: Call, answer: Message) -> Message:
    """Law 6: what could not be delivered is shown at the next command."""
    if call.name == "job today":
        return answer
    standing = ctx.unit.nudges.standing(ctx.seeker.id)
    waiting = [nudge for nudge in standing if nudge.state is NudgeState.UNDELIVERED]
    if not waiting:
        return answer
    count = "One message" if len(waiting) == 1 else f"{len(waiting)} messages"
    show = Button("Show what I missed", Call("job today"), Style.PRIMARY)
    if any(button.call == show.call for button in answer.buttons):
        return answer.and_then(text(f"{count} could not reach you: {ctx.named('today')} has them."))
    return answer.and_then(text(f"{count} could not reach you."), Buttons((show,)))
