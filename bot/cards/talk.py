"""What is said where nothing can be done: to a greeting, to thanks, and with nothing logged yet.

Pure; knows no platform.
"""

import re

from bot.cards.parts import button
from bot.message import Buttons, Message, Style, text

_FIRST = button("Log an application", "applied", Style.PRIMARY)
_GREETINGS = r"hello|hi|hey|hiya|good (?:morning|afternoon|evening)"
_THANKS = r"thanks|thank you|thx|cheers"
_ENOUGH = r"stop|unsubscribe|leave me alone|go away"


def small_talk(said: str, prefix: str) -> Message | None:
    """The answer to a line that begins so, whatever follows; None for any other.

    `prefix` is what people type before a command's word, such as "/job ".
    """
    for words, title, blocks in (
        (
            _GREETINGS,
            "Hello",
            (
                text(f"Tell me what you sent, such as “{prefix}applied SRE at Acme”."),
                Buttons((_FIRST, button("Help", "help"))),
            ),
        ),
        (_THANKS, "Gladly.", ()),
        (
            _ENOUGH,
            "Too much?",
            (
                text("Pause, and nothing comes until you resume. Or leave for good."),
                Buttons(
                    (
                        button("Pause", "pause", Style.PRIMARY),
                        button("Erase everything", "forget", Style.DANGER),
                    )
                ),
            ),
        ),
    ):
        if re.match(rf"(?:{words})(?!\w)", " ".join(said.casefold().split())):
            return Message(title, blocks)
    return None


def nothing_logged(start: str) -> Message:
    """What is said in place of a list, or of a question about which application is meant.

    `start` is how the first one is logged here, as it is typed, in quotation marks.
    """
    words = text(f"Start with the last thing you sent: {start}")
    return Message("Nothing is logged yet", (words, Buttons((_FIRST,))))
