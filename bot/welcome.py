"""The first words with a person: who can see what, before anything is written down. Pure.

A platform whose rooms belong to somebody gives the desk its `Notice`; where there is none, as in a
terminal of one's own, people begin at once.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.message import Block, Bold, Button, Buttons, Call, Message, Style, text
from bot.model import Seeker

BEGIN = "job begin"
# Where somebody is counted to be as long as nobody knows better.
NOWHERE = "UTC"
# What people may do before they have begun: none of it writes anything down about their search.
FREE = frozenset({"job help", "job forget", "job export", "job board", BEGIN})


@dataclass(frozen=True)
class Notice:
    """What a platform's people have to know first, in that platform's words.

    `words` say in two sentences who else may see what. `question` asks whether the place belongs
    to an employer; it may be empty where that cannot be. `closed` says how to mend it when private
    messages do not arrive. `zoneless` where the platform knows nobody's time zone: then people are
    asked for theirs, once, and what they seem to have is shown as the guess that it is.
    """

    words: str
    question: str
    closed: str
    zoneless: bool = False


def begun(seeker: Seeker, notice: Notice | None) -> bool:
    """Whether this person has read what there was to read."""
    return notice is None or seeker.began_at is not None


def ask(notice: Notice, seeker: Seeker, now: datetime, then: int = 0) -> Message:
    """The notice with its question; `then` is the stashed call that goes on after the answer."""
    call = Call(BEGIN, {"then": str(then)}) if then else Call(BEGIN)
    blocks: list[Block] = [text(notice.words)]
    if notice.question:
        blocks.append(text(Bold(notice.question), " If so, my messages name nobody."))
        row = [
            Button("Yes, or not sure", call.plus(employer="yes")),
            Button("No", call.plus(employer="no")),
        ]
    elif notice.zoneless:
        question, row = _ask_zone(call.plus(employer="no"), seeker, now)
        blocks.append(question)
    else:
        row = [Button("Begin", call.plus(employer="no"), Style.PRIMARY)]
    if then:
        blocks.append(text("Then I go on with what you just said."))
    return Message("Before the first entry", (*blocks, Buttons(tuple(row))))


def _ask_zone(call: Call, seeker: Seeker, now: datetime) -> tuple[Block, list[Button]]:
    """The question for the time zone, which a guess answers with one tap."""
    other = call.plus(ask="yes")
    if seeker.zone == NOWHERE:
        question = text(Bold("Which time zone are you in?"), " So that nothing arrives at night.")
        return question, [Button("Choose my time zone", other, Style.PRIMARY)]
    there = f"{now.astimezone(seeker.tz):%H:%M}"
    city = seeker.zone.rpartition("/")[2].replace("_", " ")
    question = text(
        Bold(f"Is it {there} where you are?"),
        f" From your language I guess {city}; the right zone keeps messages out of your night.",
    )
    return question, [
        Button("Yes, begin", call.plus(zone=seeker.zone), Style.PRIMARY),
        Button("Another time zone", other),
    ]


def answered(seeker: Seeker, settings: str = "“settings”") -> str:
    """What follows from the answer, in a sentence or two; `settings` is typed to change it."""
    if seeker.discreet:
        return f"My messages will name nobody until you open them; {settings} changes that."
    return (
        "My messages will bring the finished letter, with names. If others see your screen: "
        f"{settings} has a discreet mode."
    )


def greeting() -> Message:
    """The first private message, which shows where the others will come. It names nothing."""
    words = "Nothing to do now. What I have for you will arrive here, at the right moment."
    return Message("This is where I will write to you", (text(words),))


def unreached(notice: Notice) -> Message:
    """What is said when the greeting could not be delivered."""
    shown = text("Until then, whatever is due is shown at your next command.")
    return Message("I could not write to you", (text(notice.closed), shown))
