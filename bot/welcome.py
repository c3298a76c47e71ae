"""The first words with a person: who can see what, before anything is written down. Pure.

A platform whose rooms belong to somebody gives the desk its `Notice`; where there is none, as in a
terminal of one's own, people begin at once.
"""

from dataclasses import dataclass

from bot.message import Block, Bold, Button, Buttons, Call, Message, Style, text
from bot.model import Seeker

BEGIN = "job begin"
# What people may do before they have begun: none of it writes anything down about their search.
FREE = frozenset({"job help", "job forget", "job export", "job board", BEGIN})


@dataclass(frozen=True)
class Notice:
    """What a platform's people have to know first, in that platform's words.

    `words` say in two sentences who else may see what. `question` asks whether the place belongs
    to an employer; it may be empty where that cannot be. `closed` says how to mend it when private
    messages do not arrive.
    """

    words: str
    question: str
    closed: str


def begun(seeker: Seeker, notice: Notice | None) -> bool:
    """Whether this person has read what there was to read."""
    return notice is None or seeker.began_at is not None


def ask(notice: Notice, then: int = 0) -> Message:
    """The notice with its question; `then` is the stashed call that goes on after the answer."""
    call = Call(BEGIN, {"then": str(then)}) if then else Call(BEGIN)
    row = [
        Button("Yes, or not sure", call.plus(employer="yes")),
        Button("No", call.plus(employer="no")),
    ]
    blocks: list[Block] = [text(notice.words)]
    if notice.question:
        blocks.append(text(Bold(notice.question), " If so, my messages name nobody."))
    else:
        row = [Button("Begin", call.plus(employer="no"), Style.PRIMARY)]
    if then:
        blocks.append(text("Then I go on with what you just said."))
    return Message("Before the first entry", (*blocks, Buttons(tuple(row))))


def answered(seeker: Seeker) -> str:
    """What follows from the answer, in one sentence."""
    if seeker.discreet:
        return "My messages will name nobody until you open them; “settings” changes that."
    return "My messages will bring the finished letter; “settings” changes that."


def greeting() -> Message:
    """The first private message, which shows where the others will come. It names nothing."""
    words = "Nothing to do now. What I have for you will arrive here, at the right moment."
    return Message("This is where I will write to you", (text(words),))


def unreached(notice: Notice) -> Message:
    """What is said when the greeting could not be delivered."""
    shown = text("Until then, whatever is due is shown at your next command.")
    return Message("I could not write to you", (text(notice.closed), shown))
